"""Every error that Foz raises on purpose, each with a stable code.

    FozError
    ├── SqlError                      the text of the query is at fault
    │   ├── SqlSyntax                 sql.syntax            carries line and column
    │   ├── UnknownTable              sql.unknown_table     carries the nearest names
    │   ├── UnknownColumn             sql.unknown_column    carries the nearest names
    │   ├── SqlType                   sql.type              types, casts, overflow
    │   └── Unsupported               sql.unsupported
    ├── RequestInvalid                request.invalid       carries the field's path
    ├── AuthMissing                   auth.missing
    ├── AuthDenied                    auth.denied
    ├── QueryNotFound                 query.not_found
    ├── QueryExpired                  query.expired
    ├── QueryCancelled                query.cancelled
    ├── QueryTimeout                  query.timeout
    ├── LimitError
    │   ├── RowLimit                  limit.rows
    │   ├── DepthLimit                limit.depth
    │   ├── MemoryLimit               limit.memory
    │   └── SizeLimit                 limit.size
    ├── ServerBusy                    server.busy
    ├── SourceError                   a store is at fault; carries the source's id
    │   ├── SourceUnavailable         source.unavailable
    │   ├── SourceRejected            source.rejected       the store refused the statement
    │   └── SourceData                source.data           a stored value does not fit its column
    └── Internal                      server.internal

A message is one or two sentences for the person who sent the query: what is wrong and what to do. It never holds a
password, a parameter's value, a traceback or another caller's SQL. What a protocol makes of a code (an HTTP status, a gRPC
status) is the protocol's own table.
"""

from __future__ import annotations

from typing import Any, ClassVar


class FozError(Exception):
    """The root: `code` is stable, `message` is for people, `details` are JSON values for programs."""

    code: ClassVar[str] = "server.internal"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = {name: value for name, value in details.items() if value is not None}


class SqlError(FozError):
    pass


class SqlSyntax(SqlError):
    code = "sql.syntax"


class UnknownTable(SqlError):
    code = "sql.unknown_table"


class UnknownColumn(SqlError):
    code = "sql.unknown_column"


class SqlType(SqlError):
    code = "sql.type"


class Unsupported(SqlError):
    code = "sql.unsupported"


class RequestInvalid(FozError):
    code = "request.invalid"


class AuthMissing(FozError):
    code = "auth.missing"


class AuthDenied(FozError):
    code = "auth.denied"


class QueryNotFound(FozError):
    code = "query.not_found"


class QueryExpired(FozError):
    code = "query.expired"


class QueryCancelled(FozError):
    code = "query.cancelled"


class QueryTimeout(FozError):
    code = "query.timeout"


class LimitError(FozError):
    pass


class RowLimit(LimitError):
    code = "limit.rows"


class DepthLimit(LimitError):
    code = "limit.depth"


class MemoryLimit(LimitError):
    code = "limit.memory"


class SizeLimit(LimitError):
    code = "limit.size"


class ServerBusy(FozError):
    code = "server.busy"


class SourceError(FozError):
    """Something outside Foz is at fault; `source` is the source's id."""

    def __init__(self, message: str, *, source: str, **details: Any) -> None:
        super().__init__(message, source=source, **details)
        self.source = source


class SourceUnavailable(SourceError):
    code = "source.unavailable"


class SourceRejected(SourceError):
    code = "source.rejected"


class SourceData(SourceError):
    code = "source.data"


class Internal(FozError):
    code = "server.internal"


def codes() -> frozenset[str]:
    """Every code that a client can meet."""
    return frozenset(_by_code())


def recalled(code: str, message: str, source: str | None = None) -> FozError:
    """The error that was noted under its code, elsewhere or earlier."""
    found = _by_code().get(code, Internal)
    return found(message, source=source or "") if issubclass(found, SourceError) else found(message)


def _by_code() -> dict[str, type[FozError]]:
    found: dict[str, type[FozError]] = {}
    waiting: list[type[FozError]] = [FozError]
    while waiting:
        error = waiting.pop()
        if "code" in vars(error):
            found[error.code] = error
        waiting.extend(error.__subclasses__())
    return found
