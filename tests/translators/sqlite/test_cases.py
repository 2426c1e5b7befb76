"""What goes down to SQLite means there what it means in DuckDB: `cases/`, executed in both over the same rows, edges included."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from planner.errors import FozError
from tests.translators.case_files import Case, cases, rows
from tests.translators.oracle import Oracle
from translators.base import StoreConfig
from translators.sqlite import STORE

FOLDER = Path(__file__).parent / "cases"
CASES = list(cases(FOLDER))
DECLARED = {"t": {"i": "INTEGER", "k": "TINYINT"}, "g": {"k": "INTEGER"}}
"""What SQLite itself has no words for: integers narrower than BIGINT."""


def _places(chosen: list[Case]) -> list[object]:
    return [pytest.param(case, id=case.place) for case in chosen]


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    path = tmp_path_factory.mktemp("cases") / "s.db"
    with sqlite3.connect(path) as connection:
        for statement in rows(FOLDER):
            connection.execute(statement)
    connection.close()
    config = StoreConfig("s", "sqlite", {"path": str(path)}, declared=DECLARED)
    oracle = Oracle(STORE, STORE.open(config), "s")
    for table in oracle.found.tables:
        oracle.copy(table.name)
    yield oracle
    oracle.close()


def _texts(oracle: Oracle, relation: str, sql: str) -> list[str]:
    """Rows as DuckDB writes their values, in order where the query ends with an order."""
    found = oracle.engine.execute(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {relation} AS r").fetchall()
    texts = [repr(row) for row in found]
    return texts if "order by" in sql.lower().rsplit(")", 1)[-1] else sorted(texts)


def _answered(oracle: Oracle, sql: str) -> list[str]:
    types = [field.type for field in oracle.plan(sql).columns]
    table = oracle.alone(sql).rename_columns([f"c{index}" for index in range(len(types))])
    oracle.engine.register("answer", table)
    columns = ", ".join(f"CAST(c{index} AS {type}) AS c{index}" for index, type in enumerate(types))
    try:
        return _texts(oracle, f"(SELECT {columns} FROM answer)", sql)
    finally:
        oracle.engine.unregister("answer")


def test_there_are_many() -> None:
    assert len(CASES) >= 300


@pytest.mark.parametrize("case", _places([case for case in CASES if case.refused is None and not case.raises]))
def test_the_whole_query_is_pushed_and_right(oracle: Oracle, case: Case) -> None:
    native = oracle.native(case.sql)
    assert not native.startswith("refused"), f"{case.sql}\n{native}"
    assert _answered(oracle, case.sql) == _texts(oracle, f"({case.sql})", case.sql), f"{case.sql}\n{native}"
    assert case.sends in (None, native)


@pytest.mark.parametrize("case", _places([case for case in CASES if case.refused is not None]))
def test_what_is_not_certain_stays_above(oracle: Oracle, case: Case) -> None:
    native = oracle.native(case.sql)
    assert native.startswith("refused"), f"{case.sql}\n{native}"
    assert case.refused is not None
    assert case.refused in native


@pytest.mark.parametrize("case", _places([case for case in CASES if case.raises]))
def test_what_duckdb_raises_for_is_pushed_and_raises(oracle: Oracle, case: Case) -> None:
    assert not oracle.native(case.sql).startswith("refused"), f"{case.sql}\n{oracle.native(case.sql)}"
    with pytest.raises(duckdb.Error):
        oracle.expected(case.sql)
    with pytest.raises(FozError) as raised:
        oracle.alone(case.sql)
    assert raised.value.code == "sql.type"
