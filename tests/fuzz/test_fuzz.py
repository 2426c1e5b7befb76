"""Three hundred random queries of a fixed seed: every answer is DuckDB's. `python -m tests.fuzz` searches on."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from tests.answers.world import World
from tests.fuzz.compare import difference
from tests.fuzz.parameters import with_parameters
from tests.fuzz.queries import query
from tests.fuzz.reduce import reduced
from tests.fuzz.tables import load

SEED = 1
QUERIES = 300
AT_ONCE = 50


@pytest.fixture(scope="module")
def world(postgres_uri: str, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(postgres_uri, mongodb_uri, tmp_path_factory.mktemp("fuzz"))
    load(made, SEED)
    with made.running():
        yield made


@pytest.mark.parametrize("first", range(0, QUERIES, AT_ONCE))
def test_answers_are_duckdbs(world: World, first: int) -> None:
    for number in range(first, first + AT_ONCE):
        sql = query(Random(f"{SEED}/{number}"))
        found = difference(world, sql)
        assert found is None, f"query {number}: {found.kind}: {found.detail}\n{sql}"
        asked, parameters = with_parameters(Random(f"{SEED}/{number}"), sql)
        found = difference(world, sql, parameters, asked) if number % 3 == 0 and parameters else None
        assert found is None, f"query {number} with {parameters}: {found.kind}: {found.detail}\n{asked}"


def test_a_query_follows_from_its_seed() -> None:
    assert query(Random("7/1")) == query(Random("7/1"))
    assert len({query(Random(f"7/{number}")) for number in range(50)}) > 45


def test_a_difference_is_reduced_to_its_smallest_case() -> None:
    sql = "SELECT t.a + 1 AS x, t.b AS y FROM t JOIN u ON t.a = u.a WHERE t.a > 1 AND (t.b LIKE 'z%' OR t.c) ORDER BY 1 LIMIT 3"
    assert reduced(sql, lambda smaller: "LIKE" in smaller and "FROM t" in smaller) == "SELECT t.b AS y FROM t WHERE t.b LIKE 'z%'"
