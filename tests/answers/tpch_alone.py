"""TPC-H held whole in one store: what of each query goes down, as a text that a reviewer reads.

python -m tests.answers.tpch_alone            # writes tests/answers/tpch/<store>.txt anew
python -m tests.answers.tpch_alone --show 5   # the receipt of query 5 in every store
"""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import click
import pymongo
import pytest
import structlog

from demo import tpch
from demo.servers import find_mongodb, find_postgres
from tests.answers.world import World
from tests.conftest import fresh_name, with_database
from translators.mongo import worth

SCALE = 0.01
FOLDER = Path(__file__).parent / "tpch"
STORES = {"postgres": "pg", "mongodb": "docs", "sqlite": "lite", "parquet": "lake"}

_SHOWN = 160


@contextmanager
def held(store: str, postgres_uri: str, mongodb_uri: str) -> Iterator[World]:
    """Foz over TPC-H's eight tables in that one store."""
    source, files, name = STORES[store], tpch.generated(SCALE), fresh_name()
    client: pymongo.MongoClient[dict[str, Any]]
    with tempfile.TemporaryDirectory() as directory:
        where = [
            with_database(uri, name) if source == own else None for own, uri in (("pg", postgres_uri), ("docs", mongodb_uri))
        ]
        made = World(where[0], where[1], Path(directory))
        made.oracle.execute(f"CREATE SCHEMA {source}")
        for table in tpch.TABLES:
            made.oracle.execute(f"CREATE TABLE {source}.{table} AS SELECT * FROM '{files / table}.parquet'")
        try:
            if source == "pg":
                _administer(postgres_uri, f"CREATE DATABASE {name}")
                tpch.load_postgres(with_database(postgres_uri, name), files)
            elif source == "docs":
                tpch.load_mongodb(with_database(mongodb_uri, name), files)
                made.declared["docs"] = {table: {"columns": tpch.declared(table, files)} for table in tpch.TABLES}
            for table in tpch.TABLES:
                if source == "lite":
                    made.store("lite", table, tpch.PRIMARY_KEYS[table])
                elif source == "lake":
                    shutil.copy(files / f"{table}.parquet", made.directory / "lake")
            with made.running():
                yield made
        finally:
            if source == "pg":
                _administer(postgres_uri, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            elif source == "docs":
                with pymongo.MongoClient(mongodb_uri) as client:
                    client.drop_database(name)


def asked(store: str, number: int) -> str:
    """Query `number` over the tables in that store."""
    return tpch.qualified(tpch.query(number), dict.fromkeys(tpch.TABLES, STORES[store]))


def summary(receipt: Mapping[str, Any]) -> str:
    """`whole`, or how many fragments are read and why no larger part went down, a reason a line."""
    fragments = receipt["fragments"]
    if receipt["residual"] is None and len(fragments) == 1:
        return "whole"
    does = sorted(f"{fragment['id']}: {', '.join(fragment['pushed'])}" for fragment in fragments)
    left = [each for fragment in fragments for each in fragment["left"]] + list(receipt["refused"])
    reasons = dict.fromkeys(f"    {_short(each['part'])}: {_without_estimates(each['reason'])}" for each in left)
    count = "1 fragment" if len(fragments) == 1 else f"{len(fragments)} fragments"
    return "\n".join([f"{count} ({'; '.join(does)})", *reasons])


def pushed(world: World, store: str) -> str:
    """The whole text of a store."""
    return "".join(f"q{number:02} {summary(world.receipt(asked(store, number)))}\n" for number in tpch.QUERIES)


def _short(part: str) -> str:
    """SQL without quotes and without the database, whose name is another each time."""
    plain = re.sub(r"\b(pg|docs|lite|lake)\.\w+\.", "", part.replace('"', ""))
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]} …"


def _without_estimates(reason: str) -> str:
    """A reason without the numbers that a sample gives, another each time."""
    return re.sub(r"(^|\babout )\d+\b", r"\1n", reason)


def _administer(uri: str, statement: str) -> None:
    with postgres.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


@click.command()
@click.option("--show", type=int, help="Prints the receipt of one query instead.")
@click.option("--store", "stores", multiple=True, type=click.Choice(list(STORES)), default=list(STORES))
def main(show: int | None, stores: tuple[str, ...]) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    FOLDER.mkdir(exist_ok=True)
    with find_postgres() as postgresql, find_mongodb() as mongodb:
        for store in stores:
            with held(store, postgresql.uri, mongodb.uri) as world:
                if show is not None:
                    answer = world.ask(f"EXPLAIN {asked(store, show)}")
                    click.echo("\n".join([f"== {store}", *answer.column(0).to_pylist()]))
                    continue
                with pytest.MonkeyPatch.context() as patched:
                    # Written with twice the cost: a sample must not decide whether what is written still goes down.
                    patched.setattr(worth, "DOCUMENTS_A_LOOKUP", 2 * worth.DOCUMENTS_A_LOOKUP)
                    text = pushed(world, store)
                (FOLDER / f"{store}.txt").write_text(text)
                click.echo(f"{store}: {text.count(' whole')} of 22 whole")


if __name__ == "__main__":
    main()
