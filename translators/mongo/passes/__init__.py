"""The optimiser of pipelines: small passes, each from stages to equal stages, run in turn until none changes anything.

A pass knows stages only, no SQL and no server; each is tested as pairs of pipelines. What MongoDB does by itself as well is done
here all the same where the receipt reads better for it, or a `find` comes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from translators.mongo.passes.limits import limits_down, limits_merged
from translators.mongo.passes.matches import matches_first, matches_merged, nothing_read
from translators.mongo.passes.projections import projections_merged, sets_merged
from translators.mongo.passes.stages import Stage
from translators.mongo.passes.unneeded import unneeded_dropped, unread_dropped, unsorted

Pass = Callable[[Sequence[Stage]], tuple[Stage, ...]]

PASSES: tuple[Pass, ...] = (
    unneeded_dropped,
    nothing_read,
    matches_first,
    matches_merged,
    sets_merged,
    projections_merged,
    unread_dropped,
    unsorted,
    limits_down,
    limits_merged,
)
_ROUNDS = 20


def optimised(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Equal stages that read less, and earlier. Deterministic; the same stages again give themselves."""
    found = tuple(stages)
    for _ in range(_ROUNDS):
        before = found
        for each in PASSES:
            found = each(found)
        if found == before:
            break
    return found


__all__ = ["PASSES", "optimised"]
