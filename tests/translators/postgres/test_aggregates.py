"""Every aggregate of DuckDB is classified: pushed, with a case that shows it, or left, with a case that shows the reason."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from tests.translators.case_files import cases
from translators.postgres.aggregate_names import LEFT, PUSHED

UNCALLED = {"combine_aggr", "decimal_average", "lttb", "variant_group_object"}
"""Aggregates that DuckDB's binder or Arrow's types keep from any caller."""


def test_every_aggregate_of_duckdb_is_in_one_table() -> None:
    rows = duckdb.sql("SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'").fetchall()
    names = {name for (name,) in rows}
    assert names - PUSHED - LEFT.keys() == set()
    assert (PUSHED | LEFT.keys()) - names <= {"argmin", "argmax"}
    assert PUSHED & LEFT.keys() == set()


def test_every_pushed_aggregate_has_a_case_that_is_pushed() -> None:
    assert PUSHED - _called(refused=False) == set()


def test_every_aggregate_that_is_left_has_a_case_that_says_why() -> None:
    assert LEFT.keys() - _called(refused=True) == UNCALLED


def _called(refused: bool) -> set[str]:
    texts = [case.sql for case in cases(Path(__file__).parent / "cases") if (case.refused is not None) == refused]
    return {name.lower() for text in texts for name in re.findall(r"(\w+)\(", text)}
