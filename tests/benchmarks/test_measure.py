"""The harness of the benchmarks: ratios round by round, an interval that repeats, and answers that have to agree."""

from __future__ import annotations

import os

import pytest

from benchmarks.measure import Comparison, in_turns, interval, peak_resident_bytes, percentile


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    found = Comparison("x", ours=(1.0, 2.0, 4.0), peer=(2.0, 2.0, 16.0))
    assert found.ratios == (2.0, 1.0, 4.0)
    assert found.ratio == 2.0
    low, high = found.interval
    assert 1.0 <= low <= 2.0 <= high <= 4.0


def test_the_interval_of_the_same_values_is_the_same() -> None:
    values = [1.0, 1.1, 0.9, 1.05, 1.2, 0.95]
    assert interval(values) == interval(values)
    assert interval([2.0, 2.0, 2.0]) == (2.0, 2.0)


def test_both_take_turns_and_warm_rounds_are_not_measured() -> None:
    order: list[str] = []
    found = in_turns("x", lambda: order.append("ours"), lambda: order.append("peer"), rounds=2, warm=1)
    assert len(found.ours) == len(found.peer) == 2
    assert order == ["peer", "ours", "ours", "peer", "peer", "ours"]


def test_answers_that_differ_are_no_comparison() -> None:
    with pytest.raises(ValueError, match="Foz gave 1, the peer 2"):
        in_turns("x", lambda: 1, lambda: 2)


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0


def test_the_peak_of_this_process_is_told() -> None:
    assert peak_resident_bytes(os.getpid()) > 1_000_000
