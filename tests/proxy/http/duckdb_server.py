"""What stands behind the test's server: DuckDB as `Asking`, a small catalogue, and tokens."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb
import httpx
import pyarrow as pa

from planner.catalog import Catalog, Column, Grants, Relation, Source, Table
from planner.errors import (
    AuthDenied,
    AuthMissing,
    FozError,
    QueryCancelled,
    QueryNotFound,
    SqlSyntax,
    SqlType,
    UnknownColumn,
    UnknownTable,
)
from planner.plan import Field
from proxy.request import Caller, Parameter, Prepared, Request
from tests.proxy.never_jobs import NeverJob, NoJobs
from tests.proxy.told import Told

COLUMNS = {
    "id": "BIGINT",
    "status": "VARCHAR",
    "total": "DECIMAL(12,2)",
    "weight": "DOUBLE",
    "placed_at": "TIMESTAMP",
    "day": "DATE",
    "paid": "BOOLEAN",
    "tags": "VARCHAR[]",
    "address": "STRUCT(city VARCHAR, zip INTEGER, geo STRUCT(lat DOUBLE))",
    "key": "UUID",
    "raw": "BLOB",
}
ROWS = """
    (1, 'open', 100.00, 1.5, '2024-01-01 10:00:00', '2024-01-01', true, ['a', 'b'], {city: 'Porto', zip: 4000, geo: {lat: 41.1}},
        '00000000-0000-0000-0000-000000000001', 'ab'::BLOB),
    (2, 'open', 499.99, 'nan', '2024-02-01 10:00:00.5', '2024-02-29', false, [], {city: 'Lisboa', zip: NULL, geo: NULL},
        '00000000-0000-0000-0000-000000000002', NULL),
    (3, 'Closed', 500.00, NULL, '2024-03-01', NULL, NULL, NULL, NULL, NULL, ''::BLOB),
    (4, NULL, NULL, -0.0, NULL, '1969-12-31', true, ['b', NULL], {city: 'O''Port%_', zip: 1, geo: {lat: NULL}}, NULL, NULL),
    (9223372036854775807, '', -1.25, 'infinity', '1600-01-01', '9999-12-31', false, ['"'], {city: '', zip: -1, geo: {lat: 0}},
        NULL, NULL)
"""


@dataclass
class DuckAnswer(NeverJob):
    """A query in a DuckDB cursor of its own. `ended` is set when it has been closed."""

    query_id: str
    request: Request
    cursor: duckdb.DuckDBPyConnection
    schema: pa.Schema
    columns: tuple[Field, ...]
    batch_rows: int
    ended: threading.Event = field(default_factory=threading.Event)
    idle: threading.Event = field(default_factory=threading.Event)
    read: int = 0

    def __post_init__(self) -> None:
        self.idle.set()

    def batches(self) -> Iterator[pa.RecordBatch]:
        reader = None
        while True:
            with self.computing():
                reader = reader or run(self.cursor, self.request).to_arrow_reader(self.batch_rows)
                batch = next(reader, None)
            if batch is None:
                return
            self.read += batch.num_rows
            yield batch

    @contextmanager
    def computing(self) -> Iterator[None]:
        """While DuckDB works: what `close` interrupts, again and again, since an interrupt before the work begins is lost."""
        self.idle.clear()
        try:
            if self.ended.is_set():
                raise QueryCancelled("The query was cancelled.")
            yield
        except (duckdb.Error, pa.ArrowException, OSError, RuntimeError) as error:
            if self.ended.is_set():
                raise QueryCancelled("The query was cancelled.") from None
            raise mapped(error) from None
        finally:
            self.idle.set()

    def status(self) -> dict[str, Any]:
        return {"queryId": self.query_id, "status": "cancelled" if self.ended.is_set() else "processing"}

    def stats(self) -> dict[str, Any]:
        return {"elapsedMs": 1.5, "sources": []}

    def cache_status(self) -> dict[str, Any]:
        return {"status": "bypass"}

    def close(self) -> None:
        self.ended.set()
        while not self.idle.wait(0.01):
            self.cursor.interrupt()

    def __enter__(self) -> DuckAnswer:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()


class DuckAsking(NoJobs):
    """`Asking` over one DuckDB database, in which a source is an attached database. `started` holds every answer ever given."""

    def __init__(self, database: duckdb.DuckDBPyConnection, batch_rows: int = 10_000) -> None:
        self.database = database
        self.batch_rows = batch_rows
        self.started: list[DuckAnswer] = []
        self.arrived = threading.Event()
        self._ids = itertools.count(1)

    def prepare(self, request: Request) -> Prepared:
        with self.database.cursor() as cursor:
            relation = run(cursor, request)
            columns = tuple(Field(name, str(type)) for name, type in zip(relation.columns, relation.types, strict=True))
            schema = relation.limit(0).to_arrow_reader().schema
        named = [pa.field(column.name, typed.type) for column, typed in zip(columns, schema, strict=True)]
        return Prepared(pa.schema(named), columns, ())

    def start(self, request: Request) -> DuckAnswer:
        try:
            prepared = self.prepare(request)
        except duckdb.Error as error:
            raise mapped(error) from None
        made = DuckAnswer(
            f"q_{next(self._ids)}", request, self.database.cursor(), prepared.schema, prepared.columns, self.batch_rows
        )
        self.started.append(made)
        self.arrived.set()
        return made

    def explain(self, request: Request) -> dict[str, Any]:
        return {"sql": request.sql}

    def find(self, query_id: str, caller: Caller) -> DuckAnswer:
        for answer in self.started:
            if answer.query_id == query_id and answer.request.caller.name == caller.name and not answer.ended.is_set():
                return answer
        raise QueryNotFound(f"There is no query {query_id}.")

    def list(self, caller: Caller) -> list[dict[str, Any]]:
        running = [each for each in self.started if not each.ended.is_set() and each.request.caller.name == caller.name]
        return [each.status() for each in reversed(running)]

    def cancel(self, query_id: str, caller: Caller, wait_seconds: float = 5.0) -> bool:
        self.find(query_id, caller).close()
        return True


def run(cursor: duckdb.DuckDBPyConnection, request: Request) -> Any:
    given = request.parameters
    bound = [value(each) for each in given] if isinstance(given, tuple) else {name: value(each) for name, each in given.items()}
    return cursor.sql(request.sql, params=bound)


def value(parameter: Parameter) -> Any:
    """The value under the type that was sent, not the one that DuckDB infers from Python's."""
    return None if parameter.value is None else duckdb.Value(parameter.value, duckdb.sqltype(parameter.type))


def mapped(error: Exception) -> FozError:
    text = str(error).splitlines()[0]
    if isinstance(error, duckdb.CatalogException):
        return UnknownTable(text)
    if isinstance(error, duckdb.BinderException):
        return UnknownColumn(text)
    if isinstance(error, duckdb.ParserException):
        return SqlSyntax(text, line=1, column=1)
    return SqlType(text)


@dataclass
class Running:
    """A server, its address, and what stands behind it."""

    url: str
    asking: DuckAsking
    database: duckdb.DuckDBPyConnection
    refreshed: list[str]
    down: list[str]
    told: Told

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=60, **options)

    def sql(self, sql: str, **body: Any) -> httpx.Response:
        with self.client() as client:
            return client.post("/sql", json={"sql": sql, **body})

    def data(self, body: dict[str, Any], table: str = "shop/orders", **options: Any) -> httpx.Response:
        with self.client() as client:
            return client.post(f"/data/{table}", json=body, **options)


def authenticate(token: str | None) -> Caller:
    """`root` administers, `ana` sees shop.orders, `bo` sees nothing; no token is the open caller."""
    if token is None or token == "root":
        return Caller()
    if token == "ana":
        return Caller("ana", Grants(("shop.orders",)), admin=False)
    if token == "bo":
        return Caller("bo", Grants(()), admin=False)
    raise AuthDenied("This bearer token is not known here.")


def authenticate_strictly(token: str | None) -> Caller:
    if token is None:
        raise AuthMissing("This server needs a bearer token.")
    return authenticate(token)


def shop() -> Catalog:
    columns = tuple(Column(name, type) for name, type in COLUMNS.items())
    orders = Table("shop", "main", "orders", columns, relations=(Relation("customer", "crm.customers", (("id", "id"),)),))
    odd = Table("shop", "main", "a.b", (Column("t", "STRUCT(x INTEGER)"), Column("x.y", "INTEGER"), Column("x", "INTEGER")))
    return Catalog(
        (Source("shop", "duckdb", tables=(orders, odd), schemas=("main",)), Source("crm", "mongodb", problem="no host"))
    )
