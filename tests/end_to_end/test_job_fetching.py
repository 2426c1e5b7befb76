"""One queryId, two Foz processes, two protocols, pandas and polars: the same rows, however they are fetched."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgres
import httpx
import orjson
import polars
import pyarrow as pa
import pyarrow.flight as flight
import pytest
import yaml

from demo.process import started
from demo.server import free_port
from demo.servers import start_redis
from proxy.flight.messages import parse_flight
from tests.cache.waiting import becomes
from tests.end_to_end.asking import ARROW
from tests.end_to_end.gate import Gate
from tests.proxy.flight.serving import act, calling, cancel_body, command

ROWS = 150_000
DOCS = Path(__file__).resolve().parents[2] / "docs"


@dataclass(frozen=True)
class Foz:
    flight: str
    http: str


@pytest.fixture(scope="module")
def processes(postgres_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Foz, Foz]]:
    """The first takes jobs in and runs none, the second runs them; they share Redis and a directory."""
    with postgres.connect(postgres_uri, autocommit=True) as connection, connection.cursor() as cursor:
        columns = "g::bigint AS id, g % 97 AS customer_id, (g / 4.0)::numeric(12,2) AS total, repeat(md5(g::text), 9) AS note"
        cursor.execute(f"CREATE TABLE orders AS SELECT {columns} FROM generate_series(1, {ROWS}) g")
    Gate(postgres_uri).close()
    directory = tmp_path_factory.mktemp("foz")
    with ExitStack() as stack:
        redis = stack.enter_context(start_redis())
        found = []
        for workers in (0, 2):
            configuration = directory / f"{workers}.yaml"
            settings = {
                "jobs": f"{redis.uri}/0",
                "spool": f"file://{directory}/spool",
                "sources": [{"id": "shop", "type": "postgres", "connection": {"uri": postgres_uri}}],
                "log": {"level": "warning"},
                "jobLimits": {"workers": workers},
            }
            configuration.write_text(yaml.safe_dump(settings))
            addresses = [f"127.0.0.1:{free_port()}" for _ in range(2)]
            stack.enter_context(started(configuration, *addresses))
            found.append(Foz(*addresses))
        yield found[0], found[1]


def begun(foz: Foz, sql: str) -> str:
    answer = httpx.post(f"http://{foz.http}/sql", json={"sql": sql, "mode": "async"}, timeout=60)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["queryId"])


def state(foz: Foz, query_id: str) -> str:
    return str(httpx.get(f"http://{foz.http}/queries/{query_id}", timeout=60).json()["status"])


def by_ticket(foz: Foz, query_id: str) -> pa.Table:
    with flight.connect(f"grpc://{foz.flight}") as client:
        return client.do_get(flight.Ticket(query_id)).read_all()


def by_http(foz: Foz, query_id: str) -> pa.Table:
    answer = httpx.get(f"http://{foz.http}/queries/{query_id}/result", headers={"accept": ARROW}, timeout=120)
    return pa.ipc.open_stream(answer.content).read_all()


def by_parts(foz: Foz, query_id: str) -> pa.Table:
    with flight.connect(f"grpc://{foz.flight}") as client:
        info = client.get_flight_info(flight.FlightDescriptor.for_path(query_id))
        with ThreadPoolExecutor(8) as threads:
            parts = list(threads.map(lambda endpoint: client.do_get(endpoint.ticket).read_all(), info.endpoints))
    return pa.concat_tables(parts)


def by_pages(foz: Foz, query_id: str) -> pa.Table:
    path, tables, cursor = f"http://{foz.http}/queries/{query_id}/result", [], ""
    while True:
        page = httpx.get(path, params={"limit": 40_000, **({"cursor": cursor} if cursor else {})}, timeout=120).json()
        tables.append(pa.Table.from_pylist(page["rows"]))
        if not page["truncated"]:
            return pa.concat_tables(tables)
        cursor = page["cursor"]


FETCHES: list[Callable[[Foz, str], pa.Table]] = [by_ticket, by_http, by_parts]


def test_two_processes_give_the_same_rows_by_both_protocols_at_once(processes: tuple[Foz, Foz]) -> None:
    query_id = begun(processes[0], "SELECT id, customer_id, total, note FROM shop.orders")
    with ThreadPoolExecutor(8) as threads:
        # While the job runs, and when it has ended.
        asked = [threads.submit(fetch, foz, query_id) for foz in processes for fetch in FETCHES]
        during = [each.result() for each in asked]
        assert state(processes[0], query_id) == "completed"
        asked = [threads.submit(fetch, foz, query_id) for foz in processes for fetch in FETCHES]
        after = [each.result() for each in asked]
    first = during[0]
    assert sorted(first["id"].to_pylist()) == list(range(1, ROWS + 1))
    for other in (*during, *after):
        assert other.equals(first)
    pages = by_pages(processes[1], query_id)
    assert pages["id"].to_pylist() == first["id"].to_pylist()
    assert pages["total"].to_pylist() == [str(total) for total in first["total"].to_pylist()]


def test_pandas_and_polars_are_given_what_arrow_is(processes: tuple[Foz, Foz]) -> None:
    query_id = begun(processes[0], "SELECT id, customer_id, total FROM shop.orders ORDER BY id LIMIT 5000")
    table = by_ticket(processes[1], query_id)
    with flight.connect(f"grpc://{processes[0].flight}") as client:
        frame = client.do_get(flight.Ticket(query_id)).read_pandas()
    assert frame.equals(table.to_pandas())
    answer = httpx.get(f"http://{processes[1].http}/queries/{query_id}/result", headers={"accept": ARROW}, timeout=60)
    polar = polars.read_ipc_stream(answer.content)
    assert polar.equals(polars.from_arrow(table))  # type: ignore[arg-type]
    assert polar["total"].sum() == sum(table["total"].to_pylist())


def test_a_job_that_another_process_runs_is_cancelled_by_its_flight_info(processes: tuple[Foz, Foz], postgres_uri: str) -> None:
    taking, _ = processes
    gate = Gate(postgres_uri)
    try:
        gate.shut()
        with flight.connect(f"grpc://{taking.flight}") as client:
            sql = command("CommandStatementQuery", query="SELECT id FROM shop.gated")
            info = client.get_flight_info(sql, calling(x_foz_mode="async"))
            becomes(lambda: len(gate.waiting()) == 1)
            (result,) = act(client, "CancelFlightInfo", cancel_body(info))
            assert parse_flight("CancelFlightInfoResult", result).status == 1
            assert gate.waiting() == set()
            assert state(taking, orjson.loads(info.app_metadata)["queryId"]) == "cancelled"
    finally:
        gate.open()
        gate.close()


def test_the_example_of_the_documentation_runs(processes: tuple[Foz, Foz]) -> None:
    taking, giving = processes
    (code,) = re.findall(r"^```python\n(.*?)^```$", (DOCS / "jobs.md").read_text(), re.DOTALL | re.MULTILINE)
    code = code.replace("127.0.0.1:8815", giving.flight).replace("127.0.0.1:8080", taking.http)
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "customer_id" in done.stdout
    assert f"{ROWS}" in done.stdout.replace(".0", "")
