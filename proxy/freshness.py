"""What can be said of a table's rows at this request: proved as they were, no change heard of, or nothing but their age.

exact      the source itself said so within this request (`translators.base.Proving`)
notified   its changes are being listened for, and none has been heard of (`translators.base.Watching`)
ttl        nothing tells; an answer is given again for `cacheLimits.ttlSeconds`, for longer over immutable tables, or not at all
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cache.store import Vector
from cache.versions import entities, proof
from planner.catalog import Table
from planner.errors import FozError
from proxy.catalog.merge import IMMUTABLE
from translators.base import Store
from translators.control import Control

Label = Literal["exact", "notified", "ttl"]
_WORST_LAST: tuple[Label, ...] = ("exact", "notified", "ttl")

FOREIGN = frozenset({"foreign table"})
"""Kinds of tables whose rows are another server's: nothing here tells when they change."""


@dataclass(frozen=True)
class Fresh:
    """How fresh an answer over some tables would be. `max_age_ms` bounds its age (None: only by what it was kept for), and `why`
    says of `ttl` why it is no better."""

    label: Label
    entities: tuple[str, ...]
    proved: Vector
    max_age_ms: int | None
    why: str | None = None


@dataclass(frozen=True)
class Untold:
    """Why no kept answer may be given."""

    why: str


@dataclass(frozen=True)
class Ages:
    """For how long an answer may be kept in all, and over tables of which nothing is told (0: not at all)."""

    keep_ms: int
    untold_ms: int


@dataclass(frozen=True, eq=False)
class Over:
    """The tables that an answer is read from, by their sources, and the entities whose versions it carries."""

    sources: tuple[tuple[str, tuple[Table, ...]], ...]
    entities: tuple[str, ...]


def over(tables: Sequence[Table]) -> Over | Untold:
    """What does not change about `tables` from one request to the next."""
    by_source: dict[str, list[Table]] = {}
    for table in tables:
        if table.kind in FOREIGN:
            return Untold(f"the rows of {table.path} are another server's")
        by_source.setdefault(table.source, []).append(table)
    return Over(tuple((source, tuple(own)) for source, own in by_source.items()), entities(tables))


def freshness(
    over: Over,
    stores: Mapping[str, Store],
    unheard: Callable[[str], str | None],
    ages: Ages,
    control: Control,
) -> Fresh | Untold:
    """What holds for the tables now. `unheard` says of a table's path why changes of its rows are not heard of (None: they are).

    The tokens are asked of the sources here, so that they are older than whatever is read afterwards.
    """
    label: Label = "exact"
    proved: list[tuple[str, str]] = []
    max_age_ms: int | None = None
    why: str | None = None
    for source, tables in over.sources:
        tokens = _proved(stores.get(source), tables, control)
        for table in tables:
            if table.path in tokens:
                proved.append((proof(table), tokens[table.path]))
                continue
            reason = unheard(table.path)
            if reason is None:
                label = _worse(label, "notified")
                continue
            label, why = "ttl", f"changes of {table.path} are not heard of: {reason}"
            age_ms = ages.keep_ms if IMMUTABLE in table.facts else ages.untold_ms
            if age_ms <= 0:
                return Untold(f"{why} (and cacheLimits.ttlSeconds is 0)")
            max_age_ms = age_ms if max_age_ms is None else min(max_age_ms, age_ms)
    return Fresh(label, over.entities, tuple(sorted(proved)), max_age_ms, why)


def _proved(store: Store | None, tables: Sequence[Table], control: Control) -> Mapping[str, str]:
    # Not isinstance: to look through a Protocol takes longer than the rest of a hit's look-up.
    prove = getattr(store, "prove", None)
    if prove is None:
        return {}
    try:
        tokens: Mapping[str, str] = prove(tables, control)
    except FozError:
        control.check()
        return {}
    return tokens


def _worse(one: Label, other: Label) -> Label:
    return max(one, other, key=_WORST_LAST.index)
