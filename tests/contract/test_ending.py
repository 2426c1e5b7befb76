"""The ends of a read: a cancel, a deadline, an early close, a dead server. Each reaches the store, and the next read works."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from planner.errors import QueryCancelled, QueryTimeout, SourceUnavailable
from planner.plan import Fragment
from tests.contract.asked import Asked, limited
from tests.contract.capabilities import every_store
from tests.contract.conftest import Places
from tests.contract.in_mongodb import InMongodb
from translators.control import Control

ROWS = {"files": 100_000, "mongodb": 50_000, "postgres": 600_000, "sqlite": 100_000}
"""What each store gives in several batches."""


@pytest.fixture(scope="module")
def asking(places: Places) -> Iterator[Callable[..., Asked]]:
    """Opens the store over a place that holds `many`, which counts up, and what is slow."""
    filled: set[str] = set()
    opened: list[Asked] = []

    def open(store: str, **config: Any) -> Asked:
        place = places[store]
        if store not in filled:
            filled.add(store)
            place.count_up("many", ROWS[store])
            place.make_slow()
        opened.append(Asked(place, sample=1, **config))
        return opened[-1]

    yield open
    for asked in opened:
        asked.close()


def count(asked: Asked, control: Control | None = None) -> int:
    return asked.read(asked.whole("many"), control).num_rows


@contextmanager
def reading_slowly(
    asked: Asked, control: Control, read: Callable[[Fragment, Control], Any] | None = None
) -> Iterator[Future[Any]]:
    """The slow read in another thread, from when it shows in the store (if it can show) on."""
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read or asked.read, asked.slow(), control)
        pause = threading.Event()
        while not asked.place.running() and asked.type.lacks.get("server_death") is None:
            assert not reading.done(), reading.result()
            pause.wait(0.01)
        try:
            yield reading
        finally:
            control.cancel()


@every_store()
def test_a_cancel_reaches_the_statement(asking: Callable[..., Asked], store: str) -> None:
    asked, control = asking(store), Control()
    with reading_slowly(asked, control) as reading:
        control.cancel()
        with pytest.raises(QueryCancelled):
            reading.result(30)
        assert not asked.place.running()
    assert count(asked) == ROWS[store]


@pytest.mark.parametrize("store", ["files", "mongodb", "postgres"])  # SQLite plans what it explains, and does not run it
def test_a_cancel_reaches_a_request_that_is_run_to_be_explained(asking: Callable[..., Asked], store: str) -> None:
    asked, control = asking(store), Control()

    def explain(proposal: Fragment, control: Control) -> str:
        with asked.reading(1, control) as reader:
            return reader.explain(asked.native(proposal), "execution", control)

    with reading_slowly(asked, control, explain) as explaining:
        control.cancel()
        with pytest.raises(QueryCancelled):
            explaining.result(30)
        assert not asked.place.running()
    assert count(asked) == ROWS[store]


@every_store()
def test_a_request_is_explained_without_being_run(asking: Callable[..., Asked], store: str) -> None:
    """Also by a reader of several reads, which goes on reading afterwards."""
    asked = asking(store)
    many = asked.whole("many")
    for reads in (1, 2):
        with asked.reading(reads, Control()) as reader:
            assert len(reader.explain(asked.native(asked.slow()), "plan", Control(60_000))) > 5
            assert len(reader.explain(asked.native(many), "execution", Control(60_000))) > 5
            assert sum(batch.num_rows for batch in asked.batches(reader, many, Control())) == ROWS[store]


@every_store()
def test_a_deadline_reaches_the_statement(asking: Callable[..., Asked], store: str) -> None:
    asked, control = asking(store), Control()
    with reading_slowly(asked, control) as reading:
        control.limit(1)
        control.wait(1)  # whoever runs queries looks at their deadlines: this is that look
        with pytest.raises(QueryTimeout):
            reading.result(30)
        assert not asked.place.running()
    assert count(asked) == ROWS[store]


@every_store()
def test_a_cancel_between_two_batches(asking: Callable[..., Asked], store: str) -> None:
    asked, control = asking(store), Control()
    proposal = asked.whole("many")
    with asked.reading(1, control) as reader:
        batches = asked.batches(reader, proposal, control)
        assert next(batches).num_rows < ROWS[store]
        control.cancel()
        with pytest.raises(QueryCancelled):
            list(batches)
        assert not asked.place.running()
    assert count(asked) == ROWS[store]


@every_store()
@pytest.mark.parametrize("reads", [1, 2])
def test_closing_early_stops_the_read_and_no_other(asking: Callable[..., Asked], store: str, reads: int) -> None:
    asked, control = asking(store), Control()
    proposal = asked.whole("many")
    with asked.reading(reads, control) as reader:
        for _ in range(3):
            batches = asked.batches(reader, proposal, control)
            next(batches)
            batches.close()  # type: ignore[attr-defined]
        assert sum(batch.num_rows for batch in asked.batches(reader, proposal, control)) == ROWS[store]
    assert not asked.place.running()
    assert count(asked) == ROWS[store]


@every_store()
def test_leaving_the_reading_with_a_read_in_progress(asking: Callable[..., Asked], store: str) -> None:
    asked, control = asking(store, **limited(1)), Control()
    for reads in (1, 2):
        with asked.reading(reads, control) as reader:
            batches = asked.batches(reader, asked.whole("many"), control)
            next(batches)
            batches.close()  # type: ignore[attr-defined]
        assert not asked.place.running()
        assert count(asked) == ROWS[store]


@every_store()
def test_an_ended_control_starts_nothing(asking: Callable[..., Asked], store: str) -> None:
    asked = asking(store)
    for end, error in ((Control.cancel, QueryCancelled), (lambda control: control.limit(0), QueryTimeout)):
        control = Control()
        end(control)
        for reads in (1, 2):
            with pytest.raises(error), asked.reading(reads, control) as reader:
                list(asked.batches(reader, asked.whole("many"), control))
        assert not asked.place.running()


@every_store()
def test_eight_readers_over_one_connection(asking: Callable[..., Asked], store: str) -> None:
    asked = asking(store, **limited(1))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: count(asked), range(16))) == [ROWS[store]] * 16
    assert not asked.place.running()


@every_store("connection_limit")
def test_waiting_for_a_connection_ends_with_the_query(asking: Callable[..., Asked], store: str) -> None:
    asked, holding = asking(store, **limited(1)), Control()
    with reading_slowly(asked, holding) as reading:
        waiting = Control()
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(count, asked, waiting)
            with pytest.raises(TimeoutError):
                second.result(0.2)
            waiting.cancel()
            with pytest.raises(QueryCancelled):
                second.result(30)
        assert not reading.done()
        timed = Control(timeout_ms=50)
        with pytest.raises(QueryTimeout):
            count(asked, timed)
    assert count(asked) == ROWS[store]


@every_store()
def test_a_failure_of_one_reader_is_not_the_others(asking: Callable[..., Asked], store: str) -> None:
    asked = asking(store, **limited(4))

    def one(number: int) -> str:
        control = Control()
        with asked.reading(1 + number % 2, control) as reader:
            batches = asked.batches(reader, asked.whole("many"), control)
            next(batches)
            if number % 3 == 0:
                control.cancel()
            elif number % 3 == 1:
                batches.close()  # type: ignore[attr-defined]
                return "closed"
            try:
                list(batches)
                return "read"
            except QueryCancelled:
                return "cancelled"

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(one, range(30)))
    assert outcomes == ["cancelled", "closed", "read"] * 10
    assert not asked.place.running()


@every_store("server_death")
def test_a_server_that_dies_and_comes_back(places: Places, store: str) -> None:
    place = places[store]
    with place.server() as server, Asked(place, server.connection, **limited(3)) as asked:
        proposal, control = asked.whole("many"), Control()
        whole = asked.read(proposal).num_rows
        with asked.reading(1, control) as reader:
            batches = asked.batches(reader, proposal, control)
            next(batches)
            server.kill()
            with pytest.raises(SourceUnavailable):
                list(batches)
        for reads in (1, 2):
            with pytest.raises(SourceUnavailable), asked.reading(reads, control) as reader:
                list(asked.batches(reader, proposal, control))
        server.start()
        # A connection of before may still be found dead once.
        with suppress(SourceUnavailable):
            asked.read(proposal)
        for _ in range(3):
            assert asked.read(proposal).num_rows == whole


def test_mongodb_is_seen_when_it_runs(places: Places) -> None:
    """What the other tests take for the absence of operations is not blindness."""
    place = places["mongodb"]
    assert isinstance(place, InMongodb)
    with Asked(place, sample=1) as asked:
        control = Control()
        with asked.reading(1, control) as reader:
            batches = asked.batches(reader, asked.whole("many"), control)
            next(batches)
            assert place.running()
            batches.close()  # type: ignore[attr-defined]
        assert not place.running()
