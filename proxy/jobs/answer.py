"""A job as an answer: its rows are read from the spool, while they are still being written or after the end."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import orjson
import pyarrow as pa

from planner.errors import QueryCancelled, QueryExpired, QueryNotFound, SourceUnavailable, recalled
from planner.plan import Field
from proxy.jobs.results import CHUNK_BYTES, Results
from proxy.jobs.store import ENDED, Job
from proxy.jobs.waiting import Changes
from proxy.progress import NOTHING, foretold, moment
from proxy.request import ALL, Part

_WAIT_SECONDS = 30.0
_MOST_PARTS = 8
"""More streams at once do not make one client faster."""
_CANCELLED = ("query.cancelled", "The query was cancelled.")
"""What ended a job that had no owner to say so."""


def described(
    columns: tuple[Field, ...], schema: pa.Schema, cache: dict[str, Any], predicted: Any, route: Mapping[str, Any]
) -> bytes:
    """What a job's record says of its answer."""
    return orjson.dumps(
        {
            "columns": [[column.name, column.type] for column in columns],
            "schema": base64.b64encode(schema.serialize().to_pybytes()).decode(),
            "cache": cache,
            "predicted": predicted,
            "route": route,
        },
        default=str,
    )


class JobAnswer:
    """One reader's view of a job (`proxy.request.Spooled`). Closing it leaves the job alone."""

    def __init__(self, job: Job, changes: Changes, results: Results, keep_seconds: float) -> None:
        answer = cast(dict[str, Any], orjson.loads(job.answer))
        self.query_id = job.query_id
        self.columns = tuple(Field(name, type) for name, type in answer["columns"])
        self.schema: pa.Schema = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(answer["schema"])))
        self._cache = answer["cache"]
        self._job = job
        self._changes = changes
        self._results = results
        self._keep_seconds = keep_seconds
        self._offset = 0
        self._part = ALL
        self._run: tuple[str, int] | None = None
        self._closed = False
        self._woken = threading.Event()

    @property
    def run(self) -> str:
        return _named(_run(self._job) if self._run is None else self._run)

    def reading(self, offset: int, part: Part = ALL, run: str | None = None) -> JobAnswer:
        if run is not None:
            self._run = _run(self._job)
            if self.run != run:
                raise _begun_anew()
        if offset:
            first = part.first
            for info in self._results.sizes(self._job.folder, self._job.attempts, self._job.chunks)[first:]:
                if offset < info.rows:
                    break
                offset, first = offset - info.rows, first + 1
            part = replace(part, first=first)
        self._offset, self._part = offset, part
        return self

    def stream_sizes(self) -> list[int] | None:
        job = self._job
        if job.state != "completed":
            return None
        return [info.stream_bytes for info in self._results.sizes(job.folder, job.attempts, job.chunks)]

    @property
    def truncated(self) -> bool:
        return bool(cast(dict[str, Any], orjson.loads(self._job.report)).get("truncated"))

    def parts(self) -> Sequence[Part]:
        job = self._job
        progress = cast(dict[str, Any], orjson.loads(job.report)).get("progress", {})
        wanted = min(_MOST_PARTS, progress.get("bytes", 0) // CHUNK_BYTES)
        if job.state != "completed" or wanted < 2:
            return (ALL,)
        sizes = self._results.sizes(job.folder, job.attempts, job.chunks)
        return divided([info.rows for info in sizes], wanted)

    def expires(self) -> datetime:
        """Of one that has not ended: it will be later."""
        kept = self._job.kept if self._job.state in ENDED else None
        return datetime.fromtimestamp((kept if kept is not None else time.time()) + self._keep_seconds, UTC)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The batches as they come. Raises the job's error; QueryCancelled once the reader is closed."""
        skipped = 0
        for batch in self._all_batches(self._part.first):
            if skipped + batch.num_rows <= self._offset:
                skipped += batch.num_rows
            else:
                yield batch.slice(max(0, self._offset - skipped))
                skipped += batch.num_rows

    def _all_batches(self, read: int) -> Iterator[pa.RecordBatch]:
        end = self._part.end
        while end is None or read < end:
            self._check()
            job = self._job
            if job.state == "expired":
                raise expired(job.query_id)
            if self._run not in (None, _run(job)) and job.error is None:
                # Its chunks are other ones: as many of them, or fewer, would look like the end of these.
                raise _begun_anew()
            if read < job.chunks:
                self._run = _run(job)
                batches = self._chunk(job, read)
                if batches is not None:
                    yield from batches
                    read += 1
            elif job.state not in ENDED:
                self._await_change(job)
            elif job.state == "completed":
                return
            else:
                raise recalled(*(job.error or _CANCELLED))

    def _chunk(self, job: Job, number: int) -> list[pa.RecordBatch] | None:
        """A chunk; None where the job has changed since, and is to be looked at again: an attempt that has failed, or was begun
        anew, has no rows any more."""
        try:
            return self._results.chunk(job.folder, job.attempts, number)
        except QueryExpired:
            if job.state in ENDED:
                raise
            self._await_change(job)
            if self._job.revision == job.revision:
                raise
            return None

    def at_hand(self) -> None:
        """Its rows are in the spool."""

    def status(self) -> dict[str, Any]:
        return status(self._job)

    def stats(self) -> dict[str, Any]:
        report = cast(dict[str, dict[str, Any]], orjson.loads(self._job.report))
        return report.get("stats", {"elapsedMs": 0, "sources": []})

    def cache_status(self) -> dict[str, Any]:
        return cast(dict[str, Any], self._cache)

    @property
    def deferred(self) -> bool:
        """Always: it is a job."""
        return True

    def when_deferred(self, tell: Callable[[], None]) -> None:
        tell()

    def close(self) -> None:
        self._closed = True
        self._woken.set()

    def __enter__(self) -> JobAnswer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check(self) -> None:
        if self._closed:
            raise QueryCancelled("The reader went away.")

    def _await_change(self, job: Job) -> None:
        found = self._changes.wait(job.query_id, job.revision, _WAIT_SECONDS, self._woken, lambda: self._closed)
        self._check()
        if found is None:
            raise QueryNotFound(f"There is no query {job.query_id} any more.")
        self._job = found


def divided(rows: Sequence[int], wanted: int) -> tuple[Part, ...]:
    """Chunks with so many rows each in up to `wanted` parts of about the same number of rows, none of them empty."""
    parts: list[Part] = []
    total, seen, first = sum(rows), 0, 0
    for number, count in enumerate(rows):
        seen += count
        if seen * wanted >= total * (len(parts) + 1) or number == len(rows) - 1:
            parts.append(Part(first, number + 1))
            first = number + 1
    return tuple(parts)


def _run(job: Job) -> tuple[str, int]:
    """What tells the run whose rows a job has from every other."""
    return job.folder, job.attempts


def _named(run: tuple[str, int]) -> str:
    """In a word that says nothing else: the job that runs for several may be somebody else's."""
    return hashlib.sha256(f"{run[0]}/{run[1]}".encode()).hexdigest()[:12]


def _begun_anew() -> SourceUnavailable:
    return SourceUnavailable("The query was begun anew while its rows were read: read them again.", source="")


def expired(query_id: str) -> QueryExpired:
    return QueryExpired(f"The result of the query {query_id} has expired: ask it again.")


def status(job: Job) -> dict[str, Any]:
    """The JSON of `GET /queries/{queryId}`."""
    report = cast(dict[str, Any], orjson.loads(job.report))
    answer = cast(dict[str, Any], orjson.loads(job.answer or b"{}"))
    ready = job.state == "completed"
    return {
        "queryId": job.query_id,
        "status": job.state,
        "createdAt": _at(job.created),
        "startedAt": _at(job.started),
        "finishedAt": _at(job.finished),
        "progress": report.get("progress") or NOTHING.told(0, 0),
        "predicted": foretold(answer.get("predicted"), _moment(job.started) if job.state == "processing" else None),
        "cache": answer.get("cache"),
        "route": answer.get("route"),
        "error": {"code": job.error[0], "message": job.error[1]} if job.error else None,
        "result": _result(job, report) if ready else None,
        "resultUrl": f"/queries/{job.query_id}/result" if ready else None,
    }


def _result(job: Job, report: dict[str, Any]) -> dict[str, Any]:
    truncated = bool(report.get("truncated"))
    return {"chunks": job.chunks, "rows": report.get("progress", {}).get("rows", 0), "truncated": truncated}


def _at(seconds: float | None) -> str | None:
    return moment(_moment(seconds))


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
