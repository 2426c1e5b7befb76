"""`python -m tests.fuzz --seconds N --seed S`: a campaign, over worlds and queries that follow from the seed."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import click
import pymongo
import structlog

from demo.servers import find_mongodb, find_postgres
from tests.answers.world import World
from tests.conftest import fresh_name, with_database
from tests.fuzz.compare import difference
from tests.fuzz.parameters import with_parameters
from tests.fuzz.queries import query
from tests.fuzz.reduce import reduced
from tests.fuzz.tables import load

QUERIES_A_WORLD = 400


@click.command()
@click.option("--seconds", default=60, show_default=True, help="How long to search.")
@click.option("--seed", default=0, show_default=True, help="The first world's seed; every next world has the next one.")
def main(seconds: int, seed: int) -> None:
    """Searches for queries that Foz does not answer as DuckDB does."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    until = time.monotonic() + seconds
    asked = found = 0
    with find_postgres() as postgresql, find_mongodb() as mongodb:
        while time.monotonic() < until:
            with world(postgresql.uri, mongodb.uri, seed) as running:
                for number in range(QUERIES_A_WORLD):
                    if time.monotonic() >= until:
                        break
                    asked += 1
                    found += _ask(running, seed, number)
            seed += 1
    click.echo(f"{asked} queries, {found} differences")
    raise SystemExit(1 if found else 0)


def _ask(running: World, seed: int, number: int) -> bool:
    sql = query(Random(f"{seed}/{number}"))
    first = difference(running, sql)
    if first is None:
        asked, parameters = with_parameters(Random(f"{seed}/{number}"), sql)
        sent = difference(running, sql, parameters, asked) if parameters else None
        if sent is not None:
            click.echo(f"-- seed {seed}, query {number}, with {parameters}: {sent.kind}: {sent.detail}\n{asked};\n")
        return sent is not None

    def differs(smaller: str) -> bool:
        again = difference(running, smaller)
        return again is not None and again.kind == first.kind

    smallest = reduced(sql, differs)
    last = difference(running, smallest) or first
    click.echo(f"-- seed {seed}, query {number}: {last.kind}: {last.detail}\n{smallest};\n")
    return True


@contextmanager
def world(postgres_uri: str, mongodb_uri: str, seed: int) -> Iterator[World]:
    """The tables of `seed` in databases of their own on the two servers."""
    name = fresh_name()
    try:
        _administer(postgres_uri, f"CREATE DATABASE {name}")
        with tempfile.TemporaryDirectory() as directory:
            made = World(with_database(postgres_uri, name), with_database(mongodb_uri, name), Path(directory))
            load(made, seed)
            with made.running():
                yield made
    finally:
        _administer(postgres_uri, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        client: pymongo.MongoClient[dict[str, Any]]
        with pymongo.MongoClient(mongodb_uri) as client:
            client.drop_database(name)


def _administer(uri: str, statement: str) -> None:
    with postgres.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


if __name__ == "__main__":
    main()
