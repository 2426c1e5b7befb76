"""The most recently used values by key, within a number of bytes, each for as long as what it was made from stays as it was."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from planner.catalog import Catalog, Table

Value = TypeVar("Value")

_ENTRY_BYTES = 4_000
_LARGEST = 4
"""No value takes more than this part of the room: one enormous query does not push out everything else."""


@dataclass(eq=False)
class _Entry(Generic[Value]):
    value: Value
    bytes: int
    tables: tuple[Table, ...]
    epoch: str


class Remembered(Generic[Value]):
    """At most `limit_bytes` of values, the least recently used forgotten first; used by many threads at once.

    A key says what a value means: it holds the catalogue's version. The statistics under which it was made are no part of its
    meaning, and move on at every refresh: a value is good while those of the tables that it was made from are the same.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._entries: OrderedDict[Hashable, _Entry[Value]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """About how much memory the values take."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable, catalog: Catalog) -> Value | None:
        """The value, if it is good for `catalog`."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            if entry.epoch != catalog.epoch:
                if any(_has_moved(table, catalog) for table in entry.tables):
                    self._remove(key)
                    return None
                entry.epoch = catalog.epoch
            self._entries.move_to_end(key)
            return entry.value

    def put(self, key: Hashable, value: Value, bytes: int, catalog: Catalog, tables: Sequence[Table] = ()) -> None:
        """Keeps a value of about `bytes` that was made under the statistics that `tables` have in `catalog`; without tables,
        under none."""
        size = bytes + _ENTRY_BYTES
        with self._lock:
            if key in self._entries:
                self._remove(key)
            if size > self._limit_bytes // _LARGEST:
                return
            self._entries[key] = _Entry(value, size, tuple(tables), catalog.epoch)
            self._bytes += size
            while self._bytes > self._limit_bytes:
                self._remove(next(iter(self._entries)))

    def _remove(self, key: Hashable) -> None:
        self._bytes -= self._entries.pop(key).bytes


def _has_moved(table: Table, catalog: Catalog) -> bool:
    """Whether the statistics of the table are others in `catalog`."""
    source = catalog.by_id.get(table.source)
    now = source.by_path.get((table.schema.lower(), table.name.lower())) if source is not None else None
    return now is None or _figures(now) != _figures(table)


def _figures(table: Table) -> str:
    return table.statistics.figures if table.statistics is not None else ""
