"""Constants of a query as values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bson import Binary, Int64
from bson.decimal128 import Decimal128
from sqlglot import exp

from planner.types import NULL, Typed, literal
from translators.mongo.constants import Constant, constant, instant
from translators.mongo.expressions import build
from translators.mongo.expressions.dispatch import Computing, computes
from translators.mongo.expressions.value import Value
from translators.mongo.refusal import Refused

_KINDS = {"bool": "bool", "int": "long", "decimal": "decimal", "double": "double", "string": "string", "text": "string",
          "timestamp": "date", "date": "date", "uuid": "uuid"}  # fmt: skip


KIND_OF_TYPE = {"BOOLEAN": "bool", "INTEGER": "int", "DOUBLE": "double", "VARCHAR": "string", "DATE": "date", "TIMESTAMP": "date",
                "UUID": "uuid", NULL: "null", **dict.fromkeys(("TINYINT", "SMALLINT", "BIGINT"), "long")}  # fmt: skip
"""As what BSON a computed value of a type comes; a DECIMAL as decimal."""


def known(given: Constant, type: str, typed: Typed | None = None) -> Value:
    """The value of a constant. A moment between two milliseconds has no BSON: its expression is the earlier one, which whoever
    compares with it must know (`constant.value` is in microseconds)."""
    if given.kind == "null":
        return Value(None, type, KIND_OF_TYPE.get(type, "decimal"), nullable=True, constant=given, typed=typed)
    return Value(build.constant(_bson(given)), type, _KINDS[given.kind], nullable=False, constant=given, typed=typed)


def number(value: int, type: str = "BIGINT") -> Value:
    return known(Constant("int", value), type)


def _bson(given: Constant) -> Any:
    match given.kind:
        case "int":
            return given.value if -(2**31) <= given.value < 2**31 else Int64(given.value)
        case "decimal":
            return Decimal128(Decimal(given.value))
        case "timestamp" | "date":
            return instant(given.value // 1000)
        case "uuid":
            return Binary.from_uuid(given.value)
    return given.value


@computes(exp.Literal, exp.Null, exp.Boolean)
def _literal(computing: Computing, node: exp.Expr) -> Value:
    found = constant(node)
    if found is None:
        raise Refused(node, "the constant is beyond what MongoDB computes with")
    if isinstance(node, exp.Null):
        return known(found, NULL)
    if isinstance(node, exp.Boolean):
        return known(found, "BOOLEAN")
    typed = literal(node) if isinstance(node, exp.Literal) else None
    if typed is None or (isinstance(found.value, str) and "\0" in found.value):
        raise Refused(node, "the constant is beyond what MongoDB computes with")
    return known(found, typed.type, typed)


@computes(exp.Paren)
def _parenthesised(computing: Computing, node: exp.Paren) -> Value:
    return computing.value(node.this)
