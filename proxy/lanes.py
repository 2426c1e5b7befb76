"""The reads of one query with a residual: which connections they use, and the threads that feed their inputs.

A lane is a thread that reads fragments of one source, one after another. A source has a lane a fragment where it can; where it
has fewer connections, its fragments share the lanes there are and go through spools, so that none waits until another is scanned.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from planner.errors import FozError, Internal, QueryCancelled
from planner.plan import Field, Step
from proxy.budget import Buffers
from proxy.channel import Channel
from proxy.gates import Gates
from proxy.part import part_of
from proxy.reading import Observed, RowCount, Sources, read_step
from proxy.spool import Spool
from translators.base import Reader
from translators.control import Control

MAX_LANES = 8
"""Lanes of one query, unless it reads more sources than that: each has one."""


class Feed(Protocol):
    """What a lane writes and the residual scans: a Channel or a Spool."""

    @property
    def fields(self) -> Sequence[Field]: ...

    def put(self, batch: pa.RecordBatch) -> bool: ...

    def finish(self, error: FozError | None) -> None: ...

    def wake(self) -> None: ...

    def close(self) -> None: ...

    def batches(self) -> Iterator[pa.RecordBatch]: ...


@dataclass(frozen=True)
class Room:
    """What the reads of all queries share: the gates, the bytes that may wait, the directory for the rest, and the threads."""

    gates: Gates
    buffers: Buffers
    temp_directory: str
    submit: Callable[[Callable[[], None]], object]


class Lanes:
    """The reads of one query, from `__enter__`, which opens every source and starts them all, to `__exit__`, which returns when
    every statement has stopped and every connection is back."""

    def __init__(
        self, steps: Sequence[Step], sources: Sources, again: frozenset[str], room: Room, control: Control, observed: Observed
    ) -> None:
        self._room = room
        self._stack = ExitStack()
        self._control = self._stack.enter_context(part_of(control))
        self._readings = _readings(steps, sources, observed)
        crowded = {reading.source for reading in self._readings if reading.lanes < len(reading.steps)}
        self.inputs: Mapping[str, Feed] = {
            step.fragment.id: self._feed(step, step.fragment.id in again or step.fragment.source in crowded) for step in steps
        }

    def __enter__(self) -> Lanes:
        try:
            self._stack.enter_context(self._control.stopping(self._wake))
            for reading in self._readings:
                reading.enter(self._room.gates, self._control)
                self._stack.callback(reading.leave)
            for reading in self._readings:
                self._stack.callback(reading.wait)
                reading.start(self._room.submit, self.inputs, self._control)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *args: object) -> None:
        self.stop()
        self._stack.close()

    def stop(self) -> None:
        """Ends every read, and every scan that waits for one; returns at once."""
        self._control.end(QueryCancelled("The query was closed."))
        for feed in self.inputs.values():
            feed.close()

    def _feed(self, step: Step, kept: bool) -> Feed:
        outputs = step.fragment.outputs
        if kept:
            return Spool(outputs, self._room.buffers, self._control, self._room.temp_directory)
        return Channel(outputs, self._room.buffers, self._control)

    def _wake(self) -> None:
        for feed in self.inputs.values():
            feed.wake()


class _Reading:
    """One source's share of a query: its reader, the fragments that wait for a lane, and the lanes that take them."""

    def __init__(self, source: str, steps: Sequence[Step], lanes: int, sources: Sources, observed: Observed) -> None:
        self.source = source
        self.steps = steps
        self.lanes = lanes
        self._store = sources.stores[source]
        self._connections = _connections(source, sources)
        self._count = RowCount(source, sources.limits[source].max_rows)
        self._observed = observed
        self._waiting = deque(steps)
        self._lock = threading.Lock()
        self._running = 0
        self._idle = threading.Event()
        self._held = ExitStack()
        self._reader: Reader | None = None

    def enter(self, gates: Gates, control: Control) -> None:
        """Opens the reader, for one instant where there are several reads. A store that cannot have two reads side by side gives
        the instant all the same, and is not asked for two at once."""
        reads = 1 if len(self.steps) == 1 else max(2, self.lanes)
        with ExitStack() as stack:
            stack.enter_context(gates.through(self.source, min(reads, self._connections), self._connections, control))
            self._reader = stack.enter_context(self._store.reading(reads, control))
            self._held = stack.pop_all()

    def leave(self) -> None:
        """Gives the connections back; again, nothing."""
        with self._lock:
            held, self._held = self._held, ExitStack()
        held.close()

    def start(self, submit: Callable[[Callable[[], None]], object], inputs: Mapping[str, Feed], control: Control) -> None:
        """Starts the lanes; one that no thread can be had for is not waited for."""
        self._running = self.lanes
        for started in range(self.lanes):
            try:
                submit(lambda: self._run(inputs, control))
            except BaseException:
                self._end(self.lanes - started)
                raise

    def _run(self, inputs: Mapping[str, Feed], control: Control) -> None:
        """A lane: reads until no fragment waits. The last lane gives the connections back, however far the residual has come."""
        try:
            while (step := self._next()) is not None:
                self._read(step, inputs[step.fragment.id], control)
        finally:
            self._end(1)

    def _end(self, lanes: int) -> None:
        with self._lock:
            self._running -= lanes
            last = self._running == 0
        if last:
            try:
                self.leave()
            finally:
                self._idle.set()

    def wait(self) -> None:
        """Until the last lane has ended."""
        self._idle.wait()

    def _next(self) -> Step | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _read(self, step: Step, feed: Feed, control: Control) -> None:
        """Whatever goes wrong, the scan is told: rows that are missing must not look like the end."""
        assert self._reader is not None
        error: FozError | None = Internal(f"Foz failed while it read {self.source}.")
        try:
            with closing(read_step(step, self._reader, self._count, control, self._observed)) as batches:
                for batch in batches:
                    if not feed.put(batch):
                        break
            error = None
        except FozError as raised:
            error = raised
        except Exception as unforeseen:
            assert error is not None
            error.__cause__ = unforeseen
        finally:
            feed.finish(error)


def _readings(steps: Sequence[Step], sources: Sources, observed: Observed) -> tuple[_Reading, ...]:
    """A reading a source, in the order of their ids: the order in which every query asks for connections."""
    by_source: dict[str, list[Step]] = {}
    for step in steps:
        by_source.setdefault(step.fragment.source, []).append(step)
    lanes = lanes_by_source({source: len(own) for source, own in by_source.items()}, sources)
    return tuple(_Reading(source, by_source[source], lanes[source], sources, observed) for source in sorted(by_source))


def lanes_by_source(reads: Mapping[str, int], sources: Sources) -> dict[str, int]:
    """How many of its `reads` each source is asked for side by side."""
    lanes = {}
    for source, own in reads.items():
        connections = _connections(source, sources)
        side_by_side = getattr(sources.stores[source], "concurrent_reads", connections)
        lanes[source] = max(1, min(own, side_by_side, connections))
    while sum(lanes.values()) > max(MAX_LANES, len(lanes)):
        lanes[max(lanes, key=lambda source: (lanes[source], source))] -= 1
    return lanes


def _connections(source: str, sources: Sources) -> int:
    """How many connections reads may use in all: the source's limit, unless its store keeps some of them for something else."""
    most = sources.limits[source].max_connections
    return max(1, min(most, getattr(sources.stores[source], "read_connections", most)))
