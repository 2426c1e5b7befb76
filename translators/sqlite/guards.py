"""The expression that gives a stored column's values in the column's type.

    BIGINT   CASE WHEN typeof(t."n") IN ('integer', 'null') THEN t."n" ELSE foz_misfit('n', typeof(t."n"), t."rowid") END
    DATE     foz_date(t."d", 'd', t."rowid")

A value that does not fit makes the statement fail, or is NULL where the source says `nullify`.

Facts of a column: `strict` (SQLite itself holds every value to the type), `nullify`, `collated` (its declaration may name a
collation), `utf16` (text is stored so that its order is not DuckDB's). Facts of a table: `rowid:<name>`, `view`, `utf16`.
"""

from __future__ import annotations

from planner.catalog import Column, Table
from translators.sqlite.constants import quoted, text
from translators.sqlite.types import RANGES, affinity, decimal, kind

_EXACT_INTEGER = 2**53
"""Up to here every integer is a floating-point number too."""

_PARSED = {"date": "foz_date", "timestamp": "foz_timestamp", "decimal": "foz_decimal"}


def rowid(table: Table) -> str | None:
    """The name by which the table's rowid can be read; None where it has none."""
    return next((fact.partition(":")[2] for fact in table.facts if fact.startswith("rowid:")), None)


def guarded(table: Table, column: Column, alias: str) -> str:
    """The guarded expression over `alias`, the name of the table's rows."""
    stored = f"{alias}.{quoted(column.stored_as)}"
    if "strict" in column.facts:
        return f"({stored} COLLATE BINARY)" if "collated" in column.facts else stored
    row = rowid(table)
    where = f"{text(table.name)}, {text(column.name)}, {f'{alias}.{quoted(row)}' if row else 'NULL'}"
    lenient = "nullify" in column.facts
    how = kind(column.type)
    if how in _PARSED:
        parts = decimal(column.type)
        bounds = f", {parts.precision}, {parts.scale}" if parts else ""
        name = _PARSED[how] + ("_or_null" if lenient else "")
        return f"{name}({stored}, {where}{bounds})"
    misfit = "NULL" if lenient else f"foz_misfit(typeof({stored}), {where})"
    return _by_class(stored, column, misfit)


def _by_class(stored: str, column: Column, misfit: str) -> str:
    how = kind(column.type)
    of = affinity(column.native)
    held = f"typeof({stored})"
    if how == "integer":
        low, high = RANGES[column.type]
        limits = "".join(f" AND {stored} {sign} {bound}" for sign, bound in ((">=", low), ("<=", high)) if bound is not None)
        if limits:
            return f"CASE WHEN {held} = 'integer'{limits} THEN {stored} WHEN {stored} IS NOT NULL THEN {misfit} END"
        return _of_class("integer", stored, misfit)
    if how == "double":
        if of == "REAL":
            return _of_class("real", stored, misfit)
        exact = f"{stored} BETWEEN -{_EXACT_INTEGER} AND {_EXACT_INTEGER}"
        return (
            f"CASE WHEN {held} IN ('real', 'null') THEN {stored} "
            f"WHEN {held} = 'integer' AND {exact} THEN CAST({stored} AS REAL) ELSE {misfit} END"
        )
    if how == "text" and of != "TEXT":
        return f"CASE {held} WHEN 'blob' THEN {misfit} ELSE CAST({stored} AS TEXT) END"
    if how == "boolean":
        return f"CASE WHEN {held} = 'integer' AND {stored} IN (0, 1) THEN {stored} WHEN {stored} IS NOT NULL THEN {misfit} END"
    if how == "number":
        return f"CASE {held} WHEN 'blob' THEN {misfit} ELSE {stored} END"
    return _of_class("blob" if how == "blob" else "text", stored, misfit)


def _of_class(held: str, stored: str, misfit: str) -> str:
    return f"CASE WHEN typeof({stored}) IN ('{held}', 'null') THEN {stored} ELSE {misfit} END"


def is_as_stored(column: Column) -> bool:
    """Whether the raw column compares with a constant as its guarded values do, so that an index may narrow the rows first."""
    return "collated" not in column.facts and bare(column, "t") is not None


def bare(column: Column, alias: str) -> str | None:
    """The raw column as it compares with a constant like its guarded values; None where it does not.

    An index serves it that has the same collation, whichever the column's own may be.
    """
    alike = {"integer": "INTEGER", "double": "REAL", "text": "TEXT"}.get(kind(column.type)) == affinity(column.native)
    if not alike or "utf16" in column.facts:
        return None
    return f"{alias}.{quoted(column.stored_as)}" + (" COLLATE BINARY" if "collated" in column.facts else "")
