"""A query written out again means what it meant: operators reach as far as DuckDB says."""

from __future__ import annotations

from random import Random

import duckdb
import pytest
from sqlglot import exp

from planner.dialect import DUCKDB, reads_otherwise
from planner.parse import parse

ROW = "FROM (SELECT 5 AS a, -3 AS b, 7 AS c, true AS p, false AS q, NULL::BOOLEAN AS n)"

BINARY = ("+", "-", "*", "%", "//", "&", "|", "<<", ">>", "**", "^")
COMPARING = ("=", "<>", "<", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM")


def number(random: Random, depth: int) -> str:
    if depth == 0 or random.random() < 0.25:
        return random.choice(("a", "b", "c", "1", "2", "-1", "-a", "~a"))
    inner = number(random, depth - 1)
    other = number(random, depth - 1)
    operator = random.choice(BINARY)
    forms = (f"-{inner}", f"- {inner}", f"~ {inner}", f"+{inner}", f"({inner})", f"abs({inner})", f"{inner}::BIGINT")
    return random.choice((*forms, *[f"{inner} {operator} {other}"] * 8, f"{inner}{operator}{other}"))


def condition(random: Random, depth: int) -> str:
    if depth == 0:
        return random.choice(("p", "q", "n", "NULL", "TRUE"))
    inner, other = condition(random, depth - 1), condition(random, depth - 1)
    a, b, c = (number(random, depth - 1) for _ in range(3))
    negated = random.choice(("", "NOT "))
    return random.choice(
        (
            *[f"NOT {inner}"] * 2,
            f"({inner})",
            f"{inner} {random.choice(('AND', 'OR'))} {other}",
            f"{inner} {random.choice(('=', '<>', '<'))} {other}",
            f"{a} {negated}BETWEEN {b} AND {c}",
            f"{a} {negated}IN ({b}, {c})",
            f"{random.choice((a, inner))} IS {negated}{random.choice(('NULL', 'TRUE', 'FALSE'))}",
            *[f"{a} {random.choice(COMPARING)} {b}"] * 2,
        )
    )


def answer(sql: str) -> str:
    try:
        return repr(duckdb.sql(sql).fetchall())
    except duckdb.Error as error:
        return type(error).__name__


@pytest.mark.parametrize("seed", range(4))
def test_what_is_written_again_is_read_as_it_was(seed: int) -> None:
    random = Random(seed)
    compared = 0
    for _ in range(800):
        text = random.choice((number, condition))(random, random.randint(1, 4))
        wanted = answer(f"SELECT {text} AS x {ROW}")
        if not wanted.startswith("["):
            continue
        query = parse(f"SELECT {text} AS x {ROW}").query
        if not any(map(reads_otherwise, query.walk())):
            assert answer(query.sql(DUCKDB)) == wanted, text
            compared += 1
    assert compared > 300


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("- ~a", "-(~a)"),
        ("~ ~a", "~(~a)"),
        ("~ -a", "~(-a)"),
        ("- -a", "-(-a)"),
        ("~(-1)", "~(-1)"),
        ("a - -1", "a - -1"),
        ("a NOT IN (1) = p", "(NOT a IN (1)) = p"),
        ("(NOT p) IS NULL", "(NOT p) IS NULL"),
        ("NOT p IS NULL", "NOT p IS NULL"),
        ("NOT NOT p", "NOT (NOT p)"),
    ],
)
def test_operators_of_one_operand_stand_apart(text: str, written: str) -> None:
    assert parse(f"SELECT {text} {ROW}").query.selects[0].sql(DUCKDB) == written


def test_a_tree_without_parentheses_gets_them() -> None:
    a, b = exp.column("a"), exp.column("b")
    assert exp.Not(this=exp.And(this=a.copy(), expression=b.copy())).sql(DUCKDB) == "NOT (a AND b)"
    assert exp.Neg(this=exp.Sub(this=a.copy(), expression=b.copy())).sql(DUCKDB) == "-(a - b)"
    assert exp.Sub(this=exp.BitwiseNot(this=a.copy()), expression=b.copy()).sql(DUCKDB) == "(~a) - b"


def test_another_dialects_complement_binds_as_it_does_there() -> None:
    assert parse("SELECT ~a - b FROM s.t", "sqlite").text == "SELECT (~a) - b FROM s.t"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("~a - a", "~(a - a)"),
        ("a - (~a * 2 - 1)", "a - (~((a * 2) - 1))"),
        ("~a = -a - 1", "(~a) = ((-a) - 1)"),
        ("(~a) - a", "(~a) - a"),
    ],
)
def test_a_complement_reaches_over_arithmetic_as_in_duckdb(text: str, meant: str) -> None:
    ((one, other),) = duckdb.sql(f"SELECT {text}, {meant} FROM (SELECT 5 AS a)").fetchall()
    assert one == other
    trees = [parse(f"SELECT {each} AS x FROM s.t").query.selects[0] for each in (text, meant)]
    for tree in trees:
        for parenthesis in list(tree.find_all(exp.Paren)):
            parenthesis.replace(parenthesis.this)
    assert trees[0] == trees[1]


@pytest.mark.parametrize("text", ["1 - a * ~a", "-~a | a", "a ** ~a", "~a + ~a"])
def test_a_complement_behind_an_operator_is_left_to_duckdb(text: str) -> None:
    assert any(map(reads_otherwise, parse(f"SELECT {text} {ROW}").query.walk()))
