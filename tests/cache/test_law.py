"""The cache's law over real servers, for a while; and that the machine that looks for old answers finds planted ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from demo.server import Server
from tests.cache.law.__main__ import TABLES
from tests.cache.law.ledger import Stale
from tests.cache.law.machine import run
from tests.cache.law.planted import PLANTED
from tests.cache.law.world import World

STEPS, SECONDS = 1200, 12


def test_no_answer_is_older_than_it_may_be(
    postgres_server: Server, mongodb_server: Server, record_property: Callable[[str, object], None]
) -> None:
    world = World(postgres_server.uri, mongodb_server.uri, TABLES, processes=2)
    try:
        record_property("steps", run(world, STEPS, SECONDS))
    finally:
        world.close()
    assert not world.ledger.stale
    assert {"hit exact", "hit notified", "hit ttl"} <= set(world.ledger.seen)


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_found(
    postgres_server: Server, mongodb_server: Server, bug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, table, disturbed = PLANTED[bug]
    plant(monkeypatch)

    def found() -> bool:
        world = World(postgres_server.uri, mongodb_server.uri, (table,), processes=1)
        try:
            run(world, 50_000, 80, disturbed)
        except Stale:
            return True
        finally:
            world.close()
        return False

    assert any(found() for _ in range(3))
