"""Collections as tables: where columns come from, in which order, and what is known of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pymongo
import pytest
from bson import Binary, Int64, ObjectId
from bson.decimal128 import Decimal128
from pymongo.errors import OperationFailure

from planner.catalog import Table
from planner.errors import RequestInvalid
from tests.translators.mongo.shop import load_oracle, open_shop
from translators.base import Introspection, StoreConfig
from translators.control import Control
from translators.mongo import STORE, introspect
from translators.mongo.introspect import look, sample
from translators.mongo.types import Seen, declared, shape_of

WIDENED: list[tuple[list[Any], str, str]] = [
    ([1, None], "INTEGER", "int"),
    ([1, Int64(1)], "BIGINT", "long"),
    ([1, 2.5, Int64(3)], "DOUBLE", "double"),
    (["a"], "VARCHAR", "string"),
    ([None], "VARCHAR", "string"),
    ([True], "BOOLEAN", "bool"),
    ([datetime(2024, 1, 1, tzinfo=UTC)], "TIMESTAMP", "date"),
    ([Decimal128("1.5"), 2], "DECIMAL(38,10)", "decimal"),
    ([ObjectId()], "VARCHAR", "objectId"),
    ([ObjectId(), "x"], "VARCHAR", "json"),
    ([b"x"], "BLOB", "binData"),
    ([Binary(UUID(int=1).bytes, 4)], "UUID", "uuid"),
    ([Binary(UUID(int=1).bytes, 4), b"x"], "BLOB", "binData"),
    ([1, "x"], "VARCHAR", "json"),
    ([Decimal128("1"), 2.5], "VARCHAR", "json"),
    ([[1], [2.5, None]], "DOUBLE[]", '["double"]'),
    ([[]], "VARCHAR[]", '["string"]'),
    ([[1, "x"]], "VARCHAR[]", '["json"]'),
    ([{"a": 1}, {"b": {"c": "x"}}], 'STRUCT("a" INTEGER, "b" STRUCT("c" VARCHAR))', '{"a": "int", "b": {"c": "string"}}'),
    ([{"a": 1, "A": 2}], 'STRUCT("a" INTEGER, "A_1" INTEGER)', '{"a": "int", "A_1": {"$field": "A", "$is": "int"}}'),
    ([[{"a": 1}]], 'STRUCT("a" INTEGER)[]', '[{"a": "int"}]'),
    ([{}], "VARCHAR", "json"),
    ([{"a": 1}, 5], "VARCHAR", "json"),
]


@pytest.mark.parametrize(("values", "type", "native"), WIDENED)
def test_types_widen(values: list[Any], type: str, native: str) -> None:
    seen = Seen()
    for value in values:
        look(seen, {"v": value})
    shape = seen.fields["v"].shape()
    assert (shape.type, shape.native) == (type, native)
    assert shape_of(type, native) == shape


@pytest.mark.parametrize("type", ["TIME", "INTERVAL", "MAP(VARCHAR, INTEGER)", "no type"])
def test_types_that_cannot_be_declared(type: str) -> None:
    with pytest.raises(RequestInvalid):
        declared(type)


def introspected(uri: str, **settings: Any) -> Introspection:
    store = STORE.open(StoreConfig("src", "mongodb", {"uri": uri}, **settings))
    try:
        return store.introspect(Control())
    finally:
        store.close()


def columns(table: Table) -> list[tuple[str, str]]:
    return [(column.name, column.type) for column in table.columns]


def table(found: Introspection, name: str) -> Table:
    return next(table for table in found.tables if table.name == name)


def test_declared_before_validated_before_sampled(mongodb_uri: str) -> None:
    rules = {
        "a": {"bsonType": ["long", "null"]},
        "b": {"bsonType": "double"},
        "c": {"bsonType": "object", "properties": {"x": {"bsonType": "date"}}},
        "d": {"bsonType": "array", "items": {"bsonType": "bool"}},
        "e": {"bsonType": ["int", "string"]},
        "only_validated": {"bsonType": "string"},
    }
    shop = open_shop(
        mongodb_uri,
        [{"_id": 1, "e": 5, "a": Int64(1), "b": 1.5, "c": {"y": 1}, "new": "x"}],
        options={"validator": {"$jsonSchema": {"properties": rules}}},
        declared={"b": "FLOAT", "only_declared": "DECIMAL(12,2)"},
    )
    shop.store.close()
    assert columns(shop.table) == [
        ("_id", "INTEGER"),
        ("e", "INTEGER"),
        ("a", "BIGINT"),
        ("b", "FLOAT"),
        ("c", 'STRUCT("y" INTEGER, "x" TIMESTAMP)'),
        ("new", "VARCHAR"),
        ("d", "BOOLEAN[]"),
        ("only_validated", "VARCHAR"),
        ("only_declared", "DECIMAL(12,2)"),
    ]
    facts = {column.name: column.facts for column in shop.table.columns}
    assert facts["b"] == {"declared"}
    assert facts["a"] == {"validated"}
    assert facts["only_declared"] == {"declared", "missing"}


def test_names_that_sql_cannot_tell_apart_or_paths_cannot_name(mongodb_uri: str) -> None:
    documents = [{"_id": 1, "Name": "a", "name": 2, "a.b": 3, "$x": 4, "": 5, "o": {"k.l": 6}}]
    with load_oracle(open_shop(mongodb_uri, documents)) as shop:
        assert [(column.name, column.stored_as) for column in shop.table.columns][1:6] == [
            ("Name", "Name"),
            ("name_1", "name"),
            ("a.b", "a.b"),
            ("$x", "$x"),
            ("o", "o"),
        ]
        assert shop.oracle.sql("SELECT * FROM t").fetchall() == [(1, "a", 2, 3, 4, {"k.l": 6})]
        _, taken = shop.take('SELECT "a.b" FROM t WHERE "a.b" = 3')
        assert [left.reason for left in taken.left] == ["the field's name cannot stand in a path"]


def test_keys_rows_kinds_and_findings(mongodb_uri: str) -> None:
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        place = client.get_default_database()
        place.people.insert_many([{"_id": number, "a": number, "b": 1, "x": "1" if number else 1} for number in range(5)])
        place.people.create_index([("a", 1), ("b", 1)], unique=True)
        place.people.create_index("b", unique=False)
        place.people.create_index("x", unique=True, partialFilterExpression={"a": 9})
        place.people.create_index("z", unique=True, sparse=True)
        place.create_collection("adults", viewOn="people", pipeline=[{"$match": {"a": {"$gt": 1}}}])
        place.create_collection("english", viewOn="people", pipeline=[], collation={"locale": "en"})
        place.create_collection("readings", timeseries={"timeField": "at"})
        place.readings.insert_one({"at": datetime(2024, 1, 1, tzinfo=UTC), "v": 1.5})
    found = introspected(mongodb_uri)
    with open_shop(mongodb_uri, []) as shop:
        shop.table = table(shop.found, "adults")
        load_oracle(shop)
        assert shop.read("SELECT a FROM t WHERE a > 2 ORDER BY x, a")[0].to_pydict() == {"a": [3, 4]}
    people = table(found, "people")
    assert people.primary_key == ("_id",)
    assert ("a", "b") in people.unique_keys
    assert not {("x",), ("b",), ("z",)} & set(people.unique_keys)
    assert people.kind == "table"
    assert table(found, "adults").kind == "view"
    assert table(found, "english").facts == {"collated"}
    assert sorted(columns(table(found, "readings"))) == [("_id", "VARCHAR"), ("at", "TIMESTAMP"), ("v", "DOUBLE")]
    assert table(found, "readings").kind == "timeseries"
    assert found.server.startswith("MongoDB ")
    assert not any(name.name.startswith("system.") for name in found.tables)
    seen = {finding.path: finding for finding in found.findings if finding.table.endswith(".people")}
    assert seen["x"].type == "VARCHAR"
    assert seen["x"].found == {"int": 1, "string": 4}


def test_the_sample_looks_at_both_ends(mongodb_uri: str) -> None:
    documents = [{"_id": number, "v": "x" if number in (0, 2999) else 1} for number in range(3000)]
    with open_shop(mongodb_uri, documents, sample=30) as shop:
        assert shop.table.column("v").native == "json"  # type: ignore[union-attr]


def test_the_schema_is_the_database(mongodb_server: Any, mongodb_uri: str) -> None:
    name = mongodb_uri.split("?")[0].rsplit("/", 1)[1]
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        client[name].here.insert_one({"a": 1})
    assert introspected(mongodb_uri).schemas == (name,)
    everywhere = introspected(mongodb_server.uri, sample=1)
    assert name in everywhere.schemas
    assert not {"admin", "local", "config"} & set(everywhere.schemas)


def test_views_answer_with_their_own_collation_left_alone(mongodb_uri: str) -> None:
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        place = client.get_default_database()
        place.words.insert_many([{"_id": 1, "s": "a"}, {"_id": 2, "s": "A"}])
        place.create_collection("folded", viewOn="words", pipeline=[], collation={"locale": "en", "strength": 2})
    with open_shop(mongodb_uri, []) as shop:
        shop.table = table(shop.found, "folded")
        load_oracle(shop)
        assert shop.oracle.sql("SELECT s FROM t ORDER BY _id").fetchall() == [("a",), ("A",)]
        for sql in ("SELECT _id FROM t WHERE s = 'a'", "SELECT _id FROM t WHERE s LIKE 'a%'"):
            assert [left.reason for left in shop.take(sql)[1].left] == ["the view has a collation of its own"]
        assert shop.take("SELECT s FROM t ORDER BY s")[1].native is None
        assert shop.take("SELECT DISTINCT s FROM t")[1].native is None
        assert shop.read("SELECT s FROM t WHERE _id = 2 AND s IS NOT NULL")[0].to_pydict() == {"s": ["A"]}


def test_a_collection_that_is_dropped_meanwhile_is_left_out(mongodb_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        place = client.get_default_database()
        place.kept.insert_one({"a": 1})
        place.lost.insert_one({"a": 1})

        def dropping(collection: Any, *rest: Any) -> Any:
            if collection.name == "lost":
                raise OperationFailure("the collection was dropped", 175)
            return sample(collection, *rest)

        monkeypatch.setattr(introspect, "sample", dropping)
        assert {"kept", "lost"} & {table.name for table in introspected(mongodb_uri).tables} == {"kept"}
