"""What PostgreSQL and its driver report, as Foz's errors: one table by SQLSTATE, one by what libpq says without one.

Messages are Foz's own sentences: the server's text may quote values, and libpq's may quote the connection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import adbc_driver_manager

from planner.errors import (
    FozError,
    Internal,
    QueryTimeout,
    SourceData,
    SourceRejected,
    SourceUnavailable,
    SqlType,
)
from translators.control import Control


@dataclass(frozen=True)
class _Meaning:
    error: type[FozError]
    message: str


_REFRESH = "Refresh the source (foz sources refresh): its tables have changed."

_BY_STATE: dict[str, _Meaning] = {
    "08": _Meaning(SourceUnavailable, "The connection to PostgreSQL failed. Try again."),
    "0A": _Meaning(SourceRejected, "PostgreSQL does not support this statement."),
    "21": _Meaning(SqlType, "A scalar subquery gave more than one row."),
    "22": _Meaning(SqlType, "A value does not fit the type that the query computes with."),
    "22003": _Meaning(SqlType, "A number is out of range for the type that the query computes with."),
    "22008": _Meaning(SqlType, "A date or time is out of range."),
    "22012": _Meaning(SqlType, "The query divides by zero."),
    "22P02": _Meaning(SqlType, "A text cannot be read as the type that the query casts it to."),
    "23": _Meaning(SourceRejected, "The statement violates a constraint of the table."),
    "25": _Meaning(SourceRejected, "PostgreSQL refused the statement in this transaction."),
    "25006": _Meaning(SourceRejected, "PostgreSQL only reads here: the server or the transaction is read-only."),
    "26": _Meaning(SourceUnavailable, "The connection to PostgreSQL lost its state. Try again."),
    "28": _Meaning(SourceUnavailable, "PostgreSQL refused the user or the password of the source."),
    "3D": _Meaning(SourceUnavailable, "The database of the source does not exist."),
    "3F": _Meaning(SourceRejected, f"A schema is missing. {_REFRESH}"),
    "40": _Meaning(SourceUnavailable, "PostgreSQL rolled the transaction back because of another one. Try again."),
    "42": _Meaning(SourceRejected, "PostgreSQL refused the statement."),
    "42501": _Meaning(SourceRejected, "The source's user may not do this in PostgreSQL."),
    "42601": _Meaning(SourceRejected, "PostgreSQL could not parse the statement."),
    "42703": _Meaning(SourceRejected, f"A column is missing. {_REFRESH}"),
    "42704": _Meaning(SourceRejected, f"A type or object is missing. {_REFRESH}"),
    "42804": _Meaning(SourceRejected, f"A column has another type than before. {_REFRESH}"),
    "42883": _Meaning(SourceRejected, f"A column has another type than before, or a function is missing. {_REFRESH}"),
    "42P01": _Meaning(SourceRejected, f"A table is missing. {_REFRESH}"),
    "53": _Meaning(SourceUnavailable, "PostgreSQL is short of resources. Try again later."),
    "53100": _Meaning(SourceUnavailable, "The disk of the PostgreSQL server is full."),
    "53200": _Meaning(SourceUnavailable, "PostgreSQL is out of memory."),
    "53300": _Meaning(SourceUnavailable, "PostgreSQL has no connection left. Lower limits.maxConnections or try again."),
    "54": _Meaning(SourceRejected, "The statement goes beyond a limit of PostgreSQL."),
    "55": _Meaning(SourceUnavailable, "Something in PostgreSQL is locked or in use. Try again."),
    "57": _Meaning(SourceUnavailable, "PostgreSQL ended the statement. Try again."),
    "57014": _Meaning(QueryTimeout, "PostgreSQL ended the statement: its statement_timeout passed, or it was cancelled there."),
    "57P": _Meaning(SourceUnavailable, "PostgreSQL is shutting down or starting. Try again."),
    "58": _Meaning(SourceUnavailable, "The PostgreSQL server has a system error."),
    "72": _Meaning(SourceUnavailable, "The snapshot of the query is too old for PostgreSQL. Try again."),
    "F0": _Meaning(SourceUnavailable, "The configuration of the PostgreSQL server is damaged."),
    "P0": _Meaning(SourceRejected, "A function in PostgreSQL raised an error."),
    "XX": _Meaning(SourceUnavailable, "PostgreSQL met an internal error, or its data are damaged."),
}

_BY_TEXT: tuple[tuple[str, _Meaning], ...] = (
    (r"password authentication failed|no password supplied|fe_sendauth", _BY_STATE["28"]),
    (r"role .* does not exist|pg_hba\.conf|not permitted to log in", _BY_STATE["28"]),
    (r"database .* does not exist", _BY_STATE["3D"]),
    (r"could not translate host name", _Meaning(SourceUnavailable, "The host of the source cannot be resolved.")),
    (r"timeout expired|timed out", _Meaning(SourceUnavailable, "The PostgreSQL server did not answer in time.")),
    (r"too many clients|remaining connection slots", _BY_STATE["53300"]),
    (r"the database system is", _BY_STATE["57P"]),
    (r"SSL|certificate", _Meaning(SourceUnavailable, "An encrypted connection to PostgreSQL could not be made.")),
    (r"canceling statement due to conflict with recovery", _BY_STATE["40"]),
    (r"canceling statement|canceled|cancelled", _BY_STATE["57014"]),
    (r"(?:date|timestamp|interval|time) (?:field value )?out of range", _BY_STATE["22008"]),
    (r"out of range|numeric field overflow|cannot convert infinity", _BY_STATE["22003"]),
    (r"division by zero", _BY_STATE["22012"]),
    (r"more than one row returned by a subquery", _BY_STATE["21"]),
    (r"invalid input syntax", _BY_STATE["22P02"]),
    (r"permission denied", _BY_STATE["42501"]),
    (r"out of memory", _BY_STATE["53200"]),
    (r"No space left|could not write to file", _BY_STATE["53100"]),
    (r"could not access file|could not open file|could not read block|invalid page", _BY_STATE["58"]),
    (r"Interval with time value", _Meaning(SourceData, "An interval is too long to be carried (292 years and more).")),
    (r"Failed to connect|Connection refused", _Meaning(SourceUnavailable, "The PostgreSQL server cannot be reached.")),
    (
        r"server closed the connection|no connection to the server|connection (?:not open|has been closed)|terminating connection"
        r"|could not receive data|could not send|SSL SYSCALL|lost synchronization|no COPY in progress|unexpected EOF",
        _Meaning(SourceUnavailable, "The connection to PostgreSQL was lost. Try again."),
    ),
    (r"PGRES_FATAL_ERROR", _Meaning(SourceRejected, "PostgreSQL ended the statement with an error.")),
)
"""In the middle of a stream the driver gives the server's message and no SQLSTATE (adbc 1.13); where the server speaks another
language than English, the last row is what is left of it."""

_STATE = re.compile(r"SQLSTATE: ?([0-9A-Z]{5})")


def sql_state(error: BaseException) -> str | None:
    """The SQLSTATE of a driver's error; in the middle of a stream it is only in the text."""
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str) and len(state.strip("\0")) == 5:
        return state
    match = _STATE.search(str(error))
    return match[1] if match else None


def mapped(error: BaseException, source: str, control: Control | None = None) -> FozError:
    """The FozError for what the driver raised; the query's own end goes before what the driver says of it."""
    if isinstance(error, FozError):
        return error
    if control is not None and control.error is not None:
        return control.error
    state = sql_state(error)
    meaning = _meaning(state, str(error))
    if meaning is None:
        return Internal("The PostgreSQL driver failed in a way that Foz does not know.", source=source, sqlstate=state)
    details: dict[str, Any] = {"sqlstate": state, "constraint": _diagnosis(error, b"PG_DIAG_CONSTRAINT_NAME")}
    details["source"] = source
    return meaning.error(meaning.message, **details)


def lost_connection(error: BaseException) -> bool:
    """Whether the connection on which `error` came is of no more use; in doubt it is not used again."""
    state = sql_state(error)
    if state is not None:
        return state[:2] in ("08", "58", "XX") or state[:3] == "57P"
    return isinstance(error, OSError | adbc_driver_manager.Error) and not re.search(r"\bERROR:", str(error))


def _meaning(state: str | None, text: str) -> _Meaning | None:
    if state is not None:
        for length in (5, 3, 2):
            meaning = _BY_STATE.get(state[:length])
            if meaning is not None:
                return meaning
    for pattern, meaning in _BY_TEXT:
        if re.search(pattern, text):
            return meaning
    return None


def _diagnosis(error: BaseException, key: bytes) -> str | None:
    details = getattr(error, "details", None) or ()
    for name, value in details:
        if (name.encode() if isinstance(name, str) else name) == key:
            return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return None
