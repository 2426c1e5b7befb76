"""Limits are said by their code, and a full server stays one that answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest

from tests.end_to_end.asking import WAYS, Refused
from tests.end_to_end.slow import SLOW, make_slow, running, until
from tests.end_to_end.world import ORDERS, ROOT, World, serving, settings

MAX_QUERIES, MAX_WAITING = 2, 1


@pytest.fixture(scope="module")
def world(filled: tuple[str, str, Any]) -> Iterator[World]:
    make_slow(*filled[:2])
    sources = settings(*filled)["sources"]
    for source in sources[:2]:
        source["limits"] = {"maxRows": 5}
    sources.append({"id": "free", "type": "postgres", "connection": {"uri": filled[0]}})
    small = {"memory_limit": "64MB", "max_queries": MAX_QUERIES, "max_waiting": MAX_WAITING, "sources": sources}
    with serving(*filled, **small) as world:
        yield world


@pytest.fixture(params=["http", "flight"])
def way(request: pytest.FixtureRequest, world: World) -> Iterator[str]:
    yield request.param
    assert WAYS[request.param](world, "SELECT count(*) AS n FROM free.orders", ROOT).to_pylist() == [{"n": ORDERS}]


def code(world: World, way: str, sql: str, **options: Any) -> str:
    try:
        WAYS[way](world, sql, ROOT, **options)
    except Refused as error:
        return error.code
    return "ok"


def test_rows(world: World, way: str) -> None:
    """The limit is on what is read from a source, and there is never a short answer."""
    assert code(world, way, "SELECT * FROM shop.orders") == "limit.rows"
    assert code(world, way, "SELECT name FROM crm.customers") == "limit.rows"
    assert code(world, way, "SELECT o.id FROM shop.orders o JOIN crm.customers c ON c._id = o.id") == "limit.rows"
    assert WAYS[way](world, "SELECT id FROM shop.orders ORDER BY id LIMIT 5", ROOT).num_rows == 5
    assert WAYS[way](world, "SELECT sum(id) AS s FROM shop.orders", ROOT).to_pylist() == [{"s": ORDERS * (ORDERS + 1) // 2}]


def test_a_server_that_is_full(world: World, way: str) -> None:
    """Twelve at once where two may run and one may wait: nobody piles up, and what ran leaves its store when its time is over."""
    threads = psutil.Process().num_threads()
    with ThreadPoolExecutor(12) as pool:
        codes = Counter(pool.map(lambda _: code(world, way, SLOW["shop"].replace("shop", "free"), timeoutMs=3000), range(12)))
    assert codes.keys() == {"server.busy", "query.timeout"}
    assert MAX_QUERIES <= codes["query.timeout"] <= MAX_QUERIES + MAX_WAITING
    until(lambda: not running("shop", world.postgres_uri, world.mongodb_uri))
    until(lambda: psutil.Process().num_threads() <= threads + 12)


BIG = {
    "sort": "SELECT max(n) AS x FROM (SELECT row_number() OVER (ORDER BY md5(range::VARCHAR)) AS n FROM range(1000000))",
    "group": "SELECT count(*) AS x FROM (SELECT md5(range::VARCHAR) AS m FROM range(1000000) GROUP BY m)",
    "join": "SELECT count(*) AS x FROM (SELECT md5(range::VARCHAR) AS m FROM range(1000000)) a "
    "JOIN (SELECT md5(range::VARCHAR) AS m FROM range(1000000)) b USING (m)",
}


@pytest.mark.parametrize("shape", BIG)
def test_what_does_not_fit_in_memory_spills(world: World, way: str, shape: str) -> None:
    found = code(world, way, BIG[shape])
    assert found in ("ok", "limit.memory")
    if found == "ok":
        assert WAYS[way](world, BIG[shape], ROOT).to_pylist() == [{"x": 1_000_000}]


def test_what_cannot_spill_is_refused(world: World, way: str) -> None:
    assert code(world, way, "SELECT length(string_agg(repeat('x', 1000), '')) FROM range(500000)") == "limit.memory"
    assert code(world, way, "SELECT len(list(md5(range::VARCHAR))) FROM range(5000000)") == "limit.memory"
