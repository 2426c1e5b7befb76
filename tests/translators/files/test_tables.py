"""Which files are which table, what columns they have, and that their values arrive as they are."""

from __future__ import annotations

import datetime
import gzip
import math
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from planner.errors import RequestInvalid, SourceData, SourceUnavailable, Unsupported
from tests.translators.oracle import Oracle
from translators.base import StoreConfig
from translators.control import Control
from translators.files import STORE

Opening = Callable[..., Oracle]


@pytest.fixture
def opening(tmp_path: Path) -> Iterator[Opening]:
    opened: list[Oracle] = []

    def open_files(
        declared: Mapping[str, Mapping[str, str]] | None = None,
        on_mismatch: Literal["error", "nullify"] = "error",
        **connection: Any,
    ) -> Oracle:
        connection = connection or {"path": str(tmp_path)}
        store = STORE.open(StoreConfig("f", "files", connection, declared=declared or {}, on_mismatch=on_mismatch))
        opened.append(Oracle(STORE, store, "f"))
        return opened[-1]

    yield open_files
    for oracle in opened:
        oracle.close()


def types(oracle: Oracle, table: str) -> list[tuple[str, str]]:
    return [(column.name, column.type) for column in oracle.table(table).columns]


def names(oracle: Oracle) -> list[str]:
    return sorted(table.name for table in oracle.found.tables)


def test_every_parquet_type(tmp_path: Path, opening: Opening) -> None:
    columns: dict[str, pa.Array] = {
        "i8": pa.array([-128, 127, None], pa.int8()),
        "u64": pa.array([0, 2**64 - 1, None], pa.uint64()),
        "i64": pa.array([-(2**63), 2**63 - 1, None], pa.int64()),
        "f64": pa.array([math.nan, math.inf, -math.inf], pa.float64()),
        "f32": pa.array([0.5, -0.0, None], pa.float32()),
        "text": pa.array(["", "äöü日本\U0001f600", None]),
        "view": pa.array(["a", "b", None], pa.string_view()),
        "large": pa.array(["a", "b", None], pa.large_string()),
        "coded": pa.array(["x", "y", "x"]).dictionary_encode(),
        "blob": pa.array([b"", b"\x00\xff", None]),
        "fixed": pa.array([b"abc", b"abd", None], pa.binary(3)),
        "bool": pa.array([True, False, None]),
        "date": pa.array([datetime.date(1900, 1, 1), datetime.date(2300, 1, 1), None]),
        "us": pa.array([datetime.datetime(1600, 1, 1), datetime.datetime(2500, 1, 1), None], pa.timestamp("us")),
        "ns": pa.array([0, 1, None], pa.timestamp("ns")),
        "zoned": pa.array([0, 1, None], pa.timestamp("us", tz="Europe/Lisbon")),
        "time": pa.array([0, 86399999999, None], pa.time64("us")),
        "dec": pa.array([Decimal("1.25"), Decimal("-99999999999999999999999999999999999.999"), None], pa.decimal128(38, 3)),
        "list": pa.array([[1, None], [], None], pa.list_(pa.int32())),
        "struct": pa.array(
            [{"a": 1, "b": ["x"]}, {"a": None, "b": None}, None], pa.struct([("a", pa.int64()), ("b", pa.list_(pa.string()))])
        ),
        "map": pa.array([[("k", 1)], [], None], pa.map_(pa.string(), pa.int32())),
    }
    table = pa.table(columns)
    pq.write_table(table, tmp_path / "all.parquet")
    oracle = opening()
    assert dict(types(oracle, "all"))["struct"] == "STRUCT(a BIGINT, b VARCHAR[])"
    assert dict(types(oracle, "all"))["view"] == "VARCHAR"
    assert oracle.table("all").rows == 3
    read = oracle.rows("all")
    for name, column in columns.items():
        assert repr(read.column(name).to_pylist()) == repr(column.cast(read.schema.field(name).type).to_pylist()), name


def test_tables_of_a_directory(tmp_path: Path, opening: Opening) -> None:
    (tmp_path / "orders.csv").write_text("id,placed,note\n1,2024-01-02,\n2,,ä\n")
    (tmp_path / "orders.ndjson").write_text('{"id": 1}\n')
    with gzip.open(tmp_path / "packed.csv.gz", "wt") as file:
        file.write("a\n1\n")
    (tmp_path / "notes.txt").write_text("no table")
    (tmp_path / ".hidden.csv").write_text("a\n1\n")
    (tmp_path / "empty").mkdir()
    for year in (2023, 2024):
        part = tmp_path / "sales" / f"year={year}"
        part.mkdir(parents=True)
        pq.write_table(pa.table({"amount": [year * 2]}), part / "a.parquet")
    oracle = opening()
    assert names(oracle) == ["orders", "orders_ndjson", "packed", "sales"]
    assert types(oracle, "orders") == [("id", "BIGINT"), ("placed", "DATE"), ("note", "VARCHAR")]
    assert types(oracle, "sales") == [("amount", "BIGINT"), ("year", "BIGINT")]
    assert oracle.rows("orders").to_pylist() == [
        {"id": 1, "placed": datetime.date(2024, 1, 2), "note": None},
        {"id": 2, "placed": None, "note": "ä"},
    ]
    assert sorted(oracle.rows("sales").to_pylist(), key=str) == [{"amount": 4046, "year": 2023}, {"amount": 4048, "year": 2024}]


def test_a_directory_of_partitions_is_one_table(tmp_path: Path, opening: Opening) -> None:
    for day in ("2024-01-01", "2024-01-02"):
        (tmp_path / "log" / f"day={day}").mkdir(parents=True)
        (tmp_path / "log" / f"day={day}" / "part.csv").write_text("n\n1\n")
    oracle = opening(path=str(tmp_path / "log"))
    assert types(oracle, "log") == [("n", "BIGINT"), ("day", "DATE")]
    assert oracle.rows("log").num_rows == 2


def test_a_file_a_pattern_and_named_tables(tmp_path: Path, opening: Opening) -> None:
    for name in ("a1", "a2", "b[1]"):
        (tmp_path / f"{name}.csv").write_text("n\n1\n")
    assert names(opening(path=str(tmp_path / "a1.csv"))) == ["a1"]
    assert names(opening(path=str(tmp_path / "a*.csv"))) == ["a1", "a2"]
    assert names(opening(uri=(tmp_path / "a2.csv").as_uri())) == ["a2"]
    oracle = opening(path=str(tmp_path), tables={"a": "a*.csv", "b": "b*.csv"})
    assert names(oracle) == ["a", "b"]
    assert oracle.rows("a").num_rows == 2
    assert oracle.rows("b").num_rows == 1


def test_a_format_that_is_declared(tmp_path: Path, opening: Opening) -> None:
    (tmp_path / "data.txt").write_text("a;b\n1;x\n")
    assert types(opening(path=str(tmp_path), format="csv"), "data") == [("a", "BIGINT"), ("b", "VARCHAR")]


def test_empty_files(tmp_path: Path, opening: Opening) -> None:
    (tmp_path / "header.csv").write_text("id,name\n")
    (tmp_path / "nothing.csv").write_text("")
    (tmp_path / "nothing2.ndjson").write_text("")
    pq.write_table(pa.table({"n": pa.array([], pa.int16())}), tmp_path / "none.parquet")
    oracle = opening()
    assert names(oracle) == ["header", "none"]
    assert {(finding.table, *finding.found) for finding in oracle.found.findings if finding.type == "no columns"} == {
        ("nothing", "empty"),
        ("nothing2", "empty"),
    }
    assert oracle.rows("header").num_rows == 0
    assert oracle.rows("none").schema.field("n").type == pa.int16()


def test_an_empty_directory_has_no_tables(opening: Opening) -> None:
    assert names(opening()) == []


def test_csv_dialects_dates_and_quotes(tmp_path: Path, opening: Opening) -> None:
    (tmp_path / "eu.csv").write_text('id;day;text\n1;31/12/2023;"a;b"\n2;01/02/2024;"say ""hi""\nthere"\n')
    oracle = opening()
    assert oracle.rows("eu").to_pylist() == [
        {"id": 1, "day": datetime.date(2023, 12, 31), "text": "a;b"},
        {"id": 2, "day": datetime.date(2024, 2, 1), "text": 'say "hi"\nthere'},
    ]


def test_a_quote_after_the_first_look(tmp_path: Path, opening: Opening) -> None:
    (tmp_path / "late.csv").write_text("id,text\n1,a\n")
    oracle = opening()
    (tmp_path / "late.csv").write_text('id,text\n1,a\n2,"b,c"\n')
    assert oracle.rows("late").column("text").to_pylist() == ["a", "b,c"]


def test_nested_json_and_mixed_numbers(tmp_path: Path, opening: Opening) -> None:
    (tmp_path / "n.ndjson").write_text(
        '{"id": 1, "at": {"city": "Porto", "no": [1, 2]}, "x": 1, "d": "2024-01-02"}\n'
        '{"id": 2, "x": 2.5, "at": null}\n{"id": null, "at": {"no": []}}\n'
    )
    oracle = opening()
    assert types(oracle, "n") == [("id", "BIGINT"), ("at", 'STRUCT(city VARCHAR, "no" BIGINT[])'), ("x", "DOUBLE"), ("d", "DATE")]
    assert oracle.rows("n").to_pylist() == [
        {"id": 1, "at": {"city": "Porto", "no": [1, 2]}, "x": 1.0, "d": datetime.date(2024, 1, 2)},
        {"id": 2, "at": None, "x": 2.5, "d": None},
        {"id": None, "at": {"city": None, "no": []}, "x": None, "d": None},
    ]


LATER = [
    ("n.csv", "id,x\n1,5\n", "id,x\n1,5\n2,five\n", {"table": "n", "file": "n.csv", "line": 3, "column": "x"}),
    ("n.csv", "id,x\n1,5\n", "id,x\n1,5\n2\n", {"file": "n.csv", "line": 3}),
    ("n.csv", "id,x\n1,5\n", "id,x\n1,2.5\n", {"table": "n", "file": "n.csv", "line": 2, "column": "x"}),
    ("n.csv", "id,x\n1,5\n", "x,id\n5,1\n", {"table": "n"}),
    ("n.ndjson", '{"x": 5}\n', '{"x": 5}\n\n{"x": 2.5}\n', {"table": "n", "file": "n.ndjson", "line": 3, "column": "x"}),
    ("n.ndjson", '{"x": 5}\n', '{"x": 5}\n{"x": "5"}\n', {"table": "n", "file": "n.ndjson", "line": 2, "column": "x"}),
    ("n.ndjson", '{"x": 5}\n', '{"x": true}\n', {"table": "n", "file": "n.ndjson", "line": 1, "column": "x"}),
    (
        "n.ndjson",
        '{"x": {"y": [5]}}\n',
        '{"x": {"y": [5]}}\n{"x": {"y": [1.5]}}\n',
        {"table": "n", "file": "n.ndjson", "line": 2, "column": "x"},
    ),
    ("n.ndjson", '{"x": {"y": [5]}}\n', '{"x": 7}\n', {"table": "n", "file": "n.ndjson", "line": 1, "column": "x"}),
    ("n.ndjson", '{"x": "2024-01-01"}\n', '{"x": "soon"}\n', {"table": "n", "file": "n.ndjson", "line": 1, "column": "x"}),
    ("n.ndjson", '{"x": 5}\n', '{"x": 5}\n{"x": \n', {"table": "n", "file": "n.ndjson", "line": 2}),
]


@pytest.mark.parametrize(("name", "before", "after", "details"), LATER)
def test_a_row_that_does_not_fit_any_more(
    tmp_path: Path, opening: Opening, name: str, before: str, after: str, details: Mapping[str, Any]
) -> None:
    (tmp_path / name).write_text(before)
    oracle = opening()
    (tmp_path / name).write_text(after)
    with pytest.raises(SourceData) as caught:
        oracle.rows("n")
    assert caught.value.details == {"source": "f", **details}
    assert str(tmp_path) not in caught.value.message


@pytest.mark.parametrize(
    ("name", "before", "after", "expected"),
    [
        ("n.csv", "id,x\n1,5\n", "id,x\n1,5\n2,five\n", [5, None]),
        ("n.ndjson", '{"x": 5}\n', '{"x": 5}\n{"x": 2.5}\n{"x": "q"}\n', [5, None, None]),
        ("n.ndjson", '{"x": "2024-01-01"}\n', '{"x": "soon"}\n{"x": "2024-01-01"}\n', [None, datetime.date(2024, 1, 1)]),
    ],
)
def test_nullify(tmp_path: Path, opening: Opening, name: str, before: str, after: str, expected: list[Any]) -> None:
    (tmp_path / name).write_text(before)
    oracle = opening(on_mismatch="nullify")
    (tmp_path / name).write_text(after)
    assert oracle.rows("n").column("x").to_pylist() == expected


def test_declared_types_win(tmp_path: Path, opening: Opening) -> None:
    (tmp_path / "c.csv").write_text("id,total\n1,2.50\n")
    pq.write_table(pa.table({"d": ["2024-01-01", "soon"]}), tmp_path / "p.parquet")
    (tmp_path / "j.ndjson").write_text('{"total": 2.5}\n')
    oracle = opening({"c": {"total": "DECIMAL(9,2)"}, "main.p": {"D": "DATE"}, "j": {"total": "DECIMAL(9,2)"}})
    assert oracle.rows("c").column("total").to_pylist() == [Decimal("2.50")]
    assert oracle.rows("j").column("total").to_pylist() == [Decimal("2.50")]
    with pytest.raises(SourceData):
        oracle.rows("p")


def test_bad_places(tmp_path: Path, opening: Opening) -> None:
    with pytest.raises(SourceUnavailable):
        opening(path=str(tmp_path / "nowhere"))
    with pytest.raises(SourceUnavailable, match="no file matches"):
        opening(path=str(tmp_path), tables={"a": "*.csv"})
    for connection in (
        {},
        {"path": ""},
        {"uri": "s3://bucket/x"},
        {"path": ".", "format": "xls"},
        {"path": ".", "tables": {"a": 1}},
    ):
        with pytest.raises(RequestInvalid):
            STORE.open(StoreConfig("f", "files", connection))


def test_a_pattern_may_not_leave_the_path(tmp_path: Path, opening: Opening) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises(SourceUnavailable, match="leaves"):
        opening(path=str(tmp_path / "inside"), tables={"a": "../*.csv"})


def test_files_are_not_written(opening: Opening) -> None:
    store = opening().store
    with pytest.raises(Unsupported):
        store.execute("DELETE", (), Control())
    with pytest.raises(Unsupported):
        store.transaction(Control())
