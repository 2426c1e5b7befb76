"""The conditions of inner joins move to the WHERE, where every conjunct is seen side by side."""

from __future__ import annotations

from sqlglot import exp

from planner.fragments import conjunction
from planner.joins import flat_conjuncts, join_tree


def gather_inner_conditions(query: exp.Query) -> exp.Query:
    """Only in SELECTs without a RIGHT or FULL join: there an inner join's condition filters rows that a later join would keep.

    >>> from sqlglot import parse_one
    >>> gather_inner_conditions(parse_one('SELECT a.x FROM a JOIN b ON a.x = b.x LEFT JOIN c ON c.x = b.x WHERE b.y > 1')).sql()
    'SELECT a.x FROM a CROSS JOIN b LEFT JOIN c ON c.x = b.x WHERE a.x = b.x AND b.y > 1'
    """
    for select in query.find_all(exp.Select):
        tree = join_tree(select)
        if not tree.commutes:
            continue
        gathered: list[exp.Expr] = []
        for join in tree.joins:
            if not join.side and join.args.get("on") is not None:
                gathered.extend(flat_conjuncts(join.args["on"]))
                join.set("on", None)
                join.set("kind", "CROSS")
        if gathered:
            where = select.args.get("where")
            gathered.extend(flat_conjuncts(where.this if where is not None else None))
            select.set("where", exp.Where(this=conjunction(gathered)))
    return query
