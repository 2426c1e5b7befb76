"""Files under the contract: Parquet's types, and what CSV and newline-delimited JSON say of theirs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet

from tests.contract.in_postgres import DATES, INF, INSTANTS, INTERVALS, NAN, TEXTS, UUIDS, same, texts
from tests.contract.place import Kind, Misfit

PARQUET = (
    Kind("boolean", "BOOLEAN", "BOOLEAN", (("true", True), ("false", False))),
    *(
        Kind(name.lower(), name, name, same(low, high))
        for name, low, high in (
            ("TINYINT", -(2**7), 2**7 - 1), ("SMALLINT", -(2**15), 2**15 - 1), ("INTEGER", -(2**31), 2**31 - 1),
            ("BIGINT", -(2**63), 2**63 - 1), ("UTINYINT", 0, 2**8 - 1), ("USMALLINT", 0, 2**16 - 1),
            ("UINTEGER", 0, 2**32 - 1), ("UBIGINT", 0, 2**64 - 1),
        )
    ),
    Kind("float", "FLOAT", "FLOAT", same(1.5, -0.0, INF, -INF, NAN), "nan"),
    Kind("double", "DOUBLE", "DOUBLE", same(0.1, -0.0, 5e-324, 1.7976931348623157e308, INF, -INF, NAN), "nan"),
    Kind("decimal", "DECIMAL(12,2)", "DECIMAL(12,2)", same(Decimal("-9999999999.99"), Decimal("0.01"))),
    Kind("decimal-wide", "DECIMAL(38,10)", "DECIMAL(38,10)", same(Decimal("9" * 28 + ".5"), Decimal(0))),
    Kind("varchar", "VARCHAR", "VARCHAR", TEXTS),
    Kind("enum", "ENUM ('sad', 'ok')", "VARCHAR", texts("sad", "ok")),
    Kind("blob", "BLOB", "BLOB", (("''", b""), (r"'\x00\xFF'", b"\x00\xff"))),
    Kind("date", "DATE", "DATE", DATES),
    Kind("time", "TIME", "TIME", same(time(0, 0), time(23, 59, 59, 999999))),
    Kind("timestamp", "TIMESTAMP", "TIMESTAMP", same(*INSTANTS)),
    Kind("timestamp-ns", "TIMESTAMP_NS", "TIMESTAMP_NS", same(datetime(1969, 12, 31, 23), datetime(2262, 4, 11))),
    Kind("timestamptz", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", same(*(at.replace(tzinfo=UTC) for at in INSTANTS))),
    Kind("interval", "INTERVAL", "INTERVAL", (*INTERVALS[:2], INTERVALS[3])),
    Kind("uuid", "UUID", "UUID", texts(*UUIDS)),
    Kind("list", "INTEGER[]", "INTEGER[]", (("[1, NULL]", [1, None]), ("[]", [])), "nested"),
    Kind("lists", "VARCHAR[][]", "VARCHAR[][]", (("[['', NULL], []]", [["", None], []]),), "nested"),
    Kind(
        "struct", "STRUCT(a INTEGER, b VARCHAR[])", "STRUCT(a INTEGER, b VARCHAR[])",
        (("{'a': 1, 'b': ['x']}", {"a": 1, "b": ["x"]}), ("{'a': NULL, 'b': NULL}", {"a": None, "b": None})), "nested",
    ),
    Kind("map", "MAP(VARCHAR, INTEGER)", "MAP(VARCHAR, INTEGER)", (("MAP {'a': 1}", [("a", 1)]), ("MAP {}", [])), "nested"),
)  # fmt: skip

CSV = (
    Kind("csv-bigint", "csv", "BIGINT", (("-9223372036854775808", -(2**63)), ("9223372036854775807", 2**63 - 1))),
    Kind("csv-double", "csv", "DOUBLE", (("0.1", 0.1), ("-1e300", -1e300), ("inf", INF), ("nan", NAN)), "nan"),
    Kind("csv-boolean", "csv", "BOOLEAN", (("true", True), ("false", False))),
    Kind(
        "csv-varchar", "csv", "VARCHAR", (('"a,b"', "a,b"), ('"q""q"', 'q"q'), ('"two\nlines"', "two\nlines"), ("日本", "日本"))
    ),
    Kind("csv-date", "csv", "DATE", (("1969-12-31", date(1969, 12, 31)), ("2300-01-01", date(2300, 1, 1)))),
    Kind("csv-time", "csv", "TIME", (("23:59:59", time(23, 59, 59)), ("00:00:00", time(0, 0)))),
    Kind("csv-timestamp", "csv", "TIMESTAMP", (("1969-12-31 23:59:59", datetime(1969, 12, 31, 23, 59, 59)),)),
)
NDJSON = (
    Kind("json-bigint", "ndjson", "HUGEINT", (("-9007199254740993", -(2**53) - 1), ("9007199254740993", 2**53 + 1))),
    Kind("json-double", "ndjson", "DOUBLE", (("0.1", 0.1), ("2", 2.0), ("-1e300", -1e300))),
    Kind("json-boolean", "ndjson", "BOOLEAN", (("true", True), ("false", False))),
    Kind("json-varchar", "ndjson", "VARCHAR", (('""', ""), (r'"q\"\u00e4\n"', 'q"ä\n'), ('"😀"', "😀"))),
    Kind("json-date", "ndjson", "DATE", (('"1969-12-31"', date(1969, 12, 31)), ('"2300-01-01"', date(2300, 1, 1)))),
    Kind("json-timestamp", "ndjson", "TIMESTAMP", (('"1969-12-31T23:59:59"', datetime(1969, 12, 31, 23, 59, 59)),)),
    Kind("json-list", "ndjson", "BIGINT[]", (("[1, null]", [1, None]), ("[]", [])), "nested"),
    Kind(
        "json-struct", "ndjson", "STRUCT(a BIGINT, b VARCHAR)",
        (('{"a": 1, "b": "x"}', {"a": 1, "b": "x"}), ('{"b": ""}', {"a": None, "b": ""})), "nested",
    ),
)  # fmt: skip
KINDS = (*PARQUET, *CSV, *NDJSON)

_CSV = {"column": "x", "line": 4}
_JSON = {"column": "x", "line": 3}
_DAY = date(2020, 1, 1)


def _declared(name: str, format: str, type: str, good: tuple[Any, Any], bad: Any, details: dict[str, Any]) -> Misfit:
    return Misfit(name, format, type, good, bad, details, declared_type=type)


MISFITS = (
    _declared("csv-half-as-integer", "csv", "BIGINT", ("1", 1), "2.5", _CSV),
    _declared("csv-text-as-integer", "csv", "BIGINT", ("1", 1), "two", _CSV),
    _declared("csv-too-large", "csv", "TINYINT", ("1", 1), "128", _CSV),
    _declared("csv-no-such-day", "csv", "DATE", ("2020-01-01", _DAY), "2023-02-29", _CSV),
    _declared("csv-decimal-text", "csv", "DECIMAL(4,1)", ("1", Decimal(1)), "x", _CSV),
    _declared("csv-decimal-too-large", "csv", "DECIMAL(4,1)", ("1", Decimal(1)), "12345", _CSV),
    _declared("json-half-as-integer", "ndjson", "BIGINT", ("1", 1), "2.5", _JSON),
    _declared("json-text-as-integer", "ndjson", "BIGINT", ("1", 1), '"two"', _JSON),
    _declared("json-struct-mismatch", "ndjson", "STRUCT(a BIGINT)", ('{"a": 1}', {"a": 1}), "5", _JSON),
    _declared("json-scalar-as-list", "ndjson", "BIGINT[]", ("[1]", [1]), "1", _JSON),
    _declared("json-no-such-day", "ndjson", "DATE", ('"2020-01-01"', _DAY), '"2023-02-29"', {}),
    _declared("parquet-text-as-date", "VARCHAR", "DATE", ("'2020-01-01'", _DAY), "'soon'", {"column": "x"}),
    _declared("parquet-too-large", "BIGINT", "TINYINT", ("1", 1), "128", {"column": "x"}),
    _declared("parquet-half-as-integer", "DOUBLE", "BIGINT", ("1.0", 1), "2.5", {"column": "x"}),
)


class InFiles:
    type = "files"
    schema = "main"
    slow = "SELECT count(*) AS n FROM s.main.big AS a, s.main.big AS b, s.main.big AS c WHERE a.n + b.n + c.n < 0"

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "files"
        self.directory.mkdir()

    @property
    def connection(self) -> dict[str, Any]:
        return {"path": str(self.directory)}

    def hold(self, table: str, declared: Any, values: Sequence[Any]) -> None:
        if declared == "csv":
            lines = [f"{number},{'' if value is None else value}" for number, value in enumerate(values)]
            (self.directory / f"{table}.csv").write_text("\n".join(["id,x", *lines, ""]))
        elif declared == "ndjson":
            lines = [f'{{"id": {number}, "x": {"null" if value is None else value}}}' for number, value in enumerate(values)]
            (self.directory / f"{table}.ndjson").write_text("\n".join([*lines, ""]))
        else:
            path = self.directory / f"{table}.parquet"
            with duckdb.connect() as engine:
                engine.execute(f"SET TimeZone = 'UTC'; CREATE TABLE held (id BIGINT, x {declared})")
                for number, value in enumerate(values):
                    engine.execute(f"INSERT INTO held VALUES ({number}, {'NULL' if value is None else value})")
                engine.execute(f"COPY held TO '{path}' (FORMAT parquet)")

    def count_up(self, table: str, rows: int) -> None:
        numbers = pa.table({"n": pa.array(range(rows), pa.int64())})
        parquet.write_table(numbers, self.directory / f"{table}.parquet", row_group_size=20_000)

    def drop(self, table: str) -> None:
        os.unlink(self.directory / f"{table}.parquet")

    def add_column(self, table: str) -> None:
        path = self.directory / f"{table}.parquet"
        rows = parquet.read_table(path)
        parquet.write_table(rows.append_column("extra", pa.array([7] * len(rows), pa.int64())), path)

    def relate(self) -> None:
        parquet.write_table(pa.table({"id": [1], "code": ["a"]}), self.directory / "parent.parquet")
        parquet.write_table(pa.table({"id": [1], "parent_id": [1]}), self.directory / "child.parquet")

    def view(self, name: str, table: str) -> None:
        """Files have none; the test looks for it all the same."""

    def make_slow(self) -> None:
        self.count_up("big", 100_000)

    def running(self) -> Sequence[Any]:
        return ()

    def writes(self) -> tuple[str, str]:
        return "INSERT INTO written VALUES (100)", "INSERT INTO nowhere VALUES (1)"

    def bound_write(self) -> str:
        return "INSERT INTO written VALUES (?)"

    def account(self) -> NoReturn:
        raise AssertionError("Nobody changes a row of a file.")

    def server(self) -> NoReturn:
        raise AssertionError("There is no server.")

    def close(self) -> None:
        """The files go with their directory."""
