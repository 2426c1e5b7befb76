"""What makes kept answers out of date, and what is said of a table's freshness meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from cache.memory import MemoryStore
from cache.policy import Policy
from cache.store import Ask, CacheUnavailable
from planner.catalog import Catalog, Grants, Table
from planner.errors import RequestInvalid, ServerBusy, SourceUnavailable
from proxy.freshness import Ages, Fresh, Untold, freshness, over
from proxy.invalidation import Invalidation
from proxy.request import Caller, Event
from tests.planner.shop import CATALOG
from translators.base import Heard
from translators.control import Control

SHOP = CATALOG.by_id["shop"]
ORDERS = SHOP.tables[0]
AGES = Ages(keep_ms=3_600_000, untold_ms=0)


class Away(MemoryStore):
    """A store that can be out of reach."""

    away = False

    def move(self, entities: Collection[str], marks: Collection[str] = ()) -> bool:
        if self.away:
            raise CacheUnavailable("It is away.")
        return super().move(entities, marks)


class Told:
    """A store that tells of its changes when it is made to."""

    def __init__(self) -> None:
        self.heard: Heard | None = None
        self.closed = 0

    def watch(self, tables: Sequence[Table], heard: Heard) -> Told:
        self.heard = heard
        return self

    def close(self) -> None:
        self.closed += 1


class Place:
    """An Invalidation over the shop's catalogue, with one store that tells."""

    def __init__(self) -> None:
        self.store = Away(Policy(1_000_000, 100_000), lambda: 0.0)
        self.told = Told()
        self.stores: dict[str, Any] = {"shop": self.told}
        self.catalog = CATALOG
        self.causes: list[str] = []
        self.invalidation = Invalidation(self.store, lambda: self.catalog, self.causes.append)

    def listen(self) -> Heard:
        self.invalidation.listen(lambda: self.stores, lambda: self.catalog)
        assert self.told.heard is not None
        return self.told.heard

    def watched(self, path: str) -> bool:
        return self.invalidation.unheard(path) is None

    def version(self, entity: str) -> str:
        return dict(self.store.look(Ask("k", (entity,))).vector)[entity]

    def moved(self, entity: str, do: Any) -> bool:
        before = self.version(entity)
        do()
        return self.version(entity) != before


@pytest.fixture
def place() -> Place:
    return Place()


def test_a_table_is_watched_while_its_changes_are_heard(place: Place) -> None:
    heard = place.listen()
    assert not place.watched(ORDERS.path)
    assert place.moved("shop", lambda: heard.live([ORDERS.path], {}))
    assert place.watched(ORDERS.path)
    assert place.moved(ORDERS.path, lambda: heard.changed([ORDERS.path], "x1"))
    assert not place.moved(ORDERS.path, lambda: heard.changed([ORDERS.path], "x1"))
    assert place.moved("shop", lambda: heard.changed([], None))
    assert place.moved("shop", lambda: heard.lost("gone"))
    assert not place.watched(ORDERS.path)
    assert place.causes == ["live", "notification", "notification", "lost"]


def test_a_change_that_cannot_be_noted_ends_the_watch(place: Place) -> None:
    heard = place.listen()
    heard.live([ORDERS.path], {})
    place.store.away = True
    heard.changed([ORDERS.path], "x1")
    assert not place.watched(ORDERS.path)
    heard.live([ORDERS.path], {})
    assert place.invalidation.unheard(ORDERS.path) == "the cache could not be told of them"
    place.store.away = False
    assert place.moved("shop", lambda: place.watched(ORDERS.path))
    assert place.watched(ORDERS.path)


def test_what_is_told_late_moves_nothing_but_what_was_written(place: Place) -> None:
    heard = place.listen()
    heard.live([ORDERS.path], {})
    assert not place.moved("shop", lambda: heard.paused("a pause"))
    assert place.invalidation.unheard(ORDERS.path) == "a pause"
    assert place.moved(ORDERS.path, lambda: heard.changed([ORDERS.path], None))
    assert not place.watched(ORDERS.path)
    assert not place.moved("shop", heard.resumed)
    assert place.watched(ORDERS.path)
    heard.paused("a pause")
    assert place.moved("shop", lambda: heard.lost("gone"))
    heard.resumed()
    assert not place.watched(ORDERS.path)


def test_a_change_that_could_not_be_noted_in_a_pause_is_made_good_after_it(place: Place) -> None:
    heard = place.listen()
    heard.live([ORDERS.path], {})
    heard.paused("a pause")
    place.store.away = True
    heard.changed([ORDERS.path], "x1")
    place.store.away = False
    assert not place.moved("shop", lambda: place.watched(ORDERS.path))
    heard.resumed()
    assert place.moved("shop", lambda: place.watched(ORDERS.path))


def test_a_store_says_why_it_does_not_tell_of_a_table(place: Place) -> None:
    assert place.invalidation.unheard(ORDERS.path) == "its source tells of none"
    heard = place.listen()
    assert place.invalidation.unheard(ORDERS.path) == "its source has not told of any yet"
    heard.live([], {ORDERS.path: "it is a view"})
    assert place.invalidation.unheard(ORDERS.path) == "it is a view"
    heard.lost("the server is gone")
    assert place.invalidation.unheard(ORDERS.path) == "the server is gone"


def test_a_source_whose_tables_or_store_are_others_is_listened_to_anew(place: Place) -> None:
    place.listen().live([ORDERS.path], {})
    place.invalidation.listen(lambda: place.stores, lambda: place.catalog)
    assert place.told.closed == 0
    altered = replace(SHOP, tables=tuple(replace(table, facts=frozenset({"altered"})) for table in SHOP.tables))
    place.catalog = Catalog((altered,))
    assert place.moved("shop", place.listen)
    assert place.told.closed == 1
    assert not place.watched(ORDERS.path)
    place.stores = {}
    place.invalidation.listen(lambda: place.stores, lambda: place.catalog)
    assert place.told.closed == 2


def test_after_its_end_nothing_counts_as_watched(place: Place) -> None:
    heard = place.listen()
    heard.live([ORDERS.path], {})
    place.invalidation.close()
    heard.live([ORDERS.path], {})
    assert not place.watched(ORDERS.path)
    assert place.told.closed == 1


def test_events_move_what_they_name(place: Place) -> None:
    def tell(**event: Any) -> None:
        place.invalidation.tell([Event("shop", **event)], Caller())

    assert place.moved(ORDERS.path, lambda: tell(table="orders"))
    assert place.moved(ORDERS.path, lambda: tell(table="public.orders", version="1"))
    assert not place.moved(ORDERS.path, lambda: tell(table="orders", version="1"))
    assert place.moved("shop", lambda: tell())
    assert place.moved("shop", lambda: tell(table="no_such_table"))


def test_a_storm_of_events_is_one_move_for_each_table(place: Place) -> None:
    storm = [Event("shop", table, "updated", str(n)) for n in range(5000) for table in ("orders", "lines")]
    assert place.moved(ORDERS.path, lambda: place.invalidation.tell(storm, Caller()))
    assert place.causes == ["event", "event"]
    assert not place.moved(ORDERS.path, lambda: place.invalidation.tell(storm[-200:], Caller()))
    assert place.moved(ORDERS.path, lambda: place.invalidation.tell([*storm[-2:], Event("shop", "orders")], Caller()))


def test_nothing_is_moved_where_one_event_cannot_be(place: Place) -> None:
    def tell() -> None:
        with pytest.raises(RequestInvalid):
            place.invalidation.tell([Event("shop", "orders"), Event("nowhere")], Caller())

    assert not place.moved(ORDERS.path, tell)


def test_a_caller_can_report_only_what_it_can_name(place: Place) -> None:
    ana = Caller("ana", Grants(("crm.*",)), admin=False)
    for source in ("shop", "nowhere"):
        with pytest.raises(RequestInvalid):
            place.invalidation.tell([Event(source)], ana)
    ben = Caller("ben", Grants(("shop.lines",)), admin=False)
    assert place.moved("shop", lambda: place.invalidation.tell([Event("shop", "orders")], ben))


def test_an_event_that_cannot_be_noted_is_not_taken(place: Place) -> None:
    place.store.away = True
    with pytest.raises(ServerBusy):
        place.invalidation.tell([Event("shop")], Caller())


def test_a_write_of_ones_own_is_owed_until_it_is_noted(place: Place) -> None:
    place.store.away = True
    place.invalidation.written("shop")
    assert not place.invalidation.settled()
    place.store.away = False
    assert place.moved("shop", lambda: None if place.invalidation.settled() else pytest.fail("it is still owed"))
    assert place.moved("shop", lambda: place.invalidation.written("shop"))


class Proves:
    """A store that proves the tables whose tokens it has."""

    def __init__(self, tokens: Mapping[str, str] | None) -> None:
        self._tokens = tokens

    def prove(self, tables: Sequence[Table], control: Control) -> Mapping[str, str]:
        if self._tokens is None:
            raise SourceUnavailable("It is down.", source="shop")
        return self._tokens


def fresh(
    *tables: Table, proves: Mapping[str, Any] | None = None, watched: Collection[str] = (), ages: Ages = AGES
) -> Fresh | Untold:
    stores: Any = {source: Proves(tokens) for source, tokens in (proves or {}).items()}
    read = over(tables)
    unheard = lambda path: None if path in watched else "nobody tells"  # noqa: E731
    return read if isinstance(read, Untold) else freshness(read, stores, unheard, ages, Control())


def label(found: Fresh | Untold) -> str:
    return found.label if isinstance(found, Fresh) else "untold"


CUSTOMERS = CATALOG.by_id["crm"].tables[0]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (fresh(ORDERS, proves={"shop": {ORDERS.path: "t"}}), "exact"),
        (fresh(ORDERS, watched=[ORDERS.path]), "notified"),
        (fresh(ORDERS), "untold"),
        (fresh(ORDERS, ages=Ages(1000, 500)), "ttl"),
        (fresh(ORDERS, proves={"shop": None}), "untold"),
        (fresh(ORDERS, proves={"shop": {}}, watched=[ORDERS.path]), "notified"),
        (fresh(ORDERS, CUSTOMERS, proves={"shop": {ORDERS.path: "t"}}, watched=[CUSTOMERS.path]), "notified"),
        (fresh(ORDERS, CUSTOMERS, proves={"shop": {ORDERS.path: "t"}}), "untold"),
        (fresh(replace(ORDERS, facts=frozenset({"immutable"}))), "ttl"),
        (fresh(replace(ORDERS, kind="foreign table"), ages=Ages(1000, 500)), "untold"),
        (fresh(replace(ORDERS, kind="view", bases=("shop.public.a",)), watched=["shop.public.a"]), "untold"),
        (fresh(replace(ORDERS, kind="view", bases=("shop.public.a",)), watched=[ORDERS.path]), "notified"),
    ],
)
def test_the_least_of_what_is_known_is_said(found: Fresh | Untold, expected: str) -> None:
    assert label(found) == expected


def test_an_answer_depends_on_its_sources_its_tables_and_what_is_under_them() -> None:
    found = fresh(replace(ORDERS, kind="view", bases=("shop.public.a",)), CUSTOMERS, ages=Ages(1000, 500))
    assert isinstance(found, Fresh)
    assert found.entities == tuple(sorted(("shop", ORDERS.path, "shop.public.a", "crm", CUSTOMERS.path)))
    assert found.max_age_ms == 500
