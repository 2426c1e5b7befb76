"""Functions of any number of arguments: the greatest, the least, and texts put together."""

from __future__ import annotations

from sqlglot import exp

from planner.types import INTEGERS, NULL, Typed, decimal_parts
from translators.postgres.casts import written
from translators.postgres.compare import by_bytes, coerce, usable
from translators.postgres.expressions import Context, only, renders, unite
from translators.postgres.scalars.table import under_one_collation
from translators.postgres.value import Refused, Value

FUNCTIONS = ("greatest", "least", "concat", "concat_ws")


@renders(exp.Greatest, exp.Least)
def _extreme(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expressions", "ignore_nulls")
    united = unite([context.value(part) for part in (node.this, *node.expressions)], node)
    texts = ", ".join(by_bytes(value, node) for value in united)
    reaches = [value.reach for value in united]
    return Value(
        f"{node.key}({texts})",
        Typed(united[0].type),
        collation="C" if united[0].type == "VARCHAR" else None,
        ordered_by_bytes=united[0].type == "VARCHAR",
        orderable=all(value.orderable for value in united),
        loose=any(value.loose for value in united),
        reach=None if None in reaches else max(reach for reach in reaches if reach is not None),
    )


@renders(exp.Concat)
def _concatenated(context: Context, node: exp.Expr) -> Value:
    if not node.args.get("coalesce"):
        raise Refused(node, "this form of concat is not pushed")
    return _together("concat", [_written(context.value(part), node) for part in node.expressions])


@renders(exp.ConcatWs)
def _with_separator(context: Context, node: exp.Expr) -> Value:
    return _together("concat_ws", [_written(context.value(part), node) for part in node.expressions])


@renders(exp.DPipe)
def _joined(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression", "safe")
    sides = [context.value(node.this), context.value(node.expression)]
    if "VARCHAR" not in {side.type for side in sides}:
        raise Refused(node, f"|| of {sides[0].type}, {sides[1].type} is not pushed")
    collation, texts = under_one_collation({str(index): _written(side, node) for index, side in enumerate(sides)})
    sql = f"({' || '.join(texts.values())})"
    return Value(sql, Typed("VARCHAR"), collation, collation == "C", all(side.orderable for side in sides))


def _together(name: str, parts: list[Value]) -> Value:
    collation, texts = under_one_collation({str(index): part for index, part in enumerate(parts)})
    sql = f"{name}({', '.join(texts.values())})"
    return Value(sql, Typed("VARCHAR"), collation, collation == "C", all(part.orderable for part in parts))


def _written(value: Value, node: exp.Expr) -> Value:
    """A value as the text that DuckDB makes of it without being asked."""
    usable(value, node)
    if value.type == "VARCHAR":
        return coerce(value, "VARCHAR", node)
    if value.type == NULL:
        return Value("NULL::text", Typed("VARCHAR"), "")
    exact = value.type in INTEGERS or (decimal_parts(value.type) and not value.loose)
    if not (exact or value.type in ("BOOLEAN", "UUID", "TIME")):
        raise Refused(node, f"{node.key.upper()} of {value.type} is not pushed")
    return Value(written(coerce(value, value.type, node).text, value.type), Typed("VARCHAR"), "")
