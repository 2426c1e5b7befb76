"""Jobs end to end: asked for, promoted while they run, waited for, read, cancelled and lost, by both protocols."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import httpx
import orjson
import pyarrow as pa
import pyarrow.flight as flight
import pytest

from demo.servers import start_redis
from tests.end_to_end.asking import bearer
from tests.end_to_end.slow import until
from tests.end_to_end.world import ANA, BEN, ROOT, World, serving
from tests.proxy.flight.serving import calling, command

SUM = "SELECT sum(total) AS total, count(*) AS n FROM shop.orders"


@pytest.fixture(scope="module", params=["memory", "redis"])
def jobs(request: pytest.FixtureRequest, filled: tuple[str, str, Any]) -> Iterator[World]:
    """A Foz in which a query of half a second is long."""
    with postgres.connect(filled[0], autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE VIEW waits AS SELECT 7 AS id FROM pg_sleep(1.5)")
        cursor.execute("CREATE OR REPLACE VIEW waits_long AS SELECT 7 AS id FROM pg_sleep(60)")
        cursor.execute(
            "CREATE OR REPLACE VIEW waits_then_many AS "
            "SELECT g AS id, repeat('x', 100) AS note FROM pg_sleep(1.2), generate_series(1, 200000) g"
        )
    with ExitStack() as stack:
        # A server of its own: other tests empty the common one.
        uri = "memory://" if request.param == "memory" else f"{stack.enter_context(start_redis()).uri}/0"
        yield stack.enter_context(serving(*filled, jobs=uri, query_timeout_ms=500))


def post(world: World, sql: str, token: str = ROOT, **options: Any) -> httpx.Response:
    return httpx.post(f"{world.http}/sql", json={"sql": sql, **options}, headers=bearer(token), timeout=30)


def get(world: World, path: str, token: str = ROOT, **parameters: Any) -> httpx.Response:
    return httpx.get(f"{world.http}{path}", params=parameters, headers=bearer(token), timeout=70)


def ended(world: World, query_id: str) -> dict[str, Any]:
    while True:
        status: dict[str, Any] = get(world, f"/queries/{query_id}", waitMs=5000).json()
        if status["status"] in ("completed", "failed", "cancelled"):
            return status


def statements(world: World) -> int:
    with postgres.connect(world.postgres_uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND query LIKE '%waits%'"
            " AND pid <> pg_backend_pid() AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])  # type: ignore[index]


def test_what_is_asked_as_a_job_is_a_ticket_at_once(jobs: World) -> None:
    answer = post(jobs, SUM, mode="async")
    assert answer.status_code == 202
    status = answer.json()
    assert answer.headers["location"] == f"/queries/{status['queryId']}"
    assert int(answer.headers["retry-after"]) >= 1
    found = ended(jobs, status["queryId"])
    assert found["status"] == "completed"
    assert found["resultUrl"] == f"/queries/{status['queryId']}/result"
    rows = get(jobs, found["resultUrl"]).json()
    assert rows["rows"] == post(jobs, SUM).json()["rows"]
    assert rows["queryId"] == status["queryId"]
    with flight.connect(jobs.flight) as client:
        table = client.do_get(flight.Ticket(status["queryId"]), calling(**bearer(ROOT))).read_all()
    assert table.to_pylist()[0]["n"] == rows["rows"][0]["n"]


def test_a_query_that_turns_out_long_becomes_a_job_and_its_statement_goes_on(jobs: World) -> None:
    began = time.monotonic()
    answer = post(jobs, "SELECT id FROM shop.waits")
    assert answer.status_code == 202, answer.text
    assert time.monotonic() - began < 1.4
    assert statements(jobs) == 1
    status = ended(jobs, answer.json()["queryId"])
    assert status["status"] == "completed"
    assert get(jobs, status["resultUrl"]).json()["rows"] == [{"id": 7}]


def test_a_driver_waits_for_its_rows_and_somebody_else_may_read_them(jobs: World) -> None:
    with flight.connect(jobs.flight) as client:
        info = client.get_flight_info(
            command("CommandStatementQuery", query="SELECT id, note FROM shop.waits_then_many"), calling(**bearer(ROOT))
        )
        query_id = orjson.loads(info.app_metadata)["queryId"]
        table = client.do_get(info.endpoints[0].ticket, calling(**bearer(ROOT))).read_all()
        again = client.do_get(flight.Ticket(query_id), calling(**bearer(ROOT))).read_all()
    assert table.num_rows == 200_000
    assert again.equals(table)
    assert get(jobs, f"/queries/{query_id}").json()["status"] == "completed"


def test_sync_is_never_a_job(jobs: World) -> None:
    answer = post(jobs, "SELECT id FROM shop.waits", mode="sync")
    assert (answer.status_code, answer.json()["code"]) == (504, "query.timeout")


@pytest.mark.parametrize("mode", ["async", "auto"])
def test_a_job_is_cancelled_by_its_owner_alone(jobs: World, mode: str) -> None:
    query_id = post(jobs, "SELECT id FROM shop.waits_long", mode=mode).json()["queryId"]
    until(lambda: statements(jobs) == 1)
    assert get(jobs, f"/queries/{query_id}", token=BEN).status_code == 404
    assert httpx.delete(f"{jobs.http}/queries/{query_id}", headers=bearer(BEN)).status_code == 404
    assert httpx.delete(f"{jobs.http}/queries/{query_id}", headers=bearer(ROOT), timeout=10).status_code == 204
    assert statements(jobs) == 0
    assert ended(jobs, query_id)["status"] == "cancelled"
    assert httpx.delete(f"{jobs.http}/queries/{query_id}", headers=bearer(ROOT)).status_code == 204
    answer = get(jobs, f"/queries/{query_id}/result")
    assert (answer.status_code, answer.json()["code"]) == (409, "query.cancelled")


def test_what_fails_says_so(jobs: World) -> None:
    query_id = post(jobs, "SELECT CAST(note AS INTEGER) AS n FROM shop.orders", mode="async").json()["queryId"]
    status = ended(jobs, query_id)
    assert status["status"] == "failed"
    assert status["error"]["code"] == "sql.type"
    assert get(jobs, f"/queries/{query_id}/result").json()["code"] == "sql.type"


def test_pages_and_forms(jobs: World) -> None:
    query_id = post(jobs, "SELECT id FROM shop.orders ORDER BY id", mode="async").json()["queryId"]
    ended(jobs, query_id)
    pages, cursor = [], None
    while True:
        page = get(jobs, f"/queries/{query_id}/result", limit=300, **({"cursor": cursor} if cursor else {})).json()
        pages.append([row["id"] for row in page["rows"]])
        if not page["truncated"]:
            break
        cursor = page["cursor"]
    assert [len(page) for page in pages] == [300, 300, 300, 100]
    assert [each for page in pages for each in page] == list(range(1, 1001))
    stream = httpx.get(
        f"{jobs.http}/queries/{query_id}/result", headers={**bearer(ROOT), "accept": "application/vnd.apache.arrow.stream"}
    )
    assert pa.ipc.open_stream(stream.content).read_all().num_rows == 1000


def test_events_tell_until_the_end(jobs: World) -> None:
    query_id = post(jobs, "SELECT id FROM shop.waits", mode="async").json()["queryId"]
    with httpx.stream("GET", f"{jobs.http}/queries/{query_id}/events", headers=bearer(ROOT), timeout=30) as stream:
        told = [orjson.loads(line[5:]) for line in stream.iter_lines() if line.startswith("data:")]
    assert [each["status"] for each in told][-1] == "completed"
    assert len(told) >= 2


def test_parameters_come_along(jobs: World) -> None:
    sql = "SELECT count(*) AS n FROM shop.orders WHERE id < ? AND placed > CAST(? AS DATE)"
    query_id = post(jobs, sql, mode="async", params=[100, "2024-01-10"]).json()["queryId"]
    ended(jobs, query_id)
    assert get(jobs, f"/queries/{query_id}/result").json()["rows"] == post(jobs, sql, params=[100, "2024-01-10"]).json()["rows"]


def test_grants_come_along(jobs: World) -> None:
    assert post(jobs, "SELECT * FROM shop.payroll", token=ANA, mode="async").json()["code"] == "sql.unknown_table"
    answer = post(jobs, "SELECT count(*) AS n FROM shop.orders", token=ANA, mode="async")
    assert ended_as(jobs, answer.json()["queryId"], ANA) == "completed"
    assert answer.json()["queryId"] not in [each["queryId"] for each in get(jobs, "/queries").json()["queries"]]


def ended_as(world: World, query_id: str, token: str) -> str:
    while True:
        status = str(get(world, f"/queries/{query_id}", token=token, waitMs=5000).json()["status"])
        if status in ("completed", "failed", "cancelled"):
            return status


def test_what_is_known_to_be_long_is_a_job_before_it_runs(jobs: World) -> None:
    sql = "SELECT id + {} AS id FROM shop.waits"
    for number in range(9):
        ticket = post(jobs, sql.format(number), mode="async").json()["queryId"]
        assert ended(jobs, ticket)["status"] == "completed"
    jobs.foz.history.settle()
    receipt = orjson.loads(post(jobs, "EXPLAIN (FORMAT JSON) " + sql.format(50)).json()["rows"][0]["plan"])
    assert (receipt["route"], receipt["routing"]["limitMs"]) == ("job", 500)
    before = statements(jobs)
    answer = post(jobs, sql.format(50))
    assert (answer.status_code, answer.json()["route"]["why"]) == (202, "it is expected to be long")
    assert before == 0
    assert get(jobs, f"/queries/{answer.json()['queryId']}/result").json()["rows"] == [{"id": 57}]
    assert post(jobs, SUM).status_code == 200
