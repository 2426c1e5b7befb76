"""The files store's life: an engine, the place where the files are, and one pinned view of them for each query."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

import duckdb
import pyarrow as pa

from planner.catalog import Table
from planner.errors import FozError, SourceData, SourceUnavailable, Unsupported
from planner.plan import Field, Native
from planner.statistics import TableStatistics
from translators.arrow import quoted, schema
from translators.base import Depth, Finding, Introspection, StoreConfig, Transaction
from translators.control import Control
from translators.files.engine import Engine
from translators.files.errors import changed, mapped, may_be_located
from translators.files.find import Files, Stamp, find, place, stamps
from translators.files.header import header
from translators.files.introspect import describe
from translators.files.misfits import first_misfit
from translators.files.scan import fact, scan
from translators.files.statistics import statistics
from translators.files.translate import FilesRequest

_BATCH_ROWS = 16_384
_BATCH_BYTES = 3 << 20
_MEMORY_LIMIT = "512MB"


class FilesStore:
    """Reads the files of one source. `concurrent_reads` reads of one query may be in progress side by side."""

    concurrent_reads = 16

    def __init__(self, config: StoreConfig) -> None:
        self._config = config
        self._place = place(config.id, config.connection)
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    def introspect(self, control: Control) -> Introspection:
        tables: list[Table] = []
        findings: list[Finding] = []
        try:
            found = find(self._place)
            with self._open().cursor(control) as cursor:
                for files in found.values():
                    control.check()
                    table, seen = describe(self._config, files, cursor, control)
                    tables += [table] if table is not None else []
                    findings += seen
        except (duckdb.Error, OSError) as error:
            raise mapped(error, self._config.id, control) from None
        return Introspection(tuple(tables), ("main",), f"Files, read by DuckDB {duckdb.__version__}", findings=tuple(findings))

    def statistics(self, tables: Sequence[Table], control: Control) -> Mapping[str, TableStatistics]:
        try:
            with self._open().cursor(control) as cursor:
                return statistics(cursor, tables, find(self._place), control)
        except (duckdb.Error, OSError) as error:
            raise mapped(error, self._config.id, control) from None

    @contextmanager
    def reading(self, reads: int, control: Control) -> Iterator[FilesReader]:
        control.check()
        yield FilesReader(self._config.id, find(self._place), self._open())

    def execute(self, statement: str, parameters: Sequence[object], control: Control) -> int:
        raise Unsupported(f"Source {self._config.id} holds files: it can only be read.")

    def transaction(self, control: Control) -> AbstractContextManager[Transaction]:
        raise Unsupported(f"Source {self._config.id} holds files: it can only be read.")

    def close(self) -> None:
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _open(self) -> Engine:
        with self._lock:
            if self._engine is None:
                limit = str(self._config.connection.get("memoryLimit") or _MEMORY_LIMIT)
                try:
                    self._engine = Engine(self._place.directory, limit)
                except duckdb.Error:
                    raise SourceUnavailable(
                        f"Source {self._config.id}: its engine could not be opened; check connection.memoryLimit.",
                        source=self._config.id,
                    ) from None
            return self._engine


class FilesReader:
    """One query's view: the files of a table are listed and pinned when it is first read, and must stay as they were."""

    def __init__(self, source: str, files: Mapping[str, Files], engine: Engine) -> None:
        self._source = source
        self._files = files
        self._engine = engine
        self._lock = threading.Lock()
        self._pinned: dict[str, dict[str, Stamp]] = {}

    def read(self, native: Native, outputs: Sequence[Field], control: Control) -> Iterator[pa.RecordBatch]:
        assert isinstance(native, FilesRequest)
        control.check()
        wanted = schema(outputs)
        pinned = {table.name: self._pin(table) for table in native.tables}
        with self._engine.cursor(control) as cursor:
            try:
                for table in native.tables:
                    cursor.execute(f"CREATE TEMP VIEW {quoted(table.name)} AS {scan(table, pinned[table.name])}")
                batches = cursor.sql(native.text).to_arrow_reader(_BATCH_ROWS)
                for batch in _read(batches, control):
                    self._unchanged(pinned)
                    for part in _parts(_delivered(batch, wanted)):
                        yield part
                        control.check()
                self._unchanged(pinned)
            except (duckdb.Error, pa.ArrowException, OSError) as error:
                control.check()
                self._unchanged(pinned)
                raise self._explained(error, native.tables, pinned, control) from None

    def explain(self, native: Native, depth: Depth, control: Control) -> str:
        assert isinstance(native, FilesRequest)
        pinned = {table.name: self._pin(table) for table in native.tables}
        verb = "EXPLAIN" if depth == "plan" else "EXPLAIN ANALYZE"
        with self._engine.cursor(control) as cursor:
            try:
                for table in native.tables:
                    cursor.execute(f"CREATE TEMP VIEW {quoted(table.name)} AS {scan(table, pinned[table.name])}")
                return "\n".join(row[1] for row in cursor.execute(f"{verb} {native.text}").fetchall())
            except (duckdb.Error, OSError) as error:
                control.check()
                raise mapped(error, self._source, control) from None

    def _pin(self, table: Table) -> Mapping[str, Stamp]:
        with self._lock:
            known = self._pinned.get(table.name)
            if known is not None:
                return known
            files = self._files.get(table.name)
            if files is None:
                raise SourceUnavailable(f"Source {self._source}: the files of table {table.name} are gone.", source=self._source)
            try:
                self._pinned[table.name] = found = stamps(files.paths)
                self._same_header(table, files)
            except OSError:
                raise SourceUnavailable(
                    f"Source {self._source}: a file of table {table.name} is gone or cannot be read.", source=self._source
                ) from None
            return found

    def _same_header(self, table: Table, files: Files) -> None:
        dialect = json.loads(fact(table.facts, "csv") or "{}")
        for path in files.paths if dialect.get("names") else ():
            try:
                names = header(path, dialect)
            except ValueError:
                names = []
            if names is not None and names != dialect["names"]:
                raise SourceData(
                    f"Source {self._source}: a file of table {table.name} has other columns than the catalogue knows; "
                    "refresh the source.",
                    source=self._source,
                    table=table.name,
                )

    def _unchanged(self, pinned: Mapping[str, Mapping[str, Stamp]]) -> None:
        for files in pinned.values():
            for path, stamp in files.items():
                try:
                    same = stamps((path,))[path] == stamp
                except OSError:
                    same = False
                if not same:
                    raise changed(self._source, path)

    def _explained(
        self, error: Exception, tables: Sequence[Table], pinned: Mapping[str, Mapping[str, Stamp]], control: Control
    ) -> FozError:
        told = mapped(error, self._source, control)
        if not may_be_located(str(error)):
            return told
        for table in tables:
            with self._engine.cursor(control) as cursor:
                found = first_misfit(cursor, table, pinned[table.name], control)
            if found is not None:
                return SourceData(f"Source {self._source}: {found.sentence}.", source=self._source, **found.details)
        return told


def _read(reader: pa.RecordBatchReader, control: Control) -> Iterator[pa.RecordBatch]:
    while True:
        control.check()
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        if batch.num_rows:
            yield batch


def _delivered(batch: pa.RecordBatch, wanted: pa.Schema) -> pa.RecordBatch:
    if batch.schema.equals(wanted):
        return batch
    columns = [
        column if column.type.equals(field.type) else column.cast(field.type)
        for column, field in zip(batch.columns, wanted, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=wanted)


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch in pieces of at most 3 MiB, or of one row."""
    if batch.nbytes <= _BATCH_BYTES or batch.num_rows <= 1:
        yield batch
        return
    half = batch.num_rows // 2
    yield from _parts(batch.slice(0, half))
    yield from _parts(batch.slice(half))
