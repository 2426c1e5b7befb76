"""One thread that ends the queries whose deadline has passed, however many run."""

from __future__ import annotations

import heapq
import threading
import time
from itertools import count

from translators.control import Control


class Watch:
    """The deadlines of queries in flight. The thread starts with the first of them; `close` ends it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._heap: list[tuple[float, int, Control]] = []
        self._watched: dict[int, int] = {}
        self._numbers = count()
        self._thread: threading.Thread | None = None
        self._wakes = 0.0
        self._closed = False

    def add(self, control: Control) -> None:
        """Ends `control` when its deadline passes, unless it is removed before. Without a deadline, nothing. A deadline that is
        put off later needs no second call."""
        if control.deadline is None:
            return
        with self._changed:
            number = next(self._numbers)
            self._watched[id(control)] = number
            heapq.heappush(self._heap, (control.deadline, number, control))
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="foz-deadlines", daemon=True)
                self._thread.start()
            # Waking the thread costs every query a switch; where it wakes early enough anyway, it is left asleep.
            if control.deadline < self._wakes:
                self._changed.notify()

    def remove(self, control: Control) -> None:
        """Leaves its entry in the heap to be passed over, and clears the heap of such entries when they are the most."""
        with self._changed:
            self._watched.pop(id(control), None)
            if len(self._heap) > 64 and len(self._heap) > 2 * len(self._watched):
                self._heap = [entry for entry in self._heap if self._live(entry)]
                heapq.heapify(self._heap)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _live(self, entry: tuple[float, int, Control]) -> bool:
        return self._watched.get(id(entry[2])) == entry[1]

    def _run(self) -> None:
        while (entry := self._next()) is not None:
            _, number, control = entry
            # Outside the lock: an end runs callbacks that reach drivers.
            ended = control.error is not None
            with self._changed:
                if not self._live(entry):
                    continue
                if ended or control.deadline is None:
                    del self._watched[id(control)]
                else:
                    # The deadline was put off at the last moment.
                    heapq.heappush(self._heap, (control.deadline, number, control))

    def _next(self) -> tuple[float, int, Control] | None:
        """Waits for the next deadline and takes it off the heap; None when the watch is closed."""
        with self._changed:
            while not self._closed:
                if not self._heap:
                    self._sleep(None)
                    continue
                deadline, number, control = self._heap[0]
                now = time.monotonic()
                if not self._live(self._heap[0]):
                    heapq.heappop(self._heap)
                elif deadline > now:
                    self._sleep(deadline)
                elif control.deadline is not None and control.deadline > now:
                    heapq.heapreplace(self._heap, (control.deadline, number, control))
                else:
                    return heapq.heappop(self._heap)
            return None

    def _sleep(self, until: float | None) -> None:
        self._wakes = float("inf") if until is None else until
        self._changed.wait(None if until is None else until - time.monotonic())
        self._wakes = 0.0
