"""A fragment's batches kept for the length of a query: for an input that DuckDB scans more than once, or that must be read now
because its source has no connection to spare.

One read of the source serves every scan, so all of them see the same rows in the same order. A few MiB stay in memory, the rest
goes to an unnamed file in the temp directory, which is gone with the process whatever happens. Scans follow the writer.
"""

from __future__ import annotations

import errno
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from typing import IO

import pyarrow as pa

from planner.errors import FozError, Internal, MemoryLimit
from planner.plan import Field
from proxy.budget import Buffers
from translators.arrow import schema
from translators.control import Control

MEMORY_BYTES = 8 << 20
"""What one spool keeps in memory, where the buffers have room for it."""


class Spool:
    """One writer that never waits, any number of scans. `close` stops them all, at any time and from any thread."""

    def __init__(self, fields: Sequence[Field], buffers: Buffers, control: Control, temp_directory: str) -> None:
        self.fields = fields
        self._schema = schema(fields)
        self._buffers = buffers
        self._control = control
        self._temp_directory = temp_directory
        self._changed = threading.Condition()
        self._kept: list[pa.RecordBatch | tuple[int, int]] = []
        self._memory_bytes = 0
        self._file: IO[bytes] | None = None
        self._file_bytes = 0
        self._readers = 0
        self._finished = False
        self._error: FozError | None = None
        self._closed = False

    def put(self, batch: pa.RecordBatch) -> bool:
        """Keeps `batch`; False once nobody wants more. Raises MemoryLimit where the disk is full."""
        self._control.check()
        size = batch.nbytes
        if self._memory_bytes + size <= MEMORY_BYTES and self._buffers.take(size):
            with self._changed:
                if self._closed:
                    self._buffers.give(size)
                    return False
                self._memory_bytes += size
                self._kept.append(batch)
                self._changed.notify_all()
            return True
        return self._write(batch)

    def finish(self, error: FozError | None) -> None:
        """No more batches; a scan meets `error` after those that are kept."""
        with self._changed:
            self._finished = True
            self._error = error
            self._changed.notify_all()

    def wake(self) -> None:
        """Lets the scans look at the control again."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._kept.clear()
            self._buffers.give(self._memory_bytes)
            self._memory_bytes = 0
            if self._readers == 0:
                self._drop_file()
            self._changed.notify_all()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The batches from the first. Raises the writer's error, the control's."""
        position = 0
        while (batch := self._at(position)) is not None:
            yield batch
            position += 1

    def _at(self, position: int) -> pa.RecordBatch | None:
        with self._changed:
            while position >= len(self._kept) and not self._finished and not self._closed:
                self._control.check()
                self._changed.wait(self._control.remaining_seconds())
            if self._closed:
                return None
            if position >= len(self._kept):
                if self._error is not None:
                    raise self._error
                return None
            kept = self._kept[position]
            if not isinstance(kept, tuple):
                return kept
            assert self._file is not None
            descriptor = self._file.fileno()
            self._readers += 1
        try:
            offset, length = kept
            message = os.pread(descriptor, length, offset)
            return pa.ipc.read_record_batch(pa.py_buffer(message), self._schema)
        except OSError as error:
            raise Internal("A spooled part of the query could not be read back.") from error
        finally:
            self._leave()

    def _write(self, batch: pa.RecordBatch) -> bool:
        """The file's position is the writer's alone; the entry is shown to the scans once the bytes are there."""
        message = memoryview(batch.serialize())
        with self._changed:
            if self._closed:
                return False
            if self._file is None:
                self._file = self._open()
            descriptor = self._file.fileno()
            self._readers += 1
        try:
            offset = self._file_bytes
            written = 0
            while written < len(message):
                written += os.pwrite(descriptor, message[written:], offset + written)
            with self._changed:
                if self._closed:
                    return False
                self._file_bytes = offset + written
                self._kept.append((offset, written))
                self._changed.notify_all()
            return True
        except OSError as error:
            raise _full(error) from None
        finally:
            self._leave()

    def _open(self) -> IO[bytes]:
        try:
            return tempfile.TemporaryFile(prefix="spool-", dir=self._temp_directory)
        except OSError as error:
            raise _full(error) from None

    def _leave(self) -> None:
        """The last one in the file after `close` closes it: a descriptor must not be used again under a reader."""
        with self._changed:
            self._readers -= 1
            if self._closed and self._readers == 0:
                self._drop_file()

    def _drop_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _full(error: OSError) -> FozError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return MemoryLimit("The query must spill to disk, and the temp directory is full. Read less, or make room there.")
    failure = Internal("The temp directory cannot be written to.")
    failure.__cause__ = error
    return failure
