"""MongoDB under the contract: its types, its traps, and how to see what runs in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pymongo
from bson import Binary, Code, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128

from demo.server import Server, free_port
from demo.servers import start_mongodb
from tests.contract.in_postgres import INF, NAN, WORDS
from tests.contract.place import Kind, Misfit

ROWS = 40_000


def same(*values: Any) -> tuple[tuple[Any, Any], ...]:
    return tuple((value, value) for value in values)


def bson_type(name: str) -> dict[str, Any]:
    return {"bsonType": name}


OID = ObjectId("64b000000000000000000001")
ONE_UUID = UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")
MOMENTS = (datetime(1, 1, 1), datetime(1969, 12, 31, 23, 59, 59, 999000), datetime(2262, 4, 12), datetime(9999, 12, 31, 23))
LONGS = tuple((Int64(number), number) for number in (-(2**63), 0, 2**53 + 1, 2**63 - 1))

KINDS = (
    Kind("bool", bson_type("bool"), "BOOLEAN", same(True, False)),
    Kind("int", bson_type("int"), "INTEGER", same(-(2**31), 0, 2**31 - 1)),
    Kind("long", bson_type("long"), "BIGINT", LONGS),
    Kind("int-and-long", {"bsonType": ["int", "long"]}, "BIGINT", ((1, 1), (Int64(2**40), 2**40))),
    Kind("double", bson_type("double"), "DOUBLE", same(0.1, -0.0, 5e-324, 1.7976931348623157e308, INF, -INF, NAN), "nan"),
    Kind("int-and-double", {"bsonType": ["int", "double"]}, "DOUBLE", ((1, 1.0), (2.5, 2.5), (Int64(2**53), 2.0**53))),
    Kind(
        "decimal",
        bson_type("decimal"),
        "DECIMAL(38,10)",
        tuple((Decimal128(text), Decimal(text)) for text in ("1.1", "-0.0000000001", "9" * 28, "1E+3", "0")),
    ),
    Kind("string", bson_type("string"), "VARCHAR", same("a", "zero\0byte", *WORDS)),
    Kind("objectId", bson_type("objectId"), "VARCHAR", ((OID, str(OID)), (ObjectId("0" * 24), "0" * 24))),
    Kind("date", bson_type("date"), "TIMESTAMP", tuple((at.replace(tzinfo=UTC), at) for at in MOMENTS)),
    Kind("binData", bson_type("binData"), "BLOB", ((b"", b""), (b"\x00\xff'", b"\x00\xff'"))),
    Kind("uuid", None, "UUID", ((Binary.from_uuid(ONE_UUID), str(ONE_UUID)), (Binary.from_uuid(UUID(int=0)), str(UUID(int=0))))),
    Kind("integers", {"bsonType": "array", "items": bson_type("int")}, "INTEGER[]", same([1, None, -5], []), "nested"),
    Kind("words", {"bsonType": "array", "items": bson_type("string")}, "VARCHAR[]", same(["", None, "日本"], []), "nested"),
    Kind(
        "document",
        {"bsonType": "object", "properties": {"a": bson_type("int"), "b": bson_type("string")}},
        'STRUCT("a" INTEGER, "b" VARCHAR)',
        (({"a": 1, "b": "x"}, {"a": 1, "b": "x"}), ({"b": "y"}, {"a": None, "b": "y"}), ({"a": None}, {"a": None, "b": None})),
        "nested",
    ),
    Kind(
        "documents",
        None,
        'STRUCT("a" INTEGER, "b" VARCHAR[])[]',
        (([{"a": 1, "b": ["x"]}, None, {}], [{"a": 1, "b": ["x"]}, None, {"a": None, "b": None}]), ([], [])),
        "nested",
    ),
    Kind("matrix", None, "INTEGER[][]", same([[1], [], None], []), "nested"),
    Kind("regex", None, "VARCHAR", ((Regex("a", "i"), '{"$regularExpression": {"pattern": "a", "options": "i"}}'),)),
    Kind("timestamp", None, "VARCHAR", ((Timestamp(1, 2), '{"$timestamp": {"t": 1, "i": 2}}'),)),
    Kind("ends", None, "VARCHAR", ((MinKey(), '{"$minKey": 1}'), (MaxKey(), '{"$maxKey": 1}'))),
    Kind("code", None, "VARCHAR", ((Code("f()"), '{"$code": "f()"}'),)),
    Kind("mixed", None, "VARCHAR", ((1, "1"), ("a", '"a"'), ([True], "[true]"), ({"a": 1.5}, '{"a": 1.5}'))),
)

_DATE = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1))
_AT = {"documentId": "2"}


def _misfit(name: str, type: str, good: tuple[Any, Any], bad: Any, **details: Any) -> Misfit:
    return Misfit(name, None, type, good, bad, _AT | details, declared_type=type)


MISFITS = (
    _misfit("half-as-integer", "BIGINT", (1, 1), 2.5, field="x"),
    _misfit("whole-double-as-integer", "BIGINT", (1, 1), 2.0, field="x"),
    _misfit("long-as-int", "INTEGER", (1, 1), Int64(2**31), field="x"),
    _misfit("nan-as-integer", "BIGINT", (1, 1), NAN, field="x"),
    _misfit("true-as-integer", "BIGINT", (1, 1), True, field="x"),
    _misfit("text-as-integer", "BIGINT", (1, 1), "2", field="x"),
    _misfit("array-as-integer", "BIGINT", (1, 1), [1], field="x"),
    _misfit("one-as-boolean", "BOOLEAN", (True, True), 1, field="x"),
    _misfit("long-as-double", "DOUBLE", (1.5, 1.5), Int64(2**53 + 1), field="x"),
    _misfit("decimal-as-double", "DOUBLE", (1.5, 1.5), Decimal128("2.5"), field="x"),
    _misfit("number-as-text", "VARCHAR", ("a", "a"), 5, field="x"),
    _misfit("array-as-text", "VARCHAR", ("a", "a"), ["a"], field="x"),
    _misfit("document-as-text", "VARCHAR", ("a", "a"), {"a": "a"}, field="x"),
    _misfit("text-as-date", "TIMESTAMP", _DATE, "2020-01-01", field="x"),
    _misfit("number-as-date", "TIMESTAMP", _DATE, Int64(0), field="x"),
    _misfit("date-out-of-range", "TIMESTAMP", _DATE, DatetimeMS(2**62), field="x"),
    _misfit("decimal-nan", "DECIMAL(38,10)", (Decimal128("1"), Decimal(1)), Decimal128("NaN"), field="x"),
    _misfit("decimal-infinity", "DECIMAL(38,10)", (Decimal128("1"), Decimal(1)), Decimal128("-Infinity"), field="x"),
    _misfit("decimal-too-fine", "DECIMAL(38,10)", (Decimal128("1"), Decimal(1)), Decimal128("1E-11"), field="x"),
    _misfit("decimal-too-large", "DECIMAL(38,10)", (Decimal128("1"), Decimal(1)), Decimal128("1E+28"), field="x"),
    _misfit("scalar-as-document", 'STRUCT("a" INTEGER)', ({"a": 1}, {"a": 1}), 5, field="x"),
    _misfit("array-as-document", 'STRUCT("a" INTEGER)', ({"a": 1}, {"a": 1}), [{"a": 1}], field="x"),
    _misfit("scalar-as-array", "INTEGER[]", ([1], [1]), 1),
)
"""Misfits of a whole value. `within` below are those of a part of one."""

WITHIN = (
    ("STRUCT(a INTEGER, b VARCHAR)", {"a": "one", "b": "x"}, "x.a", {"a": None, "b": "x"}),
    ("INTEGER[]", [1, 2.5], "x", [1, None]),
    ("STRUCT(a INTEGER[])[]", [{"a": [1]}, {"a": [2.5, 1]}], "x.a", [{"a": [1]}, {"a": [None, 1]}]),
)
"""A declared type, a value of which a part does not fit, the path of that part, and what is left where it reads as NULL."""


class InMongodb:
    type = "mongodb"
    slow = "SELECT a.n FROM s.slow AS a"

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(uri)
        self._database = self._client.get_default_database()
        self.schema = self._database.name

    @property
    def connection(self) -> dict[str, Any]:
        return {"uri": self._uri}

    def hold(self, table: str, declared: Any, values: Sequence[Any]) -> None:
        rules = {"validator": {"$jsonSchema": {"properties": {"id": bson_type("long"), "x": declared}}}}
        collection = self._database.create_collection(table, **({} if values else rules))
        rows = [{"_id": number, "id": Int64(number), "x": value} for number, value in enumerate(values)]
        if rows:
            del rows[0]["x"]
            collection.insert_many(rows)

    def count_up(self, table: str, rows: int) -> None:
        self._database.create_collection(table)
        for start in range(0, rows, 50_000):
            numbers = range(start, min(rows, start + 50_000))
            self._database[table].insert_many([{"n": Int64(number)} for number in numbers])

    def drop(self, table: str) -> None:
        self._database.drop_collection(table)

    def add_column(self, table: str) -> None:
        self._database[table].update_many({}, {"$set": {"extra": Int64(7)}})

    def relate(self) -> None:
        self._database.parent.create_index("code", unique=True)
        self._database.parent.insert_one({"_id": 1, "id": Int64(1), "code": "a"})
        self._database.child.insert_one({"_id": 1, "id": Int64(1), "parent_id": Int64(1)})

    def view(self, name: str, table: str) -> None:
        self._database.create_collection(name, viewOn=table, pipeline=[{"$project": {"n": 1}}])

    def make_slow(self) -> None:
        """A view whose first document, which introspection looks at, comes at once. (Unsorted: a filter moves below a sort.)"""
        function = {"body": "function(n) { if (n > 0) sleep(36000000); return true; }", "args": ["$n"], "lang": "js"}
        self.count_up("sleeping", 2)
        pipeline = [{"$match": {"$expr": {"$function": function}}}]
        self._database.create_collection("slow", viewOn="sleeping", pipeline=pipeline)

    def running(self) -> Sequence[Any]:
        mine = {"$or": [{f"{at}.comment": {"$regex": "^foz:"}} for at in ("command", "cursor.originatingCommand")]}
        stages = [
            {"$currentOp": {"idleCursors": True}},
            {"$match": {"$and": [{"ns": {"$regex": f"^{self.schema}[.]"}}, mine]}},
        ]
        return list(self._client.admin.aggregate(stages))

    def writes(self) -> tuple[str, str]:
        return '{"insert": "written", "documents": [{"n": {"$numberLong": "100"}}]}', '{"insert": "written", "documents": [7]}'

    def bound_write(self) -> str:
        return '{"insert": "written", "documents": [{"n": 1}]}'

    def account(self) -> MongodbAccounts:
        self._database.account.insert_many([{"_id": number, "id": Int64(number), "balance": Int64(50)} for number in (1, 2)])
        return MongodbAccounts(self._uri)

    @contextmanager
    def server(self) -> Iterator[MongodbServing]:
        serving = MongodbServing()
        try:
            yield serving
        finally:
            serving.close()

    def close(self) -> None:
        self._client.close()


class MongodbAccounts:
    def __init__(self, uri: str) -> None:
        self._client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(uri)
        self._accounts = self._client.get_default_database().account

    def transfer(self, amount: int) -> None:
        with self._client.start_session() as session, session.start_transaction():
            self._accounts.update_one({"id": 1}, {"$inc": {"balance": Int64(-amount)}}, session=session)
            self._accounts.update_one({"id": 2}, {"$inc": {"balance": Int64(amount)}}, session=session)

    def close(self) -> None:
        self._client.close()


class MongodbServing:
    def __init__(self) -> None:
        self._port = free_port()
        self._server: Server | None = None
        self.start()

    @property
    def connection(self) -> dict[str, Any]:
        options = "directConnection=true&serverSelectionTimeoutMS=1000"
        return {"uri": f"mongodb://127.0.0.1:{self._port}/served?{options}"}

    def kill(self) -> None:
        assert self._server is not None
        self._server.kill()
        self._server = None

    def start(self) -> None:
        self._server = start_mongodb(self._port)
        client: pymongo.MongoClient[dict[str, Any]]
        with pymongo.MongoClient(self._server.uri) as client:
            client.served.many.insert_many([{"n": Int64(number), "pad": "x" * 200} for number in range(ROWS)])

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()
