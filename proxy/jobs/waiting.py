"""Waiting for jobs to change: threads wait on a condition, coroutines on a future, and a thousand of those cost no thread."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager, suppress

from planner.errors import ServerBusy
from proxy.jobs.store import ENDED, Job, JobStore, StoreUnavailable

_LOOK_SECONDS = 5.0
"""A change that nobody told of, because a process died before it could, is seen after this long."""

_PATIENCE_SECONDS = 30.0
"""For how long a reader waits for a store that does not answer, as its jobs' owners do."""
_AWAY_SECONDS = 0.2
"""Until it is asked again."""
_AWAY = "The job store cannot be reached; try again in a moment."


@contextmanager
def reached() -> Iterator[None]:
    """A store that is away is Foz being busy."""
    try:
        yield
    except StoreUnavailable:
        raise ServerBusy(_AWAY, retryAfterSeconds=1) from None


class Changes:
    """Who waits for which job; subscribed to the store from the first wait on, closed once.

    A store that goes away for a while changes nothing for those who wait. Raises ServerBusy where it stays away.
    """

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._waiting: defaultdict[str, set[Callable[[], None]]] = defaultdict(set)
        self._unsubscribe: Callable[[], None] | None = None

    def wait(
        self,
        query_id: str,
        revision: int,
        seconds: float,
        woken: threading.Event | None = None,
        gone: Callable[[], bool] = lambda: False,
    ) -> Job | None:
        """The job once it has ended or its revision is above `revision`, or as it is after `seconds`; None where it is unknown.
        Whoever sets `woken` when he is `gone` ends the wait."""
        changed, until = woken or threading.Event(), time.monotonic() + seconds
        patience = time.monotonic() + _PATIENCE_SECONDS
        job = None
        with reached():
            ended = self._tell(query_id, changed.set)
            try:
                while True:
                    try:
                        job = self._store.find(query_id)
                        left, pause = until - time.monotonic(), _LOOK_SECONDS
                        patience = time.monotonic() + _PATIENCE_SECONDS
                        if job is None or job.state in ENDED or job.revision > revision or left <= 0:
                            return job
                    except StoreUnavailable:
                        left, pause = patience - time.monotonic(), _AWAY_SECONDS
                        if left <= 0:
                            raise
                    if changed.wait(min(left, pause)):
                        changed.clear()
                        if gone():
                            return job
            finally:
                ended()

    async def states(self, query_id: str, seconds: float) -> AsyncGenerator[Job | None, None]:
        """The job as it is now, and again after each change, until it has ended or `seconds` have passed."""
        loop, changed, until = asyncio.get_running_loop(), asyncio.Event(), time.monotonic() + seconds

        def tell() -> None:
            # The loop may be closing while a change is told.
            if not loop.is_closed():
                loop.call_soon_threadsafe(changed.set)

        with reached():
            ended = self._tell(query_id, tell)
            seen: int | None = None
            try:
                while True:
                    changed.clear()
                    try:
                        job = await asyncio.to_thread(self._store.find, query_id)
                        pause = _LOOK_SECONDS
                    except StoreUnavailable:
                        if seen is None:
                            raise
                        pause = _AWAY_SECONDS
                    else:
                        if job is None or seen is None or job.revision > seen:
                            yield job
                        if job is None or job.state in ENDED:
                            return
                        seen = job.revision
                    left = until - time.monotonic()
                    if left <= 0:
                        return
                    with suppress(TimeoutError):
                        await asyncio.wait_for(changed.wait(), min(left, pause))
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
