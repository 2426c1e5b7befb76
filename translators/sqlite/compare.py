"""Comparing and converting rendered values so that SQLite decides as DuckDB would.

SQLite compares by storage class and affinity: an integer with a text, an integer with a real. Here both sides of a comparison are
brought to one type first, so that SQLite never has to choose.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from planner.types import NULL, common, exact_parts
from translators.sqlite import constants
from translators.sqlite.types import Kind, decimal
from translators.sqlite.values import Refused, Value

if TYPE_CHECKING:
    from translators.sqlite.expressions import Context

_COMPARED: frozenset[Kind] = frozenset({"integer", "double", "text", "boolean", "date", "timestamp", "decimal", "blob"})
_MAX_DIGITS = 18
"""Digits of the numbers that SQLite's integers hold, whatever the digits are."""

EXACT_DIGITS = 15
"""Digits of the integers that are floating-point numbers too."""

_DAY = 86_400_000_000


def usable(value: Value, node: exp.Expr) -> Value:
    """The value, if anything may be computed with it. Raises Refused."""
    if value.low is not None:
        raise Refused(node, "SQLite's integers are too small for a sum: it is only delivered, compared and ordered by.")
    if value.type != NULL and value.kind not in _COMPARED:
        raise Refused(node, f"Values of {value.type} are only read in SQLite, not computed with.")
    return value


def certain(value: Value, node: exp.Expr) -> Value:
    """The value, if it may be asked whether it is NULL. Raises Refused."""
    if value.kind in ("number", "written") and value.low is None:
        raise Refused(node, f"Whether a value of {value.type} fits is known only after reading.")
    return value


def boolean(value: Value, node: exp.Expr) -> str:
    if value.type not in ("BOOLEAN", NULL):
        raise Refused(node, "Only a BOOLEAN is a condition in SQLite as in DuckDB.")
    return value.sql


def coerce(value: Value, type: str, node: exp.Expr) -> Value:
    """The value as one of `type`, converted as DuckDB does implicitly. Raises Refused."""
    if value.type == NULL:
        return Value("NULL", type, reach=0)
    if value.constant is not None:
        constant = value.constant
        sql = constants.read_as(constant, type) if isinstance(constant, str) else constants.number(constant, type)
        if value.type == type == "BOOLEAN":
            sql = value.sql
        if sql is None:
            raise Refused(node, f"The constant is no {type} as it stands, or SQLite may read it as another value.")
        reach = None if isinstance(constant, str) else max(0, Decimal(constant).adjusted() + 1)
        return Value(sql, type, reach=reach)
    if value.type == type:
        return value
    if value.low is not None and type == "DOUBLE":
        parts = decimal(value.type)
        return Value(f"foz_double({value.sql}, {value.low}, {parts.scale if parts else 0})", type, reach=39)
    usable(value, node)
    return replace(_converted(value, type, node), origin=None)


def _converted(value: Value, type: str, node: exp.Expr) -> Value:
    parts, own = decimal(type), decimal(value.type)
    whole, wider = exact_parts(value.type), exact_parts(type)
    if value.kind == "integer" and type in ("SMALLINT", "INTEGER", "BIGINT") and whole and wider and whole[0] <= wider[0]:
        return Value(value.sql, type)
    if type == "DOUBLE" and value.kind == "integer":
        return Value(f"CAST({value.sql} AS REAL)", type, reach=19)
    if type == "DOUBLE" and own is not None and own.precision <= EXACT_DIGITS:
        sql = f"CAST({value.sql} AS REAL)"
        return Value(f"({sql} / {10**own.scale}.0)" if own.scale else sql, type, reach=own.precision)
    if parts is not None and parts.precision <= _MAX_DIGITS and exact_parts(value.type):
        precision, scale = exact_parts(value.type) or (0, 0)
        if scale <= parts.scale and precision - scale <= parts.precision - parts.scale:
            more = 10 ** (parts.scale - scale)
            return Value(f"({value.sql} * {more})" if more > 1 else value.sql, type)
    if value.type == "DATE" and type == "TIMESTAMP":
        return Value(f"foz_integer({value.sql} * {_DAY})", type)
    raise Refused(node, f"A {value.type} beside a {type} is converted by other rules in SQLite.")


def compare(context: Context, left: Value, operator: str, right: Value, node: exp.Expr) -> str:
    """`left operator right` as SQL. Raises Refused."""
    if left.low is not None or right.low is not None:
        return _of_sums(left, operator, right, node)
    rounded = _whole_side(left, operator, right)
    if rounded is not None:
        left, operator, right = rounded
    a, b = pair(left, right, node)
    if not operator.startswith("IS") and "NULL" in (a.sql, b.sql):
        # SQLite puts the NULL of `id = NULL` where the id is checked, and checks it though there is no row.
        return "NULL"
    if operator not in ("=", "<>", "IS", "IS NOT"):
        for side in (a, b):
            ordered(context, side, node)
    return f"{a.sql} {operator} {b.sql}"


def pair(left: Value, right: Value, node: exp.Expr) -> tuple[Value, Value]:
    """Both values in the type in which DuckDB compares them. Raises Refused."""
    if left.constant is not None and right.constant is not None:
        raise Refused(node, "Two constants are left to the residual.")
    for side in (left, right):
        if side.constant is None:
            usable(side, node)
    both = common(left.typed, right.typed)
    if both is None or both.type == NULL:
        raise Refused(node, f"A {left.type} beside a {right.type} is converted by other rules in SQLite.")
    return coerce(left, both.type, node), coerce(right, both.type, node)


_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _whole_side(left: Value, operator: str, right: Value) -> tuple[Value, str, Value] | None:
    """A comparison of whole numbers with one between two of them, as one with the lower: `n > 2.5` is `n > 2`."""
    if isinstance(left.constant, Decimal) and operator in _TURNED:
        left, operator, right = right, _TURNED[operator], left
    if not isinstance(right.constant, Decimal) or left.constant is not None or operator not in _TURNED:
        return None
    parts = exact_parts(left.type)
    if parts is None or left.kind not in ("integer", "decimal"):
        return None
    unscaled = right.constant.scaleb(parts[1])
    lower = unscaled.to_integral_value(ROUND_FLOOR)
    if lower == unscaled:
        return None
    below = lower.scaleb(-parts[1])
    constant = int(below) if left.kind == "integer" else below
    return left, ">" if operator in (">", ">=") else "<=", Value("", left.type, constant=constant)


def _of_sums(left: Value, operator: str, right: Value, node: exp.Expr) -> str:
    """A comparison of sums, which are two integers each: as SQLite compares rows of values."""
    if operator in ("IS", "IS NOT"):
        raise Refused(node, "A sum is two integers in SQLite, which IS does not compare.")
    a, b = (_halves(value, other, node) for value, other in ((left, right), (right, left)))
    return f"({a[0]}, {a[1]}) {operator} ({b[0]}, {b[1]})"


def _halves(value: Value, other: Value, node: exp.Expr) -> tuple[str, str]:
    if value.low is not None:
        parts, others = decimal(value.type), decimal(other.type)
        if other.low is not None and (parts.scale if parts else 0) != (others.scale if others else 0):
            raise Refused(node, "Sums of several scales are not compared in SQLite.")
        return value.sql, value.low
    parts = decimal(other.type)
    if isinstance(value.constant, (int, Decimal)):
        unscaled = Decimal(value.constant).scaleb(parts.scale if parts else 0)
        if unscaled == unscaled.to_integral_value() and abs(unscaled) < 2**90:
            return str(int(unscaled) >> 32), str(int(unscaled) & 0xFFFFFFFF)
    raise Refused(node, f"A sum is not compared with a {value.type} in SQLite.")


def ordered(context: Context, value: Value, node: exp.Expr) -> Value:
    """The value, if SQLite orders it as DuckDB does. Raises Refused."""
    usable(value, node)
    if value.kind == "text" and not context.utf8 and value.constant is None:
        raise Refused(node, "The database stores text as UTF-16, whose order is another.")
    return value


def told_apart(value: Value, node: exp.Expr) -> Value:
    """The value, if SQLite tells it apart from others as DuckDB does. Raises Refused."""
    usable(value, node)
    if value.type == NULL:
        raise Refused(node, "NULL without a type is left to the residual.")
    if value.signed:
        raise Refused(node, "Which of zero and minus zero stays is open.")
    return value
