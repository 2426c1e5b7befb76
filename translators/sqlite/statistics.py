"""What SQLite knows of the sizes of its tables: what ANALYZE counted, or the largest rowid."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from planner.catalog import Table
from planner.statistics import TableStatistics
from translators.sqlite.guards import quoted, rowid


def statistics(connection: sqlite3.Connection, tables: Sequence[Table]) -> Mapping[str, TableStatistics]:
    """What is known of `tables`, by their paths. Raises sqlite3.Error."""
    analyzed = _analyzed(connection)
    found: dict[str, TableStatistics] = {}
    for table in tables:
        counted = analyzed.get(table.stored_as)
        if counted is not None:
            found[table.path] = TableStatistics(rows=counted, origin="sqlite_stat1")
            continue
        name = rowid(table)
        if name is not None:
            found[table.path] = TableStatistics(rows=_greatest(connection, table.stored_as, name), origin="largest rowid")
    return found


def _analyzed(connection: sqlite3.Connection) -> dict[str, int]:
    """Rows by table, as ANALYZE left them."""
    if connection.execute("SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_stat1'").fetchone() is None:
        return {}
    found: dict[str, int] = {}
    for name, stat in connection.execute("SELECT tbl, stat FROM main.sqlite_stat1"):
        first = str(stat).split(" ")[0]
        if first.isdigit():
            found[name] = max(found.get(name, 0), int(first))
    return found


def _greatest(connection: sqlite3.Connection, name: str, rowid: str) -> int:
    """The largest rowid: one step down the tree, and the number of rows where none was deleted."""
    row = connection.execute(f"SELECT max(t.{quoted(rowid)}) FROM main.{quoted(name)} AS t").fetchone()
    return max(0, int(row[0])) if row[0] is not None else 0
