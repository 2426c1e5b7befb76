"""Answers over MongoDB are given again while its change stream tells of no change: over HTTP, in memory and in Redis."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import pymongo
import pytest

from proxy.telling import telling
from tests.end_to_end.test_cache import asked, explained, status
from tests.end_to_end.world import World, serving

CUSTOMERS = "SELECT count(*) AS n FROM crm.customers"
VISITS = "SELECT count(*) AS n FROM crm.visits"
PATIENCE_SECONDS = 30
IDS = itertools.count(100_000)
Database = pymongo.database.Database[dict[str, Any]]


@pytest.fixture(scope="module")
def crm(mongodb_uri: str) -> Iterator[Database]:
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        yield client.get_default_database()


@pytest.fixture(scope="module", params=["memory", "redis"])
def told(request: pytest.FixtureRequest, filled: tuple[str, str, Any], crm: Database, redis_uri: str) -> Iterator[World]:
    """A Foz with a cache of either kind that hears of MongoDB's changes."""
    if "visits" not in crm.list_collection_names():
        crm.visits.insert_one({"_id": 0})
        crm.create_collection("seen", viewOn="visits", pipeline=[])
        crm.create_collection("measured", timeseries={"timeField": "at"})
    uri = "memory://" if request.param == "memory" else redis_uri
    with serving(*filled, cache=uri) as world:
        for sql in (CUSTOMERS, VISITS):
            kept(world, sql)
        yield world


def soon(reached: Callable[[], bool]) -> None:
    """Waits until it is so."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < until
        time.sleep(0.01)


def kept(world: World, sql: str) -> Any:
    """Asks until the answer is a kept one; gives its rows."""
    soon(lambda: status(asked(world, sql)) == ("hit", "notified"))
    return asked(world, sql)["rows"]


@pytest.mark.parametrize("again", range(5))
def test_a_write_makes_an_answer_out_of_date_and_leaves_that_over_another_collection(
    told: World, crm: Database, again: int
) -> None:
    before = [kept(told, sql)[0]["n"] for sql in (CUSTOMERS, VISITS)]
    crm.customers.insert_one({"_id": next(IDS), "name": "new"})
    soon(lambda: status(asked(told, CUSTOMERS)) == ("miss", "notified"))
    after = asked(told, CUSTOMERS)
    assert (status(after), after["rows"][0]["n"]) == (("hit", "notified"), before[0] + 1)
    assert status(asked(told, VISITS)) == ("hit", "notified")
    assert kept(told, VISITS)[0]["n"] == before[1]


def test_no_answer_is_older_than_one_that_was_given_before(told: World, crm: Database) -> None:
    seen = kept(told, VISITS)[0]["n"]
    for number in range(40):
        crm.visits.insert_one({"_id": next(IDS)})
        answer = asked(told, VISITS)
        assert answer["rows"][0]["n"] >= seen, number
        seen = answer["rows"][0]["n"]
    soon(lambda: bool(asked(told, VISITS)["rows"][0]["n"] == crm.visits.count_documents({})))


def test_views_and_time_series_are_not_kept_and_it_is_said_why(told: World) -> None:
    for name, reason in (("seen", "a view has no change stream"), ("measured", "a time-series collection has no change stream")):
        sql = f"SELECT count(*) AS n FROM crm.{name}"
        assert reason in asked(told, sql)["cache"]["reason"]
        assert reason in explained(told, sql)["cache"]["reason"]
        crm = told.foz.catalog.snapshot().by_id["crm"]
        path = next(table.path for table in crm.tables if table.name == name)
        assert telling(told.foz.catalog.stores()["crm"], crm.tables)[path] == ("ttl", reason)


def test_a_join_is_kept_while_every_source_tells(told: World, crm: Database) -> None:
    sql = "SELECT count(*) AS n FROM crm.visits v, depot.parts p"
    before = kept(told, sql)
    crm.visits.insert_one({"_id": next(IDS)})
    soon(lambda: status(asked(told, sql))[0] == "miss")
    assert kept(told, sql)[0]["n"] > before[0]["n"]


def test_what_is_not_heard_of_is_not_labelled_so(told: World, crm: Database) -> None:
    """While a collection is not there, nothing tells of it; once it is again, it is heard of again."""
    kept(told, CUSTOMERS)
    documents = list(crm.customers.find())
    crm.customers.drop()
    soon(lambda: "is not there" in str(asked(told, CUSTOMERS)["cache"].get("reason")))
    crm.customers.insert_many(documents)
    assert kept(told, CUSTOMERS)[0]["n"] == len(documents)
