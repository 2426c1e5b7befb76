"""How long a fragment and a whole query will take: what is remembered of their like, corrected for how that has been going.

    size    runs of the same shape whose constants choose about as many rows
    shape   runs of the same shape, whatever their constants               ─┐ as multiples of what statistics promise
    table   runs over the same tables                                       │ (`planner.likeness.Likeness`)
    source  runs on the same source                                        ─┘
    cold    nothing has run: the statistics alone, at an ordinary store's speed

Each level speaks as far as its observations go, and leaves the rest to the one below it in this list. The 95th percentile is then
corrected by how predictions of the like have gone of late (`planner.conformal`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from planner.history import Forecast, Middling
from planner.likeness import Likeness, Whole

Level = Literal["size", "shape", "table", "source", "cold", "cache"]

FEWEST = 8
"""Observations at which a level speaks for one half."""
MANY = 60
"""Observations from which on it speaks alone."""
COLD_SPREAD = 5.0
"""p95 ÷ p50 where nothing has been observed."""


@dataclass(frozen=True)
class Prediction:
    """What a fragment or a query is expected to take and give: medians and 95th percentiles of milliseconds, rows and bytes.

    `observations` are those of the `level` that has most to say. Rows and bytes are None where neither a run nor statistics tell.
    """

    ms: Middling
    rows: Middling | None
    bytes: Middling | None
    observations: int
    level: Level

    @property
    def p50_ms(self) -> float:
        return self.ms.p50

    @property
    def p95_ms(self) -> float:
        return self.ms.p95


@dataclass(frozen=True)
class QueryPrediction(Prediction):
    """Of a whole query, with those of its `fragments` in the order of the plan's steps. The level is that of the part of which
    least is known."""

    fragments: tuple[Prediction, ...] = ()


Known = Callable[[str], "tuple[Forecast | None, float]"]
"""What is remembered under a key: its forecast, and the logarithm by which its 95th percentile is corrected."""

Lanes = Sequence[tuple[int, Sequence[int]]]
"""For each source that a query reads, how many of its fragments are read side by side, and which they are: by their places."""

_LEVELS: tuple[Level, ...] = ("size", "shape", "table", "source", "cold")
NOTHING = Middling(0.0, 0.0)


def predicted(like: Likeness, known: Known) -> Prediction:
    """The prediction of one fragment that is read from its source."""
    forecast, offset = known(like.keys[0])
    offset += known(like.keys[-1])[1]
    if forecast is None or forecast.observations < MANY:
        return _corrected(_backed_off(like, forecast, known), offset)
    ms = Middling(forecast.ms.p50, forecast.ms.p95 * math.exp(offset))
    return Prediction(ms, forecast.rows, forecast.bytes, forecast.observations, "size")


def _backed_off(like: Likeness, own: Forecast | None, known: Known) -> Prediction:
    """The mean of the levels' logarithms, by how much each has to say."""
    spoken: list[tuple[float, Prediction]] = []
    left = 1.0
    for level, key in zip(_LEVELS, like.keys, strict=False):
        forecast = own if level == "size" else known(key)[0]
        if forecast is None:
            continue
        told = _scaled(forecast, like, level) if level != "size" else _as_it_is(forecast)
        trust = 1.0 if forecast.observations >= MANY else forecast.observations / (forecast.observations + FEWEST)
        spoken.append((left * trust, told))
        left *= 1 - trust
        if not left:
            break
    if left:
        spoken.append((left, _cold(like)))
    most = max(spoken, key=lambda each: each[0])[1]
    finest = spoken[0][1]
    ms = Middling(*(_mean([(share, each.ms.p50 if at == 0 else each.ms.p95) for share, each in spoken]) for at in (0, 1)))
    return Prediction(ms, finest.rows, finest.bytes, most.observations, most.level)


def _mean(weighted: Sequence[tuple[float, float]]) -> float:
    return math.exp(sum(share * math.log(max(value, 1e-3)) for share, value in weighted))


def _as_it_is(forecast: Forecast) -> Prediction:
    return Prediction(forecast.ms, forecast.rows, forecast.bytes, forecast.observations, "size")


def _scaled(forecast: Forecast, like: Likeness, level: Level) -> Prediction:
    """A forecast of multiples, times what is expected of this fragment."""
    return Prediction(
        _times(forecast.ms, like.work_ms),
        _times(forecast.rows, like.rows) if like.rows is not None else None,
        _times(forecast.bytes, like.bytes) if like.bytes is not None else None,
        forecast.observations,
        level,
    )


def _times(middling: Middling, factor: float) -> Middling:
    return Middling(middling.p50 * factor, middling.p95 * factor)


def _cold(like: Likeness) -> Prediction:
    rows, size = (Middling(value, value) if value is not None else None for value in (like.rows, like.bytes))
    return Prediction(Middling(like.work_ms, like.work_ms * COLD_SPREAD), rows, size, 0, "cold")


def _corrected(found: Prediction, offset: float) -> Prediction:
    ms = Middling(found.ms.p50, found.ms.p95 * math.exp(offset))
    return Prediction(ms, found.rows, found.bytes, found.observations, found.level)


def answered(known: Known, key: str) -> Prediction:
    """The prediction of an answer, or a fragment, that the cache gives."""
    forecast, offset = known(key)
    if forecast is None:
        return Prediction(Middling(HIT_MS, HIT_MS * COLD_SPREAD), None, None, 0, "cache")
    ms = Middling(forecast.ms.p50, forecast.ms.p95 * math.exp(offset))
    return Prediction(ms, None, None, forecast.observations, "cache")


HIT_MS = 0.2
"""What giving a kept answer again takes before one has been seen."""


def combined(whole: Whole, fragments: Sequence[Prediction], lanes: Lanes, known: Known) -> QueryPrediction:
    """The prediction of a query from those of its fragments: what they take together, and the rest over them."""
    rest, offset = known(whole.keys[0])
    offset += known(whole.keys[-1])[1]
    if rest is None or rest.observations < FEWEST:
        general = known(whole.keys[1])[0]
        ms = _times(general.ms, whole.work_ms) if general is not None else Middling(whole.work_ms, whole.work_ms * COLD_SPREAD)
    else:
        ms = rest.ms
    p50 = together(lanes, [each.ms.p50 for each in fragments]) + ms.p50
    p95 = (together(lanes, [each.ms.p95 for each in fragments]) + ms.p95) * math.exp(offset)
    if rest is not None:
        rows: Middling | None = rest.rows
        size: Middling | None = rest.bytes
    else:
        rows, size = _sum([each.rows for each in fragments]), _sum([each.bytes for each in fragments])
    least = max(fragments, key=lambda each: (_RANK[each.level], -each.observations), default=None)
    level: Level = least.level if least is not None else "cold"
    observations = least.observations if least is not None else 0
    return QueryPrediction(Middling(p50, p95), rows, size, observations, level, tuple(fragments))


_RANK = {"cache": 0, "size": 1, "shape": 2, "table": 3, "source": 4, "cold": 5}


def _sum(parts: Sequence[Middling | None]) -> Middling | None:
    known = [part for part in parts if part is not None]
    return Middling(sum(each.p50 for each in known), sum(each.p95 for each in known)) if len(known) == len(parts) else None


def together(lanes: Lanes, times: Sequence[float]) -> float:
    """What fragments take that are read as `lanes` say."""
    if len(times) == 1:
        return times[0]
    longest = 0.0
    for side_by_side, members in lanes:
        own = [times[member] for member in members]
        longest = max(longest, max(own), sum(own) / side_by_side)
    return longest
