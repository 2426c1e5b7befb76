"""The way of a fragment's batches from the thread that reads its source to the scan that consumes them, once.

A `Channel` holds a few batches, by count and by bytes; its writer waits while it is full, and that is the back-pressure which
reaches the source. What is scanned more than once goes through a `proxy.spool.Spool` instead.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence

import pyarrow as pa

from planner.errors import FozError, Internal
from planner.plan import Field
from proxy.budget import Buffers
from translators.arrow import bytes_of
from translators.control import Control

MAX_BATCHES = 4
MAX_BYTES = 8 << 20


class ScannedAgain(Internal):
    """An input that was taken to be scanned once is scanned again: the query is run again with that input in a spool."""


class Channel:
    """One writer, one scan. The writer ends it with `finish`; `close` stops both sides, at any time and from any thread."""

    def __init__(self, fields: Sequence[Field], buffers: Buffers, control: Control) -> None:
        self.fields = fields
        self._buffers = buffers
        self._control = control
        self._changed = threading.Condition()
        self._waiting: deque[pa.RecordBatch] = deque()
        self._bytes = 0
        self._finished = False
        self._error: FozError | None = None
        self._closed = False
        self._scanned = False

    def put(self, batch: pa.RecordBatch) -> bool:
        """Waits for room, then hands `batch` over; False once nobody wants more."""
        size = bytes_of(batch)
        with self._changed:
            while not self._closed and not self._room(size):
                self._control.check()
                self._changed.wait(self._control.remaining_seconds())
            if self._closed:
                return False
            self._waiting.append(batch)
            self._bytes += size
            self._changed.notify_all()
        return True

    def finish(self, error: FozError | None) -> None:
        """No more batches; a scan meets `error` after those that wait."""
        with self._changed:
            self._finished = True
            self._error = error
            self._changed.notify_all()

    def wake(self) -> None:
        """Lets both sides look at the control again."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._buffers.give(self._bytes)
            self._bytes = 0
            self._changed.notify_all()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The batches in the writer's order. Raises ScannedAgain at the second call, the writer's error, the control's."""
        with self._changed:
            if self._scanned:
                raise ScannedAgain("An input of the residual query was read twice.")
            self._scanned = True
        return self._scan()

    def _scan(self) -> Iterator[pa.RecordBatch]:
        """A scan that ends early, at a LIMIT, ends the read of the source with it."""
        try:
            while (batch := self._next()) is not None:
                yield batch
        finally:
            self.close()

    def _next(self) -> pa.RecordBatch | None:
        with self._changed:
            while not self._waiting and not self._finished:
                self._control.check()
                if self._closed:
                    return None
                self._changed.wait(self._control.remaining_seconds())
            if not self._waiting:
                if self._error is not None:
                    raise self._error
                return None
            batch = self._waiting.popleft()
            size = bytes_of(batch)
            self._bytes -= size
            self._buffers.give(size)
            self._changed.notify_all()
            return batch

    def _room(self, size: int) -> bool:
        """Takes room for `size` bytes if there is some; an empty channel always has room for one batch."""
        if not self._waiting:
            self._buffers.owe(size)
            return True
        return len(self._waiting) < MAX_BATCHES and self._bytes + size <= MAX_BYTES and self._buffers.take(size)
