"""The residual engine: one locked DuckDB database in which the parts of queries that no store took are run.

A query has a cursor of its own, and what it registers there no other query sees. Answers stream: `sql(…).to_arrow_reader`
computes as the reader reads, up to 10 MiB ahead of it (`execute` would compute and keep the whole answer first).
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Protocol

import duckdb
import pyarrow as pa

from planner.errors import FozError, Internal
from planner.plan import Field
from proxy.described import Described, Descriptions
from proxy.engine_errors import from_duckdb
from proxy.locked import check_functions, check_reads, connect, forbidden, lock
from translators.arrow import cast_back, quoted, schema
from translators.control import Control

BATCH_ROWS = 8192
_INTERRUPT_AGAIN_SECONDS = 0.02


class Input(Protocol):
    """Rows that a residual query reads by name."""

    @property
    def fields(self) -> Sequence[Field]: ...

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows from the first, in batches of `translators.arrow.schema(fields)`: called once a scan, on any thread, and so
        is what it returns. Raises FozError."""


class Engine:
    """The engine's life: used by many threads at once, closed once.

    `memory_limit_bytes` is DuckDB's own; beyond it a query spills into a new directory under `temp_directory` (nowhere if that is
    None), and where that does not help it fails with MemoryLimit.
    """

    def __init__(self, memory_limit_bytes: int, temp_directory: str | None, threads: int | None = None) -> None:
        self._memory_limit_bytes = memory_limit_bytes
        self._threads = threads
        self._spill = tempfile.mkdtemp(prefix="spill-", dir=temp_directory) if temp_directory is not None else ""
        self._lock = threading.Lock()
        self._database = self._connect()
        self._forbidden = forbidden(self._database)
        self._descriptions = Descriptions()

    def describe(self, sql: str, tables: Mapping[str, Sequence[Field]], names: Mapping[str, str] | None = None) -> Described:
        """DuckDB's own names and types of the answer to `sql`, in which every table is named by a key of `tables`.

        The same key must always come with the same columns. `names` gives what the caller calls each key, for messages. A
        parameter whose type the query leaves open gets one with which the query binds. Raises SqlError.
        """
        if self._descriptions.broken:
            with self._lock:
                if self._descriptions.broken:
                    self._descriptions = Descriptions()
        return self._descriptions.describe(sql, tables, names or {})

    def run(self, sql: str, inputs: Mapping[str, Input], control: Control) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """The answer's schema, and its batches as they are computed.

        Returns when the first rows are there. Closing the iterator (by exhausting it, by `close`, by an error) stops the query.
        Raises SqlError, MemoryLimit, what the inputs raise, QueryCancelled, QueryTimeout.
        """
        answer = self._answer(sql, inputs, control)
        first = next(answer)
        assert isinstance(first, pa.Schema)
        return first, answer

    def close(self) -> None:
        self._descriptions.close()
        self._database.close()
        if self._spill:
            shutil.rmtree(self._spill, ignore_errors=True)

    def _connect(self) -> duckdb.DuckDBPyConnection:
        database = connect(self._memory_limit_bytes, self._spill, self._threads)
        lock(database)
        return database

    def _answer(self, sql: str, inputs: Mapping[str, Input], control: Control) -> Iterator[pa.RecordBatch]:
        """The schema, then the batches."""
        failures: list[FozError] = []
        try:
            check_reads(sql)
            check_functions(sql, self._forbidden)
            with ExitStack() as stack:
                cursor = self._database.cursor()
                stack.callback(cursor.close)
                for name, source in inputs.items():
                    _register(cursor, name, _Scanned(source, failures))
                    stack.callback(cursor.unregister, _raw(name, source.fields))
                stack.enter_context(_interrupting(cursor, control))
                control.check()
                reader = cursor.sql(sql).to_arrow_reader(BATCH_ROWS)
                stack.callback(reader.close)
                yield reader.schema
                while True:
                    control.check()
                    try:
                        batch = reader.read_next_batch()
                    except StopIteration:
                        break
                    if batch.num_rows:
                        yield batch
        except FozError:
            raise
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            control.check()
            if failures:
                raise failures[0] from None
            self._renew(error)
            raise from_duckdb(error) from None

    def _renew(self, error: Exception) -> None:
        """DuckDB refuses all work after a fatal error of its own: the next query gets a new database."""
        if isinstance(error, duckdb.FatalException | duckdb.InternalException) or "has been invalidated" in str(error):
            with self._lock:
                self._database = self._connect()


class _Scanned:
    """An input as DuckDB scans it: a fresh stream a scan, and a schema that needs none (without it each scan opens three)."""

    def __init__(self, source: Input, failures: list[FozError]) -> None:
        self._source = source
        self._failures = failures
        self.schema = schema(source.fields)

    def __arrow_c_schema__(self) -> object:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return pa.RecordBatchReader.from_batches(self.schema, self._batches()).__arrow_c_stream__()

    def _batches(self) -> Iterator[pa.RecordBatch]:
        """The error that stops a scan is kept: what DuckDB makes of it is a text with a traceback."""
        try:
            yield from self._source.batches()
        except FozError as error:
            self._failures.append(error)
            raise
        except Exception as error:
            failure = Internal("An input of the residual query failed.")
            failure.__cause__ = error
            self._failures.append(failure)
            raise


def _raw(name: str, fields: Sequence[Field]) -> str:
    """The name under which the carrier of an input is registered: its own, unless a view over it has that."""
    return f"{name} carrier" if any(cast_back(field.type) for field in fields) else name


def _register(cursor: duckdb.DuckDBPyConnection, name: str, source: _Scanned) -> None:
    fields = source._source.fields
    raw = _raw(name, fields)
    cursor.register(raw, source)
    if raw != name:
        columns = ", ".join(
            f"CAST({quoted(field.name)} AS {field.type}) AS {quoted(field.name)}" if cast_back(field.type) else quoted(field.name)
            for field in fields
        )
        cursor.execute(f"CREATE TEMP VIEW {quoted(name)} AS SELECT {columns} FROM {quoted(raw)}")


@contextmanager
def _interrupting(cursor: duckdb.DuckDBPyConnection, control: Control) -> Iterator[None]:
    """While the block runs, the end of `control` interrupts the cursor, again and again.

    Once is not enough: an interrupt that comes between two statements, or before the first has begun, is lost.
    """
    left = threading.Event()
    lock = threading.Lock()

    def interrupt() -> None:
        with lock:
            if not left.is_set():
                cursor.interrupt()

    def repeat() -> None:
        while not left.wait(_INTERRUPT_AGAIN_SECONDS):
            interrupt()

    def stop() -> None:
        interrupt()
        threading.Thread(target=repeat, name="foz-interrupt", daemon=True).start()

    try:
        with control.stopping(stop):
            yield
    finally:
        with lock:
            left.set()
