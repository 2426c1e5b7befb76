"""How many bytes all results together have, and may have."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from planner.errors import ServerBusy

_COUNT_AGAIN_SECONDS = 60.0


class Quota:
    """Counts what is there once, and keeps account from then on. `count` looks anew; `ticks` are seconds that never go back.

    Other processes write and remove too: after a minute, and before anything is refused, it is counted again.
    """

    def __init__(self, most: int, count: Callable[[], int], ticks: Callable[[], float]) -> None:
        self._most = most
        self._count = count
        self._ticks = ticks
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._bytes = 0
        self._unfinished = 0
        self._since = 0
        self._counted_at = ticks()
        self._recount()

    @property
    def bytes(self) -> int:
        with self._lock:
            return self._bytes

    @contextmanager
    def room(self, size: int) -> Iterator[None]:
        """Room for `size` bytes that are written inside; given back where that fails. Raises ServerBusy."""
        if self._ticks() - self._counted_at > _COUNT_AGAIN_SECONDS or not self._fits(size):
            self._recount()
        with self._lock:
            if self._bytes + size > self._most:
                raise ServerBusy(
                    f"All results together would exceed {self._most} bytes (maxSpoolBytes). "
                    "Ask again when older ones have expired, or read less."
                )
            self._bytes += size
            self._since += size
            self._unfinished += size
        written = 0
        try:
            yield
            written = size
        finally:
            with self._lock:
                self._unfinished -= size
                self._bytes -= size - written

    def free(self, remove: Callable[[], int]) -> None:
        """Runs `remove`, which gives the bytes that it removed: one at a time, and not while they are counted."""
        with self._counting:
            size = remove()
            with self._lock:
                self._bytes = max(0, self._bytes - size)

    def _fits(self, size: int) -> bool:
        with self._lock:
            return self._bytes + size <= self._most

    def _recount(self) -> None:
        """What is being written meanwhile is added, though the count may have seen it: too much does no harm until the next."""
        with self._counting:
            with self._lock:
                self._since = self._unfinished
            counted = self._count()
            with self._lock:
                self._bytes = counted + self._since
                self._counted_at = self._ticks()
