"""One query's view of a PostgreSQL database: plain statements for a single read, one snapshot for several."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import pyarrow as pa

from planner.errors import FozError, Internal
from planner.plan import Field, Native
from translators.base import Depth
from translators.control import Control
from translators.postgres.binds import Bind
from translators.postgres.convert import Converter, OnMismatch
from translators.postgres.pool import Pool
from translators.postgres.session import Session
from translators.postgres.statements import Stale


@dataclass(frozen=True)
class PostgresQuery:
    """A SELECT in PostgreSQL's SQL that gives a fragment's outputs in their order.

    `pieces` are its text around the constants in `binds`. `point`: it gives few rows, so that COPY does not pay. `bounded`: that
    it does is only estimated, so that it is read with a limit first. `prepared`: its constants go beside the text, to a statement
    that is prepared once. `guards` are the outputs that are arrays: one boolean column for each follows the outputs and says
    whether the array has more than one dimension. How a request is read does not tell it from another.
    """

    pieces: tuple[str, ...]
    binds: tuple[Bind, ...] = ()
    point: bool = field(default=False, compare=False)
    bounded: bool = field(default=False, compare=False)
    prepared: bool = field(default=False, compare=False)
    guards: tuple[str, ...] = ()

    @staticmethod
    def plain(text: str, point: bool = False, guards: tuple[str, ...] = ()) -> PostgresQuery:
        """A request whose constants stay in its text."""
        return PostgresQuery((text,), point=point, guards=guards)

    @property
    def text(self) -> str:
        if not self.prepared:
            return self.written
        return "".join(f"{piece}${place}" for place, piece in enumerate(self.pieces[:-1], start=1)) + self.pieces[-1]

    @property
    def written(self) -> str:
        """The text with its constants in it."""
        return "".join(f"{piece}{bind.text}" for piece, bind in zip(self.pieces, self.binds, strict=False)) + self.pieces[-1]

    @property
    def constants(self) -> tuple[tuple[str, bool], ...]:
        """The constants as the query has them, each with whether it is a text there."""
        return tuple((bind.value, bind.is_text) for bind in self.binds)

    def with_constants(self, constants: Sequence[tuple[str, bool]]) -> PostgresQuery | None:
        """The same request with other constants in it; None where one is not certain to be read as that which it replaces.

        Neither `point` nor `guards` makes an answer right or wrong, so that those of the first request serve.
        """
        binds = [bind.respelled(*constant) for bind, constant in zip(self.binds, constants, strict=True)]
        known = tuple(bind for bind in binds if bind is not None)
        return replace(self, binds=known) if len(known) == len(binds) else None


BOUNDED_ROWS = 1_000
"""Rows that a request of which few are expected may give before it is read again by COPY: without, all are held in memory."""

_EXPLAIN: dict[Depth, str] = {"plan": "EXPLAIN", "execution": "EXPLAIN (ANALYZE, BUFFERS)"}


class SingleReader:
    """Reads one after the other or once: each read is a statement of its own."""

    def __init__(self, pool: Pool, source: str, on_mismatch: OnMismatch) -> None:
        self._pool = pool
        self._source = source
        self._on_mismatch = on_mismatch

    def read(self, native: Native, outputs: Sequence[Field], control: Control) -> Iterator[pa.RecordBatch]:
        query = cast(PostgresQuery, native)
        converter = Converter(outputs, query.guards, self._on_mismatch, self._source)
        with self._pool.session(control) as session:
            yield from _converted(session, query, converter, control)

    def explain(self, native: Native, depth: Depth, control: Control) -> str:
        with self._pool.session(control) as session:
            return _explained(session, native, depth, control)


class SnapshotReader:
    """Reads at one instant, up to `permits` of them side by side, each on a session of its own.

    The first session exports its snapshot before anything else happens; a read that finds all sessions busy opens another one
    that imports it. Each read stands in a savepoint: a cancelled one would end the transaction and the snapshot.
    """

    def __init__(self, pool: Pool, source: str, on_mismatch: OnMismatch, permits: int, control: Control) -> None:
        self._pool = pool
        self._source = source
        self._on_mismatch = on_mismatch
        self._permits = permits
        self._lock = threading.Lock()
        self._sessions: list[Session] = []
        self._free: list[Session] = []
        self._snapshot = ""
        self._opening = 0
        first = self._open(control, importing=False)
        self._free.append(first)

    def read(self, native: Native, outputs: Sequence[Field], control: Control) -> Iterator[pa.RecordBatch]:
        query = cast(PostgresQuery, native)
        converter = Converter(outputs, query.guards, self._on_mismatch, self._source)
        session = self._session(control)
        try:
            session.run("SAVEPOINT foz", control)
            failed = True
            try:
                yield from _converted(session, query, converter, control, undo="ROLLBACK TO SAVEPOINT foz")
                failed = False
            finally:
                if session.usable:
                    _end_savepoint(session, failed)
        finally:
            with self._lock:
                if session.usable:
                    self._free.append(session)

    def explain(self, native: Native, depth: Depth, control: Control) -> str:
        session = self._session(control)
        try:
            session.run("SAVEPOINT foz", control)
            failed = True
            try:
                text = _explained(session, native, depth, control)
                failed = False
                return text
            finally:
                if session.usable:
                    _end_savepoint(session, failed)
        finally:
            with self._lock:
                if session.usable:
                    self._free.append(session)

    def close(self) -> None:
        for session in self._sessions:
            if session.usable:
                _roll_back(session)
            self._pool.give_back(session)

    def _session(self, control: Control) -> Session:
        with self._lock:
            if self._free:
                return self._free.pop()
            if len(self._sessions) + self._opening >= self._permits:
                message = f"More than {self._permits} reads at once were asked of a reader that was opened for so many."
                raise Internal(message, source=self._source)
            self._opening += 1
        try:
            return self._open(control, importing=True)
        finally:
            with self._lock:
                self._opening -= 1

    def _open(self, control: Control, importing: bool) -> Session:
        session = self._pool.take(control)
        try:
            session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", control)
            if importing:
                session.run(f"SET TRANSACTION SNAPSHOT '{self._snapshot}'", control)
            elif self._permits > 1:
                self._snapshot = session.table("SELECT pg_catalog.pg_export_snapshot() AS id", control)["id"][0].as_py()
        except FozError:
            if session.usable:
                _roll_back(session)
            self._pool.give_back(session)
            raise
        with self._lock:
            self._sessions.append(session)
        return session


def _converted(
    session: Session, query: PostgresQuery, converter: Converter, control: Control, undo: str = ""
) -> Iterator[pa.RecordBatch]:
    """The answer in batches. `undo` is what makes the session fit for another statement after one that failed."""
    if query.bounded:
        found = list(_stream(session, query, control, undo, f" LIMIT {BOUNDED_ROWS + 1}"))
        if sum(batch.num_rows for batch in found) <= BOUNDED_ROWS:
            for batch in found:
                yield from converter.batches(batch)
            return
        query = replace(query, point=False, prepared=False)
    stream = _stream(session, query, control, undo)
    try:
        for arrived in stream:
            yield from converter.batches(arrived)
    finally:
        stream.close()


def _stream(session: Session, query: PostgresQuery, control: Control, undo: str, tail: str = "") -> Generator[pa.RecordBatch]:
    if query.prepared:
        try:
            yield from session.prepared(query.text + tail, query.written + tail, query.binds, control)
            return
        except Stale:
            if undo:
                session.run(undo, control)
    yield from session.stream(query.written + tail, control, query.point)


def _explained(session: Session, native: Native, depth: Depth, control: Control) -> str:
    """The server's own plan, made for the constants as they are."""
    lines = session.table(f"{_EXPLAIN[depth]} {cast(PostgresQuery, native).written}", control)
    return "\n".join(lines.column(0).to_pylist())


def _end_savepoint(session: Session, failed: bool) -> None:
    """Leaves a read's savepoint; the query may have ended by now, the session must be fit for use all the same."""
    try:
        session.settle() if not failed else None
        session.run("ROLLBACK TO SAVEPOINT foz" if failed else "RELEASE SAVEPOINT foz")
    except FozError:
        session.usable = False


def _roll_back(session: Session) -> None:
    try:
        session.run("ROLLBACK")
    except FozError:
        session.usable = False
