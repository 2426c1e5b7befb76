"""What is known of collections and their fields, and estimates from it beside the documents that really come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pymongo
import pytest
from bson import Decimal128

from planner.cost import Estimate, estimate
from planner.statistics import ColumnStatistics, TableStatistics
from tests.translators.mongo.shop import Shop, load_oracle, open_shop
from translators.control import Control

ROWS = 6_000


def _document(number: int) -> dict[str, Any]:
    document: dict[str, Any] = {
        "_id": number,
        "customer": number % 40,
        "status": "open" if number % 10 < 6 else "paid" if number % 10 < 9 else "void",
        "total": (number * 7919 % ROWS) / 100.0,
        "price": Decimal128(str(number % 250)),
        "made": datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
        "name": f"name {number % 1500}",
        "tags": ["a", "b"],
        "address": {"city": "Lisbon"},
        "mixed": number if number % 2 else "text",
    }
    if number % 5 == 0:
        document["total"] = None
    if number % 4:
        document["gift"] = number % 8 == 1
    return document


@pytest.fixture(scope="module")
def shop(mongodb_uri: str) -> Iterator[Shop]:
    documents = [_document(number) for number in range(ROWS)]
    with open_shop(mongodb_uri, documents, sample=1500) as shop:
        yield load_oracle(shop)


def _known(shop: Shop, column: str) -> ColumnStatistics:
    return _whole(shop).by_name[column]


def _whole(shop: Shop) -> TableStatistics:
    table = shop.source.table(shop.table.name)
    assert table is not None
    assert table.statistics is not None
    return table.statistics


def _estimated(shop: Shop, sql: str) -> Estimate:
    fragment, _ = shop.take(sql)
    return estimate(fragment, shop.source)


@pytest.mark.parametrize(
    ("condition", "factor"),
    [
        ("TRUE", 1),
        ("_id = 77", 1),
        ("_id IN (1, 2)", 1),
        ("_id < 1500", 1.4),
        ("status = 'open'", 1.2),
        ("status <> 'open'", 1.2),
        ("status IN ('paid', 'void')", 1.3),
        ("customer = 5", 2.5),
        ("customer < 4", 1.8),
        ("total IS NULL", 1.5),
        ("total < 30", 1.3),
        ("total BETWEEN 10 AND 20", 1.5),
        ("made < TIMESTAMP '2024-01-02 00:00:00'", 1.5),
        ("name = 'name 7'", 4),
        ("gift", 2.5),
        ("gift IS NULL", 1.5),
    ],
)
def test_estimates_lie_near_the_documents_that_come(shop: Shop, condition: str, factor: float) -> None:
    sql = f"SELECT _id FROM t WHERE {condition}"
    given, found = shop.read(sql)[0].num_rows, _estimated(shop, sql)
    assert found.rows is not None
    assert given / factor <= found.rows <= given * factor, (given, found)
    assert found.origin == "collection count"


def test_bytes_are_near_those_of_the_batches(shop: Shop) -> None:
    sql = "SELECT _id, name, total, status FROM t"
    given, found = shop.read(sql)[0].nbytes, _estimated(shop, sql)
    assert found.bytes is not None
    assert given / 1.2 <= found.bytes <= given * 1.2, (given, found)


def test_what_is_known_of_fields(shop: Shop) -> None:
    assert (_whole(shop).rows, _whole(shop).origin) == (ROWS, "collection count")
    assert ROWS * 150 < (_whole(shop).bytes or 0) < ROWS * 300
    assert {value for value, _ in _known(shop, "status").common} == {"open", "paid", "void"}
    assert _known(shop, "total").null_fraction == pytest.approx(0.2, abs=0.08)
    assert _known(shop, "customer").distinct == pytest.approx(40, rel=0.1)
    assert (_known(shop, "tags").distinct, _known(shop, "address").common, _known(shop, "tags").null_fraction) == (None, (), 0)
    assert 0 <= _known(shop, "price").bounds[0] <= 5  # of 250 values that are all alike, in a sample
    assert {type(bound) for bound in _known(shop, "made").bounds} == {int}


def test_counts_follow_the_collection_without_another_sample(shop: Shop, mongodb_uri: str) -> None:
    before = {column: _known(shop, column) for column in ("name", "status", "customer")}
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        place = client.get_default_database()[shop.table.name]
        place.insert_many([{**_document(number), "_id": ROWS + number} for number in range(ROWS)])
        found = shop.store.statistics((shop.table,), Control())[shop.table.path]
        place.delete_many({"_id": {"$gte": ROWS}})
    assert (found.rows, found.origin) == (2 * ROWS, "collection count")
    assert found.by_name["name"].distinct == pytest.approx(2 * (before["name"].distinct or 0))
    assert (found.by_name["status"], found.by_name["customer"]) == (before["status"], before["customer"])


def test_a_small_collection_is_known_wholly_and_a_view_is_not(mongodb_uri: str) -> None:
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        place = client.get_default_database()
        place.small.insert_many([{"_id": number, "n": number % 3} for number in range(9)])
        place.small.create_index("n")
        place.create_collection("some", viewOn="small", pipeline=[{"$limit": 2}])
        place.create_collection("empty")
    with open_shop(mongodb_uri, [{"_id": 1}]) as shop:
        tables = {table.name: table for table in shop.source.tables}
    small = tables["small"].statistics
    assert small is not None
    assert (small.rows, small.by_name["n"].distinct, dict(small.by_name["n"].common)) == (
        9,
        3,
        {value: pytest.approx(1 / 3) for value in range(3)},
    )
    assert (tables["small"].indexes, tables["some"].statistics, tables["empty"].rows) == ((("n",),), None, 0)
