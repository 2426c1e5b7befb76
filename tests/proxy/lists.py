"""A store over lists of batches, for tests of what happens between stores: its connections are counted, its reads can be held."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import pyarrow as pa
from sqlglot import exp

from planner.catalog import Limits, Table
from planner.errors import FozError, Unsupported
from planner.plan import Field, Fragment, Plan, Step, Taken
from planner.statistics import TableStatistics
from proxy.reading import Sources
from translators.arrow import schema
from translators.base import Depth, Introspection, Reader, Transaction
from translators.control import Control

KEYED = (Field("k", "BIGINT"), Field("v", "VARCHAR"))


@dataclass(frozen=True)
class Rows:
    """A native request: `batches` batches of `rows` rows, `k` counting from 0 and `v` repeating; then `error`, if given."""

    batches: int = 1
    rows: int = 1000
    error: FozError | Exception | None = None
    fields: tuple[Field, ...] = KEYED
    text: str = "rows"


@dataclass
class ListStore:
    """Gives what is asked of it, over at most `connections` connections: a reading for several takes them all at once,
    one for a single read takes its connection when that begins (the stores in `translators` differ in this).

    `pulled` counts batches, `open` the connections in use, `most` the most that were in use, `finished` the reads that ended, one
    way or another. While `held` is set, a read waits before each batch for its control to end or `held` to be cleared.
    """

    connections: int = 8
    held: bool = False
    pulled: int = 0
    open: int = 0
    most: int = 0
    reading_count: int = 0
    started: int = 0
    finished: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def concurrent_reads(self) -> int:
        return self.connections

    @contextmanager
    def reading(self, reads: int, control: Control) -> Iterator[Reader]:
        wanted = min(reads, self.connections)
        with self.changed:
            self.reading_count += 1
        if reads == 1:
            yield _ListReader(self, 1, lazy=True)
            return
        with self.taking(wanted, control):
            yield _ListReader(self, wanted, lazy=False)

    @contextmanager
    def taking(self, wanted: int, control: Control) -> Iterator[None]:
        with control.stopping(self.wake), self.changed:
            while self.open + wanted > self.connections:
                control.check()
                self.changed.wait()
            self.open += wanted
            self.most = max(self.most, self.open)
        try:
            yield
        finally:
            with self.changed:
                self.open -= wanted
                self.changed.notify_all()

    def wake(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def release(self) -> None:
        with self.changed:
            self.held = False
            self.changed.notify_all()

    def introspect(self, control: Control) -> Introspection:
        return Introspection((), (), "lists")

    def statistics(self, tables: Sequence[Table], control: Control) -> Mapping[str, TableStatistics]:
        return {}

    def execute(self, statement: str, parameters: Sequence[object], control: Control) -> int:
        raise Unsupported("Lists are only read.")

    def transaction(self, control: Control) -> AbstractContextManager[Transaction]:
        raise Unsupported("Lists are only read.")

    def close(self) -> None:
        return None


class _ListReader:
    def __init__(self, store: ListStore, allowed: int, lazy: bool) -> None:
        self._store = store
        self._allowed = allowed
        self._lazy = lazy
        self._reading = 0

    def read(self, native: Rows, outputs: Sequence[Field], control: Control) -> Iterator[pa.RecordBatch]:
        if self._lazy:
            with self._store.taking(1, control):
                yield from self._read(native, control)
        else:
            yield from self._read(native, control)

    def explain(self, native: Rows, depth: Depth, control: Control) -> str:
        return f"{depth} of {native.text}"

    def _read(self, native: Rows, control: Control) -> Iterator[pa.RecordBatch]:
        store = self._store
        with store.changed:
            self._reading += 1
            assert self._reading <= self._allowed, "more reads side by side than were asked for"
            store.started += 1
            store.changed.notify_all()
        try:
            for number in range(native.batches):
                with control.stopping(store.wake), store.changed:
                    while store.held:
                        control.check()
                        store.changed.wait()
                    store.pulled += 1
                control.check()
                yield batch(native, number)
            if native.error is not None:
                raise native.error
        finally:
            with store.changed:
                self._reading -= 1
                store.finished += 1
                store.changed.notify_all()


def batch(native: Rows, number: int) -> pa.RecordBatch:
    first = number * native.rows
    keys = pa.array(range(first, first + native.rows), pa.int64())
    values = pa.array([f"value {key % 7}" for key in range(native.rows)], pa.string())
    return pa.record_batch([keys, values], schema=schema(native.fields))


def step(name: str, source: str, native: Rows) -> Step:
    query = exp.select("*")
    return Step(Fragment(name, source, query, native.fields), Taken(native))


def plan(residual: str | None, *steps: Step, columns: tuple[Field, ...] = KEYED) -> Plan:
    return Plan(columns, steps, residual)


def sources_of(stores: Mapping[str, ListStore], **max_rows: int) -> Sources:
    return Sources(stores, {name: Limits(max_rows.get(name), None, store.connections) for name, store in stores.items()})
