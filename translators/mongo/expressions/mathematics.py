"""Functions of numbers whose result is exact, or the one double that IEEE 754 demands.

Logarithms, exponentials, powers and angles are not: the last digit depends on the library of each machine.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan, pi
from typing import Any

from bson.decimal128 import Decimal128
from sqlglot import exp

from planner.types import INTEGERS, decimal_parts, is_number
from translators.mongo.constants import Constant, constant
from translators.mongo.expressions import build
from translators.mongo.expressions.arithmetic import of_integers
from translators.mongo.expressions.convert import EXACT_DIGITS, as_double
from translators.mongo.expressions.dispatch import Computing, arguments, computes, only
from translators.mongo.expressions.literals import known
from translators.mongo.expressions.logic import Truth, tests
from translators.mongo.expressions.value import Value
from translators.mongo.refusal import Refused

_NAN = build.constant(nan)


def number(computing: Computing, node: exp.Expr | None, owner: exp.Expr) -> Value:
    """A number of a type that MongoDB computes with. Raises Refused."""
    value = computing.value(node).settled()
    parts = decimal_parts(value.type)
    if not is_number(value.type) or value.type in ("HUGEINT", "FLOAT") or (parts and parts[0] > EXACT_DIGITS):
        raise Refused(owner, f"{owner.key.upper()} of {value.type} is not translated to MongoDB")
    return value


@computes(exp.Abs)
def _absolute(computing: Computing, node: exp.Abs) -> Value:
    only(node, "this")
    value = number(computing, node.this, node)
    result: Any = {"$abs": value.expression}
    if value.type in INTEGERS:
        result = of_integers(value.type, result, node)
    return replace(value, expression=result, constant=None)


@computes(exp.Sign)
def _sign(computing: Computing, node: exp.Sign) -> Value:
    only(node, "this")
    value = number(computing, node.this, node)

    def body(x: Any) -> Any:
        sign: Any = {"$cmp": [x, 0]}
        if value.type == "DOUBLE":
            sign = build.cond({"$eq": [x, _NAN]}, 0, sign)
        return build.unless_null([x] if value.nullable else [], sign)

    return Value(build.let(value.expression, body), "TINYINT", "int", value.nullable, value.reads)


@computes(exp.Floor, exp.Ceil)
def _next_whole(computing: Computing, node: exp.Expr) -> Value:
    only(node, "this")
    value = number(computing, node.this, node)
    operator = "$floor" if isinstance(node, exp.Floor) else "$ceil"
    return _whole(value, lambda x: {operator: x}, node)


@computes(exp.Trunc)
def _towards_zero(computing: Computing, node: exp.Trunc) -> Value:
    only(node, "this")
    value = number(computing, node.this, node)
    if value.type in INTEGERS:
        raise Refused(node, f"TRUNC of {value.type} is not translated to MongoDB")
    return _whole(value, lambda x: {"$trunc": x}, node)


def _whole(value: Value, operator: Any, node: exp.Expr) -> Value:
    parts = decimal_parts(value.type)
    if parts:
        return replace(value, expression=operator(value.expression), type=f"DECIMAL({parts[0]},0)", constant=None)
    value = as_double(value, node)
    return replace(value, expression=operator(value.expression), constant=None)


@computes(exp.Round)
def _rounded(computing: Computing, node: exp.Round) -> Value:
    only(node, "this", "decimals")
    value = number(computing, node.this, node)
    digits = _digits(node)
    if value.type in INTEGERS:
        if digits < 0:
            raise Refused(node, "rounding to tens is not translated to MongoDB")
        return replace(value, constant=None)
    parts = decimal_parts(value.type)
    if parts:
        if not 0 <= digits < parts[1]:
            raise Refused(node, "this rounding of a DECIMAL is not translated to MongoDB")
        result = half_away_decimal(value.expression, digits)
        return replace(value, expression=result, type=f"DECIMAL({parts[0]},{digits})", constant=None)
    if node.args.get("decimals") is None:
        return replace(value, expression=half_away(value.expression), constant=None)
    if not 0 <= digits <= 15:
        raise Refused(node, "rounding to so many digits is not translated to MongoDB")

    def body(x: Any) -> Any:
        scaled = {"$divide": [half_away({"$multiply": [x, float(10**digits)]}), float(10**digits)]}
        return build.let(scaled, lambda found: build.cond({"$in": [found, _UNREAL]}, x, found))

    return replace(value, expression=build.let(value.expression, body), constant=None)


_UNREAL = build.constant([nan, inf, -inf])


def _digits(node: exp.Round) -> int:
    given = node.args.get("decimals")
    found = constant(given) if given is not None else Constant("int", 0)
    if found is None or found.kind != "int":
        raise Refused(node, "the number of digits is not constant")
    return int(found.value)


def half_away(expression: Any) -> Any:
    """A double rounded to a whole number, halves away from zero (MongoDB's `$round` takes them to the even one)."""

    def body(x: Any) -> Any:
        return build.lets(
            [{"$trunc": x}],
            lambda whole: build.let(
                {"$subtract": [x, whole]},
                lambda rest: build.cond(
                    {"$gte": [rest, 0.5]},
                    {"$add": [whole, 1]},
                    build.cond(build.every([{"$lte": [rest, -0.5]}, {"$gt": [rest, _NAN]}]), {"$subtract": [whole, 1]}, whole),
                ),
            ),
        )

    return build.let(expression, body)


def half_away_decimal(expression: Any, digits: int) -> Any:
    """A decimal rounded to so many digits behind the point, halves away from zero."""
    half = Decimal128(f"5E-{digits + 1}")

    def body(x: Any) -> Any:
        moved = {"$add": [x, build.cond({"$lt": [x, 0]}, Decimal128(f"-{half}"), half)]}
        return {"$trunc": [moved, digits]}

    return build.let(expression, body)


@computes(exp.Sqrt)
def _root(computing: Computing, node: exp.Sqrt) -> Value:
    only(node, "this")
    value = as_double(number(computing, node.this, node), node)
    root = build.let(
        value.expression,
        lambda x: build.cond({"$gte": [x, 0]}, {"$sqrt": build.cond({"$gte": [x, 0]}, x, 0)}, {"$multiply": [x, _NAN]}),
    )
    return replace(value, expression=root, constant=None)


@computes(exp.Degrees, exp.Radians)
def _angle(computing: Computing, node: exp.Expr) -> Value:
    only(node, "this")
    value = as_double(number(computing, node.this, node), node)
    factor = 180 / pi if isinstance(node, exp.Degrees) else pi / 180
    return replace(value, expression={"$toDouble": {"$multiply": [value.expression, factor]}}, constant=None)


@computes(exp.Pi)
def _pi(computing: Computing, node: exp.Pi) -> Value:
    only(node)
    return known(Constant("double", pi), "DOUBLE")


_KINDS_OF_DOUBLE: dict[str, list[float]] = {"isnan": [nan], "isinf": [inf, -inf], "isfinite": [nan, inf, -inf]}


@tests(exp.IsNan, exp.IsInf)
def _unreal(computing: Computing, node: exp.Expr) -> Truth:
    only(node, "this")
    return _one_of(as_double(number(computing, node.this, node), node), "isnan" if isinstance(node, exp.IsNan) else "isinf")


@computes(named=("isfinite",))
def _finite(computing: Computing, node: exp.Anonymous) -> Value:
    return _one_of(as_double(number(computing, arguments(node, 1)[0], node), node), "isfinite").negated.value


def _one_of(value: Value, name: str) -> Truth:
    found = {"$in": [value.expression, build.constant(_KINDS_OF_DOUBLE[name])]}
    missed = build.every([build.is_present(value.expression) if value.nullable else True, build.negation(found)])
    return Truth(found, missed, value.nullable, value.reads)
