"""The deadline and cancel token that goes down every call to the outside world."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from planner.errors import FozError, QueryCancelled, QueryTimeout


class Control:
    """One query's right to go on running.

    It ends once, by `cancel` or by its deadline, and then runs the callbacks that are registered at that moment, each at most
    once, on the thread that ended it. Code that blocks in a driver registers what stops the driver; code that loops calls
    `check`. `deadline` is in seconds of `time.monotonic()`; None means none. A Control holds no
    timer: whoever runs queries watches the deadlines of those in flight and calls `error` when one has passed.
    """

    def __init__(self, timeout_ms: int | None = None) -> None:
        self.timeout_ms = timeout_ms
        self.deadline = None if timeout_ms is None else time.monotonic() + timeout_ms / 1000
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._error: FozError | None = None
        self._callbacks: dict[int, Callable[[], None]] = {}
        self._next = 0

    def limit(self, timeout_ms: int) -> None:
        """From now on, `timeout_ms` milliseconds are left, whatever was left before."""
        self.timeout_ms = timeout_ms
        self.deadline = time.monotonic() + timeout_ms / 1000

    @property
    def error(self) -> FozError | None:
        """Why the query must stop; None while it may go on."""
        if self._error is None and self.deadline is not None and time.monotonic() >= self.deadline:
            self.end(QueryTimeout(f"The query did not finish within {self.timeout_ms} ms."))
        return self._error

    def check(self) -> None:
        """Raises QueryCancelled or QueryTimeout once the query must stop."""
        error = self.error
        if error is not None:
            raise error

    def cancel(self, reason: str = "The query was cancelled.") -> None:
        self.end(QueryCancelled(reason))

    def end(self, error: FozError) -> None:
        """Ends with `error`, unless it has ended already."""
        with self._lock:
            if self._error is not None:
                return
            self._error = error
            callbacks = list(self._callbacks.values())
            self._callbacks.clear()
        self._ended.set()
        for callback in callbacks:
            callback()

    def wait(self, seconds: float) -> bool:
        """Sleeps up to `seconds` and answers whether the query has ended by then."""
        remaining = self.remaining_seconds()
        self._ended.wait(seconds if remaining is None else min(seconds, remaining))
        return self.error is not None

    def remaining_seconds(self) -> float | None:
        """Seconds until the deadline, never negative; None where there is none."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    @contextmanager
    def stopping(self, stop: Callable[[], None]) -> Iterator[None]:
        """While the block runs, the query's end calls `stop` (at once if it has ended). `stop` must be quick and not raise.

        On leaving, a `stop` that another thread is inside of may still be running: what must not overlap with it, `stop`
        itself guards.
        """
        with self._lock:
            ended = self._error is not None
            if not ended:
                self._next += 1
                key = self._next
                self._callbacks[key] = stop
        if ended:
            stop()
            yield
            return
        try:
            yield
        finally:
            with self._lock:
                self._callbacks.pop(key, None)
