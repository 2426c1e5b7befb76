"""Random tables in every store: NULLs, ties, no rows at all, extremes, unicode, and documents without some of their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pymongo
from pymongo.database import Database

from tests.answers.world import World

SOURCES = ("pg", "docs", "lite", "lake")

COLUMNS: Mapping[str, pa.DataType] = {
    "id": pa.int32(), "k": pa.string(), "v": pa.int32(), "w": pa.int64(), "s": pa.string(), "d": pa.decimal128(12, 2),
    "f": pa.float64(), "day": pa.date32(), "ts": pa.timestamp("us"), "flag": pa.bool_(),
}  # fmt: skip

NESTED: Mapping[str, pa.DataType] = {
    "id": pa.int32(), "v": pa.int32(), "n": pa.struct([("x", pa.int32()), ("y", pa.string())]), "items": pa.list_(pa.int32()),
}  # fmt: skip

TEXTS = ("", "a", "A", "b", "ab", "Ab", "ß", "é", "e\u0301", "日本", "a%b", "a_b", "10", "2", " a", "a ", "Zebra", "'", '"', "😀")
FLOATS = (0.0, -0.0, 1.0, -1.5, 2.0, 2.5, 0.1, 1e300, -1e-300, float("nan"), float("inf"), float("-inf"))
DAYS = (date(1, 1, 1), date(1969, 12, 31), date(2000, 2, 29), date(2020, 1, 1), date(2262, 4, 12))
MOMENTS = (datetime(1962, 12, 17, 16), datetime(2020, 1, 1), datetime(2020, 1, 1, 5, 0, 0, 500_000), datetime(2020, 1, 2))

_MAKERS: Mapping[str, Callable[[Random], Any]] = {
    "k": lambda random: random.choice(("x", "y", "z", "")),
    "v": lambda random: random.choice((-7, -1, 0, 1, 1, 2, 2, 3, 5, 40)),
    "w": lambda random: random.choice((0, 1, 2, -5, 10**12, -(10**12), 2**40)),
    "s": lambda random: random.choice(TEXTS),
    "d": lambda random: Decimal(random.choice(("0.00", "1.10", "-1.10", "2.25", "3.00", "9999999999.99", "0.05"))),
    "f": lambda random: random.choice(FLOATS),
    "day": lambda random: random.choice(DAYS),
    "ts": lambda random: random.choice(MOMENTS),
    "flag": lambda random: random.random() < 0.5,
    "n": lambda random: {"x": random.choice((1, 2, None)), "y": random.choice(("p", "q", None))},
    "items": lambda random: [random.choice((1, 2, 3, None)) for _ in range(random.randint(0, 3))],
}  # fmt: skip


def load(world: World, seed: int) -> None:
    """Puts tables `a`, `b`, `c` and the empty `e` into every store, and `nested` where the store has nested values."""
    random = Random(seed)
    for source in SOURCES:
        for name, most in (("a", 12), ("b", 8), ("c", 3), ("e", 0)):
            world.load(source, name, _rows(random, COLUMNS, random.randint(min(most, 2), most)), ("id",))
        if source in ("docs", "lake"):
            world.load(source, "nested", _rows(random, NESTED, 6), ("id",))
    _drop_nulls(world)


def _rows(random: Random, columns: Mapping[str, pa.DataType], count: int) -> pa.Table:
    identities = random.sample(range(1, 16), count)
    nulls = random.choice((0.0, 0.2, 0.5))
    rows = [
        {"id": identity} | {name: None if random.random() < nulls else _MAKERS[name](random) for name in columns if name != "id"}
        for identity in identities
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(list(columns.items())))


def _drop_nulls(world: World) -> None:
    """Half of the documents lack the fields that are null in the others."""
    assert world.mongodb_uri is not None
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(world.mongodb_uri) as client:
        database: Database[dict[str, Any]] = client.get_default_database()
        for name in database.list_collection_names():
            for column in {*COLUMNS, *NESTED} - {"id"}:
                null = {"$eq": [{"$type": f"${column}"}, "null"]}
                database[name].update_many({"$expr": null, "id": {"$mod": [2, 0]}}, {"$unset": {column: ""}})
