"""ORDER BY and GROUP BY without positions and constants: what they mean must not depend on which outputs are left.

Qualifying writes a position as the output's expression, except for constants, `unnest` and set operations. A position that
stays would name another output once unused ones are dropped, and a store may read a constant (a date that it keeps as a number)
as one.
"""

from __future__ import annotations

from sqlglot import exp

from planner.unnests import is_unnested

_FIXED = (
    exp.Literal,
    exp.Boolean,
    exp.Null,
    exp.Cast,
    exp.DataType,
    exp.DataTypeParam,
    exp.Paren,
    exp.Neg,
    exp.Alias,
    exp.Identifier,
)


def without_positions(query: exp.Query) -> bool:
    """Takes positions and constants out of every ORDER BY and GROUP BY; False where the query may not mean the same then.

    >>> from sqlglot import parse_one
    >>> query = parse_one('SELECT 5 AS a, t.b AS b FROM t AS t GROUP BY 1, t.b ORDER BY 1, t.b')
    >>> without_positions(query), query.sql()
    (True, 'SELECT 5 AS a, t.b AS b FROM t AS t GROUP BY t.b ORDER BY t.b')
    """
    return all(_ungrouped(each) and _unordered(each) for each in query.find_all(exp.Select, exp.SetOperation))


def _unordered(query: exp.Query) -> bool:
    order = query.args.get("order")
    if not isinstance(order, exp.Order):
        return True
    kept = []
    for term in order.expressions:
        position = _position(term.this)
        if position is not None and isinstance(query, exp.SetOperation):
            names = [name.lower() for name in query.named_selects]
            if not 0 < position <= len(names) or names.count(names[position - 1]) > 1:
                return False
            term.set("this", exp.column(exp.to_identifier(query.named_selects[position - 1], quoted=True)))
        elif position is not None and not (0 < position <= len(query.selects) and _constant(query.selects[position - 1])):
            return False
        if not _constant(_named(term.this, query)):
            kept.append(term)
    query.set("order", exp.Order(expressions=kept) if kept else None)
    return True


def _ungrouped(query: exp.Query) -> bool:
    group = query.args.get("group")
    if not isinstance(group, exp.Group) or not any(_constant(key) for key in group.expressions):
        return True
    kept = []
    for key in group.expressions:
        position = _position(key)
        output = query.selects[position - 1].unalias() if position is not None and 0 < position <= len(query.selects) else None
        if output is not None and is_unnested(output):
            kept.append(output.copy())
        elif position is not None and (output is None or not _constant(output)):
            return False
        elif not _constant(key):
            kept.append(key)
    group.set("expressions", kept)
    return bool(kept)


def _named(term: exp.Expr, query: exp.Query) -> exp.Expr:
    """The output of a SELECT that a bare name in its ORDER BY stands for, or the term itself."""
    if isinstance(term, exp.Column) and not term.table and isinstance(query, exp.Select):
        return next((each for each in query.selects if each.alias_or_name.lower() == term.name.lower()), term)
    return term


def _position(node: exp.Expr) -> int | None:
    return int(node.name) if isinstance(node, exp.Literal) and node.is_int else None


def _constant(node: exp.Expr) -> bool:
    return all(isinstance(part, _FIXED) for part in node.walk())
