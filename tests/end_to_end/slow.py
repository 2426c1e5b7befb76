"""Tables that take for ever, in PostgreSQL and in MongoDB, and a look at what those two are doing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import pymongo

SLOW = {"shop": "SELECT id FROM shop.slow", "crm": "SELECT _id FROM crm.slow"}
"""A query that gives no row for a minute, by source."""
ENDLESS = {"shop": "SELECT id, note FROM shop.endless", "crm": "SELECT name, note FROM crm.endless"}
"""A query whose rows do not end."""

_SWITCH: dict[str, Any] = {"$lookup": {"from": "switch", "pipeline": [], "as": "on"}}


def make_slow(postgres_uri: str, mongodb_uri: str) -> None:
    """Makes them. Those in MongoDB, where introspection reads documents, are quick until `turn_on`."""
    with postgres.connect(postgres_uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE VIEW slow AS SELECT 1 AS id FROM pg_sleep(60)")
        # A set-returning function in the select list gives its rows one by one; in FROM it would be kept whole first.
        cursor.execute("CREATE VIEW endless AS SELECT generate_series(1, 1000000000) AS id, repeat('x', 1000) AS note")
    with pymongo.MongoClient(mongodb_uri) as client:
        database = client.get_default_database()
        sleep = {"body": "function(on) { if (on.length) sleep(60000); return true }", "args": ["$on"], "lang": "js"}
        asleep = {"$match": {"$expr": {"$function": sleep}}}
        database.create_collection("slow", viewOn="customers", pipeline=[_SWITCH, asleep, {"$project": {"on": 0}}])
        many = {"$range": [0, {"$cond": [{"$gt": [{"$size": "$on"}, 0]}, 3000, 1]}]}
        steps = [_SWITCH, {"$set": {"a": many, "b": many, "note": "x" * 1000}}, {"$unwind": "$a"}, {"$unwind": "$b"}]
        database.create_collection("endless", viewOn="customers", pipeline=[*steps, {"$project": {"name": 1, "note": 1}}])


def turn_on(mongodb_uri: str) -> None:
    with pymongo.MongoClient(mongodb_uri) as client:
        client.get_default_database()["switch"].insert_one({"_id": 1})


def running(source: str, postgres_uri: str, mongodb_uri: str) -> list[Any]:
    """The statements in the store that read one of these tables, also those that wait for their client."""
    if source == "shop":
        with postgres.connect(postgres_uri, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND state <> 'idle' AND (query LIKE '%slow%' OR query LIKE '%endless%')"
            )
            return list(cursor.fetchall())
    with pymongo.MongoClient(mongodb_uri) as client:
        name = client.get_default_database().name
        found = client.admin.aggregate([{"$currentOp": {"allUsers": True, "idleCursors": True}}])
        return [op["ns"] for op in found if _reads(op, name)]


def _reads(operation: dict[str, Any], database: str) -> bool:
    names = (f"{database}.{table}" for table in ("slow", "endless", "customers"))
    return operation.get("ns") in names and (operation.get("active", False) or operation.get("type") == "idleCursor")


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Waits for what nothing tells of by itself: the state of another server."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "It has not come to that."
        time.sleep(0.02)
