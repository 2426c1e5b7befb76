"""How DuckDB reads a table's files: with exactly the catalogue's columns, so that what is read does not depend on a new guess.

    Table(orders, facts {format:csv, csv:{…}}), [/data/orders.csv]
      -> SELECT "day" AS "day", "name" AS "name" FROM read_csv(['/data/orders.csv'], columns = {'day': 'DATE', 'name': …}, …)

Facts of a table: `format:<name>`, `csv:<JSON of the sniffed dialect>`, `hive`, `nullify`. Fact of a column: `partition` (its
value is in the directory's name). `native` is the type that the file has, `type` the one that is delivered.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlglot import exp

from planner.catalog import Column, Table
from translators.arrow import quoted
from translators.files.errors import MISFIT
from translators.files.find import exact

INTEGERS = {
    "TINYINT": 8,
    "SMALLINT": 16,
    "INTEGER": 32,
    "BIGINT": 64,
    "HUGEINT": 128,
    "UTINYINT": 8,
    "USMALLINT": 16,
    "UINTEGER": 32,
    "UBIGINT": 64,
    "UHUGEINT": 128,
}
"""DuckDB's integer types and their bits."""


def text(value: str) -> str:
    """`value` as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def fact(facts: Iterable[str], name: str) -> str | None:
    """What follows `name:` among the facts."""
    return next((entry[len(name) + 1 :] for entry in facts if entry.startswith(name + ":")), None)


def scan(table: Table, paths: Iterable[str]) -> str:
    """The SELECT that reads the table's columns, under their catalogue names and types, from `paths`."""
    columns = ", ".join(f"{_read(table, column)} AS {quoted(column.name)}" for column in table.columns)
    return f"SELECT {columns} FROM {reader(table, paths)}"


def reader(table: Table, paths: Iterable[str]) -> str:
    """The table function with the table's columns spelt out."""
    format = fact(table.facts, "format")
    files = f"[{', '.join(text(exact(path)) for path in paths)}]"
    if format == "parquet":
        options = ["union_by_name = true"]
    elif format == "csv":
        options = [f"columns = {_columns(table, 'csv')}", *csv_options(json.loads(fact(table.facts, "csv") or "{}"))]
    else:
        options = [f"columns = {_columns(table, 'ndjson')}", "format = 'newline_delimited'"]
    return f"read_{format}({files}, {', '.join([*options, *_hive(table)])})"


def csv_options(dialect: Mapping[str, Any]) -> list[str]:
    """Options of read_csv for a sniffed dialect; quoting is always on, since a quote may first come after the sample."""
    options = [
        "auto_detect = false",
        f"delim = {text(dialect.get('delim') or ',')}",
        f"quote = {text(dialect.get('quote') or chr(34))}",
        f"escape = {text(dialect.get('escape') or chr(34))}",
        f"comment = {text(dialect.get('comment') or '')}",
        f"header = {'true' if dialect.get('header', True) else 'false'}",
        f"skip = {int(dialect.get('skip') or 0)}",
        "nullstr = ''",
    ]
    return options + [f"{name} = {text(dialect[name])}" for name in ("dateformat", "timestampformat") if dialect.get(name)]


def _hive(table: Table) -> list[str]:
    if "hive" not in table.facts:
        return ["hive_partitioning = false"]
    types = ", ".join(f"{quoted(column.stored_as)}: {column.native}" for column in table.columns if "partition" in column.facts)
    return ["hive_partitioning = true", f"hive_types = {{{types}}}"] if types else ["hive_partitioning = true"]


def _columns(table: Table, format: str) -> str:
    stored = [column for column in table.columns if "partition" not in column.facts]
    return "{" + ", ".join(f"{text(column.stored_as)}: {text(_as_read(table, column, format))}" for column in stored) + "}"


def _as_read(table: Table, column: Column, format: str) -> str:
    guarded_as = "VARCHAR" if format == "csv" else "JSON"
    return guarded_as if "nullify" in table.facts or holds_integer(column.type) else column.type


def _read(table: Table, column: Column) -> str:
    """The expression that gives the column's value in its type, or an error that begins with MISFIT."""
    stored, format, lenient = quoted(column.stored_as), fact(table.facts, "format"), "nullify" in table.facts
    if "partition" in column.facts or format == "parquet":
        if column.native == column.type:
            return _unpruned(stored) if format == "parquet" and _holds_float(column.type) else stored
        if column.type in INTEGERS and column.native == "VARCHAR":
            return _whole_number(stored, _is_whole_text(stored), column, lenient)
        if column.type in INTEGERS and column.native.startswith(("DOUBLE", "FLOAT", "DECIMAL")):
            return _whole_number(stored, f"{stored} = trunc({stored})", column, lenient)
        return f"TRY_CAST({stored} AS {column.type})" if lenient else _checked_cast(stored, column)
    if format == "csv":
        if column.type in INTEGERS:
            return _whole_number(stored, _is_whole_text(stored), column, lenient)
        if lenient:
            return _lenient_csv(table, column, stored)
        return _checked_cast(stored, column) if holds_integer(column.type) else stored
    if lenient:
        return f"TRY({guarded(stored, column.type, column.name)})"
    return guarded(stored, column.type, column.name) if holds_integer(column.type) else stored


def _unpruned(stored: str) -> str:
    """The column without its statistics: a Parquet file's leave NaN out, and DuckDB (2.0.0) takes their maximum for the column's.

    With them `f < 5` holds for NaN, `f > 5` does not, and `max(f)` is never NaN. A CASE hides them; arithmetic does not.
    """
    return f"CASE WHEN {stored} IS NULL THEN NULL ELSE {stored} END"


def _holds_float(type: str) -> bool:
    return "DOUBLE" in type or "FLOAT" in type


def _is_whole_text(stored: str) -> str:
    return f"NOT regexp_matches({stored}, '[.eE]')"


def _whole_number(stored: str, whole: str, column: Column, lenient: bool) -> str:
    """What `whole` says to be a whole number as an integer: read_csv, like a cast, would round 2.5 to 3 without a word (DuckDB
    2.0.0)."""
    tried = f"CASE WHEN {whole} THEN TRY_CAST({stored} AS {column.type}) END"
    return (
        tried
        if lenient
        else f"CASE WHEN {stored} IS NULL THEN NULL ELSE coalesce({tried}, {_failure(text(''), column.type, column.name)}) END"
    )


def _lenient_csv(table: Table, column: Column, stored: str) -> str:
    dialect = json.loads(fact(table.facts, "csv") or "{}")
    format = dialect.get({"DATE": "dateformat", "TIMESTAMP": "timestampformat"}.get(column.type, ""))
    parsed = f"try_strptime({stored}, {text(format)})" if format else stored
    # A cast alone moves into read_csv, which fails where TRY_CAST gives NULL (DuckDB 2.0.0: count(x)).
    return f"CASE WHEN {stored} IS NULL THEN NULL ELSE TRY_CAST({parsed} AS {column.type}) END"


def _checked_cast(stored: str, column: Column) -> str:
    tried = f"TRY_CAST({stored} AS {column.type})"
    return (
        f"CASE WHEN {tried} IS NULL AND {stored} IS NOT NULL THEN {_failure(text(''), column.type, column.name)} ELSE {tried} END"
    )


def holds_integer(type: str) -> bool:
    """Whether values of the type hold integers, which DuckDB's readers round to without a word (2.0.0)."""
    return any(part.this.value in _DTYPES for part in _parsed(type).find_all(exp.DataType) if isinstance(part.this, exp.DType))


def guarded(value: str, type: str, column: str) -> str:
    """An expression that reads the JSON expression `value` as `type`, and fails where an integer is none.

    No volatile function is in it, so that predicates still move below it and TRY may stand around it.
    """
    node = _parsed(type)
    kind = f"json_type({value})"
    if node.this == exp.DType.STRUCT:
        fields = ", ".join(
            f"{quoted(part.name)} := {guarded(f'({value}->{text(pointer(part.name))})', _spelled(part.args['kind']), column)}"
            for part in node.expressions
        )
        read, expected = f"struct_pack({fields})", "= 'OBJECT'"
    elif node.this == exp.DType.LIST or (node.this == exp.DType.ARRAY and node.expressions):
        item = f"item{value.count('lambda')}"
        inner = guarded(item, _spelled(node.expressions[0]), column)
        read, expected = f"list_transform(CAST({value} AS JSON[]), lambda {item}: {inner})", "= 'ARRAY'"
    elif type in INTEGERS:
        read, expected = f"CAST({value} AS {type})", "IN ('UBIGINT', 'BIGINT')"
    elif type == "JSON":
        return value
    else:
        return f"({value}->>'$')" if type == "VARCHAR" else f"CAST(({value}->>'$') AS {type})"
    failure = _failure(kind, type, column)
    return f"CASE WHEN {kind} = 'NULL' THEN NULL WHEN {kind} {expected} THEN {read} ELSE {failure} END"


def _failure(kind: str, type: str, column: str) -> str:
    """A cast that fails with a message of its own; NULL where `kind` is NULL."""
    message = f"{text(f'{MISFIT} {json.dumps(column)} ')} || {kind}"
    return f"CAST(CAST(CAST({message} AS BIGINT) AS VARCHAR) AS {type})"


def pointer(name: str) -> str:
    """A JSON pointer to the field `name`."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _parsed(type: str) -> exp.DataType:
    return exp.DataType.build(type, dialect="duckdb")


def _spelled(node: exp.Expression) -> str:
    spelled = node.sql(dialect="duckdb")
    return {"TEXT": "VARCHAR", "INT": "INTEGER", "INT128": "HUGEINT", "UINT128": "UHUGEINT"}.get(spelled, spelled)


_DTYPES = frozenset(_parsed(name).this.value for name in INTEGERS)
