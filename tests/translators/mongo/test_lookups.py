"""`$lookup` for joins, EXISTS and IN: every pair of situations of two fields, and what else gates it.

The answers are Foz's, the oracle holds the rows that Foz gives for each whole collection. Documents that do not fit their column
are inserted afterwards: they join nothing, and are an error where they drive a join that keeps its rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pymongo
import pytest
from bson import Binary, Int64, ObjectId
from bson.decimal128 import Decimal128

from planner.errors import SourceData, SqlType
from tests.answers.world import World, rows_of, same, sort_key
from tests.translators.mongo import mongosh
from translators.mongo import worth

MISSING = object()
OID = [ObjectId(f"64b00000000000000000000{digit}") for digit in range(4)]
MOMENTS = [datetime(2024, 2, 29, 10, 30, tzinfo=UTC), datetime(1969, 12, 31, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC)]
UUIDS = [Binary(UUID(int=number).bytes, 4) for number in (1, 2, 2**127)]
NOTHING: tuple[Any, ...] = (None, MISSING)
ODD: tuple[Any, ...] = ([1], ["a"], [MOMENTS[0]], {"a": 1}, True, "7", 1.5)

TYPES: dict[str, tuple[str, tuple[Any, ...], tuple[Any, ...]]] = {
    "whole": ("INTEGER", (0, 1, 1, -7, Int64(100), *NOTHING), (2**40, *ODD)),
    "small": ("SMALLINT", (1, 100, 32767, *NOTHING), (40_000, *ODD)),
    "long": ("BIGINT", (0, 1, Int64(1), 2**53 + 1, 2**63 - 1, *NOTHING), ODD),
    "double": ("DOUBLE", (0.0, -0.0, 1, 1.0, 2.5, float("nan"), float("nan"), float("inf"), 2.0**53, *NOTHING),
               (Int64(2**53 + 1), *ODD[:-1])),
    "decimal": ("DECIMAL(9,2)", (Decimal128("1"), Decimal128("1.00"), Decimal128("2.5"), 1, Decimal128("-0"), *NOTHING),
                (Decimal128("NaN"), Decimal128("0.001"), *ODD)),
    "fine decimal": ("DECIMAL(9,4)", (Decimal128("1"), Decimal128("2.5"), *NOTHING), ODD),
    "text": ("VARCHAR", ("a", "A", "a", "", "é", "e\u0301", "7", *NOTHING), (1, OID[0], ["a"], {"a": 1})),
    "moment": ("TIMESTAMP", (*MOMENTS, MOMENTS[0], *NOTHING), ODD),
    "day": ("DATE", (MOMENTS[1], MOMENTS[2], *NOTHING), (MOMENTS[0], *ODD)),
    "flag": ("BOOLEAN", (True, False, True, *NOTHING), (0, 1, *ODD[:3])),
    "uuid": ("UUID", (*UUIDS, UUIDS[0], *NOTHING), (Binary(UUIDS[0], 0), "7", [UUIDS[0]])),
}  # fmt: skip
"""By name: a declared type, the values that fit it, and those that do not."""

FOUND: dict[str, tuple[Any, ...]] = {
    "oid": (*OID, OID[0], *NOTHING),
    "mixed": (1, "1", None),
    "list": ([1], [1, 2], None),
    "document": ({"a": 1}, None),
}
"""By name: values whose types are found in a sample."""

NAMES = [*TYPES, *FOUND]
JOINED = {
    *((name, name) for name in [*TYPES, "oid"]),
    *((one, other) for one in ("whole", "small", "long") for other in ("whole", "small", "long")),
    *((one, "double") for one in ("whole", "small")),
    *(("double", one) for one in ("whole", "small")),
}
"""The pairs whose equality in MongoDB is DuckDB's: of the driving field and the field that is looked up by."""

FORMS = {
    "inner": "SELECT a.n AS x, b.n AS y, b.v AS w FROM {a} AS a JOIN {b} AS b ON a.v = b.v WHERE a.n < 1000",
    "left": "SELECT a.n AS x, b.n AS y, b.v AS w FROM {a} AS a LEFT JOIN {b} AS b ON b.v = a.v AND b.n <> 1 WHERE a.n < 1000",
    "semi": "SELECT a.n AS x FROM {a} AS a WHERE a.n < 1000 AND EXISTS (SELECT 1 FROM {b} AS b WHERE a.v = b.v AND b.n > a.n)",
    "anti": "SELECT a.n AS x FROM {a} AS a WHERE a.n < 1000 AND NOT EXISTS (SELECT * FROM {b} AS b WHERE a.v = b.v AND b.n < 3)",
    "in": "SELECT a.n AS x FROM {a} AS a WHERE a.n < 1000 AND a.v IN (SELECT b.v FROM {b} AS b WHERE b.n < 5)",
    "not in": "SELECT a.n AS x FROM {a} AS a WHERE a.n < 1000 AND a.v IS NOT NULL "
    "AND a.v NOT IN (SELECT b.v FROM {b} AS b WHERE b.v IS NOT NULL AND b.n < 3)",
}


@pytest.fixture(scope="module", autouse=True)
def _wherever_it_can() -> Iterator[None]:
    """The estimates of so small collections would be against every look-up."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(worth, "against", lambda *_: None)
        yield


@pytest.fixture(scope="module")
def pairs(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A driving and another collection for each situation."""
    world = World(None, mongodb_uri, tmp_path_factory.mktemp("pairs"))
    for name in NAMES:
        fitting = TYPES[name][1] if name in TYPES else FOUND[name]
        for side in "ab":
            declared = {"v": TYPES[name][0]} if name in TYPES else {}
            world.declared.setdefault("docs", {})[_name(name, side)] = {"columns": {"_id": "INTEGER", "n": "INTEGER", **declared}}
            _insert(mongodb_uri, _name(name, side), fitting, 0)
    with world.running():
        _load_oracle(world)
        for name, (_, _, misfits) in TYPES.items():
            for side in "ab":
                _insert(mongodb_uri, _name(name, side), misfits, 1000)
        yield world


def _insert(uri: str, name: str, values: tuple[Any, ...], first: int) -> None:
    with pymongo.MongoClient[dict[str, Any]](uri) as client:
        collection = client.get_default_database()[name]
        collection.insert_many([_document(first + number, value) for number, value in enumerate(values)])
        collection.create_index("v")


def _load_oracle(world: World) -> None:
    world.oracle.execute("CREATE SCHEMA docs")
    for name in world.declared["docs"]:
        world.oracle.register("loading", world.ask(f"SELECT * FROM docs.{name}"))
        world.oracle.execute(f"CREATE TABLE docs.{name} AS SELECT * FROM loading")
        world.oracle.unregister("loading")


def _name(situation: str, side: str) -> str:
    return f"{situation.replace(' ', '_')}_{side}"


def _document(number: int, value: Any) -> dict[str, Any]:
    return {"_id": number, "n": number} if value is MISSING else {"_id": number, "n": number, "v": value}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("other", NAMES)
@pytest.mark.parametrize("one", NAMES)
def test_every_form_over_every_pair_of_situations(pairs: World, one: str, other: str, form: str) -> None:
    sql = FORMS[form].format(a=f"docs.{_name(one, 'a')}", b=f"docs.{_name(other, 'b')}")
    if (one, other) not in JOINED:
        assert _refusals(pairs, sql)
        return
    receipt = pairs.receipt(sql)
    assert receipt["residual"] is None, receipt
    assert "$lookup" in receipt["fragments"][0]["native"]
    _same(pairs, sql)


def _refusals(world: World, sql: str) -> set[str]:
    """Why nothing is looked up. A query that DuckDB has no meaning for is refused as a whole."""
    try:
        receipt = world.receipt(sql)
    except SqlType as error:
        return {error.message}
    assert all("$lookup" not in fragment["native"] for fragment in receipt["fragments"])
    left = [*receipt["refused"], *(left for fragment in receipt["fragments"] for left in fragment["left"])]
    return {each["reason"] for each in left}


def _same(world: World, sql: str) -> None:
    ours, theirs = (sorted(rows_of(rows), key=sort_key) for rows in (world.ask(sql), world.expected(sql)))
    assert len(ours) == len(theirs), (ours, theirs)
    assert all(same(a, b) for mine, right in zip(ours, theirs, strict=True) for a, b in zip(mine, right, strict=True))


REASONS = [
    ("long", "double", "MongoDB does not join DOUBLE with BIGINT as DuckDB does"),
    ("double", "long", "MongoDB does not join DOUBLE with BIGINT as DuckDB does"),
    ("whole", "decimal", "MongoDB does not join DECIMAL(9,2) with INTEGER as DuckDB does"),
    ("decimal", "fine decimal", "MongoDB does not join DECIMAL(9,2) with DECIMAL(9,4) as DuckDB does"),
    ("text", "oid", "MongoDB does not join VARCHAR with VARCHAR as DuckDB does"),
    ("moment", "day", "MongoDB does not join TIMESTAMP with DATE as DuckDB does"),
    ("mixed", "mixed", "the field holds values of several types"),
    ("list", "list", "MongoDB does not join INTEGER[] with INTEGER[] as DuckDB does"),
    ("document", "document", 'MongoDB does not join STRUCT("a" INTEGER) with STRUCT("a" INTEGER) as DuckDB does'),
]


@pytest.mark.parametrize(("one", "other", "reason"), REASONS)
def test_a_pair_that_compares_otherwise_is_refused_with_its_reason(pairs: World, one: str, other: str, reason: str) -> None:
    sql = FORMS["inner"].format(a=f"docs.{_name(one, 'a')}", b=f"docs.{_name(other, 'b')}")
    assert reason in _refusals(pairs, sql)


def test_a_driving_document_that_does_not_fit_is_an_error_where_its_row_would_stay(pairs: World) -> None:
    sql = "SELECT a.n AS x, b.n AS y FROM docs.text_a AS a LEFT JOIN docs.text_b AS b ON a.v = b.v WHERE a.n >= 1000"
    assert "$lookup" in pairs.receipt(sql)["fragments"][0]["native"]
    with pytest.raises(SourceData, match=r"text_a: field v of the document with _id 100\d holds a value of BSON type"):
        pairs.ask(sql)


MISFIT = [
    "SELECT b.w AS w FROM docs.one AS a JOIN docs.two AS b ON a.v = b.v",
    "SELECT b.w + 1 AS w FROM docs.one AS a JOIN docs.two AS b ON a.v = b.v",
    "SELECT max(b.w) AS w FROM docs.one AS a LEFT JOIN docs.two AS b ON a.v = b.v GROUP BY a.v",
    "SELECT a.v AS v FROM docs.one AS a JOIN docs.two AS b ON a.v = b.v ORDER BY b.w",
]


@pytest.mark.parametrize("sql", MISFIT)
def test_what_does_not_fit_is_named_by_the_document_that_was_looked_up(mongodb_uri: str, tmp_path: Path, sql: str) -> None:
    with _two(mongodb_uri, tmp_path, [{"_id": 7, "v": 1, "w": "x"}, {"_id": 8, "v": 1, "w": 5}]) as world:
        assert world.receipt(sql)["residual"] is None
        with pytest.raises(SourceData, match=r"two: field w of the document with _id 7 holds a value of BSON type string"):
            world.ask(sql)


@pytest.mark.parametrize("sql", MISFIT)
def test_what_does_not_fit_is_null_where_the_source_says_so(mongodb_uri: str, tmp_path: Path, sql: str) -> None:
    documents = [{"_id": 7, "v": 1, "w": "x"}, {"_id": 8, "v": 1, "w": 5}, {"_id": 9, "v": "1", "w": 6}]
    with _two(mongodb_uri, tmp_path, documents, "nullify") as world:
        world.oracle.execute("CREATE SCHEMA docs; CREATE TABLE docs.one AS SELECT 1 AS v UNION ALL SELECT 2")
        world.oracle.execute("CREATE TABLE docs.two AS SELECT unnest([1, 1, NULL]) AS v, unnest([NULL, 5, 6]) AS w")
        assert "$lookup" in world.receipt(sql)["fragments"][0]["native"]
        world.check(sql)


@contextmanager
def _two(uri: str, directory: Path, documents: Sequence[dict[str, Any]], on_mismatch: str = "error") -> Iterator[World]:
    world = World(None, uri, directory)
    columns = {"_id": "INTEGER", "v": "INTEGER", "w": "INTEGER", "z": "INTEGER"}
    world.declared["docs"] = {"one": {"columns": columns}, "two": {"columns": columns}}
    with pymongo.MongoClient[dict[str, Any]](uri) as client:
        database = client.get_default_database()
        for name, given in (("one", [{"_id": 1, "v": 1}, {"_id": 2, "v": 2}]), ("two", documents)):
            database.drop_collection(name)
            database[name].insert_many([dict(each) for each in given])
            database[name].create_index("v")
            database[name].create_index("w")
    with world.running(on_mismatch=on_mismatch):
        yield world


JOINS = [
    "SELECT a.v AS v, b.w AS w, c.w AS x FROM docs.one AS a JOIN docs.two AS b ON a.v = b.v LEFT JOIN docs.two AS c ON c.v = b.w",
    "SELECT a.v AS v, b.w AS w FROM docs.one AS a, docs.two AS b WHERE b.v = a.v + 1 AND (b.w IS NULL OR b.w > a.v)",
    "SELECT a.v AS v, b.w AS w FROM docs.one AS a JOIN docs.two AS b ON a.v = b.v AND a.v < b.w",
    "SELECT a.v AS v, b.w AS w FROM docs.one AS a LEFT JOIN docs.two AS b ON a.v = b.v AND a.v < b.w AND a.w IS NULL",
    "SELECT a.v AS v FROM docs.one AS a LEFT JOIN docs.two AS b ON a.v = b.v WHERE b._id IS NULL",
    "SELECT a.v AS v, b.w AS w FROM docs.one AS a LEFT JOIN docs.two AS b ON a.v = b.v WHERE b.w IS NULL OR b.w > 5",
    "SELECT a.v AS v, count(b._id) AS n, sum(b.w) AS s FROM docs.one AS a LEFT JOIN docs.two AS b ON a.v = b.v GROUP BY a.v",
    "SELECT DISTINCT b.w AS w FROM docs.one AS a JOIN docs.two AS b ON a.v = b.v ORDER BY w DESC LIMIT 2",
    "SELECT row_number() OVER (PARTITION BY a.v ORDER BY b._id) AS r FROM docs.one AS a JOIN docs.two AS b ON a.v = b.v",
    "SELECT a._id AS i, b._id AS j, sum(a.v) OVER (ORDER BY a._id ROWS UNBOUNDED PRECEDING) AS s FROM docs.two AS b "
    "JOIN docs.one AS a ON a._id = b._id",
    "SELECT a.v AS v FROM docs.one AS a SEMI JOIN docs.two AS b ON a.v = b.v",
    "SELECT a.v AS v FROM docs.one AS a ANTI JOIN docs.two AS b ON a.v = b.v AND b.w > 4",
    "SELECT d.v AS v, b.w AS w FROM (SELECT v AS v FROM docs.one WHERE v < 2) AS d JOIN docs.two AS b ON b.v = d.v",
    "WITH d AS (SELECT v + 0 AS v FROM docs.one) SELECT d.v AS v, b.w AS w FROM d LEFT JOIN docs.two AS b ON b.v = d.v",
    "SELECT x.v AS v FROM (SELECT b.v AS v FROM docs.one AS a JOIN docs.two AS b ON a.v = b.v) AS x UNION ALL "
    "SELECT v FROM docs.one",
    "SELECT a.v AS v FROM docs.one AS a WHERE NOT (NOT EXISTS (SELECT 1 FROM docs.two AS b WHERE b.v = a.v AND b.w = a.v + 4))",
    "SELECT a.v AS v FROM docs.one AS a WHERE a.v IN (SELECT b.v FROM docs.two AS b) AND NOT EXISTS "
    "(SELECT 1 FROM docs.two AS c WHERE c.w = a.v)",
    "SELECT a.v AS v FROM docs.one AS a JOIN docs.two AS b ON a.v = b.v WHERE EXISTS "
    "(SELECT 1 FROM docs.two AS c WHERE c.w = b.w)",
    "SELECT t.v AS v FROM docs.one AS t WHERE EXISTS (SELECT 1 FROM docs.two AS u WHERE u.v = t.v AND u.w > t.v + t._id)",
]


@pytest.mark.parametrize("sql", JOINS)
def test_joins_of_every_form_are_done_whole(mongodb_uri: str, tmp_path: Path, sql: str) -> None:
    documents: list[dict[str, Any]] = [
        {"_id": 1, "v": 1, "w": 5}, {"_id": 2, "v": 1}, {"_id": 3, "v": 2, "w": 2}, {"_id": 4, "v": None, "w": 1},
        {"_id": 5, "w": 9}, {"_id": 6, "v": 3, "w": None}, {"_id": 7, "v": 1, "w": 7},
    ]  # fmt: skip
    with _two(mongodb_uri, tmp_path, documents) as world:
        _load_oracle(world)
        receipt = world.receipt(sql)
        assert receipt["residual"] is None, receipt["refused"]
        native = receipt["fragments"][0]["native"]
        assert "$lookup" in native
        rows = world.check(sql)
        with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
            assert len(mongosh.run(client, native)) == rows.num_rows


# What was looked up for the last driving document is not in MongoDB's figures: where there is only one, there are none.
@pytest.mark.parametrize("sql", [sql for sql in JOINS if not any(word in sql for word in ("OVER", "UNION", "v < 2"))])
def test_an_index_serves_every_look_up(mongodb_uri: str, tmp_path: Path, sql: str) -> None:
    with _two(mongodb_uri, tmp_path, [{"_id": number, "v": number, "w": number + 1} for number in range(300)]) as world:
        told = world.ask(f"EXPLAIN (ANALYZE, STORE, FORMAT JSON) {sql}").column(0).to_pylist()
        printed = json.loads("".join(told))["fragments"][0]["storePlan"]
        ran = [stage for stage in json.loads(printed)["stages"] if "$lookup" in stage]
        assert ran
        assert [(stage["collectionScans"], bool(stage["indexesUsed"])) for stage in ran] == [(0, True)] * len(ran)
        assert sum(stage["totalDocsExamined"] for stage in ran) < 30


KEPT = [
    ("SELECT a.v AS v FROM docs.one AS a RIGHT JOIN docs.two AS b ON a.v = b.v", "a RIGHT join is not translated to MongoDB"),
    ("SELECT a.v AS v FROM docs.one AS a JOIN docs.two AS b ON a.v < b.v", "no equality finds documents of two"),
    (
        "SELECT a.v AS v FROM docs.one AS a WHERE a.v NOT IN (SELECT b.v FROM docs.two AS b)",
        "NOT IN means something else where one of its sides is NULL",
    ),
    (
        "SELECT a.v AS v FROM docs.one AS a LEFT JOIN (SELECT v FROM docs.two LIMIT 3) AS b ON a.v = b.v",
        "it is no collection that documents are looked up in",
    ),
    ("SELECT a.v AS v FROM docs.one AS a JOIN docs.two AS b ON a.z = b.z", "no index of two begins with z"),
]


@pytest.mark.parametrize(("sql", "reason"), KEPT)
def test_what_is_joined_here_is_so_for_a_reason(mongodb_uri: str, tmp_path: Path, sql: str, reason: str) -> None:
    with _two(mongodb_uri, tmp_path, [{"_id": 1, "v": 1, "w": 5}, {"_id": 2}]) as world:
        assert reason in _refusals(world, sql)
