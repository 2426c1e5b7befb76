"""The specification of what goes down to files: plain SQL, a query a line, asked of files and of DuckDB over the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.translators.oracle import Oracle
from translators.base import StoreConfig
from translators.files import STORE

CASES = Path(__file__).parent / "cases"
TAKEN = [line for line in (CASES / "taken.sql").read_text().splitlines() if line and not line.startswith("--")]
REFUSED = [line.split(" | ") for line in (CASES / "refused.txt").read_text().splitlines() if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    directory = tmp_path_factory.mktemp("cases")
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.execute((CASES / "rows.sql").read_text())
        engine.execute(f"COPY t TO '{directory}/t.parquet' (FORMAT parquet)")
        engine.execute(f"COPY (SELECT 1 AS v WHERE false) TO '{directory}/empty.parquet' (FORMAT parquet)")
        for year in (2020, 2021, 2022):
            (directory / "parts" / f"year={year}").mkdir(parents=True)
            engine.execute(f"COPY (SELECT range AS v FROM range({year - 2015})) TO '{directory}/parts/year={year}/p.parquet'")
    (directory / "c.csv").write_text("k,name\n1,one\n3,\n7,seven\n")
    (directory / "n.ndjson").write_text('{"k": 1, "v": "x"}\n{"k": 4, "v": null}\n{"k": 5}\n')
    oracle = Oracle(STORE, STORE.open(StoreConfig("f", "files", {"path": str(directory)})), "f")
    for table in oracle.found.tables:
        oracle.copy(table.name)
    yield oracle
    oracle.close()


def test_there_are_many() -> None:
    assert len(TAKEN) >= 150


@pytest.mark.parametrize("sql", TAKEN)
def test_what_is_taken_answers_as_duckdb(oracle: Oracle, sql: str) -> None:
    assert not oracle.take(sql).left
    oracle.agrees(sql)


@pytest.mark.parametrize(("sql", "reason"), REFUSED)
def test_what_is_refused_has_its_reason(oracle: Oracle, sql: str, reason: str) -> None:
    taken = oracle.take(sql)
    assert taken.native is None
    assert reason in taken.left[0].reason
