"""Values of every declared type, values that do not fit, and what the catalogue says of tables, keys and statistics."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest

from planner.catalog import Relation
from planner.errors import FozError, RequestInvalid, SourceData, SourceUnavailable
from tests.translators.oracle import Oracle
from translators.base import StoreConfig
from translators.sqlite import STORE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "values.db"


def opened(
    path: Path,
    script: str = "",
    declared: Mapping[str, Mapping[str, str]] | None = None,
    on_mismatch: Literal["error", "nullify"] = "error",
) -> Oracle:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    config = StoreConfig("s", "sqlite", {"path": str(path)}, declared=declared or {}, on_mismatch=on_mismatch)
    return Oracle(STORE, STORE.open(config), "s")


def one(oracle: Oracle, column: str) -> list[Any]:
    found: list[Any] = oracle.rows("t").column(column).to_pylist()
    oracle.close()
    return found


VALUES: list[tuple[str, str, str, list[Any]]] = [
    ("INTEGER", "BIGINT", "-9223372036854775808, 9223372036854775807, NULL", [-(2**63), 2**63 - 1, None]),
    ("tinyint unsigned", "BIGINT", "255", [255]),
    ("REAL", "DOUBLE", "1, 0.1, 9e999, -9e999, -1e300, NULL", [1.0, 0.1, float("inf"), float("-inf"), -1e300, None]),
    ("NUMERIC", "DOUBLE", "1, 2.5", [1.0, 2.5]),
    ("VARCHAR(3)", "VARCHAR", "'', 'äöü', '日本', 12, 'longer'", ["", "äöü", "日本", "12", "longer"]),
    ("TEXT", "VARCHAR", "char(0) || 'x'", ["\0x"]),
    ("JSON", "VARCHAR", "'{\"a\": 1}', 5", ['{"a": 1}', "5"]),
    ("", "VARCHAR", "'x', 12, 2.5, NULL", ["x", "12", "2.5", None]),
    ("BLOB", "BLOB", "x'00ff', x''", [b"\x00\xff", b""]),
    ("BOOLEAN", "BOOLEAN", "0, 1, NULL, TRUE", [False, True, None, True]),
    (
        "DATE",
        "DATE",
        "'1969-12-31', '2300-01-01', '2024-2-9'",
        [datetime.date(1969, 12, 31), datetime.date(2300, 1, 1), datetime.date(2024, 2, 9)],
    ),
    (
        "DATETIME",
        "TIMESTAMP",
        "'1900-01-01 00:00:00', '2300-12-31T23:59:59.5', '2020-01-01'",
        [datetime.datetime(1900, 1, 1), datetime.datetime(2300, 12, 31, 23, 59, 59, 500000), datetime.datetime(2020, 1, 1)],
    ),
    (
        "TIMESTAMPTZ",
        "TIMESTAMP WITH TIME ZONE",
        "'2020-01-01 12:00:00+02'",
        [datetime.datetime(2020, 1, 1, 10, tzinfo=datetime.UTC)],
    ),
    ("TIME", "TIME", "'23:59:59.999999'", [datetime.time(23, 59, 59, 999999)]),
    (
        "DECIMAL(12,2)",
        "DECIMAL(12,2)",
        "1, 2.5, 0.07, -9999999999.99, '12345.60'",
        [Decimal(each) for each in ("1", "2.5", "0.07", "-9999999999.99", "12345.60")],
    ),
    ("NUMERIC(38,3)", "DECIMAL(38,3)", "'12345678901234567890.125', 3", [Decimal(12345678901234567168), Decimal(3)]),
    ("UUID", "UUID", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
]


@pytest.mark.parametrize(("declared", "type", "values", "expected"), VALUES, ids=[case[0] or "none" for case in VALUES])
def test_a_declared_type_and_its_values(path: Path, declared: str, type: str, values: str, expected: list[Any]) -> None:
    rows = ", ".join(f"({value})" for value in _split(values))
    oracle = opened(path, f"CREATE TABLE t (x {declared}); INSERT INTO t VALUES {rows};")
    assert oracle.table("t").columns[0].type == type
    assert one(oracle, "x") == expected


def _split(values: str) -> list[str]:
    found, depth, current = [], 0, ""
    for letter in values:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0 and current.count("'") % 2 == 0:
            found.append(current.strip())
            current = ""
        else:
            current += letter
    return [*found, current.strip()]


MISFITS = [
    ("INTEGER", "'x'", "text"),
    ("INTEGER", "2.5", "real"),
    ("INTEGER", "x'00'", "blob"),
    ("REAL", "'x'", "text"),
    ("TEXT", "x'00'", "blob"),
    ("", "x'00'", "blob"),
    ("BLOB", "'x'", "text"),
    ("BLOB", "5", "integer"),
    ("BOOLEAN", "2", "integer"),
    ("BOOLEAN", "'true'", "text"),
    ("DATE", "20240101", "integer"),
    ("DATE", "'2023-02-29'", "text"),
    ("DATE", "'infinity'", "text"),
    ("TIMESTAMP", "1700000000", "integer"),
    ("TIMESTAMP", "'noon'", "text"),
    ("TIMESTAMPTZ", "'infinity'", "text"),
    ("TIME", "'25:00:00'", "text"),
    ("DECIMAL(12,2)", "1.005", "real"),
    ("DECIMAL(12,2)", "99999999999", "integer"),
    ("DECIMAL(12,2)", "'x'", "text"),
    ("DECIMAL(30,2)", "1.005", "real"),
    ("UUID", "'x'", "text"),
    ("NUMERIC", "9007199254740993", "integer"),
]


@pytest.mark.parametrize(("declared", "value", "held"), MISFITS)
def test_a_value_that_does_not_fit_is_named_or_null(path: Path, declared: str, value: str, held: str) -> None:
    script = f"CREATE TABLE t (x {declared}); INSERT INTO t VALUES (NULL), ({value});"
    oracle = opened(path, script)
    with pytest.raises(SourceData) as caught:
        oracle.rows("t")
    oracle.close()
    assert caught.value.details == {"source": "s", "table": "t", "column": "x", "storageClass": held, "rowid": 2}
    assert one(opened(path, on_mismatch="nullify"), "x") == [None, None]


def test_declared_types_win(path: Path) -> None:
    oracle = opened(
        path,
        "CREATE TABLE t (a TEXT, b INTEGER, c REAL, d); INSERT INTO t VALUES ('2020-01-01', 5, 2.5, '[1, 2]');",
        {"t": {"a": "DATE", "B": "SMALLINT"}, "main.t": {"c": "DECIMAL(5,1)", "d": "INTEGER[]"}},
    )
    assert [column.type for column in oracle.table("t").columns] == ["DATE", "SMALLINT", "DECIMAL(5,1)", "INTEGER[]"]
    assert oracle.rows("t").to_pylist() == [{"a": datetime.date(2020, 1, 1), "b": 5, "c": Decimal("2.5"), "d": [1, 2]}]
    oracle.close()


def test_text_that_is_not_utf8(path: Path) -> None:
    oracle = opened(path, "CREATE TABLE t (x TEXT); INSERT INTO t VALUES (CAST(x'ff' AS TEXT));")
    with pytest.raises(SourceData, match="UTF-8"):
        oracle.rows("t")
    oracle.close()


def test_an_integer_that_overflows_is_an_error_and_a_sum_is_not(path: Path) -> None:
    oracle = opened(path, "CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (9223372036854775807), (9223372036854775807);")
    oracle.copy("t")
    oracle.agrees("SELECT sum(a.x) FROM s.main.t AS a")
    with pytest.raises(FozError) as caught:
        oracle.answers("SELECT a.x + 1 AS more FROM s.main.t AS a")
    assert caught.value.code == "sql.type"
    oracle.close()


def test_what_the_catalogue_knows(path: Path) -> None:
    oracle = opened(
        path,
        """
        CREATE TABLE customer (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, rowid TEXT);
        CREATE TABLE line (number INT, product TEXT, of INTEGER REFERENCES customer, PRIMARY KEY (number, product)) WITHOUT ROWID;
        CREATE TABLE odd (id INTEGER PRIMARY KEY DESC, s TEXT COLLATE NOCASE);
        CREATE TABLE firm (id INTEGER PRIMARY KEY, x REAL, y ANY) STRICT;
        CREATE TABLE made (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) STORED);
        CREATE VIEW shown AS SELECT id, email FROM customer;
        INSERT INTO customer (email) VALUES ('a'), ('b');
        ANALYZE;
        """,
    )
    customer, line = oracle.table("customer"), oracle.table("line")
    assert [table.name for table in oracle.found.tables] == ["customer", "firm", "line", "made", "odd", "shown"]
    assert (customer.primary_key, customer.unique_keys, customer.rows) == (("id",), (("email",),), 2)
    assert customer.facts == {"rowid:_rowid_"}
    assert not customer.columns[1].nullable
    assert line.primary_key == ("number", "product")
    assert line.relations == (Relation("customer", "s.customer", (("of", "id"),)),)
    assert "strict" in customer.columns[0].facts
    assert "strict" not in oracle.table("odd").columns[0].facts
    assert "collated" in oracle.table("odd").columns[1].facts
    assert [("strict" in column.facts) for column in oracle.table("firm").columns] == [True, True, False]
    assert [column.name for column in oracle.table("made").columns] == ["a", "b"]
    assert oracle.table("shown").kind == "view"
    assert oracle.found.server.startswith("SQLite 3.")
    oracle.close()


def test_an_empty_table_keeps_its_types(path: Path) -> None:
    oracle = opened(path, "CREATE TABLE t (a TEXT, b REAL, c DECIMAL(5,2), d DATE);")
    rows = oracle.rows("t")
    assert [str(field.type) for field in rows.schema] == ["string", "double", "decimal128(5, 2)", "date32[day]"]
    assert rows.num_rows == 0
    oracle.close()


def test_the_order_of_utf16_text_is_left(path: Path) -> None:
    oracle = opened(path, "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (s TEXT); INSERT INTO t VALUES ('ab'), ('ä'), ('日');")
    oracle.copy("t")
    assert oracle.take("SELECT a.s FROM s.main.t AS a WHERE a.s > 'b'").left
    oracle.agrees("SELECT a.s FROM s.main.t AS a WHERE a.s = 'ä'")
    oracle.agrees("SELECT a.s, count(*) AS n FROM s.main.t AS a GROUP BY a.s")
    oracle.close()


def test_a_file_that_is_missing_or_none(tmp_path: Path) -> None:
    from translators.control import Control

    store = STORE.open(StoreConfig("s", "sqlite", {"uri": f"sqlite:///{tmp_path / 'none.db'}"}))
    with pytest.raises(SourceUnavailable):
        store.introspect(Control())
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "text.db").write_text("this is no database, however long it may be" * 50)
    store = STORE.open(StoreConfig("s", "sqlite", {"path": str(tmp_path / "text.db")}))
    with pytest.raises(SourceUnavailable, match="no SQLite database"):
        store.introspect(Control())
    with pytest.raises(RequestInvalid):
        STORE.open(StoreConfig("s", "sqlite", {}))
