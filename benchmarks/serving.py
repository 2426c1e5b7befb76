"""What every benchmark needs: servers with data in them, a Foz over them as its own process, and the ADBC client."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adbc_driver_flightsql.dbapi as flight_sql
import adbc_driver_postgresql.dbapi as postgres
import pymongo
import yaml

from demo.process import started
from demo.server import free_port

DATABASE = "foz_benchmark"


@dataclass(frozen=True)
class Serving:
    """A running Foz: its addresses and its process."""

    flight: str
    http: str
    pid: int


@contextmanager
def serving(sources: Sequence[dict[str, Any]], **settings: Any) -> Iterator[Serving]:
    """A Foz with these source documents, as `foz serve` runs it; it keeps no answers unless `settings` say so."""
    settings = {"cacheLimits": {"maxBytes": 0}, **settings}
    with tempfile.TemporaryDirectory(prefix="foz-benchmark-") as directory:
        path = Path(directory) / "foz.yaml"
        path.write_text(yaml.safe_dump({"sources": list(sources), "log": {"level": "warning"}, **settings}))
        flight, http = (f"127.0.0.1:{free_port()}" for _ in range(2))
        with started(path, flight, http) as server:
            assert server.pid is not None
            yield Serving(flight, http, server.pid)


def connected(address: str) -> Any:
    """An ADBC connection to a Flight SQL server."""
    return flight_sql.connect(f"grpc://{address}", autocommit=True)


def rows(cursor: Any, sql: str) -> int:
    """Runs `sql`, reads every batch of its answer, and counts the rows."""
    cursor.execute(sql)
    return sum(batch.num_rows for batch in cursor.fetch_record_batch())


@contextmanager
def postgres_database(server_uri: str) -> Iterator[str]:
    """The URI of an empty database in the server, dropped afterwards."""
    administer(server_uri, f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", f"CREATE DATABASE {DATABASE}")
    try:
        yield server_uri.rsplit("/", 1)[0] + f"/{DATABASE}"
    finally:
        administer(server_uri, f"DROP DATABASE {DATABASE} WITH (FORCE)")


@contextmanager
def mongodb_database(server_uri: str) -> Iterator[str]:
    """The URI, with an empty database in its path, that is dropped afterwards."""
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(server_uri) as client:
        client.drop_database(DATABASE)
        try:
            yield server_uri.replace("/?", f"/{DATABASE}?")
        finally:
            client.drop_database(DATABASE)


def administer(uri: str, *statements: str) -> None:
    with postgres.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def arguments(description: str | None, scale: float, rounds: int) -> argparse.Namespace:
    """`--scale` and `--rounds`, the same for every benchmark. A scale of 1 is the size that the README speaks of."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--scale", type=float, default=scale, help=f"share of the full size (default {scale})")
    parser.add_argument("--rounds", type=int, default=rounds, help=f"measured rounds (default {rounds})")
    return parser.parse_args()
