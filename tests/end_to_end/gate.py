"""A view in PostgreSQL that gives its row when the test lets it."""

from __future__ import annotations

import adbc_driver_postgresql.dbapi as postgres

GATE = 4711


class Gate:
    """While it is shut, whoever reads the view `gated` waits."""

    def __init__(self, uri: str) -> None:
        self._mine = postgres.connect(uri, autocommit=True)
        self._cursor = self._mine.cursor()
        self._cursor.execute(
            f"CREATE OR REPLACE VIEW gated AS SELECT 7 AS id FROM (SELECT pg_advisory_xact_lock_shared({GATE})) AS open"
        )

    def shut(self) -> None:
        self._cursor.execute(f"SELECT pg_advisory_lock({GATE})")
        self._cursor.fetchall()

    def open(self) -> None:
        self._cursor.execute("SELECT pg_advisory_unlock_all()")
        self._cursor.fetchall()

    def waiting(self) -> set[int]:
        """The sessions that wait before it."""
        self._cursor.execute(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return {pid for (pid,) in self._cursor.fetchall()}

    def close(self) -> None:
        self._cursor.close()
        self._mine.close()
