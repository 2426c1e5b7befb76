"""The tables of scalar functions speak of every one that DuckDB has, and hold for every letter."""

from __future__ import annotations

import duckdb

from translators.postgres import scalars
from translators.postgres.refused import why
from translators.postgres.scalars.letters import LOWER, UPPER, letters
from translators.postgres.scalars.table import functions

BY_NODE = {
    *("=", "!=", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM", "~~", "!~~", "~~*", "!~~*", "~~~"),
    *("+", "-", "*", "/", "//", "%", "mod", "abs", "@", "!__postfix"),
    *("like_escape", "not_like_escape", "ilike_escape", "not_ilike_escape"),
}
"""Operators, which have renderers of their own in expressions.py, arithmetic.py and functions.py."""


def _names() -> set[str]:
    found = duckdb.connect().execute("SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'scalar'")
    return {name for (name,) in found.fetchall()}


def test_every_scalar_function_of_duckdb_is_pushed_or_refused_with_a_reason() -> None:
    pushed = functions(scalars.ROWS) | set(scalars.CODED) | BY_NODE
    unknown = sorted(name for name in _names() if name not in pushed and why(name) is None)
    assert not unknown


def test_no_function_is_both_pushed_and_refused() -> None:
    assert not sorted(name for name in functions(scalars.ROWS) | set(scalars.CODED) if why(name))


def test_the_letters_are_those_of_duckdb() -> None:
    every = "FROM range(1, 1114112) AS points(i) WHERE i NOT BETWEEN 55296 AND 57343"
    for name, runs in (("lower", LOWER), ("upper", UPPER)):
        changed = duckdb.connect().execute(
            f"SELECT chr(i::INTEGER), {name}(chr(i::INTEGER)) {every} AND {name}(chr(i::INTEGER)) <> chr(i::INTEGER)"
        )
        assert dict(changed.fetchall()) == dict(zip(*letters(runs), strict=True))
