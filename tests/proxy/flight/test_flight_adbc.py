"""The real drivers: ADBC as people use it, and pandas and polars over it."""

from __future__ import annotations

import datetime
import threading
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import adbc_driver_flightsql
import adbc_driver_flightsql.dbapi as dbapi
import adbc_driver_manager
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.proxy.flight.serving import Running, Serve, assert_nothing_internal, authenticate

HEADER = adbc_driver_flightsql.DatabaseOptions.RPC_CALL_HEADER_PREFIX.value
AUTHORIZATION = adbc_driver_flightsql.DatabaseOptions.AUTHORIZATION_HEADER.value


@pytest.fixture
def connection(running: Running) -> Iterator[dbapi.Connection]:
    with dbapi.connect(running.uri, autocommit=True) as connected:
        yield connected


def test_it_connects_without_any_option(running: Running) -> None:
    with pytest.warns(Warning, match="Cannot disable autocommit"):
        connection = dbapi.connect(running.uri)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 AS one")
        assert cursor.fetchall() == [(1,)]
        assert cursor.description[0][0] == "one"
        connection.commit()


def test_a_cursor_is_used_again(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        for number in range(20):
            cursor.execute(f"SELECT {number} AS n")
            assert cursor.fetchone() == (number,)


@pytest.mark.parametrize("rows", [0, 1, 8192, 100_000])
def test_answers_of_any_size(connection: dbapi.Connection, rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT range AS i, range::VARCHAR AS s FROM range({rows})")
        table = cursor.fetch_arrow_table()
    assert table.num_rows == rows
    assert table.schema == pa.schema([("i", pa.int64()), ("s", pa.string())])
    assert table["i"].to_pylist() == list(range(rows))


def test_rows_wider_than_three_mebibytes(running: Running, connection: dbapi.Connection) -> None:
    running.asking.rows_per_batch = 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT repeat('x', 4000000) AS wide FROM range(5)")
        assert [len(row[0]) for row in cursor.fetchall()] == [4_000_000] * 5


VALUES: list[Any] = [
    None,
    True,
    42,
    -(2**63),
    2.5,
    float("inf"),
    "naïve ☕ ' \" \\",
    "",
    b"\x00\xff",
    datetime.date(1066, 10, 14),
    datetime.time(23, 59, 59, 999999),
    datetime.datetime(2262, 4, 12, 1, 2, 3, 4),
    datetime.datetime(1969, 12, 31, tzinfo=datetime.UTC),
    Decimal("-12345678901234567890.123456789"),
    datetime.timedelta(days=3, microseconds=7),
    [1, None, 3],
    {"a": 1, "b": "x"},
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_bound_value_comes_back(connection: dbapi.Connection, value: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ? AS it", (value,))
        found = cursor.fetchone()[0]
    if isinstance(value, datetime.timedelta):
        found = datetime.timedelta(days=found.days, microseconds=found.nanoseconds // 1000)
    assert found == value


def test_a_bound_uuid_as_text(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        wanted = uuid.uuid4()
        cursor.execute("SELECT ?::UUID AS it", (str(wanted),))
        assert cursor.fetchone() == (str(wanted),)


def test_named_parameters(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT $b::BIGINT - $a::BIGINT AS it", pa.record_batch({"a": [1], "b": [10]}))
        assert cursor.fetchone() == (9,)


def test_the_parameter_schema(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        schema = cursor.adbc_prepare("SELECT ?::BIGINT, ?::DECIMAL(12,2), ?::DATE")
        assert schema.types == [pa.int64(), pa.decimal128(12, 2), pa.date32()]
        assert cursor.adbc_execute_schema("SELECT 1 AS x, 'a' AS y") == pa.schema([("x", pa.int32()), ("y", pa.string())])


def test_objects_and_info(connection: dbapi.Connection) -> None:
    catalogs = {catalog["catalog_name"]: catalog for catalog in connection.adbc_get_objects(depth="all").read_all().to_pylist()}
    assert set(catalogs) == {"shop", "crm"}
    schemas = {schema["db_schema_name"]: schema["db_schema_tables"] for schema in catalogs["shop"]["catalog_db_schemas"]}
    assert set(schemas) == {"public", "audit"}
    orders = next(table for table in schemas["public"] if table["table_name"] == "orders")
    assert [column["column_name"] for column in orders["table_columns"]] == ["id", "customer_id", "total", "tags"]
    assert connection.adbc_get_info()["vendor_name"] == "Foz"
    assert connection.adbc_get_table_types() == ["TABLE", "VIEW"]
    schema = connection.adbc_get_table_schema("orders", catalog_filter="shop", db_schema_filter="public")
    assert schema.field("total").type == pa.decimal128(12, 2)


def test_partitions_are_read_elsewhere(running: Running, connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        partitions, schema = cursor.adbc_execute_partitions("SELECT 7 AS seven")
    assert schema == pa.schema([("seven", pa.int32())])
    with dbapi.connect(running.uri, autocommit=True) as other, other.cursor() as cursor:
        cursor.adbc_read_partition(partitions[0])
        assert cursor.fetchall() == [(7,)]


@pytest.mark.parametrize(
    ("sql", "code"),
    [("SELEC 1", "sql.syntax"), ("SELECT nothing", "sql.unsupported"), ("INSERT INTO t VALUES (1)", "sql.unsupported")],
)
def test_errors_carry_the_code_and_nothing_internal(connection: dbapi.Connection, sql: str, code: str) -> None:
    with connection.cursor() as cursor, pytest.raises(dbapi.Error) as raised:
        cursor.execute(sql)
    assert f"[{code}] " in str(raised.value)
    assert "(request r_" in str(raised.value)
    assert_nothing_internal(str(raised.value))


def test_a_defect_of_the_server_says_nothing_of_it(running: Running, connection: dbapi.Connection) -> None:
    def fail(answer: Any) -> None:
        answer.error = RuntimeError("password=hunter2 at /srv/foz/pipeline.py")

    running.asking.spoil = fail
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM range(100000)")
        with pytest.raises(dbapi.Error) as raised:
            cursor.fetchall()
    assert "[server.internal] " in str(raised.value)
    assert "hunter2" not in str(raised.value)
    assert_nothing_internal(str(raised.value))


def test_writes_and_transactions_are_refused(running: Running, connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        with pytest.raises(dbapi.Error, match=r"\[sql.unsupported\]"):
            cursor.executemany("SELECT ?", [(1,), (2,)])
        with pytest.raises(dbapi.Error, match=r"\[sql.unsupported\]|(?i:not implemented|not support)"):
            cursor.adbc_ingest("t", pa.table({"a": [1]}), mode="create")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchall() == [(1,)]


def test_a_cancel_reaches_the_answer(running: Running, connection: dbapi.Connection) -> None:
    begun = threading.Event()

    def block(answer: Any) -> None:
        answer.blocks = True
        answer.begun = begun

    running.asking.spoil = block
    with connection.cursor() as cursor:

        def cancel() -> None:
            begun.wait()
            cursor.adbc_cancel()

        canceller = threading.Thread(target=cancel)
        canceller.start()
        cursor.execute("SELECT 1")
        with pytest.raises(dbapi.Error):
            cursor.fetchall()
        canceller.join()
    (answer,) = running.asking.answers.values()
    assert answer.closed.wait(10)


@pytest.mark.parametrize("options", [{"username": "anybody", "password": "token-of-ana"}, {AUTHORIZATION: "Bearer token-of-ana"}])
def test_tokens(serve: Serve, options: dict[str, str]) -> None:
    running = serve(authenticate=authenticate)
    with dbapi.connect(running.uri, db_kwargs=options, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchall() == [(1,)]
        assert {request.caller.name for request in running.asking.requests} == {"ana"}
        catalogs = connection.adbc_get_objects(depth="catalogs").read_all()
        assert catalogs["catalog_name"].to_pylist() == ["shop"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "auth.missing"),
        ({"username": "ana", "password": "wrong"}, "auth.denied"),
        ({AUTHORIZATION: "Bearer x"}, "auth.denied"),
    ],
)
def test_without_a_good_token_nothing(serve: Serve, options: dict[str, str], code: str) -> None:
    running = serve(authenticate=authenticate)
    with (
        pytest.raises(adbc_driver_manager.Error, match=rf"\[{code}\]"),
        dbapi.connect(running.uri, db_kwargs=options, autocommit=True) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 1")


def test_session_options_with_cookies(running: Running) -> None:
    cookies = {adbc_driver_flightsql.DatabaseOptions.WITH_COOKIE_MIDDLEWARE.value: "true"}
    option = adbc_driver_flightsql.ConnectionOptions.OPTION_SESSION_OPTION_PREFIX.value
    with dbapi.connect(running.uri, db_kwargs=cookies, autocommit=True) as connection:
        connection.adbc_connection.set_options(**{option + "dialect": "postgres", option + "timeoutMs": "1500"})
        connection.adbc_connection.set_options(**{"adbc.connection.catalog": "shop", "adbc.connection.db_schema": "public"})
        assert connection.adbc_current_catalog == "shop"
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchall()
        with pytest.raises(dbapi.Error):
            connection.adbc_connection.set_options(**{option + "dialect": "klingon"})
    request = running.asking.requests[-1]
    assert (request.dialect, request.timeout_ms, request.catalog, request.schema) == ("postgres", 1500, "shop", "public")


def test_options_as_headers(running: Running) -> None:
    headers = {HEADER + "x-foz-mode": "sync", HEADER + "x-foz-cache": "bypass", HEADER + "x-request-id": "mine"}
    with dbapi.connect(running.uri, db_kwargs=headers, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    request = running.asking.requests[-1]
    assert (request.mode, request.cache, request.request_id, request.protocol) == ("sync", "bypass", "mine", "flight")


def test_pandas(connection: dbapi.Connection) -> None:
    frame = pd.read_sql("SELECT range AS i, 'a' AS s FROM range(3)", connection)
    assert frame.to_dict("list") == {"i": [0, 1, 2], "s": ["a", "a", "a"]}


def test_polars(connection: dbapi.Connection) -> None:
    frame = pl.read_database("SELECT range AS i, 1.5::DECIMAL(5,2) AS d FROM range(3)", connection)
    assert frame.rows() == [(number, Decimal("1.50")) for number in range(3)]
