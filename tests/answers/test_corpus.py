"""The corpus of queries, over every way to place its tables in the stores: every answer is DuckDB's.

A file in `corpus/` holds queries over `{a}`, `{b}` and `{empty}`, one a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from planner.errors import FozError
from tests.answers.world import World

CORPUS = Path(__file__).parent / "corpus"

PLACES = {
    "postgres": ("pg", "pg"),
    "mongodb": ("docs", "docs"),
    "sqlite": ("lite", "lite"),
    "postgres and mongodb": ("pg", "docs"),
    "mongodb and postgres": ("docs", "pg"),
    "sqlite and files": ("lite", "lake"),
}

SCHEMA = pa.schema(
    {
        "id": pa.int32(),
        "k": pa.string(),
        "v": pa.int32(),
        "s": pa.string(),
        "d": pa.decimal128(12, 2),
        "f": pa.float64(),
        "day": pa.date32(),
    }
)
A = [
    (1, "x", 1, "apple", Decimal("1.10"), 1.5, date(2020, 2, 29)),
    (2, "x", 2, "Ábaco", Decimal("2.25"), float("nan"), date(1969, 12, 31)),
    (3, "y", None, "", None, float("inf"), None),
    (4, None, 3, None, Decimal("-0.05"), float("-inf"), date(2262, 4, 12)),
    (5, "z", 1, "a%b.c", Decimal("1.10"), -0.0, date(1, 1, 1)),
    (6, None, None, "Zebra", Decimal("9999999999.99"), None, date(2999, 12, 31)),
    (7, "y", -7, "\u00e9", Decimal("0.00"), 0.0, date(2000, 1, 1)),
]
B = [
    (1, "x", 2, "x", Decimal("1.00"), 1.0, None),
    (2, "x", None, None, None, None, date(2020, 1, 1)),
    (3, "y", 1, "b", Decimal("2.00"), 2.0, date(2020, 1, 1)),
    (8, None, 3, "x", Decimal("3.00"), 3.0, date(2020, 1, 1)),
    (9, "w", 0, "", Decimal("4.00"), 4.0, date(2020, 1, 1)),
]


def rows(values: list[tuple[object, ...]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in values], schema=SCHEMA)


def queries() -> Iterator[tuple[str, str]]:
    for file in sorted(CORPUS.glob("*.sql")):
        lines = (line.strip().rstrip(";") for line in file.read_text().splitlines())
        for number, line in enumerate(lines, start=1):
            if line and not line.startswith("--"):
                yield f"{file.stem}:{number}", line


@pytest.fixture(scope="module")
def world(postgres_uri: str, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(postgres_uri, mongodb_uri, tmp_path_factory.mktemp("corpus"))
    for source in ("pg", "docs", "lite", "lake"):
        world.load(source, "a", rows(A), ("id",))
        world.load(source, "b", rows(B), ("id",))
        world.load(source, "empty", rows([]))
    with world.running():
        yield world


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("sql", [pytest.param(sql, id=name) for name, sql in queries()])
def test_an_answer_is_duckdbs(world: World, place: str, sql: str) -> None:
    first, second = PLACES[place]
    text = sql.replace("{a}", f"{first}.a").replace("{b}", f"{second}.b").replace("{empty}", f"{first}.empty")
    try:
        world.expected(text)
    except duckdb.Error:
        with pytest.raises(FozError):
            world.ask(text)
        return
    world.check(text, ordered="order by" in text.rsplit(")", 1)[-1])
