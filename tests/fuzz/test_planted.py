"""A defect planted in a translator or the planner is found within a bounded number of queries of a fixed seed, and made small."""

from __future__ import annotations

import pytest

from demo.servers import Server
from tests.fuzz.asking import ask
from tests.fuzz.corpus import read
from tests.fuzz.coverage import Coverage
from tests.fuzz.planted import PLANTED, Planted
from tests.fuzz.schema import tables
from tests.fuzz.telling import smallest
from tests.fuzz.worlds import world

SEED = 3
QUERIES = 600


@pytest.mark.parametrize("planted", [pytest.param(each, id=each.about) for each in PLANTED])
def test_a_planted_defect_is_found(
    planted: Planted, monkeypatch: pytest.MonkeyPatch, postgres_server: Server, mongodb_server: Server
) -> None:
    planted.plant(monkeypatch)
    servers = (postgres_server.uri, mongodb_server.uri)
    made = tuple(table for table in tables(SEED) if planted.source in (None, table.source))
    with world(*servers, made) as running:
        found, number = None, 0
        while found is None and number < QUERIES:
            found = ask(running, made, SEED, number, Coverage(), (planted.source,) if planted.source else None)
            number += 1
        assert found is not None
        print(f"{planted.about}: found by query {number}, {found.difference.kind}")  # noqa: T201
        text, sql = smallest(running, found, made, servers, tries=(40, 6))
    assert _size(text) < sum(len(table.rows) for table in made)
    assert len(sql) <= len(found.sql)
    with world(*servers, read(text).tables) as running:
        assert running is not None


def _size(text: str) -> int:
    return sum(statement.count("\n") for table in read(text).tables for statement in table.statements)
