"""Which rows of a job a request is for: a page, what follows after rows that the client has already, or a range of bytes.

What was read of one run of a job is never continued with rows of another, which may come in another order: cursors and ETags name
the run. Ranges (RFC 9110) are of bytes, and of the Arrow stream of a job that has completed, which is the same each
time; every other stream goes on after a number of rows (`fromRow`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import pyarrow as pa

from planner.errors import Internal
from proxy.http.formats import END_OF_STREAM, ArrowStream, Form
from proxy.http.problems import invalid
from proxy.request import ALL, Answer, Part, Spooled

_CURSOR = re.compile(r"([0-9a-f]{12})-(\d{1,18})")
_ETAG = re.compile(r'"([0-9a-f]{12})-[^"]+"')
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Changed(Exception):
    """What the client has is of another run."""


class Unsatisfiable(Exception):
    """The range begins behind the last byte."""

    def __init__(self, total: int) -> None:
        super().__init__(total)
        self.total = total


@dataclass(frozen=True)
class Reading:
    """How a request for the rows of `answer` is answered."""

    answer: Spooled
    form: Form
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Accept-Ranges": "none"})
    offset: int = 0

    def etag(self) -> str:
        return etag(self.answer.run, self.form)

    def cursor(self, rows: int) -> str:
        """Of the page after one of so many rows."""
        return f"{self.answer.run}-{self.offset + rows}"


def etag(run: str, form: Form) -> str:
    # Another version of pyarrow may write the same batches as other bytes.
    version = pa.__version__ if isinstance(form, ArrowStream) else ""
    return f'"{run}-{form.media.rpartition("/")[2]}{version}"'


def page(answer: Spooled, form: Form, cursor: str) -> Reading:
    """What follows after a page. Raises RequestInvalid, SourceUnavailable, QueryExpired."""
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise invalid("cursor", "This is no cursor that a page gave.")
    offset = int(found[2])
    return Reading(answer.reading(offset, ALL, found[1]), form, offset=offset)


def after(answer: Spooled, form: Form, rows: int, if_match: str | None) -> Reading:
    """What follows after `rows` rows of a stream that broke off. Raises RequestInvalid, Changed, QueryExpired."""
    found = _ETAG.fullmatch((if_match or "").strip())
    if found is None:
        raise invalid("fromRow", "fromRow needs If-Match with the ETag of the stream that broke off.")
    if answer.run != found[1]:
        raise Changed
    return Reading(answer.reading(rows, ALL, found[1]), form, offset=rows)


def whole(answer: Spooled, form: Form, wanted: str | None, if_range: str | None) -> Reading:
    """All rows, or the range of bytes `wanted`, where there are such. Raises Unsatisfiable, QueryExpired."""
    sizes = answer.stream_sizes() if isinstance(form, ArrowStream) else None
    if sizes is None:
        return Reading(answer, form)
    bounds = _bounds(answer, sizes)
    total = bounds[-1] + len(END_OF_STREAM)
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(total)}
    current = if_range is None or if_range.strip() == etag(answer.run, form)
    found = _range(wanted or "", total) if current else None
    if found is None:
        return Reading(answer.reading(0, ALL, answer.run), Bytes(bounds, 0, total), headers=headers)
    start, end = found
    if start >= end:
        raise Unsatisfiable(total)
    headers |= {"Content-Length": str(end - start), "Content-Range": f"bytes {start}-{end - 1}/{total}"}
    bytes_ = Bytes(bounds, start, end)
    return Reading(answer.reading(0, bytes_.part, answer.run), bytes_, 206, headers)


def _range(wanted: str, total: int) -> tuple[int, int] | None:
    """The first byte that is wanted, and the one behind the last; None for what cannot be understood, and for several ranges at
    once: such a header is left alone, as RFC 9110 allows."""
    found = _RANGE.fullmatch(wanted)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, total - int(found[2])), total
    start, last = int(found[1]), int(found[2]) if found[2] else total
    return (start, min(total, last + 1)) if start <= last or not found[2] else None


def _bounds(answer: Answer, sizes: Sequence[int]) -> list[int]:
    """Where the schema ends, and each chunk."""
    return list(accumulate([len(answer.schema.serialize()), *sizes]))


class Bytes(ArrowStream):
    """The bytes from `start` up to but without `end` of an Arrow stream whose schema and chunks end at `bounds`."""

    def __init__(self, bounds: Sequence[int], start: int, end: int) -> None:
        self._bounds = bounds
        self._start = start
        self._end = end
        chunks = len(bounds) - 1
        self._chunk = min(max(0, bisect_right(bounds, start) - 1), chunks)
        last = min(max(0, bisect_right(bounds, end - 1) - 1), chunks - 1)
        self.part = Part(self._chunk, max(self._chunk, last + 1))
        self._at = bounds[self._chunk]

    def head(self, answer: Answer) -> bytes:
        return self._cut(super().head(answer), 0)

    def rows(self, batch: pa.RecordBatch) -> Iterator[bytes]:
        for piece in super().rows(batch):
            if self._at == self._bounds[self._chunk]:
                self._chunk += 1
            if self._chunk >= len(self._bounds) or self._at + len(piece) > self._bounds[self._chunk]:
                # Other bytes than whoever had the first part of the stream was given.
                raise Internal("The rows are not written as they were. Read them from the beginning.")
            cut = self._cut(piece, self._at)
            self._at += len(piece)
            if cut:
                yield cut

    def tail(self, answer: Answer, count: int, truncated: bool, cursor: str | None = None) -> bytes:
        return self._cut(super().tail(answer, count, truncated, cursor), self._bounds[-1])

    def _cut(self, piece: bytes, at: int) -> bytes:
        """What of a piece that stands at `at` is wanted."""
        return piece[max(0, self._start - at) : max(0, self._end - at)]
