"""Casts that PostgreSQL does as DuckDB: those that can neither round nor fail, and a few whose result is plain."""

from __future__ import annotations

from sqlglot import exp

from planner import types as inference
from planner.types import INTEGERS, NULL, Typed, decimal_parts, exact_parts
from translators.postgres.compare import coerce, usable
from translators.postgres.expressions import RENDER, Context, only, renders
from translators.postgres.value import Refused, Value


@renders(exp.Cast)
def _cast(context: Context, node: exp.Expr) -> Value:
    assert isinstance(node, exp.Cast)
    only(node, "this", "to")
    target = inference.cast_target(node.to)
    value = context.value(node.this)
    if target is None:
        raise Refused(node, f"a cast to {node.to.sql('duckdb')} is not pushed")
    if value.constant is not None and value.typed.text:
        return coerce(value, target, node)
    usable(value, node)
    if value.type == target:
        return coerce(value, target, node)
    if value.type == NULL or _widens(value.type, target):
        return coerce(value, target, node)
    template = _template(value, target)
    if template is None:
        raise Refused(node, f"a cast from {value.type} to {target} is not pushed")
    return Value(template.format(a=coerce(value, value.type, node).text), Typed(target), "" if target == "VARCHAR" else None)


_ZONED = "TIMESTAMP WITH TIME ZONE"
_WHOLE = {"SMALLINT": "int2", "INTEGER": "int4", "BIGINT": "int8"}

_BEFORE_CHRIST = (
    "(CASE WHEN {a} < '0001-01-01' THEN split_part({a}::text, ' ', 1) || ' (BC) ' || split_part({a}::text, ' ', 2)"
    " ELSE {a}::text END)"
)

_CASTS: dict[tuple[str, str], str] = {
    ("TIMESTAMP", "DATE"): "{a}::date",
    ("TIMESTAMP", "TIME"): "{a}::time",
    (_ZONED, "DATE"): "{a}::date",
    (_ZONED, "TIMESTAMP"): "{a}::timestamp",
    ("BOOLEAN", "SMALLINT"): "{a}::int4::int2",
    ("BOOLEAN", "INTEGER"): "{a}::int4",
    ("BOOLEAN", "BIGINT"): "{a}::int4::int8",
    ("BOOLEAN", "DOUBLE"): "{a}::int4::float8",
    ("BOOLEAN", "VARCHAR"): "{a}::text",
    ("UUID", "VARCHAR"): "{a}::text",
    ("TIME", "VARCHAR"): "{a}::text",
    ("DATE", "VARCHAR"): "replace({a}::text, ' BC', ' (BC)')",
    ("TIMESTAMP", "VARCHAR"): _BEFORE_CHRIST,
    (_ZONED, "VARCHAR"): _BEFORE_CHRIST,
    ("DOUBLE", "BOOLEAN"): "({a} <> 0)",
    ("FLOAT", "BOOLEAN"): "({a} <> 0)",
}
"""Casts from one type to another that come to DuckDB's value, and raise where DuckDB's do."""


def _template(value: Value, target: str) -> str | None:
    """The SQL of a cast, with `{a}` for the value; None where it is not known to be DuckDB's."""
    known = _CASTS.get((value.type, target))
    if known is not None:
        return known
    exact, whole = exact_parts(value.type) is not None, _WHOLE.get(target)
    if value.type == "TINYINT" or (exact and value.loose):
        return None
    if exact and target == "VARCHAR":
        return written("{a}", value.type)
    if exact and target == "BOOLEAN":
        return "({a} <> 0)"
    if whole is not None and (exact or value.type in inference.FLOATS):
        return f"{{a}}::{whole}"
    parts = decimal_parts(target)
    if parts is not None and exact:
        return f"{{a}}::numeric({parts[0]},{parts[1]})"
    return "{a}::float4" if target == "FLOAT" and value.type in _WHOLE else None


def written(text: str, type: str) -> str:
    """The text of an exact number as DuckDB spells it: with all the digits of its type behind the point."""
    parts = decimal_parts(type)
    return f"{text}::numeric({parts[0]},{parts[1]})::text" if parts is not None else f"{text}::text"


def _widens(source: str, target: str) -> bool:
    """Whether every value of `source` is one of `target`, so that no cast can round or fail."""
    a, b = exact_parts(source), exact_parts(target)
    if a and b:
        if source in INTEGERS and target in INTEGERS:
            return INTEGERS.index(source) <= INTEGERS.index(target)
        return target not in INTEGERS and b[1] >= a[1] and b[0] - b[1] >= a[0] - a[1]
    moments = inference.MOMENTS
    if source in moments and target in moments:
        return moments.index(source) < moments.index(target)
    return target == "DOUBLE" and (a is not None or source == "FLOAT")


CASTS = frozenset(RENDER)
