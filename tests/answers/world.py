"""The same rows in real stores behind Foz and in one DuckDB, which is what an answer is compared with."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import adbc_driver_postgresql.dbapi as postgres
import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet
import pymongo
from bson.decimal128 import Decimal128

from planner.plan import Field
from proxy.application import Application, build
from proxy.request import Caller, Parameter, Request
from proxy.result import delivered, delivered_schema, with_deliverable_types
from proxy.settings import Settings
from translators.arrow import duckdb_type, quoted

_POSTGRES = {
    "BOOLEAN": "boolean", "TINYINT": "smallint", "SMALLINT": "smallint", "INTEGER": "integer", "BIGINT": "bigint",
    "FLOAT": "real", "DOUBLE": "double precision", "VARCHAR": "text", "BLOB": "bytea", "DATE": "date", "TIME": "time",
    "TIMESTAMP": "timestamp", "TIMESTAMP WITH TIME ZONE": "timestamptz", "UUID": "uuid", "INTERVAL": "interval",
}  # fmt: skip

_SQLITE = {
    "BOOLEAN": "BOOLEAN", "SMALLINT": "SMALLINT", "INTEGER": "INTEGER", "BIGINT": "BIGINT", "DOUBLE": "DOUBLE", "VARCHAR": "TEXT",
    "BLOB": "BLOB", "DATE": "DATE", "TIMESTAMP": "TIMESTAMP",
}  # fmt: skip


class World:
    """Tables by source: `pg` (PostgreSQL), `docs` (MongoDB), `lite` (SQLite), `lake` (Parquet), and the same in `oracle`."""

    def __init__(self, postgres_uri: str | None, mongodb_uri: str | None, directory: Path) -> None:
        self.postgres_uri = postgres_uri
        self.mongodb_uri = mongodb_uri
        self.directory = directory
        self.oracle = duckdb.connect()
        self.oracle.execute("SET TimeZone = 'UTC'")
        self.declared: dict[str, dict[str, Any]] = {}
        self.foz: Application | None = None
        (directory / "lake").mkdir(parents=True, exist_ok=True)

    def load(self, source: str, name: str, rows: pa.Table, key: Sequence[str] = ()) -> None:
        """Puts `rows` into the source's store and into the oracle; SQLite has no NaN, it keeps NULL."""
        self.oracle.execute(f"CREATE SCHEMA IF NOT EXISTS {source}")
        self.oracle.register("loading", rows)
        self.oracle.execute(f"CREATE TABLE {source}.{quoted(name)} AS SELECT * FROM loading")
        self.oracle.unregister("loading")
        types = {field.name: duckdb_type(field.type) for field in rows.schema}
        if source == "lite":
            for column in (column for column, type in types.items() if type == "DOUBLE"):
                self.oracle.execute(f"UPDATE lite.{quoted(name)} SET {quoted(column)} = NULL WHERE isnan({quoted(column)})")
        {"pg": self._postgres, "docs": self._mongodb, "lite": self._sqlite, "lake": self._files}[source](name, rows, types, key)

    def _postgres(self, name: str, rows: pa.Table, types: Mapping[str, str], key: Sequence[str]) -> None:
        columns = [f"{quoted(column)} {_postgres_type(type)}" for column, type in types.items()]
        if key:
            columns.append(f"PRIMARY KEY ({', '.join(map(quoted, key))})")
        assert self.postgres_uri is not None
        with postgres.connect(self.postgres_uri, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {quoted(name)} ({', '.join(columns)})")
            if rows.num_rows:
                cursor.adbc_ingest(name, rows, mode="append")
            cursor.execute(f"ANALYZE {quoted(name)}")

    def _mongodb(self, name: str, rows: pa.Table, types: Mapping[str, str], key: Sequence[str]) -> None:
        assert self.mongodb_uri is not None
        with pymongo.MongoClient(self.mongodb_uri) as client:
            collection = client.get_default_database().create_collection(name)
            documents = [{column: _bson(value) for column, value in row.items()} for row in rows.to_pylist()]
            if documents:
                collection.insert_many(documents)
            if key and tuple(key) != ("_id",):
                collection.create_index([(column, 1) for column in key], unique=True)
        self.declared.setdefault("docs", {})[name] = {"columns": dict(types)}

    def _sqlite(self, name: str, rows: pa.Table, types: Mapping[str, str], key: Sequence[str]) -> None:
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
        connection.close()
        self.declared.setdefault("lite", {})[name] = {"columns": dict(types)}

    def _files(self, name: str, rows: pa.Table, types: Mapping[str, str], key: Sequence[str]) -> None:
        parquet.write_table(rows, self.directory / "lake" / f"{name}.parquet")

    @contextmanager
    def running(self, capabilities: Mapping[str, bool] | None = None, **settings: Any) -> Iterator[World]:
        """Foz over what has been loaded, without its servers; `capabilities` are every source's."""
        sources: list[dict[str, Any]] = []
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
            if capabilities is not None:
                source["capabilities"] = dict(capabilities)
        with build(Settings(sources=sources, **settings), {}) as self.foz:
            self.foz.start()
            assert not self.foz.down(), self.foz.down()
            yield self

    def request(self, sql: str, parameters: Any = (), **options: Any) -> Request:
        return Request(sql, Caller(), "r_test", "test", parameters, **options)

    def ask(self, sql: str, parameters: tuple[Parameter, ...] | Mapping[str, Parameter] = (), **options: Any) -> pa.Table:
        """Foz's answer."""
        assert self.foz is not None
        with self.foz.asking.start(self.request(sql, parameters, **options)) as answer:
            return pa.Table.from_batches(list(answer.batches()), answer.schema)

    def receipt(self, sql: str) -> dict[str, Any]:
        assert self.foz is not None
        return self.foz.asking.explain(self.request(sql))

    def expected(self, sql: str) -> pa.Table:
        """DuckDB's answer, in the types in which Foz delivers."""
        asked = self.oracle.sql(sql)
        columns = tuple(Field(name, str(type)) for name, type in zip(asked.columns, asked.types, strict=True))
        schema = delivered_schema(columns)
        reader = self.oracle.sql(with_deliverable_types(sql, columns)).to_arrow_reader(10_000)
        return pa.Table.from_batches(list(delivered(reader, schema)), schema)

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


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    columns = [column.to_pylist() for column in table.columns]
    return list(zip(*columns, strict=True))


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


def _bson(value: Any) -> Any:
    if isinstance(value, Decimal):
        return Decimal128(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, list):
        return [_bson(each) for each in value]
    if isinstance(value, dict):
        return {name: _bson(each) for name, each in value.items()}
    return value


def _sqlite_value(value: Any) -> Any:
    if isinstance(value, Decimal | date | datetime | time):
        return str(value)
    return value
