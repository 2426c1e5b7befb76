"""Those who wait for a job's rows: over Flight they have a limit of their own, over HTTP they cost no thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import httpx
import pyarrow.flight as flight
import pytest

from proxy.flight.calls import Calls
from proxy.flight.server import FlightServer
from proxy.http.server import HttpServer
from proxy.http.streaming import Lanes
from proxy.request import Request
from tests.cache.waiting import becomes
from tests.end_to_end.asking import bearer
from tests.end_to_end.world import ROOT, World, serving
from tests.proxy.flight.serving import calling, command


@pytest.fixture(scope="module")
def jobs(filled: tuple[str, str, Any]) -> Iterator[World]:
    with postgres.connect(filled[0], autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE VIEW asleep AS SELECT 7 AS id FROM pg_sleep(60)")
    with serving(*filled, query_timeout_ms=500) as world:
        yield world


@pytest.fixture
def calls(jobs: World, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Of a server with little room."""
    (server,) = [each for each in jobs.foz._servers if isinstance(each, FlightServer)]
    monkeypatch.setattr(server._calls, "_max_calls", 2)
    monkeypatch.setattr(server._calls, "_max_readers", 3)
    return server._calls


def submitted(world: World, mode: str = "async") -> str:
    answer = httpx.post(
        f"{world.http}/sql", json={"sql": "SELECT id FROM shop.asleep", "mode": mode}, headers=bearer(ROOT), timeout=30
    )
    return str(answer.json()["queryId"])


def cancel(world: World, query_id: str) -> None:
    assert httpx.delete(f"{world.http}/queries/{query_id}", headers=bearer(ROOT), timeout=20).status_code == 204


def read(world: World, ticket: flight.Ticket) -> None:
    """Chunk by chunk: `read_all` takes a stream that was cancelled for an interrupt, and interrupts the main thread."""
    with flight.connect(world.flight) as client:
        assert not list(client.do_get(ticket, calling(**bearer(ROOT))))


def test_who_waits_for_jobs_leaves_room_for_others(jobs: World, calls: Calls) -> None:
    query_id = submitted(jobs)
    ticket = flight.Ticket(query_id)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(read, jobs, ticket) for _ in range(3)]
        becomes(lambda: (calls._reading, calls.running) == (3, 0))
        with flight.connect(jobs.flight) as client:
            with pytest.raises(flight.FlightUnavailableError, match=r"server\.busy"):
                client.do_get(ticket, calling(**bearer(ROOT))).read_all()
            info = client.get_flight_info(
                command("CommandStatementQuery", query="SELECT count(*) AS n FROM shop.orders"), calling(**bearer(ROOT))
            )
            assert client.do_get(info.endpoints[0].ticket, calling(**bearer(ROOT))).read_all().num_rows == 1
        cancel(jobs, query_id)
        for each in waiting:
            with pytest.raises(flight.FlightCancelledError):
                each.result(20)
    becomes(lambda: (calls._reading, calls.running) == (0, 0))


def test_who_waits_for_what_became_a_job_leaves_room_too(jobs: World, calls: Calls) -> None:
    with flight.connect(jobs.flight) as client, ThreadPoolExecutor(1) as pool:
        info = client.get_flight_info(
            command("CommandStatementQuery", query="SELECT id FROM shop.asleep"), calling(**bearer(ROOT))
        )
        waiting = pool.submit(read, jobs, info.endpoints[0].ticket)
        becomes(lambda: (calls._reading, calls.running) == (1, 0))
        (query_id,) = [
            each["queryId"]
            for each in httpx.get(f"{jobs.http}/queries", headers=bearer(ROOT)).json()["queries"]
            if each["status"] == "processing"
        ]
        cancel(jobs, query_id)
        with pytest.raises(flight.FlightCancelledError):
            waiting.result(20)
    becomes(lambda: (calls._reading, calls.running) == (0, 0))


def test_who_waits_for_rows_over_http_has_no_thread(jobs: World) -> None:
    (server,) = [each for each in jobs.foz._servers if isinstance(each, HttpServer)]
    lanes: Lanes = server._server.config.app.state.lanes  # type: ignore[union-attr]
    query_id = submitted(jobs)

    async def wait() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=jobs.http, headers=bearer(ROOT), timeout=30) as client:
            waiting = [asyncio.create_task(client.get(f"/queries/{query_id}/result")) for _ in range(20)]
            while len(jobs.foz.asking.jobs._changes._waiting[query_id]) < 20:  # type: ignore[attr-defined]
                await asyncio.sleep(0.01)
            assert lanes.running == 0
            await client.delete(f"/queries/{query_id}")
            return list(await asyncio.gather(*waiting))

    assert {answer.json()["code"] for answer in asyncio.run(wait())} == {"query.cancelled"}


def test_who_goes_away_is_not_waited_for(jobs: World) -> None:
    query_id = submitted(jobs)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{jobs.http}/queries/{query_id}/result", headers=bearer(ROOT), timeout=0.5)
    waiting = jobs.foz.asking.jobs._changes._waiting  # type: ignore[attr-defined]
    becomes(lambda: query_id not in waiting)
    cancel(jobs, query_id)


def test_where_queries_go_is_counted(jobs: World) -> None:
    def counted(why: str) -> float:
        labels = {"route": "job", "why": why}
        return jobs.foz.metrics.registry.get_sample_value("foz_routes_total", labels) or 0.0

    before = counted("the request says so")
    cancel(jobs, submitted(jobs))
    assert counted("the request says so") == before + 1


def test_rows_that_were_sent_just_before_the_limit_are_not_broken_off(jobs: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is over when its first rows have been handed out and nobody has asked for the next."""
    request = Request("SELECT id FROM shop.orders WHERE id <= 5", jobs.foz.authenticate(ROOT), "r_1", "test")
    with jobs.foz.asking.start(request) as query:
        batches = query.batches()
        rows = next(batches).num_rows
        control = query.control  # type: ignore[attr-defined]
        monkeypatch.setattr(control, "deadline", 0.0)
        control.check()
        assert rows + sum(batch.num_rows for batch in batches) == 5
