"""How many queries run at once. More than that wait, a few and not for long; the rest are told to come back."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from planner.errors import ServerBusy
from translators.control import Control


def _unobserved(waiting: int) -> None:
    """Nobody looks at the gauge."""


class Admission:
    """`running` places and a queue of `waiting` for them, first come, first served; `wait_seconds` is the longest wait in it.

    `gauge` is told the number of those that wait, whenever it changes.
    """

    def __init__(self, running: int, waiting: int, wait_seconds: float = 5.0, gauge: Callable[[int], None] = _unobserved) -> None:
        self._free = running
        self._limit = waiting
        self._wait_seconds = wait_seconds
        self._gauge = gauge
        self._lock = threading.Lock()
        self._queue: deque[threading.Event] = deque()

    @contextmanager
    def place(self, control: Control) -> Iterator[None]:
        """A place for the length of the block. Raises ServerBusy, QueryCancelled, QueryTimeout."""
        self.enter(control)
        try:
            yield
        finally:
            self.leave()

    def enter(self, control: Control) -> None:
        """Takes a place, to be given back by `leave`. Raises ServerBusy, QueryCancelled, QueryTimeout."""
        control.check()
        with self._lock:
            if self._free > 0 and not self._queue:
                self._free -= 1
                return
            if len(self._queue) >= self._limit:
                raise self._busy()
            turn = threading.Event()
            self._queue.append(turn)
            self._gauge(len(self._queue))
        with control.stopping(turn.set):
            remaining = control.remaining_seconds()
            turn.wait(self._wait_seconds if remaining is None else min(self._wait_seconds, remaining))
        with self._lock:
            if turn in self._queue:
                self._queue.remove(turn)
                self._gauge(len(self._queue))
                control.check()
                raise self._busy()
        error = control.error
        if error is not None:
            self.leave()
            raise error

    def leave(self) -> None:
        """Gives a place back, to the first that waits."""
        with self._lock:
            if self._queue:
                self._queue.popleft().set()
                self._gauge(len(self._queue))
            else:
                self._free += 1

    def _busy(self) -> ServerBusy:
        seconds = max(1, round(self._wait_seconds))
        return ServerBusy(f"The server is busy. Try again in {seconds} seconds.", retryAfterSeconds=seconds)
