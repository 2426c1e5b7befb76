"""Reading one fragment: its batches, counted on the way, and the limit on the rows that a query may read from a source."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from planner.catalog import Limits
from planner.errors import FozError, Internal, RowLimit
from planner.plan import Step
from translators.arrow import bytes_of
from translators.base import Reader, Store
from translators.control import Control


@dataclass(frozen=True)
class Observation:
    """What a read gave: `code` is that of the error that ended it, None where it ended well, was stopped early, or goes on.

    Where the residual engine reads files itself, `rows` and `bytes` are what its scans gave after the filters inside them (none
    for a query that did not reach its end), and `elapsed_ms` is the scans' processor time. `own_ms` is without the time for which
    nobody took the next batch.
    """

    fragment: str
    source: str
    rows: int
    bytes: int
    elapsed_ms: float
    code: str | None = None
    waited_ms: float = 0.0

    @property
    def own_ms(self) -> float:
        return max(0.0, self.elapsed_ms - self.waited_ms)


@dataclass(frozen=True)
class Sources:
    """The stores that a plan may read and the limits of each, by source id."""

    stores: Mapping[str, Store]
    limits: Mapping[str, Limits]


class RowCount:
    """The rows that one query has read from one source, over all its reads."""

    def __init__(self, source: str, max_rows: int | None) -> None:
        self._source = source
        self._max_rows = max_rows
        self._rows = 0
        self._lock = threading.Lock()

    def add(self, rows: int) -> None:
        """Raises RowLimit once they are too many."""
        if self._max_rows is None:
            return
        with self._lock:
            self._rows += rows
            if self._rows > self._max_rows:
                raise RowLimit(
                    f"The query reads more than {self._max_rows} rows from {self._source} (limits.maxRows of that source): "
                    "narrow it, or raise the limit.",
                    source=self._source,
                    maxRows=self._max_rows,
                )


class Counted:
    """One read's figures."""

    def __init__(self, step: Step, count: RowCount) -> None:
        self._step = step
        self._count = count
        self._started = time.perf_counter()
        self.rows = 0
        self.bytes = 0
        self.waited = 0.0

    @property
    def fragment(self) -> str:
        return self._step.fragment.id

    def add(self, batch: pa.RecordBatch) -> None:
        """Raises RowLimit."""
        self.rows += batch.num_rows
        self.bytes += bytes_of(batch)
        self._count.add(batch.num_rows)

    def observation(self, code: str | None = None) -> Observation:
        elapsed_ms = (time.perf_counter() - self._started) * 1000
        fragment, waited_ms = self._step.fragment, self.waited * 1000
        return Observation(fragment.id, fragment.source, self.rows, self.bytes, elapsed_ms, code, waited_ms)


def read_step(
    step: Step, reader: Reader, count: RowCount, control: Control, observed: Observed
) -> Generator[pa.RecordBatch, None, None]:
    """The batches of one fragment; `observed` is told of it from its beginning to its end. Raises FozError only."""
    counted = Counted(step, count)
    observed.begin(counted)
    code: str | None = None
    try:
        control.check()
        batches = reader.read(step.native, step.fragment.outputs, control)
        try:
            for batch in batches:
                counted.add(batch)
                given = time.perf_counter()
                yield batch
                counted.waited += time.perf_counter() - given
        finally:
            close_batches(batches)
    except FozError as error:
        code = error.code
        raise
    except Exception as error:
        code = Internal.code
        raise Internal(f"Foz failed while it read {step.fragment.source}.") from error
    finally:
        observed.end(counted, code)


class Observed:
    """The reads of one query: those in progress and those that have ended. `observe` is told of each that ends."""

    def __init__(self, observe: Callable[[Observation], None]) -> None:
        self._observe = observe
        self._lock = threading.Lock()
        self._going: dict[int, Counted] = {}
        self._ended: list[Observation] = []

    def begin(self, counted: Counted) -> None:
        with self._lock:
            self._going[id(counted)] = counted

    def end(self, counted: Counted, code: str | None) -> None:
        with self._lock:
            self._going.pop(id(counted), None)
        self.add(counted.observation(code))

    def add(self, observation: Observation) -> None:
        """Of a read that was not counted batch by batch."""
        with self._lock:
            self._ended.append(observation)
        self._observe(observation)

    def done(self) -> frozenset[str]:
        """The fragments of which a read has ended well and none goes on."""
        with self._lock:
            going = {counted.fragment for counted in self._going.values()}
            return frozenset(each.fragment for each in self._ended if each.code is None) - going

    def all(self) -> tuple[Observation, ...]:
        with self._lock:
            return (*self._ended, *(counted.observation() for counted in self._going.values()))


def close_batches(batches: Iterator[pa.RecordBatch]) -> None:
    """Stops a read that may not be at its end; an iterator that is no generator has nothing to stop."""
    close = getattr(batches, "close", None)
    if close is not None:
        close()
