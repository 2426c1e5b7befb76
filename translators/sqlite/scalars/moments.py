"""Dates are days and timestamps microseconds since 1970: the clock is arithmetic, the calendar a function of Foz."""

from __future__ import annotations

from translators.forms import parts
from translators.sqlite.convert import DAY_OF
from translators.sqlite.scalars.table import Row, row

_DAY = 86_400_000_000
_UNITS = {"hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000, "millisecond": 1_000}
_PARTS = {
    "year": "year",
    "quarter": "quarter",
    "month": "month",
    "day dayofmonth": "day",
    "dayofyear doy": "doy",
    "dayofweek weekday dow": "dow",
    "isodow": "isodow",
    "week weekofyear": "week",
    "isoyear": "isoyear",
    "yearweek": "yearweek",
    "decade": "decade",
    "century": "century",
    "millennium": "millennium",
}
_CLOCK = {"hour": (_DAY, 3_600_000_000), "minute": (3_600_000_000, 60_000_000), "second": (60_000_000, 1_000_000),
          "millisecond": (60_000_000, 1_000), "microsecond": (60_000_000, 1)}  # fmt: skip
_DAY_OF = {"date": "{a}", "timestamp": DAY_OF}


def _rest(name: str, unit: int) -> str:
    """What a timestamp has beyond a whole unit, also before 1970."""
    return f"((({{{name}}} % {unit}) + {unit}) % {unit})"


def _down(name: str, unit: int) -> str:
    return f"({{{name}}} - {_rest(name, unit)})"


def _parts() -> list[Row]:
    rows = []
    for kind, day in _DAY_OF.items():
        rows += [row(parts(names), kind, f"foz_calendar('{part}', {day})", "BIGINT") for names, part in _PARTS.items()]
        rows.append(row("dayname(a)", kind, f"foz_calendar('dayname', {day})", "VARCHAR"))
        rows.append(row("monthname(a)", kind, f"foz_calendar('monthname', {day})", "VARCHAR"))
        rows.append(row("last_day(a)", kind, f"foz_calendar('last_day', {day})", "DATE"))
    rows += [row(parts(name), "timestamp", f"({_rest('a', whole)} / {unit})", "BIGINT") for name, (whole, unit) in _CLOCK.items()]
    return rows


def _truncated() -> list[Row]:
    rows = []
    for kind, day in _DAY_OF.items():
        for unit in ("year", "quarter", "month", "week"):
            form = f"date_trunc('{unit}', a); datetrunc('{unit}', a)"
            rows.append(row(form, kind, f"foz_integer(foz_calendar('first of {unit}', {day}) * {_DAY})", "TIMESTAMP"))
    for unit, size in (("day", _DAY), *_UNITS.items()):
        form = f"date_trunc('{unit}', a); datetrunc('{unit}', a)"
        rows.append(row(form, "date", f"foz_integer({{a}} * {_DAY})", "TIMESTAMP"))
        rows.append(row(form, "timestamp", f"foz_integer({_down('a', size)})", "TIMESTAMP"))
    return rows


def _differences() -> list[Row]:
    rows = []
    for kind, day in _DAY_OF.items():
        days = {"a": day, "b": day.replace("{a}", "{b}")}
        months = {name: f"foz_calendar('months', {each})" for name, each in days.items()}
        for unit, sql in (
            ("day", f"({days['b']} - {days['a']})"),
            ("month", f"({months['b']} - {months['a']})"),
            ("quarter", f"({months['b']} / 3 - {months['a']} / 3)"),
            ("year", f"(foz_calendar('year', {days['b']}) - foz_calendar('year', {days['a']}))"),
        ):
            rows.append(row(f"date_diff('{unit}', a, b); datediff('{unit}', a, b)", f"{kind} {kind}", sql, "BIGINT"))
    for unit in ("hour", "minute", "second"):
        size = _UNITS[unit]
        sql = f"({_down('b', size)} / {size} - {_down('a', size)} / {size})"
        rows.append(row(f"date_diff('{unit}', a, b); datediff('{unit}', a, b)", "timestamp timestamp", sql, "BIGINT"))
    return rows


ROWS: tuple[Row, ...] = (
    *_parts(),
    *_truncated(),
    *_differences(),
    row("epoch(a)", "date", "CAST({a} * 86400 AS REAL)", "DOUBLE", reach=14),
    row("epoch(a)", "timestamp", "(CAST({a} AS REAL) / 1000000.0)", "DOUBLE", reach=14),
    row("epoch_us(a)", "timestamp", "{a}", "BIGINT"),
    row("epoch_us(a)", "date", f"foz_integer({{a}} * {_DAY})", "BIGINT"),
    row("epoch_ms(a)", "date", "({a} * 86400000)", "BIGINT"),
    row("epoch_ms(a)", "timestamp", "({a} / 1000)", "BIGINT"),
)
