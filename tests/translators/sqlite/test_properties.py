"""Whatever a column holds, a condition that SQLite takes selects what DuckDB selects from the values that fit."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Literal

import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from planner.errors import SourceData
from planner.fragments import fragment
from tests.translators.oracle import Oracle
from translators.base import StoreConfig
from translators.sqlite import STORE

DECLARED = ("INTEGER", "REAL", "TEXT", "NUMERIC", "BOOLEAN", "", "DATE", "DECIMAL(9,2)", "TEXT COLLATE NOCASE")
MODES: tuple[Literal["nullify", "error"], ...] = ("nullify", "error")
STORED = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([0.5, -0.5, 1.0, 2.0**53, 1e300, float("inf"), 0.25]),
    st.sampled_from(["", "1", "01", "1.0", "a", "A", "ä", "2020-01-01", "2020-1-1", "1970-01-01", "x\0y"]),
    st.sampled_from([b"", b"a", b"1"]),
)
CONDITIONS = {
    "BIGINT": [
        "a.x > 0",
        "a.x = 1",
        "NOT (a.x < 1)",
        "a.x IN (1, 2, NULL)",
        "a.x BETWEEN 0 AND 2",
        "a.x IS NULL OR a.x <> 1",
        "a.x = a.y",
    ],
    "DOUBLE": ["a.x > 0.25", "a.x = 1", "NOT (a.x < 0.5)", "a.x IN (1, 0.5)", "a.x IS NOT NULL", "a.x <> a.y"],
    "VARCHAR": [
        "a.x = 'a'",
        "a.x > 'A'",
        "NOT (a.x < '1')",
        "a.x IN ('1', '')",
        "a.x LIKE '1%'",
        "contains(a.x, 'y')",
        "a.x = a.y",
    ],
    "BOOLEAN": ["a.x", "NOT a.x", "a.x = true OR a.y", "a.x IS NOT TRUE"],
    "DATE": ["a.x > DATE '1970-01-01'", "a.x = DATE '2020-01-01'", "a.x IS NULL", "a.x <= a.y"],
    "DECIMAL(9,2)": ["a.x > 0.25", "a.x = 1", "a.x IN (0.5, 3)", "NOT (a.x > a.y)"],
}


@pytest.mark.parametrize("declared", DECLARED)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(STORED, STORED), max_size=6))
def test_conditions_over_mixed_columns(tmp_path: Path, declared: str, rows: list[tuple[Any, Any]]) -> None:
    path = tmp_path / "mixed.db"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE t (x {declared}, y {declared})")
    connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
    connection.execute("CREATE INDEX t_x ON t (x)")
    connection.commit()
    connection.close()
    lenient, strict = (
        Oracle(STORE, STORE.open(StoreConfig("s", "sqlite", {"path": str(path)}, on_mismatch=on_mismatch)), "s")
        for on_mismatch in MODES
    )
    lenient.copy("t")
    for condition in CONDITIONS[lenient.table("t").columns[0].type]:
        sql = f"SELECT a.x, a.y FROM s.main.t AS a WHERE {condition}"
        assert not lenient.take(sql).left
        lenient.agrees(sql)
        lenient.agrees(f"SELECT {condition} AS holds, count(*) AS n FROM s.main.t AS a GROUP BY {condition}")
        _gives_no_other_rows(strict, lenient, sql)
    lenient.agrees("SELECT a.x, count(*) AS n FROM s.main.t AS a GROUP BY a.x ORDER BY a.x DESC")
    lenient.agrees("SELECT min(a.x), max(a.y), count(a.x), count(DISTINCT a.y) FROM s.main.t AS a")
    lenient.close()
    strict.close()


def _gives_no_other_rows(strict: Oracle, lenient: Oracle, sql: str) -> None:
    """Where a misfit is an error, the answer is that error or has only rows that the lenient source has too."""
    query = sqlglot.parse_one(sql, dialect="duckdb")
    assert isinstance(query, exp.Query)
    try:
        rows = strict.read(fragment("f0", query, lenient.fragment(sql).outputs, strict.catalog)).to_pylist()
    except SourceData:
        return
    allowed = lenient.expected(sql)
    assert all(tuple(row.values()) in allowed for row in rows)
