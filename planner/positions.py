"""ORDER BY and GROUP BY without positions and constants: what they mean must not depend on which outputs are left.

Qualifying writes a position as the output's expression, except for constants and set operations. A position that stays would
name another output once unused ones are dropped, and a store may read a constant (a date that it keeps as a number) as one.
"""

from __future__ import annotations

from sqlglot import exp

from planner.parse import volatile_reason

_CHANGING = (
    exp.Column, exp.Query, exp.Anonymous, exp.AnonymousAggFunc, exp.AggFunc, exp.Window, exp.Unnest, exp.Explode, exp.Star,
    exp.Placeholder, exp.Parameter,
)  # fmt: skip


def without_positions(query: exp.Query) -> bool:
    """Takes positions and constants out of every ORDER BY and GROUP BY in `query`; False where that is not certain to be the same.

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
        if not _constant(term.this):
            kept.append(term)
    query.set("order", exp.Order(expressions=kept) if kept else None)
    return True


def _ungrouped(query: exp.Query) -> bool:
    group = query.args.get("group")
    if not isinstance(group, exp.Group) or not any(_constant(key) for key in group.expressions):
        return True
    for position in (_position(key) for key in group.expressions):
        if position is not None and not (0 < position <= len(query.selects) and _constant(query.selects[position - 1])):
            return False
    kept = [key for key in group.expressions if not _constant(key)]
    group.set("expressions", kept)
    return bool(kept)


def _position(node: exp.Expr) -> int | None:
    return int(node.name) if isinstance(node, exp.Literal) and node.is_int else None


def _constant(node: exp.Expr) -> bool:
    return not any(isinstance(part, _CHANGING) or volatile_reason(part) for part in node.walk())
