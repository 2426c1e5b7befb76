"""A source that is configured to do less is asked for less, and the answer stays the same."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from tests.answers.world import World

QUERIES = [
    ("joins", "SELECT a.i AS x, b.i AS y FROM lake.a a JOIN lake.a b ON a.i = b.i ORDER BY 1"),
    ("filters", "SELECT i FROM lake.a WHERE i > 1 ORDER BY 1"),
    ("aggregates", "SELECT count(*), sum(i) FROM lake.a"),
    ("aggregates", "SELECT DISTINCT i FROM lake.a ORDER BY 1"),
    ("sorts", "SELECT i FROM lake.a ORDER BY i DESC LIMIT 1"),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(None, None, tmp_path)
    world.load("lake", "a", pa.table({"i": [1, 2, 2, None]}))
    return world


@pytest.mark.parametrize(("capability", "sql"), QUERIES)
def test_what_is_configured_away_stays_here(world: World, capability: str, sql: str) -> None:
    with world.running():
        assert world.receipt(sql)["residual"] is None
    with world.running(capabilities={capability: False}):
        receipt = world.receipt(sql)
        assert receipt["residual"] is not None
        assert any(f"configured without {capability}" in left["reason"] for left in receipt["refused"]), receipt
        world.check(sql, ordered="ORDER BY" in sql)
