"""BSON to Arrow: exact values and types, and no value that does not fit passes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from typing import Any
from uuid import UUID

import bson
import pyarrow as pa
import pytest
from bson import Binary, Code, Int64, MaxKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128
from hypothesis import given
from hypothesis import strategies as st

from translators.mongo.decode import Reading, batch
from translators.mongo.layout import Malformed, Raw, documents
from translators.mongo.types import Shape, array, declared, plain

Misfit = tuple[str, list[int], list[int]]


def read(rows: Sequence[Mapping[str, Any]], path: str, shape: Shape) -> tuple[pa.Array, list[Misfit]]:
    found: list[Misfit] = []
    data = b"".join(bson.encode(row) for row in rows)
    readings = [Reading(tuple(path.split(".")), shape)]
    misfits = lambda path, rows, types, type: found.append((path, rows.tolist(), types.tolist()))  # noqa: E731
    result = batch(Raw.of(data), documents(data), readings, misfits)[0]
    result.validate(full=True)
    return result, found


OID = ObjectId("64b000000000000000000001")
FITTING: list[tuple[str, list[Any], list[Any]]] = [
    ("BOOLEAN", [True, False, None], [True, False, None]),
    ("TINYINT", [127, -128, Int64(5)], [127, -128, 5]),
    ("INTEGER", [2**31 - 1, Int64(-(2**31)), None], [2**31 - 1, -(2**31), None]),
    ("BIGINT", [1, Int64(2**63 - 1), Int64(-(2**63))], [1, 2**63 - 1, -(2**63)]),
    ("UBIGINT", [1, Int64(2**63 - 1)], [1, 2**63 - 1]),
    ("HUGEINT", [Int64(-(2**63)), 1], [Decimal(-(2**63)), Decimal(1)]),
    ("DOUBLE", [1.5, 2, Int64(2**53), math.nan, -0.0, None], [1.5, 2.0, 2.0**53, math.nan, -0.0, None]),
    ("FLOAT", [1.5, 2], [1.5, 2.0]),
    ("VARCHAR", ["", "twelve bytes", "thirteen chars", "é😀\0x", None], ["", "twelve bytes", "thirteen chars", "é😀\0x", None]),
    ("BLOB", [b"", b"\x00\xff" * 20, Binary(b"old", 2), None], [b"", b"\x00\xff" * 20, b"old", None]),
    ("UUID", [Binary(UUID(int=2**127 + 1).bytes, 4), None], [str(UUID(int=2**127 + 1)), None]),
    ("DATE", [datetime(1969, 12, 31, tzinfo=UTC), datetime(2300, 1, 1, tzinfo=UTC)], [date(1969, 12, 31), date(2300, 1, 1)]),
    (
        "TIMESTAMP",
        [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999000, UTC), DatetimeMS(-1)],
        [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999000), datetime(1969, 12, 31, 23, 59, 59, 999000)],
    ),
    (
        "DECIMAL(38,10)",
        [Decimal128("1.1"), Decimal128("-0"), Decimal128("1E+3"), Decimal128("9" * 20 + ".5"), 7, Int64(2**62)],
        [Decimal("1.1"), Decimal(0), Decimal(1000), Decimal("9" * 20 + ".5"), Decimal(7), Decimal(2**62)],
    ),
    ("DECIMAL(4,2)", [Decimal128("1.200"), Decimal128("-99.99")], [Decimal("1.20"), Decimal("-99.99")]),
    ("INTEGER[]", [[1, None, 2], [], None], [[1, None, 2], [], None]),
    ("STRUCT(a INTEGER, b VARCHAR)", [{"b": "x", "a": 1, "c": 2}, {}, None], [{"a": 1, "b": "x"}, {"a": None, "b": None}, None]),
    ("STRUCT(a INTEGER)[]", [[{"a": 1}, None, {}], []], [[{"a": 1}, None, {"a": None}], []]),
    (
        "STRUCT(a STRUCT(b INTEGER[][]))",
        [{"a": {"b": [[1], None, []]}}, {"a": None}],
        [{"a": {"b": [[1], None, []]}}, {"a": None}],
    ),
]


@pytest.mark.parametrize(("type", "stored", "delivered"), FITTING)
def test_values_that_fit(type: str, stored: list[Any], delivered: list[Any]) -> None:
    rows = [{"_id": number, "v": value} for number, value in enumerate(stored)]
    result, misfits = read([*rows, {"_id": -1}], "v", declared(type))
    assert not misfits
    assert repr(result.to_pylist()) == repr([*_at_scale(type, delivered), None])


def _at_scale(type: str, values: list[Any]) -> list[Any]:
    scale = int(type[:-1].split(",")[1]) if type.startswith("DECIMAL") else 0
    step, context = Decimal(1).scaleb(-scale), Context(prec=60)
    return [value.quantize(step, context=context) if isinstance(value, Decimal) else value for value in values]


MISFITS: list[tuple[str, list[Any]]] = [
    ("BOOLEAN", [1, "true", 0.0]),
    ("INTEGER", [2.5, 2.0, True, "1", Int64(2**31), Int64(-(2**31) - 1), [1], {}]),
    ("UTINYINT", [-1, 256]),
    ("UBIGINT", [-1]),
    ("BIGINT", [2.5, True, math.nan, Decimal128("1")]),
    ("DOUBLE", [Int64(2**53 + 1), Int64(2**63 - 1), True, "1", Decimal128("1.5")]),
    ("VARCHAR", [1, True, math.nan, b"x", ["x"], {"x": "x"}, OID]),
    ("UUID", [Binary(b"short", 4), Binary(UUID(int=1).bytes, 3), b"x" * 16, "00000000-0000-0000-0000-000000000001"]),
    ("DATE", [datetime(2024, 1, 1, 1, tzinfo=UTC), "2024-01-01"]),
    ("TIMESTAMP", [DatetimeMS(2**62), DatetimeMS(-(2**62)), 5, Timestamp(1, 1)]),
    (
        "DECIMAL(4,2)",
        [Decimal128("100"), Decimal128("0.001"), Decimal128("NaN"), Decimal128("Infinity"), Decimal128("1E+400"), 1.5, 100],
    ),
    ("DECIMAL(38,10)", [Decimal128("1E-11"), Decimal128("9" * 29), Decimal128("9" * 34)]),
    ("INTEGER[]", [1, {"0": 1}, "x"]),
    ("STRUCT(a INTEGER)", [1, [{"a": 1}], "x"]),
]


@pytest.mark.parametrize(("type", "stored"), MISFITS)
def test_values_that_do_not_fit_are_reported_and_null(type: str, stored: list[Any]) -> None:
    for value in stored:
        result, misfits = read([{"v": value}, {}, {"v": None}], "v", declared(type))
        assert result.to_pylist() == [None, None, None], value
        assert [(path, rows) for path, rows, _ in misfits] == [("v", [0])], value


def test_a_misfit_in_depth_names_its_path_and_document() -> None:
    rows = [{"v": [{"a": 1}]}, {"v": [{"a": 2}, {"a": "x"}]}, {"v": [5]}]
    result, misfits = read(rows, "v", declared("STRUCT(a INTEGER)[]"))
    assert misfits == [("v[]", [2], [0x10]), ("v[].a", [1], [0x02])]
    assert result.to_pylist() == [[{"a": 1}], [{"a": 2}, {"a": None}], [None]]


def test_a_path_goes_through_documents_only() -> None:
    rows: list[dict[str, Any]] = [{"a": {"b": {"c": 1}}}, {"a": {"b": None}}, {}, {"a": [{"b": {"c": 2}}]}, {"a": {"b": 3}}]
    result, misfits = read(rows, "a.b.c", plain("int"))
    assert result.to_pylist() == [1, None, None, None, None]
    assert misfits == [("a", [3], [0x04]), ("a.b", [4], [0x10])]


def test_object_ids_are_hexadecimal_text() -> None:
    result, misfits = read([{"v": OID}, {}, {"v": OID}, {"v": "x"}], "v", plain("objectId"))
    assert result.to_pylist() == [str(OID), None, str(OID), None]
    assert misfits == [("v", [3], [0x02])]


def test_what_has_no_type_of_its_own_is_json_text() -> None:
    values = [
        "x",
        1,
        2.5,
        {"a": [1]},
        OID,
        datetime(2024, 1, 1, tzinfo=UTC),
        Regex("a", "i"),
        Code("f()"),
        MaxKey(),
        Timestamp(1, 2),
        None,
    ]
    result, _ = read([{"v": value} for value in values], "v", plain("json"))
    assert result.to_pylist() == [
        '"x"',
        "1",
        "2.5",
        '{"a": [1]}',
        '{"$oid": "64b000000000000000000001"}',
        '{"$date": "2024-01-01T00:00:00Z"}',
        '{"$regularExpression": {"pattern": "a", "options": "i"}}',
        '{"$code": "f()"}',
        '{"$maxKey": 1}',
        '{"$timestamp": {"t": 1, "i": 2}}',
        None,
    ]


def test_text_that_is_not_utf8_does_not_fit() -> None:
    data = bson.encode({"v": "ab"}).replace(b"ab", b"\xff\xfe")
    found: list[Any] = []
    result = batch(Raw.of(data), documents(data), [Reading(("v",), plain("string"))], lambda *parts: found.append(parts))[0]
    assert result.to_pylist() == [None]
    assert len(found) == 1


def test_every_type_of_value_is_stepped_over() -> None:
    before = {
        "r": Regex("a.*b", "im"),
        "c": Code("x"),
        "s": Code("x", {"y": 1}),
        "t": Timestamp(1, 2),
        "k": MaxKey(),
        "b": b"123",
        "o": {"a": [1, {"b": 2}]},
        "d": Decimal128("1"),
    }
    result, _ = read([{**before, "wanted": 1}, {"wanted": 2, **before}, before], "wanted", plain("int"))
    assert result.to_pylist() == [1, 2, None]


def test_names_are_matched_whole() -> None:
    names = ["n", "nn", "n" * 8, "n" * 9, "n" * 40, "ñ"]
    rows = [{name: number for number, name in enumerate(names)}]
    for number, name in enumerate(names):
        assert read(rows, name, plain("int"))[0].to_pylist() == [number]


def test_of_a_repeated_field_the_first_counts() -> None:
    once = bson.encode({"a": 1})[4:-1]
    twice = (len(once) * 2 + 5).to_bytes(4, "little") + once + once.replace(b"\x01", b"\x02") + b"\0"
    data = twice + bson.encode({"a": 3})
    result = batch(Raw.of(data), documents(data), [Reading(("a",), plain("int"))], lambda *parts: pytest.fail(str(parts)))[0]
    assert result.to_pylist() == [1, 3]


def test_long_arrays() -> None:
    lists = [[*range(5000)], [], *([number] for number in range(20))]
    result, _ = read([{"v": values} for values in lists], "v", array(plain("int")))
    assert result.to_pylist() == lists


@pytest.mark.parametrize("data", [b"\x03\0\0\0", b"\x0c\0\0\0\x99a\0\1\0\0\0\0"])
def test_bytes_that_are_no_bson(data: bytes) -> None:
    with pytest.raises(Malformed):
        batch(Raw.of(data), documents(data), [Reading(("a",), plain("int"))], lambda *parts: None)


_SCALARS = st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1), st.text(st.characters(codec="utf-8"), max_size=20))


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["a", "b", "name of ten", "é"]),
            st.one_of(_SCALARS, st.lists(_SCALARS, max_size=3), st.dictionaries(st.sampled_from("xy"), _SCALARS, max_size=2)),
        ),
        max_size=20,
    )
)
def test_any_order_of_fields_finds_every_value(rows: list[dict[str, Any]]) -> None:
    for name in ("a", "name of ten", "é"):
        result, misfits = read(rows, name, plain("int"))
        integer = [row.get(name) if type(row.get(name)) is int else None for row in rows]
        assert result.to_pylist() == integer
        reported = sorted(row for _, numbers, _ in misfits for row in numbers)
        assert reported == [number for number, row in enumerate(rows) if row.get(name) is not None and type(row[name]) is not int]
