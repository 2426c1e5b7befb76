"""Statistics in the catalogue: read with the tables and again later, old ones kept where a source fails, no version changed."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import wait
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from planner.catalog import Catalog, Grants
from planner.errors import SourceUnavailable
from planner.statistics import ColumnStatistics, TableStatistics
from proxy.catalog.entries import Documents
from proxy.catalog.listing import Listing
from proxy.catalog.service import CatalogService
from proxy.request import Caller
from proxy.telemetry import Scrubber

from .conftest import Shelf, document
from .test_service import QUICK, until


class Clock:
    """Seconds since 1970, as a test sets them."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def serving(clock: Clock, *names: str, statistics_seconds: float = 0) -> CatalogService:
    documents = [document(name) for name in names]
    patience = replace(QUICK, statistics_seconds=statistics_seconds)
    return CatalogService(lambda: Documents(documents), Scrubber(), patience, clock=clock)


def rows(count: int) -> Mapping[str, TableStatistics]:
    columns = (("id", ColumnStatistics(distinct=count)),)
    return {"a.public.orders": TableStatistics(rows=count, columns=columns, origin="told")}


def known(catalog: Catalog) -> TableStatistics:
    table = catalog.by_id["a"].table("orders")
    assert table is not None
    assert table.statistics is not None
    return table.statistics


def measured(service: CatalogService) -> TableStatistics:
    assert not wait(service.measure(), 20).not_done
    return known(service.snapshot())


def test_statistics_come_with_the_tables_and_again_with_another_age(shelf: Shelf) -> None:
    clock = Clock()
    shelf.holds("a", "orders", "lines")
    shelf.measures["a"] = lambda: rows(10)
    service = serving(clock, "a")
    service.start()
    try:
        first = service.snapshot()
        assert (known(first).rows, known(first).origin, known(first).taken_at_ms) == (10, "told", 1_000_000)
        assert [table["rows"] for table in Listing(service).tables("a", Caller())] == [10, 3]
        clock.seconds = 1300.5
        assert measured(service) == replace(known(first), taken_at_ms=1_300_500)
        same = service.snapshot()
        assert (same.version, same.epoch) == (first.version, first.epoch)
        shelf.measures["a"] = lambda: rows(11)
        assert measured(service).rows == 11
        changed = service.snapshot()
        assert changed.version == first.version
        assert changed.epoch != first.epoch
        assert shelf.asked == ["a"], "statistics are read without an introspection"
    finally:
        service.close()


def test_a_source_that_fails_keeps_its_statistics(shelf: Shelf) -> None:
    clock = Clock()
    shelf.holds("a", "orders")
    shelf.measures["a"] = lambda: rows(10)
    service = serving(clock, "a")
    service.start()
    try:
        before = service.snapshot()

        def fail() -> Mapping[str, TableStatistics]:
            raise SourceUnavailable("It went away.", source="a")

        shelf.measures["a"] = fail
        clock.seconds = 2000
        with capture_logs() as logs:
            assert measured(service) == known(before)
        assert [(log["event"], log["source"], log["problem"]) for log in logs] == [
            ("source.statistics_failed", "a", "It went away.")
        ]
        assert service.snapshot().epoch == before.epoch
        shelf.fails("a", SourceUnavailable("It is down.", source="a"))
        with pytest.raises(SourceUnavailable):
            service.refresh("a")
        assert known(service.snapshot()) == known(before)
    finally:
        service.close()


def test_a_refresh_of_the_source_reads_them_at_once(shelf: Shelf) -> None:
    shelf.holds("a", "orders")
    service = serving(Clock(), "a")
    service.start()
    try:
        shelf.measures["a"] = lambda: rows(12)
        service.refresh("a")
        assert known(service.snapshot()).rows == 12
    finally:
        service.close()


def test_they_are_read_again_and_again_until_the_service_is_closed(shelf: Shelf) -> None:
    counted: list[int] = []

    def count() -> Mapping[str, TableStatistics]:
        counted.append(len(counted))
        return rows(len(counted))

    shelf.holds("a", "orders")
    shelf.measures["a"] = count
    service = serving(Clock(), "a", statistics_seconds=0.01)
    service.start()
    until(lambda: len(counted) >= 4)
    service.close()
    asked = len(counted)
    assert service.measure() == []
    assert len(counted) == asked


def test_who_may_not_see_a_table_sees_no_statistics_of_it(shelf: Shelf) -> None:
    shelf.holds("a", "orders", "secret")
    shelf.measures["a"] = lambda: {**rows(10), "a.public.secret": TableStatistics(rows=77)}
    service = serving(Clock(), "a")
    service.start()
    try:
        grants = Grants(("a.orders",))
        view = service.snapshot().visible_to(grants)
        assert "77" not in repr(view)
        assert "77" not in repr(Listing(service).tables("a", Caller("ana", grants, admin=False)))
        shelf.measures["a"] = lambda: {"a.public.secret": TableStatistics(rows=78)}
        measured(service)
        assert service.snapshot().visible_to(grants).epoch == view.epoch, "a plan does not depend on what its caller may not see"
    finally:
        service.close()
