"""What SQLite tells of its tables without reading them: what ANALYZE counted, the ends of its trees, the widths of a few rows."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from planner.catalog import Column, Table
from planner.statistics import ColumnStatistics, TableStatistics, Value, parsed, value
from translators.sqlite.constants import quoted
from translators.sqlite.guards import rowid

_ROWS_LOOKED_AT = 256
_LONGEST_TEXT = 200


def statistics(connection: sqlite3.Connection, tables: Sequence[Table]) -> Mapping[str, TableStatistics]:
    """What is known of `tables`, by their paths; views have none. Raises sqlite3.Error."""
    analyzed = _analyzed(connection)
    found: dict[str, TableStatistics] = {}
    for table in tables:
        if table.kind == "table":
            try:
                known = _table(connection, table, analyzed.get(table.stored_as.lower(), []))
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                    raise
                continue  # A virtual table without its module cannot be read at all.
            if known is not None:
                found[table.path] = known
    return found


def _analyzed(connection: sqlite3.Connection) -> Mapping[str, list[tuple[str | None, list[int]]]]:
    """What ANALYZE left: for each table its indexes, each with the table's rows and how many of them share a value of its first
    column, of its first two, and so on."""
    found: dict[str, list[tuple[str | None, list[int]]]] = defaultdict(list)
    if connection.execute("SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_stat1'").fetchone() is not None:
        for name, index, stat in connection.execute("SELECT tbl, idx, stat FROM main.sqlite_stat1"):
            numbers = [int(part) for part in str(stat).split() if part.isdigit()]
            if numbers:
                found[str(name).lower()].append((index, numbers))
    return found


def _table(
    connection: sqlite3.Connection, table: Table, analyzed: Sequence[tuple[str | None, list[int]]]
) -> TableStatistics | None:
    name = rowid(table)
    greatest = _greatest(connection, table, name) if name is not None else None
    counted = max((numbers[0] for _, numbers in analyzed), default=None)
    rows, origin = (counted, "sqlite_stat1") if counted is not None else (greatest, "largest rowid")
    if rows is None:
        return None
    led = _leading(connection, table)
    distinct = {
        led[index]: rows / max(1, numbers[1]) for index, numbers in analyzed if index and index in led and len(numbers) > 1
    }
    widths = _widths(connection, table)
    columns = []
    for column in table.columns:
        ends = (
            _ends(connection, table, column) if column.stored_as in led.values() or column.name in table.primary_key[:1] else None
        )
        low, high = ends or (None, None)
        known = ColumnStatistics(None, distinct.get(column.stored_as), low, high, width_bytes=widths.get(column.stored_as))
        if known != ColumnStatistics():
            columns.append((column.name, known))
    return TableStatistics(rows, None, tuple(columns), origin)


def _greatest(connection: sqlite3.Connection, table: Table, rowid: str) -> int:
    """The largest rowid: one step down the tree, and the number of rows where none was deleted."""
    row = connection.execute(f"SELECT max(t.{quoted(rowid)}) FROM {_of(table)} AS t").fetchone()
    return max(0, int(row[0])) if row[0] is not None else 0


def _leading(connection: sqlite3.Connection, table: Table) -> Mapping[str, str]:
    """The first column of each whole index, by the index's name."""
    found: dict[str, str] = {}
    for _, index, _, _, partial in connection.execute(f"PRAGMA main.index_list({quoted(table.stored_as)})").fetchall():
        first = connection.execute(f"PRAGMA main.index_info({quoted(index)})").fetchone()
        if not partial and first is not None and isinstance(first[2], str):
            found[index] = first[2]
    return found


def _ends(connection: sqlite3.Connection, table: Table, column: Column) -> tuple[Value, Value] | None:
    """The least and the greatest value of a column that is the first of an index: two steps down its tree."""
    name = quoted(column.stored_as)
    low, high = (
        _value(connection.execute(f"SELECT {end}(t.{name}) FROM {_of(table)} AS t").fetchone()[0], column)
        for end in ("min", "max")
    )
    return (low, high) if low is not None and high is not None else None


def _value(found: Any, column: Column) -> Value | None:
    if isinstance(found, str):
        return parsed(found[:_LONGEST_TEXT], column.type)
    return value(found) if column.type != "VARCHAR" else None


def _widths(connection: sqlite3.Connection, table: Table) -> Mapping[str, float]:
    """The mean bytes of the texts and blobs in the table's first rows."""
    varying = [column.stored_as for column in table.columns if column.type in ("VARCHAR", "BLOB", "JSON")]
    if not varying:
        return {}
    sums = ", ".join(f"avg(length(CAST(s.{quoted(name)} AS BLOB)))" for name in varying)
    listed = ", ".join(f"t.{quoted(name)}" for name in varying)
    row = connection.execute(
        f"SELECT {sums} FROM (SELECT {listed} FROM {_of(table)} AS t LIMIT {_ROWS_LOOKED_AT}) AS s"
    ).fetchone()
    return {name: float(width) for name, width in zip(varying, row, strict=True) if width is not None}


def _of(table: Table) -> str:
    return f"main.{quoted(table.stored_as)}"
