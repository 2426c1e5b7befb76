"""TPC-H with all its tables in PostgreSQL: all queries go down whole, and their answers are DuckDB's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo import tpch
from tests.translators.postgres.beside import Beside


@pytest.fixture(scope="module")
def beside(postgres_uri: str) -> Iterator[Beside]:
    directory = tpch.generated(0.01)
    tpch.load_postgres(postgres_uri, directory, tpch.TABLES)
    beside = Beside(postgres_uri)
    for table in tpch.TABLES:
        beside.oracle.execute(f"CREATE TABLE pg.main.{table} AS SELECT * FROM '{directory / table}.parquet'")
    yield beside
    beside.close()


@pytest.mark.parametrize("number", tpch.QUERIES)
def test_the_whole_query_is_pushed_and_right(beside: Beside, number: int) -> None:
    sql = tpch.qualified(tpch.query(number), dict.fromkeys(tpch.TABLES, "pg"))
    assert not beside.native(sql).startswith("refused"), beside.native(sql)
    beside.agrees(sql)
