"""The fuzzer itself: it repeats itself, knows a wrong answer from a right one, and makes differences small."""

from __future__ import annotations

import doctest
from random import Random

import duckdb
import pytest

from tests.answers.world import World
from tests.fuzz import raising, values, variants
from tests.fuzz.compare import compared, determined, order_keys
from tests.fuzz.grammar import FORMS
from tests.fuzz.pushed import recorded
from tests.fuzz.queries import query
from tests.fuzz.raising import without_errors
from tests.fuzz.reduce import reduced
from tests.fuzz.schema import tables


def test_a_query_follows_from_its_seed() -> None:
    made = tables(7)
    assert query(Random("7/1"), made, recorded()) == query(Random("7/1"), tables(7), recorded())
    assert len({query(Random(f"7/{number}"), made).text for number in range(50)}) > 45


def test_most_queries_mean_something() -> None:
    """DuckDB takes them, few of them raise, and most have rows."""
    made = tables(3)
    oracle = duckdb.connect()
    for table in made:
        oracle.execute(f"CREATE SCHEMA IF NOT EXISTS {table.source}")
        for statement in table.statements:
            oracle.execute(statement)
    refused, empty = [], 0
    for number in range(300):
        text = query(Random(f"3/{number}"), made).text
        try:
            empty += not oracle.execute(text).fetchall()
        except duckdb.Error as error:
            refused.append(f"{error}: {text}")
    assert len(refused) <= 9, "\n".join(refused)
    assert empty < 150


def test_a_form_is_written_once() -> None:
    written = [(form.kind, form.template) for form in FORMS]
    assert len(written) == len(set(written))


def test_a_difference_is_reduced_to_its_smallest_case() -> None:
    sql = "SELECT t.a + 1 AS x, t.b AS y FROM t JOIN u ON t.a = u.a WHERE t.a > 1 AND (t.b LIKE 'z%' OR t.c) ORDER BY 1 LIMIT 3"
    assert reduced(sql, lambda smaller: "LIKE" in smaller and "FROM t" in smaller) == "SELECT t.b AS y FROM t WHERE t.b LIKE 'z%'"


@pytest.fixture
def oracle(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(None, None, tmp_path_factory.mktemp("oracle"))
    made.oracle.execute("CREATE TABLE t AS SELECT unnest([0, 1, 2]) AS a, unnest([true, false, true]) AS b")
    return made


@pytest.mark.parametrize(
    ("raises", "allowed"),
    [
        ("SELECT a AS o0 FROM t WHERE 1 // a > 0", "SELECT 1 AS o0"),
        ("SELECT a AS o0 FROM t WHERE 1 // a > 0 AND b", "SELECT 1 AS o0 LIMIT 0"),
        ("SELECT 1 // a AS o0 FROM t ORDER BY 1", "SELECT unnest([0, 1]) AS o0"),
    ],
)
def test_an_error_becomes_no_row(oracle: World, raises: str, allowed: str) -> None:
    with pytest.raises(duckdb.Error):
        oracle.expected(raises)
    answers = []
    for tolerant in without_errors(raises):
        try:
            answers.append(oracle.expected(tolerant))
        except duckdb.Error:
            continue
    assert compared(answers[0], oracle.expected(allowed), "SELECT 1 AS o0") is None


def test_order_is_compared_where_the_query_orders(oracle: World) -> None:
    up, down = (oracle.expected(f"SELECT a AS o0 FROM t ORDER BY 1{way}") for way in ("", " DESC"))
    assert order_keys("SELECT a AS o0, b AS o1 FROM t ORDER BY 2 DESC, 1") == [1, 0]
    assert compared(up, down, "SELECT a AS o0 FROM t") is None
    found = compared(up, down, "SELECT a AS o0 FROM t ORDER BY 1")
    assert found is not None
    assert found.kind == "order"


def test_what_the_order_of_rows_decides_is_no_answer(oracle: World) -> None:
    assert determined(oracle, "SELECT a FROM t ORDER BY 1 LIMIT 1")
    assert not determined(oracle, "SELECT a FROM t LIMIT 1")


@pytest.mark.parametrize("module", [raising, values, variants])
def test_examples_are_true(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
