"""Columns qualified in one walk where nothing has to be looked up: one SELECT of plain columns from one base table.

A point query is such a one, and sqlglot's `qualify` is a third of what planning it costs. What comes out is what that gives.
"""

from __future__ import annotations

from sqlglot import exp

from planner.catalog import Table

_KNOWN = frozenset({
    exp.Select, exp.From, exp.Table, exp.TableAlias, exp.Identifier, exp.Column, exp.Alias, exp.Where, exp.Limit, exp.Offset,
    exp.Literal, exp.Placeholder, exp.Null, exp.Boolean, exp.Cast, exp.DataType, exp.DataTypeParam, exp.Paren, exp.And, exp.Or,
    exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is, exp.In, exp.Between, exp.Like, exp.Neg, exp.Add, exp.Sub,
    exp.Mul,
})  # fmt: skip
"""What may stand in such a query: nothing that names an output, opens a scope, or makes several columns of one."""


def qualified_simply(query: exp.Query, table: Table) -> bool:
    """Qualifies the columns of `query` over `table` in place; False, and nothing done, where it is not as simple as that.

    The table's node is named and has its alias already.
    """
    columns: list[exp.Column] = []
    identifiers: list[exp.Identifier] = []
    relations: list[exp.Table] = []
    selects = 0
    for node in query.walk():
        if type(node) not in _KNOWN:
            return False
        if isinstance(node, exp.Column):
            columns.append(node)
        elif isinstance(node, exp.Identifier):
            identifiers.append(node)
        elif isinstance(node, exp.Table):
            relations.append(node)
        selects += isinstance(node, exp.Select)
    if (
        len(relations) != 1
        or selects != 1
        or not isinstance(query, exp.Select)
        or query.args.get("distinct")
        or query.args.get("kind")
    ):
        return False
    alias = relations[0].alias.lower()
    names = {column.name.lower() for column in columns}
    if not names <= table.by_name.keys() or any(not _of(column, alias) for column in columns):
        return False
    for output in query.selects:
        if not isinstance(output, exp.Column) and not _is_named_apart(output, names):
            return False
    for identifier in identifiers:
        identifier.set("this", identifier.name.lower())
        identifier.set("quoted", True)
    for column in columns:
        column.set("table", exp.to_identifier(alias, quoted=True))
    for output in list(query.selects):
        if isinstance(output, exp.Column):
            output.replace(exp.Alias(this=output.copy(), alias=exp.to_identifier(output.name, quoted=True)))
    return True


def _of(column: exp.Column, alias: str) -> bool:
    return isinstance(column.this, exp.Identifier) and not column.args.get("db") and column.table.lower() in ("", alias)


def _is_named_apart(output: exp.Expr, names: set[str]) -> bool:
    """Whether an output has a name that is no column's, or is that of the column that it is."""
    if not isinstance(output, exp.Alias):
        return False
    own = output.this.name.lower() if isinstance(output.this, exp.Column) else None
    return output.alias.lower() == own or output.alias.lower() not in names
