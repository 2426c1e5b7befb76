"""Which line of newline-delimited JSON does not fit its table, found after a read has failed.

DuckDB tells the line of a malformed object only nearly (2.0.0 says 6 for 5) and that of a value that does not fit not at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb

from planner.catalog import Table
from translators.files.scan import exact, fact, guarded, text


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


def first_misfit(cursor: duckdb.DuckDBPyConnection, table: Table, paths: Iterable[str]) -> Misfit | None:
    """The first line of the table's files that does not fit; None where every line does, or the files are not JSON."""
    if fact(table.facts, "format") != "ndjson":
        return None
    stored = [column for column in table.columns if "partition" not in column.facts]
    found = []
    for column in stored:
        value = f"(CAST(line AS JSON)->{text('/' + column.stored_as.replace('~', '~0').replace('/', '~1'))})"
        given = f"json_type({value}) <> 'NULL'"
        found.append(f"WHEN {given} AND TRY({guarded(value, column.type, column.name)}) IS NULL THEN {text(column.name)}")
    bad = f"CASE WHEN NOT json_valid(line) THEN '' {' '.join(found)} END"
    for path in paths:
        lines = (
            f"SELECT row_number() OVER () AS number, line FROM read_csv({text(exact(path))}, columns = {{'line': 'VARCHAR'}}, "
            "auto_detect = false, header = false, delim = '\x01', quote = '', escape = '', comment = '', nullstr = '', parallel = false)"
        )
        row = cursor.execute(
            f"SELECT number, bad FROM (SELECT number, {bad} AS bad FROM ({lines}) WHERE line <> '') "
            "WHERE bad IS NOT NULL ORDER BY number LIMIT 1"
        ).fetchone()
        if row is not None:
            return Misfit(table.name, os.path.basename(path), int(row[0]), row[1] or None)
    return None
