"""PostgreSQL's watch when connections die, servers hang and go, and what lies between does not pass notifications on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import adbc_driver_postgresql.dbapi as postgres
import pytest

from demo.server import Server
from demo.servers import start_postgres
from tests.translators.postgres.beside import administer
from tests.translators.postgres.hearing import QUICK, Hearing, Watched, opened, watched
from translators.base import StoreConfig
from translators.control import Control
from translators.postgres.connection import asyncpg_arguments
from translators.postgres.listening import Listening
from translators.postgres.source import PostgresStore
from translators.postgres.watch import PostgresWatch

LISTENERS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'foz watch' AND datname = current_database()"


def prepare(uri: str) -> None:
    administer(uri, "CREATE TABLE orders (id int)", "CREATE TABLE other (id int)")
    store = opened(uri)
    assert store.install(store.introspect(Control()).tables, Control()) == ()
    store.close()


@pytest.fixture(scope="module")
def database(postgres_uri: str) -> str:
    prepare(postgres_uri)
    return postgres_uri


@pytest.fixture
def place(database: str) -> Iterator[Watched]:
    with watched(database) as place:
        place.hearing.until(lambda: place.hearing.covered)
        place.hearing.told("all")
        yield place


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of the test's own, to be stopped and killed."""
    with start_postgres() as server:
        prepare(server.uri)
        yield server


def listeners(uri: str) -> int:
    with postgres.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(LISTENERS)
        return len(cursor.fetchall())


def test_a_listener_that_is_killed_is_not_told_of_until_it_listens_again(place: Watched) -> None:
    for _ in range(5):
        lives, reasons = place.hearing.lives, len(place.hearing.reasons)
        administer(place.uri, f"SELECT pg_terminate_backend(pid) FROM ({LISTENERS}) listening", "INSERT INTO orders VALUES (1)")
        place.hearing.until(lambda lives=lives: place.hearing.lives > lives and place.hearing.covered)  # type: ignore[misc]
        assert len(place.hearing.reasons) > reasons
        assert "all" in place.hearing.told("all")
        administer(place.uri, "INSERT INTO orders VALUES (2)")
        assert "orders" in place.hearing.told("orders")


def test_a_watch_that_is_closed_leaves_no_connection_and_says_so(database: str) -> None:
    with watched(database) as place:
        place.hearing.until(lambda: place.hearing.covered)
        assert listeners(database) >= 1
        place.watch.close()
        assert place.hearing.covered == frozenset()
        place.watch.close()
    for _ in range(500):
        if listeners(database) == 0:
            break
    assert listeners(database) == 0


def test_a_watch_may_be_closed_at_any_moment(database: str) -> None:
    for number in range(20):
        with watched(database) as place:
            if number % 2:
                threading.Event().wait(number / 500)
            place.watch.close()
            assert place.hearing.covered == frozenset()


def test_a_server_that_hangs_counts_as_lost_and_is_heard_again(server: Server) -> None:
    with watched(server.uri, replace(QUICK, patience=1.0)) as place:
        place.hearing.until(lambda: place.hearing.covered)
        server.freeze()
        place.hearing.until(lambda: "does not answer" in "".join(place.hearing.reasons))
        server.thaw()
        place.hearing.until(lambda: place.hearing.covered)
        assert "all" in place.hearing.told("all")
        administer(server.uri, "INSERT INTO orders VALUES (1)")
        place.hearing.told("orders")


def test_a_server_that_is_gone_is_tried_again(server: Server) -> None:
    with watched(server.uri) as place:
        place.hearing.until(lambda: place.hearing.covered)
        server.kill()
        place.hearing.until(lambda: "cannot be listened to" in place.hearing.reasons[-1] if place.hearing.reasons else False)
        assert "foz@" not in " ".join(place.hearing.reasons)


def test_triggers_that_come_later_are_found() -> None:
    with start_postgres() as server:
        administer(server.uri, "CREATE TABLE orders (id int)", "CREATE TABLE other (id int)")
        with watched(server.uri) as place:
            place.hearing.until(lambda: any("no triggers" in reason for reason in place.hearing.reasons))
            assert listeners(server.uri) <= 1
            place.store.install(place.tables, Control())
            place.hearing.until(lambda: len(place.hearing.covered) == 2)


def test_where_notifications_do_not_come_through_nothing_is_live(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind a pooler that gives each transaction another server."""
    monkeypatch.setattr(Listening, "_notified", lambda *_: None)
    store, hearing = opened(database), Hearing()
    pace = replace(QUICK, patience=0.5)
    tables = store.introspect(Control()).tables
    watch = PostgresWatch("pg", asyncpg_arguments({"uri": database}, "pg"), tables, hearing, pace)
    hearing.until(lambda: len(hearing.reasons) > 2)
    watch.close()
    store.close()
    assert hearing.lives == 0
    assert "TimeoutError" in hearing.reasons[0]


@pytest.mark.parametrize(
    "connection",
    [
        {"uri": "postgresql://one,two/db"},
        {"host": "one,two", "target_session_attrs": "prefer-standby"},
        {"uri": "postgresql://one:1,two:2/db?target_session_attrs=any"},
    ],
)
def test_several_servers_are_not_listened_to(connection: dict[str, str]) -> None:
    hearing = Hearing()
    store = PostgresStore(StoreConfig("pg", "postgres", connection))
    store.watch((), hearing).close()
    store.close()
    assert "different servers" in hearing.reasons[0]


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        ({"host": "h", "port": 5, "user": "u", "password": "p@/", "db": "d"}, "postgresql://u:p%40%2F@h:5/d?"),
        ({"host": "::1", "connect_timeout": 3, "gssencmode": "disable", "tcp_user_timeout": 1}, "postgresql://[::1]/?"),
        ({"uri": "postgresql://h/d?sslmode=require&keepalives=1"}, "postgresql://h/d?sslmode=require"),
        ({"host": "h", "gssencmode": "require", "options": "-c x=y"}, "postgresql://h/?gssencmode=require&options=-c%20x%3Dy"),
        (
            {"uri": "postgresql://one:1,two:2/d?target_session_attrs=primary"},
            "postgresql://one:1,two:2/d?target_session_attrs=primary",
        ),
    ],
)
def test_asyncpg_connects_to_the_same(connection: dict[str, str], expected: str) -> None:
    assert asyncpg_arguments(connection, "pg")["dsn"] == expected
