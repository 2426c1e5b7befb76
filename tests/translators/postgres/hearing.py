"""What a watch tells, kept in order, and waited for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from planner.catalog import Table
from translators.base import StoreConfig
from translators.control import Control
from translators.postgres.connection import asyncpg_arguments
from translators.postgres.listening import Pace
from translators.postgres.source import PostgresStore
from translators.postgres.watch import PostgresWatch

QUICK = Pace(beat=0.2, patience=3.0, look=0.2, idle=0.1, first_pause=0.02, longest_pause=0.3)
PATIENCE_SECONDS = 20.0


class Hearing:
    """A `Heard` that keeps which tables are told of now, and all that was told as changed since it was last asked."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self.covered: frozenset[str] = frozenset()
        self.untold: Mapping[str, str] = {}
        self.marks: list[str | None] = []
        self.reasons: list[str] = []
        self.lives = 0
        self._changed: set[str] = set()

    def live(self, tables: Collection[str], untold: Mapping[str, str]) -> None:
        with self._news:
            self.covered, self.untold = frozenset(tables), untold
            self.lives += 1
            self._changed.add("all")
            self._news.notify_all()

    def changed(self, tables: Collection[str], mark: str | None) -> None:
        with self._news:
            self._changed.update(tables or ("all",))
            self.marks.append(mark)
            self._news.notify_all()

    def paused(self, reason: str) -> None:
        self.lost(reason)

    def resumed(self) -> None:
        raise AssertionError("PostgreSQL's watch is live again, or lost.")

    def lost(self, reason: str) -> None:
        with self._news:
            self.covered = frozenset()
            self.reasons.append(reason)
            self._news.notify_all()

    def until(self, holds: Callable[[], Any]) -> None:
        with self._news:
            assert self._news.wait_for(holds, PATIENCE_SECONDS), (sorted(self.covered), self.untold, self.reasons)

    def told(self, *names: str) -> set[str]:
        """What was told until these were, by the tables' names; forgets it."""
        with self._news:
            assert self._news.wait_for(lambda: set(names) <= self._names(), PATIENCE_SECONDS), (names, self._changed)
            told, self._changed = self._names(), set()
            return told

    def forget(self) -> None:
        with self._news:
            self._changed = set()

    def _names(self) -> set[str]:
        return {path.split(".", 2)[-1] for path in self._changed}


@dataclass
class Watched:
    """A store of the database, its tables as they are known, and the watch over them."""

    uri: str
    store: PostgresStore
    tables: tuple[Table, ...]
    hearing: Hearing
    watch: PostgresWatch

    def untold(self, name: str) -> str:
        """Why the table is not told of; empty where it is."""
        path = f"pg.public.{name}"
        self.hearing.until(lambda: self.hearing.covered)
        return "" if path in self.hearing.covered else self.hearing.untold[path]


def opened(uri: str) -> PostgresStore:
    return PostgresStore(StoreConfig("pg", "postgres", {"uri": uri}))


@contextmanager
def watched(uri: str, pace: Pace = QUICK) -> Iterator[Watched]:
    store = opened(uri)
    tables = store.introspect(Control()).tables
    hearing = Hearing()
    watch = PostgresWatch("pg", asyncpg_arguments({"uri": uri}, "pg"), tables, hearing, pace)
    try:
        yield Watched(uri, store, tables, hearing, watch)
    finally:
        watch.close()
        store.close()
