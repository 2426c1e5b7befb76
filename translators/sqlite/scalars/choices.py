"""GREATEST, LEAST and CONCAT: functions of any number of arguments, of which NULLs are passed over."""

from __future__ import annotations

from sqlglot import exp

from planner.types import INTEGERS
from translators.sqlite.compare import ordered
from translators.sqlite.expressions import Context, one_of, renders, unite
from translators.sqlite.scalars.table import MAX_CHARACTERS
from translators.sqlite.values import Refused, Value, only

FUNCTIONS = ("greatest", "least", "concat", "coalesce", "ifnull", "nullif", "if")


@renders(exp.Greatest, exp.Least)
def _extreme(context: Context, node: exp.Expr) -> Value:
    """SQLite's max and min of several are NULL as soon as one is."""
    only(node, "this", "expressions", "ignore_nulls")
    united = unite([context.value(part) for part in (node.this, *node.expressions)], node)
    for value in united:
        ordered(context, value, node)
        if value.signed:
            raise Refused(node, "Which of zero and minus zero stays is open.")
    name = "max" if isinstance(node, exp.Greatest) else "min"
    found = united[0].sql
    for value in united[1:]:
        found = f"{name}(coalesce({found}, {value.sql}), coalesce({value.sql}, {found}))"
        if len(found) > MAX_CHARACTERS:
            raise Refused(node, "The expression would be very long in SQLite.")
    return one_of(found, united)


@renders(exp.Concat)
def _concat(context: Context, node: exp.Expr) -> Value:
    """DuckDB's CONCAT passes NULLs over and writes whole numbers as texts."""
    only(node, "expressions", "safe", "coalesce")
    if not node.args.get("coalesce") or not context.utf8:
        raise Refused(node, "CONCAT in this form is left to the residual.")
    parts = []
    for part in node.expressions:
        inner = part.this if isinstance(part, exp.Coalesce) and part.args.get("this") is not None else part
        value = context.value(inner)
        if value.type == "VARCHAR":
            parts.append(f"coalesce({value.sql}, '')")
        elif value.type in INTEGERS and value.kind == "integer" and value.constant is None and value.low is None:
            parts.append(f"coalesce(CAST({value.sql} AS TEXT), '')")
        else:
            raise Refused(node, f"CONCAT of {value.type} is left to the residual.")
    return Value(f"({' || '.join(parts)})", "VARCHAR")
