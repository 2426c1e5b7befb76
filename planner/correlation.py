"""Correlated subqueries that a store would run once a row.

DuckDB turns a correlated subquery into a join. PostgreSQL runs a scalar one again for every row around it: without an index on
the correlated columns, that reads the inner table as often as the outer one has rows.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from planner.catalog import Table
from planner.joins import flat_conjuncts


def finds_its_rows(query: exp.Query, table_of: Callable[[exp.Table], Table]) -> bool:
    """Whether a subquery depends on nothing around it, reads no table, or finds its rows by the first column of an index.

    `table_of` gives the catalogue's table of a base table's node.
    """
    tables = [node for node in query.find_all(exp.Table) if node.args.get("catalog")]
    inside = {node.alias_or_name for node in query.find_all(exp.Table, exp.Subquery)}
    correlated = {id(column) for column in query.find_all(exp.Column) if column.table and column.table not in inside}
    if not correlated or not any(True for _ in query.find_all(exp.Table)):
        return True
    held: dict[str, set[str]] = {}
    for where in query.find_all(exp.Where):
        for condition in flat_conjuncts(where.this):
            if isinstance(condition, exp.EQ):
                sides = (condition.this.unnest(), condition.expression.unnest())
                for own, other in (sides, sides[::-1]):
                    if isinstance(own, exp.Column) and id(own) not in correlated and id(other) in correlated:
                        held.setdefault(own.table, set()).add(own.name.lower())
    return any(_leads_an_index(table_of(node), held.get(node.alias_or_name, set())) for node in tables)


def _leads_an_index(table: Table, columns: set[str]) -> bool:
    return any(key[0].lower() in columns for key in (table.primary_key, *table.unique_keys, *table.indexes) if key)
