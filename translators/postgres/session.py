"""One connection to PostgreSQL, and one statement at a time on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import adbc_driver_manager
import adbc_driver_postgresql
import pyarrow as pa

from planner.errors import FozError, SourceUnavailable
from translators.control import Control
from translators.postgres.binds import Bind
from translators.postgres.errors import lost_connection, mapped
from translators.postgres.statements import Stale, Statements

BATCH_BYTES = 1_500_000
_CANCEL_AGAIN_SECONDS = 0.02

_SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "standard_conforming_strings": "on",
    "client_encoding": "UTF8",
    "search_path": "pg_catalog",
}
"""What every session sets: the texts of values, and the names in a request, mean the same whatever the role's defaults are."""

_PREPARE_SESSION = "SELECT " + ", ".join(
    f"pg_catalog.set_config('{name}', '{value}', false)" for name, value in _SETTINGS.items()
)

NOTICE_ABSENCE = "SELECT pg_catalog.set_config('client_connection_check_interval', '1000', false)"
"""Has PostgreSQL look every second, while a statement runs, whether its client is still connected: otherwise the statement of a
process that was killed runs until it next has something to say."""

_STALE = ("0A000", "26000")
"""What PostgreSQL says of a prepared statement whose tables have changed since, and of one that is gone (a pooler between)."""


class Running:
    """A statement on its way: stopped by any thread, finished by the one that runs it.

    A cancel that reaches the server before the statement does is lost there, so a stop goes on asking until the statement has
    finished. Once `finish` has returned, no cancel is under way.
    """

    def __init__(self, cancel: Callable[[], None]) -> None:
        self._cancel = cancel
        self._lock = threading.Lock()
        self._over = False
        self._finished: threading.Event | None = None
        self.cancelled = False

    def stop(self) -> None:
        if self._ask():
            threading.Thread(target=self._insist, name="foz-postgres-cancel", daemon=True).start()

    def _insist(self) -> None:
        pause = _CANCEL_AGAIN_SECONDS
        assert self._finished is not None
        while not self._finished.wait(pause) and self._ask():
            pause = min(pause * 2, 1.0)

    def _ask(self) -> bool:
        """Asks the server to end the statement; False once that can do no more good."""
        with self._lock:
            if self._over:
                return False
            if self._finished is None:
                self._finished = threading.Event()
            self.cancelled = True
            try:
                self._cancel()
            except (adbc_driver_manager.Error, OSError):
                return False  # The server is gone: the statement's own thread meets that itself.
            return True

    def finish(self) -> None:
        with self._lock:
            self._over = True
            if self._finished is not None:
                self._finished.set()


class Session:
    """A connection. Not for two threads at once, except that a `Control` may stop its statement from another thread."""

    def __init__(self, uri: str, source: str) -> None:
        """Connects. Raises SourceUnavailable."""
        self.source = source
        self.usable = True
        self._cancelled = False
        self._statements = Statements()
        try:
            self._database = adbc_driver_postgresql.connect(uri)
            self._connection = adbc_driver_manager.AdbcConnection(self._database)
        except (adbc_driver_manager.Error, OSError) as error:
            raise _connecting(mapped(error, source), source) from None
        try:
            self.table(_PREPARE_SESSION)
            self._let_absence_be_noticed()
        except FozError:
            self.close()
            raise

    def table(self, sql: str, control: Control | None = None) -> pa.Table:
        """The whole answer of a short query of Foz's own."""
        return pa.Table.from_batches(list(self.stream(sql, control or Control(), point=True, empty=True)))

    def run(self, sql: str, control: Control | None = None, parameters: Sequence[Any] = ()) -> int:
        """Runs a statement that gives no rows and answers how many it affected (0 where PostgreSQL does not say)."""
        control = control or Control()
        statement = self._statement(sql, copy=False)
        running = Running(statement.cancel)
        try:
            if parameters:
                values = [pa.array([value]) for value in parameters]
                batch = pa.record_batch(values, names=[f"${index}" for index in range(1, len(values) + 1)])
                statement.prepare()
                statement.bind(batch)
            with control.stopping(running.stop):
                control.check()
                affected = int(statement.execute_update())
        except (adbc_driver_manager.Error, OSError, pa.ArrowException) as error:
            raise self._failed(error, control) from None
        finally:
            running.finish()
            self._cancelled |= running.cancelled
            statement.close()
        return max(0, affected)

    def stream(self, sql: str, control: Control, point: bool, empty: bool = False) -> Iterator[pa.RecordBatch]:
        """The batches of a query as the driver makes them; with `empty`, a first batch without rows that has the schema.

        `point` runs it without COPY: half the time for a few rows, and the whole answer in memory. Closing the iterator early
        stops the statement in the server: a COPY that is only closed goes on to its end (5.8 s for six million rows).
        """
        statement = self._statement(sql, copy=not point)
        running = Running(statement.cancel)
        ended = False
        try:
            with control.stopping(running.stop):
                control.check()
                handle, _ = statement.execute_query()
                reader = pa.RecordBatchReader.from_stream(handle)
                try:
                    if empty:
                        yield pa.RecordBatch.from_pylist([], schema=reader.schema)
                    while True:
                        control.check()
                        try:
                            batch = reader.read_next_batch()
                        except StopIteration:
                            break
                        yield batch
                    ended = True
                finally:
                    if not ended:
                        running.stop()
                    _drain(reader)
        except (adbc_driver_manager.Error, OSError, pa.ArrowException) as error:
            ended = True
            raise self._failed(error, control) from None
        finally:
            running.finish()
            self._cancelled |= running.cancelled
            statement.close()

    def prepared(self, text: str, written: str, binds: Sequence[Bind], control: Control) -> Iterator[pa.RecordBatch]:
        """The batches of a query of few rows whose constants are `binds`: `text` has `$1` … for them, `written` has them in it.

        A text that comes the second time is prepared, and run with its constants from then on: PostgreSQL parses it once, and
        plans it once where one plan is as good for any constants. It is done in SQL, because the driver parses its own prepared
        statements again whenever they are bound (adbc 1.13: 1.7 times as slow as constants in the text). Raises Stale where the
        prepared statement can run no more (the text with its constants can), and what `stream` raises.
        """
        name = self._statements.name_of(text, binds, lambda statement: self.run(statement, control))
        if name is None:
            yield from self.stream(written, control, point=True)
            return
        values = ", ".join(bind.text for bind in binds)
        begun = False
        try:
            for batch in self.stream(f"EXECUTE {name}({values})", control, point=True):
                begun = True
                yield batch
        except FozError as error:
            self._statements.forget(text)
            if not begun and self.usable and error.details.get("sqlstate") in _STALE:
                raise Stale from error
            raise

    def _let_absence_be_noticed(self) -> None:
        try:
            self.table(NOTICE_ABSENCE)
        except FozError:
            # PostgreSQL before 14 does not know it, and not every system that PostgreSQL runs on can tell.
            if not self.usable:
                raise

    def settle(self) -> bool:
        """Whether the connection may serve another query: every cancel has been met by then."""
        attempts = 3 if self._cancelled else 0
        self._cancelled = False
        while self.usable and attempts:
            try:
                self.table("SELECT 1")
                break
            except FozError:
                attempts -= 1
                self.usable = self.usable and attempts > 0
        return self.usable

    def close(self) -> None:
        self.usable = False
        for part in ("_connection", "_database"):
            handle = getattr(self, part, None)
            if handle is not None:
                try:
                    handle.close()
                except (adbc_driver_manager.Error, OSError, RuntimeError):
                    self._cancelled = False  # It is gone either way, and nobody is left to tell.

    def _statement(self, sql: str, copy: bool) -> adbc_driver_manager.AdbcStatement:
        try:
            statement = adbc_driver_manager.AdbcStatement(self._connection)
            statement.set_options(
                **{
                    "adbc.postgresql.use_copy": "true" if copy else "false",
                    "adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES),
                }
            )
            statement.set_sql_query(sql)
        except (adbc_driver_manager.Error, OSError) as error:
            raise self._failed(error, None) from None
        return statement

    def _failed(self, error: BaseException, control: Control | None) -> FozError:
        if lost_connection(error):
            self.usable = False
        return mapped(error, self.source, control)


def _drain(reader: pa.RecordBatchReader) -> None:
    """Closes a reader; what a cancelled statement still says is of no interest."""
    try:
        reader.close()
    except (adbc_driver_manager.Error, OSError, pa.ArrowException):
        return


def _connecting(error: FozError, source: str) -> FozError:
    """While connecting, every failure means that the source cannot be used now."""
    return error if isinstance(error, SourceUnavailable) else SourceUnavailable("PostgreSQL cannot be reached.", source=source)
