"""Sending an answer while it is being made.

Each piece is made on a thread (drivers, the residual engine and the encoders block) and sent by the event loop, which waits for a
slow client; nothing more is read from the sources meanwhile. Beside it the loop listens for the client's going away and then
closes the answer at once, also while no row is ready or the query has not started.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, cast

import anyio
import anyio.to_thread
import structlog
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from planner.errors import FozError, QueryCancelled, ServerBusy
from proxy.http.formats import Form
from proxy.http.problems import problem
from proxy.request import Answer, Asking, Request

_log = structlog.get_logger("foz.http")


class Lanes:
    """The threads that answers may occupy, at most one each, and those that end them: ending never waits for answering."""

    def __init__(self, queries: int) -> None:
        self.queries = anyio.CapacityLimiter(queries)
        self.endings = anyio.CapacityLimiter(max(8, queries))
        self.running = 0

    def enter(self) -> None:
        """Counts an answer in. Raises ServerBusy where as many as there are threads are on their way."""
        if self.running >= self.queries.total_tokens:
            raise ServerBusy("Foz is answering as many queries as it may; try again in a moment.")
        self.running += 1

    def leave(self) -> None:
        self.running -= 1


def lanes(request: HttpRequest) -> Lanes:
    return cast(Lanes, request.app.state.lanes)


class Pieces:
    """The body of one answer, piece by piece. `next` is for one thread at a time; `close` may come from another at any moment."""

    def __init__(self, start: Callable[[], Answer], form: Form, limit: int | None, request_id: str) -> None:
        self._start, self._form, self._limit, self._request_id = start, form, limit, request_id
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._answer: Answer | None = None
        self._closed = False
        self._pieces = self._make()
        self.query_id = ""
        self.cache: Mapping[str, Any] = {}

    def next(self) -> bytes | None:
        """The next piece, None after the last. The first comes only when the first rows are there. Raises FozError."""
        with self._turn:
            return next(self._pieces, None)

    def close(self) -> None:
        """Stops the query; a `next` that is waiting for it then ends by QueryCancelled."""
        with self._lock:
            self._closed = True
            answer = self._answer
        if answer is not None:
            answer.close()

    def finish(self) -> None:
        """Stops the query, waits for a `next` in progress and lets everything go."""
        self.close()
        with self._turn:
            self._pieces.close()

    def _make(self) -> Generator[bytes, None, None]:
        answer = self._started()
        written = False
        try:
            for piece in self._write(answer):
                written = True
                yield piece
        except FozError as error:
            last = self._form.failure(error, self._request_id) if written else None
            if last is None:
                raise
            yield last
        finally:
            answer.close()

    def _started(self) -> Answer:
        if self._closed:
            raise QueryCancelled("The client went away.")
        answer = self._start()
        with self._lock:
            self._answer = answer
            closed = self._closed
        if closed:
            answer.close()
            raise QueryCancelled("The client went away.")
        self.query_id = answer.query_id
        self.cache = answer.cache_status()
        return answer

    def _write(self, answer: Answer) -> Iterator[bytes]:
        head = self._form.head(answer)
        count, truncated = 0, False
        for batch in answer.batches():
            if self._limit is not None and count + batch.num_rows > self._limit:
                batch, truncated = batch.slice(0, self._limit - count), True
            count += batch.num_rows
            if batch.num_rows:
                for piece in self._form.rows(batch):
                    yield head + piece
                    head = b""
            if truncated:
                break
        tail = head + self._form.tail(answer, count, truncated)
        if tail:
            yield tail


class AnswerResponse(Response):
    """An answer on its way to one client.

    `ask` makes the request (it may take a while: it runs on the answer's thread). A failure before the first piece is a problem
    document; one after it breaks the transfer off, since a complete body would look like a complete answer.
    """

    def __init__(
        self, asking: Asking, ask: Callable[[], Request], form: Form, limit: int | None, request_id: str, lanes: Lanes
    ) -> None:
        self.status_code = 200
        self.background = None
        self._form, self._lanes, self._request_id = form, lanes, request_id
        self._body = Pieces(lambda: asking.start(ask()), form, limit, request_id)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._lanes.enter()
        except ServerBusy as error:
            await problem(error, self._request_id)(scope, receive, send)
            return
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._watch, receive)
                await self._send(scope, receive, send)
                tasks.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self._body.finish, limiter=self._lanes.endings)
            self._lanes.leave()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self._body.close, limiter=self._lanes.endings)

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            piece = await self._next()
        except FozError as error:
            await problem(error, self._request_id)(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": _raw(self._sent_headers())})
        while piece is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            try:
                piece = await self._next()
            except FozError as error:
                _log.warning("http.broken_off", request_id=self._request_id, code=error.code)
                return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _next(self) -> bytes | None:
        return await anyio.to_thread.run_sync(self._body.next, limiter=self._lanes.queries)

    def _sent_headers(self) -> Mapping[str, str]:
        media = f"{self._form.media}; charset=utf-8" if self._form.media == "text/csv" else self._form.media
        return {"Content-Type": media, "X-Query-Id": self._body.query_id, "Vary": "Accept", **cache_headers(self._body.cache)}


def cache_headers(said: Mapping[str, Any]) -> dict[str, str]:
    """What the cache had to do with an answer, as RFC 9211 and RFC 9111 write it: `Cache-Status: foz; hit; detail=notified`,
    `Age: 3`."""
    if said["status"] == "hit":
        return {"Cache-Status": f"foz; hit; detail={said['freshness']}", "Age": str(said["ageMs"] // 1000)}
    return {"Cache-Status": f"foz; fwd={said['status']}"}


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
