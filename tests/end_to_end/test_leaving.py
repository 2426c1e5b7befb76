"""Clients that disappear, and queries that are cancelled: the statement leaves its store, and the pools stay clean."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pyarrow.flight as flight
import pytest

from tests.end_to_end.asking import WAYS, Refused, bearer, refused, rows
from tests.end_to_end.slow import ENDLESS, SLOW, make_slow, running, turn_on, until
from tests.end_to_end.world import ORDERS, ROOT, World, serving
from tests.proxy.flight.serving import act, calling, cancel_body, command


@pytest.fixture(scope="module")
def world(filled: tuple[str, str, Any]) -> Iterator[World]:
    make_slow(*filled[:2])
    with serving(*filled) as world:
        turn_on(filled[1])
        yield world


@pytest.fixture(autouse=True)
def pools_stay_clean(world: World) -> Iterator[None]:
    yield
    for source in SLOW:
        until(lambda source=source: not busy(world, source))  # type: ignore[misc]
    with ThreadPoolExecutor(4) as pool:
        joined = "SELECT count(*) AS n FROM shop.orders o JOIN crm.customers c ON o.customer_id = c._id"
        answers = pool.map(lambda number: list(WAYS.values())[number % 2](world, joined, ROOT).to_pylist(), range(20))
        assert list(answers) == [[{"n": ORDERS}]] * 20
    assert httpx.get(f"{world.http}/queries", headers=bearer(ROOT)).json()["queries"] == []


def busy(world: World, source: str) -> list[Any]:
    return running(source, world.postgres_uri, world.mongodb_uri)


@pytest.mark.parametrize("source", SLOW)
@pytest.mark.parametrize("way", ["http", "flight"])
@pytest.mark.parametrize("query", ["slow", "endless"])
def test_a_client_that_is_killed(world: World, way: str, source: str, query: str) -> None:
    sql = (SLOW if query == "slow" else ENDLESS)[source]
    command = [sys.executable, str(Path(__file__).with_name("leaving.py")), way, getattr(world, way), ROOT, sql]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        try:
            if query == "endless":
                assert client.stdout is not None
                assert client.stdout.readline() == "reading\n"
            until(lambda: busy(world, source))
        finally:
            client.kill()
    until(lambda: not busy(world, source))


@pytest.mark.parametrize("source", SLOW)
@pytest.mark.parametrize("way", ["http", "flight", "adbc"])
def test_a_query_is_cancelled_by_its_id(world: World, way: str, source: str) -> None:
    """Whichever way it was asked: DELETE ends it in its store, and whoever waits for it is told."""
    told: list[Refused] = []

    def wait() -> None:
        with pytest.raises(Refused) as raised:
            WAYS[way](world, SLOW[source], ROOT)
        told.append(raised.value)

    waiting = threading.Thread(target=wait)
    waiting.start()
    until(lambda: busy(world, source))
    (query,) = httpx.get(f"{world.http}/queries", headers=bearer(ROOT)).json()["queries"]
    assert query["status"] == "processing"
    assert httpx.delete(f"{world.http}/queries/{query['queryId']}", headers=bearer(ROOT), timeout=30).status_code == 204
    assert not busy(world, source)
    waiting.join(30)
    assert [error.code for error in told] == ["query.cancelled"]
    assert httpx.get(f"{world.http}/queries/{query['queryId']}", headers=bearer(ROOT)).status_code == 404


@pytest.mark.parametrize("source", SLOW)
def test_a_query_is_cancelled_by_its_flight(world: World, source: str) -> None:
    with flight.connect(world.flight) as client, flight.connect(world.flight) as other:
        call = calling(**bearer(ROOT))
        info = client.get_flight_info(command("CommandStatementQuery", query=ENDLESS[source]), call)
        reader = client.do_get(info.endpoints[0].ticket, call)
        reader.read_chunk()
        (result,) = act(other, "CancelFlightInfo", cancel_body(info), call)
        assert result == b"\x08\x01"
        assert not busy(world, source)
        with pytest.raises(flight.FlightCancelledError) as raised:
            rows(reader)
        assert refused(raised.value).code == "query.cancelled"


@pytest.mark.parametrize("source", SLOW)
@pytest.mark.parametrize("way", ["http", "flight", "adbc"])
def test_a_query_out_of_time(world: World, way: str, source: str) -> None:
    with pytest.raises(Refused) as raised:
        WAYS[way](world, SLOW[source], ROOT, timeoutMs=300)
    assert raised.value.code == "query.timeout"
    until(lambda: not busy(world, source))
