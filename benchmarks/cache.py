"""What does the cache give and cost? A hit, a miss, many callers of one miss, invalidation, and a mixed load, over PostgreSQL.

a. A hit labelled `notified`, by GetFlightInfo and DoGet: against a Flight server that answers the same row from its own memory,
   and against the uncached point query. Aims, p50 over the canned row's: at most 1.3 (memory), 2 (Redis, nothing near).
b. A miss: point queries that nobody asked before, against a Foz without a cache.
c. 200 callers of one miss: how often the source is asked. Aim: once.
d. From the commit until no answer is older: a trigger's notification, and an event reported over HTTP.
e. 90 reads to 10 writes at 8 clients, with and without the cache.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import httpx
import pyarrow as pa
import pyarrow.flight as flight
import yaml
from rich.console import Console
from rich.table import Table

from benchmarks.measure import interval, percentile
from benchmarks.point_query import ITEMS, Ask, by_flight, canned, statement_query
from benchmarks.serving import Serving, administer, arguments, postgres_database, serving
from demo.process import PROGRAM
from demo.servers import find_postgres, find_redis

CALLS = 500
"""In each round, of each way."""
SLICE_SECONDS = 3.0
CALLERS = 200
CLIENTS = 8
SUM = "SELECT count(*) AS n, sum(v) AS s FROM pg.readings WHERE sensor = {}"
WRITE = "UPDATE readings SET v = v + 1 WHERE ctid = (SELECT ctid FROM readings WHERE sensor = {} LIMIT 1)"
SENSORS = 200


class World:
    """A PostgreSQL whose tables tell of their changes, and a Foz for each kind of cache."""

    def __init__(self, stack: ExitStack) -> None:
        self.uri = stack.enter_context(postgres_database(stack.enter_context(find_postgres()).uri))
        administer(
            self.uri,
            "CREATE TABLE items (id bigint PRIMARY KEY, name text NOT NULL)",
            f"INSERT INTO items SELECT i, 'item ' || i FROM generate_series(0, {ITEMS - 1}) i",
            "UPDATE items SET name = 'kettle' WHERE id = 7",
            "CREATE TABLE readings (sensor int NOT NULL, v int NOT NULL)",
            f"INSERT INTO readings SELECT i % {SENSORS}, i FROM generate_series(1, 200000) i",
            "CREATE INDEX ON readings (sensor)",
            "CREATE VIEW slow AS SELECT 1 AS n FROM pg_sleep(0.5)",
            "ANALYZE",
        )
        self.source = {"id": "pg", "type": "postgres", "connection": {"uri": self.uri}, "limits": {"maxConnections": 16}}
        _install_triggers(self.source)
        redis = stack.enter_context(find_redis())
        kept: dict[str, Any] = {"ttlSeconds": 600}
        kinds: Mapping[str, dict[str, Any]] = {
            "none": {},
            "memory": {"cacheLimits": kept},
            "Redis, nothing near": {"cache": f"{redis.uri}/1", "cacheLimits": {**kept, "nearBytes": 0}},
            "Redis and near": {"cache": f"{redis.uri}/2", "cacheLimits": kept},
        }
        limits = {"maxQueries": 64, "maxWaiting": 1000}
        self.foz = {kind: stack.enter_context(serving([self.source], **limits, **more)) for kind, more in kinds.items()}


def _install_triggers(source: dict[str, Any]) -> None:
    """What `foz sources watch pg --install` does."""
    with tempfile.TemporaryDirectory(prefix="foz-benchmark-") as directory:
        path = Path(directory) / "foz.yaml"
        path.write_text(yaml.safe_dump({"sources": [source]}))
        command = [sys.executable, "-c", PROGRAM, "sources", "watch", "pg", "--install", "--config", str(path)]
        subprocess.run(command, check=True, capture_output=True)


def asked(foz: Serving, sql: str) -> dict[str, Any]:
    """The JSON of an answer over HTTP."""
    answer: dict[str, Any] = httpx.post(f"http://{foz.http}/sql", json={"sql": sql}, timeout=60).raise_for_status().json()
    return answer


def wait_for_watch(foz: Serving) -> None:
    until = time.monotonic() + 30
    while asked(foz, "SELECT id, name FROM pg.items WHERE id = 7")["cache"].get("freshness") != "notified":
        if time.monotonic() > until:
            raise SystemExit("The changes of PostgreSQL are not being heard of.")
        time.sleep(0.1)


def in_turns(ways: Mapping[str, Ask], calls: int, rounds: int) -> dict[str, list[list[float]]]:
    """The seconds of each call, by way and round. The ways take turns call by call, so that all see the same moments."""
    took: dict[str, list[list[float]]] = {name: [[] for _ in range(rounds)] for name in ways}
    order = list(ways)
    for number in range(-1, rounds):
        for call in range(calls):
            for name in order if call % 2 else order[::-1]:
                began = time.perf_counter()
                ways[name](call)
                if number >= 0:
                    took[name][number].append(time.perf_counter() - began)
    return took


def print_ratios(title: str, took: Mapping[str, list[list[float]]], peer: str) -> None:
    """One line a way: its percentiles, and its p50 over the peer's, by round."""
    table = Table("", "p50 ms", "p99 ms", f"p50 over: {peer}", "95 % interval", title=title, title_justify="left")
    for name, rounds in took.items():
        calls = [each for one in rounds for each in one]
        p50, p99 = (f"{1000 * percentile(calls, share):.2f}" for share in (0.5, 0.99))
        ratios = [percentile(own, 0.5) / percentile(other, 0.5) for own, other in zip(rounds, took[peer], strict=True)]
        low, high = interval(ratios)
        table.add_row(name, p50, p99, f"{statistics.median(ratios):.2f}", f"{low:.2f} – {high:.2f}")
    Console(width=130).print(table)


def hits(world: World, scale: float, rounds: int) -> None:
    with canned() as address:
        ways: dict[str, Ask] = {"canned row": _always(by_flight(address, ""), 7)}
        for kind, foz in world.foz.items():
            ways["uncached" if kind == "none" else f"hit: {kind}"] = _always(by_flight(foz.flight, "pg."), 7)
        print_ratios("A hit, through two Flight calls", in_turns(ways, int(CALLS * scale), rounds), "canned row")


def _always(ask: Ask, key: int) -> Ask:
    return lambda _: ask(key)


def misses(world: World, scale: float, rounds: int) -> None:
    ways: dict[str, Ask] = {
        "no cache" if kind == "none" else f"miss: {kind}": _never_again(by_flight(foz.flight, "pg."))
        for kind, foz in world.foz.items()
    }
    for kind, foz in world.foz.items():
        for key in (50, 51):  # not among those that are asked below
            answer = asked(foz, f"SELECT id, name FROM pg.items WHERE id = {key}")
            if (answer["cache"]["status"], answer["rows"][0]["id"]) != ("miss", key):
                raise SystemExit(f"{kind}: the row of {key} was not read anew")
    print_ratios("A point query that was not asked before", in_turns(ways, int(CALLS * scale), rounds), "no cache")


def _never_again(ask: Ask) -> Ask:
    """Asks for each key once. Raises StopIteration when none is left."""
    keys = iter(range(100, ITEMS))

    def anew(_: int) -> None:
        key = next(keys)
        if ask(key).column("id").to_pylist() != [key]:  # type: ignore[attr-defined]
            raise SystemExit(f"The row of {key} is another.")

    return anew


def one_miss(world: World, rounds: int) -> None:
    for kind in ("memory", "Redis and near"):
        foz, reads = world.foz[kind], []
        for _ in range(rounds):
            httpx.post(f"http://{foz.http}/events", json={"source": "pg", "table": "slow"}).raise_for_status()
            with ThreadPoolExecutor(CALLERS) as pool:
                answers = list(pool.map(lambda _, foz=foz: asked(foz, "SELECT n FROM pg.slow"), range(CALLERS)))
            reads.append(sum(len(answer["stats"]["sources"]) for answer in answers))
        print(f"{CALLERS} callers of one miss ({kind}): the source was asked {max(reads)} time(s) at most in {rounds} rounds")


def delays(world: World, rounds: int) -> None:
    table = Table("", "p50 ms", "p99 ms", "changes", title="From the commit until no answer is older", title_justify="left")
    changes = 20 * rounds
    for kind in ("memory", "Redis and near"):
        foz = world.foz[kind]
        with postgres.connect(world.uri, autocommit=True) as connection, connection.cursor() as cursor:
            client, took = flight.FlightClient(f"grpc://{foz.flight}"), []
            for number in range(changes):
                name = f"{kind} {number} {random.random()}"
                cursor.execute(f"UPDATE items SET name = '{name}' WHERE id = 9")
                began = time.perf_counter()
                while _rows(client, "SELECT name FROM pg.items WHERE id = 9") != [{"name": name}]:
                    continue
                took.append(time.perf_counter() - began)
        _add(table, f"PostgreSQL's trigger: {kind}", took)
        with httpx.Client() as http:
            took = []
            for number in range(changes):
                began = time.perf_counter()
                event = {"source": "pg", "table": "items", "version": number}
                http.post(f"http://{foz.http}/events", json=event).raise_for_status()
                took.append(time.perf_counter() - began)
        _add(table, f"POST /events: {kind}", took)
    Console(width=130).print(table)


def _rows(client: flight.FlightClient, sql: str) -> list[dict[str, Any]]:
    info = client.get_flight_info(flight.FlightDescriptor.for_command(statement_query(sql)))
    read: pa.Table = client.do_get(info.endpoints[0].ticket).read_all()
    rows: list[dict[str, Any]] = read.to_pylist()
    return rows


def _add(table: Table, name: str, took: Sequence[float]) -> None:
    p50, p99 = (f"{1000 * percentile(took, share):.1f}" for share in (0.5, 0.99))
    table.add_row(name, p50, p99, str(len(took)))


def mixed(world: World, scale: float, rounds: int) -> None:
    """Each write changes what one sensor has read, and with it every kept sum: the version is of the table."""
    seconds = SLICE_SECONDS * scale
    chances = [1 / rank for rank in range(1, SENSORS + 1)]
    took: dict[str, list[list[float]]] = {}
    for number in range(-1, rounds):
        for kind in ("none", "memory", "Redis and near"):
            calls = _mixed_slice(world, world.foz[kind], chances, seconds, number)
            if number >= 0:
                took.setdefault("no cache" if kind == "none" else kind, []).append(calls)
    print_ratios(f"90 reads (a sum of 1,000 rows) to 10 writes, {CLIENTS} clients: reads", took, "no cache")
    plain = took["no cache"]
    for name, own in took.items():
        ratios = [len(one) / len(other) for one, other in zip(own, plain, strict=True)]
        low, high = interval(ratios)
        rate = sum(map(len, own)) / (seconds * rounds)
        print(f"  {name}: {rate:,.0f} reads/s, {statistics.median(ratios):.2f} of those without ({low:.2f} – {high:.2f})")


def _mixed_slice(world: World, foz: Serving, chances: Sequence[float], seconds: float, seed: int) -> list[float]:
    took: list[list[float]] = [[] for _ in range(CLIENTS)]
    end = time.perf_counter() + seconds

    def client(number: int) -> None:
        chance = random.Random(seed * 100 + number)
        reader = flight.FlightClient(f"grpc://{foz.flight}")
        with postgres.connect(world.uri, autocommit=True) as connection, connection.cursor() as cursor:
            while time.perf_counter() < end:
                (sensor,) = chance.choices(range(SENSORS), chances)
                if chance.random() < 0.1:
                    cursor.execute(WRITE.format(sensor))
                    continue
                began = time.perf_counter()
                _rows(reader, SUM.format(sensor))
                took[number].append(time.perf_counter() - began)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [each for one in took for each in one]


@contextmanager
def world() -> Iterator[World]:
    with ExitStack() as stack:
        made = World(stack)
        for kind, foz in made.foz.items():
            if kind != "none":
                wait_for_watch(foz)
        yield made


PARTS: Mapping[str, Callable[[World, float, int], None]] = {
    "hits": hits,
    "misses": misses,
    "one miss": lambda world, scale, rounds: one_miss(world, rounds),
    "delays": lambda world, scale, rounds: delays(world, rounds),
    "mixed": mixed,
}


def main() -> None:
    options = arguments(__doc__, scale=0.3, rounds=5)
    with world() as made:
        for part in PARTS.values():
            part(made, options.scale, options.rounds)


if __name__ == "__main__":
    main()
