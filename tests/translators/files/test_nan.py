"""NaN in Parquet: a file's statistics leave it out, and DuckDB's answers over the file would too."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from tests.answers.world import World

CONDITIONS = ("f < 5", "f > 5", "f = 'nan'", "f IN (2, 'nan')", "f NOT BETWEEN 0 AND 3", "isnan(f)", "f <> 2", "n.f > 5")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    values = [float("nan"), 2.0, -0.0, None]
    rows = pa.table(
        {"id": [1, 2, 3, 4], "f": values, "g": pa.array(values, pa.float32()), "n": [{"f": value} for value in values]}
    )
    world = World(None, None, tmp_path_factory.mktemp("nan"))
    world.load("lake", "t", rows)
    with world.running():
        yield world


@pytest.mark.parametrize("condition", [*CONDITIONS, *(condition.replace("f", "g", 1) for condition in CONDITIONS[:4])])
def test_a_condition_sees_nan(world: World, condition: str) -> None:
    world.check(f"SELECT id FROM lake.t WHERE {condition} ORDER BY id", ordered=True)


def test_nan_is_the_greatest(world: World) -> None:
    world.check("SELECT max(f), min(f), max(g) FROM lake.t")
