"""Of which tables a PostgreSQL database tells every change, and why not of the others.

A table is told of where every table that a statement may name to change its rows carries the trigger, enabled whoever writes.
Nothing fires for what comes from elsewhere or is not written at all: foreign tables, materialised views, what logical replication
applies, PostgreSQL's own tables, rows that policies show at one time and not at another, views that compute with the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.catalog import Table
from translators.postgres.bases import RELATIONS, graph
from translators.postgres.triggers import EVERY_EVENT, SCHEMA

_STEADY = (
    *("ALIAS", "QUERY", "RANGETBLENTRY", "RTEPERMISSIONINFO", "RANGETBLREF", "RANGETBLFUNCTION", "FROMEXPR", "JOINEXPR"),
    *("TARGETENTRY", "VAR", "CONST", "OPEXPR", "FUNCEXPR", "BOOLEXPR", "NULLTEST", "BOOLEANTEST", "CASEEXPR", "CASEWHEN"),
    *("CASETESTEXPR", "COALESCEEXPR", "MINMAXEXPR", "NULLIFEXPR", "DISTINCTEXPR", "SCALARARRAYOPEXPR", "ARRAYEXPR", "ROWEXPR"),
    *("ROWCOMPAREEXPR", "RELABELTYPE", "COERCEVIAIO", "SUBLINK", "AGGREF", "GROUPINGFUNC", "GROUPINGSET", "WINDOWFUNC"),
    *("WINDOWCLAUSE", "SORTGROUPCLAUSE", "COMMONTABLEEXPR", "SETOPERATIONSTMT", "FIELDSELECT", "COLLATEEXPR"),
    *("NAMEDARGEXPR", "SUBSCRIPTINGREF", "CASE", "WHEN", "COALESCE", "MINMAX", "ARRAY", "ROW", "ROWCOMPARE"),
)
"""The nodes of a stored query that compute from rows alone, as long as the functions that they name do; any other is doubted."""

EXAMINATION = f"""
SELECT found.*, c.relrowsecurity AS policies,
  (SELECT t.tgenabled::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace pn ON pn.oid = p.pronamespace
   WHERE t.tgrelid = c.oid AND pn.nspname = '{SCHEMA}' AND p.proname = 'changed' AND t.tgtype = {EVERY_EVENT}
     AND t.tgqual IS NULL AND t.tgattr::text = '' ORDER BY t.tgenabled = 'A' DESC LIMIT 1) AS trigger,
  EXISTS (SELECT FROM pg_subscription_rel s WHERE s.srrelid = c.oid) AS replicated,
  c.relkind <> 'v' OR NOT EXISTS (
    SELECT FROM pg_rewrite r, CAST(r.ev_action AS text) AS tree WHERE r.ev_class = c.oid AND r.ev_type = '1' AND (
      EXISTS (SELECT FROM regexp_matches(tree, '(?<!\\\\)\\{{([A-Z_]+)', 'g') m WHERE m[1] <> ALL (ARRAY{list(_STEADY)}))
      OR EXISTS (
        SELECT FROM regexp_matches(tree, ':(?:funcid|opfuncid|aggfnoid|winfnoid) ([1-9][0-9]*)', 'g') m
        JOIN pg_proc f ON f.oid = m[1]::oid WHERE f.provolatile <> 'i')
      OR EXISTS (
        SELECT FROM regexp_matches(tree, ':resulttype ([0-9]+) :resultcollid [0-9]+ :coerceformat', 'g') m
        WHERE m[1] NOT IN ('25', '1043') AND tree ~ '\\{{COERCEVIAIO'))) AS steady
FROM ({RELATIONS}) found JOIN pg_class c ON c.oid = found.id
"""
"""A text that is cast to a date may be 'today': only casts to text are steady among those by input and output."""

FINGERPRINT = """
SELECT (count(*) || ' ' || coalesce(sum(hashtextextended(fact, 0)), 0)) AS print FROM (
  SELECT concat_ws(' ', c.oid, c.relname, c.relnamespace, c.relkind, c.relrowsecurity, c.relispartition) AS fact FROM pg_class c
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't' AND c.oid >= 16384
  UNION ALL SELECT concat_ws(' ', 'n', oid, nspname) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
  UNION ALL SELECT concat_ws(' ', 'i', inhrelid, inhparent) FROM pg_inherits
  UNION ALL SELECT concat_ws(' ', 't', oid, xmin, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT concat_ws(' ', 'v', oid, xmin) FROM pg_rewrite WHERE oid >= 16384
  UNION ALL SELECT concat_ws(' ', 'p', oid, xmin) FROM pg_proc WHERE oid >= 16384
  UNION ALL SELECT concat_ws(' ', 'e', oid, xmin) FROM pg_enum
  UNION ALL SELECT concat_ws(' ', 's', srsubid, srrelid) FROM pg_subscription_rel
  UNION ALL SELECT concat_ws(' ', 'a', a.attrelid, a.attnum, a.xmin) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.oid >= 16384 AND a.attnum > 0
) facts
"""
"""Changes with whatever decides what is told; not with ANALYZE, VACUUM and TRUNCATE, which write to pg_class."""

_NO_TRIGGER = "it has no trigger that tells of them (foz sources watch)"
_DISABLED = "its trigger is not enabled for every writer (foz sources watch)"
_CURABLE = (None, _NO_TRIGGER, _DISABLED)


@dataclass(frozen=True)
class Coverage:
    """`covered` are the paths of the tables whose every change is told, `untold` says of the others why not. `told` names, by a
    table's oid, what a change of it changes. `missing` are the tables that lack nothing but the trigger (schema, name)."""

    covered: frozenset[str]
    untold: Mapping[str, str]
    told: Mapping[int, tuple[str, ...]]
    missing: tuple[tuple[str, str], ...]


def coverage(rows: Iterable[Mapping[str, Any]], tables: Sequence[Table], source: str) -> Coverage:
    """What the rows of `EXAMINATION` say of `tables`, the catalogue's."""
    found = {row["id"]: row for row in rows}
    stands = graph(found.values())
    places = {(row["schema"], row["name"]): id for id, row in found.items()}
    paths = {id: f"{source}.{row['schema']}.{row['name']}" for id, row in found.items()}
    known: dict[int, Table] = {}
    untold: dict[str, str] = {}
    for table in tables:
        id = places.get((table.schema, table.stored_as))
        if id is None:
            untold[table.path] = "the database has no such table now (foz sources refresh)"
        else:
            known[id] = table
            paths[id] = table.path
    wanted: set[int] = set()
    for id, table in known.items():
        ways = stands.written_through(id)
        whys = {each: _untold(found.get(each)) for each in ways}
        why: str | None = _why_not(id, whys)
        if not all(found[view]["steady"] for view in stands.views_of(id)):
            why = "it computes with what may change by itself, or what cannot be told to stay"
        elif all(each in _CURABLE for each in whys.values()):
            wanted |= ways
        if why is None and not {paths[base] for base in stands.bases(id)} <= {table.path, *table.bases}:
            why = "it stands over other tables than when the source was read (foz sources refresh)"
        if why is not None:
            untold[table.path] = why
    return Coverage(
        frozenset(table.path for table in known.values() if table.path not in untold),
        untold,
        {id: (paths[id], *sorted(paths[each] for each in stands.above(id) if each in paths)) for id in found},
        tuple(sorted((found[id]["schema"], found[id]["name"]) for id in wanted if found[id]["trigger"] != "A")),
    )


def _why_not(id: int, whys: Mapping[int, str | None]) -> str | None:
    """Why changes of its rows may go untold, of the ways in which they are written. No other table is named: not everybody may
    know of it."""
    own = whys.get(id)
    if own is not None:
        return own
    others = sorted({why for why in whys.values() if why is not None}, key=lambda why: (why in _CURABLE, why))
    return f"of a table under or over it they are not told: {others[0]}" if others else None


def _untold(row: Mapping[str, Any] | None) -> str | None:
    if row is None:
        return "it is no ordinary table"
    if row["kind"] == "f":
        return "it is another server's"
    if row["kind"] == "m":
        return "it is a materialised view"
    if row["policies"]:
        return "its rows depend on row-level security"
    if row["replicated"]:
        return "it is replicated from another server, which fires no triggers for statements"
    if row["trigger"] is None:
        return _NO_TRIGGER
    return None if row["trigger"] == "A" else _DISABLED
