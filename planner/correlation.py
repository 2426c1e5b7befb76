"""Correlated subqueries that a store would run once a row.

DuckDB turns a correlated subquery into a join. PostgreSQL and SQLite run a scalar one again for every row around it, which without an
index on the correlated columns reads the inner table as often as the outer one has rows.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from planner.catalog import Table
from planner.joins import flat_conjuncts


def repeated(query: exp.Query, table_of: Callable[[exp.Table], Table | None]) -> exp.Subquery | None:
    """A scalar subquery of `query` that depends on the rows around it and finds its own by no index; None if there is none.

    `table_of` gives the catalogue's table of a base table's node.
    """
    for subquery in query.find_all(exp.Subquery):
        inner = subquery.this
        if isinstance(subquery.parent, (exp.From, exp.Join, exp.CTE)) or not isinstance(inner, exp.Select):
            continue
        inside = {node.alias_or_name for node in inner.find_all(exp.Table, exp.Subquery)}
        correlated = {id(column) for column in inner.find_all(exp.Column) if column.table and column.table not in inside}
        if correlated and not _indexed(inner, correlated, table_of):
            return subquery
    return None


def _indexed(inner: exp.Select, correlated: set[int], table_of: Callable[[exp.Table], Table | None]) -> bool:
    """Whether the first column of some index of a table in `inner` is held equal to a column from around it."""
    where = inner.args.get("where")
    held: dict[str, set[str]] = {}
    for condition in flat_conjuncts(where.this if where is not None else None):
        if isinstance(condition, exp.EQ):
            sides = (condition.this.unnest(), condition.expression.unnest())
            for own, other in (sides, sides[::-1]):
                if isinstance(own, exp.Column) and id(own) not in correlated and id(other) in correlated:
                    held.setdefault(own.table, set()).add(own.name.lower())
    for node in inner.find_all(exp.Table):
        table = table_of(node)
        if table is not None:
            keys = (table.primary_key, *table.unique_keys, *table.indexes)
            if any(key and key[0].lower() in held.get(node.alias_or_name, set()) for key in keys):
                return True
    return False
