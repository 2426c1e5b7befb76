"""What files tell of their rows and columns, and estimates from it."""

from __future__ import annotations

import datetime
import gzip
from pathlib import Path

import duckdb
import pytest

from planner.cost import estimate
from planner.statistics import ColumnStatistics, TableStatistics
from tests.translators.oracle import Oracle
from translators.base import StoreConfig
from translators.control import Control
from translators.files import STORE

DAY = 86_400_000_000


def _opened(path: Path) -> Oracle:
    return Oracle(STORE, STORE.open(StoreConfig("files", "files", {"path": str(path)})), "files")


def _known(oracle: Oracle, name: str) -> TableStatistics:
    found = oracle.table(name).statistics
    assert found is not None
    return found


@pytest.fixture
def parquet(tmp_path: Path) -> Oracle:
    duckdb.connect().execute(
        f"""COPY (SELECT n AS id, CASE WHEN n % 4 > 0 THEN n / 10 END AS x, 'name ' || (1000 + n % 9) AS name,
            DATE '1970-01-01' + (n % 100)::INT AS day, (n % 2 = 0) AS even, (n % 50)::DECIMAL(9,2) AS price, '7' AS seven
            FROM range(10000) AS t (n)) TO '{tmp_path / "t.parquet"}' (ROW_GROUP_SIZE 2048)"""
    )
    return _opened(tmp_path)


def test_row_groups_tell_rows_ends_and_nulls(parquet: Oracle) -> None:
    known = _known(parquet, "t")
    assert (known.rows, known.origin, known.bytes) == (10_000, "row groups", sum(p.stat().st_size for p in _files(parquet)))
    columns = known.by_name
    assert (columns["id"].minimum, columns["id"].maximum, columns["id"].null_fraction) == (0, 9999, 0)
    assert (columns["x"].minimum, columns["x"].maximum, columns["x"].null_fraction) == (0.1, 999.9, 0.25)
    assert (columns["day"].minimum, columns["day"].maximum) == (0, 99 * DAY)
    assert (columns["name"].minimum, columns["name"].maximum, columns["name"].width_bytes) == ("name 1000", "name 1008", 9)
    assert (columns["price"].minimum, columns["price"].maximum) == (0, 49)
    assert (columns["seven"].minimum, columns["seven"].maximum) == ("7", "7")
    parquet.close()


def _files(oracle: Oracle) -> list[Path]:
    return list(Path(str(oracle.store._place.root)).glob("*"))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("t.id < 2500", 2500),
        ("t.x IS NULL", 2500),
        ("t.x > 500", 3750),
        ("t.day >= DATE '1970-02-20'", 5000),
        ("t.name > 'z'", 1),
    ],
)
def test_estimates_lie_near_the_rows(parquet: Oracle, condition: str, rows: int) -> None:
    parquet.copy("t")
    found = estimate(parquet.fragment(f"SELECT t.id, t.name FROM files.main.t AS t WHERE {condition}"), parquet.source)
    assert found.rows == pytest.approx(rows, rel=0.03)
    assert (found.origin, found.bytes) == ("row groups", (found.rows or 0) * (8 + 4 + 9))
    parquet.close()


def test_directories_tell_their_values(tmp_path: Path) -> None:
    for year, rows in ((2023, 100), (2024, 300)):
        (tmp_path / "sales" / f"year={year}").mkdir(parents=True)
        duckdb.connect().execute(f"COPY (FROM range({rows}) AS t (n)) TO '{tmp_path}/sales/year={year}/a.parquet'")
    oracle = _opened(tmp_path)
    known = _known(oracle, "sales")
    assert (known.rows, known.by_name["year"].common, known.by_name["year"].distinct) == (400, ((2024, 0.75), (2023, 0.25)), 2)
    oracle.close()


def test_text_tells_its_lines(tmp_path: Path) -> None:
    lines = [f"{n},{datetime.date(2024, 1, 1) + datetime.timedelta(n % 300)},text {n:07}" for n in range(20_000)]
    (tmp_path / "large.csv").write_text("n,day,note\n" + "\n".join(lines) + "\n")
    (tmp_path / "small.csv").write_text("n,note\n1,a\n2,bcd")
    (tmp_path / "json.ndjson").write_text('{"n": 1, "note": "abc"}\n{"n": 2, "note": "d"}\n')
    with gzip.open(tmp_path / "packed.csv.gz", "wt") as file:
        file.write("n\n1\n")
    oracle = _opened(tmp_path)
    assert _known(oracle, "large").rows == pytest.approx(20_000, rel=0.05)
    assert (_known(oracle, "small").rows, _known(oracle, "json").rows, _known(oracle, "packed").rows) == (2, 2, None)
    assert _known(oracle, "large").by_name == {"note": ColumnStatistics(width_bytes=12)}
    assert _known(oracle, "small").by_name["note"] == ColumnStatistics(width_bytes=2)
    assert _known(oracle, "small").bytes == (tmp_path / "small.csv").stat().st_size
    oracle.close()


def test_a_broken_file_leaves_the_other_tables_theirs(tmp_path: Path, parquet: Oracle) -> None:
    (tmp_path / "t2.parquet").write_bytes((tmp_path / "t.parquet").read_bytes())
    oracle = _opened(tmp_path)
    (tmp_path / "t.parquet").write_bytes(b"PAR1 no more")
    found = oracle.store.statistics(oracle.found.tables, Control())
    assert list(found) == ["files.main.t2"]
    oracle.close()
    parquet.close()
