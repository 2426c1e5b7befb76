"""A short storm: `python -m tests.chaos` is the long one."""

from __future__ import annotations

import pytest

from tests.chaos.storm import weather
from tests.chaos.world import World


@pytest.mark.timeout(600)
def test_every_ticket_ends_well_whatever_is_killed() -> None:
    world = World()
    try:
        ledger, ends, _ = weather(world, kills=12, seed=1, said=lambda line: None)
    finally:
        world.close()
    assert ledger.wrong == []
    assert ends["completed"] > 0
