"""What goes down to files, and a reading's life: pinned files, its ends, and that nothing else is in reach."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from planner.errors import FozError, QueryCancelled, QueryTimeout, SourceData, SourceUnavailable
from planner.plan import Field, Fragment
from tests.translators.oracle import Oracle
from translators.base import StoreConfig
from translators.control import Control
from translators.files import STORE
from translators.files.translate import FilesRequest

ROWS = 200_000

TAKEN = [
    "SELECT a.i, a.s FROM f.main.n AS a WHERE a.i % 50000 = 7 AND a.s LIKE 'r%'",
    "SELECT a.i FROM f.main.n AS a ORDER BY a.i DESC NULLS FIRST LIMIT 3 OFFSET 2",
    "SELECT a.k, count(*) AS n, sum(a.i) AS total, avg(a.x) AS mean FROM f.main.n AS a GROUP BY a.k ORDER BY a.k",
    "SELECT c.name, sum(a.i) AS total FROM f.main.n AS a JOIN f.main.c AS c ON a.k = c.k GROUP BY c.name ORDER BY 1",
    "SELECT c.name, a.i FROM f.main.c AS c LEFT JOIN f.main.n AS a ON a.k = c.k AND a.i < 3 ORDER BY 1, 2",
    "WITH n AS (SELECT c.k FROM f.main.c AS c) SELECT n.k, a.i FROM n AS n JOIN f.main.n AS a ON a.i = n.k ORDER BY 1",
    "SELECT a.i, row_number() OVER (PARTITION BY a.k ORDER BY a.i) AS p FROM f.main.n AS a QUALIFY p = 1 ORDER BY 1",
    "SELECT c.k FROM f.main.c AS c UNION ALL SELECT a.i FROM f.main.n AS a WHERE a.i < 2 ORDER BY 1",
    "SELECT c.name FROM f.main.c AS c WHERE c.k IN (SELECT a.k FROM f.main.n AS a WHERE a.i = 5)",
    "SELECT a.i // 2 AS half, a.i / 7 AS part, DATE '2020-01-01' + INTERVAL 1 DAY AS d FROM f.main.n AS a LIMIT 0",
    "SELECT sum(a.i) AS total FROM f.main.n AS a WHERE a.i < 0",
]

REFUSED = [
    "SELECT a.i, random() AS r FROM f.main.n AS a",
    "SELECT a.i, now() AS t FROM f.main.n AS a",
    "SELECT a.i, current_date AS t FROM f.main.n AS a",
    "SELECT a.i, uuid() AS u FROM f.main.n AS a",
    "SELECT a.i FROM f.main.n AS a TABLESAMPLE 10%",
    "SELECT a.i FROM f.main.n AS a, range(3) AS r(x)",
    "SELECT a.i, current_setting('threads') AS t FROM f.main.n AS a",
]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("files")
    numbers = range(ROWS)
    table = pa.table(
        {
            "i": list(numbers),
            "k": [number % 3 for number in numbers],
            "s": [f"row {number}" for number in numbers],
            "x": [number / 8 for number in numbers],
        }
    )
    pq.write_table(table, directory / "n.parquet", row_group_size=20_000)
    (directory / "c.csv").write_text("k,name\n0,zero\n1,one\n4,four\n")
    return directory


@pytest.fixture(scope="module")
def oracle(directory: Path) -> Iterator[Oracle]:
    oracle = Oracle(STORE, STORE.open(StoreConfig("f", "files", {"path": str(directory)})), "f")
    for table in oracle.found.tables:
        oracle.copy(table.name)
    yield oracle
    oracle.close()


def native(oracle: Oracle, proposal: Fragment) -> Any:
    taken = oracle.type.take(proposal, oracle.source)
    assert taken.native is not None
    return taken.native


@pytest.mark.parametrize("sql", TAKEN)
def test_what_goes_down_answers_as_duckdb(oracle: Oracle, sql: str) -> None:
    assert not oracle.take(sql).left
    oracle.agrees(sql)


@pytest.mark.parametrize("sql", REFUSED)
def test_what_is_refused_has_its_reason(oracle: Oracle, sql: str) -> None:
    taken = oracle.take(sql)
    assert taken.native is None
    assert taken.left[0].reason


def test_the_statement_reads_well(oracle: Oracle) -> None:
    assert native(oracle, oracle.fragment("SELECT a.i FROM f.main.n AS a WHERE a.k = 1")).text == (
        'SELECT a.i FROM "f.n" AS a WHERE a.k = 1'
    )


def test_batches_are_small_and_lazy(oracle: Oracle) -> None:
    proposal, control = oracle.whole("n"), Control()
    with oracle.batches.reading(1, control) as reader:
        batches = reader.read(native(oracle, proposal), proposal.outputs, control)
        first = next(batches)
        assert 0 < first.num_rows < ROWS / 4
        assert first.nbytes <= 3 << 20
        batches.close()  # type: ignore[attr-defined]
        again = reader.read(native(oracle, proposal), proposal.outputs, control)
        assert sum(batch.num_rows for batch in again) == ROWS


def test_wide_rows_are_cut_apart(tmp_path: Path) -> None:
    pq.write_table(pa.table({"s": ["x" * (1 << 20)] * 10}), tmp_path / "wide.parquet")
    oracle = Oracle(STORE, STORE.open(StoreConfig("f", "files", {"path": str(tmp_path)})), "f")
    proposal, control = oracle.whole("wide"), Control()
    with oracle.batches.reading(1, control) as reader:
        sizes = [batch.num_rows for batch in reader.read(native(oracle, proposal), proposal.outputs, control)]
    assert sum(sizes) == 10
    assert max(sizes) <= 3
    oracle.close()


def endless(oracle: Oracle) -> Fragment:
    return oracle.fragment("SELECT count(*) AS n FROM f.main.n AS a, f.main.n AS b, f.main.n AS c WHERE a.x + b.x + c.x < 0")


def test_a_cancel_reaches_the_statement(oracle: Oracle) -> None:
    proposal, control = endless(oracle), Control()
    with oracle.batches.reading(1, control) as reader:
        canceller = threading.Timer(0.1, control.cancel)
        canceller.start()
        with pytest.raises(QueryCancelled):
            list(reader.read(native(oracle, proposal), proposal.outputs, control))
        canceller.join()
    assert oracle.rows("c").num_rows == 3


def test_a_deadline_that_is_watched_reaches_the_statement(oracle: Oracle) -> None:
    proposal, control = endless(oracle), Control(timeout_ms=100)
    watcher = threading.Timer(0.15, lambda: control.error)
    watcher.start()
    with oracle.batches.reading(1, control) as reader, pytest.raises(QueryTimeout):
        list(reader.read(native(oracle, proposal), proposal.outputs, control))
    watcher.join()


def test_many_readers_at_once(oracle: Oracle) -> None:
    proposal = oracle.fragment("SELECT a.k, sum(a.i) AS total FROM f.main.n AS a GROUP BY a.k")
    expected = sorted(map(tuple, (row.values() for row in oracle.read(proposal).to_pylist())))
    with ThreadPoolExecutor(4) as pool:
        for table in pool.map(lambda _: oracle.read(proposal), range(8)):
            assert sorted(map(tuple, (row.values() for row in table.to_pylist()))) == expected


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[tuple[Oracle, Path]]:
    for name in ("a", "b"):
        (tmp_path / "t" / name).mkdir(parents=True)
        pq.write_table(pa.table({"i": list(range(100_000))}), tmp_path / "t" / name / "part.parquet", row_group_size=10_000)
    oracle = Oracle(STORE, STORE.open(StoreConfig("f", "files", {"path": str(tmp_path)})), "f")
    yield oracle, tmp_path / "t" / "b" / "part.parquet"
    oracle.close()


def test_a_file_replaced_while_it_is_read(changing: tuple[Oracle, Path]) -> None:
    oracle, path = changing
    proposal, control = oracle.whole("t"), Control()
    with oracle.batches.reading(1, control) as reader:
        batches = reader.read(native(oracle, proposal), proposal.outputs, control)
        next(batches)
        other = path.with_suffix(".new")
        pq.write_table(pa.table({"i": [-1] * 100_000}), other)
        os.replace(other, path)
        with pytest.raises(SourceData, match="changed while it was read"):
            list(batches)


def test_a_second_read_sees_the_files_of_the_first_or_fails(changing: tuple[Oracle, Path]) -> None:
    oracle, path = changing
    proposal, control = oracle.whole("t"), Control()
    with oracle.batches.reading(2, control) as reader:
        request = native(oracle, proposal)
        assert sum(batch.num_rows for batch in reader.read(request, proposal.outputs, control)) == 200_000
        pq.write_table(pa.table({"i": [1]}), path.with_name("more.parquet"))
        assert sum(batch.num_rows for batch in reader.read(request, proposal.outputs, control)) == 200_000
        with path.open("ab") as file:
            file.write(b"x")
        with pytest.raises(SourceData, match="changed while it was read"):
            list(reader.read(request, proposal.outputs, control))
    path.write_bytes(b"PAR1 no more")
    with pytest.raises(SourceData, match="sound Parquet"):
        oracle.rows("t")
    path.unlink()
    assert oracle.rows("t").num_rows == 100_001


def test_files_that_are_gone(changing: tuple[Oracle, Path]) -> None:
    oracle, path = changing
    for file in path.parents[1].glob("*/*"):
        file.unlink()
    with pytest.raises(SourceUnavailable, match="gone"):
        oracle.rows("t")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT content AS s FROM read_text('/proc/self/environ')",
        "SELECT filename AS s FROM glob('/etc/*')",
        "SELECT s FROM '/etc/hostname' AS t(s)",
        "SELECT s FROM read_csv('../other.csv') AS t(s)",
        "SELECT text AS s FROM numbers",
        "SET threads = 1",
        "ATTACH '/tmp/foz-outside.db'",
        "COPY (SELECT 'x' AS s) TO '/tmp/foz-outside.csv'",
        "INSTALL httpfs",
    ],
)
def test_nothing_else_is_in_reach(oracle: Oracle, text: str) -> None:
    numbers = pa.table({"text": ["a Python variable"]})
    control = Control()
    with oracle.batches.reading(1, control) as reader, pytest.raises((FozError, AttributeError)):
        list(reader.read(FilesRequest(text, {}), (Field("s", "VARCHAR"),), control))
    assert numbers.num_rows == 1
