"""Conditions on a derived table or a CTE move into it."""

from __future__ import annotations

from sqlglot import exp

from planner.fragments import TYPE, conjunction
from planner.joins import Conjunct, JoinTree, flat_conjuncts, join_tree, remove
from planner.parse import volatile_reason

_BARRIERS = ("limit", "offset", "distinct", "qualify", "windows", "sample", "group", "having", "laterals")


def push_filters(query: exp.Query) -> exp.Query:
    """A conjunct that reads one derived table, and there only plain columns, filters inside it instead.

    A derived table with a LIMIT, DISTINCT, GROUP BY, aggregate or window stays as it is: there the condition means something
    else inside. A CTE is entered where it is read once. A conjunct moves as deep as it can.

    >>> from sqlglot import parse_one
    >>> push_filters(parse_one('SELECT x.b AS b FROM (SELECT t.a AS b FROM t AS t) AS x WHERE x.b > 1')).sql()
    'SELECT x.b AS b FROM (SELECT t.a AS b FROM t AS t WHERE t.a > 1) AS x'
    """
    bodies = _entered_once(query)
    for select in list(query.find_all(exp.Select, bfs=True)):
        tree = join_tree(select)
        for node in tree.relations:
            body = _body(node, bodies)
            if body is not None:
                _push(tree, node.alias_or_name, body)
        remove(tree)
    return query


def _push(tree: JoinTree, alias: str, body: exp.Query) -> None:
    sides = _sides(body)
    for conjunct in tree.alone(alias):
        inside = [condition for side in sides if (condition := _inside(conjunct, side, body)) is not None]
        if sides and len(inside) == len(sides):
            for side, condition in zip(sides, inside, strict=True):
                where = side.args.get("where")
                kept = list(flat_conjuncts(where.this if where is not None else None))
                side.set("where", exp.Where(this=conjunction([*kept, condition])))
            conjunct.pushed = True


def _sides(body: exp.Query) -> list[exp.Select]:
    """The SELECTs that a condition on the body's rows has to enter: itself, or every side of a UNION ALL; none if barred.

    UNION ALL BY NAME is barred: its sides have their columns in orders of their own, or not at all.
    """
    if (
        isinstance(body, exp.Union)
        and body.args.get("distinct") is False
        and not any(body.args.get(bar) for bar in ("limit", "offset", "by_name"))
    ):
        left, right = (_sides(side) for side in (body.this, body.expression))
        return left + right if left and right else []
    if not isinstance(body, exp.Select) or any(body.args.get(bar) for bar in _BARRIERS) or body.args.get("from_") is None:
        return []
    if any(projection.find(exp.AggFunc, exp.Window, exp.Unnest, exp.Explode, exp.Query) for projection in body.selects):
        return []
    return [body]


def _inside(conjunct: Conjunct, side: exp.Select, body: exp.Query) -> exp.Expr | None:
    """The conjunct as the SELECT `side` would write it; None where it reads something else than plain columns."""
    names = [name.lower() for name in body.named_selects]
    condition = conjunct.condition.copy()
    holder = exp.Paren(this=condition)
    for column in list(holder.find_all(exp.Column)):
        if names.count(column.name.lower()) != 1:
            return None
        position = names.index(column.name.lower())
        projected = side.selects[position].unalias()
        if not isinstance(projected, exp.Column) or volatile_reason(projected):
            return None
        if side is not body and not _of_one_type(body, position):
            return None
        column.replace(projected.copy())
    moved: exp.Expr = holder.this
    return moved


def _of_one_type(body: exp.Query, position: int) -> bool:
    """Whether every side of a union has a base table's column of the same type there; else the union converts values."""
    types = {side.selects[position].unalias().meta.get(TYPE) for side in _sides(body)}
    return len(types) == 1 and None not in types


def _body(node: exp.Expr, bodies: dict[str, exp.Query]) -> exp.Query | None:
    if isinstance(node, exp.Subquery) and not node.alias_column_names and not node.args.get("joins"):
        return node.this if isinstance(node.this, exp.Query) else None
    if isinstance(node, exp.Table) and not node.args.get("catalog") and not node.alias_column_names:
        return bodies.get(node.name)
    return None


def _entered_once(query: exp.Query) -> dict[str, exp.Query]:
    """Bodies of the CTEs that are read in one place, not recursive and without column aliases."""
    ctes = [cte for with_ in query.find_all(exp.With) if not with_.args.get("recursive") for cte in with_.expressions]
    reads = [node.name for node in query.find_all(exp.Table) if not node.args.get("catalog")]
    names = [cte.alias for cte in ctes]
    return {
        cte.alias: cte.this
        for cte in ctes
        if reads.count(cte.alias) == 1 and names.count(cte.alias) == 1 and not cte.alias_column_names
    }
