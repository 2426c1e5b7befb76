"""Numbers: what exact arithmetic settles, and the rounding of floating-point numbers, which SQLite leaves to functions of Foz."""

from __future__ import annotations

from collections.abc import Mapping

from planner.types import decimal_parts
from translators.sqlite.convert import rounded
from translators.sqlite.scalars.table import Row, Written, row, same, scale
from translators.sqlite.values import Value


def _whole(values: Mapping[str, Value]) -> str | None:
    parts = decimal_parts(values["a"].type)
    return f"DECIMAL({parts[0]},0)" if parts else None


def _places(values: Mapping[str, Value]) -> str | None:
    parts = decimal_parts(values["a"].type)
    return f"DECIMAL({parts[0]},{min(int(values['b'].sql), parts[1])})" if parts else None


def _down(values: Mapping[str, Value]) -> str:
    power = 10 ** scale(values)
    return f"(({{a}} - (({{a}} % {power}) + {power}) % {power}) / {power})"


def _up(values: Mapping[str, Value]) -> str:
    power = 10 ** scale(values)
    return f"(({{a}} + ((-{{a}} % {power}) + {power}) % {power}) / {power})"


def _towards_zero(values: Mapping[str, Value]) -> str:
    return f"({{a}} / {10 ** scale(values)})"


def _nearest(values: Mapping[str, Value]) -> str:
    return rounded(scale(values))


def _nearest_place(values: Mapping[str, Value]) -> str:
    return rounded(scale(values) - int(values["b"].sql))


def _cut_place(values: Mapping[str, Value]) -> str:
    digits = scale(values) - int(values["b"].sql)
    return f"({{a}} / {10**digits})" if digits > 0 else "{a}"


_OF_DECIMALS: tuple[tuple[str, Written], ...] = (
    ("floor(a)", _down),
    ("ceil(a); ceiling(a)", _up),
    ("trunc(a)", _towards_zero),
    ("round(a)", _nearest),
)

_SIGN = "(({a} > 0) - ({a} < 0))"

ROWS: tuple[Row, ...] = (
    *(row("sign(a)", kind, _SIGN, "TINYINT") for kind in ("integer", "decimal", "double")),
    *(row(form, "decimal", sql, _whole) for form, sql in _OF_DECIMALS),
    row("round(a, b)", "decimal size", _nearest_place, _places),
    row("trunc(a, b)", "decimal size", _cut_place, _places),
    *(row(form, "integer", "CAST({a} AS REAL)", "DOUBLE", reach=19) for form in ("ceil(a); ceiling(a)", "floor(a)")),
    *(row(form, "integer", "{a}", same("a")) for form in ("trunc(a)", "round(a)")),
    *(row(form, "integer size", "{a}", same("a")) for form in ("trunc(a, b)", "round(a, b)")),
    row("floor(a)", "double", "foz_floor({a})", "DOUBLE", signed=True),
    row("ceil(a); ceiling(a)", "double", "foz_ceil({a})", "DOUBLE", signed=True),
    row("trunc(a)", "double", "foz_trunc({a})", "DOUBLE", signed=True),
    row("round(a)", "double", "foz_round({a}, 0)", "DOUBLE", signed=True),
    row("round(a, b)", "double size", "foz_round({a}, {b})", "DOUBLE", signed=True),
    row("isnan(a)", "double", "CASE WHEN {a} IS NOT NULL THEN 0 END", "BOOLEAN"),
    row("isinf(a)", "double", "(abs({a}) = 9e999)", "BOOLEAN"),
    row("isfinite(a)", "double", "(abs({a}) < 9e999)", "BOOLEAN"),
    row("a & b", "bigint bits", "({a} & {b})", "BIGINT"),
    row("a & b", "bits bigint", "({a} & {b})", "BIGINT"),
    row("a | b", "bigint bits", "({a} | {b})", "BIGINT"),
    row("a | b", "bits bigint", "({a} | {b})", "BIGINT"),
    row("xor(a, b)", "bigint bits", "(({a} | {b}) - ({a} & {b}))", "BIGINT"),
    row("~a", "integer", "(~{a})", same("a")),
    row("hex(a); to_hex(a)", "bigint", "CASE WHEN {a} IS NOT NULL THEN printf('%X', {a}) END", "VARCHAR"),
)
