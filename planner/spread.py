"""What share of the rows has a value, a lesser one, or a text that matches: from the statistics of one column.

A share has a part for which a condition is true and one for which it is unknown (NULL), so that NOT keeps SQL's logic.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planner.statistics import ColumnStatistics, Value

PATTERN = 0.05
"""The share of texts that match a pattern of which nothing is known."""

_FEWEST_BOUNDS = 10
"""Bounds of a histogram from which on they serve as a sample of the values."""

_FEW = 0.01
"""The share of values beside the common ones under which it does not matter where they lie."""


@dataclass(frozen=True)
class Spread:
    """What is known of a column in a relation: its statistics, its DuckDB type, the rows that the statistics speak of, whether it
    may be NULL, and whether no two rows have the same value in it."""

    statistics: ColumnStatistics
    type: str
    rows: float | None = None
    nullable: bool = True
    unique: bool = False

    @property
    def nulls(self) -> float:
        return (self.statistics.null_fraction or 0.0) if self.nullable else 0.0

    @property
    def distinct(self) -> float | None:
        """How many different values it has, at least 1; None where that is not known."""
        if self.statistics.distinct is not None:
            return max(1.0, self.statistics.distinct)
        if self.unique and self.rows is not None:
            return max(1.0, self.rows * (1 - self.nulls))
        return 2.0 if self.type == "BOOLEAN" else None


@dataclass(frozen=True)
class Share:
    """The shares of the rows for which a condition is `true` and unknown; `guessed` counts the conditions that were guessed."""

    true: float
    unknown: float = 0.0
    guessed: int = 0

    @property
    def false(self) -> float:
        return max(0.0, 1 - self.true - self.unknown)


def equal(spread: Spread, value: Value | None) -> Share | None:
    """The share of the rows that have `value` (None: some value that is not known); None where nothing tells it."""
    statistics, nulls = spread.statistics, spread.nulls
    distinct = spread.distinct
    if value is None:
        return None if distinct is None else Share((1 - nulls) / distinct, nulls)
    for common, fraction in statistics.common:
        if common == value:
            return Share(fraction, nulls)
    if _outside(statistics, value):
        return Share(least(spread), nulls)
    if distinct is None:
        return None
    rest = max(0.0, 1 - nulls - sum(fraction for _, fraction in statistics.common))
    others = distinct - len(statistics.common)
    return Share(rest / others if others >= 1 else least(spread), nulls)


def _outside(statistics: ColumnStatistics, value: Value) -> bool:
    low, high = statistics.minimum, statistics.maximum
    return (low is not None and _less(value, low)) or (high is not None and _less(high, value))


def _less(left: Value, right: Value) -> bool:
    """Whether `left` is the lesser; values that do not compare are in no order."""
    return left < right if isinstance(left, str) == isinstance(right, str) else False  # type: ignore[operator]


def below(spread: Spread, value: Value, inclusive: bool) -> Share | None:
    """The share of the rows whose value is less than `value` (or equal to it); None where nothing tells it."""
    statistics, nulls = spread.statistics, spread.nulls
    commons = sum(fraction for _, fraction in statistics.common)
    rest = max(0.0, 1 - nulls - commons)
    position = _position(statistics, value)
    if position is None:
        if rest > _FEW or not statistics.common:
            return None
        position = 0.5
    true = sum(fraction for common, fraction in statistics.common if _less(common, value)) + rest * position
    if inclusive:
        same = equal(spread, value)
        true += same.true if same is not None else 0.0
    return Share(min(max(true, least(spread)), 1 - nulls), nulls)


def _position(statistics: ColumnStatistics, value: Value) -> float | None:
    """Where `value` lies among the values that are not common, 0 to 1."""
    bounds: Sequence[Value] = statistics.bounds
    if len(bounds) < 2 and statistics.minimum is not None and statistics.maximum is not None:
        bounds = (statistics.minimum, statistics.maximum)
    bounds = [bound for bound in bounds if isinstance(bound, str) == isinstance(value, str)]
    if len(bounds) < 2:
        return None
    index = bisect_left(bounds, value)
    if index == 0:
        return 0.0
    if index == len(bounds):
        return 1.0
    return (index - 1 + _within(bounds[index - 1], bounds[index], value)) / (len(bounds) - 1)


def _within(low: Value, high: Value, value: Value) -> float:
    """Where `value` lies between two bounds, 0 to 1; text by the letters that come after what the bounds share."""
    if isinstance(low, str) and isinstance(high, str) and isinstance(value, str):
        start = next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
        low, high, value = (_number(text[start : start + 6]) for text in (low, high, value))
    span = high - low  # type: ignore[operator]
    return 0.5 if span != span or span in (0, float("inf")) else min(1.0, max(0.0, (value - low) / span))  # type: ignore[operator]


def _number(text: str) -> float:
    return sum(min(ord(letter), 255) / 256.0 ** (index + 1) for index, letter in enumerate(text))


def matching(spread: Spread, matches: Callable[[str], bool], prefix: str, whole: bool) -> Share | None:
    """The share of the texts that match: of the common values as they are, of the others as many as of the bounds, and no more
    than begin with `prefix` (as many, where the prefix is the `whole` pattern)."""
    statistics, nulls = spread.statistics, spread.nulls
    rest = max(0.0, 1 - nulls - sum(fraction for _, fraction in statistics.common))
    true = sum(fraction for common, fraction in statistics.common if isinstance(common, str) and matches(common))
    texts = [bound for bound in statistics.bounds if isinstance(bound, str)]
    begin = _beginning(statistics, prefix) if prefix else 1.0
    guessed = 0
    if whole and begin is not None:
        among = begin
    elif len(texts) >= _FEWEST_BOUNDS:
        among = min(1.0 if begin is None else begin, sum(map(matches, texts)) / len(texts))
        among = max(among, 0.5 / len(texts) * (1.0 if begin is None else begin))
    elif rest <= _FEW and statistics.common:
        among = 0.0
    else:
        among, guessed = PATTERN if begin is None else min(PATTERN, begin), 1
    return Share(true + rest * among, nulls, guessed)


def _beginning(statistics: ColumnStatistics, prefix: str) -> float | None:
    low, high = _position(statistics, prefix), _position(statistics, prefix + "\U0010ffff")
    return max(high - low, 0.0) if low is not None and high is not None else None


def least(spread: Spread) -> float:
    """The share of one row: the least that a condition is taken to keep."""
    return 1 / spread.rows if spread.rows else 0.0
