"""Computations of constants that may fail: a server does them before it reads a row, DuckDB only where a row asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from operator import add, floordiv, mod, mul, sub

from sqlglot import exp

from planner.types import INTEGERS, decimal_parts

REASON = "a computation of constants that may fail is done here, and only where a row asks for it"

_BITS = {"TINYINT": 7, "SMALLINT": 15, "INTEGER": 31, "BIGINT": 63, "HUGEINT": 127}
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.IntDiv, exp.Mod, exp.Neg, exp.Cast)
_OPERATORS: Mapping[type[exp.Expr], Callable[[Decimal, Decimal], Decimal]] = {
    exp.Add: add, exp.Sub: sub, exp.Mul: mul, exp.IntDiv: floordiv, exp.Mod: mod,
}  # fmt: skip
_FUNCTIONS = (
    exp.Pow, exp.Sqrt, exp.Ln, exp.Log, exp.Exp, exp.Factorial, exp.Chr, exp.Acos, exp.Acosh, exp.Asin, exp.Atanh, exp.Cot,
    exp.BitwiseLeftShift, exp.DateFromParts, exp.TimeFromParts, exp.TimestampFromParts, exp.StrToTime, exp.UnixToTime,
)  # fmt: skip
_MOVED = (exp.Add, exp.Sub, exp.DateAdd, exp.DateSub)
_MOMENTS = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
"""Types of constants that the planner has computed already, unless they fail."""

_NAMED = frozenset({"gcd", "lcm", "gamma", "lgamma"})
"""Functions that sqlglot has no node for."""

_VARIES = (exp.Column, exp.Identifier, exp.AggFunc, exp.Window, exp.Query, exp.Subquery)
"""What a computation of constants has none of; a lambda's parameter is an identifier."""

_DIGITS = 80
"""No type has as many: up to here values are exact."""


def may_fail(node: exp.Expr, type: str) -> bool:
    """Whether `node`, of DuckDB's `type`, is computed of constants alone and its value is not known to be one of that type.

    >>> from sqlglot import parse_one
    >>> [may_fail(parse_one(sql, dialect="duckdb"), "INTEGER") for sql in ("1 + 2", "1 // 0", "2147483647 + 1", "1 // a")]
    [False, True, True, False]
    """
    if type in _MOMENTS and isinstance(node, _MOVED):
        return node.find(*_VARIES) is None
    exact = type in INTEGERS or decimal_parts(type) is not None
    fails = isinstance(node, (exp.Div, *_FUNCTIONS)) or (isinstance(node, exp.Anonymous) and node.name.lower() in _NAMED)
    if not (fails or (exact and isinstance(node, _ARITHMETIC))) or isinstance(node, exp.TryCast):
        return False
    if node.find(*_VARIES) is not None:
        return False
    with localcontext(prec=_DIGITS):
        if isinstance(node, exp.Div):
            return not _value(node.expression)
        value = _value(node)
        return value is None or not _holds(type, value)


def _holds(type: str, value: Decimal) -> bool:
    parts = decimal_parts(type)
    if parts is not None:
        precision, scale = parts
        return abs(value) <= Decimal(10**precision - 1).scaleb(-scale)
    return type in _BITS and -(2 ** _BITS[type]) <= value < 2 ** _BITS[type]


def _value(node: exp.Expr) -> Decimal | None:
    """The value of an exact number, None for what is not one, or is not computed here."""
    if isinstance(node, exp.Literal):
        return Decimal(node.name) if not node.is_string and "e" not in node.name.lower() else None
    if isinstance(node, exp.Paren):
        return _value(node.this)
    if isinstance(node, exp.Cast):
        inner = node.this.unnest()
        text = inner.name if isinstance(inner, exp.Literal) and inner.is_string else ""
        return Decimal(text) if text.replace(".", "", 1).removeprefix("-").isdecimal() else _value(inner)
    if isinstance(node, exp.Neg):
        only = _value(node.this)
        return None if only is None else -only
    if not isinstance(node, exp.Binary):
        return None
    left, right = _value(node.this), _value(node.expression)
    if left is None or right is None:
        return None
    if isinstance(node, exp.IntDiv | exp.Mod) and right == 0:
        return None
    operator = _OPERATORS.get(type(node))
    return None if operator is None else operator(left, right)
