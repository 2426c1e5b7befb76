"""Casts that PostgreSQL does as DuckDB: those that can neither round nor fail, and a few whose result is plain."""

from __future__ import annotations

from sqlglot import exp

from planner import types as inference
from planner.types import INTEGERS, NULL, Typed, exact_parts
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
    if value.type == "TIMESTAMP" and target == "DATE":
        return Value(f"{value.text}::date", Typed(target))
    if value.type in INTEGERS and target == "VARCHAR":
        return Value(f"{coerce(value, value.type, node).text}::text", Typed(target))
    raise Refused(node, f"a cast from {value.type} to {target} is not pushed")


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
