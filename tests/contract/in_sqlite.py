"""SQLite under the contract: its declared types and what its columns may hold all the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from tests.contract.in_postgres import DATES, INF, NAN, TEXTS, UUIDS, same, texts
from tests.contract.place import Kind, Misfit


def numbers(*values: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((str(value), value) for value in values)


INSTANTS = (datetime(1, 1, 1), datetime(1969, 12, 31, 23, 59, 59, 999999), datetime(2262, 4, 12), datetime(9999, 12, 31, 23))

KINDS = (
    Kind("integer", "INTEGER", "BIGINT", numbers(-(2**63) + 1, 0, 2**53 + 1, 2**63 - 1)),
    Kind("real", "REAL", "DOUBLE", (*numbers(0.1, -1e300, 5e-324, 7.0), ("9e999", INF), ("-9e999", -INF))),
    Kind("nan", "REAL", "DOUBLE", ((NAN, NAN), (1.5, 1.5)), "nan"),
    Kind("numeric", "NUMERIC", "DOUBLE", numbers(1.0, 2.5)),
    Kind("text", "TEXT", "VARCHAR", (("'a'", "a"), ("char(0) || 'x'", "\0x"), *TEXTS)),
    Kind("varchar", "VARCHAR(3)", "VARCHAR", (("'longer'", "longer"), ("12", "12"))),
    Kind("nothing", "", "VARCHAR", (("'x'", "x"), ("12", "12"), ("2.5", "2.5"))),
    Kind("json", "JSON", "VARCHAR", texts('{"a": 1}', "[]")),
    Kind("blob", "BLOB", "BLOB", (("x''", b""), ("x'00ff27'", b"\x00\xff'"))),
    Kind("boolean", "BOOLEAN", "BOOLEAN", (("1", True), ("0", False))),
    Kind("date", "DATE", "DATE", DATES),
    Kind("time", "TIME", "TIME", same(time(0, 0), time(23, 59, 59, 999999))),
    Kind("datetime", "DATETIME", "TIMESTAMP", same(*INSTANTS)),
    Kind("timestamptz", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", same(*(at.replace(tzinfo=UTC) for at in INSTANTS))),
    Kind("decimal", "DECIMAL(12,2)", "DECIMAL(12,2)", numbers(Decimal("-9999999999.99"), Decimal("0.07"), Decimal(0))),
    Kind("decimal-wide", "DECIMAL(30,4)", "DECIMAL(30,4)", numbers(Decimal("12345.0625"), Decimal(0))),
    Kind("uuid", "UUID", "UUID", texts(*UUIDS)),
    Kind("list", "INTEGER[]", "INTEGER[]", (("'[1, 2]'", [1, 2]),), "nested"),
)

_ROW = {"column": "x", "rowid": 3}
MISFITS = (
    Misfit("half-as-integer", "INTEGER", "BIGINT", ("1", 1), "2.5", _ROW),
    Misfit("text-as-integer", "INTEGER", "BIGINT", ("1", 1), "'two'", _ROW),
    Misfit("text-as-real", "REAL", "DOUBLE", ("1", 1.0), "'two'", _ROW),
    Misfit("blob-as-text", "TEXT", "VARCHAR", ("'a'", "a"), "x'00'", _ROW),
    Misfit("text-as-blob", "BLOB", "BLOB", ("x'00'", b"\0"), "'a'", _ROW),
    Misfit("two-as-boolean", "BOOLEAN", "BOOLEAN", ("1", True), "2", _ROW),
    Misfit("number-as-date", "DATE", "DATE", ("'2020-01-01'", date(2020, 1, 1)), "20240101", _ROW),
    Misfit("no-such-day", "DATE", "DATE", ("'2020-01-01'", date(2020, 1, 1)), "'2023-02-29'", _ROW),
    Misfit("infinite-date", "DATE", "DATE", ("'2020-01-01'", date(2020, 1, 1)), "'infinity'", _ROW),
    Misfit("text-as-instant", "TIMESTAMP", "TIMESTAMP", ("'2020-01-01'", datetime(2020, 1, 1)), "'noon'", _ROW),
    Misfit("time-25", "TIME", "TIME", ("'10:00:00'", time(10)), "'25:00:00'", _ROW),
    Misfit("decimal-too-fine", "DECIMAL(12,2)", "DECIMAL(12,2)", ("1", Decimal(1)), "1.005", _ROW),
    Misfit("decimal-too-large", "DECIMAL(12,2)", "DECIMAL(12,2)", ("1", Decimal(1)), "99999999999", _ROW),
    Misfit("text-as-uuid", "UUID", "UUID", (f"'{UUIDS[1]}'", UUIDS[1]), "'x'", _ROW),
    Misfit("declared-too-narrow", "INTEGER", "SMALLINT", ("1", 1), "70000", _ROW, declared_type="SMALLINT"),
)


class InSqlite:
    type = "sqlite"
    schema = "main"
    slow = "SELECT a.n FROM s.main.slow AS a"

    def __init__(self, directory: Path, journal: str = "WAL") -> None:
        self.path = directory / "contract.db"
        self.run(f"PRAGMA journal_mode = {journal}")

    @property
    def connection(self) -> dict[str, Any]:
        return {"path": str(self.path)}

    def run(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    def hold(self, table: str, declared: Any, values: Sequence[Any]) -> None:
        self.run(f"CREATE TABLE {table} (id INTEGER, x {declared})")
        with closing(sqlite3.connect(self.path)) as connection, connection:
            for number, value in enumerate(values):
                text = value if isinstance(value, str) else "?"
                bound = () if isinstance(value, str) else (value,)
                connection.execute(f"INSERT INTO {table} VALUES ({number}, {text})", bound)

    def count_up(self, table: str, rows: int) -> None:
        self.run(
            f"CREATE TABLE {table} (n INTEGER)",
            f"WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c LIMIT {rows}) INSERT INTO {table} SELECT n FROM c",
        )

    def drop(self, table: str) -> None:
        self.run(f"DROP TABLE {table}")

    def add_column(self, table: str) -> None:
        self.run(f"ALTER TABLE {table} ADD COLUMN extra INTEGER DEFAULT 7")

    def relate(self) -> None:
        self.run(
            "CREATE TABLE parent (id INTEGER PRIMARY KEY, code TEXT UNIQUE)",
            "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent)",
            "INSERT INTO parent VALUES (1, 'a')",
            "INSERT INTO child VALUES (1, 1)",
        )

    def view(self, name: str, table: str) -> None:
        self.run(f"CREATE VIEW {name} AS SELECT n FROM {table}")

    def make_slow(self) -> None:
        self.run(
            "CREATE VIEW slow AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c WHERE n < 0"
        )

    def running(self) -> Sequence[Any]:
        return ()

    def writes(self) -> tuple[str, str]:
        return "INSERT INTO written VALUES (100)", "INSERT INTO nowhere VALUES (1)"

    def bound_write(self) -> str:
        return "INSERT INTO written VALUES (?)"

    def account(self) -> SqliteAccounts:
        self.run("CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER)", "INSERT INTO account VALUES (1, 50), (2, 50)")
        return SqliteAccounts(self.path)

    def server(self) -> NoReturn:
        raise AssertionError("There is no server.")

    def close(self) -> None:
        """The file goes with its directory."""


class SqliteAccounts:
    """In rollback-journal mode a writer waits for the readers: it tries for as long as that takes."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)

    def transfer(self, amount: int) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("UPDATE account SET balance = balance - ? WHERE id = 1", (amount,))
        self._connection.execute("UPDATE account SET balance = balance + ? WHERE id = 2", (amount,))
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()
