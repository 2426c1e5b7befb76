"""The requests themselves: their text for mongosh, and that indexes serve them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pymongo
import pytest
from bson import Binary, Int64, ObjectId
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128

from tests.translators.mongo.shop import Shop, load_oracle, open_shop
from translators.mongo.native import Request, shell

DOCUMENTS = [
    {
        "n": number,
        "s": f"name {number}",
        "address": {"city": f"city {number % 7}"},
        "ts": datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=number),
        "x": number / 2,
        "d": Decimal128(str(number)),
        "rare": number if number < 50 else None,
        "u": Binary(UUID(int=number).bytes, 4),
        "ok": number < 10,
        "tags": [f"tag {number % 25}", f"tag {number}"],
    }
    for number in range(500)
]
FIELDS = ["n", "s", "address.city", "ts", "x", "d", "rare", "u", "ok", "tags"]


@pytest.fixture(scope="module")
def shop(mongodb_uri: str) -> Iterator[Shop]:
    found = load_oracle(open_shop(mongodb_uri, DOCUMENTS, indexes=FIELDS))
    yield found
    found.store.close()


def stages(node: Any) -> set[str]:
    """Every stage's name in an explain."""
    if isinstance(node, dict):
        own = {node["stage"]} if isinstance(node.get("stage"), str) else set()
        return own.union(*map(stages, node.values()))
    return set[str]().union(*map(stages, node)) if isinstance(node, list) else set()


INDEXED = [
    "SELECT n FROM t WHERE n = 5",
    "SELECT s FROM t WHERE n > 490",
    "SELECT s FROM t WHERE n BETWEEN 5 AND 9",
    "SELECT s FROM t WHERE n IN (1, 2, 3)",
    "SELECT s FROM t WHERE s LIKE 'name 4%'",
    "SELECT s FROM t WHERE starts_with(s, 'name 49')",
    "SELECT n FROM t WHERE address.city = 'city 1'",
    "SELECT n FROM t WHERE _id = '64b000000000000000000001'",
    "SELECT count(*) AS c FROM t WHERE n < 3",
    "SELECT n FROM t WHERE s = 'name 5'",
    "SELECT n FROM t WHERE s IN ('name 5', 'name 7')",
    "SELECT n FROM t WHERE s LIKE 'name 49_'",
    "SELECT n FROM t WHERE n < 3 OR n > 497",
    "SELECT n FROM t WHERE n < 3 OR s = 'name 9'",
    "SELECT n FROM t WHERE n < 300 AND s = 'name 9'",
    "SELECT n FROM t WHERE n > 480 AND length(s) > 3",
    "SELECT n FROM t WHERE NOT (n > 5)",
    "SELECT n FROM t WHERE n NOT BETWEEN 3 AND 495",
    "SELECT n FROM t WHERE rare IS NOT NULL",
    "SELECT n FROM t WHERE rare IS NULL AND n < 60",
    "SELECT n FROM t WHERE ts >= '2024-02-01' AND ts < '2024-03-01'",
    "SELECT n FROM t WHERE ts BETWEEN TIMESTAMP '2024-02-01' AND TIMESTAMP '2024-02-05 12:00:00.5'",
    "SELECT n FROM t WHERE ts = DATE '2024-02-01'",
    "SELECT n FROM t WHERE x > 245",
    "SELECT n FROM t WHERE x = 2.5",
    "SELECT n FROM t WHERE x BETWEEN 2 AND 5",
    "SELECT n FROM t WHERE d <= 5.5",
    "SELECT n FROM t WHERE u = '00000000-0000-0000-0000-000000000007'",
    "SELECT n FROM t WHERE ok",
    "SELECT n FROM t WHERE ok = TRUE AND n < 100",
    "SELECT n FROM t WHERE list_contains(tags, 'tag 7')",
    "SELECT n FROM t WHERE 'tag 70' IN tags",
    "SELECT n FROM t WHERE list_has_any(tags, ['tag 7', 'tag 400']) AND n > 10",
    "SELECT n + 1 AS m FROM t WHERE n BETWEEN 5 AND 9",
    "SELECT z.n FROM (SELECT n, s FROM t) AS z WHERE z.n IN (1, 2) AND z.s LIKE 'name%'",
    "SELECT s, count(*) AS c FROM t WHERE n BETWEEN 5 AND 9 GROUP BY s ORDER BY s",
    "SELECT n, row_number() OVER (ORDER BY _id) AS r FROM t WHERE n < 20",
    "SELECT n FROM t WHERE n < 5 UNION ALL SELECT n FROM t WHERE n > 495",
]


@pytest.mark.parametrize("sql", INDEXED)
def test_an_index_serves(shop: Shop, mongodb_uri: str, sql: str) -> None:
    _, taken = shop.take(sql)
    assert not taken.left
    request = taken.native
    assert isinstance(request, Request)
    command: dict[str, Any] = {"find": request.collection, "filter": request.filter}
    if request.pipeline is not None:
        command = {"aggregate": request.collection, "pipeline": list(request.pipeline), "cursor": {}}
    command["collation"] = {"locale": "simple"}
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        plan = client[request.database].command("explain", command, verbosity="executionStats")
    found = stages(plan)
    assert found & {"IXSCAN", "IDHACK", "COUNT_SCAN"}
    assert "COLLSCAN" not in found
    examined = [stats["totalDocsExamined"] for stats in _statistics(plan)]
    assert max(examined) < 120


def _statistics(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        own = [node] if "totalDocsExamined" in node else []
        return own + [found for inner in node.values() for found in _statistics(inner)]
    return [found for inner in node for found in _statistics(inner)] if isinstance(node, list) else []


TEXTS = [
    ("SELECT s FROM t LIMIT 3 OFFSET 2", '.find({}, {"_id": 1, "s": 1}).skip(2).limit(3)'),
    (
        "SELECT n FROM t WHERE n = 5",
        '.find({"n": {"$eq": 5, "$not": {"$type": "array"}, "$type": ["int", "long"]}}, {"_id": 1, "n": 1})',
    ),
    ("SELECT n FROM t ORDER BY n DESC", '.find({}, {"_id": 1, "n": 1}).sort({"n": -1})'),
    (
        "SELECT n FROM t ORDER BY n LIMIT 1",
        '.aggregate([{"$set": {"c0": {"$cond": [{"$lte": ["$n", null]}, 2, 0]}}}, {"$sort": {"c0": 1, "n": 1}}, {"$limit": 1}, '
        '{"$project": {"_id": 1, "n": 1}}])',
    ),
]


@pytest.mark.parametrize(("sql", "text"), TEXTS)
def test_the_text_of_a_request(shop: Shop, sql: str, text: str) -> None:
    native = shop.take(sql)[1].native
    assert native is not None
    place = f'db.getSiblingDB("{shop.table.schema}").getCollection("{shop.table.name}")'
    assert native.text == place + text


VALUES = [
    (5, "5"),
    (2**40, 'NumberLong("1099511627776")'),
    (Int64(5), 'NumberLong("5")'),
    (5.0, "Double(5)"),
    (2.5, "2.5"),
    (-0.0, "Double(-0.0)"),
    (float("nan"), "NaN"),
    (float("-inf"), "-Infinity"),
    (None, "null"),
    (True, "true"),
    ('a"\n\u2028é', '"a\\"\\n\\u2028é"'),
    (ObjectId("64b000000000000000000001"), 'ObjectId("64b000000000000000000001")'),
    (Decimal128("1.50"), 'NumberDecimal("1.50")'),
    (datetime(2024, 1, 1, tzinfo=UTC), 'ISODate("2024-01-01T00:00:00.000Z")'),
    (DatetimeMS(2**50), "new Date(1125899906842624)"),
    (Binary(UUID(int=1).bytes, 4), 'UUID("00000000-0000-0000-0000-000000000001")'),
    ([{"a": [1]}], '[{"a": [1]}]'),
]


@pytest.mark.parametrize(("value", "text"), VALUES)
def test_values_as_mongosh_writes_them(value: Any, text: str) -> None:
    assert shell(value) == text


def test_the_same_fragment_gives_the_same_request(shop: Shop) -> None:
    sql = "SELECT n, count(*) AS c FROM t WHERE s LIKE 'a%' GROUP BY n ORDER BY c"
    texts = {shop.take(sql)[1].native.text for _ in range(3)}  # type: ignore[union-attr]
    assert len(texts) == 1
