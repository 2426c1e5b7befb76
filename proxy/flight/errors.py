"""What Flight makes of an error: code → gRPC status, and a message that begins with the code.

pyarrow's server sends a status cleanly only for its own Flight errors; every other exception carries the Python traceback to the
client. So each handler and each generator passes through here. `GetSchema` is worse: there pyarrow (25, 26) treats even Flight
errors as foreign, and needs `SchemaError`.
"""

from __future__ import annotations

from typing import NoReturn

import orjson
import pyarrow.flight as flight
import structlog

from planner.errors import FozError, Internal

_log = structlog.get_logger("foz.flight")

STATUS: dict[str, type[flight.FlightError]] = {
    "auth.missing": flight.FlightUnauthenticatedError,
    "auth.denied": flight.FlightUnauthorizedError,
    "query.cancelled": flight.FlightCancelledError,
    "query.timeout": flight.FlightTimedOutError,
    "server.busy": flight.FlightUnavailableError,
    "source.unavailable": flight.FlightUnavailableError,
    "server.internal": flight.FlightInternalError,
}
"""Codes that have a gRPC status of their own; all others are UNKNOWN."""

_MESSAGE_BYTES = 1024
_DETAILS_BYTES = 1024
"""A gRPC client refuses trailers above 8 KiB. The message travels twice in them, once percent-encoded at up to three times its
size."""


class SchemaError(Exception):
    """An error out of `GetSchema`, of which the client sees the message and this class's name.

    pyarrow formats the traceback of such an exception for the client, and sends the class's name alone where formatting fails:
    which it does, because `__cause__` cannot be read.
    """

    @property
    def __cause__(self) -> NoReturn:  # type: ignore[override]
        raise RuntimeError("the traceback of this error is not for clients")


def to_flight(error: BaseException, request_id: str) -> flight.FlightError:
    """The Flight error for `error`; what is not a FozError is logged and becomes `server.internal`."""
    if isinstance(error, flight.FlightError):
        return error
    known = _known(error, request_id)
    status = STATUS.get(known.code, flight.FlightServerError)
    return status(_sentence(known, request_id), _details(known, request_id))


def to_schema_error(error: BaseException, request_id: str) -> SchemaError:
    return SchemaError(_sentence(_known(error, request_id), request_id))


def _known(error: BaseException, request_id: str) -> FozError:
    if isinstance(error, FozError):
        return error
    _log.error("flight.internal", request_id=request_id, exc_info=error)
    return Internal("Something went wrong inside the server. The log has the details under the request's id.")


def _sentence(error: FozError, request_id: str) -> str:
    return f"[{error.code}] {_shortened(error.message, _MESSAGE_BYTES)} (request {request_id})"


def _details(error: FozError, request_id: str) -> bytes:
    """The JSON that travels as `extra_info`: code, message, requestId and the error's own details, as far as they fit."""
    content = {"code": error.code, "message": _shortened(error.message, _DETAILS_BYTES // 2), "requestId": request_id}
    full = orjson.dumps({**error.details, **content}, default=str)
    return full if len(full) <= _DETAILS_BYTES else orjson.dumps(content)


def _shortened(text: str, limit: int) -> str:
    encoded = text.encode("utf-8", "replace")
    return encoded.decode() if len(encoded) <= limit else encoded[:limit].decode("utf-8", "ignore") + "…"
