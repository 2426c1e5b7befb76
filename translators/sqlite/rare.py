"""The functions that SQLite's statements call where SQLite itself has none, or would give another answer.

Texts with a zero byte, at which several of SQLite's own end; the case of letters beyond ASCII; the calendar; rounding; and
computations that raise where DuckDB raises.
"""

from __future__ import annotations

import datetime
import math
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from planner.errors import FozError, SqlType
from translators.sqlite import wide
from translators.sqlite.casts import Casts

_EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
_EPOCH = datetime.datetime(1970, 1, 1)
_FIRST, _LAST = 1 - _EPOCH_DAY, datetime.date.max.toordinal() - _EPOCH_DAY


def register(connection: sqlite3.Connection, casts: Casts, fail: Callable[[FozError], None]) -> None:
    """Makes the functions known to the connection's statements. `fail` is told the error of a computation that raises."""

    def raised(message: str) -> None:
        fail(SqlType(message))
        raise OverflowError

    def within(value: int | float | None, low: int, high: int) -> int | float | None:
        if value is not None and (isinstance(value, float) or not low <= value <= high):
            raised("A number is out of the range of its type.")
        return value

    def integer(value: int | float | None) -> int | float | None:
        if isinstance(value, float):
            raised("A sum, difference or product of integers is out of the range of BIGINT.")
        return value

    def divisor(value: int | None, divided: int | None) -> int | None:
        if value == 0 and divided is not None:
            raised("Division by zero.")
        return value

    def rounded(value: float | None, low: int, high: int) -> int | float | None:
        if value is not None and not math.isfinite(value):
            raised("A floating-point number is out of the range of the integers.")
        return None if value is None else within(round(value), low, high)

    def day(value: int | None) -> int | None:
        if value is not None and not -(2**31) + 2 <= value <= 2**31 - 2:
            raised("A date is out of range.")
        return value

    simple: Mapping[str, tuple[int, Callable[..., Any]]] = {
        "foz_within": (3, within),
        "foz_integer": (1, integer),
        "foz_divisor": (2, divisor),
        "foz_rounded": (3, rounded),
        "foz_day": (1, day),
        "foz_double": (3, wide.as_double),
        "foz_quotient": (4, wide.quotient),
        "foz_mean": (4, wide.mean),
        "foz_length": (1, len),
        "foz_substring": (3, _substring),
        "foz_glob": (2, _glob),
        "foz_lower": (1, lambda value: None if value is None else value.translate(casts.letters("lower"))),
        "foz_upper": (1, lambda value: None if value is None else value.translate(casts.letters("upper"))),
        "foz_floor": (1, lambda value: _whole(math.floor, value)),
        "foz_ceil": (1, lambda value: _whole(math.ceil, value)),
        "foz_trunc": (1, lambda value: _whole(math.trunc, value)),
        "foz_round": (2, _round),
        "foz_calendar": (2, lambda part, value: None if value is None else _calendar(casts, part, value)),
        "foz_day_text": (1, lambda value: None if value is None else _day_text(casts, value)),
        "foz_moment_text": (1, lambda value: None if value is None else _moment_text(casts, value)),
    }
    for name, (arguments, function) in simple.items():
        connection.create_function(name, arguments, function, deterministic=True)


def _substring(value: str, start: int, size: int | None) -> str:
    """From the `start`-th letter on, which counts from the end where it is negative; of `size` letters, or to the end."""
    begin = start - 1 if start > 0 else max(0, len(value) + start)
    return value[begin:] if size is None else value[begin : begin + size]


def _glob(value: str, pattern: str) -> bool:
    return _expression(pattern).fullmatch(value) is not None


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    parts = re.findall(r"\[.\]|.", pattern, re.DOTALL)
    written = (".*" if part == "*" else "." if part == "?" else re.escape(part[1] if len(part) == 3 else part) for part in parts)
    return re.compile("".join(written), re.DOTALL)


def _whole(function: Callable[[float], int], value: float | None) -> float | None:
    if value is None or not math.isfinite(value):
        return value
    return math.copysign(float(function(value)), value)


def _round(value: float | None, places: int) -> float | None:
    """DuckDB multiplies, rounds half away from zero, and divides; where the product is infinite, it gives the number itself."""
    if value is None or not math.isfinite(value):
        return value
    power = 10.0**places if places <= 308 else math.inf
    product = value * power
    if not math.isfinite(product):
        return value
    whole = math.floor(abs(product))
    nearest = math.copysign(float(whole + (abs(product) - whole >= 0.5)), value)
    return nearest / power if places else nearest


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_Part = Callable[[datetime.date], "int | str"]


def _since(day: datetime.date) -> int:
    return day.toordinal() - _EPOCH_DAY


_PARTS: Mapping[str, tuple[str, _Part]] = {
    "year": ("year(d)", lambda d: d.year),
    "quarter": ("quarter(d)", lambda d: (d.month + 2) // 3),
    "month": ("month(d)", lambda d: d.month),
    "day": ("day(d)", lambda d: d.day),
    "doy": ("dayofyear(d)", lambda d: d.timetuple().tm_yday),
    "dow": ("dayofweek(d)", lambda d: d.isoweekday() % 7),
    "isodow": ("isodow(d)", lambda d: d.isoweekday()),
    "week": ("week(d)", lambda d: d.isocalendar().week),
    "isoyear": ("isoyear(d)", lambda d: d.isocalendar().year),
    "yearweek": ("yearweek(d)", lambda d: d.isocalendar().year * 100 + d.isocalendar().week),
    "decade": ("decade(d)", lambda d: d.year // 10),
    "century": ("century(d)", lambda d: (d.year + 99) // 100),
    "millennium": ("millennium(d)", lambda d: (d.year + 999) // 1000),
    "months": ("year(d) * 12 + month(d) - 1", lambda d: d.year * 12 + d.month - 1),
    "dayname": ("dayname(d)", lambda d: _DAYS[d.weekday()]),
    "monthname": ("monthname(d)", lambda d: _MONTHS[d.month - 1]),
    "first of year": ("date_diff('day', e, date_trunc('year', d)::DATE)", lambda d: _since(d.replace(month=1, day=1))),
    "first of quarter": (
        "date_diff('day', e, date_trunc('quarter', d)::DATE)",
        lambda d: _since(d.replace(month=(d.month - 1) // 3 * 3 + 1, day=1)),
    ),
    "first of month": ("date_diff('day', e, date_trunc('month', d)::DATE)", lambda d: _since(d.replace(day=1))),
    "first of week": ("date_diff('day', e, date_trunc('week', d)::DATE)", lambda d: _since(d) - d.weekday()),
    "last_day": ("date_diff('day', e, last_day(d))", lambda d: _since(d.replace(day=28)) + (_month_length(d) - 28)),
}
"""What a day has: in DuckDB's words, for days that Python's calendar does not have, and in Python's."""


def _month_length(day: datetime.date) -> int:
    leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
    return 29 if leap and day.month == 2 else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[day.month - 1]


def _calendar(casts: Casts, part: str, value: int) -> Any:
    words, own = _PARTS[part]
    if _FIRST <= value <= _LAST:
        return own(datetime.date.fromordinal(value + _EPOCH_DAY))
    return casts.of_day(words, value)


def _day_text(casts: Casts, value: int) -> Any:
    if _FIRST <= value <= _LAST:
        return datetime.date.fromordinal(value + _EPOCH_DAY).isoformat()
    return casts.of_day("d::VARCHAR", value)


def _moment_text(casts: Casts, value: int) -> Any:
    with suppress(OverflowError):
        moment = _EPOCH + datetime.timedelta(microseconds=value)
        written = moment.isoformat(" ", "microseconds")
        return written.rstrip("0").rstrip(".") if moment.microsecond else written[:-7]
    return casts.of_moment(value)
