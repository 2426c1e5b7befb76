"""Each failure of PostgreSQL becomes one of Foz's errors, in words that hold nothing of the statement or the connection."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgres
import pytest

from demo.server import Server
from demo.servers import start_postgres
from planner.errors import FozError, Internal, QueryCancelled, SourceRejected, SourceUnavailable
from planner.plan import Field
from tests.translators.postgres.beside import administer
from translators.base import StoreConfig
from translators.control import Control
from translators.postgres import errors
from translators.postgres.reading import PostgresQuery
from translators.postgres.source import PostgresStore

ONE = [Field("x", "BIGINT")]

TEXTS = [
    ("[libpq] Execution error [PGRES_FATAL_ERROR]: ERROR:  canceling statement due to statement timeout", "query.timeout"),
    ("[libpq] Execution error [PGRES_FATAL_ERROR]: ERROR:  integer out of range", "sql.type"),
    ("[libpq] Execution error [PGRES_FATAL_ERROR]: FEHLER:  Division durch Null", "source.rejected"),
    ("[libpq] Failed to connect: FATAL:  password authentication failed for user \"secret\"", "source.unavailable"),
    ("[libpq] ReadRecord failed at row 0: [libpq] Interval with time value 7200 usec would overflow", "source.data"),
    ("[libpq] server closed the connection unexpectedly", "source.unavailable"),
    ("IO: something. SQLSTATE: 53100", "source.unavailable"),
    ("IO: something. SQLSTATE: 42P01", "source.rejected"),
    ("IO: something. SQLSTATE: 42501", "source.rejected"),
    ("IO: something. SQLSTATE: 25006", "source.rejected"),
    ("IO: something. SQLSTATE: 23505", "source.rejected"),
    ("IO: something. SQLSTATE: 40001", "source.unavailable"),
    ("IO: something. SQLSTATE: 57P01", "source.unavailable"),
    ("IO: something. SQLSTATE: XX001", "source.unavailable"),
]  # fmt: skip

CLASSES = (
    "08",
    "0A",
    "21",
    "22",
    "23",
    "25",
    "26",
    "28",
    "3D",
    "3F",
    "40",
    "42",
    "53",
    "54",
    "55",
    "57",
    "58",
    "72",
    "F0",
    "P0",
    "XX",
)


@pytest.mark.parametrize(("text", "code"), TEXTS)
def test_texts_and_states_are_mapped(text: str, code: str) -> None:
    found = errors.mapped(OSError(text), "pg")
    assert found.code == code
    assert "secret" not in found.message


@pytest.mark.parametrize("state", CLASSES)
def test_no_class_of_errors_is_unmapped(state: str) -> None:
    assert not isinstance(errors.mapped(OSError(f"IO: x. SQLSTATE: {state}999"), "pg"), Internal)


def test_the_querys_own_end_goes_first() -> None:
    control = Control()
    control.cancel()
    assert isinstance(errors.mapped(OSError("canceling statement"), "pg", control), QueryCancelled)


@pytest.fixture
def server() -> Iterator[Server]:
    with start_postgres() as server:
        yield server


def test_a_server_that_dies_in_mid_stream_and_one_that_comes_back(server: Server) -> None:
    store = PostgresStore(StoreConfig("pg", "postgres", {"uri": server.uri}))
    control = Control()
    query = PostgresQuery.plain("SELECT g::int8 FROM generate_series(1, 5000000) g")
    with store.reading(1, control) as reader:
        batches = reader.read(query, ONE, control)
        next(batches)
        server.kill()
        with pytest.raises(SourceUnavailable):
            list(batches)
    with pytest.raises(SourceUnavailable), store.reading(1, control) as reader:
        list(reader.read(query, ONE, control))
    store.close()


def test_rights_and_changed_tables(postgres_uri: str) -> None:
    administer(
        postgres_uri,
        "CREATE TABLE hidden (x int8)",
        "CREATE TABLE open (x int8, y int8)",
        "DROP ROLE IF EXISTS foz_limited",
        "CREATE ROLE foz_limited LOGIN",
        "GRANT SELECT (x) ON open TO foz_limited",
    )
    store = PostgresStore(StoreConfig("pg", "postgres", {"uri": postgres_uri, "user": "foz_limited"}))
    try:
        tables = {table.name: [column.name for column in table.columns] for table in store.introspect(Control()).tables}
        assert tables == {"open": ["x"]}
        for text, said in (("SELECT x FROM public.hidden", "may not"), ("SELECT x FROM public.gone", "Refresh")):
            with pytest.raises(SourceRejected, match=said), store.reading(1, Control()) as reader:
                list(reader.read(PostgresQuery.plain(text), ONE, Control()))
    finally:
        store.close()
        administer(postgres_uri, "DROP OWNED BY foz_limited", "DROP ROLE foz_limited")


def test_a_host_that_does_not_answer_takes_bounded_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connection = {"host": "127.0.0.1", "port": silent.getsockname()[1], "user": "u", "password": "hunter2", "db": "d"}
        store = PostgresStore(StoreConfig("pg", "postgres", connection))
        with pytest.raises(FozError) as caught:
            store.introspect(Control(timeout_ms=1000))
    assert caught.value.code in ("source.unavailable", "query.timeout")
    assert "hunter2" not in caught.value.message


def test_a_wrong_password(server: Server) -> None:
    administer(server.uri, "CREATE ROLE guarded LOGIN PASSWORD 'right'")
    _require_password(server, "guarded")
    store = PostgresStore(StoreConfig("pg", "postgres", {"uri": server.uri, "user": "guarded", "password": "hunter2"}))
    with pytest.raises(SourceUnavailable, match="password") as caught:
        store.introspect(Control())
    assert "hunter2" not in caught.value.message
    store.close()


def _require_password(server: Server, role: str) -> None:
    with postgres.connect(server.uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('hba_file')")
        row = cursor.fetchone()
        assert row is not None
        rules = Path(row[0])
        rules.write_text(f"host all {role} all scram-sha-256\nlocal all {role} scram-sha-256\n{rules.read_text()}")
        cursor.execute("SELECT pg_reload_conf()")
        cursor.fetchall()
