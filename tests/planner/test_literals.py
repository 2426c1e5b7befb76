"""A bound value, written as SQL, is the same value of the same type in DuckDB."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.errors import RequestInvalid
from planner.literals import render

VALUES: list[tuple[Any, str]] = [
    (None, "INTEGER"),
    (True, "BOOLEAN"),
    (5, "INTEGER"),
    (-5, "INTEGER"),
    (-(2**63), "BIGINT"),
    (2**63 - 1, "BIGINT"),
    (2**64 - 1, "UBIGINT"),
    (1.5, "DOUBLE"),
    (1e300, "DOUBLE"),
    (-0.0, "DOUBLE"),
    (math.inf, "DOUBLE"),
    (-math.inf, "DOUBLE"),
    (Decimal("12.30"), "DECIMAL(12,2)"),
    (Decimal("-99999999999999999999999999999999999.999"), "DECIMAL(38,3)"),
    ("O'Hara \\ \" é 日本", "VARCHAR"),
    ("", "VARCHAR"),
    (b"\x00\xff'a", "BLOB"),
    (date(1, 1, 1), "DATE"),
    (date(9999, 12, 31), "DATE"),
    (datetime(1969, 12, 31, 23, 59, 59, 999999), "TIMESTAMP"),
    (time(1, 2, 3, 4), "TIME"),
    (timedelta(days=-3, seconds=5, microseconds=7), "INTERVAL"),
    (UUID(int=7), "UUID"),
    ([1, None, 3], "BIGINT[]"),
    ([], "VARCHAR[]"),
    ({"a": 1, "b'": "x"}, 'STRUCT(a INTEGER, "b\'" VARCHAR)'),
]


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@pytest.mark.parametrize(("value", "type"), VALUES, ids=lambda value: str(value)[:30])
def test_a_value_comes_back(connection: duckdb.DuckDBPyConnection, value: Any, type: str) -> None:
    row = connection.execute(f"SELECT v, typeof(v) FROM (SELECT {render(value, type)} AS v)").fetchone()
    assert row is not None
    assert row[0] == value
    assert row[1].replace(", ", ",") == type.replace(", ", ",")


def test_nan_and_zones(connection: duckdb.DuckDBPyConnection) -> None:
    assert math.isnan(connection.execute(f"SELECT {render(math.nan, 'DOUBLE')}").fetchone()[0])  # type: ignore[index]
    moment = datetime(2020, 1, 1, 12, tzinfo=UTC)
    text = render(moment, "TIMESTAMP WITH TIME ZONE")
    assert connection.execute(f"SELECT epoch_us({text})").fetchone() == (int(moment.timestamp() * 1e6),)


@given(st.text())
def test_a_text_stays_a_text(text: str) -> None:
    if "\0" in text:
        with pytest.raises(RequestInvalid):
            render(text, "VARCHAR")
        return
    assert render(text, "VARCHAR")[1:-1].replace("''", "'") == text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**15), max_value=10**15))
def test_a_decimal_keeps_its_digits(connection: duckdb.DuckDBPyConnection, value: Decimal) -> None:
    assert connection.execute(f"SELECT {render(value, 'DECIMAL(38,3)')}").fetchone() == (value,)
