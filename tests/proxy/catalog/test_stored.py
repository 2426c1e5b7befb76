"""Source documents in a real MongoDB: read, judged one by one, and watched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pymongo
import pytest
from pymongo.collection import Collection

from planner.errors import SourceUnavailable
from proxy.catalog.service import CatalogService
from proxy.catalog.stored import StoredDocuments
from proxy.telemetry import Scrubber

from .conftest import Shelf


@pytest.fixture
def sources(mongodb_uri: str) -> Iterator[Collection[dict[str, Any]]]:
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        collection = client.get_default_database()["sources"]
        collection.delete_many({})
        yield collection


def told(**more: Any) -> dict[str, Any]:
    return {"type": "told", "connection": {"host": "h", "password": "hunter22"}, **more}


def test_documents_are_read_one_by_one(mongodb_uri: str, sources: Collection[dict[str, Any]], shelf: Shelf) -> None:
    sources.insert_many(
        [
            told(_id="a"),
            told(id="b", connection={"host": "${HOME}"}),
            told(_id="c", typ="x"),
            told(_id="D"),
            told(id="a"),
        ]
    )
    stored = StoredDocuments(mongodb_uri, {"FOZ_SOURCE_A_PASSWORD": "other"})
    try:
        documents = stored.read()
    finally:
        stored.close()
    assert sorted(document.id for document in documents.valid) == ["a", "b"]
    connections = {document.id: dict(document.store_config().connection) for document in documents.valid}
    assert connections["b"] == {"host": "${HOME}"}
    whys = {invalid.id: invalid.why for invalid in documents.invalid}
    assert whys["c"] == "typ is not a known field. Did you mean type?"
    assert "expected a lower-case letter" in whys["D"]
    assert whys[""] == "There are two documents with the id a."
    assert "hunter22" not in repr(documents)


def test_changes_are_followed(mongodb_uri: str, sources: Collection[dict[str, Any]], shelf: Shelf) -> None:
    shelf.holds("a", "orders")
    shelf.holds("b", "customers")
    sources.insert_one(told(_id="a"))
    stored = StoredDocuments(mongodb_uri, {})
    service = CatalogService(stored.read, Scrubber())
    service.start()
    changed = threading.Condition()

    def reload() -> None:
        service.reload()
        with changed:
            changed.notify_all()

    def has(*ids: str) -> bool:
        return set(service.snapshot().by_id) == set(ids)

    try:
        assert has("a")
        stored.watch(reload)
        sources.insert_one(told(_id="b"))
        with changed:
            assert changed.wait_for(lambda: has("a", "b"), timeout=30)
        sources.delete_one({"_id": "a"})
        with changed:
            assert changed.wait_for(lambda: has("b"), timeout=30)
    finally:
        stored.close()
        service.close()


def test_a_catalogue_that_cannot_be_reached_is_told_without_its_uri() -> None:
    stored = StoredDocuments("mongodb://foz:hunter22@127.0.0.1:9/none?serverSelectionTimeoutMS=100", {})
    try:
        with pytest.raises(SourceUnavailable) as caught:
            stored.read()
    finally:
        stored.close()
    assert "hunter22" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
