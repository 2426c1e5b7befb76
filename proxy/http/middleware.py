"""What every response has: a request id and security headers; and the last net under everything that fails."""

from __future__ import annotations

import re
import traceback

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from planner.errors import Internal
from proxy.http.problems import problem
from proxy.request import new_request_id

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}

_ACCEPTABLE_ID = re.compile(r"[\x21-\x7e]{1,128}")

_log = structlog.get_logger("foz.http")


class Edge:
    """The outermost layer: gives each request its id (`X-Request-Id` taken or made), each response its headers, and turns an
    unforeseen exception into `server.internal`, or into a broken transfer once bytes have been sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = taken_or_made(Headers(scope=scope).get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            while isinstance(error, ExceptionGroup):
                error = error.exceptions[0]
            # The frames only: an exception's text may hold what a caller sent.
            frames = "".join(traceback.format_tb(error.__traceback__))
            _log.error("http.failed", request_id=request_id, error=type(error).__name__, frames=frames)
            if not started:
                answer = problem(Internal("Something went wrong inside Foz; its log has the details."), request_id)
                await answer(scope, receive, send_with_headers)


def taken_or_made(given: str | None) -> str:
    """The client's own id where it is 1 to 128 printable ASCII characters without spaces, otherwise a new one."""
    return given if given and _ACCEPTABLE_ID.fullmatch(given) else new_request_id()
