"""What a campaign has tried: how many queries went down whole, and which forms did, by store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock

from planner.errors import FozError
from planner.plan import Plan
from tests.answers.world import World
from tests.fuzz.grammar import FORMS
from tests.fuzz.queries import Query
from tests.fuzz.schema import SOURCES

ACROSS = "several"


@dataclass
class Coverage:
    """Counts by store; queries over several stores count under `several`.

    `asked` counts every text that Foz answered (the same query with other constants or with parameters is another), `queries`
    those that were made, `whole` those of them that one store did alone, `looked_up` those that joined collections in MongoDB.
    """

    asked: Counter[str] = field(default_factory=Counter)
    queries: Counter[str] = field(default_factory=Counter)
    whole: Counter[str] = field(default_factory=Counter)
    looked_up: int = 0
    forms: dict[str, Counter[str]] = field(default_factory=lambda: {source: Counter() for source in SOURCES})
    _lock: Lock = field(default_factory=Lock)

    def add(self, world: World, query: Query, asked: int) -> None:
        """Counts `query`, which was asked in `asked` texts; its plan is remembered by Foz, so that looking at it costs little."""
        store = next(iter(query.sources)) if len(query.sources) == 1 else ACROSS
        try:
            plan = world.plan(query.text)
        except FozError:
            plan = None
        with self._lock:
            self._count(store, query, asked, plan)

    def _count(self, store: str, query: Query, asked: int, plan: Plan | None) -> None:
        self.asked[store] += asked
        self.queries[store] += 1
        if plan is None:
            return
        self.looked_up += "docs" in query.sources and any("$lookup" in step.native.text for step in plan.steps)
        if plan.residual is None and len(plan.steps) == 1 and store != ACROSS:
            self.whole[store] += 1
            self.forms[store].update(query.used)

    def lines(self) -> Iterator[str]:
        """The counts for people: whole queries by store, and the forms that no query took down."""
        for store in (*SOURCES, ACROSS):
            made, whole = self.queries[store], self.whole[store]
            share = "" if store == ACROSS else f", {whole} of {made} queries whole ({100 * whole // max(made, 1)} %)"
            yield f"{store:8} {self.asked[store]} asked{share}"
        yield f"{self.looked_up} queries joined collections in MongoDB"
        for store in SOURCES:
            known = {form.template for form in FORMS}
            seen = known & set(self.forms[store])
            clauses = sorted(set(self.forms[store]) - known)
            yield f"{store:8} {len(seen)} of {len(known)} forms went down; clauses: {', '.join(clauses)}"
