"""The SQLite store's life: a connection for each query's reading, in one read transaction, stopped between two of its steps."""

from __future__ import annotations

import datetime
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pyarrow as pa

from planner.catalog import Table
from planner.errors import FozError, RequestInvalid, SourceRejected
from planner.plan import Field, Native
from planner.statistics import TableStatistics
from translators.arrow import schema
from translators.base import Depth, Introspection, StoreConfig
from translators.control import Control
from translators.sqlite.casts import Casts
from translators.sqlite.constants import quoted
from translators.sqlite.deliver import Unfit, batches
from translators.sqlite.errors import mapped
from translators.sqlite.functions import CLASSES, Misfits
from translators.sqlite.guards import rowid
from translators.sqlite.introspect import tables
from translators.sqlite.request import Delivery, SqliteRequest
from translators.sqlite.statistics import statistics
from translators.sqlite.versions import DataVersion

_STEPS_BETWEEN_LOOKS = 20_000
"""Virtual machine steps after which a statement looks whether its query has ended: under a millisecond."""

_BUSY_SECONDS = 5.0
_BUSY_PAUSE_SECONDS = 0.01
_CELLS = 100_000
_MAX_ROWS = 8_192

_FORBIDDEN = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_PRAGMA})
_CONTROLLING = _FORBIDDEN | {sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_SAVEPOINT}


class SqliteStore:
    """One database file. A reading holds one connection, on which its reads take turns: `concurrent_reads` is only a bound."""

    concurrent_reads = 16

    def __init__(self, config: StoreConfig) -> None:
        self._config = config
        self._path = _path(config)
        self._casts = Casts()
        self._version = DataVersion(self._path, lambda: self._opened("ro"))
        self._free = threading.Condition()
        self._used = 0

    def introspect(self, control: Control) -> Introspection:
        with self._connection("ro", control) as connection:
            try:
                found = tables(connection, self._config)
            except sqlite3.Error as error:
                raise mapped(error, self._config.id, control) from None
        return Introspection(found, ("main",), f"SQLite {sqlite3.sqlite_version}")

    def statistics(self, tables: Sequence[Table], control: Control) -> Mapping[str, TableStatistics]:
        with self._connection("ro", control) as connection:
            try:
                return statistics(connection, tables)
            except sqlite3.Error as error:
                raise mapped(error, self._config.id, control) from None

    @contextmanager
    def reading(self, reads: int, control: Control) -> Iterator[SqliteReader]:
        with self._connection("ro", control) as connection:
            reader = SqliteReader(self._config, connection, self._casts)
            reader.begin(control)
            yield reader

    def prove(self, tables: Sequence[Table], control: Control) -> Mapping[str, str]:
        """The file's `data_version`, for all of its tables."""
        try:
            token = self._version.now()
        except (sqlite3.Error, OSError):
            return {}
        return {table.path: token for table in tables}

    def execute(self, statement: str, parameters: Sequence[Any], control: Control) -> int:
        with self.transaction(control) as transaction:
            return transaction.execute(statement, parameters)

    @contextmanager
    def transaction(self, control: Control) -> Iterator[SqliteTransaction]:
        with self._connection("rw", control) as connection:
            source = self._config.id
            try:
                connection.execute("PRAGMA foreign_keys = ON")
                waiting(lambda: connection.execute("BEGIN IMMEDIATE"), source, control)
                connection.set_authorizer(_authorize)
                try:
                    yield SqliteTransaction(source, connection, control)
                finally:
                    connection.set_authorizer(None)
                waiting(lambda: connection.execute("COMMIT"), source, control)
            except sqlite3.Error as error:
                raise mapped(error, source, control) from None
            finally:
                self._config.written()

    def close(self) -> None:
        self._version.close()
        self._casts.close()

    def _opened(self, mode: str) -> sqlite3.Connection:
        # sqlite3.threadsafety is 3: one connection may be used by several threads.
        uri = f"file:{quote(self._path)}?mode={mode}"
        return sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None, check_same_thread=False)

    @contextmanager
    def _connection(self, mode: str, control: Control) -> Iterator[sqlite3.Connection]:
        """A connection, one of `limits.max_connections`; it ends with the block, and an open transaction is rolled back."""
        self._enter(control)
        try:
            try:
                connection = self._opened(mode)
            except sqlite3.Error as error:
                raise mapped(error, self._config.id, control) from None
            try:
                connection.set_progress_handler(lambda: control.error is not None, _STEPS_BETWEEN_LOOKS)
                yield connection
            finally:
                connection.set_progress_handler(None, 0)
                connection.close()
        finally:
            with self._free:
                self._used -= 1
                self._free.notify()

    def _enter(self, control: Control) -> None:
        def wake() -> None:
            with self._free:
                self._free.notify_all()

        with control.stopping(wake), self._free:
            while self._used >= self._config.limits.max_connections:
                control.check()
                self._free.wait(control.remaining_seconds())
            control.check()
            self._used += 1


class SqliteReader:
    """One query's read transaction: everything is read as it was when the transaction began."""

    def __init__(self, config: StoreConfig, connection: sqlite3.Connection, casts: Casts) -> None:
        self._config = config
        self._connection = connection
        self._casts = casts
        self._misfits = Misfits(config.id, connection, casts)
        self._turn = threading.Lock()

    def begin(self, control: Control) -> None:
        """Takes the snapshot: BEGIN alone takes none before the first read."""

        def snapshot() -> None:
            self._connection.execute("SELECT count(*) FROM main.sqlite_schema").fetchone()

        try:
            self._connection.execute("BEGIN")
            waiting(snapshot, self._config.id, control)
        except sqlite3.Error as error:
            raise mapped(error, self._config.id, control) from None

    def read(self, native: Native, outputs: Sequence[Field], control: Control) -> Iterator[pa.RecordBatch]:
        assert isinstance(native, SqliteRequest)
        wanted = schema(outputs)
        lenient = self._config.on_mismatch == "nullify"
        cursor = self._connection.cursor()
        rows_at_once = max(64, min(_MAX_ROWS, _CELLS // max(1, len(outputs))))
        try:
            self._step(lambda: cursor.execute(native.text), control)
            while rows := self._step(lambda: cursor.fetchmany(rows_at_once), control):
                try:
                    for batch in batches(rows, native.deliveries, wanted, self._casts, lenient):
                        yield batch
                        control.check()
                except Unfit as unfit:
                    raise self._located(native.deliveries[unfit.output], unfit.value, control) from None
        finally:
            # The reading may have ended before its reads: the connection then has closed the cursor.
            with self._turn, suppress(sqlite3.ProgrammingError):
                cursor.close()

    def explain(self, native: Native, depth: Depth, control: Control) -> str:
        rows = self._step(lambda: self._connection.execute(f"EXPLAIN QUERY PLAN {native.text}").fetchall(), control)
        depths = {0: -1}
        lines = []
        for number, parent, _, detail in rows:
            depths[number] = depths[parent] + 1
            lines.append("  " * depths[number] + detail)
        return "\n".join(lines)

    def _step(self, work: Callable[[], Any], control: Control) -> Any:
        """One turn at the connection; errors of a statement are those of this turn."""
        with self._turn:
            control.check()
            self._misfits.found = None
            self._connection.set_progress_handler(lambda: control.error is not None, _STEPS_BETWEEN_LOOKS)
            try:
                return work()
            except (sqlite3.Error, sqlite3.Warning) as error:
                raise self._misfits.found or mapped(error, self._config.id, control) from None

    def _located(self, delivery: Delivery, value: Any, control: Control) -> FozError:
        """The error for a value that was read and did not fit, with the row where it first stands."""
        assert delivery.origin is not None
        table, column = delivery.origin
        name, row = rowid(table), None
        if name is not None:
            text = (
                f"SELECT min(t.{quoted(name)}) FROM main.{quoted(table.stored_as)} AS t WHERE t.{quoted(column.stored_as)} IS ?"
            )
            row = self._step(lambda: self._connection.execute(text, (value,)).fetchone(), control)[0]
        return self._misfits.misfit(table.name, column.name, CLASSES[type(value)], row)


class SqliteTransaction:
    """Native statements between BEGIN IMMEDIATE and COMMIT; the connection, and what is open on it, ends with the block."""

    def __init__(self, source: str, connection: sqlite3.Connection, control: Control) -> None:
        self._source = source
        self._connection = connection
        self._control = control

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        self._control.check()
        try:
            cursor = self._connection.execute(statement, tuple(_bound(value) for value in parameters))
            cursor.fetchall()
            return max(0, cursor.rowcount)
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise mapped(error, self._source, self._control) from None
        except (OverflowError, ValueError, UnicodeError):
            raise SourceRejected(f"Source {self._source} takes no such parameter.", source=self._source) from None


def waiting(work: Callable[[], Any], source: str, control: Control) -> Any:
    """`work`, tried again for a bounded time while another connection holds the lock. Raises sqlite3.Error, the query's end."""
    pauses = int(_BUSY_SECONDS / _BUSY_PAUSE_SECONDS)
    while True:
        try:
            return work()
        except sqlite3.OperationalError as error:
            pauses -= 1
            if pauses < 0 or (getattr(error, "sqlite_errorcode", 0) & 0xFF) != sqlite3.SQLITE_BUSY:
                raise
        control.wait(_BUSY_PAUSE_SECONDS)
        control.check()


def _bound(value: Any) -> Any:
    """A parameter as SQLite stores it: dates and times as ISO text, decimals and UUIDs as text, booleans as integers."""
    if value is None or isinstance(value, (int, float, str, bytes)):
        return value
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else str(value)


def _authorize(action: int, *_: object) -> int:
    return sqlite3.SQLITE_DENY if action in _CONTROLLING else sqlite3.SQLITE_OK


def _path(config: StoreConfig) -> str:
    path, uri = config.connection.get("path"), config.connection.get("uri")
    if path is None and isinstance(uri, str) and uri.startswith("sqlite:///"):
        path = unquote(urlsplit(uri).path)[1:]
    if not isinstance(path, (str, os.PathLike)) or str(path) in ("", ":memory:"):
        raise RequestInvalid(
            f"Source {config.id} needs connection.path (a file) or connection.uri (sqlite:///…).", field="connection.path"
        )
    return os.path.abspath(os.path.expanduser(str(path)))
