"""Documents that hold the values at which two engines differ, and a shop over them."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID

from bson import Binary, Int64, ObjectId
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128

from tests.translators.mongo.shop import Shop, load_oracle, open_shop

DECLARED = {"d": "DECIMAL(12,2)", "e": "DECIMAL(9,4)", "k": "SMALLINT", "day": "DATE", "day2": "DATE"}

INTS: list[Any] = [0, 1, -1, 7, -7, 2, 100, -128, 32767, 2**31 - 1, -(2**31), 10, -3]
LONGS: list[Any] = [0, 1, -1, 7, -7, 10, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 2**31, 86400, -1500]
DOUBLES: list[Any] = [
    0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 0.1, 0.2, 1e300, -1e300, 1e-300, math.nan, math.inf, -math.inf, 3, 0.5, 1e16, 4.5, 1000.0,
    123456.789, 5e-324, -0.5, 1e22,
]  # fmt: skip
DECIMALS = ["0", "1.5", "-1.5", "2.50", "-2.50", "0.01", "-0.01", "9999999999.99", "-9999999999.99", "1E+3", "0.50", "7", "-0.00"]
SMALL_DECIMALS = ["0", "1.5", "-2.5", "0.0001", "99999.9999", "-99999.9999", "0.05", "2.0000"]
TEXTS = [
    "", "a", "abc", "ABC", " abc ", "a€😀b", "ß", "éa", "İ", "\u212a", "a\nb", "\t x \n", "12", "-3", "1.5", " 7 ", "1e3", "true",
    "nan",
    "2024-02-29", "2024-02-29 12:34:56", "a,b,,c", ",", "aaa", "abcabc", "%", "a.b", "$n", "\\d", "x" * 40, "e\u0301", "  ", "z",
    "aXbXc", "1,2", "Abc Def", "\u00a0a\u00a0", "a\u200bb", "dz", "2147483648",
]  # fmt: skip
MOMENTS = [
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999000, UTC),
    datetime(2024, 2, 29, 12, 34, 56, 789000, UTC),
    datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2024, 1, 1, tzinfo=UTC),
    datetime(2000, 2, 29, 1, 2, 3, 4000, UTC),
    datetime(1900, 3, 1, tzinfo=UTC),
    datetime(2024, 12, 30, 6, tzinfo=UTC),
    datetime(2021, 1, 3, 7, 0, 0, 1000, UTC),
    datetime(1583, 10, 15, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999000, UTC),
    datetime(2024, 3, 31, 10, tzinfo=UTC),
    datetime(2016, 2, 28, 23, 0, tzinfo=UTC),
]
FAR = [DatetimeMS(253402300800000), DatetimeMS(-62167219200001 - 86400000 * 400)]
DAYS = [datetime(1970, 1, 1), datetime(1969, 12, 31), datetime(2024, 2, 29), datetime(2023, 12, 31), datetime(2000, 1, 31),
        datetime(1, 1, 1), datetime(9999, 12, 31), datetime(2024, 12, 30)]  # fmt: skip
TAGS: list[Any] = [[], ["a"], ["a", "b"], ["b", None, "a", "b"], [None], ["", "a€😀"]]
NUMBERS: list[Any] = [[], [1], [3, 1, 2], [None, 5], [7, 7, -7], [2**31 - 1, 1]]
PLACES: list[Any] = [
    {"city": "Lisboa", "zip": 1000, "geo": {"lat": 38.7}},
    {"city": "São Paulo", "zip": None},
    {},
    {"city": None, "geo": None},
    {"city": "", "zip": 7, "geo": {}},
    {"geo": {"lat": math.nan}},
]


def documents() -> list[dict[str, Any]]:
    """Every value of every field at least once, pairs of numbers in many combinations, null and missing everywhere."""
    rows: list[dict[str, Any]] = []
    pairs = list(product(INTS, INTS))[::3]
    wide = list(product(LONGS, LONGS))[::3]
    reals = list(product(DOUBLES, DOUBLES))[::7]
    for number in range(max(len(pairs), len(wide), len(reals))):
        row: dict[str, Any] = {}
        for (first, second), values in ((("i", "j"), pairs), (("b", "c"), wide), (("x", "y"), reals)):
            if number < len(values):
                a, b = values[number]
                row |= {first: _long(a) if first == "b" else a, second: _long(b) if first == "b" else b}
        for name, values, step in _FIELDS:
            place = number * step % (len(values) + 3)
            if place < len(values):
                row[name] = values[place]
            elif place == len(values):
                row[name] = None
        rows.append(row)
    rows += [
        {},
        dict.fromkeys(rows[0]),
        *({"i": one, "b": _long(one), "x": float(one), "j": None, "c": None, "y": None} for one in (1, -1)),
    ]
    return [{"_id": number, **row} for number, row in enumerate(rows)]


def _long(value: int) -> Int64 | int:
    return Int64(value) if value % 2 else value


_FIELDS: list[tuple[str, list[Any], int]] = [
    ("d", [Decimal128(text) for text in DECIMALS] + [3], 1),
    ("e", [Decimal128(text) for text in SMALL_DECIMALS], 1),
    ("f", [Decimal128(text) for text in ("1.5", "-2.25", "1234567890123456789012.5", "0")], 1),
    ("k", [0, 1, -1, 7, 32767, -32768, 181, 256], 1),
    ("s", TEXTS, 1),
    ("r", ["a", "", "b", "abc", "€", "bc", "A", ",", "aa", "İ", "%"], 1),
    ("ok", [True, False], 1),
    ("no", [False, True, False], 2),
    ("ts", [*MOMENTS, *FAR], 1),
    ("t2", MOMENTS, 5),
    ("day", DAYS, 1),
    ("day2", DAYS, 3),
    ("oid", [ObjectId("64b000000000000000000001"), ObjectId("000000000000000000000000"), ObjectId("f" * 24)], 1),
    ("u", [Binary(UUID(int=1).bytes, 4), Binary(UUID(int=2**127 + 5).bytes, 4)], 1),
    ("address", PLACES, 1),
    ("tags", TAGS, 1),
    ("nums", NUMBERS, 1),
    ("mixed", [5, "five", [1], None], 1),
]


def open_edges(uri: str) -> Shop:
    return load_oracle(open_shop(uri, documents(), declared=DECLARED))
