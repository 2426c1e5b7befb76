"""The fragments of a query that the residual engine reads itself: those of stores whose data are files.

    in a residual                 a view that DuckDB's optimiser sees through, told of when the query has ended (`Related`)
    the whole answer, or counted  batches like any other store's, from the same engine (`read_through`)

Counted are the reads of a source with `limits.maxRows`: how many rows leave a scan is known only once it is over.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, cast

import pyarrow as pa

from planner.errors import FozError, QueryCancelled, QueryTimeout
from planner.plan import Field, Native, Step
from proxy.channel import ScannedAgain
from proxy.databases import Directories
from proxy.reading import Observation, Observed, Sources
from proxy.residual import Engine, Files
from proxy.scans import Scan
from translators.arrow import schema
from translators.base import Depth, FileReader, Reader, Relation, Store
from translators.control import Control

_BATCH_BYTES = 3 << 20


def directories(sources: Sources) -> Directories:
    """Where the files of all sources are."""
    return frozenset(directory for store in sources.stores.values() for directory in _directories(store))


def is_related(step: Step, sources: Sources) -> bool:
    """Whether the residual engine reads the step's files as it goes."""
    source = step.fragment.source
    return bool(_directories(sources.stores[source])) and sources.limits[source].max_rows is None


def read_through(sources: Sources, engine: Engine) -> Sources:
    """The same sources, all of which give batches."""
    where = directories(sources)
    if not where:
        return sources
    stores = {id: _Through(store, engine, where) if _directories(store) else store for id, store in sources.stores.items()}
    return replace(sources, stores=cast(Mapping[str, Store], stores))


class Related:
    """The related steps of one run of a residual: from `__enter__`, which finds and pins their files, to `__exit__`, which tells
    `observed` of each. A step's figures are those of its scans (`proxy.scans`); of two steps over the same files, the first gets
    the first scan."""

    def __init__(self, steps: Sequence[Step], sources: Sources, control: Control, observed: Observed) -> None:
        self._steps = steps
        self._sources = sources
        self._control = control
        self._observed = observed
        self._stack = ExitStack()
        self._relations: dict[str, Relation] = {}
        self._scans: Sequence[Scan] = ()
        self._began = time.perf_counter()

    @property
    def files(self) -> Files:
        return Files(directories(self._sources), self._relations, self._scanned)

    def __enter__(self) -> Related:
        try:
            readers: dict[str, FileReader] = {}
            for step in self._steps:
                source = step.fragment.source
                if source not in readers:
                    reads = sum(each.fragment.source == source for each in self._steps)
                    readers[source] = cast(
                        FileReader, self._stack.enter_context(self._sources.stores[source].reading(reads, self._control))
                    )
                self._relations[step.fragment.id] = readers[source].relation(step.native, self._control)
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()
        if isinstance(error, ScannedAgain):
            return
        elapsed_ms = (time.perf_counter() - self._began) * 1000
        for step, scans in zip(self._steps, self._dealt_out(), strict=True):
            source = step.fragment.source
            self._observed.add(
                Observation(
                    step.fragment.id,
                    source,
                    sum(scan.rows for scan in scans),
                    sum(scan.bytes for scan in scans),
                    sum(scan.seconds for scan in scans) * 1000 if self._scans else elapsed_ms,
                    _code(error, source),
                )
            )

    def _scanned(self, scans: Sequence[Scan]) -> None:
        self._scans = scans

    def _dealt_out(self) -> list[list[Scan]]:
        dealt: list[list[Scan]] = [[] for _ in self._steps]
        for scan in self._scans:
            own = [
                number
                for number, step in enumerate(self._steps)
                if step.fragment.id in self._relations and scan.reads(self._relations[step.fragment.id].paths)
            ]
            if own:
                dealt[next((number for number in own if not dealt[number]), own[-1])].append(scan)
        return dealt


def _code(error: BaseException | None, source: str) -> str | None:
    """The error's code, if it is the source's own or the query's end."""
    if isinstance(error, FozError) and (
        error.details.get("source") == source or isinstance(error, (QueryCancelled, QueryTimeout))
    ):
        return error.code
    return None


class _Through:
    """A store of files as one that gives batches."""

    def __init__(self, store: Store, engine: Engine, where: Directories) -> None:
        self._store: Any = store
        self._engine = engine
        self._where = where
        self.concurrent_reads = store.concurrent_reads if hasattr(store, "concurrent_reads") else 1

    @contextmanager
    def reading(self, reads: int, control: Control) -> Iterator[Reader]:
        with self._store.reading(reads, control) as reader:
            yield EngineReader(reader, self._engine, self._where)


class EngineReader:
    """A FileReader's fragments as batches of exactly their outputs, none above 3 MiB but for a single row."""

    def __init__(self, reader: FileReader, engine: Engine, where: Directories) -> None:
        self._reader = reader
        self._engine = engine
        self._where = where

    def read(self, native: Native, outputs: Sequence[Field], control: Control) -> Iterator[pa.RecordBatch]:
        control.check()
        wanted = schema(outputs)
        relation = self._reader.relation(native, control)
        with closing(self._engine.read(relation, control, self._where)) as batches:  # type: ignore[type-var]
            for batch in batches:
                for part in _parts(_delivered(batch, wanted)):
                    yield part
                    control.check()

    def explain(self, native: Native, depth: Depth, control: Control) -> str:
        return self._engine.explain(self._reader.relation(native, control), depth, control, self._where)


def _directories(store: Store) -> tuple[str, ...]:
    return tuple(getattr(store, "directories", ()))


def _delivered(batch: pa.RecordBatch, wanted: pa.Schema) -> pa.RecordBatch:
    if batch.schema.equals(wanted):
        return batch
    columns = [
        column if column.type.equals(field.type) else column.cast(field.type)
        for column, field in zip(batch.columns, wanted, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=wanted)


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    if batch.nbytes <= _BATCH_BYTES or batch.num_rows <= 1:
        yield batch
        return
    half = batch.num_rows // 2
    yield from _parts(batch.slice(0, half))
    yield from _parts(batch.slice(half))
