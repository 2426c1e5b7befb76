"""How long after a commit is no answer older? For each way in which writes become known.

PostgreSQL's triggers, and MongoDB's change stream behind writes that wait for one member (w: 1) or for a majority: from when
the write has returned until a reader over Flight, who asks again and again, is given it. An event over HTTP: until it is
acknowledged.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import httpx
import pyarrow.flight as flight
import pymongo
from pymongo.write_concern import WriteConcern
from rich.console import Console
from rich.table import Table

from benchmarks.cache import World, wait_for_watch, world
from benchmarks.measure import percentile
from benchmarks.point_query import rows
from benchmarks.serving import Serving, arguments, mongodb_database, serving
from demo.servers import find_mongodb

CHANGES = 20
"""In each round."""


def until_told(foz: Serving, sql: str, changes: int, write: Callable[[str], object]) -> list[float]:
    """The seconds from each write's return until `sql` answers what it wrote."""
    client, took = flight.FlightClient(f"grpc://{foz.flight}"), []
    for number in range(changes):
        name = f"{number} {random.random()}"
        write(name)
        began = time.perf_counter()
        while rows(client, sql) != [{"name": name}]:
            continue
        took.append(time.perf_counter() - began)
    return took


def by_trigger(made: World, foz: Serving, changes: int) -> list[float]:
    with postgres.connect(made.uri, autocommit=True) as connection, connection.cursor() as cursor:
        write = lambda name: cursor.execute(f"UPDATE items SET name = '{name}' WHERE id = 9")  # noqa: E731
        return until_told(foz, "SELECT name FROM pg.items WHERE id = 9", changes, write)


def by_event(foz: Serving, changes: int) -> list[float]:
    took = []
    with httpx.Client() as http:
        for number in range(changes):
            event = {"source": "pg", "table": "items", "version": f"{number} {random.random()}"}
            began = time.perf_counter()
            http.post(f"http://{foz.http}/events", json=event).raise_for_status()
            took.append(time.perf_counter() - began)
    return took


def by_change_stream(uri: str, foz: Serving, changes: int, w: int | str) -> list[float]:
    with pymongo.MongoClient[dict[str, Any]](uri) as client:
        items = client.get_default_database().get_collection("items", write_concern=WriteConcern(w))
        write = lambda name: items.update_one({"_id": 9}, {"$set": {"name": name}})  # noqa: E731
        return until_told(foz, "SELECT name FROM docs.items WHERE _id = 9", changes, write)


def _add(table: Table, name: str, took: Sequence[float]) -> None:
    p50, p99 = (f"{1000 * percentile(took, share):.1f}" for share in (0.5, 0.99))
    table.add_row(name, p50, p99, str(len(took)))


def main() -> None:
    options = arguments(__doc__, scale=0.3, rounds=5)
    changes = CHANGES * options.rounds
    table = Table("", "p50 ms", "p99 ms", "changes", title="From the commit until no answer is older", title_justify="left")
    with world() as made:
        for kind in ("memory", "Redis and near"):
            _add(table, f"PostgreSQL's trigger: {kind}", by_trigger(made, made.foz[kind], changes))
            _add(table, f"POST /events: {kind}", by_event(made.foz[kind], changes))
    with ExitStack() as stack:
        uri = stack.enter_context(mongodb_database(stack.enter_context(find_mongodb()).uri))
        with pymongo.MongoClient[dict[str, Any]](uri) as client:
            client.get_default_database().items.insert_many([{"_id": number, "name": f"item {number}"} for number in range(1000)])
        source = {"id": "docs", "type": "mongodb", "connection": {"uri": uri}}
        foz = stack.enter_context(serving([source], cacheLimits={"ttlSeconds": 600}))
        wait_for_watch(foz, "SELECT name FROM docs.items WHERE _id = 7")
        for w in (1, "majority"):
            _add(table, f"MongoDB's change stream: memory, w: {w}", by_change_stream(uri, foz, changes, w))
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
