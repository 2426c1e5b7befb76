"""Sketches that fade and merge: what a record expects after a stream of runs."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.history import (
    BUCKET_RUNS,
    MAX_BUCKETS,
    Counts,
    Record,
    decoded,
    encoded,
    forecast,
    merged,
    shared,
    weights,
)

NOW = 1_000_000.0


def filled(times: Sequence[float], began: float = NOW, apart: float = 0.01) -> Record:
    record = Record()
    for number, ms in enumerate(times):
        record.add((ms, 10.0 * ms, 100.0), began + number * apart)
    return record


def rank(values: Sequence[float], found: float) -> float:
    return sum(value <= found for value in values) / len(values)


def test_nothing_has_no_forecast() -> None:
    assert forecast((), NOW) is None


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=20))
def test_a_few_runs_are_told_exactly(times: list[float]) -> None:
    found = forecast(filled(times).buckets, NOW + 1)
    assert found is not None
    assert found.observations == len(times)
    ordered = sorted(times)
    assert ordered[0] * 0.999 <= found.ms.p50 <= found.ms.p95 <= ordered[-1] * 1.001
    assert any(found.ms.p95 == pytest.approx(each, rel=1e-5) for each in times)


@given(st.integers(1, 3_000), st.integers(0, 9))
@settings(max_examples=30)
def test_a_record_stays_small_and_near_the_quantiles_of_what_it_holds(runs: int, seed: int) -> None:
    chance = random.Random(seed)
    times = [chance.lognormvariate(0, 1) for _ in range(runs)]
    record = filled(times)
    assert len(record.buckets) <= MAX_BUCKETS
    found = forecast(record.buckets, NOW + runs)
    assert found is not None
    if runs >= 300:
        assert rank(times, found.ms.p50) == pytest.approx(0.5, abs=0.12)
        assert rank(times, found.ms.p95) == pytest.approx(0.95, abs=0.06)


@given(st.lists(st.integers(1, 240), min_size=2, max_size=6), st.integers(0, 9), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_merging_is_the_same_in_any_order(sizes: list[int], seed: int, shuffled: random.Random) -> None:
    """Within the sketches' error: the ranks of the quantiles among everything that was seen."""
    chance = random.Random(seed)
    parts = [[chance.lognormvariate(0, 1) for _ in range(size)] for size in sizes]
    everything = [ms for part in parts for ms in part]
    histories = [filled(part).buckets for part in parts]
    left = merged([merged(histories[:2]), *histories[2:]])
    right = merged([histories[0], merged(histories[1:])])
    mixed = list(histories)
    shuffled.shuffle(mixed)
    for found in (left, right, merged(mixed)):
        assert sum(bucket.runs for bucket in found) == len(everything)
        told = forecast(found, NOW + 100)
        assert told is not None
        if len(everything) >= 200:
            assert rank(everything, told.ms.p50) == pytest.approx(0.5, abs=0.12)
            assert rank(everything, told.ms.p95) == pytest.approx(0.95, abs=0.06)


def test_merging_changes_neither_part() -> None:
    one, other = filled([1.0] * 30), filled([9.0] * 30)
    merged((one.buckets, other.buckets))
    shared([one, other])
    for record, ms in ((one, 1.0), (other, 9.0)):
        found = forecast(record.buckets, NOW)
        assert found is not None
        assert (found.ms.p50, found.observations) == (ms, 30)


@pytest.mark.parametrize("step", [3.0, 1 / 3])
def test_a_forecast_follows_a_step(step: float) -> None:
    """After two half-lives of runs at the new level nearly everything that counts is of it."""
    chance = random.Random(1)
    times = [chance.lognormvariate(0, 0.1) for _ in range(2_000)] + [step * chance.lognormvariate(0, 0.1) for _ in range(400)]
    found = forecast(filled(times).buckets, NOW + len(times))
    assert found is not None
    assert found.ms.p50 == pytest.approx(step, rel=0.15)


def test_what_is_long_past_gives_way_to_what_is_new() -> None:
    record = filled([1.0] * 100)
    for number in range(20):
        record.add((50.0, 1.0, 1.0), NOW + 6 * 3600 + number)
    found = forecast(record.buckets, NOW + 6 * 3600 + 30)
    assert found is not None
    assert found.ms.p50 == 50.0


def test_what_nothing_came_after_is_still_known() -> None:
    found = forecast(filled([2.0] * 10).buckets, NOW + 90 * 86_400)
    assert found is not None
    assert found.ms.p50 == 2.0


@given(st.lists(st.integers(1, 200), min_size=1, max_size=MAX_BUCKETS))
def test_no_run_weighs_more_than_a_later_one(sizes: list[int]) -> None:
    record = Record()
    for number, size in enumerate(sizes):
        for _ in range(size):
            record.add((1.0, 1.0, 1.0), NOW + number * 100)
    found = weights(record.buckets, NOW + len(sizes) * 100)
    assert all(earlier <= later for earlier, later in itertools.pairwise(found))


@given(st.lists(st.floats(0.01, 1e6), max_size=3 * BUCKET_RUNS), st.floats(-3, 8), st.integers(0, 1000))
def test_a_record_is_the_same_after_a_journey(times: list[float], offset: float, corrected: int) -> None:
    record = filled(times)
    record.text, record.counts = "SELECT ?", Counts(len(times), 1, 2, 3)
    record.offset, record.corrected = offset, corrected
    again = decoded(encoded(record))
    assert again is not None
    assert (again.text, again.counts, again.offset, again.corrected) == (record.text, record.counts, offset, corrected)
    now = NOW + 1000
    assert forecast(again.buckets, now) == forecast(record.buckets, now)


@pytest.mark.parametrize("data", [b"", b"{}", b"null", b'{"format": 99}', b'{"format": 1, "buckets": [[1, 2, 3, "?"]]}'])
def test_what_is_no_record_is_none(data: bytes) -> None:
    assert decoded(data) is None


def test_the_correction_of_several_is_that_of_which_most_stands_behind() -> None:
    one, other = Record(offset=0.5, corrected=10), Record(offset=-0.25, corrected=900)
    assert shared([one, other]).offset == -0.25
    assert shared([one, other]).counts == Counts()
