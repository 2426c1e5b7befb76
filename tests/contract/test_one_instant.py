"""Money moves between two accounts while queries read the table more than once: each sees one instant, and so the same total."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contract.asked import document, foz_over
from tests.contract.conftest import Places
from tests.contract.in_sqlite import InSqlite
from tests.contract.place import Accounts, Place

TOTAL = 100

QUERIES = (
    "SELECT a.balance + b.balance AS total FROM s.account a JOIN s.account b ON a.id + 1 = b.id",
    "SELECT (SELECT balance FROM s.account WHERE id = 1) + (SELECT balance FROM s.account WHERE id = 2) AS total",
    "SELECT sum(balance)::BIGINT AS total FROM "
    "(SELECT balance FROM s.account WHERE id = 1 UNION ALL SELECT balance FROM s.account WHERE id = 2)",
    "WITH one AS (SELECT balance + random() * 0 AS b FROM s.account WHERE id = 1), "
    "two AS (SELECT balance + random() * 0 AS b FROM s.account WHERE id = 2) "
    "SELECT (one.b + two.b)::BIGINT AS total FROM one, two",
)


@contextmanager
def moving(accounts: Accounts) -> Iterator[threading.Event]:
    """Transfers to and fro until the block ends; gives an event that is set after each."""
    stop, moved = threading.Event(), threading.Event()

    def transfer() -> None:
        amount = 1
        while not stop.is_set():
            accounts.transfer(amount)
            amount = -amount
            moved.set()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(transfer)
        try:
            yield moved
        finally:
            stop.set()
            running.result()
            accounts.close()


def check(place: Place, directory: Path, rounds: int = 40) -> None:
    accounts = place.account()
    with foz_over([document(place)], directory) as world, moving(accounts) as moved:
        plans = [world.receipt(sql) for sql in QUERIES]
        assert max(len(plan["fragments"]) for plan in plans) > 1, "no query read its table twice"
        for _ in range(rounds):
            for sql in QUERIES:
                assert world.ask(sql).to_pylist() == [{"total": TOTAL}], sql
            moved.clear()
            assert moved.wait(30)


@pytest.mark.parametrize("store", ["postgres", "mongodb"])
def test_a_query_sees_one_instant(places: Places, tmp_path: Path, store: str) -> None:
    check(places[store], tmp_path)


@pytest.mark.parametrize(("journal", "rounds"), [("WAL", 40), ("DELETE", 5)])
def test_sqlite_sees_one_instant_in_either_journal(tmp_path: Path, journal: str, rounds: int) -> None:
    """With a rollback journal a transfer waits until nobody reads: there are fewer of them."""
    check(InSqlite(tmp_path, journal), tmp_path, rounds)
