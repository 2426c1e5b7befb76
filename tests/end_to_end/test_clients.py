"""pandas and polars over the ADBC driver: values and types out, parameters of every type in."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import adbc_driver_flightsql
import adbc_driver_flightsql.dbapi as dbapi
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.end_to_end.asking import bearer
from tests.end_to_end.world import ORDERS, ROOT, World

JOINED = """
SELECT c.country, count(*) AS n, sum(o.total) AS total, min(o.placed) AS first, avg(o.id) AS mean, c.address.city AS city
FROM shop.orders o JOIN crm.customers c ON c._id = o.customer_id WHERE o.id <= 20 GROUP BY ALL ORDER BY city LIMIT 2
"""


@pytest.fixture
def connection(world: World) -> Iterator[dbapi.Connection]:
    options = {adbc_driver_flightsql.DatabaseOptions.AUTHORIZATION_HEADER.value: bearer(ROOT)["authorization"]}
    with dbapi.connect(world.flight, db_kwargs=options, autocommit=True) as connected:
        yield connected


def test_pandas(connection: dbapi.Connection) -> None:
    frame = pd.read_sql(JOINED, connection)
    assert frame.to_dict("records") == [
        {"country": "PT", "n": 2, "total": Decimal("7.50"), "first": datetime.date(2024, 1, 11), "mean": 15.0, "city": "city 1"},
        {"country": "DE", "n": 2, "total": Decimal("7.00"), "first": datetime.date(2024, 1, 10), "mean": 14.0, "city": "city 10"},
    ]
    assert frame["n"].dtype == "int64"
    assert frame["mean"].dtype == "float64"
    limited = pd.read_sql("SELECT id FROM shop.orders ORDER BY id DESC LIMIT 3", connection)
    assert limited["id"].tolist() == [ORDERS, ORDERS - 1, ORDERS - 2]


def test_polars(connection: dbapi.Connection) -> None:
    frame = pl.read_database(JOINED, connection)
    assert frame.schema == {
        "country": pl.String, "n": pl.Int64, "total": pl.Decimal(38, 2), "first": pl.Date, "mean": pl.Float64, "city": pl.String,
    }  # fmt: skip
    assert frame["total"].to_list() == [Decimal("7.50"), Decimal("7.00")]
    nested = pl.read_database("SELECT address, [_id] AS ids FROM crm.customers ORDER BY _id LIMIT 1", connection)
    assert nested.rows() == [({"city": "city 1"}, [1])]
    empty = pl.read_database("SELECT id, total FROM shop.orders WHERE id < 0", connection)
    assert (empty.height, empty.schema) == (0, {"id": pl.Int64, "total": pl.Decimal(12, 2)})
    given = {"execute_options": {"parameters": (3,)}}
    assert pl.read_database("SELECT note FROM shop.orders WHERE id = ?", connection, **given).rows() == [("note 3",)]


VALUES: list[tuple[str, Any]] = [
    ("BOOLEAN", True),
    ("TINYINT", -128),
    ("BIGINT", 2**63 - 1),
    ("HUGEINT", -(2**63)),
    ("DOUBLE", 1.5),
    ("DOUBLE", float("-inf")),
    ("DECIMAL(18,3)", Decimal("-12345.678")),
    ("VARCHAR", "naïve ☃ 'quoted' \"x\" \\ $1 ? -- ;"),
    ("VARCHAR", ""),
    ("BLOB", b"\x00\xff'"),
    ("DATE", datetime.date(1969, 12, 31)),
    ("DATE", datetime.date(9999, 12, 31)),
    ("TIME", datetime.time(23, 59, 59, 999999)),
    ("TIMESTAMP", datetime.datetime(1066, 10, 14, 9, 0, 0, 1)),
    ("TIMESTAMP WITH TIME ZONE", datetime.datetime(2024, 6, 1, 12, tzinfo=datetime.UTC)),
    ("BIGINT[]", [1, None, 3]),
    ("VARCHAR[]", []),
]


@pytest.mark.parametrize(("type", "value"), VALUES)
def test_parameters_come_back_as_they_went(connection: dbapi.Connection, type: str, value: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT CAST(? AS {type}) AS x, CAST(? AS {type}) IS NULL AS n", (value, None))
        assert cursor.fetchall() == [(value, True)]


@pytest.mark.parametrize(
    ("predicate", "value"),
    [
        ("id = ?", 7), ("total = ?", Decimal("1.75")), ("placed = ?", datetime.date(2024, 1, 8)), ("note = ?", "note 7"),
        ("id::DOUBLE = ?", 7.0), ("list_contains(?, id)", [7]), ("placed::TIMESTAMP = ?", datetime.datetime(2024, 1, 8)),
    ],
)  # fmt: skip
def test_parameters_find_their_row(connection: dbapi.Connection, predicate: str, value: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM shop.orders WHERE {predicate}", (value,))
        assert cursor.fetchall() == [(7,)]


def test_a_uuid_goes_as_its_text(connection: dbapi.Connection) -> None:
    value = uuid.UUID("12345678-1234-5678-1234-567812345678")
    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(? AS UUID)::VARCHAR", (str(value),))
        assert cursor.fetchall() == [(str(value),)]


def test_the_result_has_the_schema_that_was_promised(connection: dbapi.Connection) -> None:
    with connection.cursor() as cursor:
        promised = cursor.adbc_execute_schema(JOINED)
        cursor.execute(JOINED)
        assert cursor.fetch_arrow_table().schema == promised
        assert pa.types.is_decimal(promised.field("total").type)
