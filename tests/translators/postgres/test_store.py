"""The store's life: cancel, timeout, early close, one instant, a full pool, lost servers, native writes."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import pytest

from planner.catalog import Limits
from planner.errors import FozError, QueryCancelled, QueryTimeout, RequestInvalid, SourceRejected, SourceUnavailable
from planner.plan import Field
from tests.translators.postgres.beside import administer
from translators.base import StoreConfig
from translators.control import Control
from translators.postgres.connection import libpq_uri
from translators.postgres.reading import PostgresQuery
from translators.postgres.source import PostgresStore

ONE = [Field("x", "BIGINT")]
MANY = PostgresQuery.plain("SELECT g::int8 FROM generate_series(1, 3000000) g")
SLOW = "SELECT count(*)::int8 FROM generate_series(1, 1000000000) g"


@pytest.fixture(scope="module")
def database(postgres_uri: str) -> str:
    administer(
        postgres_uri, "CREATE TABLE accounts (id int PRIMARY KEY, balance int8)", "INSERT INTO accounts VALUES (1, 50), (2, 50)"
    )
    return postgres_uri


@pytest.fixture
def store(database: str) -> Iterator[PostgresStore]:
    store = opened(database)
    yield store
    store.close()


def opened(uri: str, connections: int = 4, **config: Any) -> PostgresStore:
    return PostgresStore(StoreConfig("pg", "postgres", {"uri": uri}, limits=Limits(max_connections=connections), **config))


def values(store: PostgresStore, text: str, control: Control | None = None, point: bool = False) -> list[int]:
    control = control or Control()
    with store.reading(1, control) as reader:
        return [
            value
            for batch in reader.read(PostgresQuery.plain(text, point), ONE, control)
            for value in batch.column(0).to_pylist()
        ]


def others_running(uri: str) -> list[str]:
    text = (
        "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()"
    )
    with postgres.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(text)
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("point", [True, False])
def test_a_cancel_reaches_the_statement(store: PostgresStore, database: str, point: bool) -> None:
    control = Control()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(values, store, SLOW, control, point)
        while not any("1000000000" in query for query in others_running(database)):
            assert not running.done()
        control.cancel()
        with pytest.raises(QueryCancelled):
            running.result()
    assert others_running(database) == []
    assert values(store, "SELECT 1::int8") == [1]


def test_a_deadline_reaches_the_statement(store: PostgresStore, database: str) -> None:
    control = Control(timeout_ms=300)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(values, store, SLOW, control)
        control.wait(10)
        with pytest.raises(QueryTimeout):
            running.result()
    assert others_running(database) == []


def test_the_servers_own_timeout_is_a_timeout(database: str) -> None:
    store = PostgresStore(StoreConfig("pg", "postgres", {"uri": database, "options": "-c statement_timeout=100"}))
    for point in (True, False):
        with pytest.raises(QueryTimeout):
            values(store, SLOW, point=point)
    store.close()


@pytest.mark.parametrize("reads", [1, 2])
def test_closing_early_stops_the_statement_and_keeps_the_session(store: PostgresStore, database: str, reads: int) -> None:
    control = Control()
    with store.reading(reads, control) as reader:
        for _ in range(3):
            batches = reader.read(MANY, ONE, control)
            next(batches)
            batches.close()  # type: ignore[attr-defined]
            assert others_running(database) == []
        again = reader.read(PostgresQuery.plain("SELECT 5::int8"), ONE, control)
        assert [batch.column(0).to_pylist() for batch in again] == [[5]]


def test_an_ended_query_does_not_start(store: PostgresStore) -> None:
    control = Control()
    control.cancel()
    with pytest.raises(QueryCancelled):
        values(store, "SELECT 1::int8", control)


def test_a_storm_of_cancels_hits_nobody_else(store: PostgresStore, database: str) -> None:
    rng = random.Random(7)

    def one(number: int) -> str:
        control = Control()
        if number % 2:
            timer = threading.Timer(rng.random() * 0.02, control.cancel)
            timer.start()
            try:
                values(store, "SELECT g::int8 FROM generate_series(1, 200000) g", control)
                return "finished"
            except QueryCancelled:
                return "cancelled"
            finally:
                timer.cancel()
        return "answered" if values(store, f"SELECT {number}::int8", control, point=True) == [number] else "wrong"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(one, range(300)))
    assert outcomes[::2] == ["answered"] * 150
    assert set(outcomes[1::2]) <= {"finished", "cancelled"}
    assert others_running(database) == []


def test_two_reads_see_one_instant(store: PostgresStore, database: str) -> None:
    stop = threading.Event()

    def transfer() -> None:
        amount = 1
        with postgres.connect(database, autocommit=True) as connection, connection.cursor() as cursor:
            while not stop.is_set():
                cursor.execute(f"UPDATE accounts SET balance = balance + CASE id WHEN 1 THEN {amount} ELSE {-amount} END")
                amount = -amount

    with ThreadPoolExecutor(1) as pool:
        moving = pool.submit(transfer)
        try:
            totals = set()
            for _ in range(100):
                control = Control()
                with store.reading(2, control) as reader:
                    first = reader.read(PostgresQuery.plain("SELECT balance FROM public.accounts WHERE id = 1"), ONE, control)
                    second = reader.read(PostgresQuery.plain("SELECT balance FROM public.accounts WHERE id = 2"), ONE, control)
                    one, two = next(first), next(second)
                    totals.add(one.column(0)[0].as_py() + two.column(0)[0].as_py())
                    for rest in (first, second):
                        rest.close()  # type: ignore[attr-defined]
        finally:
            stop.set()
            moving.result()
    assert totals == {100}


def test_a_full_pool_waits_within_the_querys_time(database: str) -> None:
    store = opened(database, connections=1)
    holding = Control()
    with store.reading(1, holding) as reader:
        batches = reader.read(MANY, ONE, holding)
        next(batches)
        with pytest.raises(QueryTimeout):
            values(store, "SELECT 1::int8", Control(timeout_ms=50))
        batches.close()  # type: ignore[attr-defined]
    assert values(store, "SELECT 1::int8") == [1]
    assert store.concurrent_reads == 1
    store.close()


def test_readers_of_several_connections_never_wait_for_each_other(database: str) -> None:
    store = opened(database, connections=3)

    def query(_: int) -> int:
        control = Control()
        with store.reading(2, control) as reader:
            first = reader.read(PostgresQuery.plain("SELECT g::int8 FROM generate_series(1, 10) g"), ONE, control)
            return sum(batch.num_rows for batch in first) + sum(
                batch.num_rows for batch in reader.read(PostgresQuery.plain("SELECT 1::int8"), ONE, control)
            )

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(query, range(60))) == {11}
    store.close()


def test_native_writes_and_transactions(store: PostgresStore) -> None:
    control = Control()
    assert store.execute("CREATE TABLE notes (id int, note text)", (), control) == 0
    assert store.execute("INSERT INTO notes VALUES ($1, $2), ($3, $4)", [1, "it's", 2, None], control) == 2
    with store.transaction(control) as transaction:
        assert transaction.execute("UPDATE notes SET note = 'y'") == 2
    with pytest.raises(SourceRejected):
        _change_and_fail(store)
    assert values(store, "SELECT count(*) FROM public.notes WHERE note = 'x'") == [0]
    with store.transaction(control) as transaction:
        assert transaction.execute("DELETE FROM notes WHERE id = $1", [2]) == 1
    assert values(store, "SELECT count(*) FROM public.notes") == [1]


def _change_and_fail(store: PostgresStore) -> None:
    with store.transaction(Control()) as transaction:
        assert transaction.execute("UPDATE notes SET note = 'x'") == 2
        transaction.execute("INSERT INTO nowhere VALUES (1)")


def test_a_session_whose_backend_was_ended_is_replaced(store: PostgresStore, database: str) -> None:
    control = Control()
    pid = values(store, "SELECT pg_backend_pid()::int8", point=True)[0]
    administer(database, f"SELECT pg_terminate_backend({pid})")
    with pytest.raises(SourceUnavailable):
        values(store, "SELECT 1::int8")
    assert values(store, "SELECT 2::int8", control) == [2]


@pytest.mark.parametrize(
    ("connection", "said"),
    [
        ({"host": "127.0.0.1", "port": 1, "user": "u", "password": "hunter2", "db": "d"}, "cannot be reached"),
        ({"host": "no.such.host.invalid", "user": "u", "password": "hunter2"}, "resolved"),
        ({"uri": "postgresql://u:hunter2@127.0.0.1:1/d?connect_timeout=2"}, "cannot be reached"),
    ],
)
def test_a_server_that_is_not_there(connection: dict[str, Any], said: str) -> None:
    store = PostgresStore(StoreConfig("pg", "postgres", connection))
    with pytest.raises(SourceUnavailable, match=said) as caught:
        store.introspect(Control())
    assert "hunter2" not in repr(caught.value) + str(caught.value.details)


def test_a_database_that_is_not_there(database: str) -> None:
    store = PostgresStore(StoreConfig("pg", "postgres", {"uri": database, "db": "foz_absent"}))
    with pytest.raises(SourceUnavailable, match="database"):
        store.introspect(Control())


def test_a_bad_connection_object_names_the_field_and_no_value() -> None:
    for connection in ({"uri": "mysql://u:hunter2@h/d"}, {"pasword": "hunter2"}, {"uri": "postgresql://u:hunter2@h:port/d"}):
        with pytest.raises(RequestInvalid) as caught:
            libpq_uri(connection, "pg")
        assert "hunter2" not in str(caught.value)


def test_the_uri_of_a_connection_object() -> None:
    parts = {"host": "db", "port": 5433, "user": "a b", "password": "p@ss/w:rd", "db": "shop", "sslmode": "require"}
    assert (
        libpq_uri(parts, "pg")
        == "postgresql://a%20b:p%40ss%2Fw%3Ard@db:5433/shop?application_name=foz&connect_timeout=5&sslmode=require"
    )
    merged = libpq_uri({"uri": "postgres://u:old@h/d?sslmode=disable", "password": "new"}, "pg")
    assert merged == "postgresql://u:new@h/d?application_name=foz&connect_timeout=5&sslmode=disable"


def test_a_closed_store_says_so(database: str) -> None:
    store = opened(database)
    store.close()
    with pytest.raises(FozError, match="closed"):
        values(store, "SELECT 1::int8")
