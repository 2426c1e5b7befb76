"""What queries take, as a whole Foz remembers and predicts it: in EXPLAIN, in answers, in metrics, and for administrators."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import redis

from demo.server import Server
from proxy.request import Caller
from tests.end_to_end.asking import WAYS, bearer
from tests.end_to_end.world import ANA, ROOT, World, serving

JOIN = (
    "SELECT c.name, sum(o.total) AS total FROM shop.orders o JOIN crm.customers c ON c._id = o.customer_id "
    "WHERE o.id < {} GROUP BY ALL"
)
POINT = "SELECT total FROM shop.orders WHERE id = {}"


@pytest.fixture
def remembering(filled: tuple[str, str, Any]) -> Iterator[World]:
    with serving(*filled, history="memory://", cache_limits={"max_bytes": 0}) as world:
        yield world


def asked(world: World, sql: str, token: str = ROOT) -> dict[str, Any]:
    answer = httpx.post(f"{world.http}/sql", json={"sql": sql}, headers=bearer(token), timeout=120)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def receipt(world: World, sql: str, options: str = "FORMAT JSON") -> dict[str, Any]:
    world.foz.history.settle()
    found: dict[str, Any] = orjson.loads(asked(world, f"EXPLAIN ({options}) {sql}")["rows"][0]["plan"])
    return found


def records(world: World) -> dict[str, dict[str, Any]]:
    world.foz.history.settle()
    told = httpx.get(f"{world.http}/history", headers=bearer(ROOT)).json()
    return {each["key"]: each for each in told["records"]}


def test_a_query_is_predicted_by_its_like(remembering: World) -> None:
    first = receipt(remembering, POINT.format(1))
    assert (first["predicted"]["level"], first["predicted"]["observations"]) == ("cold", 0)
    for key in range(1, 80):
        assert asked(remembering, POINT.format(key))["stats"]["predictedP95Ms"] > 0
    (fragment,) = receipt(remembering, POINT.format(99))["fragments"]
    assert fragment["predicted"]["level"] == "size"
    assert fragment["predicted"]["observations"] >= 60
    assert fragment["predicted"]["rows"] == {"p50": 1, "p95": 1}
    assert 0 < fragment["predicted"]["ms"]["p50"] <= fragment["predicted"]["ms"]["p95"]


def test_a_join_is_predicted_from_its_fragments(remembering: World) -> None:
    for key in range(10, 40):
        asked(remembering, JOIN.format(key))
    found = receipt(remembering, JOIN.format(33))
    parts = {fragment["source"]: fragment["predicted"] for fragment in found["fragments"]}
    assert set(parts) == {"shop", "crm"}
    assert {each["level"] for each in parts.values()} == {"size"}
    assert found["predicted"]["ms"]["p50"] >= max(each["ms"]["p50"] for each in parts.values())
    assert found["predicted"]["rows"]["p50"] == 10


def test_every_way_in_is_remembered(remembering: World) -> None:
    for key in range(3):
        for ask in WAYS.values():
            ask(remembering, POINT.format(key + 1), ROOT)
    (size,) = [each for key, each in records(remembering).items() if key.startswith("shop/public.orders/") and "#" in key]
    assert size["runs"] == 9
    assert "WHERE" in size["text"]
    assert not re.search(r"[= ]\d", size["text"])


def test_a_limit_counts(remembering: World) -> None:
    for limit in (1, 1000):
        asked(remembering, f"SELECT id FROM shop.orders LIMIT {limit}")
    shapes = {key.partition("#")[0] for key in records(remembering) if "#" in key}
    assert len(shapes) == 2


def test_the_text_of_explain_says_what_is_predicted(remembering: World) -> None:
    asked(remembering, POINT.format(1))
    remembering.foz.history.settle()
    lines = [row["plan"] for row in asked(remembering, f"EXPLAIN {POINT.format(2)}")["rows"]]
    assert any(re.match(r"  predicts  [\d.]+ ms, 95 % within [\d.]+ ms \(.+\)$", line) for line in lines)
    assert any(line.startswith("Predicted: ") for line in lines)


def test_what_explain_analyze_reads_is_remembered(remembering: World) -> None:
    assert "actual" in receipt(remembering, POINT.format(1), "ANALYZE, FORMAT JSON")["fragments"][0]
    assert records(remembering)["shop/public.orders"]["runs"] == 1


def test_an_answer_of_the_cache_is_predicted_to_cost_what_one_costs(filled: tuple[str, str, Any]) -> None:
    sql = "SELECT count(*) AS n FROM depot.parts"
    with serving(*filled, history="memory://") as world:
        for _ in range(30):
            asked(world, sql)
        found = receipt(world, sql)
        assert found["cache"]["status"] == "hit"
        assert found["predicted"]["level"] == "cache"
        assert found["predicted"]["observations"] > 20
        (key,) = [key for key in records(world) if key.startswith("depot/") and "#" in key]
        assert (records(world)[key]["runs"], records(world)[key]["cacheHits"]) == (1, 29)


def test_a_kept_fragment_is_predicted_to_cost_what_one_costs(filled: tuple[str, str, Any]) -> None:
    sql = "SELECT count(*) AS n, max(now()) AS t FROM depot.parts p JOIN shop.orders o ON o.id = p.id"
    with serving(*filled, history="memory://") as world:
        assert [fragment["predicted"]["level"] for fragment in receipt(world, sql)["fragments"]] == ["cold", "cold"]
        asked(world, sql)
        found = {fragment["source"]: fragment["predicted"]["level"] for fragment in receipt(world, sql)["fragments"]}
        assert found["depot"] == "cache"
        assert found["shop"] != "cache"


def test_metrics_say_how_good_predictions_are(remembering: World) -> None:
    for key in range(1, 20):
        asked(remembering, POINT.format(key))
    remembering.foz.history.settle()
    text = httpx.get(f"{remembering.http}/metrics").text
    assert 'foz_prediction_ratio_count{source="shop"} 19.0' in text
    assert 'foz_prediction_ratio_count{source="*"} 19.0' in text
    assert 'foz_prediction_ratio_bucket{le="1.0",source="shop"}' in text
    assert re.search(r'foz_prediction_coverage\{source="shop"\} (0\.\d+|1\.0)', text)


def test_only_administrators_see_the_history(remembering: World) -> None:
    refused = httpx.get(f"{remembering.http}/history", headers=bearer(ANA))
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.denied")
    assert httpx.get(f"{remembering.http}/history").status_code == 401


def test_a_running_query_says_what_it_is_predicted_to_take(remembering: World) -> None:
    from proxy.request import Request

    with remembering.foz.asking.start(Request(POINT.format(1), Caller(), "r_test", "test")) as query:
        assert query.status()["predicted"]["level"] == "cold"


def test_a_restart_forgets_nothing(filled: tuple[str, str, Any], tmp_path: Path) -> None:
    place = f"file://{tmp_path}/history"
    with serving(*filled, history=place) as world:
        for key in range(1, 80):
            asked(world, POINT.format(key))
    with serving(*filled, history=place) as world:
        found = receipt(world, POINT.format(1))["predicted"]
        assert (found["level"], found["observations"]) == ("size", 79)


@pytest.fixture(params=["file", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "file":
        return f"file://{tmp_path}/history"
    server: Server = request.getfixturevalue("redis_server")
    with redis.Redis.from_url(server.uri) as client:
        client.flushdb()
    return server.uri


def test_two_applications_learn_from_each_other(
    filled: tuple[str, str, Any], place: str, monkeypatch: pytest.MonkeyPatch, waited: Callable[[Callable[[], bool]], None]
) -> None:
    monkeypatch.setattr("proxy.history.SHARE_SECONDS", 0.1)
    with serving(*filled, history=place) as one, serving(*filled, history=place) as other:
        for key in range(1, 80):
            asked(one, POINT.format(key))
        one.foz.history.settle()
        waited(lambda: receipt(other, POINT.format(5))["predicted"]["observations"] >= 79)
        assert receipt(other, POINT.format(5))["predicted"]["level"] == "size"
        assert records(other)["shop/public.orders"]["runs"] == 79
        assert records(one)["shop/public.orders"]["runs"] == 79


@pytest.fixture
def waited() -> Callable[[Callable[[], bool]], None]:
    """Asks again until it is so; two processes share nothing that could tell when."""
    import time

    def waited(so: Callable[[], bool]) -> None:
        until = time.monotonic() + 30
        while not so():
            assert time.monotonic() < until
            time.sleep(0.05)

    return waited
