"""Now or later: whether a query is answered at once, or becomes a job before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from planner.prediction import Prediction

_KNOWN = ("size", "shape")
"""Levels that tell enough: what has run is the query's own shape. Anything else begins now, and may become a job on the way."""
_FEWEST = 8
"""Runs that must stand behind a prediction before a caller is sent away by it."""
_SHORT_MS = 100.0
_FAR_WITHIN = 2.0
"""A query whose median is so many times within the limit begins now whatever its 95th percentile, which a few slow runs lift: it
is short more often than not, and becomes a job on the way where it is not, without being run twice."""


@dataclass(frozen=True)
class Route:
    """Where a query goes, and why: one clause for people. `limit_ms` is the time above which it is a job, None where there is
    none; `p95_ms` is what was predicted."""

    to: Literal["now", "job"]
    why: str
    limit_ms: int | None
    p95_ms: float

    def told(self) -> Mapping[str, Any]:
        return {"why": self.why, "limitMs": self.limit_ms, "predictedP95Ms": round(self.p95_ms, 3)}


def route(mode: Literal["auto", "sync", "async"], limit_ms: int, has_own_time: bool, predicted: Prediction) -> Route:
    """The way of a query that is asked in `mode`, and answered within `limit_ms` or not at once.

    >>> from planner.history import Middling
    >>> route("auto", 1000, False, Prediction(Middling(900, 2500), None, None, 40, "shape")).to
    'job'
    >>> route("auto", 1000, False, Prediction(Middling(900, 2500), None, None, 0, "cold")).to
    'now'
    >>> route("auto", 1000, False, Prediction(Middling(90, 2500), None, None, 40, "shape")).why
    'it is expected to be short more often than not'
    """
    p95 = predicted.p95_ms
    if mode == "async":
        return Route("job", "the request says so", None, p95)
    if mode == "sync":
        return Route("now", "the request says so", None, p95)
    if has_own_time:
        return Route("now", "the request has a time of its own", None, p95)
    if p95 <= limit_ms:
        return Route("now", "it is expected to be short", limit_ms, p95)
    if predicted.level not in _KNOWN or predicted.observations < _FEWEST:
        return Route("now", "too little is known of how long it takes", limit_ms, p95)
    if predicted.p50_ms * _FAR_WITHIN <= limit_ms:
        return Route("now", "it is expected to be short more often than not", limit_ms, p95)
    return Route("job", "it is expected to be long", limit_ms, p95)


def may_be_long(chosen: Route, predicted: Prediction) -> bool:
    """Whether a query that begins now, and may become a job on the way, is not known to be short: for those it is worth a moment
    to look whether a job gives its answer already."""
    return chosen.to == "now" and chosen.limit_ms is not None and (predicted.p95_ms >= _SHORT_MS or predicted.level not in _KNOWN)
