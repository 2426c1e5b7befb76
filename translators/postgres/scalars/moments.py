"""Dates, times and intervals. Every session is in UTC, so that a TIMESTAMP WITH TIME ZONE shows the same fields in both."""

from __future__ import annotations

from translators.forms import parts
from translators.postgres.arithmetic import APART
from translators.postgres.scalars.table import Row, row

YEAR = "(extract(year FROM {a})::int8 + ({a} < '0001-01-01'::timestamp)::int4)"
"""DuckDB counts the year 1 BC as 0, PostgreSQL as -1."""

_ISO_YEAR = "(extract(isoyear FROM {a})::int8 + (extract(isoyear FROM {a}) < 0)::int4)"

_SAME = {
    "quarter": "quarter",
    "month": "month",
    "day dayofmonth": "day",
    "dayofyear doy": "doy",
    "dayofweek weekday dow": "dow",
    "isodow": "isodow",
    "week weekofyear": "week",
}
_CENTURIES = {"century": "century", "millennium": "millennium"}
_CLOCK = {"hour": "hour", "minute": "minute"}
_SECONDS = {"second": "floor(extract(second FROM {a}))", "millisecond": "floor(extract(millisecond FROM {a}))",
            "microsecond": "extract(microsecond FROM {a})"}  # fmt: skip
_TRUNCATIONS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond")


def _parts() -> list[Row]:
    rows = []
    for type in ("moment", "zoned"):
        rows += [row(parts(names), type, f"extract({part} FROM {{a}})::int8", "BIGINT") for names, part in _SAME.items()]
    rows += [row(parts(names), "moment", f"extract({part} FROM {{a}})::int8", "BIGINT") for names, part in _CENTURIES.items()]
    for type in ("timestamp", "zoned", "time"):
        rows += [row(parts(names), type, f"extract({part} FROM {{a}})::int8", "BIGINT") for names, part in _CLOCK.items()]
        rows += [row(parts(names), type, f"{sql}::int8", "BIGINT") for names, sql in _SECONDS.items()]
    rows.append(row(parts("year"), "moment", YEAR, "BIGINT"))
    rows.append(row(parts("isoyear"), "moment", _ISO_YEAR, "BIGINT"))
    rows.append(row(parts("decade"), "moment", f"trunc({YEAR} / 10.0)::int8", "BIGINT"))
    rows.append(row(parts("era"), "moment", "({a} >= '0001-01-01'::timestamp)::int4::int8", "BIGINT"))
    rows.append(row(parts("yearweek"), "moment", _YEAR_WEEK, "BIGINT"))
    rows.append(row(parts("year"), "zoned", "abs(extract(year FROM {a}))::int8", "BIGINT"))
    return rows


_YEAR_WEEK = (
    f"({_ISO_YEAR} * 100 + (CASE WHEN extract(isoyear FROM {{a}}) < 0 THEN -1 ELSE 1 END) * extract(week FROM {{a}}))::int8"
)


def _truncated() -> list[Row]:
    rows = []
    for unit in _TRUNCATIONS:
        form = f"date_trunc('{unit}', a); datetrunc('{unit}', a)"
        rows.append(row(form, "day_or_later", f"date_trunc('{unit}', {{a}})", "TIMESTAMP"))
        rows.append(row(form, "zoned", f"date_trunc('{unit}', {{a}})", "TIMESTAMP WITH TIME ZONE"))
    return rows


def _differences() -> list[Row]:
    year_b = YEAR.replace("{a}", "{b}")
    months = f"(({year_b} - {YEAR}) * 12 + extract(month FROM {{b}}) - extract(month FROM {{a}}))::int8"
    # DuckDB counts quarters from the year 0, and towards it
    quarter = "(({year} * 12 + extract(month FROM {x})::int8 - 1) / 3)"
    quarters = (
        f"({quarter.replace('{year}', year_b).replace('{x}', '{b}')} - {quarter.replace('{year}', YEAR).replace('{x}', '{a}')})"
    )
    days = "({b}::date - {a}::date)::int8"
    rows = []
    for unit, sql in (("year", f"({year_b} - {YEAR})"), ("quarter", quarters), ("month", months), ("day", days)):
        rows.append(row(f"date_diff('{unit}', a, b); datediff('{unit}', a, b)", "moment moment", sql, "BIGINT"))
    for unit, seconds in (("hour", 3600), ("minute", 60), ("second", 1)):
        ends = [f"extract(epoch FROM date_trunc('{unit}', {{{name}}}))" for name in "ba"]
        sql = f"(({ends[0]} - {ends[1]}) / {seconds})::int8"
        rows.append(row(f"date_diff('{unit}', a, b); datediff('{unit}', a, b)", "timestamp timestamp", sql, "BIGINT"))
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        sql = f"trunc(extract(epoch FROM {APART}) / {seconds})::int8"
        rows.append(row(f"date_sub('{unit}', a, b); datesub('{unit}', a, b)", "timestamp timestamp", sql, "BIGINT"))
    return rows


_SPANS = {
    "to_days": "1 day", "to_weeks": "7 days", "to_months": "1 month", "to_quarters": "3 months", "to_years": "1 year",
    "to_decades": "10 years", "to_centuries": "100 years", "to_millennia": "1000 years", "to_hours": "1 hour",
    "to_minutes": "1 minute", "to_seconds": "1 second",
}  # fmt: skip

ROWS: tuple[Row, ...] = (
    *_parts(),
    *_truncated(),
    *_differences(),
    *(row(f"{name}(a)", "int", f"({{a}} * '{span}'::interval)", "INTERVAL") for name, span in _SPANS.items()),
    row("epoch(a)", "date", "extract(epoch FROM {a})::float8", "DOUBLE", reach=lambda v: 14),
    row("epoch(a)", "time", "extract(epoch FROM {a})::float8", "DOUBLE", reach=lambda v: 14),
    row("epoch(a)", "timestamp", "((extract(epoch FROM {a}) * 1000000)::float8 / 1000000)", "DOUBLE", reach=lambda v: 14),
    *(row("epoch_ms(a)", type, "round(extract(epoch FROM {a}) * 1000)::int8", "BIGINT") for type in ("moment", "zoned")),
    *(row("epoch_us(a)", type, "(extract(epoch FROM {a}) * 1000000)::int8", "BIGINT") for type in ("moment", "zoned", "time")),
    row(
        "epoch_ms(a); make_timestamp_ms(a)",
        "bigint",
        "('1970-01-01'::timestamp + make_interval(days => ({a} / 86400000)::int4)"
        " + ({a} % 86400000) * '1 millisecond'::interval)",
        "TIMESTAMP",
    ),
    row(
        "make_timestamp(a)",
        "bigint",
        "('1970-01-01'::timestamp + make_interval(days => ({a} / 86400000000)::int4)"
        " + ({a} % 86400000000) * '1 microsecond'::interval)",
        "TIMESTAMP",
    ),
    row("to_timestamp(a)", "int", "to_timestamp({a}::float8)", "TIMESTAMP WITH TIME ZONE"),
    row("julian(a)", "moment", "extract(julian FROM {a})::float8", "DOUBLE", reach=lambda v: 14),
    row("dayname(a)", "day_or_later", "to_char({a}, 'FMDay')", "VARCHAR"),
    row("monthname(a)", "day_or_later", "to_char({a}, 'FMMonth')", "VARCHAR"),
    row("last_day(a)", "day_or_later", "(date_trunc('month', {a}) + '1 month -1 day'::interval)::date", "DATE"),
    row("make_date(a, b, c)", "count count count", "make_date({a} - ({a} < 1)::int4, {b}, {c})", "DATE"),
    row("age(a, b)", "day_or_later day_or_later", "age({a}, {b})", "INTERVAL"),
    row("timezone('UTC', a); a AT TIME ZONE 'UTC'", "timestamp", "timezone('UTC', {a})", "TIMESTAMP WITH TIME ZONE"),
    row("timezone('UTC', a); a AT TIME ZONE 'UTC'", "zoned", "timezone('UTC', {a})", "TIMESTAMP"),
    *(row("isfinite(a)", type, "isfinite({a})", "BOOLEAN") for type in ("moment", "zoned")),
    *(row("isinf(a)", type, "(NOT isfinite({a}))", "BOOLEAN") for type in ("moment", "zoned")),
)
