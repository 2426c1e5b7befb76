"""What columns the files have: from Parquet's schemas, and for CSV and JSON from what DuckDB finds in the first file, once."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import duckdb

from planner.catalog import Column, Table
from translators.arrow import carrier
from translators.base import Finding, StoreConfig
from translators.control import Control
from translators.files.errors import mapped
from translators.files.find import Files, exact
from translators.files.header import header
from translators.files.scan import csv_options, reader, text

_WHOLE_FILE_BYTES = 64 << 20
"""Files up to this size are looked at wholly, larger ones by DuckDB's sample."""

_SAMPLE_ROWS = 20480


def describe(
    config: StoreConfig, files: Files, cursor: duckdb.DuckDBPyConnection, control: Control
) -> tuple[Table | None, tuple[Finding, ...]]:
    """The table that `files` are, and what was found; None with a finding where they cannot be read."""
    try:
        table = _DESCRIBE[files.format](config, files, cursor)
    except (duckdb.Error, OSError, ValueError) as error:
        control.check()
        return None, (
            Finding(files.name, os.path.basename(files.paths[0]), {"unreadable": 1}, mapped(error, config.id, control).message),
        )
    if not table.columns:
        return None, (Finding(files.name, os.path.basename(files.paths[0]), {"empty": 1}, "no columns"),)
    table = _with_declared(config, table)
    return table, tuple(Finding(table.name, column.stored_as, {column.native: 1}, column.type) for column in table.columns)


def _parquet(config: StoreConfig, files: Files, cursor: duckdb.DuckDBPyConnection) -> Table:
    table = _table(config, files, ())
    columns = _columns(cursor, reader(table, files.paths))
    return replace(table, columns=_partitioned(files, columns))


def _csv(config: StoreConfig, files: Files, cursor: duckdb.DuckDBPyConnection) -> Table:
    sample = _sample(files)
    sniffed = cursor.execute(
        "SELECT Delimiter, Quote, Escape, Comment, HasHeader, SkipRows, DateFormat, TimestampFormat, Columns "
        f"FROM sniff_csv({text(exact(files.paths[0]))}, sample_size = {sample})"
    ).fetchone()
    assert sniffed is not None
    names = ("delim", "quote", "escape", "comment", "header", "skip", "dateformat", "timestampformat")
    dialect = {name: None if value == "(empty)" else value for name, value in zip(names, sniffed[:8], strict=True)}
    if _is_empty(files):
        return _table(config, files, ())
    if dialect["header"]:
        dialect["names"] = header(files.paths[0], dialect)
    table = _table(config, files, (), f"csv:{json.dumps(dialect, sort_keys=True)}")
    found = tuple(_plain(Column(part["name"], part["type"], native=part["type"])) for part in sniffed[8])
    if len(files.paths) > 1:
        found = _widened(cursor, files, dialect, found)
    table = replace(table, columns=found)
    return replace(table, columns=_partitioned(files, _columns(cursor, reader(table, files.paths)), found))


def _widened(
    cursor: duckdb.DuckDBPyConnection, files: Files, dialect: Mapping[str, Any], found: tuple[Column, ...]
) -> tuple[Column, ...]:
    """The first file's columns with types that hold every file's values."""
    paths = f"[{', '.join(text(exact(path)) for path in files.paths)}]"
    options = [option for option in csv_options(dialect) if not option.startswith("auto_detect")]
    options += ["union_by_name = true", "hive_partitioning = false", f"sample_size = {_sample(files)}"]
    function = f"read_csv({paths}, {', '.join(options)})"
    types = {column.name: column for column in _columns(cursor, function)}
    return tuple(types.get(column.name, column) for column in found)


def _ndjson(config: StoreConfig, files: Files, cursor: duckdb.DuckDBPyConnection) -> Table:
    if _is_empty(files):
        return _table(config, files, ())
    paths = f"[{', '.join(text(exact(path)) for path in files.paths)}]"
    options = (
        f"format = 'newline_delimited', map_inference_threshold = -1, hive_partitioning = false, sample_size = {_sample(files)}"
    )
    columns = _columns(cursor, f"read_ndjson({paths}, {options}, union_by_name = true)")
    table = _table(config, files, columns)
    try:
        cursor.execute(
            f"SELECT count(COLUMNS(*)) FROM (SELECT * FROM {reader(table, files.paths)} LIMIT {_SAMPLE_ROWS})"
        ).fetchall()
    except duckdb.InvalidInputException:
        # Dates in a format that only the guess knows: they stay text.
        table = replace(table, columns=tuple(_without_dates(column) for column in columns))
    return replace(table, columns=_partitioned(files, _columns(cursor, reader(table, files.paths)), table.columns))


def _without_dates(column: Column) -> Column:
    return replace(column, type="VARCHAR") if column.type in ("DATE", "TIME", "TIMESTAMP") else column


_DESCRIBE = {"parquet": _parquet, "csv": _csv, "ndjson": _ndjson}


def _table(config: StoreConfig, files: Files, columns: tuple[Column, ...], *facts: str) -> Table:
    held = {f"format:{files.format}", *facts}
    if files.hive:
        held.add("hive")
    if config.on_mismatch == "nullify":
        held.add("nullify")
    return Table(config.id, "main", files.name, columns, kind="files", facts=frozenset(held))


def _columns(cursor: duckdb.DuckDBPyConnection, function: str) -> tuple[Column, ...]:
    rows = cursor.execute(f"DESCRIBE SELECT * FROM {function}").fetchall()
    return tuple(_plain(Column(row[0], row[1], native=row[1])) for row in rows)


def _plain(column: Column) -> Column:
    """The column in a type that Arrow carries; others are delivered as text."""
    try:
        carrier(column.type)
    except Exception:
        return replace(column, type="VARCHAR")
    return column


def _partitioned(files: Files, columns: tuple[Column, ...], known: tuple[Column, ...] = ()) -> tuple[Column, ...]:
    keys = {part.split("=", 1)[0].lower() for part in files.paths[0].split(os.sep)[:-1] if "=" in part} if files.hive else set()
    types = {column.name: column for column in known}
    return tuple(
        replace(column, facts=frozenset({"partition"})) if column.name.lower() in keys else types.get(column.name, column)
        for column in columns
    )


def _with_declared(config: StoreConfig, table: Table) -> Table:
    declared = {
        name.lower(): type for key in (table.name, f"main.{table.name}") for name, type in config.declared.get(key, {}).items()
    }
    return replace(
        table, columns=tuple(replace(column, type=declared.get(column.name.lower(), column.type)) for column in table.columns)
    )


def _is_empty(files: Files) -> bool:
    return all(os.path.getsize(path) == 0 for path in files.paths)


def _sample(files: Files) -> int:
    return -1 if sum(os.path.getsize(path) for path in files.paths) <= _WHOLE_FILE_BYTES else _SAMPLE_ROWS
