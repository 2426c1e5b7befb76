"""A thousand random queries of a fixed seed, each over the tables of one store: every answer is DuckDB's.

`make fuzz` searches on from other seeds.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.servers import Server
from tests.answers.world import World
from tests.fuzz.asking import ask
from tests.fuzz.coverage import Coverage
from tests.fuzz.schema import SOURCES, tables
from tests.fuzz.worlds import world

SEED = 1
QUERIES = 250

LEAST_WHOLE = {"pg": 0.5, "docs": 0.2, "lite": 0.15, "lake": 0.9}
"""The share of its queries that a store has to do alone: what goes nowhere is computed by DuckDB on both sides."""

LEAST_LOOKED_UP = 0.04
"""The share of the queries over MongoDB that have to join collections there."""


@pytest.fixture(scope="module")
def running(postgres_server: Server, mongodb_server: Server) -> Iterator[World]:
    with world(postgres_server.uri, mongodb_server.uri, tables(SEED)) as made:
        yield made


@pytest.mark.parametrize("source", SOURCES)
def test_answers_are_duckdbs(running: World, source: str) -> None:
    coverage = Coverage()
    for number in range(QUERIES):
        found = ask(running, tables(SEED), f"{SEED}/{source}", number, coverage, (source,))
        assert found is None, f"query {number}: {found}"
    assert coverage.asked[source] > QUERIES
    assert source != "docs" or coverage.looked_up >= LEAST_LOOKED_UP * QUERIES
    assert coverage.whole[source] >= LEAST_WHOLE[source] * coverage.queries[source], "\n".join(coverage.lines())
