"""What files tell without being read as a whole: the footers of Parquet, the values in their directories' names, and for text the
bytes of a file over those of its first lines."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

import duckdb

from planner.catalog import Column, Table
from planner.statistics import ColumnStatistics, TableStatistics, Value, parsed
from translators.arrow import quoted
from translators.control import Control
from translators.files.find import Files, exact
from translators.files.scan import fact, reader, text

_LOOKED_AT_BYTES = 1 << 16
_LOOKED_AT_ROWS = 256
_MOST_VALUES = 200
_LONGEST_TEXT = 200


@dataclass(frozen=True)
class _Chunks:
    """What all chunks of a column tell together; an end is given as the texts' and as the numbers'."""

    nulls: int | None = None
    low: tuple[str | None, str | None] = (None, None)
    high: tuple[str | None, str | None] = (None, None)


def statistics(
    cursor: duckdb.DuckDBPyConnection, tables: Sequence[Table], files: Mapping[str, Files], control: Control
) -> Mapping[str, TableStatistics]:
    """What is known of `tables`, by their paths; a table whose files cannot be read now is left out. Raises the query's end."""
    found: dict[str, TableStatistics] = {}
    for table in tables:
        control.check()
        known = files.get(table.name)
        if known is None:
            continue
        try:
            found[table.path] = _parquet(cursor, table, known) if known.format == "parquet" else _lines(cursor, table, known)
        except (duckdb.Error, OSError):
            control.check()
    return found


def _parquet(cursor: duckdb.DuckDBPyConnection, table: Table, files: Files) -> TableStatistics:
    listed = _listed(files)
    by_file = dict(
        cursor.execute(f"SELECT file_name, sum(num_rows)::BIGINT FROM parquet_file_metadata({listed}) GROUP BY 1").fetchall()
    )
    rows = sum(by_file.values())
    widths, chunks = _widths(cursor, table, files), _chunks(cursor, listed)
    columns = dict(_partitions(table, by_file))
    for column in table.columns:
        if column.name not in columns:
            told = chunks.get(column.stored_as, _Chunks())
            share = told.nulls / rows if told.nulls is not None and rows else None
            low, high = _end(told.low, column), _end(told.high, column)
            columns[column.name] = ColumnStatistics(share, None, low, high, width_bytes=widths.get(column.name))
    return TableStatistics(rows, _bytes(files), tuple(columns.items()), "row groups")


def _chunks(cursor: duckdb.DuckDBPyConnection, listed: str) -> Mapping[str, _Chunks]:
    """NULLs, least and greatest value of each top-level column, where every row group tells them."""
    told = "bool_and({0} IS NOT NULL OR stats_null_count = num_values)"
    ends = ", ".join(
        f"CASE WHEN {told.format(end)} THEN {function}({end}) END, {function}(TRY_CAST({end} AS DOUBLE))::VARCHAR"
        for end, function in (("low", "min"), ("high", "max"))
    )
    found = cursor.execute(
        f"""SELECT path_in_schema, CASE WHEN count(stats_null_count) = count(*) THEN sum(stats_null_count)::BIGINT END, {ends}
            FROM (SELECT *, coalesce(stats_min_value, stats_min) AS low, coalesce(stats_max_value, stats_max) AS high
                  FROM parquet_metadata({listed})) GROUP BY 1"""
    ).fetchall()
    return {
        path: _Chunks(nulls, (low, low_number), (high, high_number)) for path, nulls, low, low_number, high, high_number in found
    }


def _end(told: tuple[str | None, str | None], column: Column) -> Value | None:
    """An end of a column's values, given as the texts' end and as the numbers': which it is depends on the type."""
    text, number = told
    if text is None:
        return None
    if column.type == "VARCHAR" or number is None:
        return parsed(text[:_LONGEST_TEXT], column.type)
    return parsed(number, column.type)


def _lines(cursor: duckdb.DuckDBPyConnection, table: Table, files: Files) -> TableStatistics:
    """Rows of text: of each file, its bytes over the mean width of its first lines."""
    has_header = bool(json.loads(fact(table.facts, "csv") or "{}").get("header"))
    by_file = {path: count for path in files.paths if (count := _count(path, header=has_header)) is not None}
    known = len(by_file) == len(files.paths)
    widths = _widths(cursor, table, files)
    columns = dict(_partitions(table, by_file if known else {}))
    columns |= {name: ColumnStatistics(width_bytes=width) for name, width in widths.items() if name not in columns}
    rows = round(sum(by_file.values())) if known else None
    return TableStatistics(rows, _bytes(files), tuple(columns.items()), "file sizes")


def _count(path: str, header: bool) -> float | None:
    """The lines of a file, without its header; None for a compressed one."""
    if path.endswith(".gz"):
        return None
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        beginning = file.read(_LOOKED_AT_BYTES)
    if not beginning:
        return 0.0
    lines: float = beginning.count(b"\n")
    if len(beginning) == size:
        lines += not beginning.endswith(b"\n")
    else:
        end = beginning.rfind(b"\n") + 1
        lines = lines * size / end if end else 1.0
    return max(0.0, lines - (1 if header else 0))


def _partitions(table: Table, by_file: Mapping[str, float]) -> Iterator[tuple[str, ColumnStatistics]]:
    """The columns whose values stand in the directories' names, with the share of the rows that each value has."""
    total = sum(by_file.values())
    for column in table.columns:
        if "partition" not in column.facts or not total:
            continue
        counts: Counter[str] = Counter()
        for path, rows in by_file.items():
            counts[_in_path(path, column.stored_as)] += rows  # type: ignore[assignment]
        filled = {told: rows for told, rows in counts.items() if told != "__HIVE_DEFAULT_PARTITION__"}
        common = [(parsed(told, column.type), rows / total) for told, rows in Counter(filled).most_common(_MOST_VALUES)]
        yield (
            column.name,
            ColumnStatistics(
                null_fraction=1 - sum(filled.values()) / total,
                distinct=len(filled),
                common=tuple((known, share) for known, share in common if known is not None),
                width_bytes=sum(len(told.encode()) * rows for told, rows in filled.items()) / total,
            ),
        )


def _in_path(path: str, name: str) -> str:
    parts = (part.partition("=") for part in path.split(os.sep))
    return next((unquote(told) for key, _, told in parts if key.lower() == name.lower()), "")


def _widths(cursor: duckdb.DuckDBPyConnection, table: Table, files: Files) -> Mapping[str, float]:
    """The mean bytes of the texts in the first rows of the table's first file."""
    varying = [
        column for column in table.columns if column.type in ("VARCHAR", "JSON", "BLOB") and "partition" not in column.facts
    ]
    if not varying:
        return {}
    sums = ", ".join(f"avg({_length(column)})" for column in varying)
    listed = ", ".join(quoted(column.stored_as) for column in varying)
    row = cursor.execute(
        f"SELECT {sums} FROM (SELECT {listed} FROM {reader(table, files.paths[:1])} LIMIT {_LOOKED_AT_ROWS})"
    ).fetchone()
    return {column.name: float(width) for column, width in zip(varying, row or (), strict=False) if width is not None}


def _length(column: Column) -> str:
    stored = quoted(column.stored_as)
    return f"octet_length({stored})" if column.type == "BLOB" else f"strlen(CAST({stored} AS VARCHAR))"


def _listed(files: Files) -> str:
    return f"[{', '.join(text(exact(path)) for path in files.paths)}]"


def _bytes(files: Files) -> int:
    return sum(os.path.getsize(path) for path in files.paths)
