"""Whatever is asked, the answer is a code of Foz's, the same by every way in, and the next query is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.end_to_end.asking import WAYS, Ask, Refused
from tests.end_to_end.world import ANA, ORDERS, World

Refusal = Callable[..., Refused]


@pytest.fixture(autouse=True)
def still_answers(world: World) -> Iterator[None]:
    yield
    for way in ("http", "flight"):
        assert WAYS[way](world, "SELECT count(*) AS n FROM shop.orders", ANA).to_pylist() == [{"n": ORDERS}]


SYNTAX = [
    ("SELEC 1", "line 1"),
    ("SELECT\n  1 +\n  FROM shop.orders", "line 3"),
    ("SELECT 'abc", ""),
    ("SELECT (1", "line 1"),
    ("SELECT 1 FROM", "line 1"),
    ("SELECT id FROM shop.orders WHERE", "line 1"),
    ("   ", ""),
    (";", ""),
    ("-- nothing", ""),
]

MEANING = [
    ("SELECT * FROM shop.ordrs", "sql.unknown_table", "shop.orders"),
    ("SELECT * FROM nowhere.orders", "sql.unknown_table", ""),
    ("SELECT x.id FROM shop.orders o", "sql.unknown_table", "o"),
    ("SELECT * FROM shop.public.orders.id.x", "sql.unknown_table", "source.table"),
    ("SELECT idd FROM shop.orders", "sql.unknown_column", "id"),
    ("SELECT o.tota FROM shop.orders o", "sql.unknown_column", "total"),
    ("SELECT c.address.cty FROM crm.customers c", "sql.unknown_column", "city"),
    ("SELECT id FROM shop.orders a, shop.orders b", "sql.type", "a.id or b.id"),
    ("SELECT note + 1 FROM shop.orders", "sql.type", "VARCHAR"),
    ("SELECT id FROM shop.orders WHERE note > 5", "sql.type", "VARCHAR"),
    ("SELECT sum(note) FROM shop.orders", "sql.type", "sum(VARCHAR)"),
    ("SELECT id, count(*) FROM shop.orders", "sql.type", "GROUP BY"),
    ("SELECT note::INT FROM shop.orders", "sql.type", "INTEGER"),
    ("SELECT id FROM shop.orders WHERE id = 'x'", "sql.type", "BIGINT"),
    ("SELECT id::TINYINT FROM shop.orders WHERE id > 900", "sql.type", "TINYINT"),
    ("SELECT DATE '2024-13-45'", "sql.type", ""),
    ("SELECT 1 UNION SELECT 1, 2", "sql.type", ""),
    ("SELECT id FROM shop.orders ORDER BY 9", "sql.type", ""),
    ("SELECT id FROM shop.orders LIMIT -1", "sql.type", ""),
    ("SELECT nowhere(id) FROM shop.orders", "sql.unsupported", "nowhere"),
    ("SELECT 9223372036854775807 + 1", "sql.type", "verflow"),
    ("SELECT sum(id * 90000000000000) * 10 FROM shop.orders", "sql.type", "int64"),
    ("SELECT sum(x) FROM (VALUES (9223372036854775807), (1)) t(x)", "sql.type", "int64"),
    ("SELECT id // 0 FROM shop.orders WHERE id = 7", "sql.type", "zero"),
    ("SELECT 1 // 0", "sql.type", "zero"),
]


@pytest.mark.parametrize(("sql", "place"), SYNTAX)
def test_what_is_no_sql(refusal: Refusal, sql: str, place: str) -> None:
    refused = refusal(sql)
    assert refused.code == "sql.syntax"
    assert place in refused.message
    assert refused.details.keys() >= {"line", "column"} or not refused.details


@pytest.mark.parametrize(("sql", "code", "told"), MEANING)
def test_what_makes_no_sense(refusal: Refusal, sql: str, code: str, told: str) -> None:
    refused = refusal(sql)
    assert refused.code == code
    assert told in refused.message


@pytest.mark.parametrize(
    ("sql", "given"),
    [("SELECT ? + 1", [1, 2]), ("SELECT ? + ?", [1]), ("SELECT 1", [1]), ("SELECT $1, $2", [1]), ("SELECT ? + 1", [])],
)
def test_a_parameter_too_many_or_too_few(refusal: Refusal, sql: str, given: list[int]) -> None:
    assert refusal(sql, ANA, given).code == "request.invalid"


@pytest.mark.parametrize(
    ("sql", "given", "code"),
    [
        ("SELECT CAST(? AS DATE)", ["no day"], "sql.type"),
        ("SELECT id FROM shop.orders WHERE id = ?", ["x"], "sql.type"),
        ("SELECT id FROM shop.orders WHERE note = ?", ["a\0b"], "request.invalid"),
        ("SELECT id FROM shop.orders LIMIT ?", [-1], "sql.type"),
    ],
)
def test_a_parameter_that_does_not_fit(refusal: Refusal, sql: str, given: list[Any], code: str) -> None:
    refused = refusal(sql, ANA, given)
    assert refused.code == code
    assert "no day" not in refused.shown


@pytest.mark.parametrize("way", ["flight", "adbc"])
def test_a_parameter_that_orders(world: World, hides: Any, way: str) -> None:
    sql = "SELECT id FROM shop.orders ORDER BY ? LIMIT 1"
    with pytest.raises(Refused) as raised:
        WAYS[way](world, sql, ANA, ["id"])
    assert hides(raised.value, sql).code == "sql.unsupported"


def test_ten_megabytes_of_sql(refusal: Refusal) -> None:
    assert refusal("SELECT '" + "x" * 10_000_000 + "'").code == "request.invalid"


_COUNT = "SELECT count(*) AS n FROM"
LONG = {
    "or": (f"{_COUNT} shop.orders WHERE " + " OR ".join(f"id = {n}" for n in range(10_000)), ORDERS),
    "and": (f"{_COUNT} shop.orders WHERE " + " AND ".join(f"id <> {n}" for n in range(10_000)), 0),
    "in": (f"{_COUNT} shop.orders WHERE id IN ({', '.join(map(str, range(10_000)))})", ORDERS),
    "documents": (f"{_COUNT} crm.customers WHERE " + " OR ".join(f"name = 'name {n}'" for n in range(10_000)), 10),
    "unions": (f"{_COUNT} (" + " UNION ALL ".join(["SELECT id FROM shop.orders WHERE id = 1"] * 200) + ") t", 200),
    "joins": (f"{_COUNT} shop.orders o0" + "".join(f" JOIN shop.orders o{n} USING (id)" for n in range(1, 40)), ORDERS),
}


@pytest.mark.parametrize("shape", LONG)
@pytest.mark.parametrize("way", ["http", "flight"])
def test_long_queries_are_answered(world: World, way: str, shape: str) -> None:
    sql, rows = LONG[shape]
    assert WAYS[way](world, sql, ANA).to_pylist() == [{"n": rows}]


DEEP = {
    "parentheses": "SELECT " + "(" * 500 + "1" + ")" * 500,
    "very many parentheses": "SELECT " + "(" * 100_000 + "1" + ")" * 100_000,
    "subqueries": "SELECT * FROM (" * 500 + "SELECT 1" + ")" * 500,
    "predicates": "SELECT 1 WHERE 1 IN (" * 500 + "SELECT 1" + ")" * 500,
    "nots": "SELECT " + "NOT " * 500 + "true",
    "minus": "SELECT " + "- " * 500 + "1",
    "cases": "SELECT " + "CASE WHEN true THEN " * 500 + "1" + " END" * 500,
    "arrays": "SELECT " + "[" * 500 + "1" + "]" * 500,
    "casts": "SELECT 1" + "::INT" * 500,
    "sums": "SELECT " + "+".join(["1"] * 10_000),
    "texts": "SELECT " + "||".join(["'a'"] * 10_000),
    "unions": " UNION ALL ".join(["SELECT 1 AS x"] * 5000),
}


@pytest.mark.parametrize("shape", DEEP)
@pytest.mark.parametrize("way", ["http", "flight"])
def test_deep_queries_are_refused(world: World, hides: Any, way: str, shape: str) -> None:
    with pytest.raises(Refused) as raised:
        WAYS[way](world, DEEP[shape], ANA)
    assert hides(raised.value, "").code == "sql.unsupported"


def test_division_is_duckdbs(ask: Ask) -> None:
    """Alike in the store, in the engine, and for constants."""
    sql = "SELECT {0}/2 AS a, {0}//2 AS b, (0-{0})//2 AS c, (0-{0})%3 AS d, {0}/0 AS e FROM shop.orders WHERE id = 7"
    rows = [{"a": 3.5, "b": 3, "c": -3, "d": -1, "e": float("inf")}]
    for number in ("7", "id", "CAST(id AS INTEGER)"):
        assert ask(sql.format(number), ANA).to_pylist() == rows
    joined = "SELECT o.id/2 AS a, o.id//2 AS b FROM shop.orders o JOIN crm.customers c ON c._id = o.id WHERE o.id = 7"
    assert ask(joined, ANA).to_pylist() == [{"a": 3.5, "b": 3}]


def test_dialects_are_alike_by_every_way(ask: Ask, refusal: Refusal) -> None:
    for dialect in ("postgres", "MySQL", "singlestore", "DuckDB"):
        assert ask("SELECT id FROM shop.orders ORDER BY id LIMIT 1", ANA, dialect=dialect).to_pylist() == [{"id": 1}]
    for dialect in ("klingon", "postgres, mysql"):
        assert refusal("SELECT 1", ANA, dialect=dialect).code == "request.invalid"


def test_a_row_too_large_to_send(ask: Ask, refusal: Refusal) -> None:
    assert refusal("SELECT repeat(note, 3000000) FROM shop.orders WHERE id = 1").code == "limit.size"
    assert refusal("SELECT repeat('x', 20000000)").code == "limit.size"
    (row,) = ask("SELECT repeat('x', 10000000) AS x, sum(total) AS y FROM shop.orders", ANA).to_pylist()
    assert (len(row["x"]), row["y"]) == (10_000_000, Decimal("125125.00"))
