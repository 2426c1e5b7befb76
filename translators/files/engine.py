"""The store's own DuckDB: it may read the source's directory and a temporary one; nothing else is in reach or can be set."""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from translators.control import Control
from translators.files.scan import text

_INTERRUPT_AGAIN_SECONDS = 0.02


class Engine:
    """One database for the life of a store; each statement runs on a cursor of its own."""

    def __init__(self, directory: str, memory_limit: str) -> None:
        self._temporary = tempfile.mkdtemp(prefix="foz-files-")
        self._tidy = weakref.finalize(self, shutil.rmtree, self._temporary, ignore_errors=True)
        self._database = duckdb.connect(":memory:")
        try:
            for setting in (
                f"temp_directory = {text(self._temporary)}",
                f"allowed_directories = [{text(directory)}]",
                f"memory_limit = {text(memory_limit)}",
                "TimeZone = 'UTC'",
                "enable_external_file_cache = false",  # a file is read as it is, never as it was
                "enable_external_access = false",
                "python_enable_replacements = false",
                "lock_configuration = true",
            ):
                self._database.execute(f"SET {setting}")
        except duckdb.Error:
            self.close()
            raise

    @contextmanager
    def cursor(self, control: Control) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor whose statement the query's end interrupts."""
        cursor = self._database.cursor()
        done = threading.Event()
        closing = threading.Lock()

        def stop() -> None:
            # An interrupt before the statement has begun is lost (DuckDB 2.0.0): it is repeated until the cursor is done.
            def interrupt() -> None:
                while True:
                    with closing:
                        if done.is_set():
                            return
                        cursor.interrupt()
                    done.wait(_INTERRUPT_AGAIN_SECONDS)

            threading.Thread(target=interrupt, name="foz-files-interrupt", daemon=True).start()

        try:
            with control.stopping(stop):
                yield cursor
        finally:
            with closing:
                done.set()
            cursor.close()

    def close(self) -> None:
        self._database.close()
        self._tidy()
