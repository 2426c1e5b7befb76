"""Bits of integers, in the type that DuckDB computes them in."""

from __future__ import annotations

from sqlglot import exp

from planner.types import Typed, common
from translators.postgres.compare import coerce, usable
from translators.postgres.expressions import Context, only, renders
from translators.postgres.value import Refused, Value

FUNCTIONS = ("&", "|", "xor", "<<", ">>")

_SIGNS: dict[type[exp.Expr], str] = {exp.BitwiseAnd: "&", exp.BitwiseOr: "|", exp.BitwiseXor: "#"}
_BITS = {"SMALLINT": 15, "INTEGER": 31, "BIGINT": 63}


@renders(*_SIGNS)
def _bitwise(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    left, right = usable(context.value(node.this), node), usable(context.value(node.expression), node)
    both = common(left.typed, right.typed)
    if both is None or both.type not in _BITS:
        raise Refused(node, f"{left.type} {_SIGNS[type(node)]} {right.type} is not pushed")
    sides = [coerce(value, both.type, node).text for value in (left, right)]
    return Value(f"({sides[0]} {_SIGNS[type(node)]} {sides[1]})", Typed(both.type))


@renders(exp.BitwiseRightShift)
def _right(context: Context, node: exp.Expr) -> Value:
    value, places = _shifted(context, node)
    return Value(f"({value.text} >> {places})", Typed(value.type))


@renders(exp.BitwiseLeftShift)
def _left(context: Context, node: exp.Expr) -> Value:
    """DuckDB raises for negative values and for what does not fit; multiplying raises for the latter."""
    value, places = _shifted(context, node)
    power = coerce(Value(str(2**places), Typed(value.type, 2**places), constant=str(2**places)), value.type, node).text
    return Value(f"((CASE WHEN {value.text} < 0 THEN {value.text} / 0 ELSE {value.text} END) * {power})", Typed(value.type))


def _shifted(context: Context, node: exp.Expr) -> tuple[Value, int]:
    only(node, "this", "expression")
    value, by = usable(context.value(node.this), node), context.value(node.expression)
    if value.type not in _BITS or by.typed.integer is None or by.typed.integer < 0:
        raise Refused(node, "a shift is pushed only for integers, by a constant")
    if by.typed.integer >= _BITS[value.type]:
        raise Refused(node, "a shift by the whole width is not pushed: PostgreSQL takes it modulo the width")
    return coerce(value, value.type, node), by.typed.integer
