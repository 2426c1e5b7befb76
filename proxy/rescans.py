"""Which inputs of a residual query DuckDB may scan more than once, told from the text alone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError


@lru_cache(maxsize=1024)
def scanned_again(sql: str, names: tuple[str, ...]) -> frozenset[str]:
    """Those of `names` that `sql` names twice, or inside a CTE that is itself named twice (DuckDB may inline it), or that a
    recursion may read at every turn.

    Errs on the side of "again". A plan that still scans another input twice is noticed while it runs.

        >>> sorted(scanned_again("SELECT * FROM f0 JOIN f1 ON f0.a = f1.a WHERE f1.b > (SELECT avg(b) FROM f1)", ("f0", "f1")))
        ['f1']
        >>> sorted(scanned_again("WITH t AS (SELECT a FROM f0) SELECT * FROM t JOIN t AS u ON t.a = u.a", ("f0",)))
        ['f0']
    """
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except (SqlglotError, RecursionError):
        return frozenset(names)
    if any(with_.args.get("recursive") for with_ in tree.find_all(exp.With)):
        return frozenset(names)
    references: dict[str, list[exp.Table]] = {}
    for table in tree.find_all(exp.Table):
        references.setdefault(table.name.lower(), []).append(table)
    ctes = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    times: dict[str, int] = {}

    def count(name: str) -> int:
        """How often `name` is read once every CTE is inlined, counted no further than twice. (A name's own CTE ends the walk.)"""
        if name not in times:
            times[name] = 0
            times[name] = min(2, sum(_product(table, name) for table in references.get(name, ())))
        return times[name]

    def _product(table: exp.Table, name: str) -> int:
        around: Iterable[exp.CTE] = (node for node in _ancestors(table) if isinstance(node, exp.CTE))
        product = 1
        for cte in around:
            outer = cte.alias.lower()
            product *= 1 if outer == name or outer not in ctes else max(1, count(outer))
        return product

    return frozenset(name for name in names if count(name.lower()) > 1)


def _ancestors(node: exp.Expr) -> Iterable[exp.Expr]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent
