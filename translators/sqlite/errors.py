"""What SQLite's errors mean.

| SQLite says | Foz says |
|---|---|
| interrupted | the query's own end: query.cancelled, query.timeout |
| busy, locked, cannot open, no database, disk full, read or write error | source.unavailable |
| text that is not UTF-8, a damaged file | source.data |
| no memory | limit.memory |
| integer overflow in a sum | sql.type |
| anything else: a constraint, no such table or column, a forbidden statement | source.rejected |
"""

from __future__ import annotations

import sqlite3

from planner.errors import FozError, MemoryLimit, QueryCancelled, SourceData, SourceRejected, SourceUnavailable, SqlType
from translators.control import Control

_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY: "its database is locked by another writer; try again",
    sqlite3.SQLITE_LOCKED: "its database is locked by another writer; try again",
    sqlite3.SQLITE_CANTOPEN: "its database file does not exist or cannot be opened",
    sqlite3.SQLITE_NOTADB: "its file is no SQLite database",
    sqlite3.SQLITE_FULL: "its disk is full",
    sqlite3.SQLITE_IOERR: "its file cannot be read or written",
    sqlite3.SQLITE_PERM: "its file may not be opened",
}

_REJECTED = {
    sqlite3.SQLITE_CONSTRAINT: "a constraint of the table does not hold",
    sqlite3.SQLITE_READONLY: "its database is read only",
    sqlite3.SQLITE_AUTH: "the statement is not allowed",
    sqlite3.SQLITE_TOOBIG: "a value or the statement is too long",
    sqlite3.SQLITE_MISMATCH: "a value has a type that the column does not take",
    sqlite3.SQLITE_RANGE: "the number of parameters is not the statement's",
    sqlite3.SQLITE_SCHEMA: "its tables have changed; refresh the source",
}


def mapped(error: sqlite3.Error | sqlite3.Warning, source: str, control: Control) -> FozError:
    """The FozError for an error of the driver."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    text = str(error)
    if primary == sqlite3.SQLITE_INTERRUPT or text == "interrupted":
        return control.error or QueryCancelled("The query was cancelled.")
    if primary == sqlite3.SQLITE_NOMEM:
        return MemoryLimit(f"Reading source {source} needs more memory than there is.")
    if primary in _UNAVAILABLE:
        return SourceUnavailable(f"Source {source}: {_UNAVAILABLE[primary]}.", source=source)
    if primary == sqlite3.SQLITE_CORRUPT:
        return SourceData(f"Source {source}: its database file is damaged.", source=source)
    if "Could not decode to UTF-8" in text:
        return SourceData(f"Source {source}: a text holds bytes that are not UTF-8.", source=source)
    if "integer overflow" in text:
        return SqlType("An integer is out of the range of BIGINT.")
    if primary in _REJECTED:
        return SourceRejected(f"Source {source}: {_REJECTED[primary]}.", source=source)
    if "no such table" in text or "no such column" in text:
        return SourceRejected(f"Source {source}: its tables have changed; refresh the source.", source=source)
    return SourceRejected(f"Source {source} refused the statement.", source=source)
