"""Worlds: given tables in databases of their own in every store, with Foz over them and the oracle beside.

Their tables are so small that MongoDB would hardly ever look documents up: here it does wherever it can, indexes or not.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import pymongo
import pytest

from tests.answers.world import World
from tests.conftest import fresh_name, with_database
from tests.fuzz.corpus import Stated
from tests.fuzz.schema import Table
from translators.mongo import worth


@contextmanager
def world(postgres_uri: str, mongodb_uri: str, tables: Sequence[Table | Stated]) -> Iterator[World]:
    """Foz over `tables` while the block runs; a store that none of them is in is not opened."""
    name = fresh_name()
    used = {table.source for table in tables}
    client: pymongo.MongoClient[dict[str, Any]]
    try:
        if "pg" in used:
            _administer(postgres_uri, f"CREATE DATABASE {name}")
        with tempfile.TemporaryDirectory() as directory:
            made = World(
                with_database(postgres_uri, name) if "pg" in used else None,
                with_database(mongodb_uri, name) if "docs" in used else None,
                Path(directory),
            )
            for table in tables:
                load(made, table)
            with pytest.MonkeyPatch.context() as patched, made.running():
                patched.setattr(worth, "against", lambda *_: None)
                patched.setattr(worth, "indexed", lambda *_: True)
                yield made
    finally:
        if "pg" in used:
            _administer(postgres_uri, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        if "docs" in used:
            with pymongo.MongoClient(mongodb_uri) as client:
                client.drop_database(name)


def load(world: World, table: Table | Stated) -> None:
    world.oracle.execute(f"CREATE SCHEMA IF NOT EXISTS {table.source}")
    for statement in table.statements:
        world.oracle.execute(statement)
    world.store(table.source, table.name, table.key, table.indexes)


def _administer(uri: str, statement: str) -> None:
    with postgres.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
