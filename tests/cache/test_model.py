"""The law of the cache over every interleaving of its protocol, and that each way to break it is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cache.model import Broken, Bug, Model


@pytest.mark.parametrize("together", [False, True])
def test_no_interleaving_breaks_the_law(together: bool, record_property: Callable[[str, object], None]) -> None:
    states = Model(together).explore()
    record_property("states", states)
    assert states > 10_000


@pytest.mark.parametrize("bug", Bug)
def test_each_planted_bug_is_found(bug: Bug) -> None:
    together = bug is Bug.LATE_CALLERS_JOIN
    requests = 3 if bug is Bug.NEAR_DECIDES else 2  # one keeps the entry, one fetches the copy, one is given it
    with pytest.raises(Broken, match="was acknowledged before it asked"):
        Model(together, bug, requests).explore()
