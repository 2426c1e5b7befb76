"""Waiting for jobs to change: threads wait on a condition, coroutines on a future, and a thousand of those cost no thread."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable

from proxy.jobs.store import ENDED, Job, JobStore

_LOOK_SECONDS = 5.0
"""A change that nobody told of, because a process died before it could, is seen after this long."""


class Changes:
    """Who waits for which job; subscribed to the store from the first wait on, closed once."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._waiting: defaultdict[str, set[Callable[[], None]]] = defaultdict(set)
        self._unsubscribe: Callable[[], None] | None = None

    def wait(self, query_id: str, revision: int, seconds: float, woken: threading.Event | None = None) -> Job | None:
        """The job once it has ended or its revision is above `revision`, or as it is after `seconds`; None where it is unknown.
        Whoever sets `woken` ends the wait."""
        changed, until = threading.Event() if woken is None else woken, time.monotonic() + seconds
        ended = self._tell(query_id, changed.set)
        try:
            while True:
                job = self._store.find(query_id)
                left = until - time.monotonic()
                if job is None or job.state in ENDED or job.revision > revision or left <= 0:
                    return job
                if changed.wait(min(left, _LOOK_SECONDS)):
                    changed.clear()
                    if woken is not None:
                        return self._store.find(query_id)
        finally:
            ended()

    async def states(self, query_id: str, seconds: float) -> AsyncGenerator[Job | None, None]:
        """The job as it is now, and again after each change, until it has ended or `seconds` have passed."""
        loop, changed, until = asyncio.get_running_loop(), asyncio.Event(), time.monotonic() + seconds

        def tell() -> None:
            # The loop may be closing while a change is told.
            if not loop.is_closed():
                loop.call_soon_threadsafe(changed.set)

        ended = self._tell(query_id, tell)
        seen = -1
        try:
            while True:
                changed.clear()
                job = await asyncio.to_thread(self._store.find, query_id)
                if job is None or job.revision > seen:
                    yield job
                if job is None or job.state in ENDED:
                    return
                seen = job.revision
                left = until - time.monotonic()
                if left <= 0:
                    return
                try:
                    await asyncio.wait_for(changed.wait(), min(left, _LOOK_SECONDS))
                except TimeoutError:
                    continue
        finally:
            ended()

    def close(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()

    def _tell(self, query_id: str, tell: Callable[[], None]) -> Callable[[], None]:
        """Calls `tell` at each change of the job, until what is returned is called."""
        with self._lock:
            if self._unsubscribe is None:
                self._unsubscribe = self._store.subscribe(self._changed)
            self._waiting[query_id].add(tell)

        def ended() -> None:
            with self._lock:
                self._waiting[query_id].discard(tell)
                if not self._waiting[query_id]:
                    del self._waiting[query_id]

        return ended

    def _changed(self, query_id: str) -> None:
        with self._lock:
            if query_id:
                told = list(self._waiting.get(query_id, ()))
            else:
                told = [tell for waiting in self._waiting.values() for tell in waiting]
        for tell in told:
            tell()
