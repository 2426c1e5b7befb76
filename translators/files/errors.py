"""What DuckDB's errors mean when it reads a source's files, for a query or to find their columns.

| DuckDB says | Foz says |
|---|---|
| CSV error, malformed JSON, a Parquet file that is none | source.data, with file, line and column |
| a file or directory that is gone or may not be read | source.unavailable |
| a column or table that is not there any more | source.rejected |

Whatever else it says of a query is about the query, not about its files: the residual engine's own table has it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Container, Iterable

import duckdb

from planner.errors import FozError, MemoryLimit, QueryCancelled, SourceData, SourceRejected, SourceUnavailable
from translators.control import Control
from translators.files.find import exact

MISFIT = "foz misfit"
"""How a scan's own guard begins its message; the column's name follows in JSON quotes."""

_GONE = ("No such file", "No files found", "Permission denied", "Is a directory")
_IS_GONE = "one of its files is gone or cannot be read"
_NO_TEXT = "a file holds bytes that are not the text of its format"
_GUARD = re.compile(MISFIT + r' ("(?:[^"\\]|\\.)*")')
_CSV_LINE = re.compile(r"CSV Error on Line: (\d+)")
_CSV_COLUMN = re.compile(r'Error when converting column "((?:[^"]|"")*)"')
_CSV_FILE = re.compile(r"file\s*=\s*(\S.*)")
_IN_FILE = re.compile(r"in file \"([^\"]*)\"")


def about_files(error: Exception, source: str, paths: Iterable[str], columns: Container[str]) -> FozError | None:
    """The FozError for an error that the files at `paths`, with these `columns`, are the cause of; None where they are not."""
    text = str(error)
    guard = _GUARD.search(text)
    if guard is not None:
        return _data_error(text, source) if json.loads(guard.group(1)) in columns else None
    if isinstance(error, (duckdb.BinderException, duckdb.CatalogException)):
        return SourceRejected(
            f"Source {source}: its files no longer have the columns that the catalogue knows; refresh the source.", source=source
        )
    if not any(path in text or exact(path) in text for path in paths):
        return SourceData(f"Source {source}: {_NO_TEXT}.", source=source) if "gzip" in text.lower() else None
    if any(reason in text for reason in _GONE):
        return SourceUnavailable(f"Source {source}: {_IS_GONE}.", source=source)
    return _data_error(text, source) or SourceUnavailable(f"Source {source}: {_IS_GONE}.", source=source)


def mapped(error: Exception, source: str, control: Control) -> FozError:
    """The FozError for an error while the source's files are looked at."""
    if isinstance(error, FozError):
        return error
    text = str(error)
    if isinstance(error, duckdb.InterruptException) or "INTERRUPT" in text:
        return control.error or QueryCancelled("The query was cancelled.")
    if isinstance(error, duckdb.OutOfMemoryException):
        return MemoryLimit(f"The columns of the files of source {source} cannot be found in the memory that there is for it.")
    data = _data_error(text, source)
    if data is not None:
        return data
    if isinstance(error, (duckdb.IOException, duckdb.PermissionException, OSError)):
        return SourceUnavailable(f"Source {source}: {_IS_GONE}.", source=source)
    return SourceRejected(f"Source {source}: one of its files cannot be read as a table.", source=source)


def changed(source: str, path: str) -> SourceData:
    return SourceData(
        f"Source {source}: the file {os.path.basename(path)} changed while it was read; run the query again.",
        source=source,
        file=os.path.basename(path),
    )


def may_be_located(text: str) -> bool:
    """Whether the error is about one value or line that a search of the files finds."""
    return MISFIT in text or "JSON transform error" in text or "Malformed JSON" in text


def _data_error(text: str, source: str) -> SourceData | None:
    line = _CSV_LINE.search(text)
    if line is not None:
        column, file = _CSV_COLUMN.search(text), _CSV_FILE.search(text)
        name = os.path.basename(file.group(1).strip()) if file else None
        where = f"{name or 'a CSV file'}, line {line.group(1)}"
        what = f"the value of column {column.group(1)} does not fit its type" if column else "the row cannot be read"
        return SourceData(
            f"Source {source}: in {where}, {what}.",
            source=source,
            file=name,
            line=int(line.group(1)),
            column=column.group(1) if column else None,
        )
    if may_be_located(text):
        guard = _GUARD.search(text)
        name = json.loads(guard.group(1)) if guard else None
        what = f"a value of column {name} does not fit its type" if guard else "a line of JSON does not fit the table's columns"
        return SourceData(f"Source {source}: {what}.", source=source, column=name)
    if "magic bytes" in text or "Parquet" in text or "parquet" in text or "TProtocol" in text or "snappy" in text.lower():
        in_file = _IN_FILE.search(text) or re.search(r"'([^']*)'", text)
        name = os.path.basename(in_file.group(1)) if in_file else None
        return SourceData(f"Source {source}: {name or 'a file'} is not a sound Parquet file.", source=source, file=name)
    if "Invalid unicode" in text or "CSV Error" in text or "gzip" in text.lower():
        return SourceData(f"Source {source}: {_NO_TEXT}.", source=source)
    return None
