"""What is known of a field gates what is computed of it: every class of operator over every situation of a field.

A cell is pushed and equals DuckDB's answer over the same rows, or is refused with its reason. Documents that do not fit their
column compute NULL, never an error of the server; `fits` tells them apart, and no condition is true of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pymongo
import pytest
from bson import Int64, ObjectId
from bson.decimal128 import Decimal128

from planner.plan import Field
from tests.translators.mongo.shop import Shop, load_oracle, open_shop
from tests.translators.mongo.test_cases import computed, expected, scalar
from translators.control import Control
from translators.mongo import expressions
from translators.mongo.decode import Reading
from translators.mongo.native import Request
from translators.mongo.refusal import Refused
from translators.mongo.types import Shape


@dataclass(frozen=True)
class Situation:
    """A field's values in the documents that fit, and in those that do not and are inserted afterwards."""

    type: str
    values: tuple[Any, ...]
    misfits: tuple[Any, ...] = ()
    column: str = "v"
    declared: Mapping[str, str] = field(default_factory=dict)
    nullify: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""


MISSING = object()
DAY = datetime(2024, 2, 29, 10, 30, tzinfo=UTC)
NUMBERS: tuple[Any, ...] = (1, -7, 0, 100)
TEXTS: tuple[Any, ...] = ("abc", "", "a€", "ABC")
ODD: tuple[Any, ...] = ([1], ["abc"], [DAY], {"a": 1}, ObjectId("64b000000000000000000001"), True)
INNER: tuple[Any, ...] = ({"w": 1}, {"w": None}, {}, None, MISSING)

SITUATIONS: dict[str, Situation] = {
    "number": Situation("number", NUMBERS),
    "number, null": Situation("number", (*NUMBERS, None)),
    "number, missing": Situation("number", (*NUMBERS, MISSING)),
    "number, misfits": Situation("number", (*NUMBERS, None, MISSING), ("x", "12", 1.5, 2**40, DAY, *ODD)),
    "number, nullify": Situation("number", (*NUMBERS, None, MISSING, "x", 1.5, 2**40, DAY, *ODD), nullify=True,
                                 declared={"v": "INTEGER"}),
    "int and long": Situation("number", (1, Int64(2**40), None, MISSING)),
    "int and double": Situation("number", (1, 2.5, float("nan"), None, MISSING), ("x", DAY, *ODD)),
    "int and decimal": Situation("number", (1, Decimal128("2.5"), None, MISSING), ("x", 1.5, *ODD),
                                 declared={"v": "DECIMAL(9,2)"}),
    "decimal, nullify": Situation("number", (Decimal128("2.5"), None), nullify=True, declared={"v": "DECIMAL(9,2)"},
                                  refused="values that do not fit DECIMAL(9,2) read as NULL"),
    "number and text": Situation("text", (1, "x", None), refused="the field holds values of several types"),
    "text": Situation("text", TEXTS),
    "text, null and missing": Situation("text", (*TEXTS, None, MISSING)),
    "text, misfits": Situation("text", (*TEXTS, None, MISSING), (1, 1.5, DAY, *ODD)),
    "text, nullify": Situation("text", (*TEXTS, 1), nullify=True, declared={"v": "VARCHAR"},
                               refused="text that is not UTF-8 reads as NULL"),
    "ObjectId": Situation("text", (ObjectId("64b000000000000000000001"), None, MISSING), ("abc", 1, [1])),
    "date": Situation("date", (DAY, datetime(1969, 12, 31, 23, 59, 59, 999000, UTC))),
    "date, null and missing": Situation("date", (DAY, None, MISSING)),
    "date, misfits": Situation("date", (DAY, None, MISSING), (1, "2024-01-01", *ODD)),
    "date, nullify": Situation("date", (DAY, None, MISSING, 1, "x", [DAY]), declared={"v": "TIMESTAMP"}, nullify=True),
    "array": Situation("list", (["a", "b"], [], [None], ["abc"])),
    "array, null and missing": Situation("list", (["a", "b"], None, MISSING, [])),
    "array, misfits": Situation("list", (["a"], None, MISSING), ("a", 1, {"0": "a"}, True)),
    "array, nullify": Situation("list", (["a"], None, "a"), declared={"v": "VARCHAR[]"}, nullify=True,
                                refused="values that do not fit VARCHAR[] read as NULL"),
    "below a document": Situation("number", INNER, column="v.w"),
    "below a document, misfits": Situation("number", INNER, ([{"w": 1}], {"w": "x"}, {"w": [1]}, 5, "x"), column="v.w"),
    "below a document, nullify": Situation("number", (*INNER, [{"w": 1}], {"w": "x"}, 5), column="v.w", nullify=True,
                                           declared={"v": "STRUCT(w INTEGER)"}),
    "below a field of digits": Situation("number", ({"1": 1}, {"1": None}), column='v."1"',
                                         refused="a number in a path also means an array's element"),
}  # fmt: skip

OPERATORS: dict[str, dict[str, list[str]]] = {
    "number": {
        "comparison": ["{} > 0", "{} <= 1", "{} <> 1", "NOT {} = 1"],
        "distinct": ["{} IS DISTINCT FROM 1"],
        "is null": ["{} IS NULL", "{} IS NOT NULL"],
        "membership": ["{} IN (1, 100)", "{} NOT IN (1, 100)"],
        "range": ["{} BETWEEN 0 AND 50", "{} NOT BETWEEN 0 AND 50"],
        "arithmetic": ["{} + 1", "{} * 2", "{} / 2", "-{}"],
        "division": ["1 / {}", "{} % 3"],
        "choice": ["CASE WHEN {} > 0 THEN 'x' ELSE 'y' END", "coalesce({}, 5)", "nullif({}, 1)", "greatest({}, 3)"],
        "rounding": ["round({})", "abs({})"],
        "cast": ["CAST({} AS BOOLEAN)"],
        "logic": ["{} > 0 OR {} IS NULL", "{} > 0 AND {} < 50"],
    },
    "text": {
        "comparison": ["{} > 'a'", "{} <> 'abc'"],
        "distinct": ["{} IS NOT DISTINCT FROM 'abc'"],
        "is null": ["{} IS NULL"],
        "membership": ["{} NOT IN ('abc', 'x')"],
        "choice": ["coalesce({}, 'none')", "CASE WHEN {} = 'abc' THEN 1 END"],
        "text": ["length({})", "substring({}, 2)", "{} || 'x'", "concat({}, 'x')", "strpos({}, 'b')", "trim({})"],
        "pattern": ["{} LIKE 'a%'", "{} NOT LIKE 'a%'", "regexp_matches({}, 'b')", "lower({}) = 'abc'"],
        "split": ["split_part({}, 'b', 1)", "split({}, 'b')"],
    },
    "date": {
        "comparison": ["{} > TIMESTAMP '2000-01-01'", "{} <> TIMESTAMP '2000-01-01'"],
        "is null": ["{} IS NULL"],
        "choice": ["coalesce({}, TIMESTAMP '2000-01-01')"],
        "part": ["year({})", "dayofweek({})", "epoch_ms({})"],
        "truncation": ["date_trunc('month', {})", "CAST({} AS DATE)"],
        "difference": ["date_diff('day', {}, TIMESTAMP '2024-01-01')"],
        "interval": ["{} + INTERVAL 1 MONTH", "{} - INTERVAL 1 DAY"],
    },
    "list": {
        "is null": ["{} IS NULL"],
        "length": ["len({})"],
        "element": ["{}[1]", "{}[-1]"],
        "membership": ["list_contains({}, 'a')"],
        "slice": ["{}[1:2]"],
        "elements": ["list_transform({}, lambda z: z || 'x')", "list_filter({}, lambda z: z = 'a')"],
    },
}  # fmt: skip

CELLS = [
    pytest.param(name, template, id=f"{name}: {kind}: {template}")
    for name, situation in SITUATIONS.items()
    for kind, templates in OPERATORS[situation.type].items()
    for template in templates
]


@pytest.fixture(scope="module")
def shops(mongodb_uri: str) -> Iterator[dict[str, Shop]]:
    found = {name: opened(mongodb_uri, situation) for name, situation in SITUATIONS.items()}
    yield found
    for shop in found.values():
        shop.store.close()


def opened(uri: str, situation: Situation) -> Shop:
    documents = [_document(number, value) for number, value in enumerate(situation.values)]
    mismatch = "nullify" if situation.nullify else "error"
    shop = load_oracle(open_shop(uri, documents, declared=situation.declared, on_mismatch=mismatch))
    if situation.misfits:
        with pymongo.MongoClient[dict[str, Any]](uri) as client:
            collection = client.get_default_database()[shop.table.name]
            collection.insert_many([_document(1000 + number, value) for number, value in enumerate(situation.misfits)])
    return shop


def _document(number: int, value: Any) -> dict[str, Any]:
    return {"_id": number} if value is MISSING else {"_id": number, "v": value}


@pytest.mark.parametrize(("name", "template"), CELLS)
def test_every_operator_over_every_situation_of_a_field(shops: dict[str, Shop], name: str, template: str) -> None:
    shop, situation = shops[name], SITUATIONS[name]
    case = template.replace("{}", situation.column)
    node, scope, type = scalar(shop, case)
    if situation.refused:
        with pytest.raises(Refused) as refused:
            expressions.value(node, scope)
        assert refused.value.reason == situation.refused
        return
    value = expressions.value(node, scope)
    assert value.type == type
    wanted = expected(shop, case)
    found = computed(shop, value, type, {})
    assert {id: text for id, text in found.items() if id < 1000} == wanted
    assert len(found) == len(wanted) + len(situation.misfits)
    if type == "BOOLEAN":
        asked = _ids(shop, expressions.condition(node, scope))
        assert asked == [id for id, text in sorted(wanted.items()) if text == "True"]


@pytest.mark.parametrize("name", [name for name, situation in SITUATIONS.items() if not situation.refused])
def test_documents_that_do_not_fit_are_told_apart(shops: dict[str, Shop], name: str) -> None:
    shop, situation = shops[name], SITUATIONS[name]
    node, scope, _ = scalar(shop, f"{situation.column} IS NULL")
    (field,) = expressions.value(node, scope).reads
    assert field.nullify == situation.nullify
    if not situation.nullify:
        assert _ids(shop, expressions.fits(field)) == list(range(len(situation.values)))


def _ids(shop: Shop, condition: Any) -> list[int]:
    request = Request(
        shop.table.schema,
        shop.table.name,
        (Reading(("_id",), Shape("int", "INTEGER")),),
        pipeline=({"$match": {"$expr": condition}}, {"$sort": {"_id": 1}}),
    )
    with shop.store.reading(1, Control()) as reader:
        batches = list(reader.read(request, [Field("_id", "INTEGER")], Control()))
    return [id for batch in batches for id in batch.column(0).to_pylist()]
