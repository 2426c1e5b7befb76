"""Arithmetic in the type that DuckDB computes in, raising where it raises and dividing by zero as it does."""

from __future__ import annotations

from sqlglot import exp

from planner import types as inference
from planner.types import INTEGERS, Typed, decimal_parts, exact_parts, is_exact
from translators.postgres.compare import coerce, usable
from translators.postgres.expressions import RENDER, Context, only, renders
from translators.postgres.value import MAX_REACH, Refused, Value


@renders(exp.Add, exp.Sub)
def _sum(context: Context, node: exp.Expr) -> Value:
    left, right = context.value(node.this), context.value(node.expression)
    minus = isinstance(node, exp.Sub)
    typed = inference.add(left.typed, right.typed, subtract=minus)
    return _arithmetic(left, "-" if minus else "+", right, typed, node)


@renders(exp.Mul)
def _product(context: Context, node: exp.Expr) -> Value:
    left, right = context.value(node.this), context.value(node.expression)
    if left.type == "INTERVAL" and right.type in ("SMALLINT", "INTEGER"):
        return Value(f"({left.text} * {coerce(right, right.type, node).text})", Typed("INTERVAL"))
    return _arithmetic(left, "*", right, inference.multiply(left.typed, right.typed), node)


_UNITS = ("YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND")


@renders(exp.Interval)
def _constant_interval(context: Context, node: exp.Expr) -> Value:
    assert isinstance(node, exp.Interval)
    return interval(node)


def interval(node: exp.Interval) -> Value:
    only(node, "this", "unit")
    amount, unit = node.this.unnest() if isinstance(node.this, exp.Expr) else None, node.args.get("unit")
    sign = ""
    if isinstance(amount, exp.Neg):
        sign, amount = "-", amount.this
    word = unit.name.upper().removesuffix("S") if isinstance(unit, exp.Var) else ""
    text = str(amount.this).strip() if isinstance(amount, exp.Literal) else ""
    if word not in _UNITS or not text.lstrip("-").isdigit() or len(text) > 6:
        raise Refused(node, "an interval of this form is not pushed")
    return Value(f"'{sign}{text} {word.lower()}'::interval".replace("--", ""), Typed("INTERVAL"))


_ZONED = "TIMESTAMP WITH TIME ZONE"
_SPANS = (("TIME", "INTERVAL"), ("INTERVAL", "INTERVAL"))

APART = (
    "(CASE WHEN ({b} >= {a}) <> ({b} - {a} >= '0'::interval) THEN greatest({a}, {b}) + '280000 years'::interval - {a}"
    " ELSE {b} - {a} END)"
)
"""The time from a to b. PostgreSQL's difference wraps around beyond 292,000 years, where DuckDB raises: so does this."""


def _arithmetic(left: Value, sign: str, right: Value, typed: Typed | None, node: exp.Expr) -> Value:
    usable(left, node), usable(right, node)
    if typed is None:
        raise Refused(node, f"{left.type} {sign} {right.type} is not pushed")
    type = typed.type
    if type in INTEGERS and type != "TINYINT" and left.type in INTEGERS and right.type in INTEGERS:
        sides = [coerce(value, type, node).text if value.constant is not None else value.text for value in (left, right)]
        return Value(f"({sides[0]} {sign} {sides[1]})", Typed(type))
    if decimal_parts(type):
        return _decimal(left, sign, right, type, node)
    if type == "DOUBLE":
        a, b = coerce(left, type, node), coerce(right, type, node)
        reach = _reach(a, sign, b)
        if reach is None or reach > MAX_REACH:
            raise Refused(
                node, "floating-point arithmetic that may overflow is not pushed: PostgreSQL raises, DuckDB gives infinity"
            )
        return Value(f"({a.text} {sign} {b.text})", Typed(type), reach=reach)
    if right.type == "INTERVAL" and left.type in ("DATE", "TIMESTAMP") and type == "TIMESTAMP":
        return Value(f"({coerce(left, left.type, node).text} {sign} {right.text})", Typed(type))
    if (left.type, right.type) in _SPANS or (sign == "+" and (left.type, right.type) == ("DATE", "TIME")):
        return Value(f"({left.text} {sign} {right.text})", Typed(type))
    if left.type == right.type and left.type in ("TIMESTAMP", _ZONED) and sign == "-":
        return Value(APART.format(a=right.text, b=left.text), Typed(type))
    if left.type == "DATE" and right.type in ("SMALLINT", "INTEGER") and type == "DATE":
        return Value(f"({left.text} {sign} {coerce(right, 'INTEGER', node).text})", Typed(type))
    if left.type == right.type == "DATE" and sign == "-":
        return Value(f"({left.text} - {right.text})::int8", Typed("BIGINT"))
    raise Refused(node, f"{left.type} {sign} {right.type} is not pushed")


def _decimal(left: Value, sign: str, right: Value, type: str, node: exp.Expr) -> Value:
    a, b = (coerce(value, value.type, node) for value in (left, right))
    loose = left.loose or right.loose
    text = f"({a.text} {sign} {b.text})"
    p, q = (exact_parts(value.type) or (0, 0) for value in (left, right))
    width, scale = decimal_parts(type) or (38, 0)
    if sign == "*" and width < p[0] + q[0]:
        if loose:
            raise Refused(node, "a product of numerics without a declared size is not pushed")
        text = f"{text}::numeric({width},{scale})"  # raises where DuckDB does; rounds nothing, the scale is the product's
    elif sign != "*" and not loose and max(p[0] - p[1], q[0] - q[1]) + scale + 1 > width:
        text = f"{text}::numeric({width},{scale})"
    return Value(text, Typed(type), loose=loose)


def _reach(a: Value, sign: str, b: Value) -> int | None:
    if a.reach is None or b.reach is None:
        return None
    return a.reach + b.reach if sign == "*" else max(a.reach, b.reach) + 17


@renders(exp.Div)
def _quotient(context: Context, node: exp.Expr) -> Value:
    left, right = context.value(node.this), context.value(node.expression)
    typed = inference.divide(left.typed, right.typed)
    if typed is None or typed.type != "DOUBLE" or node.args.get("typed") or node.args.get("safe"):
        raise Refused(node, f"{left.type} / {right.type} is not pushed")
    a, b = coerce(left, "DOUBLE", node), coerce(right, "DOUBLE", node)
    if a.reach is None or b.reach is None or a.reach + b.reach > MAX_REACH:
        raise Refused(node, "floating-point division that may overflow is not pushed: PostgreSQL raises, DuckDB gives infinity")
    quotient = f"{a.text} / {b.text}"
    reach = a.reach + b.reach
    if right.constant is not None and float(right.constant) != 0.0:
        return Value(f"({quotient})", Typed("DOUBLE"), reach=reach)
    if not is_exact(right.type):
        raise Refused(node, "a floating-point divisor may be zero or minus zero, where PostgreSQL raises")
    zero = (
        f"CASE WHEN {a.text} = 0 OR {a.text} = 'NaN' THEN 'NaN'::float8 WHEN {a.text} > 0 THEN 'Infinity'::float8"
        f" WHEN {a.text} < 0 THEN '-Infinity'::float8 END"
    )
    return Value(f"(CASE WHEN {right.text} = 0 THEN {zero} ELSE {quotient} END)", Typed("DOUBLE"), reach=reach)


@renders(exp.IntDiv)
def _whole(context: Context, node: exp.Expr) -> Value:
    left, right = _operands(context, node)
    typed = inference.divide_whole(left.typed, right.typed)
    if typed is None or typed.type not in _WHOLE:
        raise Refused(node, "whole division is pushed only for integers")
    return Value(f"({_side(left, typed, node)} / {_side(right, typed, node)})", Typed(typed.type))


@renders(exp.Mod)
def _remainder(context: Context, node: exp.Expr) -> Value:
    """DuckDB raises where the quotient overflows, PostgreSQL only if it divides."""
    left, right = _operands(context, node)
    typed = inference.modulo(left.typed, right.typed)
    if typed is not None and decimal_parts(typed.type) and is_exact(left.type) and is_exact(right.type):
        if left.loose or right.loose:
            raise Refused(node, "a remainder of numerics without a declared size is not pushed")
        a, b = (coerce(value, value.type, node).text for value in (left, right))
        width, scale = decimal_parts(typed.type) or (38, 0)
        return Value(f"({a} % {b})::numeric({width},{scale})", Typed(typed.type))
    if typed is None or typed.type not in _WHOLE:
        raise Refused(node, f"{left.type} % {right.type} is not pushed")
    a, b = _side(left, typed, node), _side(right, typed, node)
    if right.typed.integer is not None and right.typed.integer >= 0:
        return Value(f"({a} % {b})", Typed(typed.type))
    return Value(f"({a} - {a} / {b} * {b})", Typed(typed.type))


_WHOLE = ("SMALLINT", "INTEGER", "BIGINT")


def _operands(context: Context, node: exp.Expr) -> tuple[Value, Value]:
    return usable(context.value(node.this), node), usable(context.value(node.expression), node)


def _side(value: Value, typed: Typed, node: exp.Expr) -> str:
    return value.text if value.constant is None else coerce(value, typed.type, node).text


@renders(exp.Abs)
def _absolute(context: Context, node: exp.Expr) -> Value:
    value = usable(context.value(node.this), node)
    if not inference.is_number(value.type) or value.type == "TINYINT":
        raise Refused(node, f"abs of {value.type} is not pushed")
    return Value(f"abs({coerce(value, value.type, node).text})", Typed(value.type), loose=value.loose, reach=value.reach)


OPERATORS = frozenset(RENDER)
