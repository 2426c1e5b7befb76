"""What one query is expected to take, from its plan to the history's note of what it took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from planner.catalog import Source
from planner.errors import FozError
from planner.history import Middling
from planner.likeness import Whole
from planner.plan import Plan
from planner.prediction import Lanes, Prediction
from proxy.history import History, Ran, Read
from proxy.lanes import lanes_by_source
from proxy.reading import Observation, Sources
from translators.base import Store

ONE_READ: Lanes = ((1, (0,)),)

As = Literal["read", "answered", "explained"]


class Expectation:
    """Made when a query is planned; told of its reads by many threads, and of its end once.

    `whole` says what the plan is like, `kept` which of its fragments the cache answers, and `way` whether it is `answered` by the
    cache as a whole, read, or only `explained`: then its fragments count, its time does not.
    """

    def __init__(
        self,
        history: History,
        plan: Plan,
        whole: Whole,
        stores: Mapping[str, Store],
        sources: Mapping[str, Source],
        kept: Sequence[str],
        way: As,
    ) -> None:
        self._history = history
        self._plan = plan
        self._kept = tuple(self._place(each) for each in kept)
        self._way = way
        self._reads: list[Read] = []
        self._whole = whole.without(kept)
        self._lanes = lanes_of(plan, stores, sources)
        self.prediction = history.predict_hit() if way == "answered" else history.predict(self._whole, self._lanes, self._kept)

    def read(self, observation: Observation) -> None:
        """One of its reads has ended."""
        place = self._place(observation.fragment)
        self._reads.append(Read(place, observation.own_ms, observation.rows, observation.bytes, observation.code))

    def _place(self, fragment: str) -> int:
        return next(place for place, step in enumerate(self._plan.steps) if step.fragment.id == fragment)

    def ended(self, ms: float, rows: int, bytes: int, error: FozError | None) -> None:
        """The query has ended after `ms`, without the time for which its client took no rows."""
        reads = _together(tuple(self._reads))
        code = error.code if error is not None else None
        self._history.note(Ran(self.prediction, self._whole, self._lanes, reads, self._kept, ms, rows, bytes, code, self._way))


def lanes_of(plan: Plan, stores: Mapping[str, Store], sources: Mapping[str, Source]) -> Lanes:
    """How the fragments of a plan are read, as `proxy.lanes` reads them."""
    if len(plan.steps) <= 1:
        return ONE_READ[: len(plan.steps)]
    by_source: dict[str, list[int]] = {}
    for place, step in enumerate(plan.steps):
        by_source.setdefault(step.fragment.source, []).append(place)
    open = {source: len(places) for source, places in by_source.items() if source in stores and source in sources}
    lanes = lanes_by_source(open, Sources(stores, {source: sources[source].limits for source in open}))
    return tuple((lanes.get(source, 1), tuple(places)) for source, places in by_source.items())


def _together(reads: Sequence[Read]) -> list[Read]:
    """One read a fragment: one that was made twice took as long as both, and gave what the last one gave."""
    if len(reads) < 2:
        return list(reads)
    found: dict[int, Read] = {}
    for read in reads:
        before = found.get(read.place)
        ms = read.ms + before.ms if before is not None else read.ms
        found[read.place] = read if before is None else Read(read.place, ms, read.rows, read.bytes, read.code)
    return list(found.values())


def told(found: Prediction) -> dict[str, Any]:
    """A prediction as EXPLAIN and a query's status say it."""
    return {
        "ms": _told(found.ms, 3),
        "rows": _told(found.rows, 0),
        "bytes": _told(found.bytes, 0),
        "observations": found.observations,
        "level": found.level,
    }


def _told(figure: Middling | None, digits: int) -> dict[str, float] | None:
    if figure is None:
        return None
    p50, p95 = (round(value, digits) if digits else round(value) for value in (figure.p50, figure.p95))
    return {"p50": p50, "p95": p95}
