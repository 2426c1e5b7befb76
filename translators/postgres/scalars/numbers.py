"""Numbers: what IEEE 754 or exact arithmetic settles. Functions of the mathematical library are refused."""

from __future__ import annotations

from collections.abc import Mapping

from planner.types import decimal_parts
from translators.postgres.scalars.table import Gives, Row, row, same
from translators.postgres.value import Value

_NEAREST = "(CASE WHEN abs({x} - trunc({x})) = 0.5 THEN trunc({x}) + sign({x}) ELSE round({x}) END)"
"""PostgreSQL rounds a float half to even, DuckDB away from zero."""


def _whole(values: Mapping[str, Value]) -> str | None:
    parts = decimal_parts(values["a"].type)
    return f"DECIMAL({parts[0]},0)" if parts else None


def _places(values: Mapping[str, Value]) -> str | None:
    parts, places = decimal_parts(values["a"].type), values["b"].typed.integer
    return f"DECIMAL({parts[0]},{min(places, parts[1])})" if parts and places is not None else None


def _two_less(values: Mapping[str, Value]) -> int | None:
    reach = values["a"].reach
    return None if reach is None else reach + 2


def _rounded_doubles() -> list[Row]:
    """round(x, n): DuckDB multiplies, rounds and divides, and gives x itself where the product is infinite."""
    rows = []
    for places in range(1, 10):
        times = f"1e{places}::float8"
        limit = f"1e{308 - places}::float8"
        nearest = _NEAREST.format(x=f"({{a}} * {times})")
        sql = f"(CASE WHEN abs({{a}}) < {limit} THEN {nearest} / {times} ELSE {{a}} END)"
        rows.append(row(f"round(a, {places})", "DOUBLE", sql, "DOUBLE"))
    return rows


def _left_of_the_point(name: str) -> list[Row]:
    """round and trunc to tens, hundreds, …, of whole numbers."""
    rows = []
    for places in range(1, 10):
        for type, home in (("SMALLINT", "int2"), ("INTEGER", "int4"), ("BIGINT", "int8")):
            rows.append(row(f"{name}(a, -{places})", type, f"{name}({{a}}::numeric, -{places})::{home}", type))
        rows.append(row(f"{name}(a, -{places})", "decimal", f"{name}({{a}}, -{places})", _whole_above(places)))
    return rows


def _whole_above(places: int) -> Gives:
    def gives(values: Mapping[str, Value]) -> str | None:
        parts = decimal_parts(values["a"].type)
        return f"DECIMAL({parts[0]},0)" if parts and places <= parts[0] - parts[1] else None

    return gives


ROWS: tuple[Row, ...] = (
    row("sign(a)", "integer", "sign({a}::numeric)::int2", "TINYINT"),
    row("sign(a)", "decimal", "sign({a})::int2", "TINYINT"),
    row("sign(a)", "float", "(CASE WHEN {a} = 'NaN' THEN 0 ELSE sign({a}) END)::int2", "TINYINT"),
    *(row(f"{name}(a)", "DOUBLE", f"{name.split('(')[0]}({{a}})", "DOUBLE") for name in ("floor", "trunc")),
    *(row(f"{name}(a)", "FLOAT", f"{name}({{a}})::float4", "FLOAT") for name in ("floor", "trunc")),
    *(row(f"{name}(a)", "decimal", f"{name}({{a}})", _whole) for name in ("floor", "trunc", "round")),
    row("ceil(a); ceiling(a)", "DOUBLE", "ceil({a})", "DOUBLE"),
    row("ceil(a); ceiling(a)", "FLOAT", "ceil({a})::float4", "FLOAT"),
    row("ceil(a); ceiling(a)", "decimal", "ceil({a})", _whole),
    *(row(form, "integer", "{a}::float8", "DOUBLE") for form in ("ceil(a); ceiling(a)", "floor(a)")),
    *(row(form, "integer", "{a}", same("a")) for form in ("trunc(a)", "round(a)")),
    *(row(form, "integer size", "{a}", same("a")) for form in ("trunc(a, b)", "round(a, b)")),
    row("round(a)", "DOUBLE", _NEAREST.replace("{x}", "{a}"), "DOUBLE"),
    row("round(a, 0)", "DOUBLE", _NEAREST.replace("{x}", "{a}"), "DOUBLE"),
    row("round(a, b)", "decimal size", "round({a}, {b})", _places),
    row("trunc(a, b)", "decimal size", "trunc({a}, {b})", _places),
    *_rounded_doubles(),
    *_left_of_the_point("round"),
    *_left_of_the_point("trunc"),
    row("sqrt(a)", "double", "(CASE WHEN {a} < 0 THEN 'NaN'::float8 ELSE sqrt({a}) END)", "DOUBLE", reach=lambda v: v["a"].reach),
    row("radians(a)", "double", "radians({a})", "DOUBLE", finite=True, reach=_two_less),
    row("pi()", "", "pi()", "DOUBLE", reach=lambda v: 1),
    row("gcd(a, b); greatest_common_divisor(a, b)", "bigint bigint", "gcd({a}, {b})", "BIGINT"),
    row("lcm(a, b); least_common_multiple(a, b)", "bigint bigint", "lcm({a}, {b})", "BIGINT"),
    row("factorial(a)", "int", "(CASE WHEN {a} < 34 THEN factorial({a}) ELSE factorial(- {a}) END)", "HUGEINT"),
    row("isnan(a)", "float", "({a} = 'NaN')", "BOOLEAN"),
    row("isinf(a)", "float", "({a} IN ('Infinity', '-Infinity'))", "BOOLEAN"),
    row("isfinite(a)", "float", "({a} NOT IN ('NaN', 'Infinity', '-Infinity'))", "BOOLEAN"),
    row("signbit(a)", "float", "(\"left\"({a}::text, 1) = '-')", "BOOLEAN"),
    row("~a", "integer", "(~ {a})", same("a")),
    row("bit_count(a)", "SMALLINT", "bit_count(({a}::int4 & 65535)::bit(32))::int2", "TINYINT"),
    row("bit_count(a)", "INTEGER", "bit_count({a}::bit(32))::int2", "TINYINT"),
    row("bit_count(a)", "BIGINT", "bit_count({a}::bit(64))::int2", "TINYINT"),
)
