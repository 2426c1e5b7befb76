"""Derived tables and CTEs lose the columns that nobody reads."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.optimizer.pushdown_projections import pushdown_projections


def drop_unused_projections(query: exp.Query) -> exp.Query:
    """
    >>> from sqlglot import parse_one
    >>> drop_unused_projections(parse_one('SELECT x.a AS a FROM (SELECT t.a AS a, t.b AS b FROM t AS t) AS x')).sql()
    'SELECT x.a AS a FROM (SELECT t.a AS a FROM t AS t) AS x'
    """
    pruned: exp.Query = pushdown_projections(query)
    return pruned
