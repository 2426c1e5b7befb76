"""Queries that the cache answers, and those that read for it: one read for everybody who asks the same at the same versions.

Within a process `cache.single_flight` says who leads; the leader asks the store whether another process reads it already.
The leader reads to the end, or until the answer is too large to be kept, before it hands out its first batch; the others wait for
exactly that. Whoever is cancelled leaves, and the read goes on for the rest; when the last has left, it stops.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from cache.single_flight import Flight
from cache.store import Entry, Lease
from planner.errors import QueryCancelled
from proxy.progress import NOTHING, Progress
from proxy.queries import Running
from translators.control import Control


class Kept:
    """The running of a query that an entry answers."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self._entry.batches

    def stats(self) -> list[dict[str, Any]]:
        return []

    def progress(self) -> Progress:
        return NOTHING

    def step_aside(self) -> None:
        """Nothing is held."""

    def close(self) -> None:
        """Nothing is held."""


class Leading:
    """The running of a query that reads, for itself and for those who join it.

    `lead` says whether the read is this process's (`cache.store.CacheStore.lead`). `run` starts it under a control of its own;
    `admits` says whether so many bytes may be kept, and `keep` makes an entry of the whole answer (its batches, their bytes, the
    milliseconds that it took, the lease that it was read under), and says whether it was kept.
    """

    def __init__(
        self,
        flight: Flight[Entry],
        lead: Callable[[Callable[[], bool]], Lease | Entry],
        run: Callable[[Control], Running],
        control: Control,
        sent: Callable[[], None] | None,
        admits: Callable[[int], bool],
        keep: Callable[[list[pa.RecordBatch], int, float, Lease], tuple[Entry, bool]],
    ) -> None:
        self._flight = flight
        self._lead = lead
        self._run = run
        self._control = control
        self._sent = sent
        self._admits = admits
        self._keep = keep
        self._reading = reading = Control()
        self._running: Running | None = None
        flight.when_abandoned(lambda: reading.end(control.error or QueryCancelled("Nobody waits for the query any more.")))

    def batches(self) -> Iterator[pa.RecordBatch]:
        with self._control.stopping(self._flight.leave):
            yield from _telling(self._read(), self._sent)

    def stats(self) -> list[dict[str, Any]]:
        return self._running.stats() if self._running is not None else []

    def progress(self) -> Progress:
        return self._running.progress() if self._running is not None else NOTHING

    def step_aside(self) -> None:
        if self._running is not None:
            self._running.step_aside()

    def close(self) -> None:
        self._flight.leave()
        # Before it has landed, the leader's own thread reads on for the others, and closes what it has read to the end.
        if self._running is not None and (self._flight.abandoned or self._flight.landed):
            self._running.close()

    def _read(self) -> Iterator[pa.RecordBatch]:
        try:
            led = self._lead(lambda: self._reading.error is not None)
            held, rest = self._kept(led) if isinstance(led, Entry) else self._led(led)
        finally:
            # Too large, or it failed: the others read for themselves. Nothing, where it has landed.
            self._flight.land(None)
        self._control.check()
        yield from held
        held.clear()
        yield from rest

    def _kept(self, entry: Entry) -> tuple[list[pa.RecordBatch], Iterator[pa.RecordBatch]]:
        """What another process has read."""
        self._flight.land(entry)
        self._running = Kept(entry)
        return list(entry.batches), iter(())

    def _led(self, lease: Lease) -> tuple[list[pa.RecordBatch], Iterator[pa.RecordBatch]]:
        """What was read for everybody: the whole answer, or what is too large to be kept, and then the rest of it."""
        held: list[pa.RecordBatch] = []
        size, kept = 0, False
        try:
            self._reading.check()
            self._running = self._run(self._reading)
            began = time.perf_counter()
            batches = self._running.batches()
            for batch in batches:
                held.append(batch)
                size += batch.nbytes
                if not self._admits(size):
                    break
            else:
                entry, kept = self._keep(held, size, (time.perf_counter() - began) * 1000, lease)
                self._flight.land(entry)
            return held, batches
        finally:
            # Where nobody here waited any more, another process may lead; where it gave nothing to keep, each reads.
            lease.end(useless=not kept and not self._flight.abandoned)


class Following:
    """The running of a query that waits for another's read; where that gives it nothing, it reads for itself."""

    def __init__(
        self, flight: Flight[Entry], run: Callable[[Control], Running], control: Control, sent: Callable[[], None] | None
    ) -> None:
        self._flight = flight
        self._run = run
        self._control = control
        self._sent = sent
        self._running: Running | None = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        with self._control.stopping(self._flight.wake):
            entry = self._flight.wait(lambda: self._control.error is not None)
        self._flight.leave()
        self._control.check()
        self._running = Kept(entry) if entry is not None else self._run(self._control)
        yield from _telling(self._running.batches(), self._sent)

    def stats(self) -> list[dict[str, Any]]:
        return self._running.stats() if self._running is not None else []

    def progress(self) -> Progress:
        return self._running.progress() if self._running is not None else NOTHING

    def step_aside(self) -> None:
        if self._running is not None:
            self._running.step_aside()

    def close(self) -> None:
        self._flight.leave()
        if self._running is not None:
            self._running.close()


def _telling(batches: Iterator[pa.RecordBatch], sent: Callable[[], None] | None) -> Iterator[pa.RecordBatch]:
    """The batches; `sent` is called when the first of them was taken."""
    for number, batch in enumerate(batches):
        yield batch
        if number == 0 and sent is not None:
            sent()
