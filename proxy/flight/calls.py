"""Every call before its handler runs: who calls, under which request id, and whether there is room for it.

pyarrow gives each call a thread of its own, without a limit: the limit is here, and refuses at once. Actions have some room
beyond it, so that a full server can still be told to cancel and to close.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from typing import Any

import pyarrow.flight as flight

from planner.errors import ServerBusy
from proxy.flight.auth import token_of
from proxy.flight.errors import to_flight
from proxy.request import Answer, Caller, new_request_id

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_HEADER_TEXT = re.compile(r"[\x21-\x7e]+")
_ROOM_FOR_ACTIONS = 32
MOST_READERS = 512
"""How many calls may read jobs or wait for them: each has a thread, which mostly sleeps."""


class Call(flight.ServerMiddleware):  # type: ignore[misc]
    """One call: `headers` by lower-case name (the last value of each). `when_done` runs once the call has ended, however it
    did. `reading` counts it among those that read jobs."""

    def __init__(self, request_id: str, caller: Caller, headers: dict[str, str], done: Callable[[Call], None]) -> None:
        self.request_id = request_id
        self.caller = caller
        self.headers = headers
        self.reading = False
        self.when_done: list[Callable[[], None]] = [lambda: done(self)]
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
    """Admits calls: at most `max_calls` at a time, and beside them as many as `max_readers` that wait for jobs and read them."""

    def __init__(self, authenticate: Callable[[str | None], Caller], max_calls: int, max_readers: int) -> None:
        self._authenticate = authenticate
        self._max_calls = max_calls
        self._max_readers = max_readers
        self._lock = threading.Lock()
        self._running = 0
        self._reading = 0
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

    def reads(self, call: Call, answer: Answer) -> None:
        """A call that reads a job, or waits for one, leaves its place to others; also when the query becomes one meanwhile.
        Raises ServerBusy where as many as may do."""
        if answer.deferred:
            self._read_job(call)
        else:
            answer.when_deferred(lambda: self._reads_job_now(call))

    def _reads_job_now(self, call: Call) -> None:
        # Where there is no room among the readers, it stays where it is.
        with suppress(ServerBusy):
            self._read_job(call)

    def _read_job(self, call: Call) -> None:
        with self._lock:
            if call.reading or not call.when_done:
                return
            if self._reading >= self._max_readers:
                raise ServerBusy(
                    f"{self._reading} calls read jobs or wait for them, as many as may. Try again when one has ended."
                )
            call.reading = True
            self._reading += 1
            self._running -= 1

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

    def _leave(self, call: Call) -> None:
        with self._lock:
            if call.reading:
                self._reading -= 1
            else:
                self._running -= 1
