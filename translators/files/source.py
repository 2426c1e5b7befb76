"""The files store's life: the place where the files are, and one pinned view of them for each query.

Nothing is read here: a query's reader says what its files are as DuckDB SQL, and the residual engine reads them.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import duckdb

from planner.catalog import Table
from planner.errors import FozError, SourceData, SourceUnavailable, Unsupported
from planner.plan import Native
from planner.statistics import TableStatistics
from translators.base import Finding, Introspection, Relation, StoreConfig, Transaction
from translators.control import Control
from translators.files.engine import looking
from translators.files.errors import about_files, changed, mapped, may_be_located
from translators.files.find import Files, Stamp, find, place, stamps
from translators.files.header import header
from translators.files.introspect import describe
from translators.files.misfits import first_misfit
from translators.files.scan import fact, scan
from translators.files.statistics import statistics
from translators.files.translate import FilesRequest

Pinned = Mapping[str, Mapping[str, Stamp]]
"""What each file of a table looked like when the table was first read, by the table's name."""


class FilesStore:
    """The files of one source, in `directories`. `concurrent_reads` reads of one query may be in progress side by side."""

    concurrent_reads = 16

    def __init__(self, config: StoreConfig) -> None:
        self._config = config
        self._place = place(config.id, config.connection)
        self.directories = (self._place.directory,)

    def introspect(self, control: Control) -> Introspection:
        tables: list[Table] = []
        findings: list[Finding] = []
        try:
            found = find(self._place)
            with looking(self._place.directory, control) as connection:
                for files in found.values():
                    control.check()
                    table, seen = describe(self._config, files, connection, control)
                    tables += [table] if table is not None else []
                    findings += seen
        except (duckdb.Error, OSError) as error:
            raise mapped(error, self._config.id, control) from None
        return Introspection(tuple(tables), ("main",), f"Files, read by DuckDB {duckdb.__version__}", findings=tuple(findings))

    def statistics(self, tables: Sequence[Table], control: Control) -> Mapping[str, TableStatistics]:
        try:
            with looking(self._place.directory, control) as connection:
                return statistics(connection, tables, find(self._place), control)
        except (duckdb.Error, OSError) as error:
            raise mapped(error, self._config.id, control) from None

    @contextmanager
    def reading(self, reads: int, control: Control) -> Iterator[Any]:
        """A FilesReader, as of every store with directories."""
        control.check()
        yield FilesReader(self._config.id, find(self._place), self._place.directory)

    def prove(self, tables: Sequence[Table], control: Control) -> Mapping[str, str]:
        """The path, size, times and inode of each file of a table, hashed."""
        found = find(self._place)
        tokens: dict[str, str] = {}
        for table in tables:
            control.check()
            files = found.get(table.name)
            if files is not None:
                with suppress(OSError):
                    tokens[table.path] = hashlib.sha256(repr(sorted(stamps(files.paths).items())).encode()).hexdigest()
        return tokens

    def execute(self, statement: str, parameters: Sequence[object], control: Control) -> int:
        raise Unsupported(f"Source {self._config.id} holds files: it can only be read.")

    def transaction(self, control: Control) -> AbstractContextManager[Transaction]:
        raise Unsupported(f"Source {self._config.id} holds files: it can only be read.")

    def close(self) -> None:
        """Nothing is open."""


class FilesReader:
    """One query's view: the files of a table are listed and pinned when it is first read, and must stay as they were."""

    def __init__(self, source: str, files: Mapping[str, Files], directory: str) -> None:
        self._source = source
        self._files = files
        self._directory = directory
        self._lock = threading.Lock()
        self._pinned: dict[str, dict[str, Stamp]] = {}

    def relation(self, native: Native, control: Control) -> Relation:
        assert isinstance(native, FilesRequest)
        control.check()
        tables = list(native.tables.values())
        pinned = {table.name: self._pin(table) for table in tables}
        return Relation(
            native.text,
            {name: scan(table, pinned[table.name]) for name, table in native.tables.items()},
            tuple(path for files in pinned.values() for path in files),
            lambda: self._unchanged(pinned),
            lambda error, control: self._explained(error, tables, pinned, control),
        )

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

    def _unchanged(self, pinned: Pinned) -> None:
        for files in pinned.values():
            for path, stamp in files.items():
                try:
                    same = stamps((path,))[path] == stamp
                except OSError:
                    same = False
                if not same:
                    raise changed(self._source, path)

    def _explained(self, error: Exception, tables: Sequence[Table], pinned: Pinned, control: Control) -> FozError | None:
        self._unchanged(pinned)
        columns = {column.name for table in tables for column in table.columns}
        told = about_files(error, self._source, [path for files in pinned.values() for path in files], columns)
        if told is None or not may_be_located(str(error)):
            return told
        with looking(self._directory, control) as connection:
            for table in tables:
                found = first_misfit(connection, table, pinned[table.name], control)
                if found is not None:
                    return SourceData(f"Source {self._source}: {found.sentence}.", source=self._source, **found.details)
        return told
