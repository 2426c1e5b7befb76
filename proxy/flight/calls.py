"""Every call before its handler runs: who calls, under which request id, and whether there is room for it.

pyarrow gives each call a thread of its own, without a limit: the limit is here, and refuses at once. Actions have some room
beyond it, so that a full server can still be told to cancel and to close.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any

import pyarrow.flight as flight

from planner.errors import ServerBusy
from proxy.flight.auth import token_of
from proxy.flight.errors import to_flight
from proxy.request import Caller, new_request_id

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_HEADER_TEXT = re.compile(r"[\x21-\x7e]+")
_ROOM_FOR_ACTIONS = 32


class Call(flight.ServerMiddleware):  # type: ignore[misc]
    """One call: `headers` by lower-case name (the last value of each). `when_done` runs once the call has ended, however it
    did."""

    def __init__(self, request_id: str, caller: Caller, headers: dict[str, str], done: Callable[[], None]) -> None:
        self.request_id = request_id
        self.caller = caller
        self.headers = headers
        self.when_done: list[Callable[[], None]] = [done]
        self._answer_headers = {"x-request-id": request_id}

    @property
    def cookies(self) -> dict[str, str]:
        text = self.headers.get("cookie")
        if not text:
            return {}
        try:
            return {name: morsel.value for name, morsel in SimpleCookie(text).items()}
        except CookieError:
            return {}

    def answer_with(self, name: str, value: str) -> None:
        self._answer_headers[name] = value

    def sending_headers(self) -> dict[str, str]:
        """pyarrow asks a second time when the call fails; headers are given once."""
        headers, self._answer_headers = self._answer_headers, {}
        return headers

    def call_completed(self, exception: BaseException | None) -> None:
        while self.when_done:
            self.when_done.pop()()


class Calls(flight.ServerMiddlewareFactory):  # type: ignore[misc]
    """Admits calls: at most `max_calls` at a time."""

    def __init__(self, authenticate: Callable[[str | None], Caller], max_calls: int) -> None:
        self._authenticate = authenticate
        self._max_calls = max_calls
        self._lock = threading.Lock()
        self._running = 0
        self._closed = False

    @property
    def running(self) -> int:
        return self._running

    def start_call(self, info: Any, headers: dict[str, list[Any]]) -> Call:
        given = {name: values[-1] for name, values in headers.items() if values and isinstance(values[-1], str)}
        request_id = given.get("x-request-id", "")
        if not _REQUEST_ID.fullmatch(request_id):
            request_id = new_request_id()
        try:
            token = token_of(given.get("authorization"))
            caller = self._authenticate(token)
            self._enter(info.method)
        except Exception as error:
            raise to_flight(error, request_id) from None
        call = Call(request_id, caller, given, self._leave)
        if info.method == flight.FlightMethod.HANDSHAKE and token is not None and _HEADER_TEXT.fullmatch(token):
            call.answer_with("authorization", f"Bearer {token}")
        return call

    def close(self) -> None:
        """Refuses every further call."""
        self._closed = True

    def _enter(self, method: Any) -> None:
        room = self._max_calls + (_ROOM_FOR_ACTIONS if method == flight.FlightMethod.DO_ACTION else 0)
        with self._lock:
            if self._closed:
                raise ServerBusy("The server is shutting down.")
            if self._running >= room:
                raise ServerBusy(f"The server is answering {self._running} calls, as many as it may. Try again.")
            self._running += 1

    def _leave(self) -> None:
        with self._lock:
            self._running -= 1
