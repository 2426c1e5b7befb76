"""What MongoDB answers for a fragment equals what DuckDB answers over the same rows; the rest it leaves, and says why."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from bson import Binary, Int64, ObjectId
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.errors import SourceData
from tests.translators.mongo.shop import Shop, load_oracle, open_shop

HEX = "64b000000000000000000001"
DOCUMENTS: list[dict[str, Any]] = [
    {
        "_id": ObjectId(HEX),
        "n": 1,
        "big": Int64(2**62),
        "x": 1.5,
        "s": "abc",
        "ok": True,
        "ts": datetime(2024, 1, 1, 12, 0, 0, 5000, UTC),
        "d": Decimal128("10.50"),
        "u": Binary(UUID(int=1).bytes, 4),
        "address": {"city": "Lisboa", "zip": 1000, "geo": {"lat": 38.7}},
        "tags": ["a", "b"],
        "mixed": 5,
    },
    {"_id": ObjectId(), "n": 2, "big": Int64(2**62), "x": math.nan, "s": "ABC", "ok": False, "mixed": "five"},
    {"_id": ObjectId(), "n": None, "big": None, "x": None, "s": None, "ok": None, "ts": None, "d": None, "address": None},
    {"_id": ObjectId()},
    {
        "_id": ObjectId(),
        "n": -2147483648,
        "big": Int64(-(2**63)),
        "x": math.inf,
        "s": "a\n",
        "ts": DatetimeMS(-62167219200000 - 86400000),
        "d": Decimal128("-0.01"),
        "address": {"city": "São Paulo"},
        "tags": [],
    },
    {
        "_id": ObjectId(),
        "n": 7,
        "x": -math.inf,
        "s": "",
        "ts": DatetimeMS(253402300800000),
        "d": Decimal128("1E+3"),
        "address": {},
    },
    {"_id": ObjectId(), "n": 7, "x": -0.0, "s": "ab%c_d", "ts": datetime(1969, 12, 31, 23, 59, 59, 999000, UTC), "tags": [None]},
    {"_id": ObjectId(), "n": 7, "x": 3, "s": "K\u212aß😀", "ts": datetime(2300, 1, 1, tzinfo=UTC), "big": 7, "d": 3},
]


@pytest.fixture(scope="module")
def shop(mongodb_uri: str) -> Iterator[Shop]:
    found = load_oracle(open_shop(mongodb_uri, DOCUMENTS, declared={"d": "DECIMAL(12,2)"}))
    yield found
    found.store.close()


TAKEN = [
    "SELECT * FROM t",
    "SELECT s AS a, s AS b, n FROM t",
    "SELECT address.city, address.geo.lat FROM t",
    "SELECT n FROM t WHERE n = 7",
    "SELECT n FROM t WHERE n <> 7",
    "SELECT n FROM t WHERE NOT n = 7",
    "SELECT n FROM t WHERE n > 1.5",
    "SELECT n FROM t WHERE n <= 2e0",
    "SELECT n FROM t WHERE n > 'inf'::DOUBLE OR n < 'nan'::DOUBLE",
    "SELECT n FROM t WHERE 2 <= n",
    "SELECT n FROM t WHERE n = '7'",
    "SELECT n FROM t WHERE n IN (7, 1)",
    "SELECT n FROM t WHERE n IN (7, NULL)",
    "SELECT n FROM t WHERE n NOT IN (7, NULL)",
    "SELECT n FROM t WHERE n NOT IN (7, 1)",
    "SELECT n FROM t WHERE n BETWEEN 1 AND 2",
    "SELECT n FROM t WHERE n NOT BETWEEN 1 AND 2",
    "SELECT n FROM t WHERE n IS NULL",
    "SELECT n FROM t WHERE n IS NOT NULL",
    "SELECT n FROM t WHERE n = NULL",
    "SELECT n FROM t WHERE NOT (n = 7 OR s = 'abc')",
    "SELECT n FROM t WHERE NOT (n = 7 AND s = '')",
    "SELECT n FROM t WHERE TRUE AND n > 0",
    "SELECT n FROM t WHERE n > 0 OR NULL",
    "SELECT big FROM t WHERE big = 4611686018427387904",
    "SELECT big FROM t WHERE big < 0.5",
    "SELECT x FROM t WHERE x > 1",
    "SELECT x FROM t WHERE x >= 'nan'::DOUBLE",
    "SELECT x FROM t WHERE x < 'nan'::DOUBLE",
    "SELECT x FROM t WHERE x <> 'nan'::DOUBLE",
    "SELECT x FROM t WHERE x = 0",
    "SELECT x FROM t WHERE x < 3",
    "SELECT x FROM t WHERE x <> 1.5",
    "SELECT x FROM t WHERE NOT x > 1",
    "SELECT x FROM t WHERE x IN (0, 3, 'nan'::DOUBLE)",
    "SELECT x FROM t WHERE x = 'inf'::DOUBLE",
    "SELECT s FROM t WHERE s = 'abc'",
    "SELECT s FROM t WHERE s > 'ABC'",
    "SELECT s FROM t WHERE s < 'b' AND s <> ''",
    "SELECT s FROM t WHERE s LIKE 'a%'",
    "SELECT s FROM t WHERE s LIKE 'a_'",
    "SELECT s FROM t WHERE s LIKE '%c'",
    "SELECT s FROM t WHERE s LIKE '%b%'",
    "SELECT s FROM t WHERE s LIKE 'abc'",
    "SELECT s FROM t WHERE s LIKE '____'",
    "SELECT s FROM t WHERE s LIKE '%'",
    "SELECT s FROM t WHERE s LIKE 'a'",
    "SELECT s FROM t WHERE s NOT LIKE 'a%'",
    "SELECT s FROM t WHERE s ILIKE 'ab_'",
    "SELECT s FROM t WHERE s ILIKE 'kk%'",
    "SELECT s FROM t WHERE s NOT ILIKE '%B%'",
    "SELECT s FROM t WHERE starts_with(s, 'ab%')",
    "SELECT s FROM t WHERE contains(s, '%c_')",
    "SELECT s FROM t WHERE NOT ends_with(s, 'c')",
    "SELECT ok FROM t WHERE ok",
    "SELECT ok FROM t WHERE NOT ok",
    "SELECT ok FROM t WHERE ok = FALSE",
    "SELECT ok FROM t WHERE ok IS NOT TRUE",
    "SELECT ok FROM t WHERE ok IS FALSE",
    "SELECT ts FROM t WHERE ts >= '2024-01-01'",
    "SELECT ts FROM t WHERE ts < TIMESTAMP '2024-01-01 12:00:00.005001'",
    "SELECT ts FROM t WHERE ts <= '2024-01-01 12:00:00.005'",
    "SELECT ts FROM t WHERE ts = TIMESTAMP '2024-01-01 12:00:00.005'",
    "SELECT ts FROM t WHERE ts <> TIMESTAMP '2024-01-01 12:00:00.0055'",
    "SELECT ts FROM t WHERE ts < DATE '1970-01-01'",
    "SELECT ts FROM t WHERE ts > '9999-12-31'",
    "SELECT d FROM t WHERE d > 1",
    "SELECT d FROM t WHERE d = 10.5",
    "SELECT d FROM t WHERE d <= -0.01",
    "SELECT d FROM t WHERE d <> 3",
    "SELECT u FROM t WHERE u = '00000000-0000-0000-0000-000000000001'",
    f"SELECT _id FROM t WHERE _id = '{HEX}'",
    f"SELECT _id FROM t WHERE _id <> '{HEX}'",
    f"SELECT _id FROM t WHERE _id > '{HEX}'",
    "SELECT _id FROM t WHERE _id = 'no such'",
    "SELECT _id FROM t WHERE _id <> 'no such'",
    "SELECT n FROM t WHERE address.city = 'Lisboa'",
    "SELECT n FROM t WHERE address.city IS NULL",
    "SELECT n FROM t WHERE address.city IS NOT NULL",
    "SELECT n FROM t WHERE NOT address.geo.lat > 40",
    "SELECT n FROM t WHERE address IS NULL",
    "SELECT n FROM t WHERE tags IS NOT NULL",
    "SELECT n FROM t WHERE mixed IS NULL",
    "SELECT n FROM t WHERE mixed IS NOT NULL",
    "SELECT n FROM t LIMIT 0",
    "SELECT count(*) AS c FROM t LIMIT 1",
    "SELECT n, s FROM t ORDER BY n, s",
    "SELECT n, s FROM t ORDER BY n DESC, s NULLS FIRST LIMIT 4",
    "SELECT s FROM t ORDER BY s DESC LIMIT 2 OFFSET 1",
    "SELECT x FROM t ORDER BY x",
    "SELECT x FROM t ORDER BY x DESC",
    "SELECT x FROM t ORDER BY x DESC NULLS FIRST",
    "SELECT ts FROM t ORDER BY ts",
    "SELECT d FROM t ORDER BY d DESC",
    "SELECT _id FROM t ORDER BY _id DESC",
    "SELECT n AS key FROM t ORDER BY key NULLS FIRST",
    "SELECT x FROM t ORDER BY s, n",
    "SELECT DISTINCT n FROM t",
    "SELECT DISTINCT n, ok FROM t",
    "SELECT count(*) AS c FROM t",
    "SELECT count(*) AS c, count(n) AS cn, sum(n) AS sn, min(s) AS ms, max(ts) AS ma, sum(d) AS sd, max(d) AS md FROM t",
    "SELECT count(*) AS c, sum(n) AS s, max(_id) AS m FROM t WHERE n = 12345",
    "SELECT sum(big) AS s FROM t WHERE big < 5 OR big > 100",
    "SELECT n, count(*) AS c, sum(big) AS s FROM t GROUP BY n",
    "SELECT n, sum(d) AS s FROM t GROUP BY n ORDER BY n",
    "SELECT count(*) AS c FROM t GROUP BY s",
    "SELECT n, count(*) AS c FROM t GROUP BY n ORDER BY c DESC, n LIMIT 2",
    "SELECT ok, min(n) AS m FROM t GROUP BY ok ORDER BY m NULLS FIRST",
]


def _same(shop: Shop, sql: str) -> None:
    table, taken = shop.read(sql)
    assert not taken.left
    # Through DuckDB on both sides, so that values compare as its own.
    shop.oracle.register("given", table)
    given_rows = shop.oracle.sql("SELECT * FROM given").fetchall()
    shop.oracle.unregister("given")
    expected = shop.oracle.sql(sql).fetchall()
    if " ORDER BY " in sql:
        assert _numbers(given_rows) == _numbers(expected)
    else:
        assert sorted(_numbers(given_rows)) == sorted(_numbers(expected))


def _numbers(rows: list[tuple[Any, ...]]) -> list[str]:
    """Rows as text; a HUGEINT travels as a decimal without a fraction, NaN equals NaN."""
    return [repr(tuple(f"{value}" for value in row)) for row in rows]


@pytest.mark.parametrize("sql", TAKEN)
def test_taken(shop: Shop, sql: str) -> None:
    _same(shop, sql)


LEFT = [
    ("n = 'x7'", "a string constant is not compared with INTEGER in MongoDB as in SQL"),
    ("ts > '1 January 2024'", "a string constant is not compared with TIMESTAMP in MongoDB as in SQL"),
    ("mixed = '5'", "values of VARCHAR are not compared in MongoDB"),
    ("s ILIKE 'é%'", "letters beyond ASCII fold their case otherwise in MongoDB"),
    ("u > '00000000-0000-0000-0000-000000000001'", "MongoDB orders UUIDs by their length and subtype first"),
]


@pytest.mark.parametrize(("predicate", "reason"), LEFT)
def test_left_with_its_reason(shop: Shop, predicate: str, reason: str) -> None:
    _, taken = shop.take(f"SELECT n FROM t WHERE n > 0 AND {predicate}")
    assert taken.native is not None
    assert [left.reason for left in taken.left] == [reason]
    table, _ = shop.read(f"SELECT n FROM t WHERE n > 0 AND {predicate}")
    assert sorted(table.column("n").to_pylist()) == [1, 2, 7, 7, 7]


REFUSED = [
    ("SELECT n FROM t ORDER BY tags", "MongoDB does not order VARCHAR[] as SQL does"),
    ("SELECT n FROM t ORDER BY mixed", "the field holds values of several types"),
    ("SELECT n FROM t WHERE mixed = '5' LIMIT 1", "values of VARCHAR are not compared in MongoDB"),
    ("SELECT count(*) AS c FROM t WHERE mixed = '5'", "values of VARCHAR are not compared in MongoDB"),
]


@pytest.mark.parametrize(("sql", "reason"), REFUSED)
def test_refused_with_its_reason(shop: Shop, sql: str, reason: str) -> None:
    _, taken = shop.take(sql)
    assert taken.native is None
    assert taken.left[0].reason == reason


_CONSTANTS = {
    "n": st.sampled_from(["7", "1", "-5", "0.5", "NULL", "2147483647", "7.0"]),
    "x": st.sampled_from(["1.5", "0", "3", "'nan'::DOUBLE", "'inf'::DOUBLE", "NULL", "-1e300"]),
    "s": st.sampled_from(["'abc'", "''", "'ABC'", "'a\n'", "'zz'", "NULL", "'%'"]),
    "ts": st.sampled_from(["'2024-01-01'", "TIMESTAMP '2024-01-01 12:00:00.005'", "DATE '1969-12-31'", "NULL"]),
    "d": st.sampled_from(["10.5", "3", "0", "NULL", "-0.010"]),
    "address.city": st.sampled_from(["'Lisboa'", "'São Paulo'", "NULL"]),
}
_PATTERNS = st.text(alphabet="aAbBc%_\n.\\^$(kK", max_size=5).map(lambda text: "'" + text + "'")


@st.composite
def _atoms(draw: st.DrawFn) -> str:
    column = draw(st.sampled_from(sorted(_CONSTANTS)))
    constants = _CONSTANTS[column]
    form = draw(st.integers(0, 6))
    if form == 0:
        return f"{column} IS {draw(st.sampled_from(['', 'NOT ']))}NULL"
    if form == 1:
        return (
            f"{column} {draw(st.sampled_from(['', 'NOT ']))}IN ({', '.join(draw(st.lists(constants, min_size=1, max_size=3)))})"
        )
    if form == 2:
        return f"{column} {draw(st.sampled_from(['', 'NOT ']))}BETWEEN {draw(constants)} AND {draw(constants)}"
    if form == 3:
        return f"s {draw(st.sampled_from(['LIKE', 'NOT LIKE', 'ILIKE', 'NOT ILIKE']))} {draw(_PATTERNS)}"
    return f"{column} {draw(st.sampled_from(['=', '<>', '<', '<=', '>', '>=']))} {draw(constants)}"


_PREDICATES = st.recursive(
    _atoms(),
    lambda inner: st.one_of(
        inner.map(lambda one: f"NOT ({one})"),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda p: f"({' '.join(p)})"),
    ),
    max_leaves=6,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(predicate=_PREDICATES)
def test_any_predicate_keeps_the_rows_for_which_it_is_true(shop: Shop, predicate: str) -> None:
    _same(shop, f"SELECT _id FROM t WHERE {predicate}")


_VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.integers(-(2**31), 2**31 - 1),
    st.integers(-5, 5),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "n": _VALUES,
                "x": st.one_of(st.none(), st.floats(width=64), st.integers(-3, 3)),
                "s": st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=14)),
                "o": st.one_of(st.none(), st.fixed_dictionaries({}, optional={"k": _VALUES})),
                "l": st.one_of(st.none(), st.lists(_VALUES, max_size=3)),
            },
        ),
        max_size=12,
    ),
)
def test_random_documents(mongodb_uri: str, rows: list[dict[str, Any]]) -> None:
    declared = {"n": "INTEGER", "x": "DOUBLE", "s": "VARCHAR", "o": "STRUCT(k INTEGER)", "l": "INTEGER[]"}
    with load_oracle(open_shop(mongodb_uri, rows, declared=declared)) as shop:
        stored = shop.oracle.sql("SELECT n, x, s, o, l FROM t").fetchall()
        wanted = [
            (
                row.get("n"),
                None if row.get("x") is None else float(row["x"]),
                row.get("s"),
                None if row.get("o") is None else {"k": row["o"].get("k")},
                row.get("l"),
            )
            for row in rows
        ]
        assert repr(stored) == repr(wanted)
        for sql in (
            "SELECT n FROM t WHERE NOT (n > 0 AND x >= 0)",
            "SELECT x FROM t WHERE x > 0 OR o.k IS NULL",
            "SELECT s FROM t WHERE s >= 'a' OR l IS NULL",
            "SELECT x FROM t ORDER BY x NULLS FIRST",
            "SELECT s FROM t ORDER BY s DESC",
            "SELECT n, count(*) AS c, sum(n) AS u, min(s) AS m FROM t GROUP BY n",
            "SELECT DISTINCT s FROM t",
        ):
            _same(shop, sql)


def test_a_filter_never_takes_an_array_for_its_element(mongodb_uri: str) -> None:
    with open_shop(mongodb_uri, [{"n": 1}, {"n": [1, 2]}, {"n": "1"}], declared={"n": "INTEGER", "_id": "VARCHAR"}) as shop:
        shop.oracle.execute("CREATE TABLE t (_id VARCHAR, n INTEGER)")
        for predicate in ("n = 1", "n < 5", "n IN (1, 2)", "n IS NOT NULL", "n <> 9", "NOT n = 9"):
            table, _ = shop.read(f"SELECT n FROM t WHERE {predicate}")
            assert table.column("n").to_pylist() == [1], predicate
        with pytest.raises(SourceData):
            shop.read("SELECT n FROM t")
        for sql in ("SELECT sum(n) AS s FROM t", "SELECT n, count(*) AS c FROM t GROUP BY n", "SELECT DISTINCT n FROM t"):
            with pytest.raises(SourceData):
                shop.read(sql)


def test_a_nullified_value_is_null_to_filters_too(mongodb_uri: str) -> None:
    documents: list[dict[str, Any]] = [
        {"_id": 1, "n": 1},
        {"_id": 2, "n": "x"},
        {"_id": 3, "n": Int64(2**40)},
        {"_id": 4},
        {"_id": 5, "n": [1]},
    ]
    with load_oracle(
        open_shop(mongodb_uri, documents, declared={"n": "INTEGER", "_id": "INTEGER"}, on_mismatch="nullify")
    ) as shop:
        assert shop.oracle.sql("SELECT n FROM t ORDER BY _id").fetchall() == [(1,), (None,), (None,), (None,), (None,)]
        for predicate in ("n = 1", "n IS NULL", "n IS NOT NULL", "n <> 9", "n > 0", "NOT (n > 5)", "n NOT IN (4)"):
            _same(shop, f"SELECT _id FROM t WHERE {predicate}")
        for sql in (
            "SELECT sum(n) AS s, count(n) AS c, avg(n) AS a, min(n) AS i FROM t",
            "SELECT n, count(*) AS c FROM t GROUP BY n",
            "SELECT DISTINCT n FROM t",
            "SELECT n FROM t ORDER BY n",
            "SELECT _id FROM t ORDER BY n DESC NULLS FIRST, _id",
            "SELECT _id, n + 1 AS m FROM t",
        ):
            _same(shop, sql)


@pytest.mark.parametrize(
    "predicate",
    [
        " ".join(f"(n = {number} OR (TRUE AND" for number in range(100)) + " TRUE" + "))" * 100,
        "NOT (" * 60 + "n = 1" + ")" * 60,
        " OR ".join(f"n = {number}" for number in range(10_000)),
        f"n IN ({', '.join(map(str, range(10_000)))})",
    ],
    ids=["deep", "deeper", "wide", "long"],
)
def test_deep_and_wide_predicates_are_taken_or_left(shop: Shop, predicate: str) -> None:
    sql = f"SELECT n FROM t WHERE n > 0 AND ({predicate})"
    table, taken = shop.read(sql)
    if not taken.left:
        shop.oracle.register("given", table)
        assert sorted(shop.oracle.sql("FROM given").fetchall()) == sorted(shop.oracle.sql(sql).fetchall())
        shop.oracle.unregister("given")


def test_a_declared_date_compares_as_a_date(mongodb_uri: str) -> None:
    documents = [{"day": datetime(1995, 3, number, tzinfo=UTC)} for number in range(10, 20)] + [{"day": None}]
    with load_oracle(open_shop(mongodb_uri, documents, declared={"day": "DATE"})) as shop:
        for sql in (
            "SELECT day FROM t WHERE day < DATE '1995-03-15'",
            "SELECT day FROM t WHERE day >= CAST('1995-03-12' AS DATE) AND day <= '1995-03-14'",
            "SELECT day FROM t WHERE day > TIMESTAMP '1995-03-15 12:00:00'",
            "SELECT day FROM t WHERE day <> '1995-03-15'",
            "SELECT day, count(*) AS c FROM t GROUP BY day ORDER BY day DESC",
            "SELECT max(day) AS m FROM t",
        ):
            _same(shop, sql)


def test_text_compares_binary_in_a_collection_with_a_collation(mongodb_uri: str) -> None:
    documents = [{"s": "a"}, {"s": "A"}, {"s": "b"}]
    with load_oracle(open_shop(mongodb_uri, documents, options={"collation": {"locale": "en", "strength": 2}})) as shop:
        for sql in ("SELECT s FROM t WHERE s = 'a'", "SELECT s FROM t ORDER BY s", "SELECT s, count(*) AS c FROM t GROUP BY s"):
            _same(shop, sql)


def test_an_empty_collection(mongodb_uri: str) -> None:
    with load_oracle(open_shop(mongodb_uri, [], declared={"n": "BIGINT"})) as shop:
        assert [(column.name, column.type) for column in shop.table.columns] == [("_id", "VARCHAR"), ("n", "BIGINT")]
        for sql in (
            "SELECT * FROM t",
            "SELECT count(*) AS c, sum(n) AS s, min(_id) AS m FROM t",
            "SELECT n, count(*) AS c FROM t GROUP BY n",
        ):
            _same(shop, sql)
