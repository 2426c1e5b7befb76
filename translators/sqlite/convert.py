"""Casts that SQLite does as DuckDB: a declarative table, and those that cannot lose anything."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from planner import types as inference
from planner.types import INTEGERS, decimal_parts, exact_parts
from translators.sqlite.compare import coerce, usable
from translators.sqlite.expressions import Context, renders
from translators.sqlite.values import Refused, Value, only

_DAY = 86_400_000_000

DAY_OF = f"(({{a}} - (({{a}} % {_DAY}) + {_DAY}) % {_DAY}) / {_DAY})"
"""The day of a timestamp, also before 1970: SQLite's division goes towards zero."""

_CASTS: Mapping[tuple[str, str], str] = {
    ("TIMESTAMP", "DATE"): DAY_OF,
    ("DATE", "VARCHAR"): "foz_day_text({a})",
    ("TIMESTAMP", "VARCHAR"): "foz_moment_text({a})",
    ("BOOLEAN", "VARCHAR"): "CASE {a} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END",
    **{("BOOLEAN", type): "{a}" for type in INTEGERS if type != "HUGEINT"},
    ("BOOLEAN", "DOUBLE"): "CAST({a} AS REAL)",
    ("DOUBLE", "BOOLEAN"): "({a} <> 0.0)",
}
"""Casts from one type to another that come to DuckDB's value."""

_RANGES = {type: (-(2**bits), 2**bits - 1) for type, bits in (("TINYINT", 7), ("SMALLINT", 15), ("INTEGER", 31), ("BIGINT", 63))}


@renders(exp.Cast)
def _cast(context: Context, node: exp.Expr) -> Value:
    assert isinstance(node, exp.Cast)
    only(node, "this", "to")
    target, value = inference.cast_target(node.to), context.value(node.this)
    if target is None:
        raise Refused(node, f"A cast to {node.to.sql('duckdb')} is left to the residual.")
    if isinstance(value.constant, str):
        return coerce(value, target, node)
    usable(value, node)
    if value.type in (target, inference.NULL) or _widens(value, target):
        cast = coerce(value, target, node)
        return Value(cast.sql, target, reach=cast.reach, signed=cast.signed)
    sql = _written(value, target)
    if sql is None:
        raise Refused(node, f"A cast from {value.type} to {target} is left to the residual.")
    return Value(sql.format(a=coerce(value, value.type, node).sql), target, reach=1 if target == "DOUBLE" else None)


def _widens(value: Value, target: str) -> bool:
    """Whether every value of the type is one of `target`, so that no cast can round or fail."""
    a, b = exact_parts(value.type), exact_parts(target)
    if a and b:
        if value.type in INTEGERS and target in INTEGERS:
            return INTEGERS.index(value.type) <= INTEGERS.index(target) and target != "HUGEINT"
        return target not in INTEGERS and b[1] >= a[1] and b[0] - b[1] >= a[0] - a[1]
    return (value.type, target) == ("DATE", "TIMESTAMP") or (target == "DOUBLE" and a is not None)


def _written(value: Value, target: str) -> str | None:
    """The SQL of a cast, with `{a}` for the value; None where it is not known to be DuckDB's."""
    known = _CASTS.get((value.type, target))
    if known is not None:
        return known
    parts, own = decimal_parts(target), decimal_parts(value.type)
    if value.kind not in ("integer", "decimal", "double") or (value.kind == "integer" and value.type not in INTEGERS):
        return None
    if target == "BOOLEAN":
        return "({a} <> 0)"
    if target == "VARCHAR" and value.kind == "integer":
        return "CAST({a} AS TEXT)"
    if target == "VARCHAR" and own is not None and 0 < own[1] < own[0]:
        power = 10 ** own[1]
        fraction = f"printf('%0{own[1]}d', abs({{a}}) % {power})"
        return f"(CASE WHEN {{a}} < 0 THEN '-' ELSE '' END || (abs({{a}}) / {power}) || '.' || {fraction})"
    if target in _RANGES:
        low, high = _RANGES[target]
        if value.kind == "double":
            return f"foz_rounded({{a}}, {low}, {high})"
        return f"foz_within({rounded(own[1]) if own else '{a}'}, {low}, {high})"
    if parts is not None and parts[0] <= 18 and value.kind in ("integer", "decimal"):
        scale = own[1] if own else 0
        moved = rounded(scale - parts[1]) if scale > parts[1] else f"({{a}} * {10 ** (parts[1] - scale)})"
        return f"foz_within({moved}, {1 - 10 ** parts[0]}, {10 ** parts[0] - 1})"
    return None


def rounded(digits: int) -> str:
    """`{a}` without its last digits, half of them away from zero."""
    if digits <= 0:
        return "{a}"
    half = 5 * 10 ** (digits - 1)
    return f"(({{a}} + CASE WHEN {{a}} < 0 THEN -{half} ELSE {half} END) / {10**digits})"
