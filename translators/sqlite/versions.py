"""Whether a SQLite file was written to: `PRAGMA data_version` on one connection that lives as long as the store.

The pragma's value changes when another connection has committed, and means nothing on any other connection: hence a token of the
connection's own beside it. A file that was replaced is noticed by its inode; the connection still has the old one open.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable


class DataVersion:
    """`connect` opens a connection that only reads. Used by many threads at once, closed once."""

    def __init__(self, path: str, connect: Callable[[], sqlite3.Connection]) -> None:
        self._path = path
        self._connect = connect
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None
        self._token = ""

    def now(self) -> str:
        """The same text only while nothing was committed. Raises sqlite3.Error, OSError."""
        with self._lock:
            status = os.stat(self._path)
            found = (status.st_dev, status.st_ino)
            if self._connection is None or found != self._opened:
                self._end()
                self._connection, self._opened, self._token = self._connect(), found, secrets.token_hex(8)
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            return f"{self._token}.{version}"

    def close(self) -> None:
        with self._lock:
            self._end()

    def _end(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
