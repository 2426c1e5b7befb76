"""Constants that are written as expressions become literals: computed dates and decimals, limits under a cast."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlglot import exp

from planner.dialect import DUCKDB
from planner.types import INTEGERS

MOMENT = "moment"
"""Notes that a constant is of the time at which it was made, to the microsecond."""

Compute = Callable[[Sequence[str]], Sequence[tuple[str, str] | None]]
"""DuckDB's type and text of the value of each SQL expression without columns; None for NULL and where it fails."""

TIMESTAMPS = (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ)
ZONED = (exp.DType.TIMESTAMPTZ,)
_MOMENTS = (exp.DType.DATE, *TIMESTAMPS, *ZONED)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?)?", re.ASCII)

COMPUTED = (
    exp.Add, exp.Sub, exp.Mul, exp.Cast, exp.TimestampTrunc, exp.DateTrunc, exp.DateAdd, exp.DateSub, exp.DateDiff, exp.Extract,
    exp.Year, exp.Quarter, exp.Month, exp.Week, exp.Day, exp.DayOfMonth, exp.DayOfWeek, exp.DayOfWeekIso, exp.DayOfYear, exp.Hour,
    exp.Minute, exp.Second, exp.LastDay, exp.DateFromParts, exp.TimestampFromParts, exp.StrToTime, exp.TimeToStr, exp.AtTimeZone,
    exp.UnixToTime,
)  # fmt: skip
"""What may be computed here, over what is made of it and of `_PARTS` alone."""

_PARTS = (exp.Literal, exp.DataType, exp.DataTypeParam, exp.Interval, exp.IntervalSpan, exp.Var, exp.Paren, exp.Neg, exp.ToDays)
_MADE_OF = (*COMPUTED, *_PARTS)
_GIVEN = {"DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "VARCHAR", *INTEGERS}


def fold_constants(query: exp.Query, compute: Compute) -> exp.Query:
    """Expressions of constants with a date or a decimal in them are the values that DuckDB computes, of the types that it gives
    them. What fails stays, and fails only where a row asks for it.

    >>> from sqlglot import parse_one
    >>> query = parse_one("SELECT DATE '2020-03-31' - INTERVAL 1 MONTH, t.a + 1 FROM t", dialect='duckdb')
    >>> fold_constants(query, lambda expressions: [('TIMESTAMP', '2020-02-29 00:00:00')]).sql('duckdb')
    "SELECT CAST('2020-02-29 00:00:00' AS TIMESTAMP), t.a + 1 FROM t"
    """
    found: list[exp.Expr] = []

    def computed(node: exp.Expr) -> bool:
        if not isinstance(node, COMPUTED) or not _is_constant(node):
            return isinstance(node, exp.DataType)
        if _is_worth_computing(node):
            found.append(node)
        return True

    for _ in query.walk(prune=computed):
        pass
    if found:
        for node, value in zip(found, compute([node.sql(dialect=DUCKDB) for node in found]), strict=True):
            if value is not None and (value[0] in _GIVEN or value[0].startswith("DECIMAL")):
                node.replace(literal(value[1], value[0], node))
    return query


def of_a_moment(part: exp.Expr) -> bool:
    """Whether a query or an expression has a constant that no other moment would have."""
    return any(node.meta_get(MOMENT) for node in part.walk())


def literal(text: str, type: str, instead: exp.Expr) -> exp.Expr:
    """A constant of DuckDB's `type` that stands for the expression `instead`, and is of a moment if that is."""
    made = exp.cast(exp.Literal.string(text), type, dialect=DUCKDB)
    if of_a_moment(instead):
        made.meta[MOMENT] = True
    return made


def _is_constant(node: exp.Expr) -> bool:
    # Nearest parts first, so that a column is met soon: a long sum is asked about at each of its terms.
    return all(isinstance(part, _MADE_OF) for part in node.walk())


def _is_worth_computing(node: exp.Expr) -> bool:
    """Whether there is a date or a decimal in a constant expression, and it is not as plain as it can be."""
    if isinstance(node, exp.Cast) and node.this.is_string:
        return node.to.this in ZONED and not node.this.name.endswith("+00")
    return any(_is_moment(part) or (part.is_number and "." in part.name) for part in node.walk())


def _is_moment(node: exp.Expr) -> bool:
    made = isinstance(node, (exp.DateFromParts, exp.TimestampFromParts, exp.StrToTime, exp.UnixToTime))
    return made or (isinstance(node, exp.Cast) and node.to.this in _MOMENTS)


def bare_limits(query: exp.Query) -> exp.Query:
    """A LIMIT or OFFSET that is an integer under a cast, as a bound parameter is, becomes the integer.

    >>> from sqlglot import parse_one
    >>> bare_limits(parse_one("SELECT 1 LIMIT CAST(5 AS BIGINT)", dialect='duckdb')).sql('duckdb')
    'SELECT 1 LIMIT 5'
    """
    for clause in query.find_all(exp.Limit, exp.Offset):
        count = clause.expression
        if isinstance(count, exp.Cast) and count.this.is_int and count.to.is_type(*exp.DataType.INTEGER_TYPES):
            clause.set("expression", count.this)
    return query


def moment(node: exp.Expr, *types: exp.DType) -> datetime | None:
    """The value of a literal of one of `types`, where its text is one that DuckDB and Python read alike."""
    if not isinstance(node, exp.Cast) or isinstance(node, exp.TryCast) or not node.this.is_string:
        return None
    text = node.this.name.removesuffix("+00") if node.to.this in ZONED else node.this.name
    if node.to.this not in types or not _ISO.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
