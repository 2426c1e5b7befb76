"""The life of a MongoDB source: its clients (one that reads, one that kills, one that listens), snapshots, writes."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from bson import json_util
from bson.timestamp import Timestamp
from pymongo import MongoClient, uri_parser
from pymongo.client_session import ClientSession
from pymongo.errors import ConfigurationError, PyMongoError

from planner.catalog import Table
from planner.errors import FozError, RequestInvalid, SourceRejected, SourceUnavailable
from planner.statistics import TableStatistics
from translators.base import Heard, Introspection, Reader, StoreConfig, Transaction
from translators.control import Control
from translators.mongo.errors import mapped, unsupported
from translators.mongo.introspect import introspect
from translators.mongo.operation import Operation
from translators.mongo.reader import MongoReader
from translators.mongo.statistics import statistics
from translators.mongo.turns import Turns
from translators.mongo.watch import SILENCE_MS, MongoWatch

_SELECTION_MS = 5000
_WRITES = ("insert", "update", "delete")
_OPTIONS = {"user": "username", "password": "password", "authSource": "authSource", "replicaSet": "replicaSet", "tls": "tls"}
_KNOWN = {"uri", "host", "port", "db", *_OPTIONS}


class MongoStore:
    """A MongoDB server or replica set. `connection` is `{uri, db?}` or `{host, port, user, password, db, authSource, replicaSet,
    tls}`."""

    def __init__(self, config: StoreConfig) -> None:
        unknown = sorted(set(config.connection) - _KNOWN)
        if unknown:
            raise RequestInvalid(f"A MongoDB connection has no setting {unknown[0]!r}.", field=f"connection.{unknown[0]}")
        self._config = config
        self._lock = threading.Lock()
        self._clients: dict[str, MongoClient[Any]] = {}
        self._closed = False
        self._snapshots: bool | None = None
        self._turns = Turns(self.read_connections)
        with self._valid():
            self._database = config.connection.get("db") or _database_of(config.connection.get("uri"))

    @property
    def concurrent_reads(self) -> int:
        """How many reads of one instant go on side by side: without snapshots (a standalone server) only one."""
        return self.read_connections if self._gives_snapshots() else 1

    def _gives_snapshots(self) -> bool:
        if self._snapshots is None:
            with mapped(self._config.id):
                hello = self._client().admin.command("hello")
            self._snapshots = "setName" in hello or hello.get("msg") == "isdbgrid"
        return self._snapshots

    @property
    def read_connections(self) -> int:
        """One of the source's connections is kept for killing what must end."""
        return max(1, self._config.limits.max_connections - 1)

    def introspect(self, control: Control) -> Introspection:
        with mapped(self._config.id, control):
            self._require_sessions()
            found = introspect(self._config, self._client(), self._database, self._operation(control))
        self._snapshots = "snapshots" in found.facts
        return found

    def statistics(self, tables: Sequence[Table], control: Control) -> Mapping[str, TableStatistics]:
        with mapped(self._config.id, control):
            return statistics(self._client(), tables, self._operation(control))

    def _require_sessions(self) -> None:
        """A connection made while mongod starts has no sessions, and pymongo keeps it: such clients are given up."""
        client = self._client()
        try:
            with client.start_session(causal_consistency=False) as session:
                client.admin.command("ping", session=session)
        except ConfigurationError:
            with self._lock:
                clients = list(self._clients.values())
                self._clients.clear()
            for given_up in clients:
                given_up.close()
            raise

    @contextmanager
    def reading(self, reads: int, control: Control) -> Iterator[Reader]:
        control.check()
        with mapped(self._config.id, control):
            client = self._client()
        at = self._instant(control) if reads > 1 else None
        yield MongoReader(self._config, client, self._operation, at, self._instant)

    def execute(self, statement: str, parameters: Sequence[Any], control: Control) -> int:
        try:
            with mapped(self._config.id, control):
                return self._write(statement, parameters, self._operation(control), None)
        finally:
            self._config.written()

    def watch(self, tables: Sequence[Table], heard: Heard) -> MongoWatch:
        return MongoWatch(self._config.id, self._listener, tables, heard)

    def transaction(self, control: Control) -> AbstractContextManager[Transaction]:
        return self._transaction(control)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            clients = list(self._clients.values())
            self._clients.clear()
        for client in clients:
            client.close()

    @contextmanager
    def _transaction(self, control: Control) -> Iterator[Transaction]:
        store = self
        operation = self._operation(control)

        class Open:
            def execute(self, statement: str, parameters: Sequence[Any] = ()) -> int:
                with mapped(store._config.id, control):
                    return store._write(statement, parameters, operation, session)

        try:
            with mapped(self._config.id, control), self._client().start_session() as session, session.start_transaction():
                yield Open()
                control.check()
        finally:
            self._config.written()

    def _write(self, statement: str, parameters: Sequence[Any], operation: Operation, session: ClientSession | None) -> int:
        command = _command(statement, parameters)
        database = command.pop("$db", None) or self._database
        if not isinstance(database, str):
            raise RequestInvalid(
                'The command names no database: add "$db", or set the source\'s connection.db.', field="statement"
            )
        command["comment"] = operation.comment
        try:
            with operation.waiting():
                reply = self._client()[database].command(command, session=session)
        except TypeError:
            # The driver's word on documents that are none.
            raise RequestInvalid("The command holds no document where one belongs.", field="statement") from None
        failed = reply.get("writeErrors") or ([reply["writeConcernError"]] if "writeConcernError" in reply else [])
        if failed:
            code = failed[0].get("code", 0)
            raise SourceRejected(
                f"Source {self._config.id} failed: {len(failed)} of the writes did not happen (first code {code}).",
                source=self._config.id,
                serverCode=code,
                affected=int(reply.get("n", 0)),
            )
        return int(reply.get("n", 0))

    def _instant(self, control: Control) -> Timestamp | None:
        """The present instant to read at; None where the server has no snapshots."""
        return self._now(control) if self._gives_snapshots() else None

    def _now(self, control: Control) -> Timestamp:
        """The server's present instant: everything written before this call is in it."""
        with mapped(self._config.id, control):
            operation = self._operation(control)
            with operation.waiting():
                reply = self._client().admin.command("ping", comment=operation.comment)
        found = reply.get("operationTime")
        if not isinstance(found, Timestamp):
            raise SourceUnavailable(f"Source {self._config.id} gives no instant to read at.", source=self._config.id)
        return found

    def _operation(self, control: Control) -> Operation:
        return Operation(control, self._killer, self._turns)

    def _client(self) -> MongoClient[Any]:
        return self._opened("read", self.read_connections)

    def _killer(self) -> MongoClient[Any]:
        return self._opened("kill", 1)

    def _listener(self) -> MongoClient[Any]:
        """A client for one life of a change stream, beside those that read and kill."""
        with self._valid():
            settings = _settings(self._config.connection) | {"socketTimeoutMS": SILENCE_MS}
            return MongoClient(**settings, maxPoolSize=1, connect=False)

    def _opened(self, purpose: str, connections: int) -> MongoClient[Any]:
        with self._lock:
            if self._closed:
                raise SourceUnavailable(f"Source {self._config.id} is closed.", source=self._config.id)
            found = self._clients.get(purpose)
            if found is None:
                with self._valid():
                    found = self._clients[purpose] = MongoClient(
                        **_settings(self._config.connection), maxPoolSize=connections, connect=False
                    )
            return found

    @contextmanager
    def _valid(self) -> Iterator[None]:
        """Around whatever reads the connection's settings: the driver's words may repeat a password."""
        try:
            yield
        except (PyMongoError, ValueError, TypeError):
            source = self._config.id
            raise SourceUnavailable(
                f"Source {source} cannot be opened: its connection settings are not valid.", source=source
            ) from None


def _settings(connection: Mapping[str, Any]) -> dict[str, Any]:
    """What the driver is opened with; a URI's own options are stronger than these defaults."""
    uri = connection.get("uri") or ""
    stated = {part.partition("=")[0].lower() for part in uri.partition("?")[2].split("&")}
    defaults = {
        "appname": "foz",
        "serverSelectionTimeoutMS": _SELECTION_MS,
        "connectTimeoutMS": _SELECTION_MS,
        "retryWrites": False,
    }
    settings: dict[str, Any] = {name: value for name, value in defaults.items() if name.lower() not in stated}
    settings |= {name: connection[key] for key, name in _OPTIONS.items() if connection.get(key) is not None}
    if uri:
        return {"host": uri, **settings}
    host, port = connection.get("host", "localhost"), int(connection.get("port", 27017))
    return {"host": host, "port": port, "directConnection": "replicaSet" not in settings, **settings}


def _database_of(uri: str | None) -> str | None:
    """The database in a URI's path. A `mongodb+srv` URI is not resolved for it."""
    if not uri:
        return None
    if uri.startswith("mongodb+srv://"):
        path = uri.removeprefix("mongodb+srv://").partition("?")[0].partition("/")[2]
        return path or None
    found = uri_parser.parse_uri(uri, validate=False, warn=False)["database"]
    return str(found) if found else None


def _command(statement: str, parameters: Sequence[Any]) -> dict[str, Any]:
    if parameters:
        raise RequestInvalid("A MongoDB command takes no parameters: write the values into it.", field="parameters")
    try:
        command = json_util.loads(statement)
    except (ValueError, TypeError, FozError):
        command = None
    if not isinstance(command, dict) or not command:
        raise RequestInvalid("The statement is no MongoDB command in extended JSON.", field="statement")
    if next(iter(command)) not in _WRITES:
        raise unsupported(f"commands other than {', '.join(_WRITES)}")
    return dict(command)
