"""What Foz may answer to a query for which DuckDB raises, as queries that do not raise.

DuckDB says of a conversion, an overflow or a division by zero that it failed on *some* row. Whether that row is reached depends
on which of several conditions is tried first, so a store that filters may never reach it. What stays fixed is this: a row whose
condition raises is not a row for which the condition is TRUE, and an output that raises is no value.

    conditions    every conjunct of a WHERE or ON that raises counts as not TRUE: `TRY(conjunct)`
    outputs       the same, and every output that raises is NULL, in a column beside it marked as an error: an answer
                  that holds such a row is wrong, so the marked rows are left out of what is expected

The first of these that does not raise itself is what Foz's answer has to equal.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp, parse_one


def without_errors(sql: str) -> Iterator[str]:
    """The queries, the strictest first.

    >>> list(without_errors("SELECT 1 // a AS o0 FROM t WHERE 1 // a > 0 AND b"))[0]
    'SELECT 1 // a AS o0 FROM t WHERE TRY(1 // a > 0) AND TRY(b)'
    """
    tree = parse_one(sql, dialect="duckdb")
    for place in list(tree.find_all(exp.Where, exp.Join)):
        name = "on" if isinstance(place, exp.Join) else "this"
        condition = place.args.get(name)
        if condition is not None:
            parts = list(condition.flatten()) if isinstance(condition, exp.And) else [condition]
            place.set(name, exp.and_(*(_tried(part) for part in parts), copy=False, wrap=False))
    yield tree.sql(dialect="duckdb")
    if isinstance(tree, exp.Select) and not tree.args.get("distinct") and not tree.find(exp.AggFunc):
        outputs = [select.unalias() for select in tree.selects]
        if all(_can_be_tried(output) for output in outputs) and not tree.args.get("limit"):
            names = [select.alias_or_name for select in tree.selects]
            erred = exp.or_(*(_error(output) for output in outputs))
            tree.set("expressions", [exp.alias_(_tried(each), name) for each, name in zip(outputs, names, strict=True)])
            condition = tree.args.get("where")
            kept = exp.not_(erred)
            tree.set("where", exp.Where(this=exp.and_(condition.this, kept) if condition else kept))
            yield tree.sql(dialect="duckdb")


def _can_be_tried(node: exp.Expr) -> bool:
    """DuckDB's TRY takes no aggregate, window or subquery."""
    return node.find(exp.AggFunc, exp.Window, exp.Query, exp.Subquery, exp.Exists) is None


def _tried(node: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="TRY", expressions=[node.copy()]) if _can_be_tried(node) else node


def _error(node: exp.Expr) -> exp.Expr:
    """TRUE where `node` raises."""
    return exp.Is(
        this=_tried(exp.Paren(this=exp.Is(this=exp.Paren(this=node.copy()), expression=exp.Null()))), expression=exp.Null()
    )
