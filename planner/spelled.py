"""Forms that DuckDB alone has, written as what they stand for: GROUP BY ALL, ORDER BY ALL, UNION BY NAME."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp


def spelled_out(query: exp.Query) -> bool:
    """Writes the forms of a qualified query out in place; False where it is not certain what one of them stands for.

    >>> from sqlglot import parse_one
    >>> text = 'SELECT t.a AS a, t.b AS b FROM t AS t UNION ALL BY NAME SELECT u.b AS b FROM u AS u ORDER BY ALL DESC'
    >>> query = parse_one(text, dialect="duckdb")
    >>> spelled_out(query), query.sql()
    (True, 'SELECT t.a AS a, t.b AS b FROM t AS t UNION ALL SELECT NULL AS "a", u.b AS b FROM u AS u ORDER BY "a" DESC, "b" DESC')
    """
    return _unions_by_position(query) and _groups(query) and _orders(query)


def _groups(query: exp.Query) -> bool:
    """Writes GROUP BY ALL as the projections that it stands for, those without an aggregate.

    A function that sqlglot does not know may be an aggregate, and a constant would be read as a position.
    """
    for select in query.find_all(exp.Select):
        group = select.args.get("group")
        if group is None or not group.args.get("all"):
            continue
        if any(selected.find(exp.Anonymous, exp.AnonymousAggFunc, exp.Query, exp.Window) for selected in select.selects):
            return False
        keys = [selected.unalias().copy() for selected in select.selects if not selected.find(exp.AggFunc)]
        if not all(key.find(exp.Column) for key in keys):
            return False
        select.set("group", exp.Group(expressions=keys) if keys else None)
    return True


def _orders(query: exp.Query) -> bool:
    """Writes ORDER BY ALL as the outputs, from left to right."""
    for ordering in query.find_all(exp.Order):
        if len(ordering.expressions) != 1 or not _is_all(ordering.expressions[0]):
            continue
        owner, term = ordering.parent, ordering.expressions[0]
        names = owner.named_selects if isinstance(owner, exp.Query) else []
        if not all(names) or len({name.lower() for name in names}) != len(names) or not names:
            return False
        direction = {name: term.args.get(name) for name in ("desc", "nulls_first")}
        ordering.set("expressions", [exp.Ordered(this=exp.column(name, quoted=True), **direction) for name in names])
    return True


def _is_all(term: exp.Expr) -> bool:
    return isinstance(term, exp.Ordered) and isinstance(term.this, exp.Var) and term.this.name.upper() == "ALL"


def _unions_by_position(query: exp.Query) -> bool:
    """Arranges the sides of each UNION BY NAME by the names of the first; what a side lacks is NULL there.

    Names that only the second side has come last. Whoever reads the union from outside was told the first side's names alone,
    so that they are possible only where nobody does.
    """
    for union in reversed(list(query.find_all(exp.SetOperation))):
        if not union.args.get("by_name"):
            continue
        first, second = union.this.named_selects, union.expression.named_selects
        known = [name.lower() for name in first]
        new = [name for name in second if name.lower() not in known]
        if len(set(known)) != len(known) or len({name.lower() for name in second}) != len(second):
            return False
        if new and not _stands_alone(union):
            return False
        names = [*first, *new]
        if not (_arrange(union.this, names) and _arrange(union.expression, names)):
            return False
        union.set("by_name", None)
    return True


def _stands_alone(union: exp.Expr) -> bool:
    node = union.parent
    while isinstance(node, exp.SetOperation) or (isinstance(node, exp.Subquery) and not node.alias):
        node = node.parent
    return node is None


def _arrange(side: exp.Expr, names: Sequence[str]) -> bool:
    """Gives a side of a union the outputs `names`, in this order."""
    if isinstance(side, exp.Subquery):
        return _arrange(side.this, names)
    if isinstance(side, exp.SetOperation):
        own = [name.lower() for name in side.named_selects]
        places = [own.index(name.lower()) if name.lower() in own else None for name in names]
        return all(_place(each, places, names) for each in (side.this, side.expression))
    if not isinstance(side, exp.Select):
        return False
    own = [name.lower() for name in side.named_selects]
    return _place(side, [own.index(name.lower()) if name.lower() in own else None for name in names], names)


def _place(side: exp.Expr, places: Sequence[int | None], names: Sequence[str]) -> bool:
    if isinstance(side, exp.Subquery):
        return _place(side.this, places, names)
    if isinstance(side, exp.SetOperation):
        return all(_place(each, places, names) for each in (side.this, side.expression))
    if not isinstance(side, exp.Select):
        return False
    selects = side.selects
    absent = [exp.Alias(this=exp.Null(), alias=exp.to_identifier(name, quoted=True)) for name in names]
    side.set("expressions", [absent[at] if place is None else selects[place] for at, place in enumerate(places)])
    return True
