"""An answer that the cache had: it stands already, and nothing runs for it that would have to be watched, stopped or promoted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from cache.store import Entry
from planner.errors import FozError, QueryCancelled, QueryNotFound
from planner.plan import Field
from planner.prediction import QueryPrediction
from proxy.expectation import told
from proxy.progress import NOTHING, moment
from proxy.queries import new_query_id
from proxy.request import Caller


class Answered:
    """`proxy.request.Answer`, pending until its rows are taken. `cache` is what the cache says of it, `predicted` what it was
    expected to take. `ended` is called once, with the seconds from the taking of its rows to its end, and its error."""

    deferred = is_job = truncated = False

    def __init__(
        self,
        caller: Caller,
        columns: tuple[Field, ...],
        schema: pa.Schema,
        entry: Entry,
        cache: dict[str, Any],
        predicted: QueryPrediction,
        ended: Callable[[Answered, float, FozError | None], None],
    ) -> None:
        self.query_id = new_query_id()
        self.caller = caller
        self.columns = columns
        self.schema = schema
        self.created = datetime.now(UTC)
        self.started: datetime | None = None
        self.finished: datetime | None = None
        self.error: FozError | None = None
        self.rows = 0
        self.predicted = predicted
        self.entry = entry
        self._cache = cache
        self._ended = ended
        self._began = 0.0
        self._took = 0.0
        self._lock = threading.Lock()

    def at_hand(self) -> tuple[pa.RecordBatch, ...]:
        with self._lock:
            if self.error is not None:
                raise self.error
            if self.started is not None:
                raise QueryNotFound(f"The rows of the query {self.query_id} have been read already.")
            self.started = datetime.now(UTC)
        self._began = time.monotonic()
        self.rows = sum(batch.num_rows for batch in self.entry.batches)
        return self.entry.batches

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self.at_hand()
        self.close()

    def close(self) -> None:
        """Its end: as it should be where its rows were taken."""
        with self._lock:
            if self.finished is not None:
                return
            self.finished = datetime.now(UTC)
            if self.started is None:
                self.error = QueryCancelled("The query was closed before its end.")
            else:
                self._took = time.monotonic() - self._began
        self._ended(self, self._took, self.error)

    def cancel(self, wait_seconds: float) -> bool:
        self.close()
        return True

    def when_deferred(self, tell: Callable[[], None]) -> None:
        """It never is."""

    def expires(self) -> None:
        """It is no job."""

    def status(self) -> dict[str, Any]:
        return {
            "queryId": self.query_id,
            "status": self._state(),
            "createdAt": moment(self.created),
            "startedAt": moment(self.started),
            "finishedAt": moment(self.finished),
            "progress": NOTHING.told(self.rows, self.entry.bytes if self.rows else 0),
            "predicted": told(self.predicted),
            "cache": self._cache,
            "error": {"code": self.error.code, "message": self.error.message} if self.error else None,
        }

    def _state(self) -> str:
        if self.finished is None:
            return "pending" if self.started is None else "processing"
        return "completed" if self.error is None else "cancelled"

    def stats(self) -> dict[str, Any]:
        seconds = time.monotonic() - self._began if self.started is not None and self.finished is None else self._took
        return {"elapsedMs": round(seconds * 1000, 3), "predictedP95Ms": round(self.predicted.p95_ms, 3), "sources": []}

    def cache_status(self) -> dict[str, Any]:
        return self._cache

    def __enter__(self) -> Answered:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
