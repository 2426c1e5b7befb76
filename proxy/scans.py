"""What DuckDB's profile says of the files that one query has read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

_FILES = "Filename(s)"
_READERS = ("READ_PARQUET", "READ_CSV", "READ_JSON", "READ_NDJSON")


@dataclass(frozen=True)
class Scan:
    """One scan of files in a finished query.

    `rows` and `bytes` (of DuckDB's own vectors) are what came out of it, after the filters that DuckDB evaluates inside a scan;
    `seconds` is processor time, added up over threads. `files` names the first few of its files, as DuckDB lists them.
    `row_groups` counts those of a Parquet scan that were read, of `of_row_groups`.
    """

    files: str
    rows: int
    bytes: int
    seconds: float
    row_groups: int
    of_row_groups: int

    def reads(self, paths: Iterable[str]) -> bool:
        """Whether its first file is one of `paths`."""
        return any(self.files == path or self.files.startswith(f"{path}, ") for path in paths)


def profile(cursor: duckdb.DuckDBPyConnection) -> None:
    """The cursor's queries from here on are profiled; nothing is printed."""
    cursor.execute("SET enable_profiling = 'no_output'")
    cursor.execute("SET tracked_metrics = ['operator.*']")


def scans(cursor: duckdb.DuckDBPyConnection) -> tuple[Scan, ...]:
    """The scans of files in the query that has just ended on the cursor."""
    return tuple(_scans(json.loads(cursor.get_profiling_information()).get("operator", [])))


def _scans(operators: list[Mapping[str, Any]]) -> Iterator[Scan]:
    for operator in operators:
        more = operator.get("extra_info", {})
        if str(more.get("Function", "")).upper() in _READERS:
            yield Scan(
                str(more.get(_FILES, "")),
                int(operator.get("intermediate_rows", 0)),
                int(operator.get("intermediate_size_bytes", 0)),
                float(operator.get("timing", 0.0)),
                int(operator.get("row_groups_scanned", 0)),
                int(operator.get("total_row_groups_to_scan", 0)),
            )
        yield from _scans(operator.get("children", []))
