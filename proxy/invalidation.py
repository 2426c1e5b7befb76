"""What makes kept answers out of date: events that callers report, and changes that the stores themselves tell of.

Every move of a version has a cause, which is logged. A source whose changes stop being heard of moves on as a whole and counts as
unwatched from then on; when it is heard again it moves on once more, for what was missed. One that tells what was missed when it
is heard again keeps its versions meanwhile. What the cache cannot be told is made good by moving the whole source when it can.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

import structlog

from cache.store import CacheStore, CacheUnavailable
from planner.catalog import Catalog, Source, Table
from planner.errors import RequestInvalid, ServerBusy
from proxy.request import Caller, Event
from translators.base import Store, Watch, Watching

log = structlog.get_logger("foz.cache")


class Invalidation:
    """The life of what listens; used by many threads at once, closed once."""

    def __init__(self, store: CacheStore, catalog: Callable[[], Catalog], moved: Callable[[str], None]) -> None:
        """`moved` is told the cause of each move, for the metrics."""
        self._store = store
        self._catalog = catalog
        self._moved = moved
        self._lock = threading.Lock()
        self._listening: dict[str, _Listening] = {}
        self._owed: set[str] = set()
        self._closed = False

    def tell(self, events: Sequence[Event], caller: Caller) -> None:
        """Moves on what the events name; when this returns, no later answer is older. Events of the same tables are one move.

        A table that the caller cannot name may be any: the whole source moves on. Raises RequestInvalid for a source that the
        caller cannot name, before anything is moved, and ServerBusy where it cannot be done.
        """
        told: defaultdict[tuple[str, ...], list[Event]] = defaultdict(list)
        for event in events:
            told[self._named(event, caller)].append(event)
        for entities, same in told.items():
            marks = [f"event:{event.version}" for event in same if event.version is not None]
            try:
                moved = bool(marks) and self._store.move(entities, marks)
                moved = moved or (len(marks) < len(same) and self._store.move(entities))
            except CacheUnavailable:
                raise ServerBusy(
                    "The cache cannot be reached, so the event was not taken. Send it again.", retryAfterSeconds=1
                ) from None
            if moved:
                ids = sum(len(event.ids) for event in same)
                self._note("event", same[0].source, entities, kind=same[0].kind, ids=ids or None, events=len(same))

    def _named(self, event: Event, caller: Caller) -> tuple[str, ...]:
        """The entities that an event is of. Raises RequestInvalid."""
        source = self._catalog().by_id.get(event.source)
        if source is None or not caller.grants.mention(source.id):
            raise RequestInvalid(f"There is no source {event.source}.", field="source")
        table = _named(source, event.table) if event.table is not None else None
        return (source.id,) if table is None or not caller.grants.allow(table) else (table.path, *table.bases)

    def written(self, source: str) -> None:
        """Foz itself wrote to the source. Where that cannot be noted now, it is owed, and `settled` says so until it has been."""
        with self._lock:
            self._owed.add(source)
        self.settled()

    def settled(self) -> bool:
        """Whether every write of Foz's own has been noted; notes what is owed."""
        while self._owed:
            with self._lock:
                if not self._owed:
                    return True
                source = self._owed.pop()
            if not self._move("write", source, (source,)):
                with self._lock:
                    self._owed.add(source)
                return False
        return True

    def unheard(self, path: str) -> str | None:
        """Why changes of the base table of that path are not being heard of, as a clause; None where every one is."""
        listening = self._listening.get(path.partition(".")[0])
        return "its source tells of none" if listening is None else listening.unheard(path)

    def listen(self, open: Callable[[], Mapping[str, Store]], catalog: Callable[[], Catalog]) -> None:
        """Listens to the stores that are open now, and to no others: called whenever the catalogue has changed."""
        with self._lock:
            if self._closed:
                return
            stores, sources = open(), catalog().sources
            wanted = {source.id: source for source in sources if isinstance(stores.get(source.id), Watching) and source.tables}
            for source_id, listening in list(self._listening.items()):
                if source_id not in wanted or listening.of != (stores[source_id], _watchable(wanted[source_id])):
                    del self._listening[source_id]
                    listening.close()
            for source_id, source in wanted.items():
                store = stores[source_id]
                if source_id not in self._listening and isinstance(store, Watching):
                    listening = _Listening(source_id, (store, _watchable(source)), self._move)
                    self._listening[source_id] = listening
                    listening.begin(store.watch(source.tables, listening))

    def close(self) -> None:
        with self._lock:
            self._closed = True
            listening, self._listening = list(self._listening.values()), {}
        for each in listening:
            each.close()

    def _move(self, cause: str, source: str, entities: Collection[str], mark: str | None = None) -> bool:
        """Answers whether the entities are moved on, now or before."""
        try:
            moved = self._store.move(tuple(entities), () if mark is None else (mark,))
        except CacheUnavailable:
            # What is tried again at each request would fill the log.
            (log.debug if cause == "live" else log.warning)("cache.move_failed", source=source, cause=cause)
            return False
        if moved:
            self._note(cause, source, entities)
        return True

    def _note(self, cause: str, source: str, entities: Collection[str], **more: object) -> None:
        self._moved(cause)
        said = {name: value for name, value in more.items() if value is not None}
        log.info("cache.moved", cause=cause, source=source, entities=sorted(entities)[:20], **said)


class _Listening:
    """One source's watch, and which tables it tells of now (`translators.base.Heard`)."""

    def __init__(self, source: str, of: object, move: Callable[..., bool]) -> None:
        self._source = source
        self._move = move
        self._lock = threading.Lock()
        self._watch: Watch | None = None
        self._closed = False
        self.of = of
        self._tables: frozenset[str] = frozenset()
        self._alive = False
        self._noted = False
        self._why: Mapping[str, str] = {}
        self._reason = "its source has not told of any yet"

    def begin(self, watch: Watch) -> None:
        self._watch = watch

    def unheard(self, path: str) -> str | None:
        """Why changes of that table are not being heard of. Where what was heard could not be noted, it is tried here."""
        if not self._alive:
            return self._reason
        if path not in self._tables:
            return self._why.get(path, "its source does not tell of it")
        if not self._noted:
            with self._lock:
                self._note()
                return None if self._alive and self._noted else "the cache could not be told of them"
        return None

    def live(self, tables: Collection[str], untold: Mapping[str, str]) -> None:
        with self._lock:
            self._noted = not tables and not self._tables  # then nothing that is kept counts on it
            self._tables, self._why = frozenset(tables), untold
            self._alive = not self._closed
            self._note()

    def _note(self) -> None:
        """Makes good what the cache could not be told; under the lock."""
        if self._alive and not self._noted:
            self._noted = self._move("live", self._source, (self._source,))

    def changed(self, tables: Collection[str], mark: str | None) -> None:
        if not self._closed and not self._move("notification", self._source, tuple(tables) or (self._source,), mark):
            with self._lock:
                self._noted = False

    def paused(self, reason: str) -> None:
        with self._lock:
            self._alive, self._reason = False, reason
        log.info("cache.paused", source=self._source, reason=reason)

    def resumed(self) -> None:
        with self._lock:
            self._alive = not self._closed

    def lost(self, reason: str) -> None:
        with self._lock:
            self._alive, self._reason = False, reason
            tables, self._tables = self._tables, frozenset()
            if tables:
                log.warning("cache.unwatched", source=self._source, reason=reason)
                self._move("lost", self._source, (self._source,))

    def close(self) -> None:
        self.lost("it is not listened to any more")
        with self._lock:
            self._closed = True
        if self._watch is not None:
            self._watch.close()


def _watchable(source: Source) -> tuple[tuple[str, str], ...]:
    return tuple((table.path, table.content) for table in source.tables)


def _named(source: Source, name: str) -> Table | None:
    schema, _, rest = name.rpartition(".")
    return source.table(rest, schema or None) or source.table(name)
