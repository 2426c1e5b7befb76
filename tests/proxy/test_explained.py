"""EXPLAIN, EXPLAIN ANALYZE and the stores' own plans, over real stores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import orjson
import pyarrow as pa
import pytest

from planner.catalog import Grants
from planner.errors import FozError, QueryTimeout, UnknownTable
from proxy.request import Caller
from tests.answers.world import World

ROWS = 400
STORES = ("pg", "docs", "lite", "lake")
JOIN = "SELECT p.id, d.name FROM pg.t p JOIN docs.t d ON d.id = p.id + 1 WHERE p.id < 100"


@pytest.fixture(scope="module")
def world(postgres_uri: str, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(postgres_uri, mongodb_uri, tmp_path_factory.mktemp("explained"))
    rows = pa.table({"id": range(ROWS), "name": [f"n{number % 7}" for number in range(ROWS)]})
    for source in STORES:
        world.load(source, "t", rows, key=("id",))
    with postgres.connect(postgres_uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with world.running():
        yield world


def explained(world: World, sql: str, options: str) -> dict[str, Any]:
    (line,) = world.ask(f"EXPLAIN ({options}, FORMAT JSON) {sql}").column(0).to_pylist()
    found: dict[str, Any] = orjson.loads(line)
    return found


def text(world: World, sql: str) -> list[str]:
    lines: list[str] = world.ask(sql).column(0).to_pylist()
    return lines


ORIGINS = {"pg": "pg_stats", "docs": "collection count", "lite": "largest rowid", "lake": "row groups"}


@pytest.mark.parametrize("source", STORES)
def test_an_estimate_says_where_it_comes_from(world: World, source: str) -> None:
    receipt = world.receipt(f"SELECT id FROM {source}.t WHERE id >= 0")
    estimate = receipt["fragments"][0]["estimate"]
    assert (estimate["origin"], estimate["observations"]) == (ORIGINS[source], 0)
    assert estimate["rows"] == pytest.approx(ROWS, rel=0.01)
    assert estimate["bytes"] == estimate["rows"] * 8
    assert 0 <= estimate["ageMs"] < 600_000


@pytest.mark.parametrize("source", STORES)
def test_analyze_says_what_came(world: World, source: str) -> None:
    found = explained(world, f"SELECT id, name FROM {source}.t", "ANALYZE")
    (fragment,) = found["fragments"]
    actual = fragment["actual"]
    assert (actual["rows"], actual["rowsRatio"], found["rows"], found["residualActual"]) == (ROWS, 1, ROWS, None)
    assert actual["bytesRatio"] == pytest.approx(1, abs=0.25)
    assert actual["elapsedMs"] > 0
    assert found["bytes"] > 0


def test_analyze_of_a_residual(world: World) -> None:
    found = explained(world, JOIN, "ANALYZE")
    assert [fragment["actual"]["rows"] for fragment in found["fragments"]] == [100, ROWS]
    residual = found["residualActual"]
    assert (residual["rows"], found["rows"]) == (100, 100)
    assert (residual["bytes"], residual["elapsedMs"]) == (found["bytes"], found["elapsedMs"])
    lines = text(world, f"EXPLAIN ANALYZE {JOIN}")
    assert sum(line.startswith("  gave      ") for line in lines) == 3
    assert any(line.startswith("  gave      400 rows, ") and line.endswith("(estimate ÷ actual: 1)") for line in lines)
    assert lines[-1].startswith("Answered 100 rows in ")


PLANS = {
    "pg": ("Scan on t  (cost=", "(actual "),
    "docs": ('"winningPlan"', '"executionStats"'),
    "lite": ("SEARCH t USING COVERING INDEX", None),
    "lake": ("PARQUET", "Total Time"),
}


@pytest.mark.parametrize("source", STORES)
def test_the_store_s_own_plan(world: World, source: str) -> None:
    sql = f"SELECT id FROM {source}.t WHERE id = 7"
    says, only_as_it_ran = PLANS[source]
    (plain,) = explained(world, sql, "STORE")["fragments"]
    assert says in plain["storePlan"]
    assert "actual" not in plain
    (ran,) = explained(world, sql, "ANALYZE, STORE")["fragments"]
    assert says in ran["storePlan"]
    assert ran["actual"]["rows"] == 1
    if only_as_it_ran is not None:
        assert only_as_it_ran in ran["storePlan"]
        assert only_as_it_ran not in plain["storePlan"]
    lines = text(world, f"EXPLAIN (STORE) {sql}")
    assert any(line.startswith("  store     ") for line in lines)
    assert "storePlan" not in explained(world, sql, "ANALYZE")["fragments"][0]


def test_the_store_s_own_plan_of_a_pipeline_and_of_each_fragment(world: World) -> None:
    grouped = explained(world, "SELECT name, count(*) FROM docs.t GROUP BY name", "ANALYZE, STORE")["fragments"][0]
    assert "$group" in grouped["native"]
    assert '"nReturned"' in grouped["storePlan"]
    assert "foz:" not in grouped["storePlan"]
    both = explained(world, JOIN, "STORE")["fragments"]
    assert ["Scan" in both[0]["storePlan"], "COLLSCAN" in both[1]["storePlan"]] == [True, True]


SLOW = "SELECT count(*) FROM pg.t a, pg.t b, pg.t c, pg.t d WHERE a.id + b.id + c.id + d.id < 0"


def test_a_deadline_ends_an_explanation(world: World) -> None:
    with pytest.raises(QueryTimeout):
        world.ask(f"EXPLAIN (ANALYZE, STORE) {SLOW}", timeout_ms=300)
    with postgres.connect(world.postgres_uri or "", autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query ~ 'count'"
        )
        assert cursor.fetchone() == (0,), "the statement still runs"


def test_what_a_store_refuses_to_run_is_an_error(world: World) -> None:
    with pytest.raises(FozError, match=r"."):
        world.ask("EXPLAIN (ANALYZE, STORE) SELECT CAST(name AS INTEGER) FROM pg.t")


def test_only_a_request_s_own_caller_sees_its_statistics(world: World) -> None:
    """A table that the caller may not see does not exist for EXPLAIN either, whatever its options are."""
    assert world.foz is not None
    stranger = Caller("stranger", grants=Grants(("pg.other",)))
    for options in ("STORE", "ANALYZE, STORE", "FORMAT JSON"):
        request = replace(world.request(f"EXPLAIN ({options}) SELECT id FROM pg.t"), caller=stranger)
        with pytest.raises(UnknownTable):
            world.foz.asking.start(request)
