"""The history of a process: what it makes of runs, how it stays small, and how several processes know of each other's."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import proxy.records
from planner.cost import Estimate
from planner.errors import AuthDenied
from planner.likeness import Likeness, Whole, over
from planner.prediction import MANY, QueryPrediction
from proxy.expectation import ONE_READ
from proxy.history import History, Ran, Read
from proxy.request import Caller
from proxy.shelves import FileShelf, RedisShelf, Shelf

ADMIN = Caller("root")


def like(source: str = "pg", table: str = "t", shape: str = "s", work_ms: float = 1.0) -> Likeness:
    key = f"{source}/{table}"
    return Likeness(
        source, (f"{key}/{shape}#1.1", f"{key}/{shape}", key, source), f"SELECT {shape}", work_ms, 10.0, 100.0, Estimate(10, 100)
    )


def over_one(found: Likeness) -> Whole:
    return over((found,), None)


@contextmanager
def opened(shelf: Shelf | None = None, ratios: list[tuple[str, float]] | None = None) -> Iterator[History]:
    told: list[tuple[str, float]] = ratios if ratios is not None else []
    history = History(shelf, lambda source, ratio: told.append((source, ratio)))
    history.start()
    try:
        yield history
    finally:
        history.close()


def run(history: History, whole: Whole, ms: float, **changed: Any) -> QueryPrediction:
    """One run of a query with one fragment that takes `ms`, of which the query takes a tenth more."""
    expected = history.predict(whole, ONE_READ)
    ran = Ran(expected, whole, ONE_READ, [Read(0, ms, 10, 100, None)], (), 1.1 * ms, 10, 100, None, "read")
    history.note(ran._replace(**changed))
    history.settle()
    return expected


def record(history: History, key: str) -> dict[str, Any]:
    found: Sequence[dict[str, Any]] = history.stats(ADMIN)["records"]
    return next((each for each in found if each["key"] == key), {})


def test_what_has_run_is_what_is_predicted() -> None:
    whole = over_one(like())
    with opened() as history:
        assert run(history, whole, 40.0).level == "cold"
        for _ in range(MANY):
            run(history, whole, 40.0)
        found = history.predict(whole, ONE_READ)
    assert found.level == "size"
    assert MANY - 6 <= found.observations <= MANY + 1
    assert found.fragments[0].ms.p50 == pytest.approx(40.0, rel=0.15)
    assert found.ms.p50 == pytest.approx(44.0, rel=0.15)
    assert found.rows is not None
    assert found.rows.p50 == 10


def test_a_shape_that_is_new_costs_what_its_table_says() -> None:
    with opened() as history:
        for _ in range(MANY):
            run(history, over_one(like(work_ms=2.0)), 20.0)
        found = history.predict(over_one(like(shape="other", work_ms=3.0)), ONE_READ)
        elsewhere = history.predict(over_one(like(table="elsewhere", work_ms=3.0)), ONE_READ)
        nowhere = history.predict(over_one(like(source="mongo", work_ms=3.0)), ONE_READ)
    assert [each.level for each in (found, elsewhere, nowhere)] == ["table", "source", "cold"]
    assert found.fragments[0].ms.p50 == pytest.approx(30.0)


def test_calibration_is_told_by_source_and_in_all() -> None:
    ratios: list[tuple[str, float]] = []
    with opened(ratios=ratios) as history:
        expected = run(history, over_one(like()), 2.0)
    assert dict(ratios) == {
        "pg": pytest.approx(2.0 / expected.fragments[0].ms.p95),
        "*": pytest.approx(2.2 / expected.ms.p95),
    }


def test_errors_and_cancels_are_no_runs() -> None:
    whole = over_one(like())
    with opened() as history:
        failed = [Read(0, 3.0, 0, 0, "source.data")]
        run(history, whole, 3.0, reads=failed, code="source.data")
        run(history, whole, 3.0, reads=[Read(0, 3.0, 0, 0, "query.cancelled")], code="query.cancelled")
        run(history, whole, 3.0, code="query.cancelled")
        found = record(history, "pg/t/s#1.1")
        assert (found["runs"], found["errors"], found["timeouts"]) == (0, 1, 0)
        assert history.predict(whole, ONE_READ).level == "cold"


def test_a_timeout_takes_at_least_as_long() -> None:
    whole = over_one(like())
    with opened() as history:
        before = history.predict(whole, ONE_READ).fragments[0].ms.p95
        for _ in range(20):
            run(history, whole, 5_000.0, reads=[Read(0, 5_000.0, 0, 0, "query.timeout")], code="query.timeout")
        found = record(history, "pg/t/s#1.1")
        assert (found["runs"], found["timeouts"]) == (0, 20)
        assert history.predict(whole, ONE_READ).fragments[0].ms.p95 > 100 * before


def test_an_answer_of_the_cache_counts_for_what_it_spared() -> None:
    whole = over_one(like())
    with opened() as history:
        for _ in range(30):
            expected = history.predict_hit()
            history.note(Ran(expected, whole, ONE_READ, [], (), 0.3, 10, 100, None, "answered"))
        history.settle()
        assert record(history, "pg/t/s#1.1")["cacheHits"] == 30
        assert record(history, "pg/t/s#1.1")["runs"] == 0
        assert history.predict_hit().ms.p50 == pytest.approx(0.3)
        assert history.predict_hit().level == "cache"


def test_a_kept_fragment_costs_what_a_hit_costs() -> None:
    whole = over((like(), like(source="mongo")), "SELECT 1")
    lanes = ((1, (0,)), (1, (1,)))
    with opened() as history:
        for _ in range(MANY):
            expected = history.predict(whole, lanes)
            reads = [Read(0, 500.0, 10, 100, None), Read(1, 3.0, 10, 100, None)]
            history.note(Ran(expected, whole, lanes, reads, (), 510.0, 10, 100, None, "read"))
        history.settle()
        assert history.predict(whole, lanes).ms.p50 > 500
        kept = history.predict(whole.without(("f0",)), lanes, (0,))
        assert kept.fragments[0].level == "cache"
        assert kept.ms.p50 < 100


def test_what_is_explained_counts_for_its_fragments_alone() -> None:
    whole = over_one(like())
    with opened() as history:
        run(history, whole, 3.0, way="explained")
        assert record(history, "pg/t/s#1.1")["runs"] == 1
        assert record(history, whole.keys[0]) == {}


def test_heavy_shapes_stay_and_rare_ones_are_in_their_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy.records, "MAX_KEYS", 100)
    with opened() as history:
        for number in range(300):
            run(history, over_one(like(shape="heavy")), 5.0)
            run(history, over_one(like(shape=f"rare{number}")), 5.0)
        assert history.stats(ADMIN)["keys"] <= 100
        assert record(history, "pg/t/heavy#1.1")["runs"] == 300
        assert record(history, "pg/t/rare0#1.1") == {}
        assert record(history, "pg/t")["runs"] == 600
        assert history.predict(over_one(like(shape="rare0")), ONE_READ).level == "table"


def test_only_administrators_look_into_it() -> None:
    with opened() as history, pytest.raises(AuthDenied):
        history.stats(Caller("ana", admin=False))


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    whole, chance = over_one(like()), random.Random(1)
    with opened(FileShelf(tmp_path, lambda: 1e6)) as history:
        for _ in range(200):
            run(history, whole, 8.0 * chance.lognormvariate(0, 0.3))
        before = history.predict(whole, ONE_READ)
    with opened(FileShelf(tmp_path, lambda: 1e6)) as history:
        after = history.predict(whole, ONE_READ)
        assert before.observations <= after.observations == 200
        assert after.ms.p50 == pytest.approx(before.ms.p50, rel=0.1)
        assert after.ms.p95 == pytest.approx(before.ms.p95, rel=0.1)
        assert record(history, "pg/t/s#1.1")["runs"] == 200
    # The first process is gone for good: its records become the second's, and count once.
    with opened(FileShelf(tmp_path, lambda: 1e6 + 1000)) as history:
        assert record(history, "pg/t/s#1.1")["runs"] == 200
    assert len(list(tmp_path.glob("*.history"))) == 1


@pytest.fixture(params=["file", "redis"])
def shelves(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Shelf, Shelf]:
    if request.param == "file":
        return FileShelf(tmp_path, lambda: 1e6), FileShelf(tmp_path, lambda: 1e6)
    uri = request.getfixturevalue("redis_server").uri
    import redis

    with redis.Redis.from_url(uri) as client:
        client.flushdb()
    return RedisShelf(uri, lambda: 1e6), RedisShelf(uri, lambda: 1e6)


def test_two_processes_know_what_either_has_seen(shelves: tuple[Shelf, Shelf]) -> None:
    whole = over_one(like())
    with opened(shelves[0]) as one, opened(shelves[1]) as other:
        for _ in range(100):
            run(one, whole, 8.0)
        for _ in range(50):
            run(other, whole, 80.0)
        one.share()
        other.share()
        one.share()
        for history in (one, other):
            assert record(history, "pg/t/s#1.1")["runs"] == 150
            found = history.predict(whole, ONE_READ)
            assert found.observations == 150
            assert found.fragments[0].ms.p95 >= 70
