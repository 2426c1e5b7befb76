"""What an execution gives, over stores that count what is asked of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from planner.errors import Internal, QueryCancelled, RowLimit, SourceUnavailable, SqlType
from planner.plan import Plan
from proxy.budget import Buffers
from proxy.channel import Channel
from proxy.execute import Executor
from proxy.reading import Observation
from proxy.residual import Engine
from proxy.spool import Spool
from tests.proxy.lists import ListStore, Rows, plan, sources_of, step
from translators.control import Control


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(256 << 20, str(tmp_path_factory.mktemp("engine")))
    yield engine
    engine.close()


@pytest.fixture
def executor(engine: Engine, tmp_path: Path) -> Iterator[Executor]:
    executor = Executor(engine, Buffers(32 << 20), str(tmp_path))
    yield executor
    executor.close()
    assert executor.room.buffers.used_bytes == 0
    assert list(tmp_path.iterdir()) == []


def rows_of(executor: Executor, query: Plan, stores: dict[str, ListStore], **max_rows: int) -> list[dict[str, object]]:
    sources = sources_of(stores, **max_rows)
    with executor.execute(query, sources, Control()) as execution:
        found = pa.Table.from_batches(list(execution.batches()), schema=execution.schema).to_pylist()
    assert all(store.open == 0 and store.started == store.finished for store in stores.values())
    return found


def test_one_fragment_streams_straight_from_its_store(executor: Executor) -> None:
    store = ListStore()
    thread = threading.active_count()
    query = plan(None, step("f0", "a", Rows(batches=100)))
    with executor.execute(query, sources_of({"a": store}), Control()) as execution:
        assert execution.schema.names == ["k", "v"]
        assert store.reading_count == 0
        batches = execution.batches()
        assert next(batches).num_rows == 1000
        assert (store.pulled, store.open, threading.active_count()) == (1, 1, thread)
    assert (store.pulled, store.open, store.finished) == (1, 0, 1)


def test_fragments_of_two_stores_join(executor: Executor) -> None:
    stores = {"a": ListStore(), "b": ListStore()}
    query = plan(
        "SELECT count(*) AS n, sum(f0.k) AS s FROM f0 JOIN f1 ON f0.k = f1.k WHERE f1.v = 'value 3'",
        step("f0", "a", Rows(batches=20)),
        step("f1", "b", Rows(batches=10)),
    )
    (row,) = rows_of(executor, query, stores)
    keys = [1000 * batch + key for batch in range(10) for key in range(1000) if key % 7 == 3]
    assert (row["n"], row["s"]) == (len(keys), sum(keys))


def test_a_limit_leaves_the_rest_unread(executor: Executor) -> None:
    stores = {"a": ListStore(), "b": ListStore()}
    query = plan("SELECT * FROM f0 LIMIT 5", step("f0", "a", Rows(batches=1000)))
    assert len(rows_of(executor, query, stores)) == 5
    assert stores["a"].pulled < 12


@pytest.mark.parametrize(
    "residual",
    [
        "SELECT count(*) AS n FROM f0 AS a JOIN f0 AS b ON a.k = b.k",
        "WITH t AS (SELECT k FROM f0) SELECT count(*) AS n FROM t AS a JOIN t AS b ON a.k = b.k",
        "WITH t AS MATERIALIZED (SELECT k FROM f0) SELECT count(*) AS n FROM t AS a JOIN t AS b ON a.k = b.k",
        "WITH t AS (SELECT k FROM f0), u AS (SELECT * FROM t) SELECT count(*) AS n FROM u AS a JOIN u AS b ON a.k = b.k",
        "SELECT count(*) AS n FROM f0 WHERE k >= (SELECT min(k) FROM f0)",
        "SELECT sum(n) AS n FROM (SELECT count(*) AS n FROM f0 WHERE k < 10 UNION ALL SELECT count(*) FROM f0 WHERE k >= 10)",
        "WITH RECURSIVE t(i) AS (SELECT 0 UNION ALL SELECT t.i + 1 FROM t JOIN f0 ON f0.k = t.i WHERE t.i < 6) "
        "SELECT count(*) * 4285 + 5 AS n FROM t",
    ],
)
def test_an_input_that_is_scanned_again_is_read_once(executor: Executor, residual: str) -> None:
    store = ListStore(connections=1)
    assert rows_of(executor, plan(residual, step("f0", "a", Rows(batches=30))), {"a": store}) == [{"n": 30_000}]
    assert (store.started, store.most) == (1, 1)


def test_an_input_that_is_scanned_again_unforeseen_is_read_again_from_the_start(
    executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.execute.scanned_again", lambda sql, names: frozenset())
    store = ListStore()
    query = plan("SELECT count(*) AS n FROM f0 AS a JOIN f0 AS b ON a.k = b.k", step("f0", "a", Rows(batches=3)))
    assert rows_of(executor, query, {"a": store}) == [{"n": 3000}]
    assert store.reading_count == 2


def test_a_source_with_one_connection_is_read_fragment_after_fragment(executor: Executor) -> None:
    store = ListStore(connections=1)
    query = plan(
        "SELECT count(*) AS n FROM f0 JOIN f1 USING (k) JOIN f2 USING (k)",
        *(step(f"f{number}", "a", Rows(batches=40)) for number in range(3)),
    )
    assert rows_of(executor, query, {"a": store}) == [{"n": 40_000}]
    assert (store.most, store.reading_count, store.started) == (1, 1, 3)


def test_many_fragments_use_a_bounded_number_of_lanes(executor: Executor) -> None:
    store = ListStore(connections=100)
    names = [f"f{number}" for number in range(20)]
    query = plan(
        "SELECT count(*) AS n FROM " + " CROSS JOIN ".join(f"(SELECT max(k) AS k FROM {name}) AS {name}" for name in names),
        *(step(name, "a", Rows(batches=2)) for name in names),
    )
    assert rows_of(executor, query, {"a": store}) == [{"n": 1}]
    assert store.most == 8


def test_rows_beyond_the_limit_are_an_error_that_names_it(executor: Executor) -> None:
    stores = {"a": ListStore(), "b": ListStore()}
    direct = plan(None, step("f0", "a", Rows(batches=3)))
    assert len(rows_of(executor, direct, stores, a=3000)) == 3000
    with pytest.raises(RowLimit, match=r"more than 2999 rows from a \(limits.maxRows") as raised:
        rows_of(executor, direct, stores, a=2999)
    assert raised.value.details == {"source": "a", "maxRows": 2999}
    joined = plan(
        "SELECT count(*) AS n FROM f0 JOIN f1 USING (k)",
        step("f0", "a", Rows(batches=2)),
        step("f1", "a", Rows(batches=2)),
    )
    assert rows_of(executor, joined, stores, a=4000) == [{"n": 2000}]
    with pytest.raises(RowLimit, match="more than 3999 rows"):
        rows_of(executor, joined, stores, a=3999)


@pytest.mark.parametrize(
    "residual", [None, "SELECT * FROM f0", "SELECT sum(k) AS k FROM f0", "SELECT a.k FROM f0 AS a JOIN f0 AS b USING (k)"]
)
def test_a_stores_own_error_comes_out(executor: Executor, residual: str | None) -> None:
    for batches in (0, 1, 50):
        lost = SourceUnavailable("The connection to a was lost.", source="a")
        store = ListStore()
        with pytest.raises(SourceUnavailable, match="was lost") as raised:
            rows_of(executor, plan(residual, step("f0", "a", Rows(batches=batches, error=lost))), {"a": store})
        assert raised.value is lost
        assert (store.open, store.started) == (0, store.finished)


@pytest.mark.parametrize("residual", [None, "SELECT * FROM f0"])
def test_an_unforeseen_error_is_internal_and_says_nothing(executor: Executor, residual: str | None) -> None:
    query = plan(residual, step("f0", "a", Rows(batches=1, error=RuntimeError("password=secret"))))
    with pytest.raises(Internal) as raised:
        rows_of(executor, query, {"a": ListStore()})
    assert "secret" not in raised.value.message


def test_an_error_of_the_engine_stops_every_read(executor: Executor) -> None:
    store = ListStore()
    query = plan(
        "SELECT CAST(v AS INTEGER) AS n FROM f0 JOIN f1 USING (k, v)", step("f0", "a", Rows(500)), step("f1", "a", Rows(500))
    )
    with pytest.raises(SqlType, match="A text could not be converted to INTEGER"):
        rows_of(executor, query, {"a": store})
    assert (store.open, store.finished) == (0, store.started)


def test_what_each_read_gave_is_observed(executor: Executor) -> None:
    seen: list[Observation] = []
    query = plan("SELECT count(*) AS n FROM f0 JOIN f1 USING (k)", step("f0", "a", Rows(3)), step("f1", "b", Rows(2)))
    sources = sources_of({"a": ListStore(), "b": ListStore()})
    with executor.execute(query, sources, Control(), seen.append) as execution:
        list(execution.batches())
        found = execution.observations()
    assert sorted((one.fragment, one.source, one.rows, one.code) for one in found) == [
        ("f0", "a", 3000, None),
        ("f1", "b", 2000, None),
    ]
    assert all(one.bytes > one.rows * 8 and one.elapsed_ms > 0 for one in found)
    assert sorted(seen, key=repr) == sorted(found, key=repr)


@pytest.mark.parametrize("residual", [None, "SELECT * FROM f0", "SELECT sum(k) AS k FROM f0"])
def test_a_close_from_another_thread_stops_a_read_that_waits(executor: Executor, residual: str | None) -> None:
    store = ListStore(held=True)
    control = Control()
    execution = executor.execute(plan(residual, step("f0", "a", Rows(10))), sources_of({"a": store}), control)
    raised: list[BaseException] = []

    def read() -> None:
        try:
            list(execution.batches())
        except BaseException as error:
            raised.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    with store.changed:
        store.changed.wait_for(lambda: store.started == 1)
    execution.close()
    execution.close()
    reader.join()
    assert [type(error) for error in raised] == [QueryCancelled]
    assert (store.open, store.finished, control.error) == (0, 1, None)


@pytest.mark.parametrize("residual", ["SELECT * FROM f0", "SELECT * FROM f0 JOIN f1 USING (k)"])
def test_a_close_between_batches_does_not_wait_for_a_source_that_gives_nothing(executor: Executor, residual: str) -> None:
    stores = {"a": ListStore(), "b": ListStore()}
    query = plan(residual, step("f0", "a", Rows(batches=100_000)), step("f1", "b", Rows(batches=1)))
    execution = executor.execute(query, sources_of(stores), Control())
    batches = execution.batches()
    next(batches)
    stores["a"].held = True
    execution.close()
    assert [(store.open, store.started) for store in stores.values()] == [(0, store.finished) for store in stores.values()]


@pytest.mark.parametrize("feed", [Channel, Spool])
def test_rows_that_cannot_be_handed_over_are_never_a_shorter_answer(
    executor: Executor, feed: type[Channel] | type[Spool], monkeypatch: pytest.MonkeyPatch
) -> None:
    put = feed.put
    kept: list[pa.RecordBatch] = []

    def fails_at_the_third(self: Any, batch: pa.RecordBatch) -> bool:
        kept.append(batch)
        if len(kept) == 3:
            raise pa.ArrowMemoryError("no memory left")
        return put(self, batch)

    monkeypatch.setattr(feed, "put", fails_at_the_third)
    residual = "SELECT count(*) AS n FROM f0" if feed is Channel else "SELECT count(*) AS n FROM f0 AS a JOIN f0 AS b USING (k)"
    query = plan(residual, step("f0", "a", Rows(batches=10)))
    with executor.execute(query, sources_of({"a": ListStore()}), Control()) as execution, pytest.raises(Internal):
        list(execution.batches())


def test_a_query_that_is_closed_before_it_began_reads_nothing(executor: Executor) -> None:
    store = ListStore()
    execution = executor.execute(plan("SELECT * FROM f0", step("f0", "a", Rows(10))), sources_of({"a": store}), Control())
    execution.close()
    assert list(execution.batches()) == []
    assert store.reading_count == 0


def test_a_slow_reader_of_the_answer_holds_back_the_source(executor: Executor) -> None:
    store = ListStore()
    query = plan("SELECT * FROM f0", step("f0", "a", Rows(batches=400, rows=20_000)))
    with executor.execute(query, sources_of({"a": store}), Control()) as execution:
        batches = execution.batches()
        for _ in range(3):
            next(batches)
        # 0.5 MB a batch: 10 MiB of answer that DuckDB keeps ahead, 8 MiB in the channel, and what is between.
        assert store.pulled < 100
        assert executor.room.buffers.used_bytes <= 9 << 20


def test_a_read_that_gets_no_thread_ends_the_query(executor: Executor) -> None:
    def refuse(work: object) -> None:
        raise RuntimeError("can't start new thread")

    executor.room = replace(executor.room, submit=refuse)
    store = ListStore()
    running = executor.execute(plan("SELECT count(*) AS n FROM f0", step("f0", "a", Rows())), sources_of({"a": store}), Control())
    with running, pytest.raises(Internal):
        list(running.batches())
    assert store.open == 0
