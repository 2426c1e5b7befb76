"""The values of each DuckDB type that rows and constants are drawn from, and how a value is written in DuckDB's SQL.

A column is `calm` or not. Calm values are small, tie often, and add and multiply exactly; the others are what breaks things: the
ends of the integers, NaN, infinities, texts with quotes and marks, days before 1970.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

KINDS: Mapping[str, str] = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "UINTEGER"), "int"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "float"),
    "VARCHAR": "text", "BOOLEAN": "flag", "DATE": "day", "TIMESTAMP": "ts", "TIMESTAMP WITH TIME ZONE": "tstz", "TIME": "time",
    "UUID": "uuid", "BLOB": "blob", "INTEGER[]": "ints", "VARCHAR[]": "texts",
}  # fmt: skip
"""What an expression over a column of each type may stand for; a DECIMAL is `dec`, a STRUCT gives its fields."""

_INTEGERS = {"TINYINT": (-(2**7), 2**7 - 1), "SMALLINT": (-(2**15), 2**15 - 1), "INTEGER": (-(2**31), 2**31 - 1),
             "BIGINT": (-(2**63), 2**63 - 1), "UTINYINT": (0, 2**8 - 1), "UINTEGER": (0, 2**32 - 1)}  # fmt: skip
_SMALL = (-7, -2, -1, 0, 0, 1, 1, 2, 2, 3, 5, 10, 40)

CALM_TEXTS = ("", "a", "b", "ab", "abc", "x", "B", "Z", "10", "2")
WILD_TEXTS = ("", "a", "A", "Ab", "ß", "é", "e\u0301", "日本", "a%b", "a_b", "a\\b", " a", "a ", "Zebra", "'", '"', "😀", "\t",
              "a.c", "$x", "1.5", "2020-01-01", "true", "NaN", "İ", "ǆ", "\n")  # fmt: skip
CALM_FLOATS = (0.0, 1.0, -1.5, 2.0, 2.5, 0.25, -0.75, 100.0)
WILD_FLOATS = (-0.0, 0.1, 0.0, 1.0, 2.5, -2.5, 1e30, -1e-30, 1e15, float("nan"), float("inf"), float("-inf"), 123456.789)
DAYS = (date(1969, 12, 31), date(2000, 2, 29), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1), date(1582, 10, 10))
WILD_DAYS = (date(1, 1, 1), date(1900, 3, 1), date(2262, 4, 12), date(9999, 12, 31), date(1970, 1, 1))
MOMENTS = (
    datetime(1962, 12, 17, 16),
    datetime(2020, 1, 1),
    datetime(2020, 1, 1, 5, 0, 0, 500_000),
    datetime(2020, 2, 29, 23, 59, 59),
)
WILD_MOMENTS = (
    datetime(1969, 12, 31, 23, 59, 59, 999_000),
    datetime(1, 1, 1),
    datetime(2262, 4, 12),
    datetime(1900, 1, 1, 0, 0, 1),
)
TIMES = (time(0, 0), time(5, 30), time(23, 59, 59, 999_999), time(12, 0, 0, 500_000))
UUIDS = (UUID(int=0), UUID(int=1), UUID(int=2**128 - 1), UUID("550e8400-e29b-41d4-a716-446655440000"))
BLOBS = (b"", b"\x00", b"a", b"\xff\xfe", b"ab")


def kind_of(type: str) -> str:
    return "dec" if type.startswith("DECIMAL") else KINDS.get(type, "other")


def value(random: Random, type: str, calm: bool) -> Any:
    """One value of `type`, never None (the elements of a list may be)."""
    if type in _INTEGERS:
        low, high = _INTEGERS[type]
        pool = [number for number in _SMALL if low <= number <= high]
        return random.choice(pool if calm or random.random() < 0.6 else [low, high, low + 1, high - 1, high // 2])
    if type.startswith("DECIMAL"):
        precision, scale = digits(type)
        return _decimal(random, precision, scale, calm)
    if type.endswith("[]"):
        return [None if random.random() < 0.2 else value(random, type[:-2], True) for _ in range(random.randint(0, 3))]
    if type.startswith("STRUCT"):
        return {name: None if random.random() < 0.3 else value(random, inner, calm) for name, inner in fields(type)}
    return random.choice(_POOLS[type][0 if calm else 1])


_POOLS: Mapping[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "VARCHAR": (CALM_TEXTS, WILD_TEXTS),
    "FLOAT": (CALM_FLOATS, WILD_FLOATS),
    "DOUBLE": (CALM_FLOATS, WILD_FLOATS),
    "BOOLEAN": ((True, False), (True, False)),
    "DATE": (DAYS, DAYS + WILD_DAYS),
    "TIMESTAMP": (MOMENTS, MOMENTS + WILD_MOMENTS),
    "TIMESTAMP WITH TIME ZONE": tuple(
        tuple(moment.replace(tzinfo=UTC) for moment in pool) for pool in (MOMENTS, MOMENTS + WILD_MOMENTS)
    ),
    "TIME": (TIMES, TIMES),
    "UUID": (UUIDS, UUIDS),
    "BLOB": (BLOBS, BLOBS),
}  # type: ignore[assignment]


def digits(type: str) -> tuple[int, int]:
    """The precision and scale of a DECIMAL."""
    precision, scale = type.removeprefix("DECIMAL(").removesuffix(")").split(",")
    return int(precision), int(scale)


def fields(type: str) -> list[tuple[str, str]]:
    """The fields of `STRUCT(x INTEGER, y VARCHAR)`."""
    parts = type.removeprefix("STRUCT(").removesuffix(")").split(", ")
    return [(name, inner) for name, _, inner in (part.partition(" ") for part in parts)]


def _decimal(random: Random, precision: int, scale: int, calm: bool) -> Decimal:
    unscaled = random.choice((0, 0, 1, -1, 5, 10, 11, -11, 225, 300))
    if calm:
        unscaled = random.choice((unscaled, unscaled * 10**scale // 100))
    elif random.random() < 0.4:
        unscaled = random.choice(
            (10**precision - 1, -(10**precision) + 1, 5 * 10 ** max(scale - 1, 0), 15 * 10 ** max(scale - 1, 0))
        )
    unscaled = unscaled if abs(unscaled) < 10**precision else unscaled % 10**precision
    return Decimal(f"{unscaled}E-{scale}")  # scaleb would round to the 28 digits of the context


def written(given: Any, type: str) -> str:
    """`given` as a literal of DuckDB's SQL that has exactly `type` where it is stored into such a column.

    >>> written("it's", "VARCHAR"), written(float("nan"), "DOUBLE"), written([1, None], "INTEGER[]")
    ("'it''s'", "'nan'::DOUBLE", '[1, NULL]')
    """
    if given is None:
        return "NULL"
    match given:
        case bool():
            return str(given).upper()
        case int():
            return str(given)
        case float() if math.isfinite(given):
            return f"{given!r}::{type}" if "e" in repr(given) or given == 0 else repr(given)
        case float():
            return f"'{given}'::{type}"
        case Decimal():
            return f"'{given:f}'::{type}" if abs(given) > 10**17 else f"{given:f}"
        case str():
            return "'" + given.replace("'", "''") + "'"
        case bytes():
            return "'" + "".join(f"\\x{byte:02X}" for byte in given) + "'::BLOB"
        case UUID() | time():
            return f"'{given}'::{type}"
        case datetime():
            return f"'{given.isoformat(sep=' ')}'::{type}"
        case date():
            return f"'{given.isoformat()}'::DATE"
        case list():
            return "[" + ", ".join(written(each, type[:-2]) for each in given) + "]"
        case dict():
            types = dict(fields(type))
            return "{" + ", ".join(f"{name}: {written(each, types[name])}" for name, each in given.items()) + "}"
    raise TypeError(given)
