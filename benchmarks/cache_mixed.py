"""What does the cache give under 90 reads to 10 writes, at 8 clients? Reads and their p99, against a Foz without a cache.

A read is a sum over the 1,000 rows of one sensor, some sensors being asked for more often than others; a write changes one row of
a sensor. Versions are of whole tables, so where all sensors are in one table each write makes every kept sum out of date: the
worst case. Spread over 16 tables, a write leaves most of them.

The ways take turns of a fraction of a second, whose order changes, over the same connections, which are there before. The tables
leave room in their pages for the rows' new versions, so that they do not grow while it runs.
"""

from __future__ import annotations

import random
import re
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import httpx
import pyarrow.flight as flight
from rich.console import Console
from rich.table import Table

from benchmarks.cache import World, world
from benchmarks.measure import interval, percentile
from benchmarks.point_query import rows
from benchmarks.serving import Serving, arguments

CLIENTS = 8
SENSORS = 192
TABLES = (1, 16)
SLICE_SECONDS = 1.0
SLICES = 4
"""In each round, of each way."""
WAYS = ("none", "memory", "Redis and near")
_HITS = re.compile(r'^foz_cache_requests_total\{level="result",outcome="hit"\} (\S+)$', re.M)


def table_of(sensor: int, tables: int) -> str:
    return f"readings_{tables}_{sensor % tables}"


def readings() -> list[str]:
    """The same rows in one table and in several."""
    made = []
    for tables in TABLES:
        for number in range(tables):
            name, own = table_of(number, tables), f"generate_series({number}, {SENSORS - 1}, {tables})"
            made += [
                f"CREATE TABLE {name} (sensor int NOT NULL, v int NOT NULL) WITH (fillfactor = 50, autovacuum_enabled = false)",
                f"INSERT INTO {name} SELECT s, i FROM {own} s, generate_series(1, 1000) i",
                f"CREATE INDEX ON {name} (sensor)",
            ]
    return made


class Client:
    """One client of one Foz, with a connection of its own to PostgreSQL for its writes."""

    def __init__(self, made: World, foz: Serving, tables: int, seed: int, stack: ExitStack) -> None:
        self._reader = stack.enter_context(flight.FlightClient(f"grpc://{foz.flight}"))
        self._cursor: Any = stack.enter_context(stack.enter_context(postgres.connect(made.uri, autocommit=True)).cursor())
        self._tables = tables
        self._chance = random.Random(seed)
        self._chances = [1 / rank for rank in range(1, SENSORS + 1)]

    def run(self, until: float, took: list[float]) -> None:
        while time.perf_counter() < until:
            (sensor,) = self._chance.choices(range(SENSORS), self._chances)
            table = table_of(sensor, self._tables)
            if self._chance.random() < 0.1:
                one = f"(SELECT ctid FROM {table} WHERE sensor = {sensor} LIMIT 1)"
                self._cursor.execute(f"UPDATE {table} SET v = v + 1 WHERE ctid = {one}")
                continue
            began = time.perf_counter()
            rows(self._reader, f"SELECT count(*) AS n, sum(v) AS s FROM pg.{table} WHERE sensor = {sensor}")
            took.append(time.perf_counter() - began)


class Way:
    """One Foz with its clients, and what has been measured of it, slice by slice."""

    def __init__(self, foz: Serving, clients: Sequence[Client]) -> None:
        self._foz = foz
        self._clients = clients
        self.slices: list[list[float]] = []
        self.hits = 0.0
        self.cpu_seconds = 0.0

    def slice(self, seconds: float, counts: bool) -> None:
        hits, cpu = self._told(), _cpu_seconds(self._foz.pid)
        until, took = time.perf_counter() + seconds, [list[float]() for _ in self._clients]
        side_by_side([partial(one.run, until, own) for one, own in zip(self._clients, took, strict=True)])
        if counts:
            self.slices.append([each for own in took for each in own])
            self.hits += self._told() - hits
            self.cpu_seconds += _cpu_seconds(self._foz.pid) - cpu

    def _told(self) -> float:
        found = _HITS.search(httpx.get(f"http://{self._foz.http}/metrics").text)
        return float(found[1]) if found else 0.0


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def side_by_side(works: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def measure(made: World, tables: int, seconds: float, slices: int) -> None:
    with ExitStack() as stack:
        ways = {
            kind: Way(made.foz[kind], [Client(made, made.foz[kind], tables, seed, stack) for seed in range(CLIENTS)])
            for kind in WAYS
        }
        order = list(WAYS)
        for number in range(-SLICES, slices):
            random.Random(number).shuffle(order)
            for kind in order:
                ways[kind].slice(seconds, counts=number >= 0)
    _print(f"90 reads to 10 writes, {CLIENTS} clients, {tables} table(s)", ways, seconds)


def _print(title: str, ways: dict[str, Way], seconds: float) -> None:
    columns = ("", "reads/s", "of those without", "95 % interval", "p50 ms", "p99 ms", "from the cache", "Foz's CPU ms a read")
    table = Table(*columns, title=title, title_justify="left")
    plain = ways["none"]
    for kind, way in ways.items():
        calls = [each for one in way.slices for each in one]
        ratios = [len(own) / len(other) for own, other in zip(way.slices, plain.slices, strict=True)]
        low, high = interval(ratios)
        p50, p99 = (f"{1000 * percentile(calls, share):.2f}" for share in (0.5, 0.99))
        table.add_row(
            "no cache" if kind == "none" else kind,
            f"{len(calls) / (seconds * len(way.slices)):,.0f}",
            f"{statistics.median(ratios):.2f}",
            f"{low:.2f} – {high:.2f}",
            *(p50, p99),
            f"{way.hits / len(calls):.0%}",
            f"{1000 * way.cpu_seconds / len(calls):.2f}",
        )
    Console(width=130).print(table)


def main() -> None:
    options = arguments(__doc__, scale=0.3, rounds=5)
    with world(*readings()) as made:
        for tables in TABLES:
            measure(made, tables, SLICE_SECONDS * options.scale, SLICES * options.rounds)


if __name__ == "__main__":
    main()
