"""The catalogue service: sources come up, go down, come back, change and go, and the snapshot says so."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from planner.catalog import Grants, Relation
from planner.errors import RequestInvalid, SourceUnavailable
from proxy.catalog.documents import SourceDocument
from proxy.catalog.entries import Documents, Invalid, Patience
from proxy.catalog.listing import Listing
from proxy.catalog.service import CatalogService
from proxy.request import Caller
from proxy.telemetry import Scrubber
from translators.base import Introspection
from translators.control import Control

from .conftest import Shelf, document, found

QUICK = Patience(start_seconds=20, first_pause_seconds=0.01, longest_pause_seconds=0.05, retire_seconds=0)


def serving(*documents: SourceDocument, patience: Patience = QUICK, invalid: tuple[Invalid, ...] = ()) -> CatalogService:
    return CatalogService(lambda: Documents(documents, invalid), Scrubber(), patience)


def until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(12_000):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("it did not happen")


def test_every_source_is_opened_and_known(shelf: Shelf) -> None:
    shelf.holds("a", "orders")
    shelf.holds("b", "customers", "reviews")
    service = serving(document("a"), document("b", limits={"maxRows": 5}, version=7))
    assert not service.started.is_set()
    service.start()
    try:
        catalog = service.snapshot()
        assert [source.id for source in catalog.sources] == ["a", "b"]
        b = catalog.by_id["b"]
        assert (b.limits.max_rows, b.version, b.problem, b.facts) == (5, 7, None, frozenset({"told"}))
        assert b.table("REVIEWS") is not None
        assert set(service.stores()) == {"a", "b"}
        assert service.started.is_set()
    finally:
        service.close()
    assert sorted(shelf.closed) == ["a", "b"]
    service.close()
    assert sorted(shelf.closed) == ["a", "b"]


def test_sources_are_introspected_side_by_side(shelf: Shelf) -> None:
    together = threading.Barrier(3)

    def meet(source: str) -> Callable[[Control], Introspection]:
        def answer(control: Control) -> Introspection:
            together.wait(20)
            return found(source, "t")

        return answer

    shelf.does = {name: meet(name) for name in "abc"}
    service = serving(*(document(name) for name in "abc"))
    service.start()
    assert all(source.problem is None for source in service.snapshot().sources)
    service.close()


def test_a_source_that_is_down_does_not_stop_the_others_and_comes_back(shelf: Shelf) -> None:
    shelf.holds("a", "orders")
    shelf.fails("b", SourceUnavailable("No answer from mongodb://u:hunter22@h.", source="b"))
    service = serving(document("a"), document("b"))
    service.start()
    try:
        assert service.snapshot().by_id["a"].tables
        problem = service.snapshot().by_id["b"].problem
        assert problem == "No answer from mongodb://u:***@h."
        version = service.snapshot().version
        until(lambda: shelf.asked.count("b") > 3)
        shelf.holds("b", "customers")
        until(lambda: service.snapshot().by_id["b"].problem is None)
        assert service.snapshot().by_id["b"].tables
        assert service.snapshot().version != version
    finally:
        service.close()


def test_a_source_that_does_not_answer_in_time_comes_later(shelf: Shelf) -> None:
    go = threading.Event()

    def wait(control: Control) -> Introspection:
        go.wait(20)
        return found("slow", "t")

    shelf.does["slow"] = wait
    service = serving(document("slow"), patience=Patience(start_seconds=0.01))
    service.start()
    assert service.snapshot().by_id["slow"].problem == "It has not answered yet."
    go.set()
    until(lambda: service.snapshot().by_id["slow"].problem is None)
    service.close()


def test_closing_ends_an_introspection(shelf: Shelf) -> None:
    entered = threading.Event()

    def wait(control: Control) -> Introspection:
        entered.set()
        control.wait(60)
        control.check()
        raise AssertionError("not cancelled")

    shelf.does["slow"] = wait
    service = serving(document("slow"), patience=Patience(start_seconds=0.01))
    service.start()
    entered.wait(20)
    service.close()
    assert shelf.closed == ["slow"]


def test_a_source_that_goes_down_keeps_its_tables(shelf: Shelf) -> None:
    shelf.holds("a", "orders")
    service = serving(document("a"))
    service.start()
    try:
        service.report("nothing")
        service.report("a")
        until(lambda: shelf.asked.count("a") == 2)
        assert service.snapshot().by_id["a"].problem is None
        shelf.fails("a", SourceUnavailable("Away.", source="a"))
        until(lambda: not service.entries()[0].checking)
        service.report("a")
        until(lambda: service.snapshot().by_id["a"].problem == "Away.")
        assert service.snapshot().by_id["a"].table("orders") is not None
        with pytest.raises(SourceUnavailable, match="Away"):
            service.refresh("a")
        assert service.snapshot().by_id["a"].table("orders") is not None
        shelf.holds("a", "orders", "more")
        until(lambda: service.snapshot().by_id["a"].table("more") is not None)
        assert service.snapshot().by_id["a"].problem is None
    finally:
        service.close()


def test_an_error_that_nobody_foresaw_is_a_problem_without_its_text(shelf: Shelf) -> None:
    shelf.fails("a", ValueError("hunter22"))
    service = serving(document("a"))
    service.start()
    assert service.snapshot().by_id["a"].problem == "It failed in a way that is not known (ValueError)."
    service.close()


def test_refresh(shelf: Shelf) -> None:
    shelf.holds("a", "orders")
    service = serving(document("a"))
    service.start()
    before = service.snapshot()
    shelf.holds("a", "orders", "lines")
    assert service.refresh("a").table("lines") is not None
    assert before.by_id["a"].table("lines") is None
    with pytest.raises(RequestInvalid, match="no source nothing"):
        service.refresh("nothing")
    service.close()


def test_documents_that_change(shelf: Shelf) -> None:
    for name in "abc":
        shelf.holds(name, "t")
    documents = [document("a"), document("b")]
    service = CatalogService(lambda: Documents(tuple(documents)), Scrubber(), QUICK)
    service.start()
    stores = dict(service.stores())
    documents[:] = [document("a"), document("b", connection={"host": "other"}), document("c")]
    service.reload()
    assert service.stores()["a"] is stores["a"]
    assert service.stores()["b"] is not stores["b"]
    assert list(service.snapshot().by_id) == ["a", "b", "c"]
    until(lambda: shelf.closed == ["b"])
    documents[:] = [document("c")]
    service.reload()
    assert list(service.snapshot().by_id) == ["c"]
    service.close()
    until(lambda: sorted(shelf.closed) == ["a", "b", "b", "c"])


def test_a_connection_that_the_store_refuses(shelf: Shelf) -> None:
    shelf.holds("a", "t")
    service = serving(document("a"), document("b", connection={"host": "wrong"}), invalid=(Invalid("c", "id is required."),))
    service.start()
    assert service.invalid() == (Invalid("c", "id is required."), Invalid("b", "The host wrong is wrong."))
    assert service.snapshot().by_id["b"].problem == "The host wrong is wrong."
    assert service.snapshot().by_id["c"].problem == "id is required."
    assert set(service.stores()) == {"a"}
    with pytest.raises(SourceUnavailable):
        service.refresh("b")
    listed = {one["id"]: one["status"] for one in Listing(service).sources(Caller())}
    assert listed == {"a": "up", "b": "invalid", "c": "invalid"}
    service.close()


def test_declared_relations_and_facts(shelf: Shelf) -> None:
    shelf.holds("a", "orders", relations=(Relation("customer", "a.public.customers", (("customer_id", "id"),)),))
    tables = {
        "orders": {
            "immutable": True,
            "columns": {"id": "BIGINT"},
            "relations": {
                "customer": {"to": "crm.customers", "keys": {"customer_id": "_id"}},
                "lines": {"to": "a.lines", "keys": {"id": "order_id"}, "many": True},
                "broken": {"to": "a.lines", "keys": {"nothing": "order_id"}},
            },
        },
        "nothing": {"columns": {"x": "BIGINT"}},
    }
    service = serving(document("a", tables=tables))
    service.start()
    orders = service.snapshot().by_id["a"].table("orders")
    assert orders is not None
    assert {r.name: (r.to, r.keys, r.many) for r in orders.relations} == {
        "customer": ("crm.customers", (("customer_id", "_id"),), False),
        "lines": ("a.lines", (("id", "order_id"),), True),
    }
    assert "immutable" in orders.facts
    assert shelf.opened[0].declared == {"orders": {"id": "BIGINT"}, "nothing": {"x": "BIGINT"}}
    service.close()


def test_listings_show_what_the_caller_may_see(shelf: Shelf) -> None:
    relations = (Relation("secret", "a.secrets", (("id", "id"),)), Relation("line", "a.lines", (("id", "id"),)))
    shelf.holds("a", "orders", "lines", "secrets", relations=relations)
    shelf.holds("b", "customers")
    connection = {"host": "h", "user": "foz", "password": "hunter22", "uri": "told://foz:hunter22@h/d?key=hunter22"}
    service = serving(document("a", connection=connection), document("b"))
    service.start()
    listing = Listing(service)
    ana = Caller("ana", Grants(("a.orders", "a.lines")), admin=False)
    assert [(one["id"], one["status"], one["tables"]) for one in listing.sources(ana)] == [("a", "up", 2)]
    assert "connection" not in listing.source("a", ana)
    orders = next(table for table in listing.tables("a", ana) if table["name"] == "orders")
    assert [relation["name"] for relation in orders["relations"]] == ["line"]
    assert orders["columns"][0] == {"name": "id", "type": "BIGINT", "nullable": True, "native": "int8"}
    for hidden in ("b", "nothing"):
        with pytest.raises(RequestInvalid):
            listing.tables(hidden, ana)
    assert listing.source("a", Caller())["connection"] == {"host": "h", "user": "foz", "uri": "told://h/d"}
    assert "hunter22" not in str([listing.sources(Caller()), listing.tables("a", Caller())])
    service.close()
