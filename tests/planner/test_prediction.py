"""Predictions: which level speaks, how fragments add up, and that the 95th percentile keeps its promise while the load drifts."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.conformal import COVERAGE, LEAST, MOST, STEP, adapted
from planner.cost import Estimate
from planner.history import Forecast, Middling, Record, forecast
from planner.likeness import Likeness, over
from planner.prediction import (
    COLD_SPREAD,
    FEWEST,
    MANY,
    NOTHING,
    Known,
    Prediction,
    answered,
    combined,
    predicted,
    together,
)

LIKE = Likeness(
    "pg", ("pg/t/s#2.2", "pg/t/s", "pg/t", "pg"), "SELECT ?", work_ms=2.0, rows=10.0, bytes=1000.0, given=Estimate(10, 1000)
)


def told(p50: float, p95: float, observations: int) -> Forecast:
    return Forecast(Middling(p50, p95), Middling(1.0, 2.0), Middling(3.0, 4.0), observations)


def knowing(offsets: dict[str, float] | None = None, **forecasts: Forecast) -> Known:
    keys = dict(zip(("size", "shape", "table", "source"), LIKE.keys, strict=True))
    found = {keys[name]: each for name, each in forecasts.items()}
    return lambda key: (found.get(key), (offsets or {}).get(key, 0.0))


def test_nothing_known_is_a_cold_start_by_statistics() -> None:
    found = predicted(LIKE, knowing())
    assert (found.level, found.observations) == ("cold", 0)
    assert (found.ms.p50, found.ms.p95) == (pytest.approx(2.0), pytest.approx(2.0 * COLD_SPREAD))
    assert (found.rows, found.bytes) == (Middling(10.0, 10.0), Middling(1000.0, 1000.0))


@pytest.mark.parametrize("level", ["shape", "table", "source"])
def test_a_level_above_speaks_in_multiples_of_what_statistics_promise(level: str) -> None:
    found = predicted(LIKE, knowing(**{level: told(1.5, 4.0, MANY)}))
    assert (found.level, found.observations) == (level, MANY)
    assert (found.ms.p50, found.ms.p95) == (pytest.approx(3.0), pytest.approx(8.0))
    assert (found.rows, found.bytes) == (Middling(10.0, 20.0), Middling(3000.0, 4000.0))


def test_what_has_often_run_speaks_alone() -> None:
    found = predicted(LIKE, knowing(size=told(7.0, 9.0, MANY), source=told(100.0, 100.0, 10_000)))
    assert (found.level, found.ms, found.rows) == ("size", Middling(7.0, 9.0), Middling(1.0, 2.0))


@given(st.integers(1, MANY - 1))
def test_the_more_is_known_the_less_the_levels_above_say(observations: int) -> None:
    found = predicted(LIKE, knowing(size=told(7.0, 9.0, observations), source=told(100.0, 200.0, MANY)))
    assert 7.0 < found.ms.p50 < 200.0
    assert 9.0 < found.ms.p95 < 400.0
    assert found.level == ("source" if observations < FEWEST else "size")


def test_the_median_is_not_corrected() -> None:
    found = predicted(LIKE, knowing({LIKE.keys[0]: 0.5, LIKE.keys[-1]: 0.25, LIKE.keys[1]: 9.0}, size=told(7.0, 9.0, MANY)))
    assert found.ms == Middling(7.0, pytest.approx(9.0 * math.exp(0.75)))


def test_an_answer_of_the_cache_costs_what_one_costs() -> None:
    assert answered(lambda key: (None, 0.0), "cache/answer").level == "cache"
    found = answered(lambda key: (told(0.1, 0.4, 50), math.log(2)), "cache/answer")
    assert (found.ms, found.observations) == (Middling(0.1, pytest.approx(0.8)), 50)


@pytest.mark.parametrize(
    ("lanes", "times", "expected"),
    [
        ([(1, (0,))], [3.0], 3.0),
        ([(1, (0,)), (1, (1,))], [3.0, 5.0], 5.0),
        ([(1, (0, 1))], [3.0, 5.0], 8.0),
        ([(2, (0, 1))], [3.0, 5.0], 5.0),
        ([(2, (0, 1, 2))], [4.0, 4.0, 4.0], 6.0),
        ([(1, (0, 2)), (1, (1,))], [1.0, 7.0, 2.0], 7.0),
    ],
)
def test_fragments_side_by_side_take_the_longest_in_one_lane_the_sum(
    lanes: list[tuple[int, tuple[int, ...]]], times: list[float], expected: float
) -> None:
    assert together(lanes, times) == expected


def test_a_query_takes_what_its_fragments_and_the_rest_take() -> None:
    whole = over((LIKE, LIKE), "SELECT * FROM f0 JOIN f1")
    parts = [
        Prediction(Middling(1.0, 2.0), Middling(5.0, 6.0), NOTHING, 100, "size"),
        Prediction(Middling(4.0, 9.0), Middling(1.0, 1.0), NOTHING, 3, "table"),
    ]
    rest = {whole.keys[0]: (told(0.5, 1.5, 30), 0.0)}
    found = combined(whole, parts, [(1, (0,)), (1, (1,))], lambda key: rest.get(key, (None, 0.0)))
    assert found.ms == Middling(4.5, 10.5)
    assert (found.level, found.observations, found.fragments) == ("table", 3, tuple(parts))
    assert found.rows == Middling(1.0, 2.0)


def test_a_query_with_fewer_fragments_to_read_is_another() -> None:
    whole = over((LIKE, LIKE), "SELECT 1")
    assert whole.without(()) == whole
    assert whole.without(("f0",)).keys[0] != whole.keys[0]


@given(st.lists(st.booleans(), max_size=300))
def test_the_correction_stays_in_its_bounds(covered: list[bool]) -> None:
    offset = 0.0
    for number, each in enumerate(covered):
        moved = adapted(offset, each, number)
        assert LEAST <= moved <= MOST
        assert moved <= offset if each else moved >= offset
        offset = moved


def steady(chance: random.Random, run: int) -> float:
    return chance.lognormvariate(1, 0.3)


def stepping(chance: random.Random, run: int) -> float:
    return chance.lognormvariate(1, 0.3) * (3 if 2_000 <= run < 4_000 else 1)


def growing(chance: random.Random, run: int) -> float:
    return chance.lognormvariate(1, 0.3) * math.exp(run / 2_000)


def swinging(chance: random.Random, run: int) -> float:
    return chance.lognormvariate(1, 0.3) * (2 + math.sin(run / 400))


def outlying(chance: random.Random, run: int) -> float:
    return chance.lognormvariate(1, 0.3) * (chance.uniform(5, 40) if chance.random() < 0.03 else 1)


def _of(known: dict[str, tuple[Forecast | None, float]], key: str) -> tuple[Forecast | None, float]:
    return known.get(key, (None, 0.0))


@pytest.mark.parametrize("load", [steady, stepping, growing, swinging, outlying])
@pytest.mark.parametrize("seed", range(3))
def test_95_of_100_runs_keep_the_promise_while_the_load_drifts(load: Callable[[random.Random, int], float], seed: int) -> None:
    chance, record, kept, last = random.Random(seed), Record(), [], None
    for run in range(6_000):
        if run % 25 == 0:
            last = forecast(record.buckets, float(run))
        known = {LIKE.keys[0]: (last, record.offset)}
        found = predicted(LIKE, partial(_of, known))
        took = load(chance, run)
        kept.append(took <= found.ms.p95)
        record.offset = adapted(record.offset, kept[-1], record.corrected)
        record.corrected += 1
        record.add((took, 1.0, 1.0), float(run))
    assert 0.93 <= sum(kept) / len(kept) <= 0.97
    for end in (2_500, 4_500, 6_000):
        assert 0.90 <= sum(kept[end - 500 : end]) / 500 <= 0.99


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.floats(0.1, 10))
def test_whatever_comes_the_share_of_misses_is_near_what_was_promised(seed: int, scale: float) -> None:
    """The theorem of the tracker, over a forecast that knows nothing: the offset alone holds the coverage."""
    chance, offset, missed, runs = random.Random(seed), 0.0, 0, 4_000
    level = 0.0
    for run in range(runs):
        level = min(3.0, max(-2.0, level + chance.gauss(0, 0.01 * scale)))
        covered = level + chance.gauss(0, 0.3) <= offset
        missed += not covered
        offset = adapted(offset, covered, run)
    assert abs(missed / runs - (1 - COVERAGE)) <= (MOST - LEAST + 1) / (STEP * runs)
