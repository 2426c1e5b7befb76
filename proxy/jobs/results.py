"""The rows of jobs, in chunks that outlive the worker that wrote them, and that can be read while more are being written.

    results/<queryId>/<attempt>/schema                      the schema: an Arrow IPC stream without batches
    results/<queryId>/<attempt>/<number>-<rows>-<bytes>     a chunk: an Arrow IPC stream of whole batches, LZ4 inside; these would
                                                            have so many bytes in a stream without compression

A chunk that was changed, cut off, or is another's, is found out before any row of it is given (`proxy.jobs.chunks`).
"""

from __future__ import annotations

import errno
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.ipc as ipc
import structlog

from planner.errors import FozError, Internal, QueryExpired, ServerBusy, SizeLimit
from proxy.configuration import ConfigurationError
from proxy.jobs.chunks import OPTIONS, Damaged, opened, sealed
from proxy.jobs.files import Files, files
from proxy.jobs.quota import Quota
from translators.arrow import bytes_of

log = structlog.get_logger("foz")

CHUNK_BYTES = 16 << 20
"""A chunk ends with the batch that brings its rows, uncompressed, to this: whoever reads it holds no more at a time."""

_CHUNK = re.compile(r"(\d{5,})-(\d+)-(\d+)")
_QUERY_ID = re.compile(r"[A-Za-z0-9_-]+")
_REMEMBERED_RESULTS = 32


@dataclass(frozen=True)
class ChunkInfo:
    """A chunk that can be read; `bytes` as it is stored, `stream_bytes` as its batches are in a stream without compression."""

    rows: int
    bytes: int
    stream_bytes: int


@dataclass(frozen=True)
class _Found:
    name: str
    info: ChunkInfo


class Results:
    """Used by any number of threads, and by several processes over the same place. Raises ConfigurationError where it cannot be.

    `uri` is a directory (`file:///…`) or whatever else fsspec knows (`s3://bucket/prefix`). `clock` is compared with the times
    that the files have; `ticks` gives seconds that never go back.
    """

    def __init__(
        self,
        uri: str,
        max_result_bytes: int,
        max_bytes: int,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_result_bytes = max_result_bytes
        self._clock = clock
        self._ticks = ticks
        try:
            self._files: Files = files(f"{uri.rstrip('/')}/results")
            self._quota = Quota(max_bytes, lambda: sum(self._files.find().values()), ticks)
        except Exception as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise ConfigurationError(f"spool: {uri}/results cannot be used ({reason}).") from error
        self._known: OrderedDict[str, Mapping[int, _Found]] = OrderedDict()
        self._known_lock = threading.Lock()

    def writer(self, query_id: str, attempt: int, schema: pa.Schema, roll_seconds: float = 1.0) -> Writer:
        """The writer of an attempt, whose schema can be read from now on.

        What earlier attempts wrote is removed, and what an earlier writer of this one did: rows of two never mix. Raises
        ServerBusy, Internal.
        """
        folder = _folder(query_id, attempt)
        with _told(query_id):
            earlier = {name.split("/")[1] for name in self._files.find(query_id)}
            for number in earlier:
                if number.isdecimal() and int(number) <= attempt:
                    self._remove(f"{query_id}/{number}")
            self._files.prepare(folder)
        return Writer(self, query_id, folder, schema, roll_seconds)

    def schema(self, query_id: str, attempt: int) -> pa.Schema:
        """Raises QueryExpired where it is gone, Internal where it is damaged."""
        name = f"{_folder(query_id, attempt)}/schema"
        with _told(query_id):
            return opened(name, self._files.read(name))[0]

    def chunk(self, query_id: str, attempt: int, number: int) -> list[pa.RecordBatch]:
        """The batches of a chunk. Raises QueryExpired where it is gone, Internal where it is damaged."""
        folder = _folder(query_id, attempt)
        with _told(query_id):
            with self._known_lock:
                found = self._known.get(folder, {}).get(number)
            if found is not None:
                try:
                    return opened(found.name, self._files.read(found.name))[1]
                except FileNotFoundError:
                    # Written again since, or gone: a new listing tells.
                    log.debug("results.written_again", name=found.name)
            found = self._listed(folder).get(number)
            if found is None:
                raise FileNotFoundError(folder)
            return opened(found.name, self._files.read(found.name))[1]

    def sizes(self, query_id: str, attempt: int, chunks: int) -> tuple[ChunkInfo, ...]:
        """The first `chunks` chunks, which the job is known to have: never fewer. Raises QueryExpired where one is gone."""
        folder = _folder(query_id, attempt)
        with _told(query_id):
            found = self._listed(folder) if chunks else {}
            if any(number not in found for number in range(chunks)):
                raise FileNotFoundError(query_id)
            return tuple(found[number].info for number in range(chunks))

    def remove(self, query_id: str) -> None:
        """All attempts; nothing where there are none. A writer that is still at it in a directory meets QueryExpired."""
        _checked(query_id)
        with _told(query_id):
            self._remove(query_id)

    def stray(self, known: Callable[[str], bool], older_than_seconds: float) -> list[str]:
        """What has not changed for a while and belongs to no job, for `remove`: queryIds, and what a killed `remove` left.

        What `known` raises ends it: a store that does not answer has not said that it has no such job.
        """
        with _told("of no job"):
            folders = [folder for folder in self._files.folders() if _QUERY_ID.fullmatch(folder)]
        found = []
        for folder in folders:
            if not known(folder):
                with _told(folder):
                    if self._clock() - self._files.changed(folder) > older_than_seconds:
                        found.append(folder)
        return found

    def bytes(self) -> int:
        """What all results have together, as far as is known here."""
        return self._quota.bytes

    def _listed(self, folder: str) -> Mapping[int, _Found]:
        found: dict[int, _Found] = {}
        for name, size in self._files.find(folder).items():
            match = _CHUNK.fullmatch(name.rpartition("/")[2])
            if match is not None:
                if int(match[1]) in found:
                    raise Damaged(name)
                found[int(match[1])] = _Found(name, ChunkInfo(int(match[2]), size, int(match[3])))
        with self._known_lock:
            self._known[folder] = found
            self._known.move_to_end(folder)
            if len(self._known) > _REMEMBERED_RESULTS:
                self._known.popitem(last=False)
        return found

    def _remove(self, under: str) -> None:
        def remove() -> int:
            size = sum(self._files.find(under).values())
            self._files.remove(under)
            return size

        self._quota.free(remove)


class Writer:
    """Of one thread, but for `flush`, and a context manager: what is not finished when it is left has never been.

    `chunks` can be read, with `rows` rows in `bytes` bytes, the schema's included. Once something was raised, only `abort` is
    left to do.
    """

    def __init__(self, results: Results, query_id: str, folder: str, schema: pa.Schema, roll_seconds: float) -> None:
        self.chunks = 0
        self.rows = 0
        self.bytes = 0
        self._results = results
        self._query_id = query_id
        self._folder = folder
        self._schema = schema
        self._roll_seconds = roll_seconds
        self._rolled_at = -float("inf")
        self._finished = False
        self._failed = False
        self._late: FozError | None = None
        self._lock = threading.RLock()
        self._start_chunk()
        try:
            self._write("schema")
        except FozError:
            self._leave()
            raise

    def put(self, batch: pa.RecordBatch) -> bool:
        """True once what was put so far can be read: at a chunk's size, or when nothing became readable for `roll_seconds`.

        So the first batch can be read at once. Raises SizeLimit, ServerBusy where there is no room, QueryExpired, Internal.
        """
        with self._lock:
            self._check()
            if batch.num_rows == 0:
                return False
            self._failed = True
            self._stream.write_batch(batch)
            self._failed = False
            self._pending_rows += batch.num_rows
            self._pending_bytes += bytes_of(batch)
            self._pending_stream_bytes += ipc.get_record_batch_size(batch)
            if self._pending_bytes < CHUNK_BYTES and not self._due():
                return False
            return self.flush()

    def flush(self) -> bool:
        """Makes readable what was put so far; False where it is already."""
        with self._lock:
            self._check()
            if not self._pending_rows:
                return False
            self._write(f"{self.chunks:05d}-{self._pending_rows}-{self._pending_stream_bytes}")
            self.chunks += 1
            return True

    def flush_when_due(self) -> bool:
        """`flush` by another thread, where nothing became readable for `roll_seconds`: the source may have nothing more for a
        while. What it raises is raised by the next `put` or `finish`."""
        with self._lock:
            if self._finished or self._failed or not self._due():
                return False
            try:
                return self.flush()
            except FozError as error:
                self._late = error
                return False

    def _due(self) -> bool:
        return self._results._ticks() - self._rolled_at >= self._roll_seconds

    def finish(self) -> None:
        """The last chunk. Without rows there is none, only the schema."""
        with self._lock:
            self.flush()
            self._finished = True

    def abort(self) -> None:
        """Removes what was written, finished or not."""
        with self._lock:
            self._failed = True
            with _told(self._query_id):
                self._results._remove(self._folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._finished or error is not None:
            self._leave()

    def _check(self) -> None:
        if self._late is not None:
            late, self._late = self._late, None
            raise late
        if self._failed or self._finished:
            raise ValueError("The writer has ended.")

    def _leave(self) -> None:
        """`abort` where something else went wrong already, which matters more: it raises nothing."""
        try:
            self.abort()
        except FozError as left:
            # The files go with the job, or as a stray.
            log.warning("results.not_removed", query_id=self._query_id, error=left.message)

    def _start_chunk(self) -> None:
        self._sink = pa.BufferOutputStream()
        self._stream = ipc.new_stream(self._sink, self._schema, options=OPTIONS)
        self._pending_rows = 0
        self._pending_bytes = 0
        self._pending_stream_bytes = 0

    def _write(self, name: str) -> None:
        self._failed = True
        self._stream.close()
        path = f"{self._folder}/{name}"
        data = sealed(path, self._sink.getvalue())
        most = self._results._max_result_bytes
        if self.bytes + len(data) > most:
            raise SizeLimit(f"The result is larger than {most} bytes (maxResultBytes). Read fewer rows or columns.", limit=most)
        with _told(self._query_id), self._results._quota.room(len(data)):
            self._results._files.write(path, data)
        self.bytes += len(data)
        self.rows += self._pending_rows
        if name != "schema":
            self._rolled_at = self._results._ticks()
        self._start_chunk()
        self._failed = False


def _folder(query_id: str, attempt: int) -> str:
    return f"{_checked(query_id)}/{attempt:d}"


def _checked(query_id: str) -> str:
    if not _QUERY_ID.fullmatch(query_id):
        raise ValueError("not the id of a query")
    return query_id


@contextmanager
def _told(query_id: str) -> Iterator[None]:
    """What the place of the results raises, as errors of Foz."""
    try:
        yield
    except FozError:
        raise
    except FileNotFoundError:
        raise QueryExpired(f"The rows of the query {query_id} are no longer kept. Run it again.") from None
    except Damaged as damaged:
        log.error("results.damaged", query_id=query_id, name=damaged.name)
        raise Internal("A stored part of this query's result is damaged. Run the query again.") from damaged
    except Exception as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise ServerBusy("The place for results is full. Ask again later, or read less.") from None
        raise Internal("The place for results cannot be used.") from error
