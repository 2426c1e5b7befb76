"""Sources at fault: a document that does not fit, a host that does not answer. The others go on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pymongo
import pytest

from tests.end_to_end.asking import WAYS, Refused
from tests.end_to_end.world import ROOT, World, serving, settings


@pytest.fixture(scope="module")
def world(filled: tuple[str, str, Any]) -> Iterator[World]:
    """`crm.customers.name` is declared a number where it is a text; `silent` and `mute` take connections and say nothing."""
    sources = settings(*filled)["sources"]
    declared = {"customers": {"columns": {"name": "BIGINT"}}}
    nullified = {
        "id": "lenient",
        "type": "mongodb",
        "connection": {"uri": filled[1]},
        "onMismatch": "nullify",
        "tables": declared,
    }
    sources[1]["tables"] = declared
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
        silent = {"id": "silent", "type": "postgres", "connection": {"host": "127.0.0.1", "port": port, "user": "foz", "db": "x"}}
        mute = {"id": "mute", "type": "mongodb", "connection": {"uri": f"mongodb://127.0.0.1:{port}/x?directConnection=true"}}
        with serving(*filled, sources=[*sources, nullified, silent, mute]) as world:
            yield world


@pytest.fixture(params=["http", "flight"])
def way(request: pytest.FixtureRequest, world: World) -> Iterator[str]:
    yield request.param
    assert WAYS[request.param](world, "SELECT count(*) AS n FROM depot.parts", ROOT).to_pylist() == [{"n": 100}]


def refused(world: World, way: str, sql: str) -> Refused:
    with pytest.raises(Refused) as raised:
        WAYS[way](world, sql, ROOT)
    return raised.value


def test_a_document_that_does_not_fit(world: World, way: str) -> None:
    """The error names collection, field, BSON type and `_id`, and not the value."""
    error = refused(world, way, "SELECT _id, name FROM crm.customers ORDER BY _id")
    assert error.code == "source.data"
    for told in ("customers", "name", "string", "_id"):
        assert told in error.message
    assert "name 1" not in error.shown
    rows = WAYS[way](world, "SELECT _id, name FROM lenient.customers ORDER BY _id LIMIT 2", ROOT).to_pylist()
    assert rows == [{"_id": 1, "name": None}, {"_id": 2, "name": None}]


def test_a_document_that_comes_to_fit_no_more(world: World, way: str) -> None:
    """What introspection saw is no promise: a later document of another type is an error too, or its predicate does not hold."""
    with pymongo.MongoClient(world.mongodb_uri) as client:
        customers = client.get_default_database()["customers"]
        customers.insert_one({"_id": 99, "country": {"now": "a document"}})
        try:
            error = refused(world, way, "SELECT country FROM crm.customers")
            assert error.code == "source.data"
            assert "99" in error.message
        finally:
            customers.delete_one({"_id": 99})


@pytest.mark.parametrize("source", ["silent", "mute"])
def test_a_host_that_does_not_answer(world: World, way: str, source: str) -> None:
    error = refused(world, way, f"SELECT * FROM {source}.anything")
    assert error.code == "source.unavailable"
    assert source in error.message
