"""Parts, truncation and differences of DATE and TIMESTAMP. BSON's dates are milliseconds since 1970, in UTC, and so are ours.

What makes or formats years goes around MongoDB's own functions, which know the years 1 to 9999 only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from translators.mongo.expressions import build
from translators.mongo.expressions.arithmetic import of_integers
from translators.mongo.expressions.dispatch import Computing, arguments, computes, only
from translators.mongo.expressions.value import Value, reads_of
from translators.mongo.refusal import Refused

DAY_MS = 86_400_000
_WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"]  # fmt: skip


def moment(computing: Computing, node: exp.Expr | None, owner: exp.Expr) -> Value:
    """A DATE or TIMESTAMP. Raises Refused for anything else."""
    value = computing.value(node)
    if value.kind != "date" or value.type not in ("DATE", "TIMESTAMP"):
        raise Refused(owner, f"{owner.key.upper()} of {value.type} is not translated to MongoDB")
    return value


def _whole(dividend: Any, divisor: int) -> Any:
    """The quotient of two small whole numbers, towards zero."""
    return {"$toInt": {"$trunc": {"$divide": [dividend, divisor]}}}


def _century(years: int) -> Callable[[Any], Any]:
    def part(date: Any) -> Any:
        year = {"$year": date}
        after = {"$add": [_whole({"$subtract": [year, 1]}, years), 1]}
        return build.cond({"$gt": [year, 0]}, after, {"$subtract": [_whole(year, years), 1]})

    return part


def _year_week(date: Any) -> Any:
    year, week = {"$toInt": {"$isoWeekYear": date}}, {"$isoWeek": date}
    return build.let(
        year,
        lambda found: {"$add": [{"$multiply": [found, 100]}, build.cond({"$gt": [found, 0]}, week, {"$multiply": [week, -1]})]},
    )


def _within_minute(factor: int) -> Callable[[Any], Any]:
    """Seconds and their fraction in units of which a second has `factor` thousand."""
    return lambda date: {
        "$multiply": [{"$add": [{"$multiply": [{"$second": date}, 1000]}, {"$millisecond": date}]}, build.constant(factor)]
    }


_PARTS: dict[str, Callable[[Any], Any]] = {
    "year": lambda date: {"$year": date},
    "isoyear": lambda date: {"$isoWeekYear": date},
    "quarter": lambda date: {"$toInt": {"$ceil": {"$divide": [{"$month": date}, 3]}}},
    "month": lambda date: {"$month": date},
    "week": lambda date: {"$isoWeek": date},
    "yearweek": _year_week,
    "day": lambda date: {"$dayOfMonth": date},
    "dow": lambda date: {"$subtract": [{"$dayOfWeek": date}, 1]},
    "isodow": lambda date: {"$isoDayOfWeek": date},
    "doy": lambda date: {"$dayOfYear": date},
    "hour": lambda date: {"$hour": date},
    "minute": lambda date: {"$minute": date},
    "second": lambda date: {"$second": date},
    "millisecond": _within_minute(1),
    "microsecond": _within_minute(1000),
    "decade": lambda date: _whole({"$year": date}, 10),
    "century": _century(100),
    "millennium": _century(1000),
    "era": lambda date: build.cond({"$gt": [{"$year": date}, 0]}, 1, 0),
    "days_in_month": lambda date: {"$dayOfMonth": last_day(date)},
}
_SAME: dict[str, str] = {
    "dayofmonth": "day", "dayofyear": "doy", "dayofweek": "dow", "weekday": "dow", "weekofyear": "week",
    "years": "year", "quarters": "quarter", "months": "month", "weeks": "week", "days": "day", "hours": "hour",
    "minutes": "minute", "seconds": "second", "milliseconds": "millisecond", "microseconds": "microsecond",
    "decades": "decade", "centuries": "century",
}  # fmt: skip
_GUARDED = {"yearweek", "century", "millennium", "era"}
"""Parts whose expression would give a number for NULL."""

_CLASSES: dict[type[exp.Expr], str] = {
    exp.Year: "year", exp.Quarter: "quarter", exp.Month: "month", exp.Week: "week", exp.WeekOfYear: "week", exp.Day: "day",
    exp.DayOfMonth: "day", exp.DayOfWeek: "dow", exp.DayOfWeekIso: "isodow", exp.DayOfYear: "doy", exp.Hour: "hour",
    exp.Minute: "minute", exp.Second: "second",
}  # fmt: skip
_NAMES = {"isoyear", "yearweek", "weekday", "millisecond", "microsecond", "decade", "century", "millennium", "era",
          "days_in_month"}  # fmt: skip


@computes(*_CLASSES)
def _part_by_class(computing: Computing, node: exp.Expr) -> Value:
    only(node, "this")
    return _part(_CLASSES[type(node)], computing, node.this, node)


@computes(named=_NAMES)
def _part_by_name(computing: Computing, node: exp.Anonymous) -> Value:
    return _part(node.name.lower(), computing, arguments(node, 1)[0], node)


@computes(exp.Extract)
def _extract(computing: Computing, node: exp.Extract) -> Value:
    only(node, "this", "expression")
    return _part(node.this.name.lower(), computing, node.expression, node)


@computes(named=("date_part", "datepart"))
def _date_part(computing: Computing, node: exp.Anonymous) -> Value:
    part, date = arguments(node, 2)
    if not isinstance(part, exp.Literal) or not part.is_string:
        raise Refused(node, "the part is not constant")
    return _part(part.name.lower(), computing, date, node)


def _part(name: str, computing: Computing, of: exp.Expr, node: exp.Expr) -> Value:
    value = moment(computing, of, node)
    name = _SAME.get(name, name)
    if name == "epoch":
        return _epoch_seconds(value)
    part = _PARTS.get(name)
    if part is None:
        raise Refused(node, f"MongoDB has no {name} of a date")
    guarded = [True] if name in _GUARDED and value.nullable else []
    found = build.let(value.expression, lambda date: build.unless_null([date for _ in guarded], part(date)))
    return Value(found, "BIGINT", "long", value.nullable, value.reads)


def _epoch_seconds(value: Value) -> Value:
    """DuckDB divides its microseconds as a double."""
    microseconds = {"$toDouble": {"$multiply": [{"$toLong": value.expression}, 1000]}}
    return Value({"$divide": [microseconds, 1_000_000]}, "DOUBLE", "double", value.nullable, value.reads)


@computes(exp.TimeToUnix)
def _epoch(computing: Computing, node: exp.TimeToUnix) -> Value:
    only(node, "this")
    return _epoch_seconds(moment(computing, node.this, node))


@computes(exp.UnixToTime)
def _epoch_ms(computing: Computing, node: exp.UnixToTime) -> Value:
    only(node, "this", "scale")
    scale = node.args.get("scale")
    if scale is None or scale.name != "3":
        raise Refused(node, "TIMESTAMP WITH TIME ZONE is not computed with in MongoDB")
    value = moment(computing, node.this, node)
    return Value({"$toLong": value.expression}, "BIGINT", "long", value.nullable, value.reads)


@computes(named=("epoch_us",))
def _epoch_us(computing: Computing, node: exp.Anonymous) -> Value:
    value = moment(computing, arguments(node, 1)[0], node)
    product = of_integers("BIGINT", {"$multiply": [{"$toLong": value.expression}, 1000]}, node)
    return Value(product, "BIGINT", "long", value.nullable, value.reads)


def last_day(date: Any) -> Any:
    month = {"$dateTrunc": {"date": date, "unit": "month"}}
    return {"$subtract": [{"$dateAdd": {"startDate": month, "unit": "month", "amount": 1}}, DAY_MS]}


def later_months(date: Any, months: int) -> Any:
    """The date so many months later. The time of day is kept aside: `$dateAdd` takes a second from times before 1970 that are
    no whole seconds (6.0.5)."""

    def body(whole: Any) -> Any:
        day = {"$dateTrunc": {"date": whole, "unit": "day"}}
        return {"$add": [{"$dateAdd": {"startDate": day, "unit": "month", "amount": months}}, {"$subtract": [whole, day]}]}

    return build.let(date, body)


@computes(exp.LastDay)
def _last_day(computing: Computing, node: exp.LastDay) -> Value:
    only(node, "this")
    value = moment(computing, node.this, node)
    return Value(last_day(value.expression), "DATE", "date", value.nullable, value.reads)


def weekday_name(date: Any) -> Any:
    return {"$arrayElemAt": [build.constant(_WEEKDAYS), {"$subtract": [{"$dayOfWeek": date}, 1]}]}


def month_name(date: Any) -> Any:
    return {"$arrayElemAt": [build.constant(_MONTHS), {"$subtract": [{"$month": date}, 1]}]}


@computes(exp.Dayname, exp.Monthname)
def _name(computing: Computing, node: exp.Expr) -> Value:
    only(node, "this")
    value = moment(computing, node.this, node)
    name = weekday_name(value.expression) if isinstance(node, exp.Dayname) else month_name(value.expression)
    return Value(name, "VARCHAR", "string", value.nullable, value.reads)


_TRUNCATIONS = {"year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond"}


@computes(exp.TimestampTrunc, exp.DateTrunc)
def _truncated(computing: Computing, node: exp.Expr) -> Value:
    only(node, "this", "unit")
    value = moment(computing, node.this, node)
    unit = _SAME.get(node.args["unit"].name.lower(), node.args["unit"].name.lower())
    if unit not in _TRUNCATIONS:
        raise Refused(node, f"MongoDB does not truncate a date to {unit}")
    return Value(truncated(value.expression, unit), "TIMESTAMP", "date", value.nullable, value.reads)


def truncated(date: Any, unit: str) -> Any:
    week = {"startOfWeek": "monday"} if unit == "week" else {}
    return {"$dateTrunc": {"date": date, "unit": unit, **week}}


def _quarters(date: Any) -> Any:
    months = build.let(date, lambda day: {"$add": [{"$multiply": [{"$year": day}, 12]}, {"$month": day}, -1]})
    return {"$toLong": {"$trunc": {"$divide": [months, 3]}}}


_BOUNDARIES = {"year", "quarter", "month", "day", "hour", "minute", "second", "millisecond"}
_LASTING_MS = {"day": DAY_MS, "hour": 3_600_000, "minute": 60_000, "second": 1000, "millisecond": 1, "week": 7 * DAY_MS}


@computes(exp.DateDiff)
def _difference(computing: Computing, node: exp.DateDiff) -> Value:
    only(node, "this", "expression", "unit", "date_part_boundary")
    unit = node.args["unit"].name.lower() if node.args.get("unit") else ""
    unit = _SAME.get(unit, unit)
    end, start = moment(computing, node.this, node), moment(computing, node.expression, node)
    if unit not in _BOUNDARIES:
        raise Refused(node, f"MongoDB does not count {unit or 'this unit'} between dates as DuckDB does")
    found: Any = {"$dateDiff": {"startDate": start.expression, "endDate": end.expression, "unit": unit}}
    if unit == "quarter":  # DuckDB divides months since year 0 towards zero
        found = {"$subtract": [_quarters(end.expression), _quarters(start.expression)]}
    return Value(found, "BIGINT", "long", start.nullable or end.nullable, reads_of(start, end))


@computes(named=("date_sub", "datesub"))
def _elapsed(computing: Computing, node: exp.Anonymous) -> Value:
    part, first, last = arguments(node, 3)
    unit = part.name.lower() if isinstance(part, exp.Literal) and part.is_string else ""
    unit = _SAME.get(unit, unit)
    start, end = moment(computing, first, node), moment(computing, last, node)
    if unit not in _LASTING_MS:
        raise Refused(node, f"MongoDB does not count whole {unit or 'units'} between dates as DuckDB does")
    # Divided as decimals: milliseconds between far dates have more digits than a double.
    quotient = {"$divide": [{"$toDecimal": {"$subtract": [end.expression, start.expression]}}, _LASTING_MS[unit]]}
    return Value({"$toLong": {"$trunc": quotient}}, "BIGINT", "long", start.nullable or end.nullable, reads_of(start, end))
