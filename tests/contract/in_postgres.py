"""PostgreSQL under the contract: its types, its traps, and how to see what runs in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import pyarrow as pa

from demo.server import Server, free_port
from demo.servers import start_postgres
from tests.contract.place import Kind, Misfit

ROWS = 200_000


def texts(*values: str) -> tuple[tuple[str, str], ...]:
    """Constants whose text is what arrives."""
    return tuple((f"'{value}'", value) for value in values)


def same(*values: Any) -> tuple[tuple[str, Any], ...]:
    """Constants that are written as Python writes them."""
    return tuple((f"'{value}'", value) for value in values)


INF, NAN = float("inf"), float("nan")
WORDS = ("", "plain", "äöü", "日本", "😀", "it''s", "Z", "a b", "100%", "back\\slash")
TEXTS = tuple((f"'{word}'", word.replace("''", "'")) for word in WORDS)
UUIDS = ("00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "ffffffff-ffff-ffff-ffff-ffffffffffff")
DATES = same(date(1, 1, 1), date(1969, 12, 31), date(1970, 1, 1), date(2262, 4, 12), date(9999, 12, 31))
INSTANTS = (datetime(1, 1, 1), datetime(1969, 12, 31, 23, 59, 59, 999999), datetime(2262, 4, 12), datetime(9999, 12, 31, 23))
INTERVALS = (
    ("'1 month'", pa.MonthDayNano((1, 0, 0))),
    ("'31 days'", pa.MonthDayNano((0, 31, 0))),
    ("'1 year -2 days 3.000001 seconds'", pa.MonthDayNano((12, -2, 3_000_001_000))),
    ("'0'", pa.MonthDayNano((0, 0, 0))),
)

KINDS = (
    Kind("boolean", "boolean", "BOOLEAN", (("true", True), ("false", False))),
    Kind("smallint", "int2", "SMALLINT", same(-(2**15), 0, 2**15 - 1)),
    Kind("integer", "int4", "INTEGER", same(-(2**31), 0, 2**31 - 1)),
    Kind("bigint", "int8", "BIGINT", same(-(2**63), 0, 2**53 + 1, 2**63 - 1)),
    Kind("real", "float4", "FLOAT", same(1.5, -0.0, 2.0**-149, INF, -INF, NAN), "nan"),
    Kind("double", "float8", "DOUBLE", same(0.1, -0.0, 5e-324, 1.7976931348623157e308, INF, -INF, NAN), "nan"),
    Kind("numeric-money", "numeric(12,2)", "DECIMAL(12,2)", same(Decimal("-9999999999.99"), Decimal("0.00"), Decimal("0.01"))),
    Kind("numeric-whole", "numeric(38,0)", "DECIMAL(38,0)", same(Decimal("9" * 38), Decimal(0), Decimal("-" + "9" * 38))),
    Kind("numeric-fraction", "numeric(38,38)", "DECIMAL(38,38)", same(Decimal("0." + "9" * 38), Decimal("0." + "0" * 38))),
    Kind("numeric-free", "numeric", "DECIMAL(38,10)", (("1.5", Decimal("1.5")), ("-1e27", Decimal(-(10**27))))),
    Kind("text", "text", "VARCHAR", TEXTS),
    Kind("varchar", "varchar(10)", "VARCHAR", TEXTS),
    Kind("char", "char(3)", "VARCHAR", (("'ab'", "ab"), ("'abc'", "abc"), ("''", ""))),
    Kind("name", "name", "VARCHAR", TEXTS),
    Kind("enum", "mood", "VARCHAR", texts("sad", "ok", "glad")),
    Kind("domain", "price", "DECIMAL(10,2)", same(Decimal("9.99"), Decimal("0.00"))),
    Kind("json", "json", "VARCHAR", texts('{"a":  1}', "null", "[]")),
    Kind("jsonb", "jsonb", "VARCHAR", texts('{"a": 1}', "null", "[]")),
    Kind("xml", "xml", "VARCHAR", texts("<a>b</a>")),
    Kind("uuid", "uuid", "UUID", texts(*UUIDS)),
    Kind("bytea", "bytea", "BLOB", (("''", b""), (r"'\x00ff5c27'", b"\x00\xff\\'"))),
    Kind("date", "date", "DATE", DATES),
    Kind("time", "time", "TIME", same(time(0, 0), time(23, 59, 59, 999999))),
    Kind("timestamp", "timestamp", "TIMESTAMP", same(*INSTANTS)),
    Kind("timestamptz", "timestamptz", "TIMESTAMP WITH TIME ZONE", same(*(at.replace(tzinfo=UTC) for at in INSTANTS))),
    Kind("interval", "interval", "INTERVAL", INTERVALS),
    Kind("inet", "inet", "VARCHAR", texts("10.0.0.1/8", "::1/128")),
    Kind("cidr", "cidr", "VARCHAR", texts("10.0.0.0/8")),
    Kind("macaddr", "macaddr", "VARCHAR", texts("08:00:2b:01:02:03")),
    Kind("range", "int4range", "VARCHAR", texts("[1,5)", "empty")),
    Kind("multirange", "int4multirange", "VARCHAR", texts("{[1,5),[7,9)}", "{}")),
    Kind("bit", "bit(3)", "VARCHAR", texts("101")),
    Kind("varbit", "varbit", "VARCHAR", texts("10101", "")),
    Kind("timetz", "timetz", "VARCHAR", texts("10:00:00+02")),
    Kind("oid", "oid", "VARCHAR", texts("0", "4294967295")),
    Kind("xid8", "xid8", "VARCHAR", texts("18446744073709551615")),
    Kind("point", "point", "VARCHAR", texts("(1,2.5)")),
    Kind("tsvector", "tsvector", "VARCHAR", (("'a:1 b:2'", "'a':1 'b':2"),)),
    Kind("composite", "pair", "VARCHAR", texts("(1,b)", "(,)")),
    Kind("booleans", "bool[]", "BOOLEAN[]", (("'{t,f,NULL}'", [True, False, None]), ("'{}'", [])), "nested"),
    Kind("integers", "int4[]", "INTEGER[]", (("'{1,NULL,-2147483648}'", [1, None, -(2**31)]), ("'{}'", [])), "nested"),
    Kind("bigints", "int8[]", "BIGINT[]", (("'[0:1]={1,2}'", [1, 2]),), "nested"),
    Kind("doubles", "float8[]", "DOUBLE[]", (("'{0.1,Infinity,NULL}'", [0.1, INF, None]),), "nested"),
    Kind("numerics", "numeric(8,2)[]", "DECIMAL(8,2)[]", (("'{1.5,NULL}'", [Decimal("1.50"), None]), ("'{}'", [])), "nested"),
    Kind(
        "words", "text[]", "VARCHAR[]",
        (("""'{"",NULL,"NULL","a,b","q\\"","日本"}'""", ["", None, "NULL", "a,b", 'q"', "日本"]),), "nested",
    ),
    Kind("moods", "mood[]", "VARCHAR[]", (("'{ok,NULL}'", ["ok", None]),), "nested"),
    Kind("uuids", "uuid[]", "UUID[]", ((f"'{{{UUIDS[1]},NULL}}'", [UUIDS[1], None]),), "nested"),
    Kind("blobs", "bytea[]", "BLOB[]", ((r"""'{"\\x00ff",NULL}'""", [b"\x00\xff", None]),), "nested"),
    Kind("dates", "date[]", "DATE[]", (("'{1969-12-31,NULL}'", [date(1969, 12, 31), None]),), "nested"),
    Kind("instants", "timestamp[]", "TIMESTAMP[]", (("'{2300-01-01 01:02:03}'", [datetime(2300, 1, 1, 1, 2, 3)]),), "nested"),
)  # fmt: skip

_ONE = ("1", Decimal(1))
MISFITS = (
    Misfit("date-infinity", "date", "DATE", ("'2020-01-01'", date(2020, 1, 1)), "'infinity'"),
    Misfit("date-before-all", "date", "DATE", ("'2020-01-01'", date(2020, 1, 1)), "'-infinity'"),
    Misfit("timestamp-infinity", "timestamp", "TIMESTAMP", ("'2020-01-01'", datetime(2020, 1, 1)), "'infinity'"),
    Misfit("timestamp-too-late", "timestamp", "TIMESTAMP", ("'2020-01-01'", datetime(2020, 1, 1)), "'294276-12-31'"),
    Misfit(
        "timestamptz-infinity",
        "timestamptz",
        "TIMESTAMP WITH TIME ZONE",
        ("'2020-01-01Z'", datetime(2020, 1, 1, tzinfo=UTC)),
        "'-infinity'",
    ),
    Misfit("time-24", "time", "TIME", ("'10:00'", time(10)), "'24:00'"),
    Misfit("numeric-nan", "numeric", "DECIMAL(38,10)", _ONE, "'NaN'"),
    Misfit("numeric-infinity", "numeric", "DECIMAL(38,10)", _ONE, "'Infinity'"),
    Misfit("numeric-nan-narrow", "numeric(12,2)", "DECIMAL(12,2)", _ONE, "'NaN'"),
    Misfit("numeric-too-fine", "numeric", "DECIMAL(38,10)", _ONE, "0.00000000001"),
    Misfit("numeric-too-large", "numeric", "DECIMAL(38,10)", _ONE, "1e28"),
    Misfit("two-dimensions", "int4[]", "INTEGER[]", ("'{1,2}'", [1, 2]), "'{{1,2},{3,4}}'"),
    Misfit("two-dimensions-of-text", "text[]", "VARCHAR[]", ("'{a}'", ["a"]), "'{{a},{b}}'"),
    Misfit("dates-infinity", "date[]", "DATE[]", ("'{2020-01-01}'", [date(2020, 1, 1)]), "'{{2020-01-01},{infinity}}'"),
    Misfit("declared-too-narrow", "numeric", "DECIMAL(4,1)", _ONE, "12345", declared_type="DECIMAL(4,1)"),
    Misfit("declared-other", "text", "BIGINT", ("'1'", 1), "'one'", declared_type="BIGINT"),
)


class InPostgres:
    type = "postgres"
    schema = "public"
    slow = "SELECT a.n FROM s.public.slow AS a"

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self.run(
            "CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad')",
            "CREATE DOMAIN price AS numeric(10,2)",
            "CREATE TYPE pair AS (a int, b text)",
        )

    @property
    def connection(self) -> dict[str, Any]:
        return {"uri": self._uri}

    def run(self, *statements: str) -> None:
        with postgres.connect(self._uri, autocommit=True) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def hold(self, table: str, declared: Any, values: Sequence[Any]) -> None:
        rows = ", ".join(f"({number}, {'NULL' if value is None else value})" for number, value in enumerate(values))
        self.run(f"CREATE TABLE {table} (id int8, x {declared})", *([f"INSERT INTO {table} VALUES {rows}"] if rows else []))

    def count_up(self, table: str, rows: int) -> None:
        self.run(f"CREATE TABLE {table} AS SELECT n::int8 FROM generate_series(0, {rows - 1}) AS g(n)")

    def drop(self, table: str) -> None:
        self.run(f"DROP TABLE {table}")

    def add_column(self, table: str) -> None:
        self.run(f"ALTER TABLE {table} ADD COLUMN extra int8 DEFAULT 7")

    def relate(self) -> None:
        self.run(
            "CREATE TABLE parent (id int8 PRIMARY KEY, code text UNIQUE)",
            "CREATE TABLE child (id int8 PRIMARY KEY, parent_id int8 REFERENCES parent)",
            "INSERT INTO parent VALUES (1, 'a')",
            "INSERT INTO child VALUES (1, 1)",
        )

    def view(self, name: str, table: str) -> None:
        self.run(f"CREATE VIEW {name} AS SELECT n FROM {table}")

    def make_slow(self) -> None:
        self.run("CREATE VIEW slow AS SELECT 1::int8 AS n FROM pg_sleep(36000)")

    def running(self) -> Sequence[Any]:
        text = (
            "SELECT pid, query FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'foz' "
            "AND (state <> 'idle' OR backend_xmin IS NOT NULL)"
        )
        with postgres.connect(self._uri, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchall()

    def writes(self) -> tuple[str, str]:
        return "INSERT INTO written VALUES (100)", "INSERT INTO written VALUES ('x')"

    def bound_write(self) -> str:
        return "INSERT INTO written VALUES ($1)"

    def account(self) -> PostgresAccounts:
        self.run("CREATE TABLE account (id int8 PRIMARY KEY, balance int8)", "INSERT INTO account VALUES (1, 50), (2, 50)")
        return PostgresAccounts(self._uri)

    @contextmanager
    def server(self) -> Iterator[PostgresServing]:
        serving = PostgresServing()
        try:
            yield serving
        finally:
            serving.close()

    def close(self) -> None:
        """The database goes with its fixture."""


class PostgresAccounts:
    def __init__(self, uri: str) -> None:
        self._connection = postgres.connect(uri, autocommit=True)
        self._cursor = self._connection.cursor()

    def transfer(self, amount: int) -> None:
        self._cursor.execute(f"UPDATE account SET balance = balance + CASE id WHEN 1 THEN {-amount} ELSE {amount} END")

    def close(self) -> None:
        self._cursor.close()
        self._connection.close()


class PostgresServing:
    def __init__(self) -> None:
        self._port = free_port()
        self._server: Server | None = None
        self.start()

    @property
    def connection(self) -> dict[str, Any]:
        return {"host": "127.0.0.1", "port": self._port, "user": "foz", "db": "postgres"}

    def kill(self) -> None:
        assert self._server is not None
        self._server.kill()
        self._server = None

    def start(self) -> None:
        self._server = start_postgres(self._port)
        with postgres.connect(self._server.uri, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE many AS SELECT n::int8, repeat('x', 200) AS pad FROM generate_series(0, {ROWS - 1}) g(n)"
            )

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()
