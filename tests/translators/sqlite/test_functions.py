"""The tables of functions speak of every one that DuckDB has, and every aggregate that goes down or is left has its case."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from tests.translators.case_files import cases
from translators.sqlite import scalars
from translators.sqlite.aggregate_names import LEFT, PUSHED
from translators.sqlite.casts import Casts
from translators.sqlite.refused import why
from translators.sqlite.scalars.table import functions

FOLDER = Path(__file__).parent / "cases"

BY_NODE = {
    *("=", "!=", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "~~~"),
    *("+", "-", "*", "/", "//", "%", "mod", "abs", "@", "!__postfix"),
    *("like_escape", "not_like_escape", "ilike_escape", "not_ilike_escape"),
}
"""Operators, which have renderers of their own."""

SPELLINGS = {"len"}
"""Names under which sqlglot knows a function that has its case under another."""

UNCALLED = {"combine_aggr", "decimal_average", "lttb", "variant_group_object"}
"""Aggregates that DuckDB's binder or Arrow's types keep from any caller."""


def _names(kind: str) -> set[str]:
    found = duckdb.connect().execute("SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = $1", [kind])
    return {name for (name,) in found.fetchall()}


def _called(refused: bool) -> set[str]:
    texts = [case.sql for case in cases(FOLDER) if (case.refused is not None) == refused]
    return {name.lower() for text in texts for name in re.findall(r"(\w+)\(", text)}


def test_every_scalar_function_of_duckdb_is_sent_or_refused_with_a_reason() -> None:
    sent = functions(scalars.ROWS) | set(scalars.CODED) | BY_NODE
    assert sorted(name for name in _names("scalar") if name not in sent and why(name) is None) == []


def test_no_function_is_both_sent_and_refused() -> None:
    assert sorted(name for name in functions(scalars.ROWS) | set(scalars.CODED) if why(name)) == []


def test_every_function_that_is_sent_has_a_case() -> None:
    written = {name for name in functions(scalars.ROWS) | set(scalars.CODED) if name.isidentifier()}
    assert sorted(written - _called(refused=False) - SPELLINGS) == []


def test_every_aggregate_of_duckdb_is_in_one_table() -> None:
    names = _names("aggregate")
    assert names - PUSHED - LEFT.keys() == set()
    assert (PUSHED | LEFT.keys()) - names <= {"argmin", "argmax"}
    assert PUSHED & LEFT.keys() == set()


def test_every_aggregate_has_a_case_that_shows_what_becomes_of_it() -> None:
    assert PUSHED - _called(refused=False) == set()
    assert LEFT.keys() - _called(refused=True) == UNCALLED


def test_the_case_of_every_letter_is_that_of_duckdb() -> None:
    casts = Casts()
    every = "".join(chr(point) for point in range(1, 0x110000) if not 0xD800 <= point <= 0xDFFF)
    for name in ("lower", "upper"):
        (expected,) = duckdb.connect().execute(f"SELECT {name}($1)", [every]).fetchall()[0]
        assert every.translate(casts.letters(name)) == expected
    casts.close()
