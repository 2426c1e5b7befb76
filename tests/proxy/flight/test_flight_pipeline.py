"""The drivers against a whole Foz: the real pipeline over PostgreSQL, SQLite and a CSV file."""

from __future__ import annotations

import datetime
import hashlib
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import adbc_driver_flightsql
import adbc_driver_flightsql.dbapi as dbapi
import adbc_driver_postgresql.dbapi as postgres
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.flight as flight
import pytest

from proxy.application import Application, build
from proxy.flight import FlightServer
from proxy.settings import load
from tests.proxy.flight.serving import assert_nothing_internal, calling, command, prepare

AUTHORIZATION = adbc_driver_flightsql.DatabaseOptions.AUTHORIZATION_HEADER.value


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("sources")
    with sqlite3.connect(directory / "crm.db") as database:
        database.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, country TEXT)")
        database.executemany(
            "INSERT INTO customers VALUES (?, ?, ?)", [(n, f"n{n}", "PT" if n % 2 else "DE") for n in range(1, 11)]
        )
    database.close()
    (directory / "files").mkdir()
    (directory / "files" / "rates.csv").write_text("country,rate\nPT,1.5\nDE,2.5\n")
    return directory


@pytest.fixture(scope="module")
def foz(directory: Path, postgres_uri: str) -> Iterator[Application]:
    with postgres.connect(postgres_uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, total numeric(12,2), placed date)")
        cursor.execute(
            "INSERT INTO orders SELECT n, n % 10 + 1, n / 4.0, DATE '2024-01-01' + n::int FROM generate_series(1, 1000) n"
        )
    document = {
        "sources": [
            {"id": "shop", "type": "postgres", "connection": {"uri": postgres_uri}},
            {"id": "crm", "type": "sqlite", "connection": {"path": str(directory / "crm.db")}},
            {"id": "lake", "type": "files", "connection": {"path": str(directory / "files")}},
        ],
        "tokens": [
            {"name": "all", "sha256": hashlib.sha256(b"all").hexdigest(), "grants": ["*.*"]},
            {"name": "crm", "sha256": hashlib.sha256(b"crm").hexdigest(), "grants": ["crm.*"]},
        ],
    }
    with build(load(None, {}, **document), {}) as application:
        application.start()
        yield application


@pytest.fixture(scope="module")
def uri(foz: Application) -> Iterator[str]:
    server = FlightServer("127.0.0.1:0", foz.asking, foz.cache, foz.catalog.snapshot, foz.authenticate)
    yield f"grpc://127.0.0.1:{server.port}"
    assert server.stop()


@pytest.fixture
def connection(uri: str) -> Iterator[dbapi.Connection]:
    with dbapi.connect(uri, db_kwargs={AUTHORIZATION: "Bearer all"}, autocommit=True) as connected:
        yield connected


@pytest.fixture
def client(uri: str) -> Iterator[flight.FlightClient]:
    with flight.connect(uri) as connected:
        yield connected


ALL = calling(authorization="Bearer all")

JOINED = """
SELECT c.name, r.rate, sum(o.total) AS total FROM shop.orders o JOIN crm.customers c ON c.id = o.customer_id
JOIN lake.rates r ON r.country = c.country WHERE o.id <= ? GROUP BY ALL ORDER BY c.name LIMIT 2
"""


def test_a_query_over_three_sources(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(JOINED, (20,))
        assert cursor.fetchall() == [("n1", 1.5, Decimal("7.50")), ("n10", 2.5, Decimal("7.00"))]
        cursor.execute(JOINED, (10,))
        assert cursor.fetchall() == [("n1", 1.5, Decimal("2.50")), ("n10", 2.5, Decimal("2.25"))]


def test_pandas_and_polars(connection: dbapi.Connection) -> None:
    frame = pd.read_sql("SELECT id, total FROM shop.orders WHERE id < 4 ORDER BY id", connection)
    assert frame["id"].tolist() == [1, 2, 3]
    rows = pl.read_database("SELECT country, count(*) AS n FROM crm.customers GROUP BY ALL ORDER BY ALL", connection).rows()
    assert rows == [("DE", 5), ("PT", 5)]


def test_the_catalogue(connection: dbapi.Connection) -> None:
    catalogs = {catalog["catalog_name"] for catalog in connection.adbc_get_objects(depth="all").read_all().to_pylist()}
    assert catalogs == {"shop", "crm", "lake"}
    schema = connection.adbc_get_table_schema("orders", catalog_filter="shop", db_schema_filter="public")
    assert schema.types == [pa.int64(), pa.int64(), pa.decimal128(12, 2), pa.date32()]


def test_parameter_types_come_from_the_query(client: flight.FlightClient) -> None:
    result = prepare(client, "SELECT id FROM shop.orders WHERE id = ? AND placed > ? AND total < ?", ALL)
    schema = pa.ipc.read_schema(pa.py_buffer(result.parameter_schema))
    assert schema.types == [pa.int64(), pa.date32(), pa.decimal128(12, 2)]
    assert pa.ipc.read_schema(pa.py_buffer(result.dataset_schema)) == pa.schema([("id", pa.int64())])


VALUES: list[Any] = [
    None, True, 42, -(2**63), 2.5, float("-inf"), "naïve ☕ ' \" \\", "", b"\x00\xff'", datetime.date(1066, 10, 14),
    datetime.time(23, 59, 59, 999999), datetime.datetime(2262, 4, 12, 1, 2, 3, 4),
    datetime.datetime(1969, 12, 31, tzinfo=datetime.UTC),
    Decimal("-12345678901234567890.123456789"), [1, None, 3], ["a'b", None], [b"\xff"], {"a": 1, "b c": "x"}, [[1], []],
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_bound_value_comes_back(connection: dbapi.Connection, value: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ? AS it", (value,))
        assert cursor.fetchone()[0] == value


@pytest.mark.parametrize(
    ("type", "value", "text"),
    [
        (pa.timestamp("ns"), 1, "1970-01-01 00:00:00.000000001"),
        (pa.month_day_nano_interval(), pa.MonthDayNano([14, 3, 5000]), "1 year 2 months 3 days 00:00:00.000005"),
        (pa.duration("ms"), 90_000, "00:01:30"),
        (pa.map_(pa.string(), pa.int32()), [("k", 1)], "{k=1}"),
        (pa.uuid(), b"\x12" * 16, "12121212-1212-1212-1212-121212121212"),
        (pa.dictionary(pa.int8(), pa.string()), "x", "x"),
        (pa.date64(), datetime.date(2024, 2, 29), "2024-02-29"),
    ],
    ids=lambda value: str(value) if isinstance(value, pa.DataType) else "",
)
def test_a_value_of_each_uncommon_type(connection: dbapi.Connection, type: pa.DataType, value: Any, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(? AS VARCHAR)", pa.RecordBatch.from_arrays([pa.array([value], type)], ["0"]))
        assert cursor.fetchone() == (text,)


def test_a_cast_right_after_a_parameter(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ?::BIGINT + 1 AS it", (41,))
        assert cursor.fetchall() == [(42,)]


@pytest.mark.parametrize("sql", ["SELECT ?", "SELECT $1 + $1", "SELECT $name"])
@pytest.mark.parametrize("count", [0, 2])
def test_a_parameter_too_few_or_too_many(connection: dbapi.Connection, sql: str, count: int) -> None:
    with connection.cursor() as cursor, pytest.raises(dbapi.Error, match=r"\[request.invalid\]"):
        cursor.execute(sql, tuple(range(count)) or None)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELEC 1", "sql.syntax"),
        ("SELECT * FROM shop.ordrs", "sql.unknown_table"),
        ("SELECT totl FROM shop.orders", "sql.unknown_column"),
        ("SELECT 'a'::INTEGER", "sql.type"),
        ("INSERT INTO shop.orders VALUES (1)", "sql.unsupported"),
        ("SELECT * FROM read_text('/etc/passwd')", "sql.unsupported"),
        ("SELECT '" + "x" * 10_000_000 + "'", r"[a-z]+\.[a-z]+"),
    ],
    ids=lambda value: value[:30],
)
def test_errors(connection: dbapi.Connection, sql: str, code: str) -> None:
    with connection.cursor() as cursor:
        with pytest.raises(dbapi.Error, match=rf"\[{code}\] ") as raised:
            run_to_the_end(cursor, sql)
        assert_nothing_internal(str(raised.value))
        cursor.execute("SELECT 1")
        assert cursor.fetchall() == [(1,)]


def run_to_the_end(cursor: dbapi.Cursor, sql: str) -> None:
    cursor.execute(sql)
    cursor.fetchall()


def test_a_table_of_others_does_not_exist(uri: str) -> None:
    with (
        dbapi.connect(uri, db_kwargs={AUTHORIZATION: "Bearer crm"}, autocommit=True) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT count(*) FROM crm.customers")
        assert cursor.fetchall() == [(10,)]
        with pytest.raises(dbapi.Error, match=r"\[sql.unknown_table\]"):
            cursor.execute("SELECT count(*) FROM shop.orders")
        objects = connection.adbc_get_objects(depth="all").read_all()
        assert objects["catalog_name"].to_pylist() == ["crm"]


def test_explain(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN SELECT id FROM shop.orders WHERE id = 3")
        assert "shop" in str(cursor.fetchall())


def test_any_size(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT a.id, b.id AS other FROM shop.orders a, range(100) b(id)")
        assert cursor.fetch_arrow_table().num_rows == 100_000
        cursor.execute("SELECT repeat('x', 4000000) AS wide FROM range(3)")
        assert [len(row[0]) for row in cursor.fetchall()] == [4_000_000] * 3
        cursor.execute("SELECT id FROM shop.orders WHERE id < 0")
        assert cursor.fetch_arrow_table().schema == pa.schema([("id", pa.int64())])


SLOW = "SELECT count(*) FROM shop.orders a, shop.orders b, shop.orders c, shop.orders d WHERE a.id + b.id + c.id + d.id = 7"


def test_a_cancel_ends_the_query(foz: Application, client: flight.FlightClient) -> None:
    info = client.get_flight_info(command("CommandStatementQuery", query=SLOW), ALL)
    (query,) = foz.asking._queries.all()  # type: ignore[attr-defined]
    reader = client.do_get(info.endpoints[0].ticket, ALL)
    while query.state == "pending":
        assert not query.done.wait(0.005)
    reader.cancel()
    assert query.done.wait(30)
    assert query.state == "cancelled"


def test_a_timeout_has_its_code(client: flight.FlightClient) -> None:
    options = calling(authorization="Bearer all", x_foz_timeout_ms="200")
    info = client.get_flight_info(command("CommandStatementQuery", query=SLOW), options)
    with pytest.raises(flight.FlightTimedOutError, match=r"\[query.timeout\]"):
        client.do_get(info.endpoints[0].ticket, options).read_all()
