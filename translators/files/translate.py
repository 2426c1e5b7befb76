"""Which fragments the files store takes.

The engine that reads the files is DuckDB, so whatever always gives the same rows has the same meaning here: projections,
predicates, joins between files, aggregates, windows, derived tables. Refused are the functions whose answer depends on when or
where they run, samples, and everything that could reach a file that is not one of the source's tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from sqlglot import exp

from planner.catalog import Source, Table
from planner.plan import Field, Fragment, Left, Taken
from translators.arrow import carrier

_CHANGING = frozenset(
    {
        *("current_connection_id", "current_database", "current_date", "current_localtime", "current_localtimestamp"),
        *("current_query", "current_query_id", "current_role", "current_schema", "current_schemas", "current_setting"),
        *("current_time", "current_timestamp", "current_transaction_id", "current_user", "currval", "error"),
        *("gen_random_uuid", "get_current_time", "get_current_timestamp", "getdate", "getvariable", "in_search_path"),
        *("localtime", "localtimestamp", "nextval", "now", "rand", "random", "session_user", "setseed", "setval", "sleep_ms"),
        *("stats", "today", "transaction_timestamp", "txid_current", "user", "uuid", "uuidv4", "uuidv7", "vector_type"),
        *("version", "write_log"),
    }
)
"""Functions whose answer depends on the moment, the session or chance (DuckDB 2.0.0's own list, and sqlglot's names for them)."""

_CHANGING_NODES = (
    exp.CurrentCatalog,
    exp.CurrentDate,
    exp.CurrentDatetime,
    exp.CurrentSchema,
    exp.CurrentTime,
    exp.CurrentTimestamp,
    exp.CurrentUser,
    exp.Localtime,
    exp.Localtimestamp,
    exp.Rand,
    exp.Randn,
    exp.SessionUser,
    exp.Uuid,
)

_REFUSED: Mapping[type[exp.Expr], str] = {
    exp.TableSample: "A sample differs each time.",
    exp.Placeholder: "A parameter without a value cannot be sent.",
    exp.Parameter: "A parameter without a value cannot be sent.",
    exp.Command: "Only SELECT is sent to files.",
    exp.Into: "Only SELECT is sent to files.",
}


@dataclass(frozen=True, eq=False)
class FilesRequest:
    """DuckDB SQL, and the tables of the source that it reads by the names that it has for them."""

    text: str
    tables: Mapping[str, Table]


def take(fragment: Fragment, source: Source) -> Taken:
    """The whole fragment as DuckDB SQL, or the node for which it is refused."""
    refused = _refused(fragment, source)
    if refused is not None:
        return Taken(None, (refused,))
    query = fragment.query.copy()
    used = {node.name.lower() for node in query.find_all(exp.Identifier)}
    tables: dict[str, Table] = {}
    for node in list(query.find_all(exp.Table)):
        table = source.table(node.name, node.db) if node.db else None
        if table is None:
            continue
        name = _unused(f"{source.id}.{table.name}", used)
        tables[name] = table
        node.set("this", exp.to_identifier(name, quoted=True))
        node.set("db", None)
        node.set("catalog", None)
    return Taken(FilesRequest(query.sql(dialect="duckdb", comments=False), tables))


def _unused(name: str, used: Set[str]) -> str:
    """A name under which no CTE of the query can hide the table."""
    while name.lower() in used:
        name += "_"
    return name


def _refused(fragment: Fragment, source: Source) -> Left | None:
    named = {cte.alias.lower() for cte in fragment.query.find_all(exp.CTE)}
    for node in fragment.query.walk():
        if isinstance(node, exp.Table):
            reason = _table_refused(node, source, named)
        elif isinstance(node, _CHANGING_NODES) or (isinstance(node, exp.Func) and _function(node) in _CHANGING):
            reason = "The function's answer depends on when and where it runs."
        else:
            reason = _REFUSED.get(type(node))
        if reason is not None:
            return Left(node, reason)
    for field in fragment.outputs:
        if not _carried(field):
            return Left(fragment.query, f"No Arrow type carries {field.type}.")
    return None


def _table_refused(node: exp.Table, source: Source, named: set[str]) -> str | None:
    if not isinstance(node.this, exp.Identifier):
        return "A table function is not sent to files."
    if not node.db:
        return None if node.name.lower() in named else "The table is not one of the source's."
    return None if source.table(node.name, node.db) is not None else "The table is not one of the source's."


def _function(node: exp.Func) -> str:
    return (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()


def _carried(field: Field) -> bool:
    try:
        carrier(field.type)
    except Exception:
        return False
    return True
