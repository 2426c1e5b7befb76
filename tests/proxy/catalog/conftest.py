"""A store type whose sources do what a test tells them: what they hold, or how they fail."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

import pytest

from planner.catalog import Column, Relation, Table
from planner.errors import RequestInvalid
from planner.plan import Taken
from planner.statistics import TableStatistics
from proxy.catalog.documents import SourceDocument
from translators import registry
from translators.base import Introspection, StoreConfig, StoreType
from translators.control import Control


class Shelf:
    """What every told source of one test does, and what happened to it."""

    def __init__(self) -> None:
        self.does: dict[str, Callable[[Control], Introspection]] = {}
        self.measures: dict[str, Callable[[], Mapping[str, TableStatistics]]] = {}
        self.opened: list[StoreConfig] = []
        self.closed: list[str] = []
        self.asked: list[str] = []

    def holds(self, source: str, *names: str, relations: tuple[Relation, ...] = ()) -> None:
        self.does[source] = lambda control: found(source, *names, relations=relations)

    def fails(self, source: str, error: Exception) -> None:
        def fail(control: Control) -> Introspection:
            raise error

        self.does[source] = fail

    def open(self, config: StoreConfig) -> ToldStore:
        if config.connection.get("host") == "wrong":
            raise RequestInvalid("The host wrong is wrong.", field="connection.host")
        self.opened.append(config)
        return ToldStore(config.id, self)


class ToldStore:
    def __init__(self, source: str, shelf: Shelf) -> None:
        self.source = source
        self.shelf = shelf

    def introspect(self, control: Control) -> Introspection:
        self.shelf.asked.append(self.source)
        return self.shelf.does[self.source](control)

    def statistics(self, tables: Sequence[Table], control: Control) -> Mapping[str, TableStatistics]:
        return self.shelf.measures.get(self.source, dict)()

    def close(self) -> None:
        self.shelf.closed.append(self.source)


def found(source: str, *names: str, relations: tuple[Relation, ...] = ()) -> Introspection:
    columns = (Column("id", "BIGINT", native="int8"), Column("customer_id", "VARCHAR"))
    tables = tuple(
        Table(source, "public", name, columns, relations=relations, statistics=TableStatistics(rows=3)) for name in names
    )
    return Introspection(tables, ("public",), "Told 1.0", frozenset({"told"}))


def document(id: str, **more: Any) -> SourceDocument:
    return SourceDocument.model_validate({"id": id, "type": "told", "connection": {"host": "h"}, **more})


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    shelf = Shelf()
    module = ModuleType("told_store")
    module.STORE = StoreType("told", take=lambda fragment, source: Taken(None), open=shelf.open)  # type: ignore[attr-defined, arg-type]
    monkeypatch.setitem(sys.modules, "told_store", module)
    monkeypatch.setitem(registry.STORES, "told", "told_store")
    before = set(threading.enumerate())
    yield shelf
    left = [
        thread.name for thread in set(threading.enumerate()) - before if thread.is_alive() and thread.name.startswith("foz-intro")
    ]
    assert left == []
