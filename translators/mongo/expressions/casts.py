"""CAST, where MongoDB converts to the same value or the query ends in both: whole numbers round halves of doubles to the even one
and of decimals away from zero.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlglot import exp

from planner.types import INTEGERS, NULL, cast_target, decimal_parts, exact_parts
from translators.mongo.constants import cast_constant
from translators.mongo.expressions import build
from translators.mongo.expressions.arithmetic import of_integers, within_decimal
from translators.mongo.expressions.convert import EXACT_DIGITS, as_double
from translators.mongo.expressions.dates import truncated
from translators.mongo.expressions.dispatch import Computing, computes, only
from translators.mongo.expressions.literals import KIND_OF_TYPE, known
from translators.mongo.expressions.mathematics import half_away_decimal
from translators.mongo.expressions.value import Value
from translators.mongo.refusal import Refused


@computes(exp.Cast)
def _cast(computing: Computing, node: exp.Cast) -> Value:
    only(node, "this", "to")
    target = cast_target(node.to)
    if target is None:
        raise Refused(node, f"a cast to {node.to.sql('duckdb')} is not translated to MongoDB")
    value = computing.operand(node.this)
    if value.constant is not None:
        found = value.constant if value.type == NULL else cast_constant(value.constant, target)
        if found is not None:
            return known(found, target)
    return converted(value, target, node)


def converted(value: Value, target: str, node: exp.Expr) -> Value:
    """Raises Refused."""
    if value.type == target:
        return value.settled()
    found = _conversion(value, target, node)
    if found is None:
        raise Refused(node, f"a cast of {value.type} to {target} is not translated to MongoDB")
    return Value(found, target, KIND_OF_TYPE.get(target, "decimal"), value.nullable, value.reads)


def _conversion(value: Value, target: str, node: exp.Expr) -> Any:
    number, source = value.expression, value.type
    exact = exact_parts(source)
    if source == "HUGEINT" or target in ("HUGEINT", "FLOAT") or (exact and decimal_parts(source) and exact[0] > EXACT_DIGITS):
        return None
    if target == "VARCHAR":
        return _text(value)
    if target == "BOOLEAN":
        if exact or source == "DOUBLE":
            return build.let(number, lambda x: build.unless_null([x] if value.nullable else [], {"$ne": [x, 0]}))
        return None
    if target in INTEGERS:
        return _integer(value, target, node)
    if target == "DOUBLE":
        if source == "BOOLEAN":
            return {"$toDouble": number}
        return as_double(value, node).expression if exact else None
    parts = decimal_parts(target)
    if parts and exact and parts[0] <= EXACT_DIGITS:
        exactly: Any = number if value.kind == "decimal" else {"$toDecimal": number}
        if parts[1] < exact[1]:
            exactly = half_away_decimal(exactly, parts[1])
        return exactly if exact[0] - exact[1] < parts[0] - parts[1] else within_decimal(exactly, target)
    if source == "TIMESTAMP" and target == "DATE":
        return truncated(number, "day")
    return number if source == "DATE" and target == "TIMESTAMP" else None


def _integer(value: Value, target: str, node: exp.Expr) -> Any:
    number, source = value.expression, value.type
    if source == "BOOLEAN":
        return {"$toInt": number}
    if source in INTEGERS:
        if INTEGERS.index(source) < INTEGERS.index(target):
            return number
        return of_integers(target, number, node)
    if source == "DOUBLE":
        number = {"$round": number}
    elif decimal_parts(source):
        number = half_away_decimal(number, 0)
    else:
        return None
    return of_integers(target, {"$toLong": number} if target != "INTEGER" else number, node)


def _text(value: Value) -> Any:
    parts = decimal_parts(value.type)
    if value.type in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "BOOLEAN") or value.kind == "objectId":
        return {"$toString": value.expression}
    if parts and parts[1] <= 6:  # MongoDB writes smaller ones with an exponent
        return {"$toString": {"$round": [{"$add": [value.expression, 0]}, parts[1]]}}
    return None


def as_text(value: Value, node: exp.Expr) -> Value:
    """A value as a text that is joined to others. Raises Refused."""
    if value.is_null or (value.type == "VARCHAR" and value.kind == "string"):
        return value.settled()
    found = _text(value)
    if found is None:
        raise Refused(node, f"{value.type} becomes another text in MongoDB")
    return replace(value, expression=found, type="VARCHAR", kind="string", typed=None, constant=None)
