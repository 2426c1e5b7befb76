"""The residual engine: one locked DuckDB database in which the parts of queries that no store took are run.

A query has a cursor of its own, and what it registers there no other query sees. Stores' rows come as batches (`Input`); files
are read by the engine itself, as views (`Files`), so that its optimiser sees through to them. Answers stream:
`sql(…).to_arrow_reader` computes as the reader reads, up to 10 MiB ahead of it (`execute` would compute and keep it all first).
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import duckdb
import pyarrow as pa

from planner.errors import FozError, Internal
from planner.plan import Field
from proxy.databases import Databases, Directories
from proxy.described import Described, Descriptions
from proxy.engine_errors import RAISED, from_duckdb
from proxy.locked import check_functions, check_reads, check_tables
from proxy.scans import Scan, profile, scans
from translators.arrow import cast_back, quoted, schema
from translators.base import Depth, Relation
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


def _unseen(scans: Sequence[Scan]) -> None:
    """Nobody looks."""


@dataclass(frozen=True)
class Files:
    """What a query reads of files: `relations` by the names that it has for them, and `directories`, where the files of all
    sources are. `scanned` is told of the scans once the query has given its last row."""

    directories: Directories = frozenset()
    relations: Mapping[str, Relation] = field(default_factory=dict)
    scanned: Callable[[Sequence[Scan]], None] = _unseen


class Engine:
    """The engine's life: used by many threads at once, closed once.

    `memory_limit_bytes` is DuckDB's own; beyond it a query spills into a new directory under `temp_directory` (nowhere if that is
    None), and where that does not help it fails with MemoryLimit.
    """

    def __init__(self, memory_limit_bytes: int, temp_directory: str | None, threads: int | None = None) -> None:
        self._spill = tempfile.mkdtemp(prefix="spill-", dir=temp_directory) if temp_directory is not None else ""
        self._lock = threading.Lock()
        self._databases = Databases(memory_limit_bytes, self._spill, threads)
        self._descriptions = Descriptions()

    def describe(self, sql: str, tables: Mapping[str, Sequence[Field]], names: Mapping[str, str] | None = None) -> Described:
        """DuckDB's own names and types of the answer to `sql`, in which every table is named by a key of `tables`.

        The same key must always come with the same columns. `names` gives what the caller calls each key, for messages. A
        parameter whose type the query leaves open gets one with which the query binds. Raises SqlError.
        """
        return self._whole_descriptions().describe(sql, tables, names or {})

    def compute(self, expressions: Sequence[str]) -> list[tuple[str, str] | None]:
        """See `planner.rules.constants.Compute`."""
        return self._whole_descriptions().compute(expressions)

    def run(
        self, sql: str, inputs: Mapping[str, Input], control: Control, files: Files = Files()
    ) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """The answer's schema, and its batches as they are computed.

        Returns when the first rows are there. Closing the iterator (by exhausting it, by `close`, by an error) stops the query.
        Raises SqlError, MemoryLimit, what the inputs and relations raise, QueryCancelled, QueryTimeout.
        """
        answer = self._answer(sql, inputs, control, files)
        first = next(answer)
        assert isinstance(first, pa.Schema)
        return first, answer

    def read(self, relation: Relation, control: Control, directories: Directories) -> Iterator[pa.RecordBatch]:
        """The relation's own rows, in its order. Raises what `run` raises."""
        answer = self._answer(_spelled(relation), {}, control, Files(directories, {_ITSELF: relation}))
        next(answer)
        return answer

    def explain(self, relation: Relation, depth: Depth, control: Control, directories: Directories) -> str:
        """DuckDB's own plan of the relation, with what it took where it is executed. Raises what `run` raises."""
        verb = "EXPLAIN " if depth == "plan" else "EXPLAIN ANALYZE "
        answer = self._answer(verb + _spelled(relation), {}, control, Files(directories, {_ITSELF: relation}))
        next(answer)
        return "\n".join(text for batch in answer for text in batch.column(1).to_pylist())

    def _whole_descriptions(self) -> Descriptions:
        """The database that describes; a new one where an error of DuckDB's own has broken it."""
        if self._descriptions.broken:
            with self._lock:
                if self._descriptions.broken:
                    self._descriptions = Descriptions()
        return self._descriptions

    def close(self) -> None:
        self._descriptions.close()
        self._databases.close()
        if self._spill:
            shutil.rmtree(self._spill, ignore_errors=True)

    def _answer(
        self, sql: str, inputs: Mapping[str, Input], control: Control, files: Files
    ) -> Iterator[pa.RecordBatch | pa.Schema]:
        """The schema, then the batches, of `sql` over the inputs and relations by their names; the relation _ITSELF is `sql`."""
        failures: list[FozError] = []
        relations, alone = list(files.relations.values()), _ITSELF in files.relations
        bound = False
        try:
            with ExitStack() as stack:
                cursor = self._databases.cursor(files.directories)
                stack.callback(cursor.close)
                stack.enter_context(_interrupting(cursor, control))
                for relation in relations:
                    self._check(cursor, relation.query, relation.tables)
                if not alone:
                    self._check(cursor, sql, [*inputs, *files.relations])
                    for name, relation in files.relations.items():
                        cursor.execute(f"CREATE TEMP VIEW {quoted(name)} AS {_spelled(relation)}")
                for name, source in inputs.items():
                    _register(cursor, name, _Scanned(source, failures))
                    stack.callback(cursor.unregister, _raw(name, source.fields))
                bound = not alone
                if relations and not alone:
                    profile(cursor)
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
                    for relation in relations:
                        relation.unchanged()
                    if batch.num_rows:
                        yield batch
                for relation in relations:
                    relation.unchanged()
                if relations and not alone:
                    files.scanned(scans(cursor))
        except FozError:
            raise
        except (*RAISED, pa.ArrowException, OSError) as error:
            if isinstance(error.__context__, GeneratorExit):
                return  # Whoever closes a query that was interrupted is not told so.
            control.check()
            if failures:
                raise failures[0] from None
            for relation in relations if not (bound and isinstance(error, _OF_NAMES)) else ():
                told = relation.explained(error, control)
                if told is not None:
                    raise told from None
            self._renew(error)
            raise from_duckdb(error) from None

    def _check(self, cursor: duckdb.DuckDBPyConnection, sql: str, names: Collection[str]) -> None:
        """Raises Unsupported where `sql` is not one SELECT, or reaches for anything beside the tables in `names`."""
        check_reads(sql)
        check_functions(sql, self._databases.forbidden)
        check_tables(cursor, sql, names)

    def _renew(self, error: Exception) -> None:
        """DuckDB refuses all work after a fatal error of its own: the next query gets a new database."""
        if isinstance(error, duckdb.FatalException | duckdb.InternalException) or "has been invalidated" in str(error):
            self._databases.renew()


_ITSELF = ""
"""The name of a relation that is the whole query."""

_OF_NAMES = (duckdb.BinderException, duckdb.CatalogException)
"""Names that are not there: the files' own while their views are made, the query's own afterwards."""


def _spelled(relation: Relation) -> str:
    """The relation as one SELECT: its tables are CTEs before those of its own."""
    if not relation.tables:
        return relation.query
    tables = ", ".join(f"{quoted(name)} AS NOT MATERIALIZED ({select})" for name, select in relation.tables.items())
    for opening in ("WITH RECURSIVE ", "WITH "):
        if relation.query.startswith(opening):
            return f"{opening}{tables}, {relation.query.removeprefix(opening)}"
    return f"WITH {tables} {relation.query}"


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
