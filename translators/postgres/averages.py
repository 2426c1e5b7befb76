"""Averages of integers and decimals, to the last bit as DuckDB computes them."""

from __future__ import annotations

from sqlglot import exp

from planner.types import Typed, exact_parts, is_exact
from translators.postgres.compare import coerce
from translators.postgres.value import Refused, Value

_EXACT_DOUBLE = 2**53


def quotient(value: Value, node: exp.Expr) -> Value:
    """sum / count, each as a double: what DuckDB's optimizer makes of an average where that is cheaper."""
    if not is_exact(value.type):
        raise Refused(node, "an average of floating-point numbers depends on their order")
    text = coerce(value, value.type, node).text
    total = Value(f"sum({text})", Typed("HUGEINT" if value.type == "BIGINT" else "DECIMAL(38,0)"))
    divided = f"({coerce(total, 'DOUBLE', node).text} / nullif(count({text}), 0)::float8)"
    return Value(divided, Typed("DOUBLE"), reach=_reach(value))


def average(value: Value, distinct: str, tail: str, windowed: bool, node: exp.Expr) -> Value:
    """The mean as DuckDB's own avg computes it: unscaled total / (count x 10^scale), divided in the x87 format of 64 bits and
    then rounded to 53 (2.0.0, `HugeintAverageOperation`).

    Below 2^53, and with a divisor of at most ten significant bits, both roundings come to the one of a plain division. Otherwise
    the quotient is rounded to 64 bits in numeric arithmetic first. Over groups the aggregates stand in a subquery so that they
    are written once; they belong to the query around it, because their arguments do. A window function cannot stand there: it is
    written as often as it is read, and PostgreSQL computes equal ones once.
    """
    if not is_exact(value.type) or value.loose:
        raise Refused(node, f"an average of {value.type} is not pushed: its last digits may differ")
    scale = (exact_parts(value.type) or (38, 0))[1]
    text = coerce(value, value.type, node).text
    total, count = f"sum({distinct}{text}){tail}::numeric", f"count({distinct}{text}){tail}::numeric"
    if scale:
        total, count = f"({total} * {10**scale})", f"({count} * {10**scale})"
    divisor = f"nullif({count}, 0)"
    if windowed:
        return Value(_mean(total, divisor, _bits(total, divisor), scale), Typed("DOUBLE"), reach=_reach(value))
    sql = (
        f"(SELECT {_mean('m.total', 'm.divisor', 'e.bits', scale)} FROM (SELECT {total} AS total, {divisor} AS divisor) AS m"
        f" CROSS JOIN LATERAL (SELECT {_bits('m.total', 'm.divisor')} AS bits) AS e)"
    )
    return Value(sql, Typed("DOUBLE"), reach=_reach(value))


def _bits(total: str, divisor: str) -> str:
    """How many binary digits the quotient lacks of 64."""
    exponent = f"greatest(0, 63 - floor(ln(abs({total})::float8 / {divisor}::float8) / ln(2::float8)))::int4"
    return f"CASE WHEN {total} = 0 OR {total} IS NULL THEN 0 ELSE {exponent} END"


def _mean(total: str, divisor: str, bits: str, scale: int) -> str:
    exact = f"{divisor} < {1024 * 2**scale} AND abs({total}) < {_EXACT_DOUBLE}"
    rounded = f"div(2 * abs({total}) * power(2::numeric, {bits}) + {divisor}, 2 * {divisor})"
    return (
        f"(CASE WHEN {exact} THEN {total}::float8 / {divisor}::float8"
        f" ELSE sign({total})::float8 * {rounded}::float8 / power(2::float8, {bits}) END)"
    )


def _reach(value: Value) -> int:
    precision, scale = exact_parts(value.type) or (38, 0)
    return max(precision - scale, scale + 19) + 1
