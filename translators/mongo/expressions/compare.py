"""Comparisons: guarded where MongoDB orders null below numbers, and NaN below both; DuckDB's NaN is above everything."""

from __future__ import annotations

from dataclasses import replace
from math import isnan, nan
from typing import Any

from sqlglot import exp

from planner.types import decimal_parts
from translators.mongo.expressions import build
from translators.mongo.expressions.convert import compared
from translators.mongo.expressions.dispatch import Computing, only
from translators.mongo.expressions.logic import Truth, both, either, never_null, tests
from translators.mongo.expressions.value import Value, reads_of
from translators.mongo.refusal import Refused

_OPERATORS: dict[Any, str] = {exp.EQ: "$eq", exp.NEQ: "$ne", exp.LT: "$lt", exp.LTE: "$lte", exp.GT: "$gt", exp.GTE: "$gte"}
_OPPOSITE: dict[Any, Any] = {exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.LT: exp.GTE, exp.GTE: exp.LT, exp.GT: exp.LTE, exp.LTE: exp.GT}
_SWAPPED: dict[Any, Any] = {exp.EQ: exp.EQ, exp.NEQ: exp.NEQ, exp.LT: exp.GT, exp.GT: exp.LT, exp.LTE: exp.GTE, exp.GTE: exp.LTE}
_NAN = build.constant(nan)


@tests(*_OPERATORS)
def _comparison(computing: Computing, node: exp.Binary) -> Truth:
    only(node, "this", "expression")
    left, right = comparable([computing.operand(node.this), computing.operand(node.expression)], node)
    return compare(type(node), left, right, node)


def comparable(values: list[Value], node: exp.Expr) -> list[Value]:
    """The values as one kind of BSON, each alike. Raises Refused."""
    found = compared(values, node)
    kinds = {value.kind for value in found if not value.is_null}
    if kinds & {"array", "object", "json", "binData"}:
        raise Refused(node, f"values of {found[0].type} are not compared in MongoDB")
    return [texts(value) for value in found] if "string" in kinds and "objectId" in kinds else found


def texts(value: Value) -> Value:
    """An ObjectId as the text of its digits."""
    return replace(value, expression={"$toString": value.expression}, kind="string") if value.kind == "objectId" else value


def compare(operator: Any, left: Value, right: Value, node: exp.Expr) -> Truth:
    """The comparison of two comparable values. Raises Refused."""
    reads = reads_of(left, right)
    if left.is_null or right.is_null:
        return Truth(False, False, nullable=True, reads=reads, direct=None)
    if "uuid" in (left.kind, right.kind) and operator not in (exp.EQ, exp.NEQ):
        raise Refused(node, "MongoDB orders UUIDs by their length and subtype first")
    if left.constant is not None and right.constant is None:
        operator, left, right = _SWAPPED[operator], right, left
    nullable = left.nullable or right.nullable
    between = _between_milliseconds(operator, left, right)
    if between is not None:
        holds, fails = (build.every([_present(left), side]) for side in between)
        return Truth(holds, fails, nullable, reads)

    def side(operator: Any) -> Any:
        return build.lets(
            [left.expression, right.expression],
            lambda x, y: _present_and(operator, replace(left, expression=x), replace(right, expression=y)),
        )

    direct = build.lets(
        [left.expression, right.expression],
        lambda x, y: build.unless_null(
            [each for each, value in ((x, left), (y, right)) if value.nullable],
            _holds(operator, replace(left, expression=x), replace(right, expression=y)),
        ),
    )
    return Truth(side(operator), side(_OPPOSITE[operator]), nullable, reads, direct)


def _present(value: Value) -> Any:
    return build.is_present(value.expression) if value.nullable else True


def _present_and(operator: Any, left: Value, right: Value) -> Any:
    """The comparison, and that neither side is null; as null is below everything, not every operator has to ask."""
    asked: list[Value] = []
    if operator is exp.NEQ or (left.type == "DOUBLE" and right.constant is None):
        asked = [left, right]
    elif operator is exp.EQ:
        asked = [left] if right.nullable else []
    elif operator in (exp.LT, exp.LTE):
        asked = [left]
    else:
        asked = [right]
    return build.every([*(_present(value) for value in asked), _holds(operator, left, right)])


def _holds(operator: Any, left: Value, right: Value) -> Any:
    x, y = left.expression, right.expression
    if left.type != "DOUBLE" or operator in (exp.EQ, exp.NEQ):
        return {_OPERATORS[operator]: [x, y]}
    if operator in (exp.GT, exp.GTE):
        return _below(exp.LT if operator is exp.GT else exp.LTE, right, left)
    return _below(operator, left, right)


def _below(operator: Any, left: Value, right: Value) -> Any:
    """`<` and `<=` of doubles: NaN equals itself and nothing is above it."""
    x, y = left.expression, right.expression
    plain = {_OPERATORS[operator]: [x, y]}
    is_nan = [_constant_nan(left), _constant_nan(right)]
    if operator is exp.LT:
        if is_nan[0]:
            return False
        if is_nan[1]:
            return {"$ne": [x, _NAN]}
        # NaN is above null and below every other number, so that `> NaN` keeps both out.
        return build.every(
            [
                True if left.constant is not None else {"$gt": [x, _NAN]},
                plain if right.constant is not None else build.some([{"$eq": [y, _NAN]}, plain]),
            ]
        )
    if is_nan[1]:
        return True
    if is_nan[0]:
        return {"$eq": [y, _NAN]}
    below = build.every([True if left.constant is not None else {"$gt": [x, _NAN]}, plain])
    return below if right.constant is not None else build.some([{"$eq": [y, _NAN]}, below])


def _constant_nan(value: Value) -> bool:
    given = value.constant
    return given is not None and isinstance(given.value, float) and isnan(given.value)


def _between_milliseconds(operator: Any, left: Value, right: Value) -> tuple[Any, Any] | None:
    """Both sides of a comparison with a moment between two milliseconds, of which the earlier one is the expression."""
    given = right.constant
    if given is None or given.kind != "timestamp" or given.value % 1000 == 0:
        return None
    if operator in (exp.EQ, exp.NEQ):
        return (False, True) if operator is exp.EQ else (True, False)
    earlier, later = {"$lte": [left.expression, right.expression]}, {"$gt": [left.expression, right.expression]}
    return (earlier, later) if operator in (exp.LT, exp.LTE) else (later, earlier)


@tests(exp.NullSafeEQ, exp.NullSafeNEQ)
def _distinct(computing: Computing, node: exp.Binary) -> Truth:
    only(node, "this", "expression")
    values = [computing.value(node.this), computing.value(node.expression)]
    left, right = comparable(values, node)
    same = never_null({"$eq": [left.expression, right.expression]}, left, right)
    return same if isinstance(node, exp.NullSafeEQ) else same.negated


@tests(exp.Between)
def _between(computing: Computing, node: exp.Between) -> Truth:
    only(node, "this", "low", "high")
    operands = [computing.operand(node.args[name]) for name in ("this", "low", "high")]
    value, low, high = comparable(operands, node)
    above, below = compare(exp.GTE, value, low, node), compare(exp.LTE, value, high, node)
    return replace(both([above, below]), reads=reads_of(value, low, high))


@tests(exp.In)
def _in(computing: Computing, node: exp.In) -> Truth:
    only(node, "this", "expressions")
    if not node.expressions:
        raise Refused(node, "its list is not made of values")
    operands = [computing.operand(part) for part in (node.this, *node.expressions)]
    value, *items = comparable(operands, node)
    plain = [item for item in items if item.constant is not None and not item.is_null]
    whole = all(item.constant is None or item.constant.kind != "timestamp" or item.constant.value % 1000 == 0 for item in plain)
    if value.is_null or len(plain) + sum(item.is_null for item in items) < len(items) or not whole:
        parts = [compare(exp.EQ, value, item, node) for item in items]
        found = replace(either(parts), reads=reads_of(value, *items))
        return replace(found, true=found.chosen, false=found.negated.chosen)
    member = {"$in": [value.expression, [item.expression for item in plain]]}
    with_null = len(plain) < len(items)
    missed: Any = False if with_null else build.every([_present(value), build.negation(member)])
    return Truth(member, missed, value.nullable or with_null, reads_of(value))


def is_decimal(value: Value) -> bool:
    return decimal_parts(value.type) is not None
