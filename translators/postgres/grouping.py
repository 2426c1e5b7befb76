"""GROUP BY with its grouping sets, and GROUPING()."""

from __future__ import annotations

from sqlglot import exp

from planner.types import Typed
from translators.postgres.compare import by_equality
from translators.postgres.expressions import Context, only, renders
from translators.postgres.value import Refused, Value

_SETS: dict[type[exp.Expr], str] = {exp.GroupingSets: "GROUPING SETS", exp.Rollup: "ROLLUP", exp.Cube: "CUBE"}


def group_by(query: exp.Select, context: Context) -> str:
    """` GROUP BY …`, nothing where there is none. Raises Refused."""
    group = query.args.get("group")
    if group is None:
        return ""
    only(group, "expressions")
    return f" GROUP BY {', '.join(_element(key, query, context) for key in group.expressions)}"


def has_grouping_sets(query: exp.Select) -> bool:
    """Whether a key of the groups may be NULL in the result though its column never is."""
    group = query.args.get("group")
    return group is not None and any(isinstance(key, tuple(_SETS)) for key in group.expressions)


def _element(key: exp.Expr, query: exp.Select, context: Context) -> str:
    word = _SETS.get(type(key))
    if word is not None:
        return f"{word} ({', '.join(_element(inner, query, context) for inner in key.expressions)})"
    if isinstance(key, (exp.Tuple, exp.Paren)):
        parts = key.expressions if isinstance(key, exp.Tuple) else [key.this]
        return f"({', '.join(_element(inner, query, context) for inner in parts)})"
    return _key(key, query, context)


def _key(key: exp.Expr, query: exp.Select, context: Context) -> str:
    if isinstance(key, exp.Literal) and not key.is_string and str(key.this).isdigit():
        position = int(key.this)
        if not 1 <= position <= len(query.selects):
            raise Refused(key, "GROUP BY names a column that is not there")
        key = query.selects[position - 1].unalias()
    value = context.value(key)
    if value.constant is not None or not any(key.find_all(exp.Column)):
        raise Refused(key, "grouping by a constant is not pushed")
    return by_equality(value, key)


@renders(exp.Grouping, exp.GroupingId)
def _grouping(context: Context, node: exp.Expr) -> Value:
    only(node, "expressions")
    select = context.select
    if select is None or select.args.get("group") is None or not 0 < len(node.expressions) < 32:
        raise Refused(node, "GROUPING outside of a grouped query is not pushed")
    keys = ", ".join(_key(key, select, context) for key in node.expressions)
    return Value(f"GROUPING({keys})::int8", Typed("BIGINT"))
