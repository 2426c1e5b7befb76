"""The locked database in which residual queries run: one at a time, with the files of the sources that there are within reach.

What a database may read is fixed before it is locked. When the sources' directories change a new one is opened (30 ms); queries
that run keep the old one, which goes with the last of them. (It is not closed: that would close its cursors.)
"""

from __future__ import annotations

import threading

import duckdb

from proxy.locked import connect, forbidden, lock

Directories = frozenset[str]


class Databases:
    """Used by many threads at once, closed once."""

    def __init__(self, memory_limit_bytes: int, spill: str, threads: int | None) -> None:
        self._memory_limit_bytes = memory_limit_bytes
        self._spill = spill
        self._threads = threads
        self._lock = threading.Lock()
        self._directories: Directories = frozenset()
        self._database = self._connect()
        self.forbidden = forbidden(self._database)

    def cursor(self, directories: Directories) -> duckdb.DuckDBPyConnection:
        """A cursor of its own on the database that may read `directories` and nothing else. Raises duckdb.Error."""
        with self._lock:
            if directories != self._directories:
                self._replace(directories)
            return self._database.cursor()

    def renew(self) -> None:
        """A new database in place of one that DuckDB has given up."""
        with self._lock:
            self._replace(self._directories)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def _replace(self, directories: Directories) -> None:
        before, self._directories = self._directories, directories
        try:
            self._database = self._connect()
        except duckdb.Error:
            self._directories = before
            raise

    def _connect(self) -> duckdb.DuckDBPyConnection:
        database = connect(self._memory_limit_bytes, self._spill, self._threads, sorted(self._directories))
        lock(database)
        return database
