"""What a PostgreSQL database holds, in six queries whatever the number of its tables (1,000 tables in about a second)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planner.catalog import Column, Relation, Table
from translators.base import Introspection, StoreConfig
from translators.control import Control
from translators.postgres import types
from translators.postgres.bases import RELATIONS, Graph, graph
from translators.postgres.session import Session
from translators.postgres.types import NativeType

_SERVER = """
SELECT current_setting('server_version') AS version,
       current_setting('server_encoding') AS encoding,
       d.datcollate::text AS collate,
       current_user::text AS role,
       (SELECT s.reset_val FROM pg_settings s WHERE s.name = 'search_path') AS path
FROM pg_database d WHERE d.datname = current_database()
"""

_TYPES = """
SELECT t.oid::int8 AS oid, t.typname::text AS name, t.typtype::text AS kind, t.typbasetype::int8 AS base,
       t.typtypmod AS modifier, CASE WHEN t.typcategory = 'A' THEN t.typelem::int8 ELSE 0 END AS element,
       (SELECT array_agg(e.enumlabel::text) FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels
FROM pg_type t WHERE t.typtype <> 'c' AND NOT EXISTS (SELECT 1 FROM pg_type e WHERE e.oid = t.typelem AND e.typtype = 'c')
"""

_COLLATIONS = "SELECT c.oid::int8 AS oid, c.collname::text AS name, c.collisdeterministic AS exact FROM pg_collation c"

_VISIBLE = """
    c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname !~ '^pg_(catalog|toast|temp_|toast_temp_)'
    AND n.nspname <> 'information_schema' AND has_schema_privilege(n.oid, 'USAGE')
"""

_COLUMNS = f"""
SELECT c.oid::int8 AS id, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind, c.relispartition AS part,
       a.attnum::int4 AS position, a.attname::text AS "column", a.atttypid::int8 AS type,
       a.atttypmod AS modifier, format_type(a.atttypid, a.atttypmod) AS native, a.attcollation::int8 AS collation,
       a.attnotnull AND c.relkind <> 'f' AND NOT EXISTS (
         SELECT 1 FROM pg_constraint k
         WHERE k.conrelid = c.oid AND k.contype = 'n' AND NOT k.convalidated AND a.attnum = ANY (k.conkey)) AS filled
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE {_VISIBLE} AND a.attnum > 0 AND NOT a.attisdropped
  AND (has_table_privilege(c.oid, 'SELECT') OR has_column_privilege(c.oid, a.attnum, 'SELECT'))
ORDER BY n.nspname, c.relname, a.attnum
"""

_KEYS = f"""
SELECT k.conrelid::int8 AS id, k.contype::text AS kind, k.conkey::int4[] AS own, k.confrelid::int8 AS to,
       k.confkey::int4[] AS theirs
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_VISIBLE} AND k.contype IN ('p', 'u', 'f') ORDER BY k.conrelid, k.contype, k.conname
"""

_INDEXES = f"""
SELECT i.indrelid::int8 AS id, CASE WHEN i.indisunique THEN 'u' ELSE 'x' END AS kind, 0::int8 AS to, NULL::int4[] AS theirs,
       (string_to_array(i.indkey::text, ' ')::int4[])[1:i.indnkeyatts] AS own
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_VISIBLE} AND i.indisvalid AND i.indpred IS NULL AND 0 <> ALL (i.indkey)
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u'))
ORDER BY i.indrelid, i.indexrelid
"""

_KINDS = {"r": "table", "v": "view", "m": "materialized view", "p": "partitioned table", "f": "foreign table"}


@dataclass(frozen=True)
class _Reading:
    """What the types of columns are read with."""

    types: Mapping[int, Mapping[str, Any]]
    collations: Mapping[int, Mapping[str, Any]]
    default_is_c: bool
    ordered: bool


@dataclass(frozen=True)
class _Database:
    """Where each table is (schema, name), also where the role may not read it, what columns it has by position, by the table's
    oid, and which stands over which."""

    source: str
    places: Mapping[int, tuple[str, str]]
    columns: Mapping[int, Mapping[int, Column]]
    graph: Graph


def introspect(session: Session, config: StoreConfig, control: Control) -> Introspection:
    server = _rows(session, _SERVER, control)[0]
    reading = _Reading(
        {row["oid"]: row for row in _rows(session, _TYPES, control)},
        {row["oid"]: row for row in _rows(session, _COLLATIONS, control)},
        server["collate"] in ("C", "POSIX"),
        server["encoding"] == "UTF8",
    )
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in _rows(session, _COLUMNS, control):
        found[row["id"]].append(row)
    keys: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in (*_rows(session, _KEYS, control), *_rows(session, _INDEXES, control)):
        keys[row["id"]].append(row)
    relations = _rows(session, RELATIONS, control)
    places = {row["id"]: (row["schema"], row["name"]) for row in relations} | _unique_names(found)
    columns = {id: _columns(rows, reading, config) for id, rows in found.items()}
    database = _Database(config.id, places, columns, graph(relations))
    tables = tuple(_table(id, rows, keys[id], database) for id, rows in found.items())
    return Introspection(tables, _schemas(server, {table.schema for table in tables}), f"PostgreSQL {server['version']}")


def _rows(session: Session, sql: str, control: Control) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = session.table(sql, control).to_pylist()
    return rows


def _table(id: int, rows: list[Mapping[str, Any]], keys: Iterable[Mapping[str, Any]], database: _Database) -> Table:
    first, own = rows[0], database.columns[id]
    schema, name = database.places[id]
    primary: tuple[str, ...] = ()
    unique: list[tuple[str, ...]] = []
    indexes: list[tuple[str, ...]] = []
    links: list[tuple[int, tuple[tuple[str, str], ...]]] = []
    for key in keys:
        if not all(position in own for position in key["own"]):
            continue
        named = tuple(own[position].name for position in key["own"])
        theirs = database.columns.get(key["to"], {})
        if key["kind"] == "p":
            primary = named
        elif key["kind"] == "u":
            unique.append(named)
        elif key["kind"] == "x":
            indexes.append(named)
        elif key["theirs"] and all(position in theirs for position in key["theirs"]):
            links.append((key["to"], tuple((n, theirs[p].name) for n, p in zip(named, key["theirs"], strict=True))))
    return Table(
        source=database.source,
        schema=schema,
        name=name,
        columns=tuple(own.values()),
        origin="" if first["name"] == name else first["name"],
        kind="partition" if first["part"] else _KINDS[first["kind"]],
        primary_key=primary,
        unique_keys=tuple(unique),
        indexes=tuple(indexes),
        relations=tuple(_relations(links, database)),
        bases=tuple(sorted(_bases(id, database))),
    )


def _bases(id: int, database: _Database) -> Iterator[str]:
    """The paths of the tables whose changes are the table's own; PostgreSQL's own tables are not among them."""
    for base in database.graph.bases(id):
        if base in database.places:
            schema, name = database.places[base]
            yield f"{database.source}.{schema}.{name}"


def _relations(links: list[tuple[int, tuple[tuple[str, str], ...]]], database: _Database) -> Iterator[Relation]:
    """One relation a foreign key, under the name of its table; of several to one table, under that of their columns."""
    counts = Counter(to for to, _ in links)
    used: set[str] = set()
    for to, keys in links:
        schema, table = database.places[to]
        own = "_".join(column for column, _ in keys)
        name = table if counts[to] == 1 else own.removesuffix("_id").removesuffix("Id")
        chosen = _free(name if name.lower() not in used else own, used)
        yield Relation(chosen, f"{database.source}.{schema}.{table}", keys)


def _columns(rows: Iterable[Mapping[str, Any]], reading: _Reading, config: StoreConfig) -> dict[int, Column]:
    """The columns of one table by their position; names that differ only in case get a number."""
    columns: dict[int, Column] = {}
    used: set[str] = set()
    for row in rows:
        name = _free(row["column"], used)
        type, facts = types.delivered(_native(row["type"], row["modifier"], reading))
        declared = types.declared_columns(config.declared, row["schema"], row["name"]).get(row["column"].lower())
        if declared is not None:
            type, facts = types.declare(type, facts, declared)
        nullified = config.on_mismatch == "nullify" and types.may_misfit(type, facts)
        if nullified:
            facts |= {types.NULLIFIED}
        columns[row["position"]] = Column(
            name=name,
            type=type,
            origin="" if name == row["column"] else row["column"],
            native=row["native"],
            nullable=nullified or not row["filled"],
            facts=facts | _collation(row["collation"], reading) | _labels(row["type"], reading),
        )
    return columns


def _native(oid: int, modifier: int, reading: _Reading) -> NativeType:
    """The type behind the domains."""
    row = reading.types.get(oid)
    while row is not None and row["kind"] == "d":
        modifier = row["modifier"] if modifier < 0 else modifier
        row = reading.types.get(row["base"])
    if row is None:
        return NativeType("record")
    if row["element"]:
        return NativeType(row["name"], modifier, _native(row["element"], modifier, reading).base)
    return NativeType(row["name"] if row["kind"] == "b" else f"{row['kind']}:{row['name']}", modifier)


def _collation(oid: int, reading: _Reading) -> frozenset[str]:
    if not oid:
        return frozenset()
    row = reading.collations.get(oid)
    name = row["name"] if row else "unknown"
    facts = {f"collation:{name}"}
    if name in ("POSIX", "ucs_basic") or (name == "default" and reading.default_is_c):
        facts.add(types.C_COLLATION)
    if row is None or not row["exact"]:
        facts.add(types.NONDETERMINISTIC)
    if not reading.ordered:
        facts.add(types.UNORDERED)
    return frozenset(facts)


def _labels(oid: int, reading: _Reading) -> frozenset[str]:
    """The values of an enum; none for a domain over one, which may refuse some of them."""
    return frozenset(types.LABEL + label for label in (reading.types.get(oid) or {}).get("labels") or ())


def _schemas(server: Mapping[str, Any], present: set[str]) -> tuple[str, ...]:
    """`public`, then the role's search path, then the others by name."""
    path = [part.strip().strip('"').replace("$user", server["role"]) for part in (server["path"] or "").split(",")]
    return tuple(schema for schema in dict.fromkeys(["public", *path, *sorted(present)]) if schema in present)


def _unique_names(found: Mapping[int, list[Mapping[str, Any]]]) -> dict[int, tuple[str, str]]:
    """Schema and name of each table; names that differ only in case get a number."""
    used: dict[str, set[str]] = defaultdict(set)
    return {id: (rows[0]["schema"], _free(rows[0]["name"], used[rows[0]["schema"].lower()])) for id, rows in found.items()}


def _free(name: str, used: set[str]) -> str:
    """`name`, or with a number where it is in use; the answer is in use from then on."""
    chosen = next(
        each for each in (name, *(f"{name}_{number}" for number in range(2, len(used) + 3))) if each.lower() not in used
    )
    used.add(chosen.lower())
    return chosen
