"""TPC-H with its tables split over two stores in three ways: every answer is DuckDB's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import tpch
from tests.answers.world import World

SCALE = 0.01

SPLITS = {
    "customers in MongoDB": {"docs": ("customer", "nation", "region", "supplier")},
    "orders in MongoDB": {"docs": ("orders", "part")},
    "lines in Parquet": {"lake": ("lineitem", "orders")},
}


@pytest.fixture(scope="module", params=SPLITS, ids=list(SPLITS))
def split(
    request: pytest.FixtureRequest, postgres_uri: str, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, dict[str, str]]]:
    elsewhere = SPLITS[request.param]
    directory = tpch.generated(SCALE)
    world = World(postgres_uri, mongodb_uri, tmp_path_factory.mktemp("tpch"))
    sources = {table: source for source, tables in elsewhere.items() for table in tables}
    sources |= {table: "pg" for table in tpch.TABLES if table not in sources}
    _load(world, sources, directory)
    with world.running():
        yield world, sources


@pytest.mark.parametrize("number", tpch.QUERIES)
def test_an_answer_is_duckdbs(split: tuple[World, dict[str, str]], number: int) -> None:
    world, sources = split
    text = tpch.query(number)
    world.check(tpch.qualified(text, sources), ordered="order by" in text.rsplit(")", 1)[-1])


def _load(world: World, sources: dict[str, str], directory: Path) -> None:
    stored = {source: [table for table in tpch.TABLES if sources[table] == source] for source in set(sources.values())}
    for table, source in sources.items():
        world.oracle.execute(f"CREATE SCHEMA IF NOT EXISTS {source}")
        world.oracle.execute(f"CREATE TABLE {source}.{table} AS SELECT * FROM '{directory / table}.parquet'")
    assert world.postgres_uri is not None
    _emptied(world)
    tpch.load_postgres(world.postgres_uri, directory, stored["pg"])
    if "docs" in stored:
        assert world.mongodb_uri is not None
        tpch.load_mongodb(world.mongodb_uri, directory, stored["docs"])
        world.declared["docs"] = {table: {"columns": tpch.declared(table, directory)} for table in stored["docs"]}
    for table in stored.get("lake", ()):
        shutil.copy(directory / f"{table}.parquet", world.directory / "lake")


def _emptied(world: World) -> None:
    """The databases are the module's: what another split has left in them goes."""
    import adbc_driver_postgresql.dbapi as postgres
    import pymongo

    with postgres.connect(world.postgres_uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(tpch.TABLES)}")
    with pymongo.MongoClient(world.mongodb_uri) as client:
        client.drop_database(client.get_default_database().name)
