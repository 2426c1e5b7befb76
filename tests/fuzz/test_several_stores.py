"""A thousand random queries of a fixed seed over tables of one to three stores: every answer is DuckDB's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.servers import Server
from tests.answers.world import World
from tests.fuzz.asking import ask
from tests.fuzz.coverage import ACROSS, Coverage
from tests.fuzz.schema import tables
from tests.fuzz.worlds import world

SEED = 2
QUERIES = 1000
AT_ONCE = 200


@pytest.fixture(scope="module")
def running(postgres_server: Server, mongodb_server: Server) -> Iterator[World]:
    with world(postgres_server.uri, mongodb_server.uri, tables(SEED)) as made:
        yield made


@pytest.mark.parametrize("first", range(0, QUERIES, AT_ONCE))
def test_answers_are_duckdbs(running: World, first: int) -> None:
    coverage = Coverage()
    for number in range(first, first + AT_ONCE):
        found = ask(running, tables(SEED), SEED, number, coverage)
        assert found is None, f"query {number}: {found}"
    assert coverage.queries[ACROSS] > 0
