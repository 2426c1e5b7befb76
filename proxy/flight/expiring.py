"""A bounded table whose entries are forgotten when nobody has used them for a while."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")


class ExpiringTable(Generic[V]):
    """At most `capacity` entries, each kept for `keep_seconds` after its last use; the longest unused goes first.

    Keys begin with the name of the caller that owns the entry, so that nobody finds somebody else's; and one owner has at most a
    quarter of the table, so that nobody pushes everybody else's entries out. `dropped` is called with each value that was evicted
    or has expired, outside the table's lock.
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
        self._owned: Counter[str] = Counter()

    def put(self, owner: str, name: str, value: V) -> None:
        with self._lock:
            if (owner, name) not in self._entries:
                self._owned[owner] += 1
            self._entries[owner, name] = (value, self._clock() + self._keep_seconds)
            self._entries.move_to_end((owner, name))
            gone = self._outdated()
            if self._owned[owner] > max(1, self._capacity // 4):
                gone.append(self._remove(next(key for key in self._entries if key[0] == owner))[0])
            while len(self._entries) > self._capacity:
                gone.append(self._remove(next(iter(self._entries)))[0])
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
            if (owner, name) not in self._entries:
                return None
            entry = self._remove((owner, name))
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
            self._owned.clear()
        self._drop(gone)

    def __len__(self) -> int:
        return len(self._entries)

    def _outdated(self) -> list[V]:
        now, gone = self._clock(), []
        while self._entries:
            key, (_, until) = next(iter(self._entries.items()))
            if until > now:
                break
            gone.append(self._remove(key)[0])
        return gone

    def _remove(self, key: tuple[str, str]) -> tuple[V, float]:
        self._owned[key[0]] -= 1
        if not self._owned[key[0]]:
            del self._owned[key[0]]
        return self._entries.pop(key)

    def _drop(self, values: list[V]) -> None:
        if self._dropped is not None:
            for value in values:
                self._dropped(value)
