"""Values in SQLite's words, and when two of them may stand beside each other.

Two values compare only when their kinds are the same; a constant is fitted to the other side's kind first.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from translators.sqlite.types import Kind, decimal

_EPOCH = datetime.datetime(1970, 1, 1)
COMPARED: frozenset[Kind] = frozenset({"integer", "double", "text", "boolean", "date", "timestamp", "decimal"})


class Refused(Exception):
    """A node that SQLite is not asked for."""

    def __init__(self, node: exp.Expr, reason: str) -> None:
        super().__init__(reason)
        self.node = node
        self.reason = reason


@dataclass(frozen=True)
class Value:
    """SQL and what it gives. `constant` is a literal's value, `column` the (alias, name) of a column that stands alone."""

    sql: str
    kind: Kind
    type: str
    constant: int | Decimal | str | None = None
    column: tuple[str, str] | None = None


@dataclass(frozen=True)
class Scope:
    """What names mean: the type of each column node by `id(node)`. `text_ordered`: the database orders text as DuckDB does;
    `aggregates`: they may stand here."""

    types: Mapping[int, str]
    text_ordered: bool = True
    aggregates: bool = False


def only(node: exp.Expr, *known: str) -> None:
    """Refuses a node with an argument that is not among `known`."""
    extra = [name for name, value in node.args.items() if value not in (None, False, []) and name not in known]
    if extra:
        raise Refused(node, f"{type(node).__name__} with {extra[0]} is not known to mean the same in SQLite.")


def fitted(node: exp.Expr, value: Value, like: Value) -> Value:
    """A constant in the kind of `like`; any other value must have that kind already. Raises Refused."""
    if value.type == '"NULL"':
        return value
    constant = value.constant
    if constant is None:
        if value.kind == like.kind and (value.kind != "decimal" or decimal(value.type) == decimal(like.type)):
            return value
        raise Refused(node, f"A {value.type} beside a {like.type} is converted by other rules in SQLite.")
    if isinstance(constant, str):
        if like.kind == "text":
            return value
        if like.kind == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", constant):
            return _moment(node, constant, "date", "DATE")
        if like.kind == "timestamp" and re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{6})?)?", constant):
            return _moment(node, constant, "timestamp", "TIMESTAMP")
    elif (like.kind == "integer" and isinstance(constant, int) and value.kind == "integer") or (
        like.kind == "boolean" and value.kind == "boolean"
    ):
        return value
    elif like.kind == "double" and value.kind != "boolean":
        return Value(_floating(node, Decimal(constant)), "double", "DOUBLE")
    elif like.kind == "decimal" and value.kind != "boolean":
        parts = decimal(like.type)
        assert parts is not None
        whole = Decimal(constant).scaleb(parts.scale)
        if whole == whole.to_integral_value() and abs(whole) < 10**18:
            return Value(str(int(whole)), "decimal", like.type)
    raise Refused(node, f"The constant is no {like.type} as it stands.")


def _moment(node: exp.Expr, constant: str, kind: Kind, type: str) -> Value:
    try:
        since = datetime.datetime.fromisoformat(constant) - _EPOCH
    except ValueError:
        raise Refused(node, f"The constant is no {type}.") from None
    return Value(str(since.days if kind == "date" else since // datetime.timedelta(microseconds=1)), kind, type)


def _floating(node: exp.Expr, number: Decimal) -> str:
    """Digits that SQLite and DuckDB read as the same floating-point number: few enough that both are exact."""
    if number == number.to_integral_value() and abs(number) <= 2**53:
        return f"CAST({int(number)} AS REAL)" if abs(number) >= 10**15 else f"{int(number)}.0"
    digits = number.normalize().as_tuple()
    assert isinstance(digits.exponent, int)
    if len(digits.digits) > 15 or abs(digits.exponent) > 22:
        raise Refused(node, "SQLite may read this number as another.")
    written = format(number, "f")
    return written if "." in written and not written.endswith(".") else written.rstrip(".") + ".0"


def _pair(node: exp.Expr, left: Value, right: Value) -> tuple[Value, Value]:
    """Both sides in one kind. Raises Refused."""
    if left.constant is not None and right.constant is None:
        return fitted(node, left, right), right
    if right.constant is not None and left.constant is None:
        return left, fitted(node, right, left)
    if left.constant is not None:
        if left.kind != right.kind or left.kind == "null":
            raise Refused(node, "Two constants are left to the residual.")
        return left, right
    if left.type == '"NULL"' or right.type == '"NULL"':
        return left, right
    return left, fitted(node, right, left)


def compared(operator: str, node: exp.Expr, left: Value, right: Value, scope: Scope) -> str:
    left, right = _pair(node, left, right)
    for side in (left, right):
        if side.type != '"NULL"' and side.kind not in COMPARED:
            raise Refused(node, f"SQLite does not compare values of {side.type} as DuckDB does.")
        if operator not in ("=", "<>", "IS", "IS NOT"):
            ordered(node, side, scope)
    return f"{left.sql} {operator} {right.sql}"


def ordered(node: exp.Expr, value: Value, scope: Scope) -> Value:
    """The value, if SQLite orders it as DuckDB does. Raises Refused."""
    if value.type != '"NULL"' and value.kind not in COMPARED:
        raise Refused(node, f"SQLite does not order values of {value.type} as DuckDB does.")
    if value.kind == "text" and not scope.text_ordered and value.constant is None:
        raise Refused(node, "The database stores text as UTF-16, whose order is another.")
    return value
