"""Constants that are written as expressions become literals: dates moved by intervals, sums of decimals, limits under a cast."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta
from decimal import Decimal

from sqlglot import exp

_MONTHS = {"YEAR": 12, "QUARTER": 3, "MONTH": 1}
_DAYS = {"WEEK": 7, "DAY": 1}
_SECONDS = {"HOUR": 3600, "MINUTE": 60, "SECOND": 1}
TIMESTAMPS = (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ)
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?)?", re.ASCII)
_DECIMAL = re.compile(r"(0|[1-9]\d*)\.(\d+)")
_MAX_DIGITS = 18
"""Up to here DuckDB gives a sum of decimals one digit more than the longer of them; beyond, the rule is another."""


def fold_constants(query: exp.Query) -> exp.Query:
    """`DATE '…' ± INTERVAL n unit` and `0.06 ± 0.01` are the values that DuckDB computes, of the types that it gives them.

    Months keep to the last day of a shorter month.

    >>> from sqlglot import parse_one
    >>> fold_constants(parse_one("SELECT CAST('2020-03-31' AS DATE) - INTERVAL '1' MONTH", dialect='duckdb')).sql('duckdb')
    "SELECT CAST('2020-02-29 00:00:00' AS TIMESTAMP)"
    >>> fold_constants(parse_one("SELECT 0.06 - 0.01", dialect='duckdb')).sql('duckdb')
    "SELECT CAST('0.05' AS DECIMAL(4, 2))"
    """
    for node in list(query.find_all(exp.Add, exp.Sub)):
        folded = _moved(node) or _summed(node)
        if folded is not None:
            node.replace(folded)
    return query


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


def _moved(node: exp.Binary) -> exp.Expr | None:
    begin = moment(node.this, exp.DType.DATE, *TIMESTAMPS)
    months, days, seconds = (_interval(node.expression) if begin is not None else None) or (0, 0, 0)
    if begin is None or not (months or days or seconds):
        return None
    sign = 1 if isinstance(node, exp.Add) else -1
    try:
        moved = _plus_months(begin, sign * months) + timedelta(days=sign * days, seconds=sign * seconds)
    except (OverflowError, ValueError):
        return None
    return exp.cast(exp.Literal.string(moved.isoformat(sep=" ")), "TIMESTAMP", dialect="duckdb")


def _summed(node: exp.Binary) -> exp.Expr | None:
    """The sum or difference of two decimal literals under the type of DuckDB's: a digit more than the longer has before its
    point, and as many as either has behind it."""
    found = [_DECIMAL.fullmatch(side.name) if side.is_number else None for side in (node.this, node.expression)]
    if found[0] is None or found[1] is None:
        return None
    scale = max(len(each[2]) for each in found if each is not None)
    digits = max(len(each[1]) for each in found if each is not None) + scale + 1
    if digits > _MAX_DIGITS:
        return None
    left, right = Decimal(node.this.name), Decimal(node.expression.name)
    value = left + right if isinstance(node, exp.Add) else left - right
    return exp.cast(exp.Literal.string(f"{value:.{scale}f}"), f"DECIMAL({digits}, {scale})", dialect="duckdb")


def moment(node: exp.Expr, *types: exp.DType) -> datetime | None:
    """The value of a literal of one of `types`, where its text is one that DuckDB and Python read alike."""
    if not isinstance(node, exp.Cast) or isinstance(node, exp.TryCast) or not node.this.is_string:
        return None
    if node.to.this not in types or not _ISO.fullmatch(node.this.name):
        return None
    try:
        return datetime.fromisoformat(node.this.name)
    except ValueError:
        return None


def _interval(node: exp.Expr) -> tuple[int, int, int] | None:
    """Months, days and seconds of an interval of whole units."""
    if not isinstance(node, exp.Interval) or node.this is None or not node.this.name.lstrip("-").isdigit():
        return None
    count, unit = int(node.this.name), str(node.args.get("unit") or "").upper().rstrip("S")
    if abs(count) > 1_000_000:
        return None
    return count * _MONTHS.get(unit, 0), count * _DAYS.get(unit, 0), count * _SECONDS.get(unit, 0)


def _plus_months(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
