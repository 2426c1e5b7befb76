"""The forms in which rows leave: JSON, NDJSON, CSV and an Arrow stream, and which of them an `Accept` asks for.

A form writes an answer in order: `head` before the rows, `rows` for each batch, `tail` after the last. Nothing is held back, so
an answer of any size passes through in pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import orjson
import pyarrow as pa

from planner.errors import FozError, QueryCancelled, RequestInvalid
from planner.plan import Field
from proxy.http.text import csv_cell, csv_rows, json_rows
from proxy.request import Answer

_ROWS_AT_ONCE = 4096
"""Text of rows that are narrow in Arrow may be wide: this bounds a piece whatever the columns are."""

END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


class Form(Protocol):
    """One answer being written; made for each answer, since it may remember what it has written."""

    media: str

    def head(self, answer: Answer) -> bytes: ...

    def rows(self, batch: pa.RecordBatch) -> Iterator[bytes]: ...

    def tail(self, answer: Answer, count: int, truncated: bool, cursor: str | None = None) -> bytes: ...

    def failure(self, error: FozError, request_id: str) -> bytes | None:
        """What ends the body when the answer fails after its first byte; None where the transfer must break instead."""


class Json:
    media = "application/json"

    def head(self, answer: Answer) -> bytes:
        self._names = unique(answer.columns)
        self._first = True
        columns = [{"name": name, "type": column.type} for name, column in zip(self._names, answer.columns, strict=True)]
        opening = {"queryId": answer.query_id, "status": "completed", "columns": columns}
        return orjson.dumps(opening)[:-1] + b',"rows":['

    def rows(self, batch: pa.RecordBatch) -> Iterator[bytes]:
        for part in _parts(batch):
            text = json_rows(part, self._names, ",", "")
            yield text[1:] if self._first else text
            self._first = False

    def tail(self, answer: Answer, count: int, truncated: bool, cursor: str | None = None) -> bytes:
        closing: dict[str, Any] = {
            "rowCount": count,
            "truncated": truncated,
            **({"cursor": cursor} if cursor is not None else {}),
            "cache": answer.cache_status(),
            "stats": answer.stats(),
        }
        return b"]," + orjson.dumps(closing, default=str)[1:]

    def failure(self, error: FozError, request_id: str) -> bytes | None:
        return None


class NdJson:
    """One object a line; the last line is the status, so that a reader knows that it has everything."""

    media = "application/x-ndjson"

    def head(self, answer: Answer) -> bytes:
        self._names = unique(answer.columns)
        return b""

    def rows(self, batch: pa.RecordBatch) -> Iterator[bytes]:
        for part in _parts(batch):
            yield json_rows(part, self._names, "", "\n")

    def tail(self, answer: Answer, count: int, truncated: bool, cursor: str | None = None) -> bytes:
        more = {"cursor": cursor} if cursor is not None else {}
        return orjson.dumps({"status": "completed", "rowCount": count, "truncated": truncated, **more}) + b"\n"

    def failure(self, error: FozError, request_id: str) -> bytes | None:
        status = "cancelled" if isinstance(error, QueryCancelled) else "failed"
        what = {"code": error.code, "message": error.message, "requestId": request_id}
        return orjson.dumps({"status": status, "error": what}) + b"\n"


class Csv:
    """RFC 4180 with a header; names stay as they are, repeated ones too."""

    media = "text/csv"

    def head(self, answer: Answer) -> bytes:
        return (",".join(csv_cell(column.name) for column in answer.columns) + "\r\n").encode()

    def rows(self, batch: pa.RecordBatch) -> Iterator[bytes]:
        for part in _parts(batch):
            yield csv_rows(part)

    def tail(self, answer: Answer, count: int, truncated: bool, cursor: str | None = None) -> bytes:
        return b""

    def failure(self, error: FozError, request_id: str) -> bytes | None:
        return None


class ArrowStream:
    media = "application/vnd.apache.arrow.stream"

    def head(self, answer: Answer) -> bytes:
        return bytes(answer.schema.serialize())

    def rows(self, batch: pa.RecordBatch) -> Iterator[bytes]:
        yield batch.serialize().to_pybytes()

    def tail(self, answer: Answer, count: int, truncated: bool, cursor: str | None = None) -> bytes:
        return END_OF_STREAM

    def failure(self, error: FozError, request_id: str) -> bytes | None:
        return None


FORMS: tuple[type[Form], ...] = (Json, NdJson, Csv, ArrowStream)
"""In the order in which they are preferred where a client accepts several alike."""


def accepted(accept: str | None) -> Form:
    """The form that an `Accept` header prefers; JSON without one. Raises RequestInvalid where none will do."""
    ranges = [_range(part) for part in (accept or "*/*").split(",") if part.strip()]
    best: tuple[float, type[Form]] | None = None
    for form in FORMS:
        fitting = [(precision, quality) for pattern, quality in ranges if (precision := _fits(pattern, form.media))]
        quality = max(fitting)[1] if fitting else 0.0
        if quality > (best[0] if best else 0.0):
            best = (quality, form)
    if best is None:
        media = ", ".join(form.media for form in FORMS)
        raise RequestInvalid(f"Foz cannot answer in a form that the Accept header allows; it has {media}.")
    return best[1]()


def unique(columns: tuple[Field, ...]) -> tuple[str, ...]:
    """The columns' names as keys of one object: a name that was there already gets `_2`, `_3`, … that no column has."""
    original = {column.name for column in columns}
    taken: set[str] = set()
    names = []
    for column in columns:
        name, number = column.name, 1
        while name in taken or (number > 1 and name in original):
            number += 1
            name = f"{column.name}_{number}"
        taken.add(name)
        names.append(name)
    return tuple(names)


def _range(part: str) -> tuple[str, float]:
    media, *options = (piece.strip().lower() for piece in part.split(";"))
    for option in options:
        if option.startswith("q="):
            try:
                quality = float(option[2:])
            except ValueError:
                return media, 0.0
            return media, quality if 0 <= quality <= 1 else 0.0
    return media, 1.0


def _fits(pattern: str, media: str) -> int:
    """How precisely a media range names a media type; 0 where it does not."""
    if pattern == media:
        return 3
    if pattern == media.split("/")[0] + "/*":
        return 2
    return 1 if pattern == "*/*" else 0


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    for start in range(0, batch.num_rows, _ROWS_AT_ONCE):
        yield batch.slice(start, _ROWS_AT_ONCE)
