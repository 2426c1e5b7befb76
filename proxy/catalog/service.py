"""The catalogue service: opens every source, keeps the snapshot of what they hold, and goes on trying those that are down."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import structlog
import tenacity

from planner.catalog import Catalog, Source
from planner.errors import FozError, RequestInvalid, SourceUnavailable
from proxy.catalog.documents import SourceDocument
from proxy.catalog.entries import PATIENCE, Documents, Entry, Invalid, Patience
from proxy.catalog.merge import misfits, source_of
from proxy.telemetry import Scrubber
from translators.base import Store, unheard
from translators.control import Control
from translators.registry import store_type

log = structlog.get_logger("foz.catalog")


class CatalogService:
    """`read` gives the source documents whenever they are asked for, `clock` the seconds since 1970. Started once, closed once,
    used by any thread between.

    `changed` is called, on a thread of the service's own, after the snapshot or the stores were replaced; `written` is told of
    each write through a store, by the source's id.
    """

    def __init__(
        self,
        read: Callable[[], Documents],
        scrub: Scrubber,
        patience: Patience = PATIENCE,
        side_by_side: int = 8,
        clock: Callable[[], float] = time.time,
        changed: Callable[[], None] = unheard,
        written: Callable[[str], None] = lambda source: None,
    ) -> None:
        self._read = read
        self._changed = changed
        self._written = written
        self._scrub = scrub
        self._patience = patience
        self._clock = clock
        self._lock = threading.RLock()
        self._entries: dict[str, Entry] = {}
        self._invalid: tuple[Invalid, ...] = ()
        self._catalog = Catalog()
        self._stores: Mapping[str, Store] = MappingProxyType({})
        self._pool = ThreadPoolExecutor(side_by_side, "foz-introspect")
        self._closing = threading.Event()
        self._retired: dict[int, tuple[threading.Timer, Store]] = {}
        self._retirements = itertools.count()
        self._next_measure: threading.Timer | None = None
        self.started = threading.Event()

    def snapshot(self) -> Catalog:
        """What is known now; immutable, replaced as a whole."""
        return self._catalog

    def stores(self) -> Mapping[str, Store]:
        """The open stores by source id; replaced as a whole."""
        return self._stores

    def entries(self) -> tuple[Entry, ...]:
        """Every source with its document, in the documents' order."""
        with self._lock:
            return tuple(self._entries.values())

    def invalid(self) -> tuple[Invalid, ...]:
        """Documents that cannot be used, and those whose store refused their connection."""
        with self._lock:
            refused = (Invalid(entry.document.id, entry.invalid) for entry in self._entries.values() if entry.invalid)
            return (*self._invalid, *refused)

    def start(self) -> None:
        """Opens and introspects every source side by side; what has not answered in time goes on in the background."""
        self.reload()
        self.started.set()
        with self._lock:
            self._measure_later()

    def reload(self) -> None:
        """Reads the documents again: opens what is new, reopens what has changed, closes what is gone."""
        documents = self._read()
        new: list[Entry] = []
        with self._lock:
            if self._closing.is_set():
                return
            self._invalid = tuple(documents.invalid)
            for problem in documents.invalid:
                log.warning("source.invalid", source=problem.id, problem=self._scrub(problem.why))
            before, self._entries = self._entries, {}
            for document in documents.valid:
                kept = before.pop(document.id, None)
                if kept is not None and kept.document == document:
                    self._entries[document.id] = kept
                    continue
                if kept is not None:
                    self._retire(kept)
                self._scrub.learn(document.secrets())
                entry = self._opened(document)
                self._entries[document.id] = entry
                new.append(entry)
            for gone in before.values():
                self._retire(gone)
            self._publish()
        attempts: list[Future[bool]] = [self._pool.submit(self._introspect, entry) for entry in new if entry.store is not None]
        wait(attempts, timeout=self._patience.start_seconds)

    def refresh(self, source_id: str) -> Source:
        """Reads the documents again and introspects that source now.

        Raises SourceUnavailable while it is down, and RequestInvalid where there is none of that id.
        """
        self.reload()
        entry = self._entry(source_id)
        if entry.store is None:
            raise SourceUnavailable(f"The source {source_id} cannot be opened: {entry.source.problem}", source=source_id)
        self._introspect(entry)
        return self._known(entry)

    def test(self, source_id: str) -> Source:
        """The source as the last introspection found it; raises SourceUnavailable where that one failed."""
        return self._known(self._entry(source_id))

    def report(self, source_id: str) -> None:
        """A query found that source out of reach: it is looked at now, in the background, and shown as down if it really is."""
        with self._lock:
            entry = self._entries.get(source_id)
            if entry is None or entry.store is None or entry.checking or entry.retrying or self._closing.is_set():
                return
            entry.checking = True
            self._pool.submit(self._check, entry)

    def measure(self) -> list[Future[None]]:
        """Asks every source that is up for its statistics, in the background; one that is being asked already is left alone."""
        with self._lock:
            if self._closing.is_set():
                return []
            up = [entry for entry in self._entries.values() if entry.store is not None and entry.source.problem is None]
            idle = [entry for entry in up if not entry.measuring]
            for entry in idle:
                entry.measuring = True
            return [self._pool.submit(self._measure_anew, entry) for entry in idle]

    def close(self) -> None:
        """Stops every attempt and closes every store; calling it again does nothing."""
        with self._lock:
            if self._closing.is_set():
                return
            self._closing.set()
            if self._next_measure is not None:
                self._next_measure.cancel()
            entries, retired = list(self._entries.values()), list(self._retired)
            self._entries = {}
            self._publish()
        for entry in entries:
            self._stop(entry)
        self._pool.shutdown(wait=True, cancel_futures=True)
        for number in retired:
            self._close_retired(number)
        for entry in entries:
            if entry.store is not None:
                self._close_store(entry.store)

    def _entry(self, source_id: str) -> Entry:
        with self._lock:
            entry = self._entries.get(source_id)
        if entry is None:
            raise RequestInvalid(f"There is no source {source_id}.", field="id")
        return entry

    def _known(self, entry: Entry) -> Source:
        if entry.source.problem is not None:
            raise SourceUnavailable(f"The source {entry.document.id} is down: {entry.source.problem}", source=entry.document.id)
        return entry.source

    def _opened(self, document: SourceDocument) -> Entry:
        try:
            store = store_type(document.type).open(document.store_config(lambda: self._written(document.id)))
        except RequestInvalid as error:
            why = self._scrub(error.message)
            log.warning("source.invalid", source=document.id, problem=why)
            return Entry(document, source_of(document, problem=why), invalid=why)
        except FozError as error:
            return Entry(document, source_of(document, problem=self._scrub(error.message)))
        except Exception as error:
            log.exception("source.open_failed", source=document.id)
            return Entry(document, source_of(document, problem=f"it could not be opened ({type(error).__name__})."))
        return Entry(document, source_of(document, problem="It has not answered yet."), store)

    def _check(self, entry: Entry) -> None:
        try:
            self._introspect(entry)
        finally:
            entry.checking = False

    def _introspect(self, entry: Entry) -> bool:
        """Asks the source what it holds; answers whether that is now known. One attempt at a time."""
        with self._asking(entry) as (store, control):
            if entry.stopped.is_set():
                return True
            try:
                found = store.introspect(control)
            except Exception as error:
                if entry.stopped.is_set():
                    return True
                if not isinstance(error, FozError):
                    log.exception("source.introspection_failed", source=entry.document.id)
                with self._lock:
                    self._fail(entry, error)
                return False
            with self._lock:
                was_down = entry.source.problem
                entry.found, entry.checked_at = found, datetime.now(UTC)
                entry.source = source_of(entry.document, found).measured(entry.statistics)
                self._publish()
        log.info("source.up", source=entry.document.id, tables=len(found.tables), server=found.server, was=was_down)
        for sentence in misfits(entry.document, entry.source):
            log.warning("source.document_misfit", source=entry.document.id, problem=sentence)
        self._measure(entry)
        return True

    def _measure(self, entry: Entry) -> None:
        """Asks the source for its statistics; what is known stays where it gives none."""
        with self._asking(entry) as (store, control):
            if entry.found is None or entry.stopped.is_set():
                return
            try:
                measured = store.statistics(entry.found.tables, control)
            except Exception as error:
                if not entry.stopped.is_set():
                    why = self._scrub(error.message) if isinstance(error, FozError) else type(error).__name__
                    log.warning("source.statistics_failed", source=entry.document.id, problem=why)
                return
            taken_at_ms = int(self._clock() * 1000)
            with self._lock:
                taken = {path: replace(each, taken_at_ms=taken_at_ms) for path, each in measured.items()}
                entry.statistics = {**entry.statistics, **taken}
                entry.source = entry.source.measured(entry.statistics)
                self._publish()

    def _measure_anew(self, entry: Entry) -> None:
        try:
            self._measure(entry)
        finally:
            entry.measuring = False

    def _measure_later(self) -> None:
        """Sets the time of the next reading of all statistics; under the lock."""
        if self._patience.statistics_seconds and not self._closing.is_set():
            self._next_measure = threading.Timer(self._patience.statistics_seconds, self._measure_again)
            self._next_measure.name, self._next_measure.daemon = "foz-statistics", True
            self._next_measure.start()

    def _measure_again(self) -> None:
        self.measure()
        with self._lock:
            self._measure_later()

    @contextmanager
    def _asking(self, entry: Entry) -> Iterator[tuple[Store, Control]]:
        """One question to a source at a time; what stops the entry ends it."""
        store = entry.store
        assert store is not None
        with entry.turn:
            entry.control = Control(self._patience.introspection_ms)
            try:
                yield store, entry.control
            finally:
                entry.control = None

    def _fail(self, entry: Entry, error: Exception) -> None:
        message = (
            error.message if isinstance(error, FozError) else f"It failed in a way that is not known ({type(error).__name__})."
        )
        before, entry.checked_at = entry.source.problem, datetime.now(UTC)
        entry.source = source_of(entry.document, entry.found, self._scrub(message)).measured(entry.statistics)
        self._publish()
        tell = log.debug if entry.source.problem == before else log.warning
        tell("source.down", source=entry.document.id, problem=entry.source.problem)
        if not entry.retrying and not entry.stopped.is_set():
            entry.retrying = True
            threading.Thread(target=self._keep_trying, args=(entry,), name=f"foz-retry-{entry.document.id}", daemon=True).start()

    def _keep_trying(self, entry: Entry) -> None:
        patience = self._patience
        retrying = tenacity.Retrying(
            sleep=tenacity.sleep_using_event(entry.stopped),
            wait=tenacity.wait_random_exponential(patience.first_pause_seconds, patience.longest_pause_seconds),
            stop=tenacity.stop_when_event_set(entry.stopped),
            retry=tenacity.retry_if_result(lambda known: not known),
        )
        entry.stopped.wait(patience.first_pause_seconds)
        try:
            retrying(self._introspect, entry)
        except tenacity.RetryError:
            log.debug("source.retry_stopped", source=entry.document.id)
        finally:
            with self._lock:
                entry.retrying = False

    def _publish(self) -> None:
        entries = list(self._entries.values())
        broken = (Source(id=problem.id, type="", problem=self._scrub(problem.why)) for problem in self._invalid if problem.id)
        self._catalog = Catalog((*(entry.source for entry in entries), *broken))
        self._stores = MappingProxyType({entry.document.id: entry.store for entry in entries if entry.store is not None})
        if not self._closing.is_set():
            self._pool.submit(self._changed)

    def _stop(self, entry: Entry) -> None:
        entry.stopped.set()
        control = entry.control
        if control is not None:
            control.cancel()

    def _retire(self, entry: Entry) -> None:
        """Takes a store out of use; queries that still read from it have a while to finish."""
        self._stop(entry)
        if entry.store is None:
            return
        number = next(self._retirements)
        timer = threading.Timer(self._patience.retire_seconds, self._close_retired, (number,))
        timer.daemon = True
        self._retired[number] = (timer, entry.store)
        timer.start()

    def _close_retired(self, number: int) -> None:
        with self._lock:
            timer, store = self._retired.pop(number, (None, None))
        if timer is not None and store is not None:
            timer.cancel()
            self._close_store(store)

    def _close_store(self, store: Store) -> None:
        try:
            store.close()
        except FozError as error:
            log.warning("source.close_failed", problem=self._scrub(error.message))


def down(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """The id of each source that is down, and why."""
    return ((source.id, source.problem) for source in catalog.sources if source.problem is not None)
