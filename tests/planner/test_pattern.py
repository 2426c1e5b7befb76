"""Patterns: a text of a known shape with other integers gets the plan that planning it would give."""

from __future__ import annotations

import pytest

from planner.fingerprint import shape
from planner.pattern import all_integers, marks, pattern
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
    assert text_of(found.filled(shape(other).constants)) == text_of(planned(other, descriptions))


@pytest.mark.parametrize("sql", NONE)
def test_what_is_not_one_request_of_sql_has_no_pattern(descriptions: Descriptions, sql: str) -> None:
    common = shape(sql.format(3))
    marked = planned(common.text.replace("$1", marks(1)[0].name), descriptions)
    assert pattern(marked, planned(sql.format(3), descriptions), common.constants) is None


@pytest.mark.parametrize("constant", ["'7'", "-7", "cast('7' as int)", "1.5", "7000000000"])
def test_only_small_plain_integers_are_filled_in(constant: str) -> None:
    assert not all_integers(shape(f"SELECT id FROM shop.orders WHERE id = {constant}").constants)
