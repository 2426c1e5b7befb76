"""Sending an answer while it is being made.

Each piece is made on a thread (drivers, the residual engine and the encoders block) and sent by the event loop, which waits for a
slow client; nothing more is read from the sources meanwhile. Beside it the loop listens for the client's going away and then
closes the answer at once, also while no row is ready or the query has not started; and for the query's becoming a job, which is
answered with its queryId while the thread goes on with it.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import anyio
import anyio.to_thread
import orjson
import structlog
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from planner.errors import FozError, QueryCancelled, ServerBusy
from proxy.http.formats import Form
from proxy.http.problems import problem
from proxy.request import Answer

_log = structlog.get_logger("foz.http")


class Lanes:
    """The answers that may be on their way, each on at most one thread, and the threads that end them: ending never waits for
    answering. A query that has become a job keeps its thread for a while, and is no answer any more."""

    def __init__(self, queries: int) -> None:
        self.queries = anyio.CapacityLimiter(math.inf)
        self.endings = anyio.CapacityLimiter(max(8, queries))
        self.running = 0
        self._most = queries

    def enter(self) -> None:
        """Counts an answer in. Raises ServerBusy where as many as there are threads are on their way."""
        if self.running >= self._most:
            raise ServerBusy("Foz is answering as many queries as it may; try again in a moment.")
        self.running += 1

    def leave(self) -> None:
        self.running -= 1


def lanes(request: HttpRequest) -> Lanes:
    return cast(Lanes, request.app.state.lanes)


class Pieces:
    """The body of one answer, piece by piece. `next` is for one thread at a time; `close` may come from another at any moment."""

    def __init__(
        self,
        start: Callable[[], Answer],
        form: Form,
        limit: int | None,
        request_id: str,
        became_job: Callable[[], None],
        deferrable: bool,
        cursor: Callable[[int], str] | None,
    ) -> None:
        self._start, self._form, self._limit, self._request_id = start, form, limit, request_id
        self._became_job, self._deferrable, self._cursor = became_job, deferrable, cursor
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

    def status(self) -> dict[str, Any]:
        """The query's status; of an answer that has started."""
        assert self._answer is not None
        return self._answer.status()

    def finish(self) -> None:
        """Stops the query, waits for a `next` in progress and lets everything go."""
        self.close()
        with self._turn:
            self._pieces.close()

    def _make(self) -> Generator[bytes, None, None]:
        answer = self._started()
        written = False
        try:
            if answer.deferred and self._deferrable:
                return
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
        if self._deferrable:
            answer.when_deferred(self._became_job)
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
        cursor = self._cursor(count) if truncated and self._cursor is not None else None
        tail = head + self._form.tail(answer, count, truncated or answer.truncated, cursor)
        if tail:
            yield tail


class AnswerResponse(Response):
    """An answer on its way to one client.

    `start` starts it (that may take a while: it runs on the answer's thread). A failure before the first piece is a problem
    document; one after it breaks the transfer off, since a complete body would look like a complete answer. An answer that is a
    job, or becomes one, is 202 with its status, unless it is not `deferrable`: then its rows are waited for. `cursor` makes the
    cursor of the next page out of the rows that this one has; `headers` are asked for when the first piece is there.
    """

    def __init__(
        self,
        start: Callable[[], Answer],
        form: Form,
        limit: int | None,
        request_id: str,
        lanes: Lanes,
        deferrable: bool = True,
        cursor: Callable[[int], str] | None = None,
        status: int = 200,
        headers: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self.status_code = status
        self._more_headers = headers
        self.background = None
        self._form, self._lanes, self._request_id = form, lanes, request_id
        self._loop = asyncio.get_running_loop()
        self._is_job = asyncio.Event()
        self._body = Pieces(start, form, limit, request_id, self._became_job, deferrable, cursor)

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
            # The thread of a query that has become a job is still inside of it, and leaves by itself.
            end = self._body.close if self._is_job.is_set() else self._body.finish
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(end, limiter=self._lanes.endings)
            self._lanes.leave()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self._body.close, limiter=self._lanes.endings)

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            piece = await self._first()
        except FozError as error:
            await problem(error, self._request_id)(scope, receive, send)
            return
        if self._is_job.is_set():
            await accepted(self._body.status())(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": _raw(self._sent_headers())})
        while piece is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            try:
                piece = await self._next()
            except FozError as error:
                _log.warning("http.broken_off", request_id=self._request_id, code=error.code)
                return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _first(self) -> bytes | None:
        """The first piece, or None as soon as the query is a job."""
        first = asyncio.ensure_future(self._next(abandon=True))
        job = asyncio.ensure_future(self._is_job.wait())
        try:
            await asyncio.wait((first, job), return_when=asyncio.FIRST_COMPLETED)
            if self._is_job.is_set():
                return None
            return first.result()
        finally:
            job.cancel()
            if not first.done():
                first.cancel()
            elif not first.cancelled():
                first.exception()

    async def _next(self, abandon: bool = False) -> bytes | None:
        return await anyio.to_thread.run_sync(self._body.next, limiter=self._lanes.queries, abandon_on_cancel=abandon)

    def _became_job(self) -> None:
        # A loop that has ended has no client that could be told.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._is_job.set)

    def _sent_headers(self) -> Mapping[str, str]:
        media = f"{self._form.media}; charset=utf-8" if self._form.media == "text/csv" else self._form.media
        own = {"Content-Type": media, "X-Query-Id": self._body.query_id, "Vary": "Accept"}
        return {**own, **cache_headers(self._body.cache), **self._more_headers()}


def accepted(status: Mapping[str, Any]) -> Response:
    """202: where the rows are going to be, and when it is worth asking."""
    headers = {
        "Location": f"/queries/{status['queryId']}",
        "Retry-After": str(retry_after(status)),
        "X-Query-Id": status["queryId"],
    }
    return Response(orjson.dumps(status, default=str), 202, headers, "application/json")


def retry_after(status: Mapping[str, Any]) -> int:
    """Seconds until it is worth asking again: what is left of the predicted time, or else as long as it has run, up to 30."""
    now = datetime.now(UTC)
    began = datetime.fromisoformat(status["startedAt"] or status["createdAt"])
    ran = (now - began).total_seconds()
    predicted = ((status.get("predicted") or {}).get("ms") or {}).get("p50")
    left = predicted / 1000 - ran if predicted is not None else ran
    return min(30, max(1, round(left)))


def cache_headers(said: Mapping[str, Any]) -> dict[str, str]:
    """What the cache had to do with an answer, as RFC 9211 and RFC 9111 write it: `Cache-Status: foz; hit; detail=notified`,
    `Age: 3`."""
    if said["status"] == "hit":
        return {"Cache-Status": f"foz; hit; detail={said['freshness']}", "Age": str(said["ageMs"] // 1000)}
    return {"Cache-Status": f"foz; fwd={said['status']}"}


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
