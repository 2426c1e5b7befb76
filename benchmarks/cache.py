"""What does the cache give and cost? A hit, a miss, and many callers of one miss, over PostgreSQL.

a. A hit labelled `notified`, by GetFlightInfo and DoGet: against a Flight server that answers the same row from its own memory,
   and against the uncached point query. Aims, p50 over the canned row's: at most 1.3 (memory), 2 (Redis, nothing near).
b. A miss: point queries that nobody asked before, against a Foz without a cache.
c. 200 callers of one miss: how often the source is asked. Aim: once.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml
from rich.console import Console
from rich.table import Table

from benchmarks.measure import interval, percentile
from benchmarks.point_query import ITEMS, Ask, by_flight, canned
from benchmarks.serving import Serving, administer, arguments, postgres_database, serving
from demo.process import PROGRAM
from demo.servers import find_postgres, find_redis

CALLS = 500
"""In each round, of each way."""
TURN = 25
CALLERS = 200


class World:
    """A PostgreSQL whose tables tell of their changes, and a Foz for each kind of cache. `statements` make more tables."""

    def __init__(self, stack: ExitStack, *statements: str) -> None:
        self.uri = stack.enter_context(postgres_database(stack.enter_context(find_postgres()).uri))
        administer(
            self.uri,
            "CREATE TABLE items (id bigint PRIMARY KEY, name text NOT NULL)",
            f"INSERT INTO items SELECT i, 'item ' || i FROM generate_series(0, {ITEMS - 1}) i",
            "UPDATE items SET name = 'kettle' WHERE id = 7",
            "CREATE VIEW slow AS SELECT 1 AS n FROM pg_sleep(0.5)",
            *statements,
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


def wait_for_watch(foz: Serving, sql: str = "SELECT id, name FROM pg.items WHERE id = 7") -> None:
    """Until changes are being heard of."""
    until = time.monotonic() + 30
    while asked(foz, sql)["cache"].get("freshness") != "notified":
        if time.monotonic() > until:
            raise SystemExit("The changes of the source are not being heard of.")
        time.sleep(0.1)


def in_turns(ways: Mapping[str, Ask], calls: int, rounds: int) -> dict[str, list[list[float]]]:
    """The seconds of each call, by way and round. The ways take turns of TURN calls, so that all see about the same moments, and
    none is measured only as it is after four other servers have had the processor and its caches."""
    took: dict[str, list[list[float]]] = {name: [[] for _ in range(rounds)] for name in ways}
    order = list(ways)
    for number in range(-1, rounds):
        for turn in range(max(1, calls // TURN)):
            for name in order if turn % 2 else order[::-1]:
                for call in range(TURN):
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


@contextmanager
def world(*statements: str) -> Iterator[World]:
    with ExitStack() as stack:
        made = World(stack, *statements)
        for kind, foz in made.foz.items():
            if kind != "none":
                wait_for_watch(foz)
        yield made


PARTS: Mapping[str, Callable[[World, float, int], None]] = {
    "hits": hits,
    "misses": misses,
    "one miss": lambda world, scale, rounds: one_miss(world, rounds),
}


def main() -> None:
    options = arguments(__doc__, scale=0.3, rounds=5)
    with world() as made:
        for part in PARTS.values():
            part(made, options.scale, options.rounds)


if __name__ == "__main__":
    main()
