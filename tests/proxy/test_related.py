"""Files inside a residual: joined with another store's rows, counted, limited, and in error under their own name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from planner.errors import FozError, RowLimit, SourceData, SourceUnavailable
from proxy.application import Application, build
from proxy.settings import Settings
from tests.answers.world import World

JOINED = "SELECT o.id, c.name FROM lake.orders AS o JOIN lite.customers AS c ON o.customer = c.id ORDER BY o.id"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(None, None, tmp_path)
    orders = pa.table({"id": list(range(50_000)), "customer": [number // 100 for number in range(50_000)]})
    world.load("lake", "orders", orders)
    pq.write_table(orders, tmp_path / "lake" / "orders.parquet", row_group_size=5_000)
    world.load("lite", "customers", pa.table({"id": [3, 499], "name": ["a", "b"]}), key=["id"])
    with world.running():
        yield world


def stats(world: World, sql: str) -> dict[str, dict[str, Any]]:
    """What each source's reads gave, by the source."""
    assert world.foz is not None
    with world.foz.asking.start(world.request(sql)) as query:
        list(query.batches())
        return {each["source"]: each for each in query.stats()["sources"]}


def limited(world: World, rows: int) -> Application:
    sources = [
        {"id": "lake", "type": "files", "connection": {"path": str(world.directory / "lake")}, "limits": {"maxRows": rows}},
        {"id": "lite", "type": "sqlite", "connection": {"path": str(world.directory / "lite.db")}},
    ]
    return build(Settings(sources=sources), {})


def test_a_join_reads_what_the_other_sides_keys_leave(world: World) -> None:
    assert world.check(JOINED, ordered=True).num_rows == 200
    given = stats(world, JOINED)
    assert 200 <= given["lake"]["rows"] < 50_000
    assert given["lake"]["bytes"] > 0
    assert given["lite"]["rows"] == 2


def test_two_reads_of_the_same_files_are_told_apart(world: World) -> None:
    sql = f"SELECT count(*) AS n FROM ({JOINED}) AS j, (SELECT o.id FROM lake.orders AS o WHERE o.id < 7 AND random() >= 0) AS o"
    assert world.ask(sql).to_pylist() == [{"n": 1400}]


@pytest.mark.parametrize("sql", [JOINED, "SELECT o.id FROM lake.orders AS o"])
def test_a_limit_on_rows_counts_them_on_their_way(world: World, sql: str) -> None:
    with limited(world, 40_000) as foz:
        foz.start()
        with pytest.raises(RowLimit), foz.asking.start(world.request(sql)) as query:
            list(query.batches())
    with limited(world, 50_000) as foz:
        foz.start()
        with foz.asking.start(world.request(sql)) as query:
            assert sum(batch.num_rows for batch in query.batches()) == world.expected(sql).num_rows


@pytest.mark.parametrize("sql", [JOINED, "SELECT max(o.customer) AS m FROM lake.orders AS o"])
@pytest.mark.parametrize(
    ("harm", "error", "message"),
    [
        (lambda path: path.unlink(), SourceUnavailable, "gone"),
        (lambda path: path.write_bytes(b"PAR1 no more"), SourceData, "sound Parquet"),
        (lambda path: pq.write_table(pa.table({"x": [1]}), path), FozError, "no longer have the columns"),
        (lambda path: os.truncate(path, path.stat().st_size // 2), SourceData, "sound Parquet"),
    ],
    ids=["gone", "damaged", "other columns", "short"],
)
def test_files_are_in_error_under_their_sources_name(
    world: World, sql: str, harm: Any, error: type[FozError], message: str
) -> None:
    harm(world.directory / "lake" / "orders.parquet")
    with pytest.raises(error, match=message) as raised:
        world.ask(sql)
    assert raised.value.details["source"] == "lake"


def test_an_error_of_the_query_is_not_the_files(world: World) -> None:
    for sql in (
        "SELECT o.id // (o.id - 5) AS x FROM lake.orders AS o",
        "SELECT CAST(c.name || o.id AS INT) FROM lake.orders AS o, lite.customers AS c",
    ):
        with pytest.raises(FozError) as raised:
            world.ask(sql)
        assert raised.value.code == "sql.type"
