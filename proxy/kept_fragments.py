"""The fragments of one query that the cache has to do with: those that it answers, and those that are kept as they are read.

A change in one source leaves the kept fragments of the others warm, and a query whose answer is never kept (it asks for the
time) may still find its fragments. Only a fragment that is all that the query reads of its source may be a kept one: two reads
of one source are of one instant, and a kept one is of an earlier one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pyarrow as pa

from cache.store import Entry
from planner.plan import Field, Native, Plan, Step
from proxy.reading import Sources, close_batches
from translators.base import Reader, Store
from translators.control import Control

Keep = Callable[[list[pa.RecordBatch], int, float], None]
"""Keeps the batches of a fragment, their bytes, and the milliseconds that they took."""


@dataclass(frozen=True)
class Fragments:
    """By a fragment's id: the entry that answers it, or what keeps it."""

    kept: Mapping[str, Entry] = field(default_factory=dict)
    keeps: Mapping[str, Keep] = field(default_factory=dict)


NONE = Fragments()


def alone(plan: Plan) -> list[Step]:
    """The steps of a plan with a residual that are all that it reads of their sources."""
    if plan.residual is None:
        return []
    sources = [step.fragment.source for step in plan.steps]
    return [step for step in plan.steps if sources.count(step.fragment.source) == 1]


class KeptInput:
    """A kept fragment as the residual scans it (`proxy.residual.Input`), as often as it likes."""

    def __init__(self, step: Step, entry: Entry) -> None:
        self.fields: Sequence[Field] = step.fragment.outputs
        self._entry = entry

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self._entry.batches


def keeping(sources: Sources, plan: Plan, fragments: Fragments, admits: Callable[[int], bool]) -> Sources:
    """The same sources, of which those whose fragments are to be kept hold on to what is read, as long as it is small."""
    if not fragments.keeps:
        return sources
    by_source = {step.fragment.source: fragments.keeps.get(step.fragment.id) for step in plan.steps}
    stores = {id: _Keeping(store, keep, admits) if (keep := by_source.get(id)) else store for id, store in sources.stores.items()}
    return Sources(cast(Mapping[str, Store], stores), sources.limits)


class _Keeping:
    """A store whose one read is kept when it has ended well."""

    def __init__(self, store: Store, keep: Keep, admits: Callable[[int], bool]) -> None:
        self._store = store
        self._keep = keep
        self._admits = admits
        for bound in ("concurrent_reads", "read_connections"):
            if hasattr(store, bound):
                setattr(self, bound, getattr(store, bound))

    @contextmanager
    def reading(self, reads: int, control: Control) -> Iterator[Reader]:
        with self._store.reading(reads, control) as reader:
            yield cast(Reader, _KeepingReader(reader, self._keep, self._admits))


class _KeepingReader:
    def __init__(self, reader: Reader, keep: Keep, admits: Callable[[int], bool]) -> None:
        self._reader = reader
        self._keep = keep
        self._admits = admits

    def read(self, native: Native, outputs: Sequence[Field], control: Control) -> Iterator[pa.RecordBatch]:
        held: list[pa.RecordBatch] = []
        size, fits, began = 0, True, time.perf_counter()
        batches: Any = self._reader.read(native, outputs, control)
        try:
            for batch in batches:
                size += batch.nbytes
                fits = fits and self._admits(size)
                if fits:
                    held.append(batch)
                else:
                    held.clear()
                yield batch
            if fits:
                self._keep(held, size, (time.perf_counter() - began) * 1000)
        finally:
            close_batches(batches)
