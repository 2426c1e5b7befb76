"""What is remembered of queries that ran: quantile sketches of their time, rows and bytes in buckets that fade, and counts.

    Record    of one key: its buckets, newest last, how often it ran, failed or was answered by the cache, and its correction
    Bucket    a stretch of observations in a row: one sketch a figure

A load changes, so that what was seen last counts most: the weight of an observation halves with each HALF_LIFE_RUNS that came
after it, and with each HALF_LIFE_SECONDS. Buckets merge in any order (the sketches are KLL's, of Apache DataSketches), so that
several processes each keep records of their own, and whoever predicts merges them.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import orjson
from datasketches import kll_floats_sketch

HALF_LIFE_RUNS = 150
HALF_LIFE_SECONDS = 1_800.0
BUCKET_RUNS = 25
BUCKET_SECONDS = 60.0
FORGOTTEN_AFTER_RUNS = 10 * HALF_LIFE_RUNS
MAX_BUCKETS = 10
"""A record over ten buckets reaches back by some ten half-lives: the older a bucket, the longer the stretch that it holds."""

_SIZES = (50, 12, 12)
"""KLL's k of the sketches of time, rows and bytes: bounds a normalised rank error of 2 % for a bucket's time, 10 % for the rest.
A bucket of fewer observations than k is exact."""
_SHARES = np.array((0.5, 0.95))
_FORMAT = 1

Figures = tuple[float, float, float]
"""Milliseconds, rows and bytes of one run; in a record of what is alike only roughly, what they are times what was expected."""


class Middling(NamedTuple):
    """The median and the 95th percentile of one figure. A tuple: several are made for every query."""

    p50: float
    p95: float


@dataclass(frozen=True)
class Forecast:
    """What a record expects of the next run, by how many `observations`, before any correction."""

    ms: Middling
    rows: Middling
    bytes: Middling
    observations: int


@dataclass
class Counts:
    """`runs` ended well and are in the buckets, `timeouts` are in them with the time after which they were stopped."""

    runs: int = 0
    timeouts: int = 0
    errors: int = 0
    hits: int = 0

    def plus(self, other: Counts) -> Counts:
        return Counts(self.runs + other.runs, self.timeouts + other.timeouts, self.errors + other.errors, self.hits + other.hits)


class Bucket:
    """Observations in a row, from `began` to `ended` (seconds since 1970): as they are while it is open, then as sketches."""

    __slots__ = ("_items", "_open", "_sketches", "began", "ended", "runs")

    def __init__(self, began: float, ended: float, runs: int = 0, sketches: Sequence[Any] | None = None) -> None:
        self.began = began
        self.ended = ended
        self.runs = runs
        self._open: list[Figures] = []
        self._sketches = tuple(sketches) if sketches is not None else tuple(kll_floats_sketch(size) for size in _SIZES)
        self._items: list[Any] | None = None

    def add(self, figures: Figures, now: float) -> None:
        self.ended = now
        self.runs += 1
        self._items = None
        self._open.append(figures)

    @property
    def sketches(self) -> tuple[Any, ...]:
        """Of time, rows and bytes. What was added goes in all at once: one by one costs ten times as much."""
        if self._open:
            for sketch, values in zip(self._sketches, np.array(self._open, dtype=np.float32).T, strict=True):
                sketch.update(np.ascontiguousarray(values))
            self._open.clear()
        return self._sketches

    @property
    def items(self) -> list[Any]:
        """For each figure an array of what is held of it: the values in one row, in the other how many observations each stands
        for."""
        if self._items is None:
            if len(self._open) == self.runs:
                self._items = [np.stack((values, np.ones(self.runs))) for values in np.array(self._open, dtype=np.float64).T]
            else:
                self._items = [np.array(list(sketch), dtype=np.float64).T for sketch in self.sketches]
        return self._items

    def plus(self, other: Bucket) -> Bucket:
        """Both in one; neither changes."""
        found = Bucket(min(self.began, other.began), max(self.ended, other.ended), self.runs + other.runs)
        for sketch, mine, theirs in zip(found.sketches, self.sketches, other.sketches, strict=True):
            sketch.merge(mine)
            sketch.merge(theirs)
        return found


@dataclass(eq=False)
class Record:
    """Of one key. Whoever adds to it is one thread; others may read it meanwhile.

    `text` says for people what it is about. `offset` is the logarithm by which predictions are corrected, after `corrected`
    corrections (`planner.conformal`).
    """

    text: str = ""
    counts: Counts = field(default_factory=Counts)
    buckets: tuple[Bucket, ...] = ()
    offset: float = 0.0
    corrected: int = 0

    def add(self, figures: Figures, now: float) -> None:
        """One run's figures, at `now` (seconds since 1970)."""
        last = self.buckets[-1] if self.buckets else None
        if last is None or last.runs >= BUCKET_RUNS or now - last.began > BUCKET_SECONDS:
            last = Bucket(now, now)
            self.buckets = compacted((*self.buckets, last))
        last.add(figures, now)


def compacted(buckets: Sequence[Bucket]) -> tuple[Bucket, ...]:
    """At most MAX_BUCKETS: neighbours merge where that loses least, which is where they are short or count for little."""
    found = list(buckets)
    while len(found) > MAX_BUCKETS:
        behind = sum(bucket.runs for bucket in found[1:])
        if behind > FORGOTTEN_AFTER_RUNS:
            del found[0]
            continue
        newer, losses = 0, []
        for index in range(len(found) - 1, 0, -1):
            runs = found[index - 1].runs + found[index].runs
            losses.append((runs * 0.5 ** (newer / HALF_LIFE_RUNS), index))
            newer += found[index].runs
        # The newest is still being filled.
        at = min(losses[1:])[1]
        found[at - 1 : at + 1] = [found[at - 1].plus(found[at])]
    return tuple(found)


def in_order(histories: Iterable[Sequence[Bucket]]) -> tuple[Bucket, ...]:
    """The buckets of several processes in the order of their ends."""
    return tuple(sorted((bucket for buckets in histories for bucket in buckets), key=lambda bucket: (bucket.ended, bucket.began)))


def merged(histories: Iterable[Sequence[Bucket]]) -> tuple[Bucket, ...]:
    """The buckets of several processes as those of one."""
    return compacted(in_order(histories))


def shared(records: Sequence[Record]) -> Record:
    """What several processes' records of one key say together; the correction is that of which most stands behind."""
    counts = Counts()
    for record in records:
        counts = counts.plus(record.counts)
    most = max(records, key=lambda record: record.corrected)
    buckets = merged([record.buckets for record in records])
    return Record(most.text, counts, buckets, most.offset, most.corrected)


def weights(buckets: Sequence[Bucket], now: float) -> list[float]:
    """The weight of each observation of a bucket: the mean of the weights of its stretch."""
    found = []
    newer = 0
    rate = math.log(2) / HALF_LIFE_RUNS
    for bucket in reversed(buckets):
        by_runs = math.exp(-rate * newer) * -math.expm1(-rate * bucket.runs) / (rate * bucket.runs) if bucket.runs else 0.0
        age = max(0.0, now - (bucket.began + bucket.ended) / 2)
        # However long ago, the last that is known is what is known: a weight of nothing would make it nobody's.
        found.append(max(1e-12, by_runs * 0.5 ** min(40.0, age / HALF_LIFE_SECONDS)))
        newer += bucket.runs
    return found[::-1]


def forecast(buckets: Sequence[Bucket], now: float) -> Forecast | None:
    """The faded quantiles of the buckets; None where they hold nothing."""
    filled = [bucket for bucket in buckets if bucket.runs]
    if not filled:
        return None
    per_run = weights(filled, now)
    held = [bucket.items for bucket in filled]
    ms, rows, size = (_middling([items[place] for items in held], per_run) for place in range(3))
    return Forecast(ms, rows, size, sum(bucket.runs for bucket in filled))


def _middling(held: Sequence[Any], per_run: Sequence[float]) -> Middling:
    values = np.concatenate([items[0] for items in held])
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(np.concatenate([items[1] * weight for items, weight in zip(held, per_run, strict=True)])[order])
    p50, p95 = np.searchsorted(sums, sums[-1] * _SHARES).clip(max=len(values) - 1)
    return Middling(float(values[order[p50]]), float(values[order[p95]]))


def encoded(record: Record) -> bytes:
    """The record as bytes that `decoded` reads, in this and in every other process."""
    counts = record.counts
    return orjson.dumps(
        {
            "format": _FORMAT,
            "text": record.text,
            "counts": [counts.runs, counts.timeouts, counts.errors, counts.hits],
            "offset": record.offset,
            "corrected": record.corrected,
            "buckets": [
                [each.began, each.ended, each.runs, *(base64.b64encode(sketch.serialize()).decode() for sketch in each.sketches)]
                for each in record.buckets
                if each.runs
            ],
        }
    )


def decoded(data: bytes) -> Record | None:
    """The record; None for what is none, or of another format."""
    try:
        value = orjson.loads(data)
        if value["format"] != _FORMAT:
            return None
        buckets = tuple(
            Bucket(began, ended, runs, [kll_floats_sketch.deserialize(base64.b64decode(sketch)) for sketch in sketches])
            for began, ended, runs, *sketches in value["buckets"]
        )
        return Record(value["text"], Counts(*value["counts"]), buckets, float(value["offset"]), int(value["corrected"]))
    except (ValueError, KeyError, TypeError, IndexError, RuntimeError):
        return None
