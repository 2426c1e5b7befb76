"""Arithmetic in DuckDB's types: integers that overflow end the query, decimals are exact, doubles are IEEE's.

MongoDB widens an integer that overflows, to a double in the end; adds doubles with compensation, so that -0.0 + -0.0 is 0.0;
takes chains of `$add` and `$multiply` for one sum and reorders them; and ends the query at a division by zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

from bson import Int64
from bson.decimal128 import Decimal128
from sqlglot import exp

from planner import types
from planner.types import NULL, Typed, decimal_parts, exact_parts
from translators import failing
from translators.mongo.constants import Constant
from translators.mongo.expressions import build
from translators.mongo.expressions.convert import EXACT_DIGITS, as_double, checked, implicit
from translators.mongo.expressions.dispatch import Computing, computes, only
from translators.mongo.expressions.literals import known
from translators.mongo.expressions.value import Value, reads_of
from translators.mongo.refusal import Refused

_LIMITS = {"TINYINT": 2**7, "SMALLINT": 2**15, "INTEGER": 2**31, "BIGINT": 2**63}


def of_integers(type: str, expression: Any, node: exp.Expr) -> Any:
    """An integer result of `type`, which ends the query where it is beyond it. Raises Refused."""
    if type == "INTEGER":
        return {"$toInt": expression}
    if type == "BIGINT":
        # A result beyond 64 bits has become a double, which no int can hold.
        return build.let(
            expression, lambda result: build.cond({"$eq": [{"$type": result}, "double"]}, {"$toInt": result}, result)
        )
    if type not in _LIMITS:
        raise Refused(node, f"MongoDB has no integers of the size of {type}")
    return checked(expression, -_LIMITS[type], _LIMITS[type] - 1, f"a result is beyond {type}")


def _kind(type: str) -> str:
    return "double" if type == "DOUBLE" else "decimal" if decimal_parts(type) else "int" if type == "INTEGER" else "long"


def _numbers(computing: Computing, node: exp.Binary) -> tuple[Value, Value]:
    only(node, "this", "expression", "typed", "safe")
    left, right = computing.value(node.this), computing.value(node.expression)
    for value in (left, right):
        if not (types.is_number(value.type) or value.type == NULL):
            raise Refused(node, f"{node.key.upper()} of {value.type} is not translated to MongoDB")
    return left, right


def _typed(node: exp.Expr, rule: Callable[[Typed, Typed], Typed | None], left: Value, right: Value) -> str:
    found = rule(left.adaptive, right.adaptive) if NULL not in (left.type, right.type) else None
    if found is None:
        raise Refused(node, f"{left.type} and {right.type} are not computed with in MongoDB")
    return found.type


def add(left: Any, right: Any) -> Any:
    """IEEE's sum of two doubles."""
    return {"$toDouble": {"$subtract": [left, {"$multiply": [right, -1]}]}}


@computes(exp.Add, exp.Sub, exp.Mul)
def _sum(computing: Computing, node: exp.Binary) -> Value:
    left, right = _numbers(computing, node)
    rules = {exp.Add: types.add, exp.Sub: lambda a, b: types.add(a, b, subtract=True), exp.Mul: types.multiply}
    type = _typed(node, rules[node.__class__], left, right)
    operator = {exp.Add: "$add", exp.Sub: "$subtract", exp.Mul: "$multiply"}[node.__class__]
    if type == "DOUBLE":
        left, right = as_double(left, node), as_double(right, node)
        both = [left.expression, right.expression]
        result = add(*both) if isinstance(node, exp.Add) else {"$toDouble": build.computed(operator, both)}
    elif decimal_parts(type):
        result = _decimal(operator, left, right, type, node)
    else:
        result = of_integers(type, build.computed(operator, [left.expression, right.expression]), node)
    return Value(result, type, _kind(type), left.nullable or right.nullable, reads_of(left, right))


def _decimal(operator: str, left: Value, right: Value, type: str, node: exp.Expr) -> Any:
    a, b = exact_parts(left.type) or (0, 0), exact_parts(right.type) or (0, 0)
    precision, scale = decimal_parts(type) or (0, 0)
    if operator == "$multiply":
        digits, whole = a[0] + b[0], a[0] - a[1] + b[0] - b[1]
    else:
        whole = max(a[0] - a[1], b[0] - b[1]) + 1
        digits = whole + scale
    if digits > EXACT_DIGITS + 1:
        raise Refused(node, "the result may need more digits than Decimal128 has: a narrower DECIMAL can be declared")
    operands = [_as_decimal(left), _as_decimal(right)]
    result: Any = build.computed(operator, operands)
    if whole > precision - scale:
        result = _within(result, precision, scale, type)
    return result


def _as_decimal(value: Value) -> Any:
    return value.expression if value.kind == "decimal" else {"$toDecimal": value.expression}


def _within(expression: Any, precision: int, scale: int, type: str) -> Any:
    limit = Decimal128("9" * (precision - scale) + "." + "9" * scale)
    return checked(expression, Decimal128(f"-{limit}"), limit, f"a result is beyond {type}")


def within_decimal(expression: Any, type: str) -> Any:
    """A decimal result, which ends the query where it is beyond `type`."""
    precision, scale = decimal_parts(type) or (0, 0)
    return _within(expression, precision, scale, type)


@computes(exp.Neg)
def _negative(computing: Computing, node: exp.Neg) -> Value:
    only(node, "this")
    value = computing.value(node.this)
    found = types.negated(value.adaptive)
    if found is None or not types.is_number(value.type):
        raise Refused(node, f"a negative {value.type} is not translated to MongoDB")
    given = value.constant
    if given is not None and given.kind in ("int", "decimal", "double"):
        return known(Constant(given.kind, -given.value), found.type, found)
    result: Any = {"$multiply": [value.expression, -1]}
    if found.type == "DOUBLE":
        result = {"$toDouble": result}
    elif not decimal_parts(found.type):
        result = of_integers(found.type, result, node)
    return replace(value, expression=result, type=found.type, kind=_kind(found.type), typed=None, constant=None)


@computes(exp.Div)
def _divided(computing: Computing, node: exp.Div) -> Value:
    left, right = _numbers(computing, node)
    if _typed(node, types.divide, left, right) != "DOUBLE":
        raise Refused(node, "MongoDB has no numbers of 32 bits")
    if node.find(exp.Column, exp.Identifier) is None and (right.constant is None or not right.constant.value):
        raise Refused(node, failing.REASON)
    quotient = divided(as_double(left, node), as_double(right, node), signed=right.type == "DOUBLE")
    return Value(quotient, "DOUBLE", "double", left.nullable or right.nullable, reads_of(left, right))


def divided(left: Value, right: Value, *, signed: bool) -> Any:
    """IEEE's quotient of two doubles: by zero it is an infinity, or NaN. `signed` says that the divisor may be -0.0."""

    def body(x: Any, y: Any) -> Any:
        infinity: Any = build.constant(inf)
        if signed:
            infinity = build.cond({"$lt": [{"$atan2": [y, -1]}, 0]}, build.constant(-inf), infinity)
        return build.cond({"$eq": [y, 0]}, {"$multiply": [x, infinity]}, {"$divide": [x, y]})

    return build.lets([left.expression, right.expression], body)


@computes(exp.IntDiv)
def _whole_quotient(computing: Computing, node: exp.IntDiv) -> Value:
    left, right = _numbers(computing, node)
    type = _typed(node, types.divide_whole, left, right)
    nullable, reads = left.nullable or right.nullable, reads_of(left, right)
    if type == "DOUBLE":
        left, right = as_double(left, node), as_double(right, node)
        quotient = _unless_zero(left, right, lambda x, y: {"$divide": [x, y]}, node)
        return Value(quotient, "DOUBLE", "double", nullable, reads)
    if type == "INTEGER":
        # The quotient of two numbers of 32 bits is no whole number by more than a double's rounding.
        whole = _unless_zero(left, right, lambda x, y: {"$trunc": {"$divide": [x, y]}}, node)
        return Value({"$toInt": whole}, type, "int", nullable, reads)
    if type != "BIGINT":
        raise Refused(node, f"`//` as {type} is not translated to MongoDB")
    exact = _unless_zero(left, right, lambda x, y: {"$trunc": {"$divide": [{"$toDecimal": x}, y]}}, node)
    return Value({"$toLong": exact}, type, "long", nullable, reads)


@computes(exp.Mod)
def _remainder(computing: Computing, node: exp.Mod) -> Value:
    left, right = _numbers(computing, node)
    type = _typed(node, types.modulo, left, right)
    nullable, reads = left.nullable or right.nullable, reads_of(left, right)
    if type == "DOUBLE":
        left, right = as_double(left, node), as_double(right, node)
        result = build.lets(
            [left.expression, right.expression],
            lambda x, y: build.cond({"$eq": [y, 0]}, {"$multiply": [x, build.constant(float("nan"))]}, {"$mod": [x, y]}),
        )
        return Value(result, type, "double", nullable, reads)
    if decimal_parts(type):
        if max(part[0] for part in (exact_parts(left.type), exact_parts(right.type), decimal_parts(type)) if part) > EXACT_DIGITS:
            raise Refused(node, "the result may need more digits than Decimal128 has: a narrower DECIMAL can be declared")
        exact = _unless_zero(
            replace(left, expression=_as_decimal(left)),
            replace(right, expression=_as_decimal(right)),
            lambda x, y: {"$mod": [x, y]},
            node,
        )
        return Value(exact, type, "decimal", nullable, reads)
    if type not in _LIMITS:
        raise Refused(node, f"MongoDB has no integers of the size of {type}")
    left, right = implicit(left, type, node), implicit(right, type, node)

    def body(x: Any, y: Any) -> Any:
        remainder: Any = {"$mod": [x, y]}
        lowest = left.constant is None or left.constant.value == -_LIMITS[type]
        if lowest and (right.constant is None or right.constant.value == -1):
            least = build.every([{"$eq": [y, -1]}, {"$eq": [x, Int64(-_LIMITS[type])]}])
            remainder = build.cond(
                least, build.failure("a result is beyond its type", x if left.constant is None else y), remainder
            )
        return remainder

    return Value(_unless_zero(left, right, body, node), type, _kind(type), nullable, reads)


def _unless_zero(left: Value, right: Value, body: Callable[[Any, Any], Any], node: exp.Expr) -> Any:
    """`body` over both; where the divisor is zero and the dividend no NULL, the query ends. Raises Refused."""
    given = right.constant
    if given is not None and given.kind in ("int", "decimal", "double") and given.value != 0:
        return build.let(left.expression, lambda x: body(x, right.expression))

    if left.constant is not None and given is not None:
        raise Refused(node, "the divisor is the constant 0")

    def guarded(x: Any, y: Any) -> Any:
        zero = build.every([{"$eq": [y, 0]}, build.is_present(x) if left.nullable else True])
        return build.cond(zero, build.failure("division by zero", y if left.constant is not None else x), body(x, y))

    return build.lets([left.expression, right.expression], guarded)
