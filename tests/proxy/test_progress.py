"""What is foretold of the end of a query that runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from proxy.progress import NOTHING, Progress, foretold

STARTED = datetime(2026, 1, 1, tzinfo=UTC)
PREDICTED = {"ms": {"p50": 2000.0, "p95": 9000.0}, "level": "shape"}


def test_the_end_is_foretold_by_the_half_then_by_the_many_then_not_at_all() -> None:
    ends = [foretold(PREDICTED, STARTED, STARTED + timedelta(seconds=seconds)) for seconds in (0, 1.9, 2, 8.9, 9, 60)]
    moments = [end["finishesAt"] for end in ends if end is not None]
    half, many = "2026-01-01T00:00:02.000Z", "2026-01-01T00:00:09.000Z"
    assert moments == [half, half, many, many, None, None]
    assert ends[0] == {**PREDICTED, "finishesAt": half}


def test_nothing_is_foretold_of_what_does_not_run_or_was_not_predicted() -> None:
    assert foretold(PREDICTED, None) == PREDICTED
    assert foretold(None, STARTED) is None
    assert foretold({"ms": None}, STARTED) == {"ms": None}


def test_what_is_told() -> None:
    told = Progress(1, 3, 20, 400).told(5, 60)
    assert told == {"rows": 5, "bytes": 60, "fragments": {"done": 1, "total": 3}, "read": {"rows": 20, "bytes": 400}}
    assert NOTHING.told(0, 0)["fragments"] == {"done": 0, "total": 0}
