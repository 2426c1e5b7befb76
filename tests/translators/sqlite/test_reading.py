"""A reading's life: one instant, turns at one connection, ends by cancel, deadline and early close, and the writes beside it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from planner.catalog import Limits
from planner.errors import FozError, QueryCancelled, QueryTimeout, SourceRejected, SourceUnavailable
from planner.fragments import scan
from planner.plan import Fragment
from tests.translators.oracle import Oracle
from translators.base import StoreConfig
from translators.control import Control
from translators.sqlite import STORE

ROWS = 30_000


@pytest.fixture(params=["wal", "delete"])
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    file = tmp_path / "bank.db"
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA journal_mode = {request.param}")
    connection.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER)")
    connection.execute("INSERT INTO account VALUES (1, 100), (2, 0)")
    connection.execute("CREATE TABLE n (i INTEGER PRIMARY KEY, s TEXT)")
    connection.execute("CREATE VIEW endless AS SELECT a.i FROM n AS a, n AS b, n AS c WHERE a.i + b.i + c.i < 0")
    connection.executemany("INSERT INTO n VALUES (?, ?)", ((number, f"row {number}") for number in range(ROWS)))
    connection.commit()
    connection.close()
    return file


@pytest.fixture
def oracle(path: Path) -> Iterator[Oracle]:
    oracle = Oracle(STORE, STORE.open(StoreConfig("s", "sqlite", {"path": str(path)}, limits=Limits(max_connections=2))), "s")
    yield oracle
    oracle.close()


def total(oracle: Oracle) -> Fragment:
    return scan("f0", "a", oracle.table("account"), oracle.table("account").columns, (), oracle.catalog)


def endless(oracle: Oracle) -> Fragment:
    """A read of a view that gives no row for hours."""
    return oracle.whole("endless")


def native(oracle: Oracle, proposal: Fragment) -> Any:
    taken = oracle.type.take(proposal, oracle.source)
    assert taken.native is not None
    return taken.native


def test_two_reads_of_one_reading_see_one_instant(path: Path, oracle: Oracle) -> None:
    stop = threading.Event()

    def transfer() -> None:
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        while not stop.is_set():
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE account SET balance = CASE id WHEN 1 THEN 100 - balance ELSE 100 - balance END")
            connection.execute("COMMIT")
        connection.close()

    proposal = total(oracle)
    request = native(oracle, proposal)
    writer = threading.Thread(target=transfer)
    writer.start()
    try:
        for _ in range(40):
            control = Control()
            with oracle.store.reading(2, control) as reader:
                first, second = (
                    [row["balance"] for batch in reader.read(request, proposal.outputs, control) for row in batch.to_pylist()]
                    for _ in range(2)
                )
            assert first == second
            assert sum(first) == 100
    finally:
        stop.set()
        writer.join()


def test_reads_of_one_reading_take_turns(oracle: Oracle) -> None:
    proposal = oracle.whole("n")
    request, control = native(oracle, proposal), Control()
    with oracle.store.reading(4, control) as reader, ThreadPoolExecutor(4) as pool:
        counted = pool.map(lambda _: sum(batch.num_rows for batch in reader.read(request, proposal.outputs, control)), range(4))
        assert list(counted) == [ROWS] * 4


def test_an_early_close_ends_the_statement(oracle: Oracle) -> None:
    proposal, control = oracle.whole("n"), Control()
    with oracle.store.reading(1, control) as reader:
        batches = reader.read(native(oracle, proposal), proposal.outputs, control)
        assert next(batches).num_rows < ROWS
        batches.close()  # type: ignore[attr-defined]
        assert sum(batch.num_rows for batch in reader.read(native(oracle, proposal), proposal.outputs, control)) == ROWS
    assert oracle.store.execute("INSERT INTO account VALUES (?, ?)", (3, 0), Control()) == 1


def test_a_cancel_reaches_the_statement(oracle: Oracle) -> None:
    proposal, control = endless(oracle), Control()
    with oracle.store.reading(1, control) as reader:
        canceller = threading.Timer(0.1, control.cancel)
        canceller.start()
        with pytest.raises(QueryCancelled):
            list(reader.read(native(oracle, proposal), proposal.outputs, control))
        canceller.join()


def test_a_deadline_reaches_the_statement(oracle: Oracle) -> None:
    proposal, control = endless(oracle), Control(timeout_ms=100)
    with oracle.store.reading(1, control) as reader, pytest.raises(QueryTimeout):
        list(reader.read(native(oracle, proposal), proposal.outputs, control))


def test_a_reading_waits_for_its_turn_and_gives_up_at_its_end(oracle: Oracle) -> None:
    control = Control()
    with oracle.store.reading(1, control), oracle.store.reading(1, control):
        waiting = Control()
        with ThreadPoolExecutor(1) as pool:
            third = pool.submit(lambda: oracle.store.reading(1, waiting).__enter__())
            waiting.cancel()
            with pytest.raises(QueryCancelled):
                third.result()
        with pytest.raises(QueryTimeout), oracle.store.reading(1, Control(timeout_ms=20)):
            pass
    with oracle.store.reading(1, control):
        pass


def test_many_readers_at_once(oracle: Oracle) -> None:
    proposal = oracle.whole("n")
    request = native(oracle, proposal)

    def count(_: int) -> int:
        control = Control()
        with oracle.store.reading(1, control) as reader:
            return sum(batch.num_rows for batch in reader.read(request, proposal.outputs, control))

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(count, range(12))) == [ROWS] * 12


def fail_in_a_transaction(oracle: Oracle) -> None:
    with oracle.store.transaction(Control()) as transaction:
        transaction.execute("DELETE FROM account")
        raise ZeroDivisionError


def test_writes(oracle: Oracle) -> None:
    store = oracle.store
    assert store.execute("UPDATE account SET balance = ? WHERE id = ?", (7, 1), Control()) == 1
    with store.transaction(Control()) as transaction:
        assert transaction.execute("INSERT INTO account VALUES (3, 1), (4, 1)") == 2
    with pytest.raises(ZeroDivisionError):
        fail_in_a_transaction(oracle)
    assert [row["balance"] for row in oracle.rows("account").to_pylist()] == [7, 0, 1, 1]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO account VALUES (1, 5)",
        "ATTACH ':memory:' AS other",
        "COMMIT",
        "PRAGMA journal_mode = off",
        "UPDATE nowhere SET x = 1",
        "SELECT 1; SELECT 2",
        "INSERT INTO account VALUES (?, ?)",
    ],
)
def test_a_write_that_is_refused(oracle: Oracle, statement: str) -> None:
    with pytest.raises(SourceRejected):
        oracle.store.execute(statement, (), Control())


def test_a_lock_is_waited_for_no_longer_than_the_query_may_run(path: Path, oracle: Oracle) -> None:
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(QueryTimeout):
        oracle.store.execute("DELETE FROM account", (), Control(timeout_ms=50))
    holder.execute("ROLLBACK")
    holder.close()


def test_a_table_that_is_gone(path: Path, oracle: Oracle) -> None:
    proposal = oracle.whole("n")
    connection = sqlite3.connect(path)
    connection.execute("ALTER TABLE n RENAME COLUMN s TO other")
    connection.close()
    with pytest.raises(FozError, match="refresh") as caught:
        oracle.read(proposal)
    assert caught.value.code == "source.rejected"


def test_a_locked_database_is_unavailable_in_the_end(path: Path, oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("translators.sqlite.source._BUSY_SECONDS", 0.05)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(SourceUnavailable):
        oracle.store.execute("DELETE FROM account", (), Control())
    holder.execute("ROLLBACK")
    holder.close()
