"""The store's life against a real server: cancelling, deadlines, one instant, writes, and servers that die."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pymongo
import pytest
from bson.datetime_ms import DatetimeMS

from demo.servers import start_mongodb
from planner.catalog import Limits
from planner.errors import (
    FozError,
    QueryCancelled,
    QueryTimeout,
    RequestInvalid,
    SourceData,
    SourceRejected,
    SourceUnavailable,
    Unsupported,
)
from planner.plan import Field
from translators.base import Store, StoreConfig
from translators.control import Control
from translators.mongo import STORE
from translators.mongo.decode import Reading
from translators.mongo.native import Request
from translators.mongo.types import plain

OUTPUT = (Field("n", "INTEGER"),)
READING = (Reading(("n",), plain("int")),)


@pytest.fixture(scope="module")
def client(mongodb_uri: str) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as found:
        found.get_default_database().many.insert_many([{"n": number, "pad": "x" * 50} for number in range(30_000)])
        yield found


@pytest.fixture
def store(mongodb_uri: str) -> Iterator[Store]:
    found = STORE.open(StoreConfig("src", "mongodb", {"uri": mongodb_uri}))
    yield found
    found.close()


def database(client: pymongo.MongoClient[dict[str, Any]]) -> str:
    return client.get_default_database().name


def slow(name: str, milliseconds: int = 60_000) -> Request:
    """A request that sleeps in the server at its first document."""
    function = {"body": f"function(n) {{ sleep({milliseconds}); return true; }}", "args": ["$n"], "lang": "js"}
    return Request(name, "many", READING, pipeline=({"$match": {"$expr": {"$function": function}}},))


def operations(client: pymongo.MongoClient[dict[str, Any]], database: str) -> list[dict[str, Any]]:
    """What runs or idles in `database` for Foz."""
    comment = {"$or": [{"command.comment": {"$regex": "^foz:"}}, {"cursor.originatingCommand.comment": {"$regex": "^foz:"}}]}
    stages = [{"$currentOp": {"idleCursors": True}}, {"$match": {"$and": [{"ns": {"$regex": f"^{database}[.]"}}, comment]}}]
    return list(client.admin.aggregate(stages))


def wait_for_operation(client: pymongo.MongoClient[dict[str, Any]], database: str, control: Control) -> None:
    while not operations(client, database):
        assert not control.wait(0.01)


def test_a_cancel_reaches_the_operation_in_the_server(store: Store, client: Any) -> None:
    control, name = Control(60_000), database(client)

    def run() -> None:
        with store.reading(1, control) as reader:
            list(reader.read(slow(name), OUTPUT, control))

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        wait_for_operation(client, name, control)
        control.cancel()
        with pytest.raises(QueryCancelled):
            running.result()
    assert operations(client, name) == []


def test_a_cancel_reaches_an_operation_with_a_time_that_python_has_no_date_for(
    store: Store, mongodb_uri: str, client: Any
) -> None:
    control, name = Control(60_000), database(client)
    far = {"$match": {"$expr": {"$ne": [DatetimeMS(-(2**62)), "$n"]}}}
    request = replace(slow(name), pipeline=(far, *(slow(name).pipeline or ())))

    def run() -> None:
        with store.reading(1, control) as reader:
            list(reader.read(request, OUTPUT, control))

    lenient: Any = pymongo.MongoClient(mongodb_uri, datetime_conversion="DATETIME_AUTO")
    with lenient, ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        wait_for_operation(lenient, name, control)
        control.cancel()
        with pytest.raises(QueryCancelled):
            running.result(30)
        assert operations(lenient, name) == []


def test_a_cancel_while_nothing_is_asked_ends_the_read_at_the_next_batch(store: Store, client: Any) -> None:
    control, name = Control(), database(client)
    with store.reading(1, control) as reader:
        batches = reader.read(Request(name, "many", READING), OUTPUT, control)
        assert next(batches).num_rows > 0
        control.cancel()
        with pytest.raises(QueryCancelled):
            list(batches)
    assert operations(client, name) == []


def test_a_control_that_has_ended_sends_nothing(store: Store, client: Any) -> None:
    control = Control()
    control.cancel()
    with pytest.raises(QueryCancelled), store.reading(1, control):
        pass


def test_the_server_keeps_the_deadline_by_itself(store: Store, client: Any) -> None:
    control, name = Control(300), database(client)
    with store.reading(1, control) as reader, pytest.raises(QueryTimeout):
        list(reader.read(slow(name, 20), OUTPUT, control))
    assert operations(client, name) == []


def test_closing_early_drops_the_cursor(store: Store, client: Any) -> None:
    control, name = Control(), database(client)
    with store.reading(1, control) as reader:
        batches: Any = reader.read(Request(name, "many", READING), OUTPUT, control)
        next(batches)
        assert len(operations(client, name)) == 1
        batches.close()
        assert operations(client, name) == []


def test_batches_are_small_and_complete(store: Store, client: Any) -> None:
    control, name = Control(), database(client)
    with store.reading(1, control) as reader:
        batches = list(reader.read(Request(name, "many", READING), OUTPUT, control))
    assert sum(batch.num_rows for batch in batches) == 30_000
    assert max(batch.nbytes for batch in batches) < 3 * 2**20
    assert len(batches) >= 7


def test_cancels_at_any_moment_leave_nothing(store: Store, client: Any) -> None:
    name = database(client)

    def run(round: int) -> None:
        control = Control()
        threading.Timer(round % 20 / 1000, control.cancel).start()
        try:
            with store.reading(1, control) as reader:
                list(reader.read(Request(name, "many", READING), OUTPUT, control))
        except QueryCancelled:
            pass

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, range(60)))
    assert operations(client, name) == []
    control = Control()
    with store.reading(1, control) as reader:
        assert sum(batch.num_rows for batch in reader.read(Request(name, "many", READING), OUTPUT, control)) == 30_000


@pytest.mark.parametrize("connections", [2, 8])
def test_one_instant_while_money_moves(mongodb_uri: str, client: Any, connections: int) -> None:
    name = database(client)
    client[name].accounts.drop()
    store = STORE.open(StoreConfig("src", "mongodb", {"uri": mongodb_uri}, limits=Limits(max_connections=connections)))
    client[name].accounts.insert_many([{"_id": number, "n": 50} for number in (1, 2)])
    done = threading.Event()

    def transfer() -> None:
        with client.start_session() as session:
            while not done.is_set():
                with session.start_transaction():
                    client[name].accounts.update_one({"_id": 1}, {"$inc": {"n": -1}}, session=session)
                    client[name].accounts.update_one({"_id": 2}, {"$inc": {"n": 1}}, session=session)

    with ThreadPoolExecutor(3) as pool:
        moving = pool.submit(transfer)
        try:
            for _ in range(40):
                control = Control()
                with store.reading(2, control) as reader:
                    requests = [Request(name, "accounts", READING, filter={"_id": number}) for number in (1, 2)]
                    read = lambda request: [n for batch in reader.read(request, OUTPUT, control) for n in batch["n"].to_pylist()]  # noqa: B023, E731
                    first, second = pool.map(read, requests)
                    assert first[0] + second[0] == 100
                    assert read(requests[0]) == first
        finally:
            done.set()
            store.close()
        moving.result()


def test_a_read_sees_what_was_written_before_it(store: Store, client: Any) -> None:
    name = database(client)
    for number in range(20):
        client[name].fresh.insert_one({"n": number})
        control = Control()
        with store.reading(2, control) as reader:
            rows = sum(batch.num_rows for batch in reader.read(Request(name, "fresh", READING), OUTPUT, control))
        assert rows == number + 1


def test_many_readers_over_few_connections(mongodb_uri: str, client: Any) -> None:
    name = database(client)
    store = STORE.open(StoreConfig("src", "mongodb", {"uri": mongodb_uri}, limits=Limits(max_connections=2)))

    def run(_: int) -> int:
        control = Control()
        with store.reading(1, control) as reader:
            return sum(batch.num_rows for batch in reader.read(Request(name, "many", READING), OUTPUT, control))

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(run, range(12))) == [30_000] * 12
    store.close()


def test_writes_and_transactions(store: Store, client: Any) -> None:
    control, name = Control(), database(client)
    people = client[name].people
    assert (
        store.execute(
            '{"insert": "people", "documents": [{"_id": 1, "at": {"$date": "2024-01-01T00:00:00Z"}}, {"_id": 2}]}', (), control
        )
        == 2
    )
    assert store.execute('{"update": "people", "updates": [{"q": {}, "u": {"$set": {"n": 1}}, "multi": true}]}', (), control) == 2
    with store.transaction(control) as transaction:
        assert transaction.execute('{"delete": "people", "deletes": [{"q": {"_id": 1}, "limit": 1}]}') == 1
        assert transaction.execute('{"insert": "people", "documents": [{"_id": 3}]}') == 1
    assert sorted(found["_id"] for found in people.find()) == [2, 3]
    with pytest.raises(SourceRejected):
        _delete_all_and_fail(store, control)
    assert sorted(found["_id"] for found in people.find()) == [2, 3]
    with pytest.raises(SourceRejected) as rejected:
        store.execute('{"insert": "people", "documents": [{"_id": 2}]}', (), control)
    assert rejected.value.details["serverCode"] == 11000
    for statement, error in (
        ("DELETE FROM people", RequestInvalid),
        ("[]", RequestInvalid),
        ('{"dropDatabase": 1}', Unsupported),
        ('{"find": "people"}', Unsupported),
    ):
        with pytest.raises(error):
            store.execute(statement, (), control)


def _delete_all_and_fail(store: Store, control: Control) -> None:
    with store.transaction(control) as transaction:
        transaction.execute('{"delete": "people", "deletes": [{"q": {}, "limit": 0}]}')
        transaction.execute('{"insert": "people", "documents": [{"_id": 9}, {"_id": 9}]}')


def test_a_misfit_names_collection_field_type_and_id(store: Store, client: Any) -> None:
    name = database(client)
    client[name].bad.insert_many([{"_id": "one", "n": 1}, {"_id": "two", "n": 2.5}])
    control = Control()
    with store.reading(1, control) as reader, pytest.raises(SourceData) as raised:
        list(reader.read(Request(name, "bad", READING), OUTPUT, control))
    assert raised.value.details == {
        "source": "src",
        "collection": f"{name}.bad",
        "field": "n",
        "bsonType": "double",
        "documentId": '"two"',
    }
    assert operations(client, name) == []


def test_a_request_that_the_server_refuses(store: Store, client: Any) -> None:
    control = Control()
    with store.reading(1, control) as reader, pytest.raises(SourceRejected) as raised:
        list(reader.read(Request(database(client), "many", READING, pipeline=({"$nonsense": {"secret": 1}},)), OUTPUT, control))
    assert "secret" not in raised.value.message


def test_a_host_that_does_not_answer() -> None:
    uri = "mongodb://ana:pa55word@127.0.0.1:1/x?serverSelectionTimeoutMS=50"
    store = STORE.open(StoreConfig("src", "mongodb", {"uri": uri}))
    for attempt in (
        lambda: store.introspect(Control(200)),
        lambda: store.execute('{"insert": "c", "documents": [{}]}', (), Control(200)),
    ):
        with pytest.raises(FozError) as raised:
            attempt()
        assert isinstance(raised.value, SourceUnavailable | QueryTimeout)
        assert "pa55word" not in str(raised.value)
        assert raised.value.__cause__ is None
    store.close()


@pytest.mark.parametrize("connection", [{"uri": "mongodb://ana:pa55word@[x"}, {"hosts": "x"}, {"uri": "http://pa55word"}])
def test_connection_settings_that_are_not_valid(connection: dict[str, Any]) -> None:
    with pytest.raises(FozError) as raised:
        STORE.open(StoreConfig("src", "mongodb", connection)).introspect(Control(1000))
    assert "pa55word" not in str(raised.value)


def test_a_server_that_dies_in_the_middle() -> None:
    with start_mongodb() as server:
        with pymongo.MongoClient[dict[str, Any]](server.uri) as client:
            client.x.many.insert_many([{"n": number, "pad": "x" * 500} for number in range(20_000)])
        store = STORE.open(StoreConfig("src", "mongodb", {"uri": f"{server.uri}&serverSelectionTimeoutMS=500", "db": "x"}))
        control = Control(30_000)
        with store.reading(1, control) as reader:
            batches = reader.read(Request("x", "many", READING), OUTPUT, control)
            next(batches)
            server.kill()
            with pytest.raises(SourceUnavailable):
                list(batches)
        store.close()
