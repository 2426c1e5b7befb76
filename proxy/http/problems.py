"""Errors as HTTP problem documents (RFC 9457), and the HTTP status of every error code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

from planner.errors import FozError, RequestInvalid

PROBLEM_JSON = "application/problem+json"

STATUS: Mapping[str, int] = {
    "sql.syntax": 400,
    "sql.unknown_table": 400,
    "sql.unknown_column": 400,
    "sql.type": 400,
    "sql.unsupported": 400,
    "request.invalid": 400,
    "auth.missing": 401,
    "auth.denied": 403,
    "query.not_found": 404,
    "query.expired": 410,
    "query.cancelled": 409,
    "query.timeout": 504,
    "limit.rows": 422,
    "limit.depth": 422,
    "limit.memory": 422,
    "limit.size": 422,
    "server.busy": 429,
    "source.unavailable": 503,
    "source.rejected": 502,
    "source.data": 502,
    "server.internal": 500,
}

TITLES: Mapping[str, str] = {
    "sql.syntax": "The SQL cannot be read",
    "sql.unknown_table": "There is no such table",
    "sql.unknown_column": "There is no such column",
    "sql.type": "A type or value does not fit",
    "sql.unsupported": "This is not supported",
    "request.invalid": "The request is not valid",
    "auth.missing": "A token is needed",
    "auth.denied": "Access is denied",
    "query.not_found": "There is no such query",
    "query.expired": "The result has expired",
    "query.cancelled": "The query was cancelled",
    "query.timeout": "The query took too long",
    "limit.rows": "Too many rows were read",
    "limit.depth": "Too many levels",
    "limit.memory": "Too much memory is needed",
    "limit.size": "A value is too large",
    "server.busy": "The server is busy",
    "source.unavailable": "A source cannot be reached",
    "source.rejected": "A source refused the statement",
    "source.data": "A stored value does not fit its column",
    "server.internal": "Something went wrong inside Foz",
}

_RETRY_AFTER_SECONDS = {"server.busy": 1, "source.unavailable": 5}


def document(error: FozError, request_id: str, status: int | None = None) -> dict[str, Any]:
    """The problem document: the error's details are members beside the standard ones, which win over a detail of their name."""
    details = dict(error.details)
    if "field" in details:
        details.setdefault("errors", [{"path": details.pop("field"), "message": error.message}])
    return {
        **details,
        "type": f"urn:foz:problem:{error.code}",
        "title": TITLES[error.code],
        "status": status or STATUS[error.code],
        "detail": error.message,
        "code": error.code,
        "requestId": request_id,
    }


def problem(error: FozError, request_id: str, status: int | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """The response for `error`. `status` replaces the table's where HTTP itself knows better (404 and 405 of the router)."""
    made = dict(headers or {})
    if error.code == "auth.missing":
        made["WWW-Authenticate"] = 'Bearer realm="foz"'
    if error.code in _RETRY_AFTER_SECONDS:
        made["Retry-After"] = str(error.details.get("retryAfterSeconds", _RETRY_AFTER_SECONDS[error.code]))
    body = document(error, request_id, status)
    return Response(orjson.dumps(body, default=str), body["status"], made, PROBLEM_JSON)


def invalid(path: str, message: str) -> RequestInvalid:
    """One wrong field of a body: `path` leads to it (`params[0].value`), `message` says what was expected."""
    return RequestInvalid(f"{path}: {message}" if path else message, errors=[{"path": path, "message": message}])
