"""Estimates from plain statistics: the rows that a fragment gives, and where the number comes from."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlglot
from sqlglot import exp

from planner.catalog import Catalog, Column, Source, Table
from planner.cost import Estimate, estimate
from planner.fragments import fragment
from planner.plan import Field
from planner.statistics import ColumnStatistics, TableStatistics

DAY = 86_400_000_000
ORDERS = Table(
    "s",
    "m",
    "orders",
    (
        Column("id", "BIGINT", nullable=False),
        Column("customer", "BIGINT"),
        Column("status", "VARCHAR", nullable=False),
        Column("total", "DOUBLE"),
        Column("day", "DATE"),
        Column("paid", "BOOLEAN"),
        Column("note", "VARCHAR"),
    ),
    primary_key=("id",),
    statistics=TableStatistics(
        rows=10_000,
        columns=(
            ("id", ColumnStatistics(0.0, 10_000, bounds=tuple(range(0, 10_001, 1000)), width_bytes=8)),
            ("customer", ColumnStatistics(0.1, 500, width_bytes=8)),
            ("status", ColumnStatistics(0.0, 3, common=(("open", 0.6), ("paid", 0.3), ("void", 0.1)), width_bytes=4)),
            ("total", ColumnStatistics(0.2, 4_000, bounds=(0, 10, 100, 1000), width_bytes=8)),
            ("day", ColumnStatistics(0.0, 100, minimum=0, maximum=100 * DAY)),
            ("paid", ColumnStatistics(0.5, 2, common=((1, 0.4), (0, 0.1)))),
        ),
        origin="pg_stats",
        taken_at_ms=5,
    ),
)
CUSTOMERS = Table(
    "s",
    "m",
    "customers",
    (Column("id", "BIGINT", nullable=False), Column("name", "VARCHAR")),
    primary_key=("id",),
    statistics=TableStatistics(
        rows=1_000,
        columns=(
            (
                "name",
                ColumnStatistics(0.0, 1_000, bounds=("aa", "ab", "b", "c", "d", "e", "f", "g", "h", "i", "z"), width_bytes=10),
            ),
        ),
        origin="pg_class",
        taken_at_ms=3,
    ),
)
UNKNOWN = Table("s", "m", "unknown", (Column("id", "BIGINT"), Column("a", "BIGINT")), primary_key=("id",))
SOURCE = Source("s", "postgres", tables=(ORDERS, CUSTOMERS, UNKNOWN), schemas=("m",))


def estimated(sql: str, *types: str, source: Source = SOURCE) -> Estimate:
    query = sqlglot.parse_one(sql, dialect="duckdb")
    assert isinstance(query, exp.Query)
    for node in query.find_all(exp.Table):
        if source.table(node.name) is not None:
            node.set("db", exp.to_identifier("m"))
            node.set("catalog", exp.to_identifier("s"))
    outputs = [Field(name, type) for name, type in zip(query.named_selects, types or ["BIGINT"] * 20, strict=False)]
    return estimate(fragment("f0", query, outputs, Catalog((source,))), source)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("o.id = 7", 1),
        ("7 = o.id", 1),
        ("o.id IN (1, 2, 3)", 3),
        ("o.id = 7 AND o.status = 'open'", 1),
        ("o.status = 'open'", 6_000),
        ("o.status <> 'open'", 4_000),
        ("NOT o.status = 'open'", 4_000),
        ("o.status = 'never seen'", 1),
        ("o.status IN ('paid', 'void')", 4_000),
        ("o.status NOT IN ('paid', 'void')", 6_000),
        ("o.status = 'open' OR o.status = 'paid'", 7_200),
        ("o.status LIKE 'o%'", 6_000),
        ("o.status LIKE '%a%'", 3_000),
        ("o.status ILIKE 'OP_N'", 6_000),
        ("o.status LIKE 'open'", 6_000),
        ("starts_with(o.status, 'v')", 1_000),
        ("o.customer = 12", 18),
        ("o.customer IS NULL", 1_000),
        ("o.customer IS NOT NULL", 9_000),
        ("o.id IS NULL", 0),
        ("o.customer = o.id", 18),
        ("o.total < 10", 2_667),
        ("o.total >= 10", 5_333),
        ("10 > o.total", 2_667),
        ("o.total BETWEEN 10 AND 100", 2_669),
        ("o.total > 10 AND o.total < 100", 2_665),
        ("o.total > 5000", 1),
        ("o.total < -1", 1),
        ("o.id < 2500", 2_500),
        ("o.day < CAST('1970-02-20' AS DATE)", 5_000),
        ("o.day < DATE '1970-01-11'", 1_000),
        ("o.paid", 4_000),
        ("NOT o.paid", 1_000),
        ("o.paid IS TRUE", 4_000),
        ("o.status = 'open' AND o.paid", 2_400),
        ("TRUE", 10_000),
        ("FALSE", 0),
        ("NULL", 0),
    ],
)
def test_conditions(condition: str, rows: int) -> None:
    found = estimated(f"SELECT o.id AS id FROM orders o WHERE {condition}")
    assert found.rows == rows
    assert (found.origin, found.taken_at_ms) == ("pg_stats", 5)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [("o.note = 'x'", 50), ("o.note LIKE '%x%'", 500), ("o.total > o.customer", 2_667), ("abs(o.total) > 5", 3_333)],
)
def test_what_is_guessed_is_said_to_be(condition: str, rows: int) -> None:
    found = estimated(f"SELECT o.id AS id FROM orders o WHERE {condition}")
    assert found.rows == rows
    assert found.origin == "pg_stats, 1 condition guessed"


@pytest.mark.parametrize(
    ("sql", "rows", "origin"),
    [
        ("SELECT count(*) AS n FROM orders o", 1, "pg_stats"),
        ("SELECT count(*) AS n FROM unknown u", 1, "query"),
        ("SELECT o.status AS s, count(*) AS n FROM orders o GROUP BY o.status", 3, "pg_stats"),
        ("SELECT o.status AS s FROM orders o WHERE o.id = 1 GROUP BY o.status", 1, "pg_stats"),
        ("SELECT o.id AS s, o.status AS t FROM orders o GROUP BY o.id, o.status", 10_000, "pg_stats"),
        ("SELECT DISTINCT o.customer AS c FROM orders o", 501, "pg_stats"),
        ("SELECT DISTINCT o.customer AS c, o.status AS s FROM orders o", 1_503, "pg_stats"),
        ("SELECT o.status AS s, count(*) AS n FROM orders o GROUP BY ROLLUP (o.status)", 4, "pg_stats"),
        ("SELECT o.id AS id FROM orders o ORDER BY o.id LIMIT 10", 10, "pg_stats"),
        ("SELECT o.id AS id FROM orders o LIMIT 10 OFFSET 9995", 5, "pg_stats"),
        ("SELECT u.id AS id FROM unknown u LIMIT 10", 10, "query"),
        ("SELECT u.id AS id FROM unknown u WHERE u.id = 4", 1, "query"),
        ("SELECT u.id AS id FROM unknown u WHERE u.a = 4", None, "none"),
        ("SELECT u.id AS id FROM unknown u", None, "none"),
        ("SELECT o.id AS id FROM orders o JOIN customers c ON c.id = o.customer", 9_000, "pg_stats, pg_class"),
        ("SELECT o.id AS id FROM orders o, customers c WHERE c.id = o.customer", 9_000, "pg_stats, pg_class"),
        ("SELECT o.id AS id FROM orders o LEFT JOIN customers c ON c.id = o.customer", 10_000, "pg_stats, pg_class"),
        ("SELECT o.id AS id FROM orders o JOIN customers c ON c.id = o.customer WHERE c.id = 5", 9, "pg_stats, pg_class"),
        ("SELECT o.id AS id FROM orders o CROSS JOIN customers c", 10_000_000, "pg_stats, pg_class"),
        ("SELECT o.id AS id FROM orders o JOIN unknown u ON u.id = o.id", None, "none"),
        ("SELECT o.id AS id FROM orders o WHERE o.customer IN (SELECT c.id AS i FROM customers c)", 9_000, "pg_stats, pg_class"),
        ("SELECT c.id AS id FROM customers c WHERE EXISTS (FROM orders o WHERE o.customer = c.id)", 500, "pg_class, pg_stats"),
        ("SELECT c.id AS i FROM customers c WHERE NOT EXISTS (FROM orders o WHERE o.customer = c.id)", 500, "pg_class, pg_stats"),
        ("SELECT c.id AS id FROM customers c UNION ALL SELECT o.id AS id FROM orders o", 11_000, "pg_class, pg_stats"),
        ("SELECT q.s AS s FROM (SELECT o.status AS s FROM orders o WHERE o.id < 1000) AS q WHERE q.s = 'open'", 600, "pg_stats"),
        ("WITH q AS (SELECT o.status AS s FROM orders o) SELECT q.s AS s FROM q WHERE q.s = 'void'", 1_000, "pg_stats"),
        ("SELECT o.status AS s FROM orders o GROUP BY o.status HAVING count(*) > 5", 1, "pg_stats, 1 condition guessed"),
    ],
)  # fmt: skip
def test_queries(sql: str, rows: int | None, origin: str) -> None:
    found = estimated(sql)
    assert (found.rows, found.origin) == (rows, origin)


def test_bytes_are_those_of_arrow() -> None:
    two = estimated("SELECT o.id AS id, o.status AS status FROM orders o", "BIGINT", "VARCHAR")
    assert two.bytes == 10_000 * (8 + 4 + 4)
    assert estimated("SELECT o.note AS note FROM orders o", "VARCHAR").bytes is None
    assert estimated("SELECT sum(o.total) AS total FROM orders o", "DOUBLE").bytes == 8


def test_the_same_statistics_give_the_same_estimate_whenever_they_were_taken() -> None:
    later = replace(ORDERS, statistics=replace(ORDERS.statistics, taken_at_ms=99))  # type: ignore[type-var]
    source = replace(SOURCE, tables=(later, CUSTOMERS))
    first, second = (estimated("SELECT o.id AS id FROM orders o", source=each) for each in (SOURCE, source))
    assert (first, first.taken_at_ms, second.taken_at_ms) == (replace(second, taken_at_ms=5), 5, 99)
    assert Catalog((SOURCE,)).epoch == Catalog((source,)).epoch
    grown = replace(ORDERS, statistics=replace(ORDERS.statistics, rows=11_000))  # type: ignore[type-var]
    other = Catalog((replace(SOURCE, tables=(grown, CUSTOMERS, UNKNOWN)),))
    assert other.epoch != Catalog((SOURCE,)).epoch
    assert other.version == Catalog((SOURCE,)).version
    assert grown.content == ORDERS.content
