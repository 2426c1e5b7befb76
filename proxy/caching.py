"""What the cache has to do with one query: whether an answer may be given again, and what of it is kept.

consult     plan → the entry that answers now, or the vector to keep a new one under, or why neither
keeping     reads once for everybody who asks the same meanwhile (`proxy.flights`), and keeps what is small enough
fragments   the same of a query's fragments, where its answer has to be computed (`proxy.kept_fragments`)
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

import pyarrow as pa

from cache.key import answer_key, fragment_key, tables
from cache.policy import Policy
from cache.single_flight import Flights
from cache.store import FREE, Ask, CacheStore, Entry, Lease, Vector
from planner.catalog import EVERYTHING, Catalog, Grants
from planner.plan import Field, Plan, Step
from planner.rules.constants import of_a_moment
from proxy.flights import Following, Leading
from proxy.freshness import Ages, Fresh, Over, Untold, freshness, over
from proxy.kept_fragments import NONE, Fragments, Keep, alone
from proxy.queries import Running
from proxy.request import CacheUse, Request
from translators.arrow import schema
from translators.base import Store
from translators.control import Control

Outcome = Literal["hit", "miss", "bypass"]


@dataclass(frozen=True, eq=False)
class Consulted:
    """What the cache said of a query. `why` says why it has no part in it (bypass); `fresh` is None then."""

    outcome: Outcome
    key: str = ""
    vector: Vector = ()
    fresh: Fresh | None = None
    entry: Entry | None = None
    age_ms: float = 0.0
    stale: bool = False
    why: str | None = None
    hidden: frozenset[str] = frozenset()
    """Tables behind views that the caller may not know of."""

    def alike(self, request: Request) -> str:
        """The same for queries of which one read gives the answer to all: by what they ask and may see, how many rows of it they
        want, and by the versions that there were when they arrived. "" for one that must read for itself."""
        if self.fresh is None:
            return ""
        return hashlib.sha256(
            repr((self.key, self.vector, request.cache, request.max_staleness_ms, request.limit)).encode()
        ).hexdigest()

    def max_age_seconds(self) -> float | None:
        """How long ago a read may have begun that answers the query too."""
        return None if self.fresh is None or self.fresh.max_age_ms is None else self.fresh.max_age_ms / 1000

    def labels(self) -> dict[str, Any]:
        """The `cache` of an answer: `{status, freshness?, ageMs?, versions?, reason?}`."""
        if self.fresh is None:
            return {"status": "bypass"} if self.why is None else {"status": "bypass", "reason": self.why}
        said: dict[str, Any] = {"status": self.outcome, "freshness": "ttl" if self.stale else self.fresh.label}
        if self.outcome == "hit":
            said["ageMs"] = round(self.age_ms)
        versions = self.entry.vector if self.entry is not None else self.vector
        said["versions"] = {entity: version for entity, version in versions if entity not in self.hidden}
        return said

    def described(self) -> dict[str, Any]:
        """What EXPLAIN says: the same, with the level, the key, and what would answer now."""
        if self.fresh is None:
            return {"cacheable": False, **self.labels()}
        why = {} if self.fresh.why is None else {"reason": self.fresh.why}
        return {"cacheable": True, "level": "result", "key": self.key, **self.labels(), **why}


NOT_ASKED = Consulted("bypass")


@dataclass(frozen=True, eq=False)
class _Subject:
    """What of a plan does not change from one request to the next, for as long as the catalogue and the names that it is asked
    under are the same: the name of its answer, what this is read from, and which of that the caller may not know of."""

    catalog: Catalog
    columns: tuple[Field, ...]
    grants: Grants
    key: str
    over: Over | Untold
    hidden: frozenset[str] = frozenset()


def _over(plan: Plan, catalog: Catalog) -> Over | Untold:
    return Untold(plan.volatile) if plan.volatile is not None else _over_all(plan.tables, catalog)


def _over_all(paths: Sequence[str], catalog: Catalog) -> Over | Untold:
    if not paths:
        return Untold("it reads no table")
    found = tables(catalog, paths)
    return over(found) if len(found) == len(paths) else Untold("the catalogue has changed since it was planned")


def _hidden(entities: Sequence[str], catalog: Catalog, grants: Grants) -> frozenset[str]:
    """The tables among `entities` that `grants` do not allow."""
    if grants == EVERYTHING:
        return frozenset()
    named = (entity for entity in entities if "." in entity)
    return frozenset(path for path in named if not any(grants.allow(table) for table in tables(catalog, [path])))


class Caching:
    """The cache as queries see it; used by many threads at once."""

    def __init__(
        self,
        store: CacheStore,
        policy: Policy,
        ages: Ages,
        unheard: Callable[[str], str | None],
        settled: Callable[[], bool],
        stores: Callable[[], Mapping[str, Store]],
        requested: Callable[[str, str], None],
        build: str,
    ) -> None:
        """`requested` is told the level (`result`, `fragment`) and the outcome of each consultation."""
        self._store = store
        self._policy = policy
        self._ages = ages
        self._unheard = unheard
        self._settled = settled
        self._stores = stores
        self._requested = requested
        self._build = build
        self._subjects: WeakKeyDictionary[Plan, _Subject] = WeakKeyDictionary()
        self._flights: Flights[Entry] = Flights()
        self._refreshing: set[str] = set()
        self._lock = threading.Lock()

    def consult(self, plan: Plan, columns: tuple[Field, ...], catalog: Catalog, request: Request, control: Control) -> Consulted:
        """What the cache says to `request`. The versions are taken here, before anything is read."""
        if request.cache == "bypass":
            return self._said(Consulted("bypass", why="the request says so"))
        if not self._settled():
            return self._said(Consulted("bypass", why="a write could not be noted yet"))
        subject = self._subject(plan, columns, catalog, request.caller.grants)
        fresh = self._freshness(subject.over, control)
        if isinstance(fresh, Untold):
            return self._said(Consulted("bypass", why=fresh.why))
        ask = Ask(subject.key, fresh.entities, fresh.proved, fresh.max_age_ms, request.max_staleness_ms)
        looked = self._store.look(ask)
        if not looked.reachable:
            return self._said(Consulted("bypass", why="the cache cannot be reached"))
        entry = looked.entry if request.cache == "use" else None
        outcome: Outcome = "hit" if entry is not None else "miss"
        return self._said(
            Consulted(outcome, ask.key, looked.vector, fresh, entry, looked.age_ms, looked.stale, hidden=subject.hidden)
        )

    def _subject(self, plan: Plan, columns: tuple[Field, ...], catalog: Catalog, grants: Grants) -> _Subject:
        known = self._subjects.get(plan)
        if known is None or known.catalog is not catalog or known.columns != columns or known.grants != grants:
            found = _over(plan, catalog)
            if isinstance(found, Untold):
                known = _Subject(catalog, columns, grants, "", found)
            else:
                key, hidden = answer_key(plan, columns, catalog, grants, self._build), _hidden(found.entities, catalog, grants)
                known = _Subject(catalog, columns, grants, key, found, hidden)
            self._subjects[plan] = known
        return known

    def _freshness(self, found: Over | Untold, control: Control) -> Fresh | Untold:
        return found if isinstance(found, Untold) else freshness(found, self._stores(), self._unheard, self._ages, control)

    def fragments(self, plan: Plan, catalog: Catalog, request: Request, control: Control) -> Fragments:
        """What the cache has to do with the plan's fragments. The versions are taken here, before anything is read."""
        if request.cache == "bypass" or not self._settled():
            return NONE
        kept: dict[str, Entry] = {}
        keeps: dict[str, Keep] = {}
        stores = self._stores()
        for step in alone(plan):
            if hasattr(stores.get(step.fragment.source), "directories"):
                continue  # The residual engine reads files itself, and what it needs of them alone.
            if plan.volatile is not None and of_a_moment(step.fragment.query):
                continue  # Nobody will ask for the rows of this microsecond again.
            fresh = self._freshness(_over_all(step.fragment.tables, catalog), control)
            if isinstance(fresh, Untold):
                continue
            key = fragment_key(step, catalog, request.caller.grants, self._build)
            looked = self._store.look(Ask(key, fresh.entities, fresh.proved, fresh.max_age_ms))
            if not looked.reachable:
                break
            answers = looked.entry is not None and request.cache == "use"
            self._requested("fragment", "hit" if answers else "miss")
            if looked.entry is not None and answers:
                kept[step.fragment.id] = looked.entry
            else:
                keeps[step.fragment.id] = self._keeper(key, looked.vector, step)
        return Fragments(kept, keeps)

    def admits(self, bytes: int) -> bool:
        """Whether an answer or a fragment of this size is ever kept."""
        return self._policy.admits(bytes)

    def _keeper(self, key: str, vector: Vector, step: Step) -> Keep:
        def keep(batches: list[pa.RecordBatch], bytes: int, cost_ms: float) -> None:
            entry = Entry(
                key, vector, schema(step.fragment.outputs), tuple(batches), bytes, cost_ms, self._ages.keep_ms, "fragment"
            )
            self._store.put(entry)

        return keep

    @contextmanager
    def refreshing(self, key: str) -> Iterator[bool]:
        """Around the reading anew of an answer that was given though it is out of date: whether nobody else does it already."""
        with self._lock:
            first = key not in self._refreshing
            self._refreshing.add(key)
        try:
            yield first
        finally:
            if first:
                with self._lock:
                    self._refreshing.discard(key)

    def _said(self, consulted: Consulted) -> Consulted:
        self._requested("result", "stale" if consulted.stale else consulted.outcome)
        return consulted

    def keeping(
        self,
        consulted: Consulted,
        use: CacheUse,
        schema: pa.Schema,
        run: Callable[[Control], Running],
        control: Control,
        sent: Callable[[], None] | None,
    ) -> Running:
        """The running of a query that the cache did not answer. `run` starts it under the control that it is given, which ends
        when nobody waits for it any more; `sent` is called once, when a first batch was taken."""
        flight = self._flights.board((consulted.key, consulted.vector, use))
        if not flight.leads:
            return Following(flight, run, control, sent)

        def lead(ended: Callable[[], bool]) -> Lease | Entry:
            if consulted.fresh is None or use != "use":
                return FREE
            ask = Ask(consulted.key, consulted.fresh.entities, max_age_ms=consulted.fresh.max_age_ms)
            return self._store.lead(ask, consulted.vector, ended)

        def keep(batches: list[pa.RecordBatch], bytes: int, cost_ms: float, lease: Lease) -> tuple[Entry, bool]:
            entry = Entry(consulted.key, consulted.vector, schema, tuple(batches), bytes, cost_ms, self._ages.keep_ms)
            return entry, self._store.put(entry, lease)

        return Leading(flight, lead, run, control, sent, self._policy.admits, keep)
