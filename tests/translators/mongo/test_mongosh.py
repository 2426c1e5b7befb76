"""The text of a request in the receipt pastes into mongosh: read back and run, it gives the documents of the request itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pymongo
import pytest
from bson import encode
from bson.raw_bson import RawBSONDocument
from pymongo.collation import Collation

from tests.translators.mongo import mongosh
from tests.translators.mongo.edges import open_edges
from tests.translators.mongo.shop import Shop
from tests.translators.mongo.test_cases import cases
from tests.translators.mongo.test_requests import VALUES
from translators.mongo.native import Request, shell

WRITTEN = [
    "SELECT * FROM t",
    "SELECT _id, i, s FROM t WHERE i > 5 AND s LIKE 'a%'",
    "SELECT i FROM t WHERE x >= 'nan'::DOUBLE OR x = -0.0 OR x < 1e300 OR x IN ('inf'::DOUBLE, 2.5, 3)",
    "SELECT i FROM t WHERE b IN (9007199254740993, -9223372036854775808) OR d = 9999999999.99",
    "SELECT i FROM t WHERE u = '00000000-0000-0000-0000-000000000001'",
    "SELECT i FROM t WHERE ts > '2024-02-29 12:34:56.5' OR day = DATE '0001-01-01' OR oid = '64b000000000000000000001'",
    "SELECT s FROM t WHERE s IN ('\"', '\\', '$n', 'a\nb', 'é😀', '\u2028') OR s = '$x' OR NOT ok",
    "SELECT _id, s FROM t ORDER BY s DESC NULLS LAST, _id LIMIT 7 OFFSET 2",
    "SELECT _id, i FROM t ORDER BY _id LIMIT 3",
    "SELECT i, count(*) AS n, sum(d) AS v, max(x) AS m FROM t GROUP BY i HAVING count(*) > 1 ORDER BY i",
    "SELECT _id, row_number() OVER (PARTITION BY k ORDER BY _id) AS r FROM t",
    "SELECT i FROM t UNION SELECT j FROM t",
    "SELECT _id, unnest(nums) AS e FROM t",
]
"""Queries over every kind of constant and stage; the cases of `cases/pushed` are asked beside them."""


@pytest.fixture(scope="module")
def shop(mongodb_uri: str) -> Iterator[Shop]:
    with open_edges(mongodb_uri) as found:
        yield found


@pytest.fixture(scope="module")
def client(mongodb_uri: str) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri, document_class=RawBSONDocument) as found:
        yield found


def _queries() -> list[str]:
    """The written ones, and of the cases every query and each tenth expression."""
    texts = [str(case.values[0]) for case in cases("pushed")]
    whole = [text for text in texts if text.upper().startswith(("SELECT ", "WITH "))]
    return [*WRITTEN, *whole[::3], *(f"SELECT _id, {text} AS v FROM t" for text in texts[::10] if text not in whole)]


@pytest.mark.parametrize("sql", _queries())
def test_what_is_printed_asks_for_the_same(shop: Shop, client: pymongo.MongoClient[dict[str, Any]], sql: str) -> None:
    _, taken = shop.take(sql)
    if taken.native is None:
        pytest.skip(taken.left[0].reason)
    assert isinstance(taken.native, Request)
    assert _answer(lambda: mongosh.run(client, taken.native.text)) == _answer(lambda: _asked(client, taken.native))


def _answer(ask: Any) -> Any:
    """The documents as bytes; the server's error where it ends the query."""
    try:
        return sorted(bytes(document.raw) for document in ask())
    except pymongo.errors.OperationFailure as error:
        return error.code


def _asked(client: pymongo.MongoClient[dict[str, Any]], request: Request) -> list[Any]:
    collection, simple = client[request.database][request.collection], Collation("simple")
    if request.pipeline is not None:
        return list(collection.aggregate(list(request.pipeline), collation=simple))
    found = collection.find(request.filter, request.projection or None, collation=simple)
    found = found.sort(list(request.sort)) if request.sort else found
    return list(found.skip(request.skip).limit(request.limit or 0))


@pytest.mark.parametrize("value", [value for value, _ in VALUES])
def test_a_value_is_read_back_as_it_was(value: Any) -> None:
    assert encode({"v": mongosh.value(shell(value))}) == encode({"v": value})
