"""The same rows in real stores behind Foz and in one DuckDB, which is what an answer is compared with."""

from __future__ import annotations

import math
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import adbc_driver_postgresql.dbapi as postgres
import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet
import pymongo
from bson import Binary
from bson.decimal128 import Decimal128

from planner.plan import Field, Plan
from proxy.application import Application, build
from proxy.request import Caller, Parameter, Request
from proxy.result import delivered, delivered_schema, with_deliverable_types
from proxy.settings import Settings
from translators.arrow import quoted

Types = Mapping[str, str]

_POSTGRES = {
    "BOOLEAN": "boolean", "TINYINT": "smallint", "SMALLINT": "smallint", "INTEGER": "integer", "BIGINT": "bigint",
    "FLOAT": "real", "DOUBLE": "double precision", "VARCHAR": "text", "BLOB": "bytea", "DATE": "date", "TIME": "time",
    "TIMESTAMP": "timestamp", "TIMESTAMP WITH TIME ZONE": "timestamptz", "UUID": "uuid", "INTERVAL": "interval",
}  # fmt: skip

_SQLITE = {
    "BOOLEAN": "BOOLEAN", "SMALLINT": "SMALLINT", "INTEGER": "INTEGER", "BIGINT": "BIGINT", "DOUBLE": "DOUBLE", "VARCHAR": "TEXT",
    "BLOB": "BLOB", "DATE": "DATE", "TIMESTAMP": "TIMESTAMP",
}  # fmt: skip


_FLOATS = ("DOUBLE", "FLOAT")


class World:
    """Tables by source: `pg` (PostgreSQL), `docs` (MongoDB), `lite` (SQLite), `lake` (Parquet), and the same in `oracle`."""

    def __init__(self, postgres_uri: str | None, mongodb_uri: str | None, directory: Path) -> None:
        self.postgres_uri = postgres_uri
        self.mongodb_uri = mongodb_uri
        self.directory = directory
        self.oracle = duckdb.connect()
        self.oracle.execute("SET TimeZone = 'UTC'")
        self._own = threading.local()
        self._own.oracle = self.oracle
        self._reversing = threading.Lock()
        self.declared: dict[str, dict[str, Any]] = {}
        self.foz: Application | None = None
        self._reversed: duckdb.DuckDBPyConnection | None = None
        self._loading: postgres.Connection | None = None
        (directory / "lake").mkdir(parents=True, exist_ok=True)

    def load(self, source: str, name: str, rows: pa.Table, key: Sequence[str] = ()) -> None:
        """Puts `rows` into the oracle and into the source's store; SQLite keeps NULL for NaN and 0.0 for -0.0."""
        self.oracle.execute(f"CREATE SCHEMA IF NOT EXISTS {source}")
        self.oracle.register("loading", rows)
        self.oracle.execute(f"CREATE TABLE {source}.{quoted(name)} AS SELECT * FROM loading")
        self.oracle.unregister("loading")
        self.store(source, name, key)

    def store(self, source: str, name: str, key: Sequence[str] = (), indexes: Sequence[Sequence[str]] = ()) -> None:
        """Puts what the oracle's `source.name` holds into the source's store."""
        described = self.oracle.execute(f"DESCRIBE {source}.{quoted(name)}").fetchall()
        types = {str(column): str(type) for column, type, *_ in described}
        if source == "lite":
            self._as_sqlite_keeps(f"lite.{quoted(name)}", [quoted(each) for each, type in types.items() if type in _FLOATS])
        rows = self.oracle.sql(f"SELECT * FROM {source}.{quoted(name)}").to_arrow_table()
        put = {"pg": self._postgres, "docs": self._mongodb, "lite": self._sqlite, "lake": self._files}[source]
        put(name, rows, types, key, indexes)

    def _as_sqlite_keeps(self, table: str, floats: Sequence[str]) -> None:
        """Made anew: an UPDATE of DuckDB 2.0.0 leaves a value alone that equals the new one, and -0.0 equals 0.0."""
        kept = [f"CASE WHEN isnan({each}) THEN NULL WHEN {each} = 0 THEN 0 ELSE {each} END AS {each}" for each in floats]
        if kept:
            self.oracle.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * REPLACE ({', '.join(kept)}) FROM {table}")

    def _postgres(self, name: str, rows: pa.Table, types: Types, key: Sequence[str], indexes: Sequence[Sequence[str]]) -> None:
        """Every second text column is ordered as a language orders words, where the server knows languages."""
        with self._loading_postgres().cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_collation WHERE collname = 'en-x-icu'")
            ways = ("", ' COLLATE "en-x-icu"' if cursor.fetchone() else "")
            columns = [
                f"{quoted(column)} {_postgres_type(type)}{ways[number % 2] if type == 'VARCHAR' else ''}"
                for number, (column, type) in enumerate(types.items())
            ]
            if key:
                columns.append(f"PRIMARY KEY ({', '.join(map(quoted, key))})")
            cursor.execute(f"CREATE TABLE {quoted(name)} ({', '.join(columns)})")
            if rows.num_rows:
                values = ", ".join(_postgres_row(row, list(types.values())) for row in rows_of(rows))
                cursor.execute(f"INSERT INTO {quoted(name)} VALUES {values}")
            for index in indexes:
                cursor.execute(f"CREATE INDEX ON {quoted(name)} ({', '.join(map(quoted, index))})")
            cursor.execute(f"ANALYZE {quoted(name)}")

    def _loading_postgres(self) -> postgres.Connection:
        """One connection for all tables: a new one costs more than what a small table needs of it."""
        assert self.postgres_uri is not None
        if self._loading is None:
            self._loading = postgres.connect(self.postgres_uri, autocommit=True)
        return self._loading

    def _mongodb(self, name: str, rows: pa.Table, types: Types, key: Sequence[str], indexes: Sequence[Sequence[str]]) -> None:
        """Every second document lacks the fields that are NULL; the others hold null."""
        assert self.mongodb_uri is not None
        with pymongo.MongoClient(self.mongodb_uri) as client:
            collection = client.get_default_database().create_collection(name)
            documents = [
                {column: _bson(value, types[column]) for column, value in row.items() if value is not None or number % 2 == 0}
                for number, row in enumerate(rows.to_pylist())
            ]
            if documents:
                collection.insert_many(documents)
            if key and tuple(key) != ("_id",):
                collection.create_index([(column, 1) for column in key], unique=True)
            for index in indexes:
                collection.create_index([(column, 1) for column in index])
        self.declared.setdefault("docs", {})[name] = {"columns": dict(types)}

    def _sqlite(self, name: str, rows: pa.Table, types: Types, key: Sequence[str], indexes: Sequence[Sequence[str]]) -> None:
        columns = [f"{quoted(column)} {_SQLITE.get(type, type)}" for column, type in types.items()]
        if key:
            columns.append(f"PRIMARY KEY ({', '.join(map(quoted, key))})")
        with sqlite3.connect(self.directory / "lite.db") as connection:
            connection.execute(f"CREATE TABLE {quoted(name)} ({', '.join(columns)})")
            places = ", ".join("?" for _ in types)
            connection.executemany(
                f"INSERT INTO {quoted(name)} VALUES ({places})",
                [[_sqlite_value(value) for value in row.values()] for row in rows.to_pylist()],
            )
            for number, index in enumerate(indexes):
                made = quoted(f"{name} {number}")
                connection.execute(f"CREATE INDEX {made} ON {quoted(name)} ({', '.join(map(quoted, index))})")
        connection.close()
        self.declared.setdefault("lite", {})[name] = {"columns": dict(types)}

    def _files(self, name: str, rows: pa.Table, types: Types, key: Sequence[str], indexes: Sequence[Sequence[str]]) -> None:
        """Written by DuckDB, so that every type is as it was; in several row groups where there are enough rows for them."""
        path = str(self.directory / "lake" / f"{name}.parquet")
        parquet.write_table(rows, path, row_group_size=4) if "UUID" not in types.values() else self.oracle.execute(
            f"COPY lake.{quoted(name)} TO '{path}' (FORMAT parquet)"
        )

    @contextmanager
    def running(
        self, capabilities: Mapping[str, bool] | None = None, on_mismatch: str = "error", **settings: Any
    ) -> Iterator[World]:
        """Foz over what has been loaded, without its servers; `capabilities` and `on_mismatch` are every source's."""
        sources: list[dict[str, Any]] = []
        if self._loading is not None:
            self._loading.close()
            self._loading = None
        if self.postgres_uri is not None:
            parts = urlsplit(self.postgres_uri)
            where = {"host": parts.hostname, "port": parts.port, "user": parts.username, "db": parts.path.lstrip("/")}
            if parts.password:
                where["password"] = parts.password
            sources.append({"id": "pg", "type": "postgres", "connection": where})
        if self.mongodb_uri is not None:
            sources.append({"id": "docs", "type": "mongodb", "connection": {"uri": self.mongodb_uri}})
        if (self.directory / "lite.db").exists():
            sources.append({"id": "lite", "type": "sqlite", "connection": {"path": str(self.directory / "lite.db")}})
        if any((self.directory / "lake").iterdir()):
            sources.append({"id": "lake", "type": "files", "connection": {"path": str(self.directory / "lake")}})
        for source in sources:
            source["tables"] = self.declared.get(source["id"], {})
            source["onMismatch"] = on_mismatch
            if capabilities is not None:
                source["capabilities"] = dict(capabilities)
        with build(Settings(sources=sources, **settings), {}) as self.foz:
            self.foz.start()
            assert not self.foz.down(), self.foz.down()
            yield self

    def request(self, sql: str, parameters: Any = (), **options: Any) -> Request:
        # What was answered before must not answer for what is planned or read otherwise now.
        return Request(sql, Caller(), "r_test", "test", parameters, **{"cache": "bypass", **options})

    def ask(
        self,
        sql: str,
        parameters: tuple[Parameter, ...] | Mapping[str, Parameter] = (),
        most: int | None = None,
        **options: Any,
    ) -> pa.Table:
        """Foz's answer. Raises TooManyRows where it has more than `most`."""
        assert self.foz is not None
        with self.foz.asking.start(self.request(sql, parameters, **options)) as answer:
            return pa.Table.from_batches(list(_at_most(answer.batches(), most)), answer.schema)

    def plan(self, sql: str) -> Plan:
        """What `ask` would run, without what a receipt tells beside it."""
        assert self.foz is not None
        return self.foz.asking._planning.plan(self.request(sql)).plan  # type: ignore[attr-defined, no-any-return]

    def receipt(self, sql: str) -> dict[str, Any]:
        assert self.foz is not None
        return self.foz.asking.explain(self.request(sql))

    def expected(self, sql: str, oracle: duckdb.DuckDBPyConnection | None = None, most: int | None = None) -> pa.Table:
        """DuckDB's answer, in the types in which Foz delivers. Raises TooManyRows where it has more than `most`."""
        oracle = oracle or self.own_oracle()
        asked = oracle.sql(sql)
        columns = tuple(Field(name, str(type)) for name, type in zip(asked.columns, asked.types, strict=True))
        schema = delivered_schema(columns)
        text = with_deliverable_types(sql, columns)
        with (asked if text == sql else oracle.sql(text)).to_arrow_reader(10_000) as reader:
            return pa.Table.from_batches(list(_at_most(delivered(reader, schema), most)), schema)

    def own_oracle(self) -> duckdb.DuckDBPyConnection:
        """The oracle as the calling thread has it for itself."""
        if not hasattr(self._own, "oracle"):
            self._own.oracle = self.oracle.cursor()
            self._own.oracle.execute("SET TimeZone = 'UTC'")
        found: duckdb.DuckDBPyConnection = self._own.oracle
        return found

    def reversed_oracle(self) -> duckdb.DuckDBPyConnection:
        """Another oracle with the same tables, whose rows stand in reverse."""
        with self._reversing:
            return self._reverse()

    def _reverse(self) -> duckdb.DuckDBPyConnection:
        if self._reversed is None:
            self._reversed = duckdb.connect()
            self._reversed.execute("SET TimeZone = 'UTC'")
            oracle = self.oracle.cursor()
            for schema, name in oracle.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall():
                table = f"{schema}.{quoted(name)}"
                loading = oracle.sql(f"SELECT * FROM {table} ORDER BY rowid DESC").to_arrow_table()
                types = ", ".join(
                    f"{quoted(column)} {type}" for column, type, *_ in oracle.execute(f"DESCRIBE {table}").fetchall()
                )
                self._reversed.register("loading", loading)
                self._reversed.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
                self._reversed.execute(f"CREATE TABLE {table} ({types})")
                self._reversed.execute(f"INSERT INTO {table} SELECT * FROM loading")
                self._reversed.unregister("loading")
        return self._reversed.cursor()

    def check(self, sql: str, ordered: bool = False) -> pa.Table:
        """Asserts that Foz's answer is DuckDB's: names, types and values, and the order of rows where `ordered`."""
        expected, got = self.expected(sql), self.ask(sql)
        assert got.schema.names == expected.schema.names, f"{got.schema.names} instead of {expected.schema.names}"
        assert got.schema.types == expected.schema.types, f"{got.schema.types} instead of {expected.schema.types}"
        ours, theirs = rows_of(got), rows_of(expected)
        if not ordered:
            ours, theirs = sorted(ours, key=sort_key), sorted(theirs, key=sort_key)
        assert len(ours) == len(theirs), f"{len(ours)} rows instead of {len(theirs)}"
        for mine, right in zip(ours, theirs, strict=True):
            assert all(same(a, b) for a, b in zip(mine, right, strict=True)), f"{mine} instead of {right}"
        return got


class TooManyRows(Exception):
    """An answer is larger than whoever asked wants to look at."""


def _at_most(batches: Iterable[pa.RecordBatch], most: int | None) -> Iterator[pa.RecordBatch]:
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        if most is not None and rows > most:
            raise TooManyRows
        yield batch


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(_values(column) for column in table.columns), strict=True))


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Python's values; a day or moment that Python's calendar does not have makes the column its numbers."""
    try:
        return list(column.to_pylist())
    except (OverflowError, ValueError):
        return list(column.cast(pa.int32() if pa.types.is_date(column.type) else pa.int64()).to_pylist())


def same(a: Any, b: Any) -> bool:
    """Equal; floating point numbers to twelve digits, since sums over them depend on the order of rows."""
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-300)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[name], b[name]) for name in a)
    return bool(a == b)


def sort_key(row: tuple[Any, ...]) -> list[tuple[bool, str]]:
    return [(value is None, f"{value + 0.0:.9g}" if isinstance(value, float) else repr(value)) for value in row]


def _postgres_type(type: str) -> str:
    if type.startswith("DECIMAL"):
        return type.replace("DECIMAL", "numeric")
    return _POSTGRES[type[:-2]] + "[]" if type.endswith("[]") else _POSTGRES[type]


def _postgres_row(row: Sequence[Any], types: Sequence[str]) -> str:
    return f"({', '.join(f'{_postgres_literal(value)}::{_postgres_type(type)}' for value, type in zip(row, types, strict=True))})"


def _postgres_literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return f"ARRAY[{', '.join(map(_postgres_literal, value))}]"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, pa.MonthDayNano):
        return f"'{value.months} months {value.days} days {value.nanoseconds // 1000} microseconds'"
    return "'" + (repr(value) if isinstance(value, float) else str(value)).replace("'", "''") + "'"


def _bson(value: Any, type: str) -> Any:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return Decimal128(value)
    if type == "UUID":
        return Binary.from_uuid(UUID(value))
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, list):
        return [_bson(each, type[:-2]) for each in value]
    if isinstance(value, dict):
        return {name: _bson(each, "") for name, each in value.items()}
    return value


def _sqlite_value(value: Any) -> Any:
    if isinstance(value, Decimal | date | datetime | time):
        return str(value)
    return value
