"""One read for everybody who asks the same: joining, cancelling, answers that are too large, reads that fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pytest

from cache.memory import MemoryStore
from cache.policy import Policy
from cache.single_flight import Flights
from cache.store import Ask, Entry, Lease, Vector
from planner.errors import QueryCancelled, SourceUnavailable
from proxy.flights import Following, Leading
from proxy.progress import NOTHING, Progress
from proxy.queries import Running
from translators.control import Control

SCHEMA = pa.schema([("x", pa.int64())])
POLICY = Policy(1_000_000, 10_000)


class Read:
    """A read of `batches` batches of 100 rows each; while `held`, it waits before each for its end or for `release`."""

    def __init__(self, control: Control, batches: int, held: bool, fails: bool) -> None:
        self.control = control
        self.closed = False
        self._batches = batches
        self._fails = fails
        self._go = threading.Event()
        if not held:
            self._go.set()

    def release(self) -> None:
        self._go.set()

    def batches(self) -> Iterator[pa.RecordBatch]:
        for number in range(self._batches):
            with self.control.stopping(self._go.set):
                self._go.wait()
            self.control.check()
            if self._fails:
                raise SourceUnavailable("It is down.", source="shop")
            yield pa.record_batch([pa.array([number] * 100, pa.int64())], schema=SCHEMA)

    def progress(self) -> Progress:
        return NOTHING

    def stats(self) -> list[dict[str, Any]]:
        return []

    def close(self) -> None:
        self.closed = True


class Place:
    """Where queries of one kind are asked: counts the reads that they cause."""

    def __init__(self, batches: int = 3, held: bool = False, fails: bool = False) -> None:
        self.store = MemoryStore(POLICY, lambda: 0.0)
        self.flights: Flights[Entry] = Flights()
        self.reads: list[Read] = []
        self.begun = threading.Event()
        self._made: Callable[[Control], Read] = lambda control: Read(control, batches, held, fails)

    @property
    def vector(self) -> Vector:
        return self.store.look(Ask("k", ("s",))).vector

    def query(self, control: Control) -> Running:
        vector = self.vector
        flight = self.flights.board(("k", vector))

        def run(reading: Control) -> Read:
            read = self._made(reading)
            self.reads.append(read)
            self.begun.set()
            return read

        def keep(batches: list[pa.RecordBatch], bytes: int, cost_ms: float, lease: Lease) -> tuple[Entry, bool]:
            entry = Entry("k", vector, SCHEMA, tuple(batches), bytes, cost_ms, 1000)
            return entry, self.store.put(entry, lease)

        if flight.leads:
            return Leading(
                flight, lambda ended: self.store.lead(Ask("k", ("s",)), vector, ended), run, control, None, POLICY.admits, keep
            )
        return Following(flight, run, control, None)


def rows(running: Running) -> int:
    try:
        return sum(batch.num_rows for batch in running.batches())
    finally:
        running.close()


def test_many_callers_are_one_read_which_is_kept() -> None:
    place = Place(held=True)
    queries = [place.query(Control()) for _ in range(200)]
    with ThreadPoolExecutor(200) as pool:
        asked = [pool.submit(rows, query) for query in queries]
        place.reads[0].release()
        assert [each.result(10) for each in asked] == [300] * 200
    assert len(place.reads) == 1
    assert place.store.look(Ask("k", ("s",))).entry is not None
    assert place.reads[0].closed


def test_after_a_write_nobody_joins_the_read_from_before_it() -> None:
    place = Place(held=True)
    early = place.query(Control())
    place.store.move(("s",))
    late = place.query(Control())
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(rows, query) for query in (early, late)]
        for read in place.reads:
            read.release()
        assert [each.result(10) for each in asked] == [300, 300]
    assert len(place.reads) == 2
    kept = place.store.look(Ask("k", ("s",))).entry
    assert kept is not None
    assert kept.vector == place.vector


def test_cancelling_the_leader_leaves_the_read_to_the_others() -> None:
    place = Place(held=True)
    mine = Control()
    leader, follower = place.query(mine), place.query(Control())
    with ThreadPoolExecutor(2) as pool:
        led, followed = pool.submit(rows, leader), pool.submit(rows, follower)
        mine.cancel()
        leader.close()
        place.reads[0].release()
        assert followed.result(10) == 300
        with pytest.raises(QueryCancelled):
            led.result(10)
    assert len(place.reads) == 1
    assert place.store.look(Ask("k", ("s",))).entry is not None


def test_a_read_that_nobody_waits_for_any_more_is_stopped() -> None:
    place = Place(held=True)
    controls = [Control(), Control()]
    queries = [place.query(control) for control in controls]
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(rows, query) for query in queries]
        for control in controls:
            control.cancel()
        for each in asked:
            with pytest.raises(QueryCancelled):
                each.result(10)
    assert place.reads[0].control.error is not None
    assert place.reads[0].closed
    assert len(place.flights) == 0


def test_a_follower_that_is_cancelled_disturbs_nobody() -> None:
    place = Place(held=True)
    mine = Control()
    leader, follower = place.query(Control()), place.query(mine)
    with ThreadPoolExecutor(2) as pool:
        led, followed = pool.submit(rows, leader), pool.submit(rows, follower)
        mine.cancel()
        with pytest.raises(QueryCancelled):
            followed.result(10)
        place.reads[0].release()
        assert led.result(10) == 300


def test_what_is_too_large_to_be_kept_is_read_by_each() -> None:
    place = Place(batches=50)
    leader, follower = place.query(Control()), place.query(Control())
    with ThreadPoolExecutor(2) as pool:
        assert [each.result(10) for each in [pool.submit(rows, query) for query in (leader, follower)]] == [5000, 5000]
    assert len(place.reads) == 2
    assert place.store.look(Ask("k", ("s",))).entry is None


def test_a_read_that_fails_is_tried_again_by_those_who_waited() -> None:
    place = Place(fails=True)
    leader, follower = place.query(Control()), place.query(Control())
    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(rows, query) for query in (leader, follower)]:
            with pytest.raises(SourceUnavailable):
                each.result(10)
    assert len(place.reads) == 2
    assert place.store.look(Ask("k", ("s",))).entry is None


def test_a_client_that_stops_reading_keeps_nothing_open() -> None:
    place = Place(batches=50)
    leader = place.query(Control())
    batches = leader.batches()
    next(batches)
    leader.close()
    batches.close()
    assert place.reads[0].closed
    assert place.reads[0].control.error is not None
