"""Queries inside of expressions: IN, EXISTS, ANY, ALL, and queries that are a value."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from planner import types as inference
from planner.correlation import finds_its_rows
from planner.types import Typed, common_of
from translators.postgres.compare import coerce, comparable, compare
from translators.postgres.expressions import COMPARISONS, Context, only, renders, truth
from translators.postgres.value import Refused, Value, in_itself

_HASHED_ROWS = 50_000
"""Rows of a NOT IN that fit in PostgreSQL's default `work_mem` of 4 MB."""


@renders(exp.In)
def _in(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expressions", "query")
    query = node.args.get("query")
    if isinstance(node.this, exp.Tuple):
        return _row_in_query(context, node) if query is not None else _row_in_list(context, node)
    value = context.value(node.this)
    if query is not None:
        return _in_query(context, value, query, node)
    items = [context.value(item) for item in node.expressions]
    both = common_of((value.typed, *(item.typed for item in items)))
    if both is None or not items:
        raise Refused(node, "IN over these types is not pushed")
    if both.type in inference.FLOATS:
        value, items = coerce(value, both.type, node), [coerce(item, both.type, node) for item in items]
    pairs = [comparable(value, item, True, node) for item in items]
    if len({left for left, _ in pairs}) == 1:
        return truth(f"{pairs[0][0]} IN ({', '.join(right for _, right in pairs)})")
    return truth(" OR ".join(f"{left} = {right}" for left, right in pairs))


def _in_query(context: Context, value: Value, query: exp.Expr, node: exp.Expr) -> Value:
    text, columns = _listed(context, query, node)
    if len(columns) != 1:
        raise Refused(node, "IN over several columns is not pushed")
    return truth(f"{_against(value, '=', columns[0], node)} IN ({text})")


def _row_in_query(context: Context, node: exp.Expr) -> Value:
    """`(a, b) IN (SELECT …)`: as with one column, a NULL on either side leaves it open."""
    values = [context.value(part) for part in node.this.expressions]
    text, columns = _listed(context, node.args["query"], node)
    if len(columns) != len(values):
        raise Refused(node, "IN over rows of another length is not pushed")
    sides = [_against(value, "=", column, node) for value, column in zip(values, columns, strict=True)]
    return truth(f"({', '.join(sides)}) IN ({text})")


def _row_in_list(context: Context, node: exp.Expr) -> Value:
    """`(a, b) IN ((1, 2), …)`: DuckDB compares rows of values as a whole, where NULL is the same as NULL and never unknown."""
    values = [context.value(part) for part in node.this.expressions]
    arms = []
    for item in node.expressions:
        if not isinstance(item, exp.Tuple) or len(item.expressions) != len(values):
            raise Refused(node, "IN over rows of another length is not pushed")
        pairs = zip(values, (context.value(part) for part in item.expressions), strict=True)
        arms.append(" AND ".join(_same(left, right, node) for left, right in pairs))
    return truth(" OR ".join(f"({arm})" for arm in arms))


def _same(left: Value, right: Value, node: exp.Expr) -> str:
    if right.constant is not None and isinstance(node.parent, (exp.Where, exp.And)) and _filters(node):
        return compare(left, "=", right, node)
    return compare(left, "IS NOT DISTINCT FROM", right, node)


def _filters(node: exp.Expr) -> bool:
    """Whether a condition only decides whether a row stays: unknown is as good as false there, and an index serves `=` alone."""
    parent = node.parent
    while isinstance(parent, (exp.And, exp.Paren)):
        parent = parent.parent
    return isinstance(parent, exp.Where)


def _listed(context: Context, query: exp.Expr, node: exp.Expr) -> tuple[str, list[Value]]:
    """The query of an IN, ANY or ALL."""
    inner = query.this if isinstance(query, exp.Subquery) else query
    if not isinstance(inner, exp.Query):
        raise Refused(node, "IN over this is not pushed")
    hashed = isinstance(node, exp.In) and not isinstance(node.parent, exp.Not)
    if not hashed and any(_is_large(context, table) for table in inner.find_all(exp.Table)):
        raise Refused(node, "PostgreSQL compares every row with every row for NOT IN over a large table")
    return context.queries.query(inner, context.scope)


def _against(value: Value, operator: str, column: Value, node: exp.Expr) -> str:
    """A value as it must be written to be compared with each row of a query's column."""
    probe = replace(in_itself(column), text="probe", typed=Typed(column.type), constant=None)
    equality = operator in ("=", "<>")
    left, right = comparable(in_itself(value), probe, equality, node)
    if right != "probe" and not (right == 'probe COLLATE "C"' and left.endswith('COLLATE "C"')):
        raise Refused(node, f"comparing with values of type {column.type} of a query is not pushed")
    return left


@renders(exp.Any, exp.All)
def _quantified(context: Context, node: exp.Expr) -> Value:
    """`a < ANY (SELECT …)` and `a < ALL (SELECT …)`; the node is the comparison."""
    operator, word = COMPARISONS.get(type(node)), node.expression.key.upper() if node.expression is not None else ""
    if operator is None or operator.startswith("IS") or word not in ("ANY", "ALL"):
        raise Refused(node, f"{node.key.upper()} in this form is not pushed")
    value = context.value(node.this)
    text, columns = _listed(context, node.expression.this.unnest(), node)
    if len(columns) != 1:
        raise Refused(node, f"{word} over several columns is not pushed")
    return truth(f"{_against(value, operator, columns[0], node)} {operator} {word} ({text})")


def _is_large(context: Context, node: exp.Table) -> bool:
    """Whether a table may have more rows than PostgreSQL hashes in the memory that it has by default."""
    if not node.args.get("catalog"):
        return False
    table = context.queries.table(node)
    return table.kind != "table" if table.rows is None else table.rows > _HASHED_ROWS


@renders(exp.Exists)
def _exists(context: Context, node: exp.Expr) -> Value:
    inner = node.this.this if isinstance(node.this, exp.Subquery) else node.this
    if not isinstance(inner, exp.Query):
        raise Refused(node, "EXISTS over this is not pushed")
    return truth(f"EXISTS ({context.queries.query(inner, context.scope)[0]})")


@renders(exp.Subquery)
def _scalar(context: Context, node: exp.Expr) -> Value:
    only(node, "this")
    if not isinstance(node.this, exp.Query):
        raise Refused(node, "this subquery is not pushed")
    text, columns = context.queries.query(node.this, context.scope)
    if len(columns) != 1:
        raise Refused(node, "a subquery of several columns is not a value")
    if not finds_its_rows(node.this, context.queries.table):
        raise Refused(node, "PostgreSQL would run it again for every row, with no index to find its rows by")
    column = columns[0]
    return Value(
        f"({text})", Typed(column.type), column.collation, column.ordered_by_bytes, column.orderable, column.loose, column.reach,
        column.opaque, nullified=column.nullified,
    )  # fmt: skip
