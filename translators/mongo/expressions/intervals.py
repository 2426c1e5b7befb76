"""DATE and TIMESTAMP plus or minus constant intervals and days."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlglot import exp

from planner.types import INTEGERS
from translators.mongo.constants import instant
from translators.mongo.expressions import build
from translators.mongo.expressions.convert import checked
from translators.mongo.expressions.dates import DAY_MS, later_months, moment
from translators.mongo.expressions.dispatch import HANDLERS, Computing, computes, only
from translators.mongo.expressions.stored import FIRST_MS, LAST_MS
from translators.mongo.expressions.value import Value, reads_of
from translators.mongo.refusal import Refused

_MONTHS = {"year": 12, "quarter": 3, "month": 1, "decade": 120, "century": 1200, "millennium": 12000}
_DAYS = {"day": 1, "week": 7}
_MILLISECONDS = {"hour": 3_600_000, "minute": 60_000, "second": 1000, "millisecond": 1}
_PLURALS = {"centuries": "century", "millennia": "millennium"}
_MOST_MONTHS = 12_000_000
_MOST_DAYS = 100_000_000
_numbers = HANDLERS[exp.Add]


@dataclass(frozen=True)
class Interval:
    """Like DuckDB's: months, days and what is shorter are kept apart."""

    months: int = 0
    days: int = 0
    milliseconds: int = 0

    def negated(self) -> Interval:
        return Interval(-self.months, -self.days, -self.milliseconds)


def interval(node: exp.Expr) -> Interval:
    """A constant interval of one unit. Raises Refused."""
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.Neg):
        return interval(node.this).negated()
    amount, unit = node.this, node.args.get("unit")
    sign = 1
    if isinstance(amount, exp.Neg):
        amount, sign = amount.this, -1
    if not isinstance(amount, exp.Literal) or not isinstance(unit, exp.Var):
        raise Refused(node, "the interval is not one constant number of a unit")
    name = unit.name.lower()
    name = _PLURALS.get(name, name.removesuffix("s"))
    try:
        number = sign * int(Decimal(amount.name)) if Decimal(amount.name) % 1 == 0 else None
    except ArithmeticError:
        number = None
    if number is None or abs(number) >= 2**31:
        raise Refused(node, "the interval is not one constant number of a unit")
    for units, field in ((_MONTHS, "months"), (_DAYS, "days"), (_MILLISECONDS, "milliseconds")):
        if name in units:
            return Interval(**{field: number * units[name]})
    raise Refused(node, f"MongoDB's dates have no {name}")


def is_interval(node: exp.Expr) -> bool:
    while isinstance(node, (exp.Paren, exp.Neg)):
        node = node.this
    return isinstance(node, exp.Interval)


@computes(exp.Add, exp.Sub)
def _sum(computing: Computing, node: exp.Binary) -> Value:
    left, right = node.this, node.expression
    if isinstance(node, exp.Add) and is_interval(left):
        left, right = right, left
    if is_interval(right):
        only(node, "this", "expression")
        by = interval(right)
        return _moved(computing, left, by if isinstance(node, exp.Add) else by.negated(), node)
    if any(_is_date(computing, part) for part in (left, right)):
        return _of_days(computing, node)
    return _numbers(computing, node)


@computes(exp.DateAdd)
def _added(computing: Computing, node: exp.DateAdd) -> Value:
    only(node, "this", "expression")
    if not is_interval(node.expression):
        raise Refused(node, "the interval is not one constant number of a unit")
    return _moved(computing, node.this, interval(node.expression), node)


def _moved(computing: Computing, of: exp.Expr, by: Interval, node: exp.Expr) -> Value:
    value = moment(computing, of, node)
    if abs(by.months) > _MOST_MONTHS:
        raise Refused(node, "the interval is longer than MongoDB's dates")
    result: Any = value.expression
    if by.months:
        result = later_months(result, by.months)
    if by.days or by.milliseconds:
        result = {"$add": [result, build.constant(by.days * DAY_MS + by.milliseconds)]}
    result = checked(result, instant(FIRST_MS), instant(LAST_MS), "a time is beyond TIMESTAMP")
    return Value(result, "TIMESTAMP", "date", value.nullable, value.reads)


def _is_date(computing: Computing, node: exp.Expr) -> bool:
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, (exp.Column, exp.Dot, exp.Cast)):
        return computing.operand(node).kind == "date"
    return not isinstance(node, (exp.Literal, exp.Null)) and computing.value(node).kind == "date"


def _of_days(computing: Computing, node: exp.Binary) -> Value:
    left, right = computing.value(node.this), computing.value(node.expression)
    nullable, reads = left.nullable or right.nullable, reads_of(left, right)
    if left.type == right.type == "DATE" and isinstance(node, exp.Sub):
        days = {"$divide": [{"$subtract": [left.expression, right.expression]}, DAY_MS]}
        return Value({"$toLong": days}, "BIGINT", "long", nullable, reads)
    if isinstance(node, exp.Add) and left.type in INTEGERS:
        left, right = right, left
    given = right.constant
    few = right.type in ("TINYINT", "SMALLINT") or (given is not None and given.kind == "int" and abs(given.value) < _MOST_DAYS)
    if left.type == "DATE" and right.type == "INTEGER" and not few:
        raise Refused(node, "so many days may be beyond MongoDB's dates")
    if left.type != "DATE" or not few:
        raise Refused(node, f"{left.type} and {right.type} are not computed with in MongoDB")
    operator = "$add" if isinstance(node, exp.Add) else "$subtract"
    moved = {operator: [left.expression, {"$multiply": [right.expression, build.constant(DAY_MS)]}]}
    return Value(moved, "DATE", "date", nullable, reads)
