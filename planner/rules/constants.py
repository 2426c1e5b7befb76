"""Constants that are written as expressions become literals: dates moved by intervals, limits under a cast."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta

from sqlglot import exp

_MONTHS = {"YEAR": 12, "QUARTER": 3, "MONTH": 1}
_DAYS = {"WEEK": 7, "DAY": 1}
_SECONDS = {"HOUR": 3600, "MINUTE": 60, "SECOND": 1}


def fold_dates(query: exp.Query) -> exp.Query:
    """`DATE '…' ± INTERVAL n unit` is the TIMESTAMP that DuckDB computes: months keep to the last day of a shorter month.

    >>> from sqlglot import parse_one
    >>> fold_dates(parse_one("SELECT CAST('2020-03-31' AS DATE) - INTERVAL '1' MONTH", dialect='duckdb')).sql('duckdb')
    "SELECT CAST('2020-02-29 00:00:00' AS TIMESTAMP)"
    """
    for node in list(query.find_all(exp.Add, exp.Sub)):
        moment = _moment(node.this)
        months, days, seconds = _interval(node.expression) or (0, 0, 0)
        if moment is None or not (months or days or seconds):
            continue
        sign = 1 if isinstance(node, exp.Add) else -1
        try:
            moved = _plus_months(moment, sign * months) + timedelta(days=sign * days, seconds=sign * seconds)
        except (OverflowError, ValueError):
            continue
        node.replace(exp.cast(exp.Literal.string(moved.isoformat(sep=" ")), "TIMESTAMP", dialect="duckdb"))
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


def _moment(node: exp.Expr) -> datetime | None:
    """The value of a DATE or TIMESTAMP literal."""
    if not isinstance(node, exp.Cast) or isinstance(node, exp.TryCast) or not node.this.is_string:
        return None
    if node.to.this not in (exp.DType.DATE, exp.DType.TIMESTAMP):
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
