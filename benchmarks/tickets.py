"""A thousand open tickets: what do they cost the queries beside them, and how soon does a cancelled one leave its source?

A thousand jobs wait for four workers, which wait for a lock. Three in five tickets are polled (`waitMs`), one in five is watched
(server-sent events), one in five is read by a Flight call that waits. Short queries are timed before, beside them, and beside
the running and fetching of all when the lock is let go. Then jobs are cancelled by either protocol: asleep in the source, giving
rows, and after they became jobs while they ran.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import httpx
import orjson
import psutil  # type: ignore[import-untyped]
import pyarrow.flight as flight
from rich.console import Console
from rich.table import Table

from benchmarks.serving import Serving, administer, arguments, postgres_database, serving
from demo.servers import find_postgres

TICKETS = 1_000
SHORT_QUERIES = 500
CANCELS = 100
ENDED = ("completed", "failed", "cancelled")


def submitted(http: str, sql: str, mode: str = "async") -> str:
    answer = httpx.post(f"http://{http}/sql", json={"sql": sql, "mode": mode}, timeout=60)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["queryId"])


def short(http: str, count: int, until: Callable[[], bool] = lambda: False) -> list[float]:
    """Milliseconds of point queries, one after another: `count` of them, or until it is so."""
    took = []
    with httpx.Client(base_url=f"http://{http}", timeout=60) as client:
        for number in range(count):
            began = time.perf_counter()
            answer = client.post(
                "/sql", json={"sql": f"SELECT id, note FROM pg.points WHERE id = {number % 1000}", "timeoutMs": 60_000}
            )
            took.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, answer.text
            if until():
                break
    return took


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


async def _polled(client: httpx.AsyncClient, query_id: str) -> None:
    while True:
        answer = await client.get(f"/queries/{query_id}", params={"waitMs": 10_000})
        if answer.json()["status"] in ENDED:
            break
    rows = await client.get(f"/queries/{query_id}/result")
    assert rows.status_code == 200, rows.text


async def _watched(client: httpx.AsyncClient, query_id: str) -> None:
    async with client.stream("GET", f"/queries/{query_id}/events") as events:
        async for line in events.aiter_lines():
            if line.startswith("data:") and orjson.loads(line[5:])["status"] in ENDED:
                break
    rows = await client.get(f"/queries/{query_id}/result")
    assert rows.status_code == 200, rows.text


def _held(address: str, query_ids: list[str], read: Any) -> None:
    """A thread each, and one connection."""

    def get(client: flight.FlightClient, query_id: str) -> None:
        client.do_get(flight.Ticket(query_id)).read_all()
        with read.get_lock():
            read.value += 1

    with flight.connect(f"grpc://{address}") as client:
        threads = [threading.Thread(target=get, args=(client, query_id)) for query_id in query_ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _hold(http: str, address: str, query_ids: list[str], read: Any) -> None:
    """The client of all tickets, in a process of its own."""
    holding = threading.Thread(target=_held, args=(address, query_ids[::5], read))
    holding.start()

    async def all_of_them() -> None:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=f"http://{http}", timeout=600, limits=limits) as client:

            async def one(number: int, query_id: str) -> None:
                await (_watched if number % 5 == 1 else _polled)(client, query_id)
                with read.get_lock():
                    read.value += 1

            await asyncio.gather(*(one(number, each) for number, each in enumerate(query_ids) if number % 5))

    asyncio.run(all_of_them())
    holding.join()


@contextmanager
def held(foz: Serving, query_ids: list[str]) -> Iterator[Any]:
    """Gives the number of tickets that have been read to the end."""
    context = multiprocessing.get_context("spawn")
    read = context.Value("i", 0)
    client = context.Process(target=_hold, args=(foz.http, foz.flight, query_ids, read))
    client.start()
    try:
        yield read
        client.join(300)
    finally:
        client.terminate()


def tickets(foz: Serving, uri: str, count: int, queries: int, console: Console) -> None:
    process = psutil.Process(foz.pid)
    short(foz.http, queries // 5)
    alone = short(foz.http, queries)
    before = process.memory_info().rss
    with postgres.connect(uri) as locking:
        with locking.cursor() as cursor:
            cursor.execute("LOCK TABLE locked IN ACCESS EXCLUSIVE MODE")
        query_ids = [submitted(foz.http, f"SELECT id, note FROM pg.locked WHERE id <> {-number}") for number in range(count)]
        with held(foz, query_ids) as read:
            time.sleep(5)
            threads, beside = process.num_threads(), short(foz.http, queries)
            waiting = process.memory_info().rss
            assert read.value == 0, "a ticket was read though the table is locked"
            began = time.perf_counter()
            locking.rollback()
            running = short(foz.http, 1_000_000, lambda: read.value >= count or time.perf_counter() - began > 300)
            seconds = time.perf_counter() - began
            assert read.value == count, f"{count - read.value} tickets were never read"
    after = process.memory_info().rss
    again = short(foz.http, queries)
    quiet = alone + again
    table = Table("short queries", "p50 ms", "p99 ms", "p99 ÷ alone", title=f"{count:,} tickets", title_justify="left")
    for name, values in (
        ("alone", quiet),
        ("beside tickets that wait", beside),
        (f"beside all of them ({seconds:.0f} s)", running),
    ):
        ratio = percentile(values, 0.99) / percentile(quiet, 0.99)
        table.add_row(name, f"{percentile(values, 0.5):.2f}", f"{percentile(values, 0.99):.2f}", f"{ratio:.2f}")
    console.print(table)
    print(
        f"Memory of the server: {before >> 20} MB before, {waiting >> 20} MB with tickets that wait, {after >> 20} MB afterwards."
    )
    print(f"Its threads: {threads}, of which {count // 5} are Flight calls that wait.")


def cancels(foz: Serving, uri: str, count: int, console: Console) -> None:
    table = Table(
        "cancelled", "protocol", "p50 ms", "p99 ms", "longest ms", title="Until the statement is gone", title_justify="left"
    )
    everything: list[float] = []
    with postgres.connect(uri, autocommit=True) as connection, flight.connect(f"grpc://{foz.flight}") as client:
        cursor = connection.cursor()

        def statements(view: str) -> int:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'foz' AND state <> 'idle' "
                f"AND query LIKE '%{view}%'"
            )
            return int(cursor.fetchall()[0][0])

        for what, view, mode in (
            ("asleep", "asleep", "async"),
            ("giving rows", "endless", "async"),
            ("promoted, asleep", "asleep", "auto"),
        ):
            for protocol in ("http", "flight"):
                took = []
                for number in range(count):
                    query_id = submitted(foz.http, f"SELECT * FROM pg.{view} WHERE id <> {-number}", mode)
                    while not statements(view):
                        time.sleep(0.002)
                    began = time.perf_counter()
                    if protocol == "http":
                        httpx.delete(f"http://{foz.http}/queries/{query_id}", timeout=60)
                    else:
                        list(client.do_action(flight.Action("foz.queries.cancel", orjson.dumps(query_id))))
                    while statements(view):
                        time.sleep(0.002)
                    took.append((time.perf_counter() - began) * 1000)
                everything += took
                table.add_row(what, protocol, f"{percentile(took, 0.5):.0f}", f"{percentile(took, 0.99):.0f}", f"{max(took):.0f}")
        cursor.close()
    table.add_row(
        "all", "", f"{percentile(everything, 0.5):.0f}", f"{percentile(everything, 0.99):.0f}", f"{max(everything):.0f}"
    )
    console.print(table)


def main() -> None:
    options = arguments(__doc__, scale=0.2, rounds=1)
    console = Console(width=130)
    count = max(10, int(TICKETS * options.scale))
    with ExitStack() as stack:
        uri = stack.enter_context(postgres_database(stack.enter_context(find_postgres()).uri))
        for name in ("points", "locked"):
            administer(uri, f"CREATE TABLE {name} (id bigint PRIMARY KEY, note text)")
            administer(uri, f"INSERT INTO {name} SELECT n, 'note ' || n FROM generate_series(0, 999) n", f"ANALYZE {name}")
        administer(uri, "CREATE VIEW asleep AS SELECT 1 AS id FROM pg_sleep(60)")
        administer(uri, "CREATE VIEW endless AS SELECT generate_series(1, 1000000000) AS id, repeat('x', 1000) AS note")
        source = {"id": "pg", "type": "postgres", "connection": {"uri": uri}, "limits": {"maxConnections": 8}}
        limits = {"perCaller": 2 * TICKETS, "total": 2 * TICKETS}
        foz = stack.enter_context(serving([source], jobLimits=limits, queryTimeoutMs=300, history="memory://"))
        tickets(foz, uri, count, max(100, int(SHORT_QUERIES * options.scale)), console)
        cancels(foz, uri, max(5, int(CANCELS * options.scale)), console)


if __name__ == "__main__":
    main()
