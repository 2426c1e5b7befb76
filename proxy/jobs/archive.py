"""What jobs that have ended were, kept beyond them: a row of metadata each, without query text, as Parquet files in the spool.

    archive/<day>/<first>-<last>.parquet     by the day of the file's first end; its first and last end in microseconds since 1970

Only the leader writes, and each time before anything expires, from the last end that is written on: whoever becomes the leader
finds it in the files' names. When a day has many files they become one; a file within whose times another lies replaces it,
so that whatever a killed leader left is put right by the next.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from proxy.jobs.files import Files, files
from proxy.jobs.store import Job, JobStore

_NAME = re.compile(r"(\d{4}-\d\d-\d\d)/(\d+)-(\d+)\.parquet")
_MOST_FILES = 20
_AT_ONCE = 1000
_MOMENT = pa.timestamp("us", "UTC")
SCHEMA = pa.schema(
    [
        pa.field("queryId", pa.string(), nullable=False),
        ("caller", pa.string()),
        ("protocol", pa.string()),
        ("requestId", pa.string()),
        ("status", pa.string()),
        ("errorCode", pa.string()),
        ("createdAt", _MOMENT),
        ("startedAt", _MOMENT),
        ("finishedAt", _MOMENT),
        ("attempts", pa.int32()),
        ("rows", pa.int64()),
        ("bytes", pa.int64()),
        ("rowsRead", pa.int64()),
        ("bytesRead", pa.int64()),
        ("predictedP95Ms", pa.float64()),
    ]
)

_File = tuple[int, int, str]
"""First and last end, and the name."""


class Archive:
    """Of one leader at a time. `days` is for how long a day's files are kept. Raises what the place of the files raises."""

    def __init__(self, uri: str, days: int, clock: Callable[[], float] = time.time) -> None:
        self._files: Files = files(f"{uri.rstrip('/')}/archive")
        self._days = days
        self._clock = clock
        self._since: int | None = None
        self._rolled: date | None = None

    def keep(self, store: JobStore) -> None:
        """Writes the jobs that have ended since the last time, and removes what is too old. Raises StoreUnavailable."""
        if self._since is None:
            self._since = max((last for _, last, _ in self._found()), default=0)
        rows: list[dict[str, Any]] = []
        after, more = self._since / 1e6, True
        while more:
            ended = store.ended(after, _AT_ONCE)
            # One that was renewed has been written before.
            rows += [_row(job) for job in ended if _micros(job.finished) > self._since]
            more = len(ended) == _AT_ONCE
            after = (ended[-1].kept or after) if more else after
        if rows:
            self._since = self._put(rows)
        today = datetime.fromtimestamp(self._clock(), UTC).date()
        if rows or today != self._rolled:
            self._roll(str(today - timedelta(days=self._days)))
            self._rolled = today

    def _put(self, rows: Sequence[dict[str, Any]]) -> int:
        """Writes a file, and gives its last end."""
        table = pa.Table.from_pylist(list(rows), SCHEMA).sort_by("finishedAt")
        ends = table["finishedAt"].cast(pa.int64()).to_pylist()
        day = datetime.fromtimestamp(ends[0] / 1e6, UTC).date()
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        self._files.prepare(str(day))
        self._files.write(f"{day}/{ends[0]}-{ends[-1]}.parquet", sink.getvalue().to_pybytes())
        return int(ends[-1])

    def _roll(self, oldest: str) -> None:
        """A day's many files become one, what another replaces goes, and days before the oldest go."""
        days: dict[str, list[_File]] = {}
        for file in self._found():
            days.setdefault(file[2].partition("/")[0], []).append(file)
        for day, held in days.items():
            if day < oldest:
                self._files.remove(day)
                continue
            if len(held) > _MOST_FILES:
                tables = [pq.read_table(pa.BufferReader(self._files.read(name)), schema=SCHEMA) for _, _, name in held]
                rows = {row["queryId"]: row for table in tables for row in table.to_pylist()}
                self._put(list(rows.values()))
                held = [file for file in self._found() if file[2].startswith(f"{day}/")]
            for _, _, name in _replaced(held):
                self._files.remove(name)

    def _found(self) -> list[_File]:
        matches = filter(None, map(_NAME.fullmatch, self._files.find()))
        return sorted((int(match[2]), int(match[3]), match[0]) for match in matches)


def _replaced(held: Sequence[_File]) -> Iterator[_File]:
    """The files whose times lie within another's."""
    for one in held:
        if any(other != one and other[0] <= one[0] and one[1] <= other[1] for other in held):
            yield one


def _micros(seconds: float | None) -> int:
    return round((seconds or 0) * 1e6)


def _said(record: bytes) -> dict[str, Any]:
    return cast(dict[str, Any], orjson.loads(record or b"{}"))


def _row(job: Job) -> dict[str, Any]:
    request, report, answer = map(_said, (job.request, job.report, job.answer))
    progress = report.get("progress") or {}
    read = progress.get("read") or {}
    return {
        "queryId": job.query_id,
        "caller": job.caller,
        "protocol": request.get("protocol"),
        "requestId": request.get("request_id"),
        "status": job.state,
        "errorCode": job.error[0] if job.error else None,
        "createdAt": _micros(job.created),
        "startedAt": _micros(job.started) if job.started is not None else None,
        "finishedAt": _micros(job.finished),
        "attempts": job.attempts,
        "rows": progress.get("rows"),
        "bytes": progress.get("bytes"),
        "rowsRead": read.get("rows"),
        "bytesRead": read.get("bytes"),
        "predictedP95Ms": ((answer.get("predicted") or {}).get("ms") or {}).get("p95"),
    }
