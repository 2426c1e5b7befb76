"""The jobs that this process runs: their rows go to the spool, a heartbeat keeps them its own, and each ends once.

A heartbeat goes out every second for each of them, and at once when the store tells of a change: it renews the lease, says how
far the job is, and brings the word that it is to stop.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
import pyarrow as pa
import structlog

from planner.errors import FozError, Internal, QueryCancelled, ServerBusy, SourceUnavailable
from proxy.jobs.results import Results, Writer
from proxy.jobs.store import Ended, Job, JobStore, StoreUnavailable
from proxy.reading import close_batches
from translators.control import Control

log = structlog.get_logger("foz.jobs")

LEASE_SECONDS = 15.0
BEAT_SECONDS = 1.0
ATTEMPTS = 3
_BACK_OFF_SECONDS = 1.0
_PATIENCE_SECONDS = 30.0
"""For how long the end of a job is told to a store that does not answer; after that its lease runs out, and it is run again."""


@dataclass(eq=False)
class Owned:
    """A job in this process: `progress` gives the report of the moment, `control` ends it, `limit` is how many rows are kept."""

    job: Job
    control: Control
    progress: Callable[[], dict[str, Any]]
    writer: Writer
    limit: int | None = None
    lost: bool = field(default=False)
    truncated: bool = field(default=False)

    def report(self) -> bytes:
        report = self.progress()
        if self.truncated:
            report = {**report, "truncated": True, "progress": {**report["progress"], "rows": self.limit}}
        return orjson.dumps(report, default=str)

    def kept(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The batches up to `limit`; the query is stopped where there are more."""
        rows = 0
        for batch in batches:
            if self.limit is not None and rows + batch.num_rows > self.limit:
                close_batches(batches)
                self.truncated = True
                yield batch.slice(0, self.limit - rows)
                return
            rows += batch.num_rows
            yield batch


class Ownership:
    """What of the store's jobs is this process's. `ended` is told how each ended; used by many threads, closed once."""

    def __init__(self, store: JobStore, results: Results, owner: str, ended: Callable[[Job, Ended], None]) -> None:
        self._store = store
        self._results = results
        self.owner = owner
        self._ended = ended
        self._lock = threading.Lock()
        self._owned: dict[str, Owned] = {}
        self._wake = threading.Event()
        self._stopping = False
        self._closed = threading.Event()
        self._threads: list[threading.Thread] = []
        self._unsubscribe: Callable[[], None] | None = None

    def adopt(self, job: Job, ago_seconds: float) -> Job:
        """Makes a query that has run here for a while a job. Raises StoreUnavailable."""
        return self._store.adopt(job, self.owner, LEASE_SECONDS, ago_seconds)

    def claim(self) -> Job | None:
        """The next job that waits, now this process's. Raises StoreUnavailable."""
        return self._store.claim(self.owner, LEASE_SECONDS)

    def own(
        self, job: Job, control: Control, progress: Callable[[], dict[str, Any]], schema: pa.Schema, limit: int | None
    ) -> Owned:
        """From now on the job has a heartbeat. Raises FozError where its rows have no place."""
        owned = Owned(job, control, progress, self._results.writer(job.query_id, job.attempts, schema), limit)
        with self._lock:
            self._owned[job.query_id] = owned
            if not self._threads:
                self._unsubscribe = self._store.subscribe(self._changed)
                loops = {"foz-job-beats": self._beat_on, "foz-job-flush": self._flush_on}
                self._threads = [threading.Thread(target=loop, name=name, daemon=True) for name, loop in loops.items()]
                for thread in self._threads:
                    thread.start()
        return owned

    def keep(self, owned: Owned, batches: Iterator[pa.RecordBatch]) -> None:
        """Runs the job to its end: its rows into the spool, its end into the store."""
        with owned.writer as writer:
            try:
                for batch in owned.kept(batches):
                    if writer.put(batch):
                        self._wake.set()
                writer.finish()
                report = owned.report()
            except FozError as error:
                # Its rows go when the end is known: whoever reads them meets the error, not their absence.
                self.fail(owned, error)
            except Exception:
                self.fail(owned, Internal("Foz made a mistake when it ran the job; its log says more under the queryId."))
                raise
            else:
                self._finish(owned.job, "completed", None, report, writer.chunks)
                self._forget(owned)

    def fail(self, owned: Owned, error: FozError) -> None:
        """The job has ended by an error."""
        self._forget(owned)
        if not owned.lost:
            self.drop(owned.job, error, owned.report(), owned.writer.chunks)

    def drop(self, job: Job, error: FozError, report: bytes = b"{}", chunks: int = 0, again: bool = True) -> None:
        """An attempt has failed: another follows where that may help (and may be: `again`), otherwise the job is over."""
        tried = job.attempts - job.excused
        helps = isinstance(error, SourceUnavailable | ServerBusy) and job.retries and tried < ATTEMPTS
        if again and (self._stopping or helps):
            delay = 0.0 if self._stopping else _BACK_OFF_SECONDS * 2 ** (tried - 1)
            with suppress(StoreUnavailable):
                self._store.give_back(job, delay, count=not self._stopping)
        else:
            state: Ended = "cancelled" if isinstance(error, QueryCancelled) else "failed"
            self._finish(job, state, (error.code, error.message), report, chunks)

    def stop(self) -> None:
        """Stops the jobs that run here; others may run them again. Returns when none is left, or after a while."""
        self._stopping = True
        for owned in self._all():
            owned.control.cancel("The server is being stopped.")
        until = time.monotonic() + _PATIENCE_SECONDS
        while self._all() and time.monotonic() < until:
            time.sleep(0.01)

    def close(self) -> None:
        """Ends the heartbeat. What still runs here is run again elsewhere when its lease is over."""
        self._stopping = True
        self._closed.set()
        self._wake.set()
        if self._unsubscribe is not None:
            self._unsubscribe()
        for thread in self._threads:
            thread.join()

    def _finish(self, job: Job, state: Ended, error: tuple[str, str] | None, report: bytes, chunks: int) -> None:
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                if self._store.finish(job, state, error, report, chunks):
                    self._ended(job, state)
                return
            except StoreUnavailable:
                if time.monotonic() >= until or self._stopping:
                    return
                time.sleep(BEAT_SECONDS / 2)

    def _forget(self, owned: Owned) -> None:
        with self._lock:
            self._owned.pop(owned.job.query_id, None)

    def _all(self) -> list[Owned]:
        with self._lock:
            return list(self._owned.values())

    def _changed(self, query_id: str) -> None:
        if not query_id or query_id in self._owned:
            self._wake.set()

    def _beat_on(self) -> None:
        while not self._closed.is_set():
            self._wake.wait(BEAT_SECONDS)
            self._wake.clear()
            for owned in self._all():
                self._beat(owned)
            # What woke it was perhaps its own beat, told back.
            time.sleep(BEAT_SECONDS / 20)

    def _flush_on(self) -> None:
        """Lets readers have what a source gave before it paused; beside the beats, which a slow spool must not hold up."""
        while not self._closed.wait(BEAT_SECONDS):
            for owned in self._all():
                if owned.writer.flush_when_due():
                    self._wake.set()

    def _beat(self, owned: Owned) -> None:
        try:
            found = self._store.beat(owned.job, LEASE_SECONDS, owned.report(), owned.writer.chunks)
        except StoreUnavailable:
            return
        if found == "cancelling":
            owned.control.cancel()
        elif found == "lost" and owned.job.query_id in self._owned:
            log.warning("job.lost", query_id=owned.job.query_id)
            owned.lost = True
            owned.control.end(SourceUnavailable("The query is run elsewhere by now.", source=""))
