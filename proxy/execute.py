"""Running a plan: its fragments side by side, its residual over them, one stream of batches out.

    one fragment, no residual    batches go from the store to the caller on the caller's thread: no queue, no DuckDB
    fragments of files           DuckDB reads them itself, as part of the residual or as the answer (`proxy.related`)
    otherwise                    every fragment is read by a lane (`proxy.lanes`) into a Channel, or into a Spool where DuckDB may
                                 scan it again or its source has too few connections; DuckDB scans those (`proxy.residual`)

Nothing can deadlock: a query passes the gates of its sources (`proxy.gates`) in one order before it starts any read and waits for
no other query's connection after that; a read that waits for room holds back no other (those that share a lane are all spooled).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from types import MappingProxyType

import pyarrow as pa

from planner.catalog import Source
from planner.errors import FozError, Internal
from planner.plan import Plan, Step
from proxy.budget import Buffers
from proxy.channel import ScannedAgain
from proxy.gates import Gates
from proxy.lanes import Lanes, Room
from proxy.part import part_of
from proxy.progress import Progress
from proxy.reading import Observation, Observed, RowCount, Sources, close_batches, read_step
from proxy.related import Related, is_related, read_through
from proxy.rescans import scanned_again
from proxy.residual import Engine, Input
from translators.arrow import schema
from translators.base import Depth
from translators.control import Control

Observe = Callable[[Observation], None]


def _unobserved(observation: Observation) -> None:
    """Nobody looks."""


def timeout_ms(plan: Plan, sources: Mapping[str, Source], usual: int, asked: int | None) -> int:
    """How long a query may take: the time `asked` for, or else each source's own limit or the `usual` time, the shortest of
    them. No query may ask for more than its sources' limits."""
    limits = [sources[step.fragment.source].limits.timeout_ms for step in plan.steps]
    own = [limit if limit is not None else asked or usual for limit in limits]
    return min([*own, asked] if asked is not None else own or [usual])


class Executor:
    """What all queries share: the engine, the buffers, the threads that read. Closed once, after every Execution.

    Threads are made as reads need them and kept. A query has at most `proxy.lanes.MAX_LANES` (or one a source), so whoever bounds
    the queries (`proxy.admission`) bounds the threads; a bound here could make a read wait for one that waits for it.
    """

    def __init__(self, engine: Engine, buffers: Buffers, temp_directory: str) -> None:
        self.engine = engine
        self._threads = ThreadPoolExecutor(max_workers=1 << 16, thread_name_prefix="foz-read")
        self.room = Room(Gates(), buffers, temp_directory, self._threads.submit)

    def execute(
        self,
        plan: Plan,
        sources: Sources,
        control: Control,
        observe: Observe = _unobserved,
        given: Mapping[str, Input] = MappingProxyType({}),
    ) -> Execution:
        """A query that is ready to run: nothing is read until its batches (or the schema of a residual) are asked for.

        `observe` is told of each read that has ended, on the thread that read. `given` are the fragments of a residual that
        need no reading, by their ids.
        """
        return Execution(self, plan, sources, control, observe, given)

    def explain(self, step: Step, depth: Depth, sources: Sources, control: Control) -> str:
        """The store's own plan of one fragment (`translators.base.Reader.explain`)."""
        with read_through(sources, self.engine).stores[step.fragment.source].reading(1, control) as reader:
            return reader.explain(step.native, depth, control)

    def close(self) -> None:
        self._threads.shutdown()


class Execution:
    """One run of a plan. Whoever holds it closes it; it is a context manager too."""

    def __init__(
        self,
        executor: Executor,
        plan: Plan,
        sources: Sources,
        control: Control,
        observe: Observe,
        given: Mapping[str, Input],
    ) -> None:
        self._executor = executor
        self._plan = plan
        self._sources = sources
        self._given = given
        self._read = [step for step in plan.steps if step.fragment.id not in given]
        self._read_through = read_through(sources, executor.engine)
        self._observed = Observed(observe)
        self._running = threading.Lock()
        self._stack = ExitStack()
        # Closing a query early stops its reads, and is not to be taken for a cancel.
        self._control = self._stack.enter_context(part_of(control))
        self._answer = self._direct() if plan.residual is None else self._joined(plan.residual)
        self._schema = schema(plan.steps[0].fragment.outputs) if plan.residual is None else None
        self._done = False

    @property
    def schema(self) -> pa.Schema:
        """The schema of the batches as the store or DuckDB makes them, before delivery. A residual runs up to its first rows for
        it. Raises FozError."""
        if self._schema is None:
            self._advance()
        if self._schema is None:
            self._control.check()
            raise Internal("The query was closed before it ran.")
        return self._schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The answer, once. Raises FozError only."""
        if self._schema is None:
            self._advance()
        while (batch := self._advance()) is not None:
            yield batch

    def observations(self) -> tuple[Observation, ...]:
        """What each read has given: those that have ended in the order of their ends, then those in progress."""
        return self._observed.all()

    def progress(self) -> Progress:
        """How much of the plan has been read; what needed no reading is done."""
        observed, steps = self._observed.all(), len(self._plan.steps)
        done = steps if self._done else len(self._given) + len(self._observed.done())
        return Progress(done, steps, sum(each.rows for each in observed), sum(each.bytes for each in observed))

    def close(self) -> None:
        """Stops every statement in every source and waits until they have stopped. At any time, twice, from any thread."""
        if not self._running.acquire(blocking=False):
            # Somebody is inside a read and must be told to come out.
            self._control.cancel("The query was closed.")
            self._running.acquire()
        try:
            self._finish()
        finally:
            self._running.release()

    def __enter__(self) -> Execution:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def _finish(self) -> None:
        if not self._done:
            self._done = True
            try:
                close_batches(self._answer)
            finally:
                self._stack.close()

    def _advance(self) -> pa.RecordBatch | None:
        """The next batch; None at the end, and in place of the schema of a residual, which comes first and is kept."""
        with self._running:
            if self._done:
                self._control.check()
                return None
            try:
                item = next(self._answer, None)
            except FozError:
                self._finish()
                raise
            except Exception as error:
                self._finish()
                raise Internal("Foz failed while it ran the query.") from error
            if item is None:
                self._finish()
            elif isinstance(item, pa.Schema):
                self._schema = item
                return None
            return item

    def _direct(self) -> Iterator[pa.RecordBatch]:
        """One fragment is the answer."""
        (step,) = self._plan.steps
        source = step.fragment.source
        count = RowCount(source, self._sources.limits[source].max_rows)
        with self._read_through.stores[source].reading(1, self._control) as reader:
            yield from read_step(step, reader, count, self._control, self._observed)

    def _joined(self, residual: str) -> Iterator[pa.RecordBatch]:
        """The schema, then the batches of the residual over all fragments.

        An input that turns out to be scanned twice makes it start again with every input in a spool; that is noticed before a
        row has gone out, or never.
        """
        names = frozenset(step.fragment.id for step in self._read if not is_related(step, self._sources))
        again = scanned_again(residual, tuple(sorted(names)))
        begun = False
        while True:
            try:
                with closing(self._attempt(residual, again)) as attempt:
                    for item in attempt:
                        if isinstance(item, pa.Schema) and self._schema is not None:
                            continue
                        begun = begun or isinstance(item, pa.RecordBatch)
                        yield item
                return
            except ScannedAgain:
                if begun or again == names:
                    raise
                again = names

    def _attempt(self, residual: str, again: frozenset[str]) -> Generator[pa.RecordBatch, None, None]:
        related = [step for step in self._read if is_related(step, self._sources)]
        others = [step for step in self._read if not is_related(step, self._sources)]
        with (
            Related(related, self._sources, self._control, self._observed) as files,
            Lanes(others, self._read_through, again, self._executor.room, self._control, self._observed) as lanes,
        ):
            answer_schema, answer = self._executor.engine.run(
                residual, {**self._given, **lanes.inputs}, self._control, files.files
            )
            try:
                yield answer_schema
                # No `yield from`: that would close the answer before the `finally`.
                for batch in answer:  # noqa: UP028
                    yield batch
            finally:
                # DuckDB lets go of an answer when its scans come back, and one may wait for a source that gives nothing.
                lanes.stop()
                close_batches(answer)
