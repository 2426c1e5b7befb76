"""Which line of CSV or newline-delimited JSON does not fit its table, found after a read has failed in one of the scan's guards.

DuckDB tells the line of a malformed object only nearly (2.0.0 says 6 for 5) and that of a value that does not fit not at all.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb

from planner.catalog import Table
from translators.control import Control
from translators.files.find import exact
from translators.files.header import records
from translators.files.scan import INTEGERS, fact, guarded, pointer, text


@dataclass(frozen=True)
class Misfit:
    """A line that cannot be read; `column` is None where the line is no JSON."""

    table: str
    file: str
    line: int
    column: str | None

    @property
    def sentence(self) -> str:
        where = f"in {self.file}, line {self.line}"
        return (
            f"{where}, the value of column {self.column} does not fit its type"
            if self.column
            else f"{where}, there is no valid JSON"
        )

    @property
    def details(self) -> dict[str, Any]:
        return {"table": self.table, "file": self.file, "line": self.line, "column": self.column}


def first_misfit(cursor: duckdb.DuckDBPyConnection, table: Table, paths: Iterable[str], control: Control) -> Misfit | None:
    """The first line of the table's files that does not fit; None where every line does, or the files are Parquet."""
    format = fact(table.facts, "format")
    for path in paths:
        control.check()
        found = (
            _in_csv(table, path, control) if format == "csv" else _in_json(cursor, table, path) if format == "ndjson" else None
        )
        if found is not None:
            return found
    return None


def _in_csv(table: Table, path: str, control: Control) -> Misfit | None:
    dialect = json.loads(fact(table.facts, "csv") or "{}")
    stored = [column for column in table.columns if "partition" not in column.facts]
    guarded = [(position, column) for position, column in enumerate(stored) if column.type in INTEGERS]
    with records(path, dialect) as reader:
        if dialect.get("header", True):
            next(reader, None)
        for record in reader:
            control.check()
            for position, column in guarded:
                if position < len(record) and record[position] and not _is_integer(record[position], column.type):
                    return Misfit(
                        table.name, os.path.basename(path), reader.line_num + int(dialect.get("skip") or 0), column.name
                    )
    return None


def _is_integer(value: str, type: str) -> bool:
    if not re.fullmatch(r"\s*[+-]?[0-9]+\s*", value):
        return False
    number, values = int(value), 1 << INTEGERS[type]
    return 0 <= number < values if type.startswith("U") else -values // 2 <= number < values // 2


def _in_json(cursor: duckdb.DuckDBPyConnection, table: Table, path: str) -> Misfit | None:
    stored = [column for column in table.columns if "partition" not in column.facts]
    found = []
    for column in stored:
        value = f"(CAST(line AS JSON)->{text(pointer(column.stored_as))})"
        given = f"json_type({value}) <> 'NULL'"
        found.append(f"WHEN {given} AND TRY({guarded(value, column.type, column.name)}) IS NULL THEN {text(column.name)}")
    bad = f"CASE WHEN NOT json_valid(line) THEN '' {' '.join(found)} END"
    lines = (
        f"SELECT row_number() OVER () AS number, line FROM read_csv({text(exact(path))}, columns = {{'line': 'VARCHAR'}}, "
        "auto_detect = false, header = false, delim = '\x01', quote = '', escape = '', comment = '', nullstr = '', "
        "parallel = false)"
    )
    rows = cursor.execute(
        f"SELECT number, bad FROM (SELECT number, {bad} AS bad FROM ({lines}) WHERE line <> '') "
        "WHERE bad IS NOT NULL ORDER BY number LIMIT 1"
    ).fetchall()
    return Misfit(table.name, os.path.basename(path), int(rows[0][0]), rows[0][1] or None) if rows else None
