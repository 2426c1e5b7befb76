"""IN, EXISTS, and queries that are a value: those that depend on nothing around them, or can be written so.

SQLite would run a correlated one again for every row, and a guard hides a column from its indexes.
"""

from __future__ import annotations

from sqlglot import exp

from planner.types import NULL, common_of
from translators.decorrelated import Matches, depends, matches
from translators.sqlite.compare import coerce, usable
from translators.sqlite.expressions import Context, renders, truth
from translators.sqlite.values import Refused, Scope, Value, only


@renders(exp.In)
def _in(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expressions", "query")
    value, query = context.value(node.this), node.args.get("query")
    if query is not None:
        return _in_query(context, value, query, node)
    items = [context.value(item) for item in node.expressions]
    both = common_of((value.typed, *(item.typed for item in items)))
    if both is None or value.constant is not None or value.type == NULL:
        raise Refused(node, "IN over these types is left to the residual.")
    usable(value, node)
    listed = [coerce(item, both.type, node).sql for item in items]
    # With one NULL alone SQLite makes an equality of it (see `compare`).
    return truth("NULL" if set(listed) == {"NULL"} else f"{coerce(value, both.type, node).sql} IN ({', '.join(listed)})")


def _in_query(context: Context, value: Value, query: exp.Expr, node: exp.Expr) -> Value:
    inner = query.this if isinstance(query, exp.Subquery) else query
    if not isinstance(inner, exp.Query):
        raise Refused(node, "IN over this is left to the residual.")
    text, columns = context.queries.query(inner, Scope(ctes=context.scope.ctes))
    alike = len(columns) == 1 and value.constant is None and _alike(usable(value, node), usable(columns[0], node))
    if not alike:
        raise Refused(node, "IN over a query is sent only for a value of the query's own type.")
    return truth(f"{value.sql} IN ({text})")


def _alike(value: Value, column: Value) -> bool:
    return value.type == column.type or value.kind == column.kind == "integer"


@renders(exp.Exists)
def _exists(context: Context, node: exp.Expr) -> Value:
    inner = node.this.this if isinstance(node.this, exp.Subquery) else node.this
    if not isinstance(inner, exp.Query):
        raise Refused(node, "EXISTS over this is left to the residual.")
    found = matches(inner) if depends(inner) else None
    if found is not None:
        return _among(context, found, node)
    return truth(f"EXISTS ({context.queries.query(inner, Scope(ctes=context.scope.ctes))[0]})")


def _among(context: Context, found: Matches, node: exp.Expr) -> Value:
    """EXISTS as IN: no row of the query has a NULL, so that only one beside it leaves IN open, where EXISTS is false."""
    text, columns = context.queries.query(found.query, Scope(ctes=context.scope.ctes))
    values = [usable(context.value(column), node) for column in found.among]
    if not all(_alike(value, usable(column, node)) for value, column in zip(values, columns, strict=True)):
        raise Refused(node, "EXISTS over a query is sent only for columns of the same types.")
    sought = values[0].sql if len(values) == 1 else f"({', '.join(value.sql for value in values)})"
    return truth(f"coalesce({sought} IN ({text}), 0)")


@renders(exp.Subquery)
def _scalar(context: Context, node: exp.Expr) -> Value:
    """A query that is a value. SQLite takes the first of several rows, where DuckDB raises: so one must be certain."""
    only(node, "this")
    inner = node.this
    if not isinstance(inner, exp.Select):
        raise Refused(node, "This subquery is left to the residual.")
    alone = not any(inner.args.get(name) for name in ("group", "having", "qualify")) and inner.selects
    if not alone or not all(_is_one_row(item) for item in inner.selects):
        raise Refused(node, "A subquery may have several rows, of which SQLite takes the first and DuckDB none.")
    text, columns = context.queries.query(inner, Scope(ctes=context.scope.ctes))
    if len(columns) != 1:
        raise Refused(node, "A subquery of several columns is no value.")
    return Value(f"({text})", usable(columns[0], node).type, signed=columns[0].signed, reach=columns[0].reach)


def _is_one_row(item: exp.Expr) -> bool:
    return any(
        not isinstance(found.parent, exp.Window) and found.find_ancestor(exp.Query) is item.find_ancestor(exp.Query)
        for found in item.find_all(exp.AggFunc)
    )
