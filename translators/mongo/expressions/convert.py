"""Values in the type in which DuckDB computes with them: what it converts by itself beside another type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bson.decimal128 import Decimal128
from sqlglot import exp

from planner.types import INTEGERS, NULL, Typed, common, decimal_parts, exact_parts
from translators.mongo.constants import Constant, cast_constant
from translators.mongo.expressions import build
from translators.mongo.expressions.literals import known
from translators.mongo.expressions.value import Value
from translators.mongo.refusal import Refused

EXACT_DIGITS = 33
"""Decimal128 holds 34: one stays free for the carry of a sum."""
_DOUBLE_DIGITS = 15
"""Decimals of so many digits become doubles by one correctly rounded division, there and here."""


def united(values: Sequence[Value], owner: exp.Expr) -> tuple[list[Value], str]:
    """The values in the type in which DuckDB unites them, and that type. Raises Refused."""
    type = _common(values, owner)
    found = [implicit(value, type, owner) for value in values]
    for value in found:
        if value.constant is not None and value.constant.kind == "timestamp" and value.constant.value % 1000:
            raise Refused(owner, "MongoDB's dates are whole milliseconds")
    return found, type


def compared(values: Sequence[Value], owner: exp.Expr) -> list[Value]:
    """The values so that MongoDB compares them as DuckDB does: numbers without fractions and decimals as they are, for it
    compares them exactly. A TIMESTAMP constant may lie between two milliseconds. Raises Refused."""
    type = _common(values, owner)
    parts = [exact_parts(value.type) for value in values if not value.is_null]
    if exact_parts(type) and all(parts):
        if max(part[0] - part[1] for part in parts if part) + max(part[1] for part in parts if part) > 38:
            raise Refused(owner, f"DuckDB compares as {type}, in which not every value has room")
        return [value.settled() for value in values]
    return [implicit(value, type, owner) for value in values]


def _common(values: Sequence[Value], owner: exp.Expr) -> str:
    found = values[0].adaptive
    for value in values[1:]:
        other = value.adaptive
        both = common(found, other)
        if both is None and found.text != other.text:  # a bare string literal takes the type beside it
            both = Typed((other if found.text else found).type)
        if both is None:
            raise Refused(owner, f"{found.type} beside {other.type} is not converted in MongoDB as in DuckDB")
        found = both
    return found.type


def implicit(value: Value, type: str, owner: exp.Expr) -> Value:
    """`value` as `type`, as DuckDB converts without being asked. Raises Refused."""
    if value.is_null:
        return replace(value, type=type, typed=None)
    if value.type == type:
        return value.settled()
    if value.constant is not None:
        found = _constant(value.constant, type)
        if found is not None:
            return known(found, type)
    if value.type == NULL:
        return replace(value, type=type, typed=None)
    if value.typed is None or not value.typed.text:
        if type in INTEGERS and value.type in INTEGERS:
            return replace(value, type=type, typed=None)
        if type == "DOUBLE" and exact_parts(value.type):
            return as_double(value, owner)
        parts, own = decimal_parts(type), exact_parts(value.type)
        if parts and own and parts[0] <= EXACT_DIGITS + 1 and parts[1] >= own[1]:
            return _as_decimal(value, type, parts, own, owner)
        if type == "TIMESTAMP" and value.type == "DATE":
            return replace(value, type=type, typed=None)
    raise Refused(owner, f"{value.type} beside {type} is not converted in MongoDB as in DuckDB")


def as_double(value: Value, owner: exp.Expr) -> Value:
    parts = decimal_parts(value.type)
    if value.type == "DOUBLE":
        return value.settled()
    if parts and parts[0] > _DOUBLE_DIGITS:
        raise Refused(owner, f"{value.type} does not become the same DOUBLE in MongoDB")
    number: Any = value.expression
    if value.kind == "decimal":  # a decimal may be -0, of which DuckDB's knows nothing
        number = {"$add": [number, Decimal128("0")]}
    return replace(value, expression={"$toDouble": number}, type="DOUBLE", kind="double", typed=None, constant=None)


def _as_decimal(value: Value, type: str, parts: tuple[int, int], own: tuple[int, int], owner: exp.Expr) -> Value:
    if own[0] - own[1] > parts[0] - parts[1] and value.type != "BIGINT" and value.type not in INTEGERS:
        raise Refused(owner, f"{value.type} beside {type} is not converted in MongoDB as in DuckDB")
    converted: Any = value.expression if value.kind == "decimal" else {"$toDecimal": value.expression}
    return replace(value, expression=converted, type=type, kind="decimal", typed=None, constant=None)


def _constant(given: Constant, type: str) -> Constant | None:
    if given.kind == "int" and type == "HUGEINT":
        return given
    return cast_constant(given, type)


def checked(expression: Any, low: Any, high: Any, message: str) -> Any:
    """`expression` where it lies between both bounds or is null; otherwise the query ends with an error."""

    def body(result: Any) -> Any:
        within = build.every([{"$gte": [result, build.constant(low)]}, {"$lte": [result, build.constant(high)]}])
        return build.cond(build.some([within, build.is_null(result)]), result, build.failure(message, result))

    return build.let(expression, body)
