"""Patterns: a text of a known shape with other integers gets the plan that planning it would give."""

from __future__ import annotations

import pytest

from planner.fingerprint import shape
from planner.pattern import all_integers, marks, pattern, runs, skeleton
from planner.plan import Plan
from proxy.described import Descriptions
from tests.planner.test_plans import planned

SAME = [
    "SELECT * FROM shop.orders WHERE id = {}",
    "SELECT id FROM shop.orders WHERE id > {} AND total < {}",
    "SELECT status, count(*) FROM shop.orders WHERE id >= {} GROUP BY status",
    "SELECT line, 7 FROM shop.lines WHERE line = {} OR quantity <> {}",
]
NONE = [
    "SELECT name FROM crm.customers WHERE score > {}",
    "SELECT c.name FROM crm.customers c, shop.orders o WHERE o.id = {} AND c._id = o.customer_id",
    "SELECT id FROM shop.orders WHERE regexp_matches(status, 'x') AND id = {}",
]


@pytest.fixture(scope="module")
def descriptions() -> Descriptions:
    return Descriptions()


def text_of(plan: Plan) -> str:
    return plan.steps[0].native.text


@pytest.mark.parametrize("sql", SAME)
def test_other_integers_are_filled_in(descriptions: Descriptions, sql: str) -> None:
    first, other = sql.format(3, 4), sql.format(999_999_999, 0)
    common = shape(first)
    marked = planned(common.text.replace("$1", marks(2)[0].name).replace("$2", marks(2)[1].name), descriptions)
    found = pattern(marked, planned(first, descriptions), common.constants)
    assert found is not None
    assert text_of(found.filled([constant.name for constant in shape(other).constants])) == text_of(planned(other, descriptions))


@pytest.mark.parametrize("sql", NONE)
def test_what_is_not_one_request_of_sql_has_no_pattern(descriptions: Descriptions, sql: str) -> None:
    common = shape(sql.format(3))
    marked = planned(common.text.replace("$1", marks(1)[0].name), descriptions)
    assert pattern(marked, planned(sql.format(3), descriptions), common.constants) is None


@pytest.mark.parametrize("constant", ["'7'", "-7", "cast('7' as int)", "1.5", "7000000000"])
def test_only_small_plain_integers_are_filled_in(constant: str) -> None:
    assert not all_integers(shape(f"SELECT id FROM shop.orders WHERE id = {constant}").constants)


ALIKE = [
    ("SELECT a1 FROM t2 WHERE b3 = 4 AND c = 5 LIMIT 6", "SELECT a1 FROM t2 WHERE b3 = 77 AND c = 0 LIMIT 6", ["77", "0"]),
    ("SELECT '9' FROM t WHERE b = CAST(1 AS BIGINT)", "SELECT '9' FROM t WHERE b = CAST(23 AS BIGINT)", ["23"]),
]
UNLIKE = [
    ("SELECT a1 FROM t WHERE b = 4", "SELECT a2 FROM t WHERE b = 4"),
    ("SELECT a FROM t WHERE b = 4 LIMIT 5", "SELECT a FROM t WHERE b = 4 LIMIT 6"),
    ("SELECT a FROM t WHERE b = 4 AND c LIKE '7'", "SELECT a FROM t WHERE b = 4 AND c LIKE '8'"),
    ("SELECT a FROM t WHERE b = 4", "SELECT a FROM t WHERE b = 1234567890"),
    ("SELECT a FROM t WHERE b = 4", "SELECT a FROM t WHERE b = \0"),
]


@pytest.mark.parametrize(("known", "other", "integers"), ALIKE)
def test_texts_that_differ_in_integers_alone_are_told_by_their_digits(known: str, other: str, integers: list[str]) -> None:
    bones = skeleton(known, shape(known).starts)
    assert runs(known)[0] == runs(other)[0]
    assert bones.integers(runs(other)[1]) == integers == [constant.name for constant in shape(other).constants]


@pytest.mark.parametrize(("known", "other"), UNLIKE)
def test_other_digits_are_another_text(known: str, other: str) -> None:
    bones = skeleton(known, shape(known).starts)
    assert runs(known)[0] != runs(other)[0] or bones.integers(runs(other)[1]) is None
