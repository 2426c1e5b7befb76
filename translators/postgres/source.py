"""The PostgreSQL store: a pool of sessions, readers over it, and native writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from planner.catalog import Table
from planner.errors import FozError, SourceError
from planner.statistics import TableStatistics
from translators.base import Heard, Introspection, Reader, StoreConfig, Watch, Watchable
from translators.control import Control
from translators.postgres import install, introspect, statistics
from translators.postgres.connection import CONNECT_TIMEOUT_SECONDS, asyncpg_arguments, libpq_uri, one_server
from translators.postgres.pool import Pool
from translators.postgres.reading import SingleReader, SnapshotReader
from translators.postgres.session import Session


class PostgresStore:
    """One PostgreSQL database. `concurrent_reads` is how many reads of one query can run side by side at one instant."""

    def __init__(self, config: StoreConfig) -> None:
        self._config = config
        self._uri = libpq_uri(config.connection, config.id)
        self._pool = Pool(config.limits.max_connections, config.id, self._connect)
        self.concurrent_reads = self._pool.size

    def introspect(self, control: Control) -> Introspection:
        with self._pool.session(control) as session:
            return introspect.introspect(session, self._config, control)

    def statistics(self, tables: Sequence[Table], control: Control) -> Mapping[str, TableStatistics]:
        with self._pool.session(control) as session:
            return statistics.statistics(session, tables, control)

    @contextmanager
    def reading(self, reads: int, control: Control) -> Iterator[Reader]:
        """One read at a time needs no transaction; several share a snapshot, and take their connections all at once."""
        if reads <= 1:
            yield SingleReader(self._pool, self._config.id, self._config.on_mismatch)
            return
        count = min(reads, self._pool.size)
        with self._pool.permits(count, control):
            reader = SnapshotReader(self._pool, self._config.id, self._config.on_mismatch, count, control)
            try:
                yield reader
            finally:
                reader.close()

    def execute(self, statement: str, parameters: Sequence[Any], control: Control) -> int:
        with self.transaction(control) as transaction:
            return transaction.execute(statement, parameters)

    @contextmanager
    def transaction(self, control: Control) -> Iterator[PostgresTransaction]:
        with self._pool.session(control) as session:
            session.run("BEGIN", control)
            try:
                session.run("SET LOCAL search_path TO DEFAULT", control)
                yield PostgresTransaction(session, control)
                session.run("COMMIT", control)
            except BaseException:
                _abandon(session)
                raise
            finally:
                self._config.written()

    def watch(self, tables: Sequence[Table], heard: Heard) -> Watch:
        from translators.postgres.watch import PostgresWatch, Unwatched

        if not one_server(self._config.connection, self._config.id):
            return Unwatched(heard, "its connections may lead to different servers (target_session_attrs is not primary)")
        return PostgresWatch(self._config.id, asyncpg_arguments(self._config.connection, self._config.id), tables, heard)

    def watchable(self, tables: Sequence[Table], control: Control) -> Watchable:
        with self._pool.session(control) as session:
            return install.watchable(session, self._config.id, tables, control)

    def install(self, tables: Sequence[Table], control: Control) -> tuple[str, ...]:
        with self._pool.session(control) as session:
            return install.install(session, self._config.id, tables, control)

    def uninstall(self, control: Control) -> None:
        with self._pool.session(control) as session:
            install.uninstall(session, control)

    def close(self) -> None:
        self._pool.close()

    def _connect(self, control: Control) -> Session:
        control.check()
        try:
            return Session(self._within(control), self._config.id)
        except SourceError:
            self._pool.drop_idle()
            raise

    def _within(self, control: Control) -> str:
        """The URI, with less time to connect where the query has less left; libpq waits whole seconds, two at least."""
        remaining = control.remaining_seconds()
        default = f"connect_timeout={CONNECT_TIMEOUT_SECONDS}"
        if remaining is None or remaining >= CONNECT_TIMEOUT_SECONDS or default not in self._uri:
            return self._uri
        return self._uri.replace(default, f"connect_timeout={max(2, int(remaining) + 1)}")


class PostgresTransaction:
    """Native statements that happen together; the role's own search_path holds in them."""

    def __init__(self, session: Session, control: Control) -> None:
        self._session = session
        self._control = control

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        return self._session.run(statement, self._control, parameters)


def _abandon(session: Session) -> None:
    """Rolls back, whatever state the transaction is in; a session that cannot is not used again."""
    if not session.usable:
        return
    try:
        session.run("ROLLBACK")
    except FozError:
        session.usable = False


def open_store(config: StoreConfig) -> PostgresStore:
    return PostgresStore(config)
