"""Patterns: a text of a known shape with other constants gets the plan that planning it would give."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from planner.fingerprint import shape, written
from planner.pattern import Pattern, fillable, given_constants, marks, pattern, runs, skeleton
from planner.plan import Plan
from proxy.described import Descriptions
from tests.planner.test_plans import planned

NUMBERS = (["3", "4"], ["999999999", "0"])
TEXTS = (["'open'", "'paid'"], ["'it''s'", "'2024-01-01'"])
DAYS = (["'2024-01-01'", "DATE '2024-02-29'"], ["'1969-12-31'", "DATE '9999-12-31'"])
SAME = [
    ("SELECT * FROM shop.orders WHERE id = {}", *NUMBERS),
    ("SELECT id FROM shop.orders WHERE id > {} AND total < {}", *NUMBERS),
    ("SELECT status, count(*) FROM shop.orders WHERE id >= {} GROUP BY status", *NUMBERS),
    ("SELECT line, 7 FROM shop.lines WHERE line = {} OR quantity <> {}", *NUMBERS),
    ("SELECT id FROM shop.orders WHERE status = {}", *TEXTS),
    ("SELECT id FROM shop.orders WHERE status >= {} AND status <> {} ORDER BY id LIMIT 5", *TEXTS),
    ("SELECT id FROM shop.orders WHERE placed_at > {} AND status = 'open'", *DAYS),
    ("SELECT count(*) FROM shop.orders WHERE id = 5 AND placed_at < {}", *DAYS),
]
NONE = [
    ("SELECT name FROM crm.customers WHERE score > {}", "3"),
    ("SELECT c.name FROM crm.customers c, shop.orders o WHERE o.id = {} AND c._id = o.customer_id", "3"),
    ("SELECT id FROM shop.orders WHERE regexp_matches(status, '(?i)x') AND id = {}", "3"),
]
NOT_THESE = [
    ("SELECT id FROM shop.orders WHERE placed_at > {}", "'2024-01-01'", "'2024-02-30'"),
    ("SELECT id FROM shop.orders WHERE placed_at > {}", "'2024-01-01'", "'yesterday'"),
]


@pytest.fixture(scope="module")
def descriptions() -> Descriptions:
    return Descriptions()


def text_of(plan: Plan) -> str:
    return plan.steps[0].native.text


def found(descriptions: Descriptions, sql: str, constants: Sequence[str]) -> Pattern | None:
    first = sql.format(*constants)
    common = shape(first)
    marked = marks(common.constants)
    text = common.text
    for place, mark in reversed(list(enumerate(marked, start=1))):
        text = text.replace(f"${place}", written(mark))
    return pattern(planned(text, descriptions), marked, planned(first, descriptions), common.constants)


@pytest.mark.parametrize(("sql", "first", "other"), SAME)
def test_other_constants_are_filled_in(descriptions: Descriptions, sql: str, first: list[str], other: list[str]) -> None:
    known = found(descriptions, sql, first)
    assert known is not None
    filled = known.filled(given_constants(shape(sql.format(*other)).constants))
    assert filled is not None
    assert filled.steps[0].native == planned(sql.format(*other), descriptions).steps[0].native


@pytest.mark.parametrize(("sql", "constant"), NONE)
def test_what_is_not_one_request_of_sql_has_no_pattern(descriptions: Descriptions, sql: str, constant: str) -> None:
    assert found(descriptions, sql, [constant]) is None


@pytest.mark.parametrize(("sql", "first", "other"), NOT_THESE)
def test_a_constant_that_may_be_read_otherwise_is_planned(descriptions: Descriptions, sql: str, first: str, other: str) -> None:
    known = found(descriptions, sql, [first])
    assert known is not None
    assert known.filled(given_constants(shape(sql.format(other)).constants)) is None


@pytest.mark.parametrize("constant", ["-7", "1.5", "7000000000"])
def test_only_small_plain_integers_and_texts_are_filled_in(constant: str) -> None:
    assert not fillable(shape(f"SELECT id FROM shop.orders WHERE id = {constant}").constants)


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
