"""The deadline and cancel token that goes down every call to the outside world."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

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
        self._longest = self.deadline
        self._instead: Callable[[], bool] | None = None
        self._lock = threading.Lock()
        self._passing = threading.Lock()
        self._waiting: threading.Event | None = None
        self._error: FozError | None = None
        self._callbacks: dict[int, Callable[[], None]] = {}
        self._next = 0

    def limit(self, timeout_ms: int, longest_ms: int = 0, instead: Callable[[], bool] | None = None) -> None:
        """From now on, `timeout_ms` milliseconds are left, whatever was left before.

        It may be given more time later: up to `longest_ms` from now. `instead` is asked when the deadline has passed, once and
        on whatever thread sees it: it may give more time by `limit`, and answers whether it has. It must be quick.
        """
        now = time.monotonic()
        self.timeout_ms = timeout_ms
        self._instead = instead
        self._longest = now + max(timeout_ms, longest_ms) / 1000
        self.deadline = now + timeout_ms / 1000

    @property
    def error(self) -> FozError | None:
        """Why the query must stop; None while it may go on."""
        if self._error is None and self.deadline is not None and time.monotonic() >= self.deadline:
            self._pass()
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
            if self._waiting is not None:
                self._waiting.set()
        for callback in callbacks:
            callback()

    def wait(self, seconds: float) -> bool:
        """Sleeps up to `seconds` and answers whether the query has ended by then."""
        remaining = self.remaining_seconds()
        with self._lock:
            if self._error is not None:
                return True
            if self._waiting is None:
                self._waiting = threading.Event()
            waiting = self._waiting
        waiting.wait(seconds if remaining is None else min(seconds, remaining))
        return self.error is not None

    def remaining_seconds(self) -> float | None:
        """Seconds until the deadline, never negative; None where there is none."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def longest_seconds(self) -> float | None:
        """Seconds until the last moment to which the deadline may still be put off: what a source may be told."""
        return None if self._longest is None else max(0.0, self._longest - time.monotonic())

    def stopping(self, stop: Callable[[], None]) -> AbstractContextManager[None]:
        """While the block runs, the query's end calls `stop` (at once if it has ended). `stop` must be quick and not raise.

        On leaving, a `stop` that another thread is inside of may still be running: what must not overlap with it, `stop`
        itself guards.
        """
        return _Stopping(self, stop)

    def _pass(self) -> None:
        with self._passing:
            if self.deadline is None or time.monotonic() < self.deadline:
                return  # Another thread saw it pass, and it was put off.
            instead, self._instead = self._instead, None
            if instead is not None and instead():
                return
        self.end(QueryTimeout(f"The query did not finish within {self.timeout_ms} ms."))

    def _register(self, stop: Callable[[], None]) -> int | None:
        """The number under which `stop` will be called; None where the query has ended already."""
        with self._lock:
            if self._error is not None:
                return None
            self._next += 1
            self._callbacks[self._next] = stop
            return self._next

    def _forget(self, number: int) -> None:
        with self._lock:
            self._callbacks.pop(number, None)


class _Stopping:
    """The block of `Control.stopping`; written out, since a point query enters four of them."""

    __slots__ = ("_control", "_number", "_stop")

    def __init__(self, control: Control, stop: Callable[[], None]) -> None:
        self._control = control
        self._stop = stop
        self._number: int | None = None

    def __enter__(self) -> None:
        self._number = self._control._register(self._stop)
        if self._number is None:
            self._stop()

    def __exit__(self, *_: object) -> None:
        if self._number is not None:
            self._control._forget(self._number)
