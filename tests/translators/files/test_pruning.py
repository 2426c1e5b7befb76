"""What DuckDB reads of the files: told by its own profile of the queries that the residual engine ran."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from planner.plan import Field
from proxy.residual import Engine, Files
from proxy.scans import Scan
from tests.translators.oracle import Oracle
from translators.arrow import schema
from translators.base import StoreConfig
from translators.control import Control
from translators.files import STORE

ROWS, GROUP = 100_000, 10_000


class Rows:
    """Another store's rows, as a residual reads them."""

    def __init__(self, fields: Sequence[Field], columns: Mapping[str, Sequence[object]]) -> None:
        self.fields = fields
        self._table = pa.table({name: pa.array(values) for name, values in columns.items()}).cast(schema(fields))

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self._table.to_batches()


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    directory = tmp_path_factory.mktemp("pruned")
    numbers = range(ROWS)
    table = pa.table(
        {
            "i": list(numbers),
            "day": pa.array([number // 1000 for number in numbers], pa.date32()),
            "s": [f"{number:06}" for number in numbers],
            "d": pa.array(list(numbers), pa.decimal128(12, 2)),
            "f": [float(number) for number in numbers],
            "wide": ["x" * 20 + str(number) for number in numbers],
        }
    )
    pq.write_table(table, directory / "n.parquet", row_group_size=GROUP)
    for year in range(2020, 2026):
        for month in (1, 2):
            part = directory / "parts" / f"year={year}" / f"month={month}"
            part.mkdir(parents=True)
            pq.write_table(pa.table({"v": list(range(100))}), part / "part.parquet")
    (directory / "c.csv").write_text("a,b,c\n" + "".join(f"{n},{n},{'x' * 50}\n" for n in range(1000)))
    (directory / "j.ndjson").write_text("".join(f'{{"a": {n}, "b": "{"x" * 50}"}}\n' for n in range(1000)))
    oracle = Oracle(STORE, STORE.open(StoreConfig("f", "files", {"path": str(directory)})), "f")
    for each in oracle.found.tables:
        oracle.copy(each.name)
    yield oracle
    oracle.close()


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine(256 << 20, None)
    yield engine
    engine.close()


Scanned = Callable[..., tuple[list[Scan], int]]


@pytest.fixture(scope="module")
def scanned(oracle: Oracle, engine: Engine) -> Scanned:
    """`scanned(fragment, residual, **rows)`: the scans of a residual over f0, and how many rows it gave."""

    def scanned(sql: str, residual: str = "SELECT * FROM f0", **rows: Rows) -> tuple[list[Scan], int]:
        seen: list[Scan] = []
        with oracle.store.reading(1, Control()) as reader:
            native = oracle.take(sql).native
            relation = reader.relation(native, Control())
            files = Files(frozenset(oracle.store.directories), {"f0": relation}, seen.extend)  # type: ignore[attr-defined]
            _, batches = engine.run(residual, rows, Control(), files)
            count = sum(batch.num_rows for batch in batches)
        return seen, count

    return scanned


ALL = "SELECT a.i, a.day, a.s, a.d, a.f, a.wide FROM f.main.n AS a"


@pytest.mark.parametrize(
    ("where", "groups"),
    [
        ("a.i < 5000", 1),
        ("a.i >= 95000", 1),
        ("a.i BETWEEN 15000 AND 25000", 2),
        ("a.i = 42", 1),
        ("a.i IN (5, 99999)", 2),
        ("a.i = 42 OR a.i = 43", 1),
        ("a.day = DATE '1970-01-05'", 1),
        ("a.day >= DATE '1970-04-01' AND a.day < DATE '1970-04-05'", 1),
        ("a.s = '000042'", 1),
        ("a.s >= '095000'", 1),
        ("a.s LIKE '00004%'", 1),
        ("a.d < 100", 1),
        ("a.i < 5000 AND a.f >= 0", 1),
        ("a.wide LIKE '%42'", 10),
        ("a.f < 100", 10),
    ],
)
def test_a_filter_decides_which_row_groups_are_read(scanned: Scanned, where: str, groups: int) -> None:
    """The last two: no statistics speak of the end of a text, and those of a floating-point column leave NaN out."""
    inside, rows = scanned(f"{ALL} WHERE {where}")
    outside, again = scanned(ALL, f"SELECT * FROM f0 AS a WHERE {where}")
    assert (inside[0].row_groups, inside[0].of_row_groups) == (groups, 10)
    assert (outside[0].row_groups, outside[0].of_row_groups) == (groups, 10)
    assert rows == again > 0


@pytest.mark.parametrize(
    ("keys", "groups", "join"),
    [
        ([42], 1, "JOIN f1 ON f0.i = f1.k"),
        ([42, 43], 1, "JOIN f1 ON f0.i = f1.k"),
        ([42, 55_000], 2, "JOIN f1 ON f0.i = f1.k"),
        (list(range(20_000, 21_000)), 1, "JOIN f1 ON f0.i = f1.k"),
        ([42], 1, "SEMI JOIN f1 ON f0.i = f1.k"),
        ([42], 1, "WHERE i IN (SELECT k FROM f1)"),
        ([42], 1, "WHERE i = (SELECT k FROM f1)"),
    ],
)
def test_the_keys_of_another_store_decide_which_row_groups_are_read(
    scanned: Scanned, keys: list[int], groups: int, join: str
) -> None:
    seen, rows = scanned(ALL, f"SELECT f0.wide FROM f0 {join}", f1=Rows([Field("k", "BIGINT")], {"k": keys}))
    assert seen[0].row_groups == groups
    assert rows == len(keys)


@pytest.mark.parametrize(
    ("where", "files"),
    [
        ("a.year = 2021", 2),
        ("a.year = 2021 AND a.month = 2", 1),
        ("a.year IN (2020, 2025)", 4),
        ("a.year > 2023", 4),
        ("a.year < 2020", 0),
        ("a.month = 1 AND a.v < 10", 6),
    ],
)
def test_a_directorys_value_decides_which_files_are_read(scanned: Scanned, where: str, files: int) -> None:
    seen, rows = scanned(f"SELECT a.year, a.month, a.v FROM f.main.parts AS a WHERE {where}")
    assert sum(scan.of_row_groups for scan in seen) == files
    assert rows == files * (10 if "a.v" in where else 100)


def test_the_columns_that_are_used_decide_what_is_decoded(scanned: Scanned) -> None:
    few, _ = scanned(ALL, "SELECT sum(i) FROM f0")
    many, _ = scanned(ALL, "SELECT sum(i), max(wide) FROM f0")
    assert few[0].bytes * 2 < many[0].bytes
    none, _ = scanned(ALL, "SELECT count(*) FROM f0")
    assert not none or none[0].bytes < few[0].bytes


@pytest.mark.parametrize("table", ["c", "j"])
def test_text_is_parsed_for_the_columns_that_are_used(scanned: Scanned, table: str) -> None:
    whole = f"SELECT * FROM f.main.{table} AS a".replace("*", "a.a, a.b")
    few, _ = scanned(whole, "SELECT sum(a) FROM f0")
    many, _ = scanned(whole, "SELECT max(a), max(b) FROM f0")
    assert few[0].rows == many[0].rows == 1000
    assert few[0].bytes < many[0].bytes


def test_a_limit_stops_the_scan(scanned: Scanned) -> None:
    seen, rows = scanned(ALL, "SELECT i FROM f0 LIMIT 5")
    assert rows == 5
    assert seen[0].row_groups < 10


def test_the_guard_of_a_floating_point_column_is_its_own(scanned: Scanned) -> None:
    """What hides the statistics of one column hides those of no other, also where both are filtered."""
    seen, rows = scanned(ALL, "SELECT f FROM f0 WHERE i < 10000 AND f >= 0 ORDER BY f")
    assert (seen[0].row_groups, rows) == (1, 10_000)
