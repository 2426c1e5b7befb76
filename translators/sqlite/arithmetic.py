"""Arithmetic in the type that DuckDB computes in, raising where it raises.

SQLite turns an integer that leaves 64 bits into a floating-point number, divides by zero to NULL, and stores NaN as NULL: what
could come to one of these is guarded or refused.
"""

from __future__ import annotations

from sqlglot import exp

from planner import types as inference
from planner.types import INTEGERS, Typed, decimal_parts, exact_parts
from translators.sqlite import constants
from translators.sqlite.compare import coerce, usable
from translators.sqlite.expressions import Context, renders, within
from translators.sqlite.values import Refused, Value, only

_MAX_DIGITS = 18
_DAY = 86_400_000_000
_NAN = "SQLite stores NaN as NULL, and the result may be NaN."


@renders(exp.Add, exp.Sub)
def _sum(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    left, right = _operands(context, node)
    minus = isinstance(node, exp.Sub)
    return _arithmetic(left, "-" if minus else "+", right, inference.add(left.typed, right.typed, subtract=minus), node)


@renders(exp.Mul)
def _product(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    left, right = _operands(context, node)
    return _arithmetic(left, "*", right, inference.multiply(left.typed, right.typed), node)


def _operands(context: Context, node: exp.Expr) -> tuple[Value, Value]:
    if isinstance(node.expression, exp.Interval) or isinstance(node.this, exp.Interval):
        raise Refused(node, "SQLite has no intervals.")
    left, right = usable(context.value(node.this), node), usable(context.value(node.expression), node)
    if isinstance(left.constant, str) or isinstance(right.constant, str):
        raise Refused(node, "A text is converted by other rules in SQLite.")
    return left, right


def _arithmetic(left: Value, sign: str, right: Value, typed: Typed | None, node: exp.Expr) -> Value:
    type = typed.type if typed is not None else ""
    if left.constant is not None and right.constant is not None and not (decimal_parts(type) and sign != "*"):
        return _of_constants(left, sign, right, type, node)
    if type in INTEGERS and type != "HUGEINT" and left.kind == right.kind == "integer":
        return Value(within(f"{left.sql} {sign} {right.sql}", type, node), type)
    if decimal_parts(type) and "double" not in (left.kind, right.kind):
        return _decimal(left, sign, right, type, node)
    if type == "DOUBLE":
        return _double(coerce(left, type, node), sign, coerce(right, type, node), node)
    if left.type == "DATE" and right.type in ("SMALLINT", "INTEGER") and type == "DATE":
        return Value(f"foz_day({left.sql} {sign} {coerce(right, right.type, node).sql})", type)
    if left.type == right.type == "DATE" and sign == "-":
        return Value(f"({left.sql} - {right.sql})", "BIGINT")
    raise Refused(node, f"{left.type} {sign} {right.type} is left to the residual.")


def _of_constants(left: Value, sign: str, right: Value, type: str, node: exp.Expr) -> Value:
    """Whole numbers whose result is one of the type; what fails is computed by the residual, where a row asks for it."""
    a, b = left.typed.integer, right.typed.integer
    if a is not None and b is not None:
        sql = constants.number({"+": a + b, "-": a - b, "*": a * b}[sign], type)
        if sql is not None and type in ("INTEGER", "BIGINT"):
            return Value(sql, type)
    raise Refused(node, "Constants that may fail are computed by the residual, where a row asks for them.")


def _decimal(left: Value, sign: str, right: Value, type: str, node: exp.Expr) -> Value:
    """Decimals are whole numbers of their last digit: a sum brings both to one scale, a product adds the scales."""
    width, scale = decimal_parts(type) or (38, 0)
    sides = []
    for value in (left, right):
        parts = exact_parts(value.type)
        if parts is None or width > _MAX_DIGITS or value.kind not in ("integer", "decimal"):
            raise Refused(node, f"SQLite's integers are too small for {type}.")
        more = 1 if sign == "*" else 10 ** (scale - parts[1])
        if value.constant is not None:
            sides.append(coerce(value, value.type if sign == "*" else f"DECIMAL({_MAX_DIGITS},{scale})", node).sql)
        else:
            sides.append(value.sql if more == 1 else f"{value.sql} * {more}")
    sql = f"{sides[0]} {sign} {sides[1]}" if sign != "-" else f"{sides[0]} - ({sides[1]})"
    p, q = (exact_parts(value.type) or (0, 0) for value in (left, right))
    if sign == "*" and p[0] + q[0] > _MAX_DIGITS:
        return Value(f"foz_within({sql}, {1 - 10**width}, {10**width - 1})", type)
    return Value(f"({sql})", type)


def _double(left: Value, sign: str, right: Value, node: exp.Expr) -> Value:
    """Infinity less infinity is NaN, and so is zero times infinity: one side must be known to be finite, or not zero."""
    if sign == "*":
        known = (left.reach is not None and right.reach is not None) or any(_is_not_zero(side, node) for side in (left, right))
        reach = left.reach + right.reach if left.reach is not None and right.reach is not None else None
    else:
        known = left.reach is not None or right.reach is not None
        reach = max(left.reach, right.reach) + 1 if left.reach is not None and right.reach is not None else None
    if not known:
        raise Refused(node, _NAN)
    return Value(f"({left.sql} {sign} {right.sql})", "DOUBLE", reach=_finite(reach), signed=True)


def _finite(reach: int | None) -> int | None:
    return reach if reach is not None and reach < 300 else None


def _is_not_zero(value: Value, node: exp.Expr) -> bool:
    """Whether a floating-point number is a constant other than zero: its SQL is its digits then."""
    digits = value.sql.removeprefix("CAST(").removesuffix(" AS REAL)").lstrip("-")
    return digits.replace(".", "").isdigit() and float(digits) != 0.0


@renders(exp.Div)
def _quotient(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    left, right = (context.value(side) for side in (node.this, node.expression))
    if left.low is None or right.low is not None:
        left, right = _operands(context, node)
    typed = inference.divide(left.typed, right.typed)
    if typed is None or typed.type != "DOUBLE":
        raise Refused(node, f"{left.type} / {right.type} is left to the residual.")
    a, b = coerce(left, "DOUBLE", node), coerce(right, "DOUBLE", node)
    if _is_average(node):
        return Value(f"({a.sql} / {b.sql})", "DOUBLE", reach=a.reach, signed=True)
    if not _is_not_zero(b, node):
        raise Refused(node, "SQLite gives NULL for a division by zero, DuckDB infinity or NaN.")
    small = abs(float(b.sql.removeprefix("CAST(").removesuffix(" AS REAL)"))) < 1
    reach = a.reach + 22 if a.reach is not None and small else a.reach
    return Value(f"({a.sql} / {b.sql})", "DOUBLE", reach=_finite(reach), signed=True)


def _is_average(node: exp.Expr) -> bool:
    """Whether a sum is divided by a count that is zero only where the sum is NULL."""
    total, count = node.this.unnest(), node.expression.unnest()
    if not (isinstance(total, exp.Sum) and isinstance(count, exp.Count)):
        return False
    counted = count.this
    if isinstance(counted, exp.Distinct) and len(counted.expressions) == 1:
        counted = counted.expressions[0]
    return counted is None or isinstance(counted, exp.Star) or counted == total.this


@renders(exp.IntDiv)
def _whole(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    left, right = _operands(context, node)
    type = _whole_type(left, right, inference.divide_whole(left.typed, right.typed), node)
    quotient = f"{left.sql} / {_divisor(right, left)}"
    return Value(f"({quotient})" if _is_positive(right) else within(quotient, type, node), type)


@renders(exp.Mod)
def _remainder(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    left, right = _operands(context, node)
    typed = inference.modulo(left.typed, right.typed)
    if typed is not None and decimal_parts(typed.type) and left.constant is None and "double" not in (left.kind, right.kind):
        a, b = coerce(left, typed.type, node), coerce(right, typed.type, node)
        if a.kind == b.kind == "decimal" and right.constant not in (None, 0):
            return Value(f"({a.sql} % {b.sql})", typed.type)
        raise Refused(node, f"A remainder of {typed.type} is left to the residual.")
    type = _whole_type(left, right, typed, node)
    if _is_positive(right):
        return Value(f"({left.sql} % {right.sql})", type)
    # DuckDB raises where the quotient overflows, SQLite divides by 1 instead of -1.
    divisor = _divisor(right, left)
    return Value(f"({left.sql} - {within(f'{left.sql} / {divisor}', type, node)} * {right.sql})", type)


def _whole_type(left: Value, right: Value, typed: Typed | None, node: exp.Expr) -> str:
    if left.constant is not None and right.constant is not None:
        raise Refused(node, "Constants that may fail are computed by the residual, where a row asks for them.")
    type = typed.type if typed is not None else ""
    if type not in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT") or not left.kind == right.kind == "integer":
        raise Refused(node, "SQLite's remainder and whole quotient are DuckDB's for integers only.")
    return type


def _is_positive(value: Value) -> bool:
    return isinstance(value.constant, int) and value.constant > 0


def _divisor(value: Value, divided: Value) -> str:
    """A divisor that raises where it is zero and something is divided, as DuckDB does; SQLite would give NULL."""
    return value.sql if value.constant not in (None, 0) else f"foz_divisor({value.sql}, {divided.sql})"


@renders(exp.Abs)
def _absolute(context: Context, node: exp.Expr) -> Value:
    only(node, "this")
    value = usable(context.value(node.this), node)
    if value.constant is not None or value.signed:
        raise Refused(node, "The absolute value of this is left to the residual.")
    if value.kind == "integer" and value.type in INTEGERS:
        return Value(f"abs({value.sql})" if value.type == "BIGINT" else within(f"abs({value.sql})", value.type, node), value.type)
    if value.kind in ("decimal", "double"):
        return Value(f"abs({value.sql})", value.type, reach=value.reach)
    raise Refused(node, f"The absolute value of {value.type} is left to the residual.")
