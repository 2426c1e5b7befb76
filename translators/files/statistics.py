"""What files tell of their sizes without being read: the row groups of Parquet, the bytes of the others."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import duckdb

from planner.catalog import Table
from planner.statistics import TableStatistics
from translators.control import Control
from translators.files.find import Files
from translators.files.scan import exact, text


def statistics(
    cursor: duckdb.DuckDBPyConnection, tables: Sequence[Table], files: Mapping[str, Files], control: Control
) -> Mapping[str, TableStatistics]:
    """What is known of `tables`, by their paths. Raises duckdb.Error, OSError."""
    found: dict[str, TableStatistics] = {}
    for table in tables:
        control.check()
        known = files.get(table.name)
        if known is not None:
            found[table.path] = _parquet(cursor, known) if known.format == "parquet" else _sized(known)
    return found


def _parquet(cursor: duckdb.DuckDBPyConnection, files: Files) -> TableStatistics:
    paths = f"[{', '.join(text(exact(path)) for path in files.paths)}]"
    row = cursor.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata({paths})").fetchone()
    rows = int(row[0]) if row is not None and row[0] is not None else None
    return TableStatistics(rows=rows, bytes=_bytes(files), origin="row groups")


def _sized(files: Files) -> TableStatistics:
    return TableStatistics(bytes=_bytes(files), origin="file sizes")


def _bytes(files: Files) -> int:
    return sum(os.path.getsize(path) for path in files.paths)
