"""The one table from pymongo's exceptions to Foz's.

A driver's text may hold addresses, values or documents: none of it reaches a message, only the server's own name for the error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bson.errors import BSONError
from pymongo import errors

from planner.errors import (
    FozError,
    QueryCancelled,
    QueryTimeout,
    SourceData,
    SourceError,
    SourceRejected,
    SourceUnavailable,
    SqlType,
    Unsupported,
)
from translators.control import Control
from translators.mongo.misfits import Misfit, found_in

_CODES: dict[int, tuple[type[SourceError], str]] = {
    13: (SourceRejected, "the user may not do this"),
    18: (SourceUnavailable, "the user or password was not accepted"),
    43: (SourceUnavailable, "the cursor was lost; ask again"),
    112: (SourceRejected, "another write came first; ask again"),
    211: (SourceUnavailable, "the server has no keys to read with yet; ask again"),
    237: (SourceUnavailable, "the cursor was killed in the server"),
    239: (SourceUnavailable, "the query took longer than the server keeps its snapshots; ask again"),
    246: (SourceUnavailable, "the server cannot read from a snapshot now; ask again"),
    8000: (SourceUnavailable, "the user or password was not accepted"),
    11600: (SourceUnavailable, "the server is shutting down"),
    11601: (SourceUnavailable, "the operation was interrupted in the server"),
    11602: (SourceUnavailable, "the primary changed; ask again"),
    91: (SourceUnavailable, "the server is shutting down"),
    175: (SourceUnavailable, "a collection was dropped or renamed while it was read; ask again"),
    189: (SourceUnavailable, "the primary changed; ask again"),
    10107: (SourceUnavailable, "the server is not the primary"),
    13435: (SourceUnavailable, "the server is not the primary"),
    13436: (SourceUnavailable, "the server is not ready to be read"),
    20: (SourceRejected, "the server cannot do this (transactions need a replica set)"),
    146: (SourceRejected, "a group or a window needs more memory than the server allows"),
    292: (SourceRejected, "the query needs more memory than the server allows"),
    10334: (SourceRejected, "a row of the answer is larger than the 16 MB of a document"),
    17419: (SourceRejected, "a row of the answer is larger than the 16 MB of a document"),
    17420: (SourceRejected, "a row of the answer is larger than the 16 MB of a document"),
    11000: (SourceRejected, "a unique key exists already"),
    121: (SourceRejected, "a document does not pass the collection's validator"),
}
_CONVERSION_FAILED = 241
_TIMEOUTS = frozenset({50, 262})


@contextmanager
def mapped(source: str, control: Control | None = None) -> Iterator[None]:
    """Turns what the driver raises in the block into a FozError; where `control` has ended, into its error."""
    try:
        yield
    except FozError:
        raise
    except (errors.PyMongoError, BSONError, OSError) as error:
        found = translated(error, source, control)
        raise found from None


def translated(error: Exception, source: str, control: Control | None = None) -> FozError:
    ended = control.error if control is not None else None
    if ended is not None:
        return ended
    if _timed_out(error) and control is not None and control.deadline is not None:
        return QueryTimeout(f"The query did not finish within {control.timeout_ms} ms.")
    if isinstance(error, errors.OperationFailure):
        misfit = found_in(str(error.details.get("errmsg") if error.details else error))
        if misfit is not None:
            return does_not_fit(misfit, source)
        code = error.code or 0
        if code == _CONVERSION_FAILED:
            return SqlType("A value does not fit the type that the query converts it to.")
        kind, reason = _CODES.get(code, (SourceRejected, _named(error)))
        return kind(f"Source {source} failed: {reason}.", source=source, serverCode=code)
    if isinstance(error, errors.ConfigurationError) and "Sessions are not supported" in str(error):
        return SourceUnavailable(f"Source {source} is starting: it has no sessions yet.", source=source)
    if isinstance(error, errors.ConfigurationError | errors.InvalidURI):
        return SourceUnavailable(f"Source {source} cannot be opened: its connection settings are not valid.", source=source)
    if isinstance(error, errors.ServerSelectionTimeoutError | errors.ConnectionFailure | OSError):
        return SourceUnavailable(f"Source {source} cannot be reached: its server does not answer.", source=source)
    if isinstance(error, errors.DocumentTooLarge | BSONError):
        return SourceData(f"Source {source} holds or was sent a document that is no valid BSON.", source=source)
    if isinstance(error, errors.InvalidOperation):
        return QueryCancelled("The read was closed.")
    return SourceRejected(f"Source {source} failed: {type(error).__name__}.", source=source)


def does_not_fit(misfit: Misfit, source: str) -> SourceData:
    """The error for a document's value that its column cannot hold."""
    named = "a document" if misfit.identity is None else f"the document with _id {misfit.identity}"
    return SourceData(
        f"{misfit.collection}: field {misfit.path} of {named} holds a value of BSON type {misfit.found} that does not fit "
        f"{misfit.type}. Declare another type for the field, or set onMismatch to nullify.",
        source=source,
        collection=misfit.collection,
        field=misfit.path,
        bsonType=misfit.found,
        documentId=misfit.identity,
    )


def _timed_out(error: Exception) -> bool:
    return isinstance(error, errors.OperationFailure) and error.code in _TIMEOUTS


def _named(error: errors.OperationFailure) -> str:
    details = error.details or {}
    return f"the server answered {details.get('codeName') or 'an error'} (code {error.code})"


def unsupported(what: str) -> Unsupported:
    return Unsupported(f"A MongoDB source does not support {what}.")
