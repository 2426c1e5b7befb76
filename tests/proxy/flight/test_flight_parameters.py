"""Parameters of every Arrow type: the value and the DuckDB type that they become, and what DuckDB makes of the two."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import RequestInvalid
from planner.literals import render
from proxy.flight.parameters import parameter, parameter_type, parameters_of

UUID = uuid.UUID("12345678-1234-5678-1234-567812345678")
UTC = datetime.UTC

CASES: list[tuple[Any, pa.DataType, Any, str]] = [
    (None, pa.null(), None, '"NULL"'),
    (None, pa.int64(), None, "BIGINT"),
    (True, pa.bool_(), True, "BOOLEAN"),
    (-128, pa.int8(), -128, "TINYINT"),
    (-1, pa.int16(), -1, "SMALLINT"),
    (-1, pa.int32(), -1, "INTEGER"),
    (2**63 - 1, pa.int64(), 2**63 - 1, "BIGINT"),
    (255, pa.uint8(), 255, "UTINYINT"),
    (1, pa.uint16(), 1, "USMALLINT"),
    (1, pa.uint32(), 1, "UINTEGER"),
    (2**64 - 1, pa.uint64(), 2**64 - 1, "UBIGINT"),
    (1.5, pa.float16(), 1.5, "FLOAT"),
    (1.5, pa.float32(), 1.5, "FLOAT"),
    (1e308, pa.float64(), 1e308, "DOUBLE"),
    (float("-inf"), pa.float64(), float("-inf"), "DOUBLE"),
    ("é'", pa.string(), "é'", "VARCHAR"),
    ("x", pa.large_string(), "x", "VARCHAR"),
    ("x", pa.string_view(), "x", "VARCHAR"),
    (b"\x00\xff", pa.binary(), b"\x00\xff", "BLOB"),
    (b"x", pa.large_binary(), b"x", "BLOB"),
    (b"x", pa.binary_view(), b"x", "BLOB"),
    (b"xyz", pa.binary(3), b"xyz", "BLOB"),
    (Decimal("1.50"), pa.decimal32(5, 2), Decimal("1.50"), "DECIMAL(5,2)"),
    (Decimal("-1.50"), pa.decimal64(12, 2), Decimal("-1.50"), "DECIMAL(12,2)"),
    (Decimal(5), pa.decimal128(38, 0), Decimal(5), "DECIMAL(38,0)"),
    (Decimal("1.5"), pa.decimal256(50, 1), Decimal("1.5"), "DECIMAL(38,1)"),
    (Decimal("1200"), pa.decimal128(5, -2), Decimal("12E+2"), "DECIMAL(7,0)"),
    (datetime.date(1, 1, 1), pa.date32(), datetime.date(1, 1, 1), "DATE"),
    (datetime.date(1969, 12, 31), pa.date64(), datetime.date(1969, 12, 31), "DATE"),
    (datetime.time(1, 2, 3), pa.time32("s"), datetime.time(1, 2, 3), "TIME"),
    (datetime.time(1, 2, 3, 4000), pa.time32("ms"), datetime.time(1, 2, 3, 4000), "TIME"),
    (datetime.time(23, 59, 59, 999999), pa.time64("us"), datetime.time(23, 59, 59, 999999), "TIME"),
    (datetime.time(1, 2, 3, 4), pa.time64("ns"), datetime.time(1, 2, 3, 4), "TIME"),
    (datetime.datetime(1969, 1, 1), pa.timestamp("s"), datetime.datetime(1969, 1, 1), "TIMESTAMP_S"),
    (datetime.datetime(1969, 1, 1, 0, 0, 0, 1000), pa.timestamp("ms"), datetime.datetime(1969, 1, 1, 0, 0, 0, 1000),
     "TIMESTAMP_MS"),
    (datetime.datetime(9999, 1, 1, 0, 0, 0, 1), pa.timestamp("us"), datetime.datetime(9999, 1, 1, 0, 0, 0, 1), "TIMESTAMP"),
    (1, pa.timestamp("ns"), "1970-01-01 00:00:00.000000001", "TIMESTAMP_NS"),
    (-1000, pa.timestamp("ns"), datetime.datetime(1969, 12, 31, 23, 59, 59, 999999), "TIMESTAMP_NS"),
    (0, pa.timestamp("us", "Europe/Lisbon"), datetime.datetime(1970, 1, 1, tzinfo=UTC), "TIMESTAMP WITH TIME ZONE"),
    (0, pa.timestamp("ns", "UTC"), datetime.datetime(1970, 1, 1, tzinfo=UTC), "TIMESTAMP WITH TIME ZONE"),
    (datetime.timedelta(days=-1, microseconds=5), pa.duration("us"), datetime.timedelta(days=-1, microseconds=5), "INTERVAL"),
    (90, pa.duration("s"), datetime.timedelta(seconds=90), "INTERVAL"),
    (pa.MonthDayNano([0, 3, 5000]), pa.month_day_nano_interval(), datetime.timedelta(days=3, microseconds=5), "INTERVAL"),
    (pa.MonthDayNano([14, -3, 0]), pa.month_day_nano_interval(), "14 months -3 days 0 microseconds", "INTERVAL"),
    ([1, None], pa.list_(pa.int32()), [1, None], "INTEGER[]"),
    ([[1], None], pa.large_list(pa.list_(pa.int8())), [[1], None], "TINYINT[][]"),
    ([1, 2], pa.list_(pa.int8(), 2), [1, 2], "TINYINT[]"),
    ([1, 2], pa.list_view(pa.int8()), [1, 2], "TINYINT[]"),
    ([1, 2], pa.large_list_view(pa.int8()), [1, 2], "TINYINT[]"),
    ([], pa.list_(pa.string()), [], "VARCHAR[]"),
    ({"a b": 1, "c": [None]}, pa.struct([("a b", pa.int32()), ("c", pa.list_(pa.date32()))]), {"a b": 1, "c": [None]},
     'STRUCT("a b" INTEGER, "c" DATE[])'),
    ([("k", 1)], pa.map_(pa.string(), pa.int32()), [("k", 1)], "MAP(VARCHAR, INTEGER)"),
    ("x", pa.dictionary(pa.int8(), pa.string()), "x", "VARCHAR"),
    (UUID.bytes, pa.uuid(), UUID, "UUID"),
]  # fmt: skip


@pytest.mark.parametrize(("given_value", "type", "value", "sql"), CASES, ids=[str(case[1]) for case in CASES])
def test_each_arrow_type(given_value: Any, type: pa.DataType, value: Any, sql: str) -> None:
    found = parameter(pa.array([given_value], type)[0])
    assert (found.value, found.type) == (value, sql)
    rendered = duckdb.sql(f"SELECT ({render(found.value, found.type)}) IS NULL")
    assert rendered.fetchall() == [(given_value is None,)]


def test_a_run_end_encoded_value() -> None:
    array = pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array(["x"]))
    assert (parameter(array[0]).value, parameter_type(array.type)) == ("x", "VARCHAR")


@pytest.mark.parametrize(
    "array",
    [
        pa.array([1], pa.timestamp("ns", "UTC")),
        pa.array([1], pa.time64("ns")),
        pa.array([1], pa.duration("ns")),
        pa.array([2**62], pa.timestamp("s")),
        pa.array([Decimal(10) ** 45], pa.decimal256(50, 0)),
        pa.array([2**31 - 1], pa.int32()).view(pa.date32()),
    ],
    ids=lambda array: str(array.type),
)
def test_what_does_not_fit_is_refused_without_its_value(array: pa.Array) -> None:
    with pytest.raises(RequestInvalid, match="parameter 1") as raised:
        parameters_of(pa.record_batch([array], names=["p"]))
    assert raised.value.__cause__ is None


def test_types_without_a_counterpart() -> None:
    union = pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])
    twice = pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], names=["a", "A"])
    for array in (union, twice):
        with pytest.raises(RequestInvalid, match="has no SQL type"):
            parameters_of(pa.record_batch([array], names=["p"]))


def test_unsound_buffers_are_refused() -> None:
    offsets = b"".join(offset.to_bytes(4, "little") for offset in (0, 10**6, 1))
    broken = pa.StringArray.from_buffers(2, pa.py_buffer(offsets), pa.py_buffer(b"x"))
    with pytest.raises(RequestInvalid, match="not a sound Arrow batch"):
        parameters_of(pa.RecordBatch.from_arrays([broken], ["p"]))
    invalid = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe"))
    with pytest.raises(RequestInvalid):
        parameters_of(pa.RecordBatch.from_arrays([invalid], ["p"]))


@given(
    st.one_of(
        st.integers(-(2**63), 2**63 - 1).map(lambda value: pa.scalar(value, pa.int64())),
        st.floats(allow_nan=False).map(lambda value: pa.scalar(value, pa.float64())),
        st.text(st.characters(exclude_characters="\0", codec="utf-8")).map(lambda value: pa.scalar(value, pa.string())),
        st.binary().map(lambda value: pa.scalar(value, pa.binary())),
        st.datetimes().map(lambda value: pa.scalar(value, pa.timestamp("us"))),
        st.dates().map(lambda value: pa.scalar(value, pa.date32())),
        st.times().map(lambda value: pa.scalar(value, pa.time64("us"))),
        st.decimals(-(10**9), 10**9, places=4).map(lambda value: pa.scalar(value, pa.decimal128(20, 4))),
        st.lists(st.one_of(st.none(), st.integers(-100, 100))).map(lambda value: pa.scalar(value, pa.list_(pa.int8()))),
    )
)
def test_a_value_survives_the_way_to_duckdb(scalar: pa.Scalar) -> None:
    found = parameter(scalar)
    assert duckdb.sql(f"SELECT {render(found.value, found.type)} AS it").fetchall() == [(scalar.as_py(),)]
