"""What SQLite tells of its tables, and estimates from it beside the rows that are there."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from planner.cost import Estimate, estimate
from planner.statistics import ColumnStatistics, TableStatistics
from tests.translators.oracle import Oracle
from translators.base import StoreConfig
from translators.sqlite import STORE


def _oracle(path: Path, *statements: str) -> Oracle:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return Oracle(STORE, STORE.open(StoreConfig("lite", "sqlite", {"path": str(path)})), "lite")


_ROWS = """INSERT INTO orders WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5000)
           SELECT n, n % 50, 'name ' || (1000 + n), date('2024-01-01', (n % 366) || ' days'), n % 7 FROM t"""
_TABLES = (
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, name TEXT, day DATE, other INTEGER)",
    "CREATE INDEX by_customer ON orders (customer)",
    "CREATE INDEX by_day ON orders (day, other)",
    _ROWS,
    "CREATE VIEW seen AS SELECT * FROM orders",
    "CREATE TABLE empty (id INTEGER PRIMARY KEY)",
    "CREATE TABLE keyed (code TEXT PRIMARY KEY) WITHOUT ROWID",
)


def _known(oracle: Oracle, name: str) -> TableStatistics | None:
    return oracle.table(name).statistics


def _estimated(oracle: Oracle, condition: str) -> Estimate:
    oracle.copy("orders")
    return estimate(oracle.fragment(f"SELECT o.id, o.name FROM lite.main.orders AS o WHERE {condition}"), oracle.source)


def test_without_analyze_the_largest_rowid_counts(tmp_path: Path) -> None:
    oracle = _oracle(tmp_path / "a.db", *_TABLES)
    orders = _known(oracle, "orders")
    assert orders is not None
    assert (orders.rows, orders.origin, orders.bytes) == (5000, "largest rowid", None)
    assert (orders.by_name["id"].minimum, orders.by_name["id"].maximum) == (1, 5000)
    assert (orders.by_name["customer"].minimum, orders.by_name["customer"].maximum) == (0, 49)
    assert orders.by_name["name"] == ColumnStatistics(width_bytes=9)
    assert "other" not in orders.by_name
    assert (_known(oracle, "seen"), _known(oracle, "keyed"), oracle.table("empty").rows) == (None, None, 0)
    oracle.close()


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("TRUE", 5000),
        ("o.id = 9", 1),
        ("o.id <= 1000", 1000),
        ("o.customer = 7", 100),
        ("o.customer >= 25", 2500),
        ("o.day < DATE '2024-07-02'", 2500),
        ("o.day = DATE '2024-07-02'", 14),
        ("o.id BETWEEN 1001 AND 2000 AND o.customer = 7", 20),
    ],
)
def test_after_analyze_estimates_lie_near_the_rows(tmp_path: Path, condition: str, rows: int) -> None:
    oracle = _oracle(tmp_path / "a.db", *_TABLES, "ANALYZE")
    found = _estimated(oracle, condition)
    assert found.rows == pytest.approx(rows, rel=0.05)
    assert found.origin == "sqlite_stat1"
    assert found.bytes == pytest.approx(found.rows * (8 + 4 + 9), rel=0.01)
    oracle.close()
