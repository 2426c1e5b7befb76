"""Answers on their way: bounded memory, slow clients, clients that go away, failures after the first byte, cancels."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from planner.errors import ServerBusy
from proxy.http import HttpSettings
from tests.proxy.http.duckdb_server import DuckAnswer, DuckAsking, Running
from tests.proxy.http.test_http_requests import check_problem

ENDLESS = "SELECT count(*) AS n FROM range(1000000000000) a, range(1000) b WHERE (a.range + b.range) % 7 = 3"
MILLION = "SELECT i, 'row ' || i AS name, i * 1.5 AS amount, [i, i + 1] AS pair, {{a: i, b: '{0}'}} AS s FROM range(1000000) r(i)"
MILLION = MILLION.format("x" * 100)
SERVER = """
import sys, duckdb, socket, uvicorn
from proxy.http import Services, SourceCatalogue, create_app
from tests.proxy.http.duckdb_server import DuckAsking, authenticate, shop
from tests.proxy.told import Told
asking = DuckAsking(duckdb.connect(config={"threads": 2, "memory_limit": "200MB"}), 8192)
none = SourceCatalogue(lambda caller: [], lambda source, caller: [], lambda source: None)
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
services = Services(asking, shop, authenticate, none, Told())
server = uvicorn.Server(uvicorn.Config(create_app(services), log_config=None))
server.run([listening])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the resident size from /proc")
@pytest.mark.parametrize(
    "accept", ["application/json", "application/x-ndjson", "text/csv", "application/vnd.apache.arrow.stream"]
)
def test_a_million_rows_do_not_sit_in_memory(accept: str) -> None:
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=root, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            url = f"http://127.0.0.1:{int(process.stdout.readline())}"
            with httpx.Client(base_url=url, timeout=120, headers={"Accept": accept}) as client:
                client.post("/sql", json={"sql": f"{MILLION} LIMIT 20000"}).raise_for_status()
                before, received = resident_bytes(process.pid), 0
                with client.stream("POST", "/sql", json={"sql": MILLION}) as answer:
                    for piece in answer.iter_raw():
                        received += len(piece)
                grown = resident_bytes(process.pid, peak=True) - before
        finally:
            process.terminate()
    assert received > 130_000_000
    assert grown < 60_000_000


def test_a_slow_client_holds_the_query_back(server: Running) -> None:
    with server.client() as client, client.stream("POST", "/sql", json={"sql": MILLION}) as answer:
        next(answer.iter_raw())
        running = server.asking.started[-1]
        settle(running)
        assert running.read < 500_000
    assert running.ended.wait(20)


def test_a_client_that_goes_away_ends_its_query(server: Running) -> None:
    connection, running = ask(server, ENDLESS)
    assert not running.ended.is_set()
    connection.close()
    assert running.ended.wait(20)
    assert server.sql("SELECT 1 AS a").json()["rows"] == [{"a": 1}]


def test_a_client_that_goes_away_in_the_middle_ends_its_query(server: Running) -> None:
    connection, running = ask(server, MILLION)
    assert connection.recv(1000)
    connection.close()
    assert running.ended.wait(20)
    assert running.read < 1_000_000


def test_a_client_that_goes_away_before_its_query_has_started(serve: Callable[..., Running]) -> None:
    entered, let = threading.Event(), threading.Event()

    class Slow(DuckAsking):
        def start(self, request: Any) -> DuckAnswer:
            entered.set()
            assert let.wait(20)
            return super().start(request)

    made: list[Slow] = []

    def slowed(asking: DuckAsking) -> Slow:
        made.append(Slow(asking.database))
        return made[0]

    server = serve(wrap=slowed)
    connection = send(server, ENDLESS)
    assert entered.wait(20)
    connection.close()
    with server.client() as client:
        assert client.get("/healthz").status_code == 200
    let.set()
    assert made[0].arrived.wait(20)
    assert made[0].started[-1].ended.wait(20)


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "application/vnd.apache.arrow.stream"])
def test_a_failure_after_the_first_byte_breaks_the_transfer(server: Running, accept: str) -> None:
    sql = "SELECT CASE WHEN i < 900000 THEN i ELSE error('bad row') END AS i FROM range(1000000) r(i)"
    with server.client() as client:
        with client.stream("POST", "/sql", json={"sql": sql}, headers={"Accept": accept}) as answer:
            assert answer.status_code == 200
            with pytest.raises(httpx.RemoteProtocolError):
                answer.read()
        assert client.post("/sql", json={"sql": "SELECT 1 AS a"}).json()["rows"] == [{"a": 1}]


def test_a_failure_before_the_first_row_is_a_problem(server: Running) -> None:
    for accept in ("application/json", "application/x-ndjson", "text/csv"):
        with server.client(headers={"Accept": accept}) as client:
            answer = client.post("/sql", json={"sql": "SELECT error('bad row') AS a FROM range(3)"})
        check_problem(answer, 400, "sql.type")


def test_a_query_is_listed_while_it_runs_and_can_be_cancelled(server: Running) -> None:
    with server.client() as client, server.client() as other:
        with client.stream("POST", "/sql", json={"sql": MILLION}, headers={"Accept": "application/x-ndjson"}) as answer:
            query_id = answer.headers["x-query-id"]
            assert query_id in [query["queryId"] for query in other.get("/queries").json()["queries"]]
            assert other.get(f"/queries/{query_id}").json()["status"] == "processing"
            check_problem(other.get(f"/queries/{query_id}/result"), 404, "query.not_found")
            check_problem(other.get(f"/queries/{query_id}", headers={"Authorization": "Bearer ana"}), 404, "query.not_found")
            check_problem(other.delete(f"/queries/{query_id}", headers={"Authorization": "Bearer ana"}), 404, "query.not_found")
            assert other.delete(f"/queries/{query_id}").status_code == 204
            last = answer.read().splitlines()[-1]
        assert json.loads(last)["status"] == "cancelled"
        for path in (f"/queries/{query_id}", f"/queries/{query_id}/result", "/queries/none"):
            check_problem(other.get(path), 404, "query.not_found")


def test_a_cancel_before_the_first_row_is_a_problem(server: Running) -> None:
    found: list[httpx.Response] = []
    server.asking.arrived.clear()
    asking = threading.Thread(target=lambda: found.append(server.sql(ENDLESS)))
    asking.start()
    assert server.asking.arrived.wait(20)
    with server.client() as client:
        assert client.delete(f"/queries/{server.asking.started[-1].query_id}").status_code == 204
    asking.join(20)
    check_problem(found[0], 409, "query.cancelled")


def test_one_answer_too_many_is_busy(serve: Callable[..., Running]) -> None:
    server = serve(settings=HttpSettings(max_answers=1))
    with server.client() as client, server.client() as other:
        with client.stream("POST", "/sql", json={"sql": MILLION}):
            answer = other.post("/sql", json={"sql": "SELECT 1"})
            check_problem(answer, 429, "server.busy")
            assert answer.headers["retry-after"] == "1"
        assert server.asking.started[-1].ended.wait(20)
        while other.post("/sql", json={"sql": "SELECT 1"}).status_code == 429:
            pass


def test_busy_from_behind(serve: Callable[..., Running]) -> None:
    class Full:
        def start(self, request: Any) -> Any:
            raise ServerBusy("The server is busy. Try again in 5 seconds.", retryAfterSeconds=5)

    answer = serve(wrap=lambda asking: Full()).sql("SELECT 1")
    check_problem(answer, 429, "server.busy")
    assert answer.headers["retry-after"] == "5"


def test_a_limit_ends_the_query_early(server: Running) -> None:
    body = server.sql(MILLION, limit=10).json()
    assert (body["rowCount"], body["truncated"]) == (10, True)
    assert server.asking.started[-1].ended.is_set()
    assert server.asking.started[-1].read < 1_000_000


def test_many_clients_side_by_side(server: Running) -> None:
    found: list[int] = []

    def read(number: int) -> None:
        found.append(server.sql(f"SELECT sum(range)::BIGINT AS s FROM range({number})").json()["rows"][0]["s"])

    threads = [threading.Thread(target=read, args=(number,)) for number in range(1, 33)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(found) == [number * (number - 1) // 2 for number in range(1, 33)]


def send(server: Running, sql: str) -> socket.socket:
    body = json.dumps({"sql": sql}).encode()
    connection = socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1])))
    head = f"POST /sql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body)
    return connection


def ask(server: Running, sql: str) -> tuple[socket.socket, DuckAnswer]:
    server.asking.arrived.clear()
    connection = send(server, sql)
    assert server.asking.arrived.wait(20)
    return connection, server.asking.started[-1]


def settle(answer: DuckAnswer) -> None:
    """Returns once the rows read have not changed for a while."""
    same, last = 0, -1
    while same < 5:
        answer.ended.wait(0.05)
        same, last = (same + 1, last) if answer.read == last else (0, answer.read)


def resident_bytes(process_id: int, peak: bool = False) -> int:
    status = Path(f"/proc/{process_id}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB" if peak else r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024
