"""PostgreSQL, MongoDB, SQLite and a Redis of one's own, and Foz processes over them, all of which can be disturbed."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import pymongo
import redis

from demo.server import Server, free_port
from demo.servers import start_redis
from planner.catalog import Table
from planner.errors import FozError, ServerBusy
from planner.plan import Field, Native
from proxy.application import Application, build
from proxy.catalog.entries import PATIENCE
from proxy.request import Caller, Event, Request
from proxy.settings import load
from tests.cache.law.ledger import Floor, Ledger, Moment
from tests.conftest import fresh_name, with_database
from translators.base import Heard, StoreConfig, Watch
from translators.control import Control
from translators.postgres.source import PostgresStore

LIMITS = {"ttl_seconds": 3600, "keep_seconds": 2, "max_bytes": 24_000, "near_bytes": 20_000, "entity_share": 1}
"""Little room and short lives, so that answers go for want of room and time all along."""


TOLD = frozenset({"told"})
"""The tables of PostgreSQL on which triggers tell of writes."""

AT_ONCE = replace(PATIENCE, first_pause_seconds=0.05, longest_pause_seconds=0.2)
"""How soon a source that was found down is tried again."""


class Gate:
    """Where a process's reads wait once they have read everything, and before anybody knows."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()

    def close(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def passing(self, control: Control) -> None:
        while not self._open.wait(0.01):
            control.check()


class _Reader:
    """A store's reader whose reads wait at the gate."""

    def __init__(self, reader: Any, gate: Gate) -> None:
        self._reader = reader
        self._gate = gate

    def read(self, native: Native, outputs: Sequence[Field], control: Control) -> Iterator[Any]:
        yield from self._reader.read(native, outputs, control)
        self._gate.passing(control)


class _Recording:
    """What a watch tells, noted in the ledger once the cache has been told (`translators.base.Heard`)."""

    def __init__(self, heard: Heard, process: int, ledger: Ledger) -> None:
        self._heard = heard
        self._process = process
        self._ledger = ledger
        self.live, self.paused, self.resumed, self.lost = heard.live, heard.paused, heard.resumed, heard.lost

    def changed(self, tables: Collection[str], mark: str | None) -> None:
        self._heard.changed(tables, mark)
        for path in tables:
            source, _, name = path.split(".")
            self._ledger.heard(self._process, f"{source}_{name}", _moment(source, mark))


def _moment(source: str, mark: str | None) -> Moment:
    """When the change was committed, as MongoDB's or PostgreSQL's marks have it: a cluster time, or a transaction's number."""
    assert mark is not None
    if source == "crm":
        seconds, _, count = mark.rpartition(":")[2].partition(".")
        return int(seconds), int(count)
    return 0, int(mark.split("/")[-2])


class Process:
    """One Foz. Its stores' reads pass its gate, and what it hears stands in the ledger."""

    def __init__(self, number: int, settings: Mapping[str, Any], ledger: Ledger) -> None:
        self.number = number
        self.gate = Gate()
        self._ledger = ledger
        self.foz: Application = build(load(None, {}, **settings), {}, AT_ONCE)
        self.foz.start()
        for store in self.foz.catalog.stores().values():
            self._disturb(store)
        self.asking, self.cache = self.foz.asking, self.foz.cache
        self._requests = itertools.count()

    def _disturb(self, store: Any) -> None:
        reading, watch = store.reading, getattr(store, "watch", None)

        @contextmanager
        def gated(reads: int, control: Control) -> Iterator[_Reader]:
            with reading(reads, control) as reader:
                yield _Reader(reader, self.gate)

        def recorded(tables: Sequence[Table], heard: Heard) -> Watch:
            assert watch is not None
            found: Watch = watch(tables, _Recording(heard, self.number, self._ledger))
            return found

        store.reading = gated
        if watch is not None:
            store.watch = recorded

    def ask(self, sql: str, floor: Floor, **options: Any) -> None:
        """Asks, and checks the answer. A source that does not answer is no answer. Raises Stale."""
        request = Request(sql, Caller(), f"r_{self.number}_{next(self._requests)}", "law", **options)
        try:
            with self.asking.start(request) as answer:
                rows = [row for batch in answer.batches() for row in batch.to_pylist()]
                label = answer.cache_status()
        except FozError as error:
            if not error.code.startswith(("source.", "query.", "server.")):
                raise
            self._ledger.seen[error.code] += 1
            return
        assert len(rows) == 1, rows
        self._ledger.check(sql, floor, rows[0], label)

    def tell(self, source: str, table: str | None, version: str | None) -> bool:
        """Whether the event was acknowledged."""
        try:
            self.cache.tell([Event(source, table, version=version)], Caller())
        except ServerBusy:
            return False
        return True

    def close(self) -> None:
        self.gate.open()
        self.foz.close()


class World:
    """`tables` are named `source_table`; `processes` is the number of Foz processes that share one Redis."""

    def __init__(self, postgres_uri: str, mongodb_uri: str, tables: tuple[str, ...], processes: int) -> None:
        self._all = ExitStack()
        self.tables = tables
        self.ledger = Ledger(tables, tuple(table for table in tables if table.startswith("depot")))
        self.directory = Path(tempfile.mkdtemp(prefix="foz-law-"))
        self._all.callback(shutil.rmtree, self.directory, ignore_errors=True)
        self._write: dict[str, Callable[[str, int], Moment | None]] = {}
        sources = []
        for source, prepare in (("shop", self._shop), ("crm", self._crm), ("depot", self._depot)):
            own = [table.partition("_")[2] for table in tables if table.startswith(source)]
            if own:
                sources.append({"id": source, **prepare({"shop": postgres_uri, "crm": mongodb_uri}.get(source, ""), own)})
        self._port = free_port()
        self._redis = self._started()
        self._settings: dict[str, Any] = {
            "cache": f"redis://127.0.0.1:{self._port}",
            "cache_limits": LIMITS,
            "sources": sources,
        }
        self.processes = [Process(number, self._settings, self.ledger) for number in range(processes)]

    def write(self, table: str) -> None:
        source, _, name = table.partition("_")
        number = self.ledger.next(table)
        self.ledger.committed(table, number, self._write[source](name, number))

    def tell(self, process: int, table: str, whole: bool, named: bool) -> None:
        """Reports to a process what has been committed to the table so far."""
        number = self.ledger.newest(table)
        source, _, name = table.partition("_")
        version = str(number) if named and not whole else None
        if self.processes[process].tell(source, None if whole else name, version):
            self.ledger.acknowledged(table, number)

    def close(self) -> None:
        for process in self.processes:
            process.close()
        self._redis.stop()
        self._all.close()

    # What may go wrong.

    def start_a_process_anew(self, number: int) -> None:
        closed = self.processes[number]
        closed.close()
        self.processes[number] = Process(closed.number, self._settings, self.ledger)

    def save_redis(self) -> None:
        """Keeps a dump of Redis as it is now."""
        with suppress(redis.RedisError):
            self._redis_client.save()
            shutil.copy(self.directory / "dump.rdb", self.directory / "kept.rdb")

    def start_redis_anew(self, from_dump: bool) -> None:
        self._redis.kill()
        (self.directory / "dump.rdb").unlink(missing_ok=True)
        if from_dump and (self.directory / "kept.rdb").exists():
            shutil.copy(self.directory / "kept.rdb", self.directory / "dump.rdb")
        self._redis = self._started()

    def lose_redis_connections(self) -> None:
        with suppress(redis.RedisError):
            self._redis_client.client_kill_filter(_type="normal", skipme=True)

    def pause_redis(self, milliseconds: int) -> None:
        with suppress(redis.RedisError):
            self._redis_client.client_pause(milliseconds)

    def empty_redis(self) -> None:
        with suppress(redis.RedisError):
            self._redis_client.flushall()

    def evict(self, part: str) -> None:
        """Keys of a kind (`v` versions, `e` entries, `m` marks) go, as they do in a Redis that is full."""
        with suppress(redis.RedisError):
            for key in list(self._redis_client.scan_iter(f"foz:*:{part}:*"))[::2]:
                self._redis_client.delete(key)

    def break_change_streams(self) -> None:
        if "crm" in self._write:
            stages = [{"$currentOp": {"allUsers": True, "idleCursors": True}}, {"$match": {"appName": self._mongodb.name}}]
            found = [each["cursor"]["cursorId"] for each in self._mongodb.client.admin.aggregate(stages) if "cursor" in each]
            self._mongodb.command({"killCursors": "$cmd.aggregate", "cursors": found})

    def break_postgres_connections(self) -> None:
        if "shop" in self._write:
            with self._postgres.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ).fetchall()

    def _started(self) -> Server:
        server = start_redis(self._port, ("--dir", str(self.directory), "--dbfilename", "dump.rdb"))
        self._redis_client = redis.Redis.from_url(server.uri, socket_timeout=5)
        return server

    def _shop(self, uri: str, tables: Sequence[str]) -> dict[str, Any]:
        name = fresh_name()
        admin = self._all.enter_context(postgres.connect(uri, autocommit=True))
        with admin.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        self._all.callback(lambda: admin.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)").close())
        self._postgres = self._all.enter_context(postgres.connect(with_database(uri, name), autocommit=True))
        with self._postgres.cursor() as cursor:
            for table in tables:
                cursor.execute(f"CREATE TABLE {table} (id bigint PRIMARY KEY, n bigint NOT NULL)")
                cursor.execute(f"INSERT INTO {table} VALUES (1, 0)")
        store = PostgresStore(StoreConfig("shop", "postgres", {"uri": with_database(uri, name)}))
        told = [table for table in store.introspect(Control()).tables if table.name in TOLD]
        assert not told or store.install(told, Control()) == ()
        store.close()

        def write(table: str, number: int) -> Moment:
            with self._postgres.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET n = {number} RETURNING pg_current_xact_id()::text")
                return 0, int(cursor.fetchall()[0][0])

        self._write["shop"] = write
        return {"type": "postgres", "connection": {"uri": with_database(uri, name)}}

    def _crm(self, uri: str, tables: Sequence[str]) -> dict[str, Any]:
        client = self._all.enter_context(pymongo.MongoClient[dict[str, Any]](uri))
        self._mongodb = client[fresh_name()]
        self._all.callback(lambda: client.drop_database(self._mongodb.name))
        for table in tables:
            self._mongodb[table].insert_one({"_id": 1, "id": 1, "n": 0})

        def write(table: str, number: int) -> Moment:
            with client.start_session() as session:
                self._mongodb[table].update_one({"_id": 1}, {"$set": {"n": number}}, session=session)
                assert session.operation_time is not None
                return session.operation_time.time, session.operation_time.inc

        self._write["crm"] = write
        name = self._mongodb.name
        own = with_database(uri, name)
        return {"type": "mongodb", "connection": {"uri": f"{own}{'&' if '?' in own else '?'}appName={name}"}}

    def _depot(self, _: str, tables: Sequence[str]) -> dict[str, Any]:
        path = self.directory / "depot.db"
        lite = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._all.callback(lite.close)
        lite.execute("PRAGMA journal_mode = WAL")
        lite.execute("PRAGMA synchronous = OFF")
        for table in tables:
            lite.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)")
            lite.execute(f"INSERT INTO {table} VALUES (1, 0)")

        def write(table: str, number: int) -> None:
            lite.execute(f"UPDATE {table} SET n = {number}")

        self._write["depot"] = write
        return {"type": "sqlite", "connection": {"path": str(path)}}
