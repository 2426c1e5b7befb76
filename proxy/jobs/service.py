"""Jobs as the pipeline and the ways in see them: submitted, adopted, run by workers, found by whoever owns them, cancelled.

submit ──> store ──claim──> a worker here or in another process ──> Ownership.keep ──> spool, store
adopt  ─────────────────────────── a query that runs already ────────┘
answer ──> JobAnswer, which reads the spool
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import closing, suppress
from typing import Any, Protocol

import pyarrow as pa
import structlog

from planner.errors import FozError, Internal, QueryNotFound, ServerBusy, SqlType
from planner.plan import Field
from proxy.jobs import asked
from proxy.jobs.answer import JobAnswer, described, expired, status
from proxy.jobs.archive import Archive
from proxy.jobs.owned import ATTEMPTS, Owned, Ownership
from proxy.jobs.results import Results
from proxy.jobs.store import ENDED, STATES, Ended, Job, JobStore, Limits, StoreUnavailable, TooMany
from proxy.jobs.waiting import Changes, reached
from proxy.queries import new_query_id
from proxy.request import Answer, Caller, Request
from proxy.telemetry import Metrics
from translators.control import Control

log = structlog.get_logger("foz.jobs")

_LOOK_SECONDS = 1.0
"""How often a worker looks for work of which nobody told."""
_SWEEP_SECONDS = 5.0
_END_SECONDS = 5.0
"""For how long a worker is waited for whose source does not let go of it."""
_STRAY_ROUNDS = 120
_STRAY_SECONDS = 3600.0
_PROMOTED = {"why": "it took longer than a query may that is answered at once"}


class Runnable(Protocol):
    """A query that runs here (`proxy.queries.Query`)."""

    query_id: str
    schema: pa.Schema
    control: Control

    def batches(self) -> Iterator[pa.RecordBatch]: ...

    def seconds(self) -> float: ...

    def predicted_told(self) -> Mapping[str, Any] | None: ...

    def report(self) -> dict[str, Any]: ...

    def cache_status(self) -> dict[str, Any]: ...

    def close(self) -> None: ...


Begin = Callable[[Request, str], Runnable]
"""Starts a recorded request under its queryId. Raises FozError."""


class Adopted:
    """A query that has become a job (`proxy.queries.Become`)."""

    def __init__(self, ownership: Ownership, owned: Owned, answer: JobAnswer) -> None:
        self.answer: Answer = answer
        self._ownership = ownership
        self._owned = owned

    def keep(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._ownership.keep(self._owned, batches)

    def fail(self, error: FozError) -> None:
        with self._owned.writer:
            self._ownership.fail(self._owned, error)


class Jobs:
    """The jobs of one process, over a store that it may share. Used by many threads, closed once.

    `begin` starts a recorded request under its queryId. `workers` run jobs once `start` was called, which `submit` does too in a
    process that has the store for itself.
    """

    def __init__(
        self,
        store: JobStore,
        results: Results,
        begin: Begin,
        workers: int,
        limits: Limits,
        keep_seconds: float,
        metrics: Metrics,
        shared: bool,
        archive: Archive | None = None,
    ) -> None:
        self._store = store
        self._results = results
        self._begin = begin
        self._workers = workers
        self._limits = limits
        self._keep_seconds = keep_seconds
        self._metrics = metrics
        self._shared = shared
        self._archive = archive
        self.owner = secrets.token_hex(8)
        self._owned = Ownership(store, results, self.owner, self._ended)
        self._changes = Changes(store)
        self._lock = threading.Lock()
        self._work = threading.Event()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._unsubscribe: Callable[[], None] | None = None
        for state in STATES:
            metrics.jobs.labels(state).set_function(lambda state=state: self._count(state))

    def start(self) -> None:
        """Starts the workers and the sweeping, once."""
        with self._lock:
            if self._threads or self._stopping.is_set():
                return
            self._unsubscribe = self._store.subscribe(lambda _: self._work.set())
            self._threads = [
                threading.Thread(target=self._run_on, name=f"foz-job-{number}", daemon=True) for number in range(self._workers)
            ]
            self._threads.append(threading.Thread(target=self._sweep_on, name="foz-job-sweep", daemon=True))
            for thread in self._threads:
                thread.start()

    def submit(
        self,
        request: Request,
        columns: tuple[Field, ...],
        schema: pa.Schema,
        cache: dict[str, Any],
        predicted: Mapping[str, Any],
        route: Mapping[str, Any],
        alike: str = "",
        max_age_seconds: float | None = None,
    ) -> JobAnswer:
        """A new job, which waits for a worker, or follows another that is `alike` (`proxy.jobs.store`). Raises ServerBusy,
        Unsupported."""
        said = described(columns, schema, cache, predicted, route)
        job = Job(new_query_id(), request.caller.name, asked.record(request), said, alike=alike)
        with reached():
            try:
                self._store.add(job, self._limits, max_age_seconds)
            except TooMany as error:
                whose = "You have" if error.whose == "caller" else "There are"
                raise ServerBusy(f"{whose} as many jobs waiting or running as there may be.", retryAfterSeconds=5) from None
        if not self._shared:
            self.start()
        # It is there, though a store that goes away just now cannot say since when.
        with suppress(StoreUnavailable):
            job = self._store.find(job.query_id) or job
        return self._answer(job)

    def leads(self, alike: str) -> bool:
        """Whether a job runs, or waits, that one which is `alike` would follow. False where the store cannot say."""
        try:
            return self._store.leads(alike)
        except StoreUnavailable:
            return False

    def adopt(self, query: Runnable, request: Request, columns: tuple[Field, ...], schema: pa.Schema, alike: str = "") -> Adopted:
        """A query that runs here becomes a job under its own id. Raises FozError where it cannot."""
        said = described(columns, schema, query.cache_status(), query.predicted_told(), _PROMOTED)
        job = Job(query.query_id, request.caller.name, asked.record(request), said, alike=alike)
        with reached():
            held = self._owned.adopt(job, query.seconds())
        try:
            owned = self._owned.own(held, query.control, query.report, schema, request.limit)
        except FozError as error:
            self._owned.drop(held, error, again=False)
            raise
        self.start()
        return Adopted(self._owned, owned, self._answer(held))

    def answer(self, query_id: str, caller: Caller) -> JobAnswer:
        """The caller's own job. Raises QueryNotFound, for somebody else's too."""
        return self._answer(self._mine(query_id, caller))

    def renew(self, query_id: str, caller: Caller) -> JobAnswer:
        """The caller's own job, whose time to live counts from now. Raises QueryNotFound, QueryExpired."""
        self._mine(query_id, caller)
        with reached():
            return self._answer(_owned_by(self._store.renew(query_id), query_id, caller))

    def of(self, caller: Caller) -> list[dict[str, Any]]:
        """`status` of the caller's jobs, newest first."""
        with reached():
            return [status(job) for job in self._store.of(caller.name)]

    def cancel(self, query_id: str, caller: Caller, wait_seconds: float) -> bool:
        """Cancels the caller's own job; whether it has stopped within `wait_seconds`. Raises QueryNotFound."""
        self._mine(query_id, caller)
        until = time.monotonic() + wait_seconds
        with reached():
            job = self._store.cancel(query_id)
            while job is not None and job.state not in ENDED and (left := until - time.monotonic()) > 0:
                job = self._changes.wait(query_id, job.revision, left)
        return job is None or job.state in ENDED

    async def states(self, query_id: str, caller: Caller, seconds: float) -> AsyncGenerator[dict[str, Any], None]:
        """`status` of the caller's own job: now, and after each change until its end or `seconds`. Raises QueryNotFound."""
        async for job in self._changes.states(query_id, seconds):
            yield status(_owned_by(job, query_id, caller))

    def stop(self) -> None:
        """No new work; what runs here goes back to the others, or is cancelled where there are none."""
        self._stopping.set()
        self._work.set()
        self._owned.stop()

    def close(self) -> None:
        self.stop()
        self._owned.close()
        if self._unsubscribe is not None:
            self._unsubscribe()
        for thread in self._threads:
            thread.join(_END_SECONDS)
        self._changes.close()
        self._store.close()

    def _answer(self, job: Job) -> JobAnswer:
        return JobAnswer(job, self._changes, self._results, self._keep_seconds)

    def _mine(self, query_id: str, caller: Caller) -> Job:
        with reached():
            return _owned_by(self._store.find(query_id), query_id, caller)

    def _run_on(self) -> None:
        while not self._stopping.is_set():
            self._work.clear()
            try:
                job = self._owned.claim()
            except StoreUnavailable:
                job = None
            if job is None:
                self._work.wait(_LOOK_SECONDS)
                continue
            self._metrics.job_wait_seconds.observe(max(0.0, (job.started or job.created) - job.created))
            try:
                self._run(job)
            except Exception as error:  # the worker goes on, whatever one job does
                log.error("job.internal_error", query_id=job.query_id, error=type(error).__name__)

    def _run(self, job: Job) -> None:
        try:
            request = asked.request(job.request)
            query = self._begin(request, job.query_id)
            with closing(query):
                if query.schema != self._answer(job).schema:
                    raise SqlType("The tables have changed while the query waited: ask it again.")
                owned = self._owned.own(job, query.control, query.report, query.schema, request.limit)
                self._owned.keep(owned, query.batches())
        except FozError as error:
            self._owned.drop(job, error)
        except Exception:
            self._owned.drop(job, Internal("Foz made a mistake when it ran the job; its log says more under the queryId."))
            raise

    def _ended(self, job: Job, state: Ended) -> None:
        if job.started is not None:
            self._metrics.job_seconds.labels(state).observe(max(0.0, time.time() - job.started))
        log.info("job.ended", query_id=job.query_id, caller=job.caller, outcome=state, attempt=job.attempts)

    def _sweep_on(self) -> None:
        rounds = 0
        while not self._stopping.wait(_SWEEP_SECONDS):
            rounds += 1
            with suppress(StoreUnavailable):
                if self._store.lead("sweep", self.owner, 3 * _SWEEP_SECONDS):
                    self._sweep(strays=rounds % _STRAY_ROUNDS == 0)

    def _sweep(self, strays: bool) -> None:
        if self._archive is not None:
            try:
                self._archive.keep(self._store)
            except StoreUnavailable:
                raise
            except Exception as error:  # whatever the place of the files raises: what has ended still expires
                log.warning("jobs.not_archived", error=type(error).__name__)
        for job in self._store.sweep(ATTEMPTS, self._keep_seconds, 1.0):
            log.info("job.swept", query_id=job.query_id, state=job.state)
            if job.state in ("expired", "failed", "cancelled"):
                for folder in {job.query_id, job.folder}:
                    if not self._store.shares(folder):
                        self._remove(folder)
        if strays:
            for folder in self._results.stray(self._has_rows, _STRAY_SECONDS):
                self._remove(folder)

    def _has_rows(self, folder: str) -> bool:
        """Whether a job has rows there, or may yet have. A worker that has lost its job may write some after their removal."""
        job = self._store.find(folder)
        return (job is not None and job.state in ("pending", "processing", "completed")) or self._store.shares(folder)

    def _remove(self, folder: str) -> None:
        with suppress(FozError):
            self._results.remove(folder)

    def _count(self, state: str) -> float:
        try:
            return float(self._store.counts()[state])
        except StoreUnavailable:
            return float("nan")


def _owned_by(job: Job | None, query_id: str, caller: Caller) -> Job:
    if job is None or job.caller != caller.name:
        raise QueryNotFound(f"There is no query {query_id[:64]} of yours.")
    if job.state == "expired":
        raise expired(query_id)
    return job
