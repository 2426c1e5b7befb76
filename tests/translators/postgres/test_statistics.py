"""PostgreSQL's own statistics, and estimates from them beside the rows that really come."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from planner.catalog import Table
from planner.cost import Estimate, estimate
from planner.statistics import TableStatistics
from tests.translators.postgres.beside import Beside, administer
from translators.base import StoreConfig
from translators.control import Control
from translators.postgres import STORE

ROWS = 20_000


@pytest.fixture(scope="module")
def shop(postgres_uri: str) -> Iterator[Beside]:
    administer(
        postgres_uri,
        """CREATE TABLE orders AS SELECT n AS id, n % 700 AS customer,
           CASE WHEN n % 10 < 6 THEN 'open' WHEN n % 10 < 9 THEN 'paid'
           ELSE 'void' END AS status, CASE WHEN n % 5 > 0 THEN (n * 7919 % 20000) / 100.0::float8 END AS total,
           date '2024-01-01' + (n % 366)::int AS day, n % 4 = 0 AS gift, (n % 997)::numeric(10,2) / 4 AS price,
           'name ' || n % 5000 AS name, timestamptz '2024-01-01' + n * interval '1 minute' AS made
           FROM generate_series(1, 20000) AS t (n)""",
        "ALTER TABLE orders ADD PRIMARY KEY (id)",
        "CREATE TABLE customers AS SELECT n AS id, 'c' || n AS name FROM generate_series(0, 699) AS t (n)",
        "ALTER TABLE customers ADD PRIMARY KEY (id)",
        "CREATE TABLE never (id int, name text) WITH (autovacuum_enabled = false)",
        "CREATE TABLE nothing (id int) WITH (autovacuum_enabled = false)",
        "CREATE TABLE parted (id int, kind text) PARTITION BY LIST (kind)",
        "CREATE TABLE parted_a PARTITION OF parted FOR VALUES IN ('a')",
        "CREATE TABLE parted_b PARTITION OF parted FOR VALUES IN ('b')",
        "INSERT INTO parted SELECT n, CASE WHEN n <= 300 THEN 'a' ELSE 'b' END FROM generate_series(1, 1000) AS t (n)",
        "CREATE TABLE parent (id int)",
        "CREATE TABLE child () INHERITS (parent)",
        "INSERT INTO parent SELECT n FROM generate_series(1, 100) AS t (n)",
        "INSERT INTO child SELECT n FROM generate_series(1, 400) AS t (n)",
        "CREATE VIEW seen AS SELECT * FROM customers",
        "ANALYZE orders, customers, nothing, parted, parent",
    )
    beside = Beside(postgres_uri)
    yield beside
    beside.close()


def known(beside: Beside, name: str) -> TableStatistics:
    table = beside.source.table(name)
    assert isinstance(table, Table)
    assert table.statistics is not None
    return table.statistics


def estimated(beside: Beside, sql: str) -> Estimate:
    (step,) = beside.plan(sql).steps
    return estimate(step.fragment, beside.source)


@pytest.mark.parametrize(
    ("condition", "factor"),
    [
        ("TRUE", 1.01),
        ("id = 77", 1.01),
        ("id IN (1, 2, 3)", 1.01),
        ("id <= 5000", 1.1),
        ("id BETWEEN 5000 AND 7000", 1.2),
        ("id > 19990", 60),
        ("status = 'open'", 1.1),
        ("status <> 'open'", 1.1),
        ("status IN ('paid', 'void')", 1.1),
        ("status LIKE 'o%'", 1.1),
        ("status LIKE '%i%'", 1.1),
        ("customer = 5", 1.5),
        ("customer < 70", 1.3),
        ("NOT customer < 70", 1.1),
        ("total IS NULL", 1.1),
        ("total IS NOT NULL", 1.1),
        ("total < 50", 1.2),
        ("total >= 50 AND total < 60", 1.3),
        ("price > 100.5", 1.2),
        ("day < DATE '2024-02-01'", 1.3),
        ("day = DATE '2024-02-01'", 1.5),
        ("made < TIMESTAMPTZ '2024-01-05 00:00:00+00'", 1.2),
        ("gift", 1.1),
        ("NOT gift", 1.1),
        ("name LIKE 'name 1%'", 1.5),
        ("name = 'name 17'", 2),
        ("status = 'open' AND total < 50", 1.5),
        ("status = 'void' OR gift", 1.3),
    ],
)
def test_estimates_lie_near_the_rows_that_come(shop: Beside, condition: str, factor: float) -> None:
    sql = f"SELECT id FROM pg.orders WHERE {condition}"
    given, found = shop.read(sql).num_rows, estimated(shop, sql)
    assert found.rows is not None
    assert given / factor <= found.rows <= given * factor, (given, found)
    assert found.origin == "pg_stats"


@pytest.mark.parametrize(
    ("sql", "factor"),
    [
        ("SELECT status, count(*) FROM pg.orders GROUP BY status", 1.01),
        ("SELECT DISTINCT customer FROM pg.orders", 1.05),
        ("SELECT name, count(*) FROM pg.orders GROUP BY name", 1.3),
        ("SELECT o.id, c.name FROM pg.orders o JOIN pg.customers c ON c.id = o.customer", 1.05),
        ("SELECT o.id, c.name FROM pg.orders o JOIN pg.customers c ON c.id = o.customer WHERE c.id = 7", 1.5),
        ("SELECT a.id FROM pg.orders a JOIN pg.orders b ON a.customer = b.customer WHERE b.status = 'void'", 1.3),
        ("SELECT id FROM pg.customers c WHERE EXISTS (SELECT * FROM pg.orders o WHERE o.customer = c.id)", 1.05),
        ("SELECT id FROM pg.customers WHERE id IN (SELECT customer FROM pg.orders WHERE id < 8)", 1.6),
        ("SELECT id FROM pg.orders ORDER BY total LIMIT 10", 1),
        ("SELECT id FROM pg.customers UNION ALL SELECT id FROM pg.orders", 1.05),
    ],
)
def test_estimates_of_larger_queries(shop: Beside, sql: str, factor: float) -> None:
    given, found = shop.read(sql).num_rows, estimated(shop, sql)
    assert found.rows is not None
    assert given / factor <= found.rows <= given * factor, (given, found)


@pytest.mark.parametrize("columns", ["id", "name, status", "total, day, gift, price, made"])
def test_bytes_are_near_those_of_the_batches(shop: Beside, columns: str) -> None:
    sql = f"SELECT {columns} FROM pg.orders"
    given, found = sum(batch.nbytes for batch in shop.read(sql).to_batches()), estimated(shop, sql)
    assert found.bytes is not None
    assert given / 1.15 <= found.bytes <= given * 1.15, (given, found)


def test_what_is_known_of_columns(shop: Beside) -> None:
    columns = known(shop, "orders").by_name
    assert dict(columns["status"].common).keys() == {"open", "paid", "void"}
    assert (columns["id"].distinct, columns["status"].distinct, columns["gift"].distinct) == (ROWS, 3, 2)
    assert columns["total"].null_fraction == pytest.approx(0.2, abs=0.05)
    assert columns["total"].bounds == tuple(sorted(columns["total"].bounds))
    assert dict(columns["gift"].common).keys() == {0, 1}
    assert known(shop, "orders").bytes is not None


def test_partitions_and_children_count_with_their_table(shop: Beside) -> None:
    assert (known(shop, "parted").rows, known(shop, "parted_a").rows) == (1000, 300)
    assert dict(known(shop, "parted").by_name["kind"].common) == {"a": pytest.approx(0.3), "b": pytest.approx(0.7)}
    assert (known(shop, "parent").rows, known(shop, "child").rows) == (500, 400)
    assert known(shop, "parent").by_name["id"].distinct == pytest.approx(400, rel=0.1)


def test_a_table_that_was_never_analyzed_is_told_by_the_server_s_counters(shop: Beside, postgres_uri: str) -> None:
    never = shop.source.table("never")
    assert never is not None
    assert never.statistics is None
    assert known(shop, "nothing").rows == 0
    administer(
        postgres_uri,
        "INSERT INTO never SELECT n, 'x' FROM generate_series(1, 5000) AS t (n)",
        "INSERT INTO nothing SELECT n FROM generate_series(1, 5000) AS t (n)",
        "SELECT pg_stat_force_next_flush()",
    )
    later = shop.store.statistics(shop.source.tables, Control())
    assert [(later[f"pg.public.{name}"].rows, later[f"pg.public.{name}"].origin) for name in ("never", "nothing")] == [
        (5000, "pg_stat_all_tables"),
        (5000, "pg_stat_all_tables"),
    ]


def test_views_have_none(shop: Beside) -> None:
    view = shop.source.table("seen")
    assert view is not None
    assert view.statistics is None


def test_values_of_columns_that_the_role_may_not_read_are_not_known(shop: Beside, postgres_uri: str) -> None:
    administer(
        postgres_uri,
        "DROP ROLE IF EXISTS foz_curious",
        "CREATE ROLE foz_curious LOGIN",
        "GRANT SELECT (id) ON orders TO foz_curious",
    )
    store = STORE.open(StoreConfig("pg", "postgres", {"uri": re.sub(r"//[^@]*@", "//foz_curious@", postgres_uri)}))
    try:
        tables = store.introspect(Control()).tables
        found = store.statistics(tables, Control())["pg.public.orders"]
    finally:
        store.close()
        administer(postgres_uri, "REVOKE ALL ON orders FROM foz_curious", "DROP ROLE foz_curious")
    assert (found.rows, [name for name, _ in found.columns]) == (ROWS, ["id"])


def test_statistics_wait_for_no_lock(shop: Beside, postgres_uri: str) -> None:
    holder = STORE.open(StoreConfig("pg", "postgres", {"uri": postgres_uri}))
    try:
        with holder.transaction(Control()) as transaction:
            transaction.execute("LOCK TABLE public.orders IN ACCESS EXCLUSIVE MODE")
            found = shop.store.statistics(shop.source.tables, Control(20_000))
        assert found["pg.public.orders"].rows == ROWS
    finally:
        holder.close()
