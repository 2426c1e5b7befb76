"""The queries of this process that have been asked and not yet answered to the end, by their queryId."""

from __future__ import annotations

import secrets
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

import pyarrow as pa
import structlog

from planner.errors import FozError, Internal, MemoryLimit, QueryNotFound, Unsupported
from planner.plan import Field
from planner.prediction import QueryPrediction
from proxy.expectation import told
from proxy.request import Caller
from translators.control import Control

log = structlog.get_logger("foz")

PATIENCE_SECONDS = 0.25
"""Until the next batch is asked for, that the last one is encoded and sent: longer waits are the client's own."""


class Running(Protocol):
    """An execution in progress: its batches, what it has read so far, and its end."""

    def batches(self) -> Iterator[pa.RecordBatch]: ...

    def stats(self) -> list[dict[str, Any]]: ...

    def close(self) -> None: ...


class Query:
    """One asked query (`proxy.request.Answer`): pending until its batches are asked for, then processing, then at its end.

    `run` starts the execution under the query's `Control`; `ended` is called once, with the seconds it took and its error.
    `cache` is what the cache had to do with it, `predicted` what it is expected to take. `waited` are the seconds for which
    its client took no batch. `submit` runs a function on a thread of its own: a query whose `Control` has ended is closed
    there, since its reader may be away and never ask for the next batch.
    """

    def __init__(
        self,
        caller: Caller,
        request_id: str,
        columns: tuple[Field, ...],
        schema: pa.Schema,
        run: Callable[[Control], Running],
        ended: Callable[[Query, float, FozError | None], None],
        submit: Callable[[Callable[[], None]], object],
        cache: dict[str, Any],
        predicted: QueryPrediction | None = None,
    ) -> None:
        self.query_id = f"q_{secrets.token_hex(13)}"
        self.caller = caller
        self.request_id = request_id
        self.columns = columns
        self.schema = schema
        self.control = Control()
        self.created = datetime.now(UTC)
        self.started: datetime | None = None
        self.finished: datetime | None = None
        self.state = "pending"
        self.error: FozError | None = None
        self.rows = 0
        self.bytes = 0
        self.waited = 0.0
        self.predicted = predicted
        self._began = time.monotonic()
        self._took: float | None = None
        self._run = run
        self._ended = ended
        self._submit = submit
        self._cache = cache
        self._running: Running | None = None
        self._lock = threading.Lock()
        self.done = threading.Event()

    def batches(self) -> Iterator[pa.RecordBatch]:
        with self._lock:
            if self.started is None and self.error is not None:
                raise self.error
            if self.state != "pending":
                raise QueryNotFound(f"The rows of the query {self.query_id} have been read already, or it has ended.")
            self.state = "processing"
            self.started = datetime.now(UTC)
            self._began = time.monotonic()
        try:
            self.control.check()
            self._running = self._run(self.control)
            if self.finished is not None:
                self._running.close()
                self.control.check()
            with self.control.stopping(self._close_elsewhere):
                for batch in self._running.batches():
                    self.rows += batch.num_rows
                    self.bytes += batch.nbytes
                    given = time.monotonic()
                    yield batch
                    self.waited += max(0.0, time.monotonic() - given - PATIENCE_SECONDS)
        except GeneratorExit:
            self.control.cancel("The client stopped reading.")
            self._end(self.control.error)
            raise
        except FozError as raised:
            # Once the query has ended, whatever comes out of a read is a consequence of that.
            error = self.control.error or raised
            self._end(error)
            raise error from None
        except RecursionError:
            refused = Unsupported("The query is nested too deep.")
            self._end(refused)
            raise refused from None
        except MemoryError:
            short = MemoryLimit("The answer does not fit in memory.")
            self._end(short)
            raise short from None
        except Exception as error:
            log.error("query.internal_error", query_id=self.query_id, request_id=self.request_id, **_whereabouts(error))
            internal = Internal("Foz made a mistake; its log says more under the request id.")
            self._end(internal)
            raise internal from error
        else:
            self._end(None)

    def close(self) -> None:
        if self.finished is not None:
            return
        self.control.cancel("The query was closed before its end.")
        self._end(self.control.error)

    def status(self) -> dict[str, Any]:
        return {
            "queryId": self.query_id,
            "status": self.state,
            "createdAt": _moment(self.created),
            "startedAt": _moment(self.started),
            "finishedAt": _moment(self.finished),
            "progress": {"rows": self.rows},
            "predicted": told(self.predicted) if self.predicted is not None else None,
            "cache": self._cache,
            "error": {"code": self.error.code, "message": self.error.message} if self.error else None,
        }

    def stats(self) -> dict[str, Any]:
        elapsed = self._took if self._took is not None else time.monotonic() - self._began
        expected = {"predictedP95Ms": round(self.predicted.p95_ms, 3)} if self.predicted is not None else {}
        return {
            "elapsedMs": round(elapsed * 1000, 3),
            **expected,
            "sources": self._running.stats() if self._running else [],
        }

    def cache_status(self) -> dict[str, Any]:
        return self._cache

    def __enter__(self) -> Query:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _close_elsewhere(self) -> None:
        self._submit(self.close)

    def _end(self, error: FozError | None) -> None:
        """Once: stops what runs, fixes the state, tells."""
        with self._lock:
            if self.finished is not None:
                return
            self.finished = datetime.now(UTC)
            self._took = time.monotonic() - self._began
            self.error = error
            self.state = "completed" if error is None else "cancelled" if error.code == "query.cancelled" else "failed"
        try:
            if self._running is not None:
                self._running.close()
        finally:
            self._ended(self, self._took, error)
            self.done.set()


class Queries:
    """The register of queries in flight; used by many threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queries: dict[str, Query] = {}

    def add(self, query: Query) -> None:
        with self._lock:
            self._queries[query.query_id] = query

    def remove(self, query: Query) -> None:
        with self._lock:
            self._queries.pop(query.query_id, None)

    def find(self, query_id: str, caller: Caller) -> Query:
        """The caller's own query. Raises QueryNotFound, for somebody else's too: whether it exists is nobody's business."""
        with self._lock:
            query = self._queries.get(query_id)
        if query is None or query.caller.name != caller.name:
            raise QueryNotFound(f"There is no running query {query_id[:64]} of yours.")
        return query

    def of(self, caller: Caller) -> list[Query]:
        """The caller's queries, newest first."""
        with self._lock:
            found = [query for query in self._queries.values() if query.caller.name == caller.name]
        return sorted(found, key=lambda query: query.created, reverse=True)

    def all(self) -> list[Query]:
        with self._lock:
            return list(self._queries.values())


def _whereabouts(error: Exception) -> dict[str, Any]:
    """Where an error came from, without its message: that of a driver may quote the query's values."""
    frames = traceback.extract_tb(error.__traceback__)
    return {"error": type(error).__name__, "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}


def _moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z") if value else None
