"""Many queries at once over few connections: none waits for ever for another, and a cancel at any time leaves nothing behind."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from planner.errors import FozError, QueryCancelled
from proxy.budget import Buffers
from proxy.execute import Executor
from proxy.residual import Engine
from tests.proxy.lists import ListStore, Rows, plan, sources_of, step
from translators.control import Control

JOINED = plan(
    "SELECT count(*) AS n FROM f3 JOIN f2 USING (k) JOIN f1 USING (k) JOIN f0 USING (k)",
    step("f0", "a", Rows(batches=12)),
    step("f1", "b", Rows(batches=12)),
    step("f2", "a", Rows(batches=12)),
    step("f3", "b", Rows(batches=12)),
)
AGAIN = plan(
    "WITH t AS (SELECT * FROM f0) SELECT count(*) AS n FROM t JOIN t AS u USING (k) JOIN f1 USING (k)",
    step("f0", "a", Rows(batches=12)),
    step("f1", "b", Rows(batches=12)),
)
CROSSED = plan(
    "SELECT count(*) AS n FROM f1 JOIN f0 USING (k)", step("f0", "a", Rows(batches=12)), step("f1", "b", Rows(batches=12))
)
CROSSED_BACK = plan(
    "SELECT count(*) AS n FROM f0 JOIN f1 USING (k)", step("f0", "a", Rows(batches=12)), step("f1", "b", Rows(batches=12))
)
ALONE = plan(None, step("f0", "a", Rows(batches=12)))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(256 << 20, str(tmp_path_factory.mktemp("engine")), threads=2)
    yield engine
    engine.close()


@pytest.fixture
def executor(engine: Engine, tmp_path: Path) -> Iterator[Executor]:
    executor = Executor(engine, Buffers(1 << 20), str(tmp_path))
    yield executor
    executor.close()
    assert executor.room.buffers.used_bytes == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("connections", [1, 2])
def test_eight_queries_over_two_sources_with_few_connections_all_end(executor: Executor, connections: int) -> None:
    stores = {"a": ListStore(connections), "b": ListStore(connections)}
    sources = sources_of(stores)

    def run(number: int) -> int:
        with executor.execute((JOINED, AGAIN, CROSSED, CROSSED_BACK)[number % 4], sources, Control()) as execution:
            (row,) = pa.Table.from_batches(list(execution.batches())).to_pylist()
            return int(row["n"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(40))) == [12_000] * 40
    assert all(store.most <= connections and store.open == 0 for store in stores.values())


def test_a_query_whose_source_waits_does_not_hold_up_the_others(executor: Executor) -> None:
    held, free = ListStore(held=True), ListStore()
    waiting = plan("SELECT count(*) AS n FROM f0", step("f0", "held", Rows(2)))
    working = plan("SELECT count(*) AS n FROM f0", step("f0", "free", Rows(50)))
    sources = sources_of({"held": held, "free": free})

    def count(query: object) -> int:
        with executor.execute(query, sources, Control()) as execution:  # type: ignore[arg-type]
            return int(pa.Table.from_batches(list(execution.batches())).to_pylist()[0]["n"])

    with ThreadPoolExecutor(12) as pool:
        stuck = [pool.submit(count, waiting) for _ in range(6)]
        with held.changed:
            held.changed.wait_for(lambda: held.started == 6)
        assert [count(working) for _ in range(5)] == [50_000] * 5
        held.release()
        assert [one.result() for one in stuck] == [2000] * 6


def test_a_cancel_at_any_moment_leaves_nothing_running(executor: Executor) -> None:
    """What ends a query is another thread, a random number of steps of the query's own later: somewhere in every part of it."""
    chance = random.Random(3)
    stores = {"a": ListStore(2), "b": ListStore(2)}
    sources = sources_of(stores)
    outcomes: set[str] = set()
    lock = threading.Lock()

    def run(number: int) -> None:
        with lock:
            query = chance.choice([JOINED, AGAIN, CROSSED, CROSSED_BACK, ALONE])
            delay = chance.choice([0.0, 0.0005, 0.002, 0.005, 0.02])
        control = Control()
        execution = executor.execute(query, sources, control)
        ending = threading.Timer(delay, control.cancel if number % 2 else execution.close)
        ending.start()
        try:
            for _ in execution.batches():
                if number % 5 == 0:
                    break
            outcome = "ended"
        except QueryCancelled:
            outcome = "cancelled"
        except FozError as error:
            outcome = repr(error)
        execution.close()
        ending.join()
        with lock:
            outcomes.add(outcome)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(400)))
    assert outcomes <= {"ended", "cancelled"}
    assert "cancelled" in outcomes
    assert all(store.open == 0 and store.started == store.finished for store in stores.values())


def test_threads_are_reused(executor: Executor) -> None:
    sources = sources_of({"a": ListStore(), "b": ListStore()})
    for _ in range(30):
        with executor.execute(JOINED, sources, Control()) as execution:
            list(execution.batches())
    assert sum(thread.name.startswith("foz-read") for thread in threading.enumerate()) <= 8


def test_a_cancel_stops_the_engine_at_work(executor: Executor) -> None:
    """Nothing is read any more when it ends: only DuckDB is busy."""
    store = ListStore()
    query = plan("SELECT sum(a.k * b.k % 7 + c.k) AS n FROM f0 AS a, f0 AS b, f0 AS c", step("f0", "a", Rows(batches=5)))
    control = Control()
    with executor.execute(query, sources_of({"a": store}), control) as execution:

        def end() -> None:
            with store.changed:
                store.changed.wait_for(lambda: store.finished == 1)
            control.cancel()

        ending = threading.Thread(target=end)
        ending.start()
        with pytest.raises(QueryCancelled):
            list(execution.batches())
        ending.join()
