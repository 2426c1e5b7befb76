"""The clauses of a query over every situation of a field (`test_gates`): filters of `find`, order, groups, windows, unions,
unnest.

A cell is sent and equals DuckDB's answer, or is refused with the reason that is written here. Documents that do not fit their
column pass no filter (but for a number beyond its range, which compares as what it is), and end every query that reads them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlglot

from planner.errors import SourceData
from tests.translators.mongo.shop import Shop
from tests.translators.mongo.test_gates import SITUATIONS, opened

FILTERS: dict[str, list[str]] = {
    "number": ["{} > 0", "NOT {} > 0", "{} <> 1", "{} IN (1, 100)", "{} NOT IN (1, 100)", "{} BETWEEN 0 AND 50", "{} IS NULL"],
    "text": ["{} > 'a'", "{} <> 'abc'", "{} IN ('abc', '')", "{} LIKE 'a%'", "NOT {} LIKE 'a%'", "{} ILIKE 'AB_'",
             "{} IS NOT NULL"],
    "date": ["{} > TIMESTAMP '2000-01-01'", "NOT {} = TIMESTAMP '2000-01-01'", "{} IS NULL", "{} < '2000-01-01 00:00:00.0005'"],
    "list": ["{} IS NULL", "{} IS NOT NULL"],
}  # fmt: skip

FORMS: dict[str, dict[str, str]] = {
    "number": {
        "order": "SELECT _id FROM t ORDER BY {} DESC, _id",
        "order, NULLs first": "SELECT _id FROM t ORDER BY {} NULLS FIRST, _id",
        "group": "SELECT {} AS k, count(*) AS n FROM t GROUP BY 1",
        "distinct": "SELECT DISTINCT {} AS k FROM t",
        "count": "SELECT count({}) AS n, count(DISTINCT {}) AS m FROM t",
        "extremes": "SELECT min({}) AS a, max({}) AS b FROM t",
        "sum": "SELECT sum({}) AS s FROM t",
        "listed": "SELECT array_agg({} ORDER BY _id) AS s FROM t",
        "window, order": "SELECT _id, row_number() OVER (ORDER BY {}, _id) AS r FROM t",
        "window, rank": "SELECT _id, rank() OVER (ORDER BY {} DESC) AS r FROM t",
        "window, partition": "SELECT _id, count(*) OVER (PARTITION BY {}) AS r FROM t",
        "window, lag": "SELECT _id, lag({}) OVER (ORDER BY _id) AS r FROM t",
        "union": "SELECT {} AS k FROM t UNION SELECT {} AS k FROM t",
        "union all": "SELECT {} AS k FROM t UNION ALL SELECT {} AS k FROM t",
        "derived": "SELECT x.k AS k FROM (SELECT {} AS k, _id FROM t ORDER BY _id LIMIT 3) AS x WHERE x.k IS NOT NULL",
        "as it is": "SELECT {} AS k FROM t",
    },
    "list": {
        "unnest": "SELECT _id, unnest({}) AS e FROM t",
        "unnest, grouped": "SELECT x.e AS e, count(*) AS n FROM (SELECT unnest({}) AS e FROM t) AS x GROUP BY 1",
        "order": "SELECT _id FROM t ORDER BY {}",
        "group": "SELECT {} AS k, count(*) AS n FROM t GROUP BY 1",
        "distinct": "SELECT DISTINCT {} AS k FROM t",
        "count": "SELECT count({}) AS n FROM t",
        "as it is": "SELECT {} AS k FROM t",
    },
}  # fmt: skip
FORMS["text"] = {form: sql for form, sql in FORMS["number"].items() if form != "sum"}
FORMS["date"] = FORMS["text"]

REFUSED: dict[tuple[str, str], str] = {
    ("int and double", "sum"): "DuckDB adds doubles one after another, MongoDB with compensation: the last digits differ",
    ("ObjectId", "listed"): "arrays of VARCHAR are not made in MongoDB",
    ("list", "order"): "MongoDB does not order VARCHAR[] as SQL does",
    ("list", "group"): "MongoDB does not group VARCHAR[] as SQL does",
    ("list", "distinct"): "MongoDB does not group VARCHAR[] as SQL does",
}
"""By situation (or type) and form: why it is not sent."""

OF_MIXED = {"values of VARCHAR are not compared in MongoDB", "it does not match a string field with a constant pattern"}
"""How filters say that a field holds values of several types."""

BOUNDED = ("derived",)
"""Forms that read the first documents alone, all of which fit."""

CELLS = [
    pytest.param(name, form, sql, id=f"{name}: {form}")
    for name, situation in SITUATIONS.items()
    for form, sql in [
        *((each, f"SELECT _id FROM t WHERE {each}") for each in FILTERS[situation.type]),
        *FORMS[situation.type].items(),
    ]
]


@pytest.fixture(scope="module")
def shops(mongodb_uri: str) -> Iterator[dict[str, Shop]]:
    found = {name: opened(mongodb_uri, situation) for name, situation in SITUATIONS.items()}
    yield found
    for shop in found.values():
        shop.store.close()


@pytest.mark.parametrize(("name", "form", "template"), CELLS)
def test_every_form_over_every_situation_of_a_field(shops: dict[str, Shop], name: str, form: str, template: str) -> None:
    shop, situation = shops[name], SITUATIONS[name]
    sql = template.replace("{}", situation.column)
    _, taken = shop.take(sql)
    reasons = {REFUSED.get((name, form)) or REFUSED.get((situation.type, form)), situation.refused or None} - {None}
    if taken.left:
        assert taken.left[0].reason in reasons | (OF_MIXED if name == "number and text" else set())
        return
    assert not reasons or situation.refused
    if situation.misfits and form not in (*FILTERS[situation.type], *BOUNDED):
        with pytest.raises(SourceData):
            shop.read(sql)
        return
    table, _ = shop.read(sql)
    shop.oracle.register("given", table)
    given, wanted = (shop.oracle.execute(each).fetchall() for each in ("SELECT * FROM given", sql))
    shop.oracle.unregister("given")
    if form in FILTERS[situation.type]:
        beyond = {1000 + number for number, value in enumerate(situation.misfits) if type(value) in (int, float)}
        assert {row[0] for row in given if row[0] >= 1000} <= beyond
        given = [row for row in given if row[0] < 1000]
    ordered = sqlglot.parse_one(sql, read="duckdb").args.get("order") is not None
    ours, theirs = (list(map(_text, rows)) for rows in (given, wanted))
    assert (ours if ordered else sorted(ours)) == (theirs if ordered else sorted(theirs))


def _text(row: tuple[object, ...]) -> str:
    return repr([f"{value}" for value in row])
