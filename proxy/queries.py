"""The queries of this process that have been asked and not yet answered to the end, by their queryId.

pending ──batches──> processing ──first batch──> streaming to its reader ──> completed | failed | cancelled
                         │
                         └──become_job──> its rows go to the spool, its reader (if it stays) reads them from there
"""

from __future__ import annotations

import secrets
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

import pyarrow as pa
import structlog

from planner.errors import FozError, Internal, MemoryLimit, QueryNotFound, Unsupported
from planner.plan import Field
from planner.prediction import QueryPrediction
from proxy.expectation import told
from proxy.progress import NOTHING, Progress, foretold, moment
from proxy.request import Answer, Caller
from translators.control import Control

log = structlog.get_logger("foz")

PATIENCE_SECONDS = 0.25
"""Until the next batch is asked for, that the last one is encoded and sent: longer waits are the client's own."""


class Running(Protocol):
    """An execution in progress: its batches, what it has read so far, and its end."""

    def batches(self) -> Iterator[pa.RecordBatch]: ...

    def stats(self) -> list[dict[str, Any]]: ...

    def progress(self) -> Progress: ...

    def step_aside(self) -> None:
        """Gives the place back that a short query has."""

    def close(self) -> None: ...


class Become(Protocol):
    """A query that has become a job: `keep` runs it to its end, `fail` ends it, `answer` is what its reader reads now."""

    answer: Answer

    def keep(self, batches: Iterator[pa.RecordBatch]) -> None: ...

    def fail(self, error: FozError) -> None: ...


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
        query_id: str | None = None,
    ) -> None:
        self.query_id = query_id or new_query_id()
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
        self._recorded = query_id is not None
        self._running: Running | None = None
        self._lock = threading.Lock()
        self._sent = False
        self._becoming: threading.Event | None = None
        self._job: Become | None = None
        self._deferred: list[Callable[[], None]] = []
        self.done = threading.Event()

    @property
    def deferred(self) -> bool:
        """Whether it has become a job."""
        return self._job is not None

    @property
    def is_job(self) -> bool:
        """Whether the store of jobs knows it."""
        return self._job is not None or self._recorded

    def when_deferred(self, tell: Callable[[], None]) -> None:
        """Calls `tell` when the query becomes a job, at once if it has."""
        with self._lock:
            if self._job is None:
                self._deferred.append(tell)
                return
        tell()

    def batches(self) -> Iterator[pa.RecordBatch]:
        produced, job = self._produced(), None
        try:
            first = next(produced, None)
            job = self._job_before_sending()
            if job is None and first is not None:
                yield first
                yield from produced
        except FozError as error:
            job = job or self._job_before_sending()
            if job is None:
                raise
            job.fail(error)
        else:
            if job is not None:
                self._submit(partial(job.keep, _all(first, produced)))
        finally:
            if job is None:
                produced.close()
        if job is not None:
            yield from job.answer.batches()

    @property
    def streams(self) -> bool:
        """Whether its first rows have been sent, and it has not ended."""
        return self._sent and self.finished is None

    def may_become_job(self) -> bool:
        """Keeps what comes from being sent, until `become` or `stay`; False where it has been, or the query has ended."""
        with self._lock:
            if self._sent or self.finished is not None or self._becoming is not None:
                return False
            self._becoming = threading.Event()
            return True

    def become(self, job: Become) -> None:
        """The query is a job from now on."""
        with self._lock:
            assert self._becoming is not None
            self._job, told, self._deferred = job, self._deferred, []
            running = self._running
        if running is not None:
            running.step_aside()
        self._becoming.set()
        for tell in told:
            tell()

    def stay(self, error: FozError) -> None:
        """The query could not become a job: its time is over."""
        assert self._becoming is not None
        self.control.end(error)
        self._becoming.set()

    def _job_before_sending(self) -> Become | None:
        """The job that the query has become, if it has; otherwise its first batch is sent, and it never will."""
        with self._lock:
            becoming = self._becoming
            if becoming is None:
                self._sent = True
                return None
        becoming.wait()
        return self._job

    def _produced(self) -> Generator[pa.RecordBatch, None, None]:
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

    def at_hand(self) -> None:
        """Its rows have to be read."""

    def cancel(self, wait_seconds: float) -> bool:
        """Whether what runs for it has stopped within `wait_seconds`."""
        self.control.cancel()
        if self.state == "pending":
            self.close()
        return self.done.wait(wait_seconds)

    def close(self) -> None:
        """Stops the query; a job goes on, without this reader."""
        job = self._job
        if job is not None:
            job.answer.close()
            return
        if self.finished is not None:
            return
        self.control.cancel("The query was closed before its end.")
        self._end(self.control.error)

    def status(self) -> dict[str, Any]:
        if self._job is not None:
            return self._job.answer.status()
        return {
            "queryId": self.query_id,
            "status": self.state,
            "createdAt": moment(self.created),
            "startedAt": moment(self.started),
            "finishedAt": moment(self.finished),
            "progress": self._progress(),
            "predicted": foretold(self.predicted_told(), self.started if self.finished is None else None),
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

    def seconds(self) -> float:
        """For how long it has run."""
        return time.monotonic() - self._began

    def expires(self) -> datetime | None:
        return self._job.answer.expires() if self._job is not None else None

    @property
    def truncated(self) -> bool:
        return self._job is not None and self._job.answer.truncated

    def report(self) -> dict[str, Any]:
        """What a job's record says of its running: the same until there is news, so that nobody is told of none."""
        return {"progress": self._progress(), **({"stats": self.stats()} if self.finished is not None else {})}

    def _progress(self) -> dict[str, Any]:
        return (self._running.progress() if self._running is not None else NOTHING).told(self.rows, self.bytes)

    def predicted_told(self) -> dict[str, Any] | None:
        """What it was predicted to take."""
        return told(self.predicted) if self.predicted is not None else None

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


def _all(first: pa.RecordBatch | None, rest: Generator[pa.RecordBatch, None, None]) -> Iterator[pa.RecordBatch]:
    with closing(rest):
        if first is not None:
            yield first
            yield from rest


def _whereabouts(error: Exception) -> dict[str, Any]:
    """Where an error came from, without its message: that of a driver may quote the query's values."""
    frames = traceback.extract_tb(error.__traceback__)
    return {"error": type(error).__name__, "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}


def new_query_id() -> str:
    return f"q_{secrets.token_hex(13)}"
