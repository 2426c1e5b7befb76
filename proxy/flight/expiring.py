"""A bounded table whose entries are forgotten when nobody has used them for a while."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")


class ExpiringTable(Generic[V]):
    """At most `capacity` entries, each kept for `keep_seconds` after its last use; the longest unused goes first.

    Keys begin with the name of the caller that owns the entry, so that nobody finds somebody else's. `dropped` is called with
    each value that was evicted or has expired, outside the table's lock.
    """

    def __init__(
        self,
        capacity: int,
        keep_seconds: float,
        dropped: Callable[[V], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._capacity = capacity
        self._keep_seconds = keep_seconds
        self._dropped = dropped
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[str, str], tuple[V, float]] = OrderedDict()

    def put(self, owner: str, name: str, value: V) -> None:
        with self._lock:
            self._entries[owner, name] = (value, self._clock() + self._keep_seconds)
            self._entries.move_to_end((owner, name))
            gone = self._outdated()
            while len(self._entries) > self._capacity:
                gone.append(self._entries.popitem(last=False)[1][0])
        self._drop(gone)

    def get(self, owner: str, name: str) -> V | None:
        """The entry, its time beginning anew; None where there is none."""
        with self._lock:
            entry = self._entries.get((owner, name))
            if entry is None or entry[1] <= self._clock():
                return None
            self._entries[owner, name] = (entry[0], self._clock() + self._keep_seconds)
            self._entries.move_to_end((owner, name))
            return entry[0]

    def pop(self, owner: str, name: str) -> V | None:
        """Takes the entry out and gives it away, without `dropped`."""
        with self._lock:
            entry = self._entries.pop((owner, name), None)
        if entry is None:
            return None
        if entry[1] <= self._clock():
            self._drop([entry[0]])
            return None
        return entry[0]

    def sweep(self) -> None:
        """Drops what has expired."""
        with self._lock:
            gone = self._outdated()
        self._drop(gone)

    def clear(self) -> None:
        """Drops everything."""
        with self._lock:
            gone = [value for value, _ in self._entries.values()]
            self._entries.clear()
        self._drop(gone)

    def __len__(self) -> int:
        return len(self._entries)

    def _outdated(self) -> list[V]:
        now, gone = self._clock(), []
        while self._entries:
            key, (value, until) = next(iter(self._entries.items()))
            if until > now:
                break
            del self._entries[key]
            gone.append(value)
        return gone

    def _drop(self, values: list[V]) -> None:
        if self._dropped is not None:
            for value in values:
                self._dropped(value)
