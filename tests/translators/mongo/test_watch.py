"""Change streams against real servers: what is told of each kind of write, and what becomes of it when the stream breaks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pymongo
import pytest

from demo.servers import start_mongodb, start_standalone_mongodb
from tests.cache.waiting import becomes
from tests.conftest import fresh_name, with_database
from translators.base import StoreConfig
from translators.control import Control
from translators.mongo.source import MongoStore
from translators.mongo.watch import MongoWatch, _Position

Database = pymongo.database.Database[dict[str, Any]]
Told = tuple[Any, ...]
PATIENCE_SECONDS = 30


class Ear:
    """Hears what a watch tells, in order, and lets a test wait for it."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self._new = threading.Condition()

    def live(self, tables: Collection[str], untold: Mapping[str, str]) -> None:
        self._add("live", {path.rpartition(".")[2] for path in tables}, {k.rpartition(".")[2]: v for k, v in untold.items()})

    def changed(self, tables: Collection[str], mark: str | None) -> None:
        assert mark is not None
        self._add("changed", *(path.rpartition(".")[2] for path in tables))

    def paused(self, reason: str) -> None:
        self._add("paused", reason)

    def resumed(self) -> None:
        self._add("resumed")

    def lost(self, reason: str) -> None:
        self._add("lost", reason)

    def _add(self, *told: Any) -> None:
        with self._new:
            self.told.append(told)
            self._new.notify_all()

    def wait(self, *wanted: Any, since: int = 0) -> int:
        """Waits until something that begins with `wanted` has been told since so many; answers how many were told up to it."""

        def found() -> int:
            return next((n for n, told in enumerate(self.told[since:], since + 1) if told[: len(wanted)] == wanted), 0)

        with self._new:
            assert self._new.wait_for(found, PATIENCE_SECONDS), (wanted, self.told[since:])
            return found()

    def kinds(self, since: int = 0) -> list[str]:
        return [told[0] for told in self.told[since:]]


class Watched:
    """A database of a server, and what is heard of it."""

    def __init__(self, ear: Ear, watch: MongoWatch, database: Database) -> None:
        self.ear, self.watch, self.database = ear, watch, database

    def after(self, *wanted: Any, do: Callable[[], Any]) -> int:
        """Does it, and waits until `wanted` is told because of it; answers how many had been told before."""
        before = len(self.ear.told)
        do()
        self.ear.wait(*wanted, since=before)
        return before


@contextmanager
def watching(uri: str, database: Database) -> Iterator[Watched]:
    """A watch of the database's tables, as a store that was opened now finds them, once it is live and silent."""
    store = MongoStore(StoreConfig("src", "mongodb", {"uri": uri}))
    ear = Ear()
    watch = store.watch(store.introspect(Control()).tables, ear)
    try:
        ear.wait("live")
        found = Watched(ear, watch, database)
        if "quiet" in ear.told[-1][1]:
            # What came just before the stream may be told once more: this is behind it.
            found.after("changed", "quiet", do=lambda: database.quiet.insert_one({}))
        yield found
    finally:
        watch.close()
        store.close()


@contextmanager
def shop(server_uri: str) -> Iterator[tuple[str, Database]]:
    """A database with the collections `orders`, `other` and `quiet`; the URI has a name for what comes from it alone."""
    name = fresh_name()
    uri = with_database(server_uri, name)
    uri += f"{'&' if '?' in uri else '?'}appName={name}"
    with pymongo.MongoClient[dict[str, Any]](server_uri) as client:
        database = client[name]
        for collection in ("orders", "other", "quiet"):
            database[collection].insert_many([{"_id": number, "n": number} for number in range(3)])
        yield uri, database
        client.admin.command("configureFailPoint", "failCommand", mode="off")
        client.drop_database(name)


@pytest.fixture
def place(mongodb_uri: str) -> Iterator[tuple[str, Database]]:
    with shop(mongodb_uri) as found:
        yield found


@pytest.fixture
def watched(place: tuple[str, Database]) -> Iterator[Watched]:
    with watching(*place) as found:
        yield found


def transaction(database: Database) -> None:
    with database.client.start_session() as session, session.start_transaction():
        database.orders.insert_one({"_id": "in a transaction"}, session=session)
        database.other.insert_one({"_id": "in a transaction"}, session=session)


WRITES: dict[str, Callable[[Database], Any]] = {
    "insert": lambda to: to.orders.insert_one({"_id": 10}),
    "update": lambda to: to.orders.update_one({"_id": 1}, {"$set": {"n": 10}}),
    "update with an expression": lambda to: to.orders.update_many({}, [{"$set": {"n": {"$add": ["$n", 1]}}}]),
    "replace": lambda to: to.orders.replace_one({"_id": 1}, {"m": 10}),
    "delete": lambda to: to.orders.delete_one({"_id": 1}),
    "delete all": lambda to: to.orders.delete_many({}),
    "find and modify": lambda to: to.orders.find_one_and_update({"_id": 1}, {"$inc": {"n": 1}}),
    "bulk": lambda to: to.orders.bulk_write([pymongo.InsertOne({"_id": 11}), pymongo.DeleteOne({"_id": 1})]),
    "a large document": lambda to: to.orders.insert_one({"_id": 12, "pad": "x" * 15_000_000}),
    "merge": lambda to: to.other.aggregate([{"$set": {"n": 7}}, {"$merge": "orders"}]),
    "out": lambda to: to.other.aggregate([{"$out": "orders"}]),
    "drop": lambda to: to.orders.drop(),
    "rename": lambda to: to.orders.rename("elsewhere"),
    "rename over it": lambda to: to.unknown.insert_one({}) and to.unknown.rename("orders", dropTarget=True),
    "make it capped": lambda to: to.command("convertToCapped", "orders", size=4096),
    "create it anew": lambda to: (to.orders.drop(), to.create_collection("orders")),
}


@pytest.mark.parametrize("kind", WRITES)
def test_every_kind_of_write_is_told_of_its_collection_alone(watched: Watched, kind: str) -> None:
    before = watched.after("changed", "orders", do=lambda: WRITES[kind](watched.database))
    watched.after("changed", "quiet", do=lambda: watched.database.quiet.insert_one({}))
    assert ("changed", "other") not in watched.ear.told[before:]


def test_a_transaction_is_told_of_all_its_collections(watched: Watched) -> None:
    before = watched.after("changed", "orders", do=lambda: transaction(watched.database))
    watched.ear.wait("changed", "other", since=before)
    assert "lost" not in watched.ear.kinds(before)


def test_what_is_not_committed_is_not_told(watched: Watched) -> None:
    with watched.database.client.start_session() as session:
        session.start_transaction()
        watched.database.orders.insert_one({"_id": "never"}, session=session)
        session.abort_transaction()
    before = watched.after("changed", "quiet", do=lambda: watched.database.quiet.insert_one({}))
    assert watched.ear.told[before:] == [("changed", "quiet")]


def test_many_writes_are_told_together(watched: Watched) -> None:
    """A batch of events is one word a collection."""
    many = [{"_id": 100 + number} for number in range(5000)]
    before = watched.after("changed", "orders", do=lambda: watched.database.orders.insert_many(many))
    watched.after("changed", "quiet", do=lambda: watched.database.quiet.insert_one({}))
    assert len(watched.ear.told) - before < 500


def test_a_collection_that_is_dropped_is_not_told_of_until_it_is_there_again(watched: Watched) -> None:
    before = watched.after("live", {"other", "quiet"}, do=watched.database.orders.drop)
    assert watched.ear.kinds(before) == ["paused", "changed", "lost", "live"]
    assert watched.ear.told[-1][2] == {"orders": "the collection is not there"}
    watched.after("live", {"orders", "other", "quiet"}, do=lambda: watched.database.orders.insert_one({}))


def test_a_collection_that_becomes_a_view_is_not_told_of(watched: Watched) -> None:
    def become() -> None:
        watched.database.orders.drop()
        watched.database.create_collection("orders", viewOn="other", pipeline=[])

    watched.after("live", {"other", "quiet"}, do=become)


def test_the_end_of_the_database_ends_the_stream(watched: Watched) -> None:
    watched.after("live", set(), do=lambda: watched.database.client.drop_database(watched.database.name))
    watched.after("live", {"orders"}, do=lambda: watched.database.orders.insert_one({}))


def test_views_time_series_and_capped_collections_are_not_told_of(place: tuple[str, Database]) -> None:
    uri, database = place
    database.create_collection("seen", viewOn="orders", pipeline=[])
    database.create_collection("measured", timeseries={"timeField": "at"})
    database.create_collection("last", capped=True, size=4096)
    with watching(uri, database) as watched:
        told = next(told for told in watched.ear.told if told[0] == "live")
        assert told[1] == {"orders", "other", "quiet"}
        assert {name: why.split()[1] for name, why in told[2].items()} == {
            "seen": "view",
            "measured": "time-series",
            "last": "capped",
        }


def running(database: Database) -> list[dict[str, Any]]:
    """The stream's own operations and cursors in the server."""
    stages = [{"$currentOp": {"allUsers": True, "idleCursors": True}}, {"$match": {"appName": database.name}}]
    return [found for found in database.client.admin.aggregate(stages) if "cursor" in found]


def kill_cursors(database: Database) -> None:
    cursors = [found["cursor"]["cursorId"] for found in running(database)]
    database.command({"killCursors": "$cmd.aggregate", "cursors": cursors})


def kill_operations(database: Database) -> None:
    for found in running(database):
        if "opid" in found:
            database.client.admin.command("killOp", op=found["opid"])


def kill_sessions(database: Database) -> None:
    database.client.admin.command("killSessions", [{"id": found["lsid"]["id"]} for found in running(database) if "lsid" in found])


def fail(database: Database, command: str, **how: Any) -> None:
    data = {"failCommands": [command], "appName": database.name, **how}
    database.client.admin.command("configureFailPoint", "failCommand", mode={"times": 1}, data=data)


BREAKS: dict[str, Callable[[Database], Any]] = {
    "the cursor is killed": kill_cursors,
    "the operation is killed": kill_operations,
    "the session is killed": kill_sessions,
    "the connection is closed": lambda database: fail(database, "getMore", closeConnection=True),
    "the server has no time": lambda database: fail(database, "getMore", errorCode=262),
}


def until(watched: Watched, kind: str, do: Callable[[], Any]) -> int:
    """Does it again and again until `kind` is told: between two operations there is nothing to kill, and the server has one
    failure to inject, which another test may take away."""
    before = len(watched.ear.told)
    while kind not in watched.ear.kinds(before):
        do()
    return before


@pytest.mark.parametrize("way", BREAKS)
def test_a_stream_that_breaks_goes_on_where_it_was(watched: Watched, way: str) -> None:
    before = until(watched, "paused", lambda: BREAKS[way](watched.database))
    watched.database.orders.insert_one({"_id": "meanwhile"})
    watched.ear.wait("changed", "orders", since=before)
    watched.ear.wait("resumed", since=before)
    assert not {"lost", "live"} & set(watched.ear.kinds(before))
    watched.after("changed", "other", do=lambda: watched.database.other.insert_one({}))


def test_a_token_that_the_server_does_not_know_begins_the_stream_anew(watched: Watched) -> None:
    def forget() -> None:
        place = watched.watch._place
        assert place is not None
        watched.watch._place = _Position({"_data": "82000000000000000029"}, place.life)
        kill_cursors(watched.database)

    before = until(watched, "lost", forget)
    watched.ear.wait("live", {"orders", "other", "quiet"}, since=before)
    watched.after("changed", "orders", do=lambda: watched.database.orders.insert_one({}))


@pytest.mark.parametrize(("command", "code"), [("getMore", 286), ("getMore", 280), ("getMore", 10334), ("aggregate", 286)])
def test_an_error_that_would_come_again_begins_the_stream_anew(watched: Watched, command: str, code: int) -> None:
    def break_it() -> None:
        fail(watched.database, command, errorCode=code)
        if command == "aggregate":
            kill_cursors(watched.database)

    before = until(watched, "lost", break_it)
    watched.ear.wait("live", {"orders", "other", "quiet"}, since=before)


def test_a_user_who_may_not_watch_has_it_said(watched: Watched) -> None:
    def break_it() -> None:
        fail(watched.database, "aggregate", errorCode=13)
        kill_cursors(watched.database)

    before = until(watched, "lost", break_it)
    assert ("lost", "its user may not read change streams") in watched.ear.told[before:]


def test_whoever_reads_from_secondaries_is_told_nothing(place: tuple[str, Database]) -> None:
    uri, _ = place
    store = MongoStore(StoreConfig("src", "mongodb", {"uri": f"{uri}&readPreference=secondaryPreferred"}))
    ear = Ear()
    watch = store.watch(store.introspect(Control()).tables, ear)
    ear.wait("lost", "it may be read from secondaries, which can be behind the change stream")
    watch.close()
    store.close()


def test_several_databases_are_one_stream(mongodb_server: Any) -> None:
    with shop(mongodb_server.uri) as (_, one), shop(mongodb_server.uri) as (_, two):
        store = MongoStore(StoreConfig("src", "mongodb", {"uri": mongodb_server.uri}))
        mine = [table for table in store.introspect(Control()).tables if table.schema in (one.name, two.name)]
        ear = Ear()
        watch = store.watch(mine, ear)
        ear.wait("live")
        watched = Watched(ear, watch, one)
        watched.after("changed", "orders", do=lambda: one.orders.insert_one({}))
        watched.after("changed", "other", do=lambda: two.other.insert_one({}))
        watched.after("changed", "quiet", do=lambda: two.client.drop_database(two.name))
        watch.close()
        store.close()


def test_a_standalone_server_has_no_change_streams() -> None:
    with start_standalone_mongodb() as server, shop(server.uri) as (uri, _):
        store = MongoStore(StoreConfig("src", "mongodb", {"uri": uri}))
        ear = Ear()
        watch = store.watch(store.introspect(Control()).tables, ear)
        ear.wait("lost", "a standalone MongoDB server has no change streams, only a replica set has")
        watch.close()
        store.close()
        assert "live" not in ear.kinds()


def test_another_primary_is_another_beginning() -> None:
    with start_mongodb() as server, shop(server.uri) as (uri, database), watching(uri, database) as watched:
        before = len(watched.ear.told)
        database.client.admin.command("replSetStepDown", 1, force=True)
        until(watched, "paused", lambda: kill_cursors(database))
        watched.ear.wait("live", {"orders", "other", "quiet"}, since=before)
        assert "lost" in watched.ear.kinds(before)
        assert "resumed" not in watched.ear.kinds(before)
        watched.after("changed", "orders", do=lambda: database.orders.insert_one({}))


def test_a_server_that_says_nothing_is_not_believed() -> None:
    with start_mongodb() as server, shop(server.uri) as (uri, database), watching(uri, database) as watched:
        before = len(watched.ear.told)
        server.freeze()
        watched.ear.wait("paused", since=before)
        server.thaw()
        watched.ear.wait("resumed", since=before)
        database.orders.insert_one({})
        watched.ear.wait("changed", "orders", since=before)


def test_closing_ends_the_thread_and_the_cursor(place: tuple[str, Database]) -> None:
    uri, database = place
    with watching(uri, database) as watched:
        becomes(lambda: bool(running(database)))  # between two operations there is none
    assert not watched.watch._thread.is_alive()
    assert not running(database)
