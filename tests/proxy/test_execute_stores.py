"""Executions over real servers with few connections: side by side, at one instant, cancelled at any moment, without a trace."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import pyarrow as pa
import pymongo
import pytest

from planner.bind import bind
from planner.catalog import Catalog, Limits, Source, Table
from planner.errors import FozError, QueryCancelled, QueryTimeout, RowLimit
from planner.parse import parse
from planner.plan import Plan
from planner.split import plan
from proxy.budget import Buffers
from proxy.deadlines import Watch
from proxy.execute import Executor
from proxy.reading import Sources
from proxy.residual import Engine
from translators.base import Store, StoreConfig
from translators.control import Control
from translators.registry import store_type

ROWS = 30_000

BOTH = (
    "SELECT count(*) AS n, sum(a.v) AS s FROM pg.big AS a JOIN docs.big AS b ON a.id = b.id "
    "JOIN pg.small AS c ON c.id = b.v % 10 JOIN docs.small AS d ON d.id = a.v % 10"
)
TURNED = (
    "SELECT count(*) AS n, sum(a.v) AS s FROM docs.big AS b JOIN pg.big AS a ON a.id = b.id JOIN lite.big AS c ON b.id = c.id"
)
ALONE = "SELECT id, v FROM pg.big"
MANY = "SELECT a.id, b.v FROM pg.big AS a JOIN docs.big AS b USING (id)"


class Servers:
    """Three stores that hold `big` and `small`, opened with so many connections each."""

    def __init__(self, connections: dict[str, dict[str, Any]], directory: Path) -> None:
        self.connections = connections
        self.engine = Engine(256 << 20, str(directory))
        self.executor = Executor(self.engine, Buffers(16 << 20), str(directory))
        self.stores: dict[str, Store] = {}

    def open(self, limits: Limits) -> Servers:
        types = {"pg": "postgres", "docs": "mongodb", "lite": "sqlite"}
        self.stores = {
            source: store_type(types[source]).open(StoreConfig(source, types[source], self.connections[source], limits=limits))
            for source in types
        }
        found = {source: store.introspect(Control()) for source, store in self.stores.items()}
        self.catalog = Catalog(
            tuple(
                Source(
                    source, types[source], tables=_placed(source, one.tables), schemas=one.schemas, limits=limits, facts=one.facts
                ).measured(self.stores[source].statistics(one.tables, Control()))
                for source, one in found.items()
            )
        )
        self.sources = Sources(self.stores, dict.fromkeys(types, limits))
        return self

    def plan(self, sql: str) -> Plan:
        def describe(text: str, tables: Any, names: Any) -> Any:
            return self.engine.describe(text, tables, names).columns

        bound = bind(parse(sql), self.catalog, describe)
        return plan(bound, lambda fragment, source: store_type(source.type).take(fragment, source), describe, self.engine.compute)

    def ask(self, sql: str, control: Control | None = None) -> list[dict[str, Any]]:
        with self.executor.execute(self.plan(sql), self.sources, control or Control()) as execution:
            return list(pa.Table.from_batches(list(execution.batches())).to_pylist())

    def __enter__(self) -> Servers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for store in self.stores.values():
            store.close()
        self.executor.close()
        self.engine.close()
        assert self.executor.room.buffers.used_bytes == 0


def _placed(source: str, tables: tuple[Table, ...]) -> tuple[Table, ...]:
    return tuple(replace(table, source=source) for table in tables)


@pytest.fixture(scope="module")
def connections(postgres_uri: str, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    with postgres.connect(postgres_uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE big AS SELECT i::int AS id, (i % 100)::int AS v FROM generate_series(0, {ROWS - 1}) AS g(i)"
        )
        cursor.execute("CREATE TABLE small AS SELECT i::int AS id, i::int AS v FROM generate_series(0, 9) AS g(i)")
        cursor.execute("CREATE TABLE account AS SELECT i::int AS id, 50 AS balance FROM generate_series(1, 2) AS g(i)")
        cursor.execute("ANALYZE")
    with pymongo.MongoClient(mongodb_uri) as client:
        database = client.get_default_database()
        database.big.insert_many([{"id": i, "v": i % 100} for i in range(ROWS)])
        database.small.insert_many([{"id": i, "v": i} for i in range(10)])
    path = tmp_path_factory.mktemp("lite") / "lite.db"
    lite = sqlite3.connect(path)
    lite.execute("CREATE TABLE big (id INTEGER, v INTEGER)")
    lite.executemany("INSERT INTO big VALUES (?, ?)", [(i, i % 100) for i in range(ROWS)])
    lite.commit()
    lite.close()
    return {"pg": {"uri": postgres_uri}, "docs": {"uri": mongodb_uri}, "lite": {"path": str(path)}}


@pytest.fixture(params=[1, 2, 8])
def servers(request: pytest.FixtureRequest, connections: dict[str, dict[str, Any]], tmp_path: Path) -> Iterator[Servers]:
    with Servers(connections, tmp_path) as servers:
        yield servers.open(Limits(max_connections=request.param))


@pytest.fixture
def few(connections: dict[str, dict[str, Any]], tmp_path: Path) -> Iterator[Servers]:
    with Servers(connections, tmp_path) as servers:
        yield servers.open(Limits(max_connections=2))


def working(connections: dict[str, dict[str, Any]]) -> int:
    """Statements that both servers are at work on, of Foz's in these databases."""
    with postgres.connect(connections["pg"]["uri"], autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND (state = 'active' OR state LIKE 'idle in transaction%')"
        )
        in_postgres = cursor.fetchone()[0]
    with pymongo.MongoClient(connections["docs"]["uri"]) as client:
        name = client.get_default_database().name
        pipeline = [{"$currentOp": {"idleCursors": True}}, {"$match": {"ns": {"$regex": f"^{name}\\."}}}]
        in_mongodb = len(list(client.admin.aggregate(pipeline)))
    return int(in_postgres) + in_mongodb


def test_eight_queries_at_once_over_three_stores(servers: Servers) -> None:
    assert len(servers.plan(BOTH).steps) == 4
    total = {"n": ROWS, "s": sum(range(100)) * ROWS // 100}

    def ask(number: int) -> None:
        (row,) = servers.ask((BOTH, TURNED)[number % 2])
        assert {name: int(value) for name, value in row.items()} == total

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(16)))
    assert working(servers.connections) == 0


def test_a_cancel_at_any_moment_stops_the_statements(few: Servers) -> None:
    chance = random.Random(5)
    plans = [few.plan(sql) for sql in (BOTH, TURNED, ALONE, MANY)]
    outcomes: list[str] = []

    def run(number: int) -> None:
        control = Control()
        execution = few.executor.execute(plans[number % 4], few.sources, control)
        ending = threading.Timer(chance.random() * 0.06, control.cancel if number % 3 else execution.close)
        ending.start()
        try:
            for _ in execution.batches():
                if number % 7 == 0:
                    break
            outcomes.append("ended")
        except QueryCancelled:
            outcomes.append("cancelled")
        except FozError as error:
            outcomes.append(repr(error))
        finally:
            execution.close()
            ending.join()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, range(160)))
    assert set(outcomes) <= {"ended", "cancelled"}
    assert "cancelled" in outcomes
    assert working(few.connections) == 0
    assert few.ask("SELECT count(*) AS n FROM pg.big AS a JOIN docs.big AS b USING (id)") == [{"n": ROWS}]


def test_a_deadline_reaches_the_server(few: Servers) -> None:
    watch = Watch()
    control = Control(200)
    watch.add(control)
    slow = "SELECT count(*) AS n FROM pg.big AS a, pg.big AS b, docs.small AS c WHERE a.v * b.v % 7 > c.v"
    with pytest.raises(QueryTimeout, match="200 ms"):
        few.ask(slow, control)
    watch.close()
    assert working(few.connections) == 0


def test_two_reads_of_one_query_see_one_instant(servers: Servers) -> None:
    """Money moves between two accounts in one transaction each: their sum is 100 at any instant."""
    stop = threading.Event()

    def transfer() -> None:
        with postgres.connect(servers.connections["pg"]["uri"]) as connection, connection.cursor() as cursor:
            while not stop.is_set():
                cursor.execute("UPDATE account SET balance = balance - 1 WHERE id = 1")
                cursor.execute("UPDATE account SET balance = balance + 1 WHERE id = 2")
                connection.commit()

    sql = (
        "SELECT (SELECT sum(balance) FROM pg.account WHERE id = 1) + (SELECT sum(balance) FROM pg.account WHERE id = 2) "
        "+ 0 * (SELECT count(*) FROM docs.small) AS total"
    )
    query = servers.plan(sql)
    assert [step.fragment.source for step in query.steps].count("pg") == 2
    mover = threading.Thread(target=transfer)
    mover.start()
    try:
        for _ in range(30):
            with servers.executor.execute(query, servers.sources, Control()) as execution:
                (row,) = pa.Table.from_batches(list(execution.batches())).to_pylist()
            assert int(row["total"]) == 100
    finally:
        stop.set()
        mover.join()


def test_a_row_limit_counts_what_is_read_and_leaves_nothing(connections: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    with Servers(connections, tmp_path) as servers:
        servers.open(Limits(max_rows=ROWS - 1, max_connections=2))
        with pytest.raises(RowLimit, match=f"more than {ROWS - 1} rows from pg"):
            servers.ask(ALONE)
        with pytest.raises(RowLimit):
            servers.ask(MANY)
        assert working(connections) == 0
