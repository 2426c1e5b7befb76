"""Entries of the shared cache that this process has fetched before, so that they need not be fetched and decoded again.

An entry is given from here only when Redis has said, in the same request, that the entry with this very id answers: the versions
and the decision stay with Redis, and what is kept here can save work but not decide anything. `cache.tracking` tells what has
gone from Redis, so that it does not take room here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from cache.store import Entry

_OVERHEAD_BYTES = 2048


@dataclass(frozen=True, eq=False)
class Copy:
    """An entry as Redis holds it under `id`, decoded."""

    id: str
    entry: Entry

    @property
    def bytes(self) -> int:
        return _OVERHEAD_BYTES + sum(int(batch.nbytes) for batch in self.entry.batches)


class Near:
    """At most `max_bytes`, of which what was used longest ago goes first; used by many threads at once.

    It keeps nothing unless it is `live`: while nobody tells what has gone from Redis, it stays empty.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._copies: OrderedDict[str, Copy] = OrderedDict()
        self._bytes = 0
        self._live = False

    def get(self, key: str) -> Copy | None:
        with self._lock:
            copy = self._copies.get(key)
            if copy is not None:
                self._copies.move_to_end(key)
            return copy

    def keep(self, key: str, copy: Copy) -> None:
        with self._lock:
            if not self._live or copy.bytes > self._max_bytes // 4:
                return
            self._remove(key)
            self._copies[key] = copy
            self._bytes += copy.bytes
            while self._bytes > self._max_bytes:
                self._remove(next(iter(self._copies)))

    def drop(self, key: str) -> None:
        with self._lock:
            self._remove(key)

    def drop_over(self, entity: str) -> None:
        """Drops what was read from an entity that has moved on."""
        with self._lock:
            for key in [key for key, copy in self._copies.items() if any(name == entity for name, _ in copy.entry.vector)]:
                self._remove(key)

    def begin(self) -> None:
        """From now on it is told what goes from Redis."""
        with self._lock:
            self._live = True

    def end(self) -> bool:
        """It is told no more: everything is dropped, and nothing kept until it is told again. Answers whether it was told."""
        with self._lock:
            was, self._live = self._live, False
            self._copies.clear()
            self._bytes = 0
            return was

    def stats(self) -> dict[str, int | bool]:
        with self._lock:
            return {"live": self._live, "entries": len(self._copies), "bytes": self._bytes, "maxBytes": self._max_bytes}

    def _remove(self, key: str) -> None:
        copy = self._copies.pop(key, None)
        if copy is not None:
            self._bytes -= copy.bytes
