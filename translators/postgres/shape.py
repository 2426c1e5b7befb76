"""What can be said of a query by its form, and by what its tables hold."""

from __future__ import annotations

from enum import Enum

from sqlglot import exp

from planner.catalog import Source
from planner.cost import workload
from planner.plan import Fragment
from translators.postgres.aggregates import own_aggregates

POINT_ROWS = 100
"""Rows up to which a request is cheaper without COPY."""

_AGAIN_ROWS = 10_000
"""Rows that a request may read so that it is little to run it again, should the estimate of what it gives be wrong."""


class Few(Enum):
    """Whether a request gives few rows: `KNOWN` by its form, `ESTIMATED` by statistics, which may be wrong."""

    NOT = 0
    ESTIMATED = 1
    KNOWN = 2


def fewness(fragment: Fragment, source: Source) -> Few:
    """Whether a fragment gives at most `POINT_ROWS` rows, or about so many with little work."""
    query = fragment.query
    if _is_point(query, source):
        return Few.KNOWN
    if query.args.get("limit") is not None or query.args.get("offset") is not None:
        return Few.NOT  # It is read with a limit of its own, and with COPY where that is large.
    work = workload(fragment, source)
    if work.given.rows is None or work.passed is None or work.read is None:
        return Few.NOT
    return Few.ESTIMATED if work.given.rows <= POINT_ROWS and work.passed + work.read <= _AGAIN_ROWS else Few.NOT


def finds_rows(query: exp.Query) -> bool:
    """Whether the query's rows are few because few are found, not because they are cut off or counted up: then one plan serves
    for any constants, and planning costs more than running."""
    if not isinstance(query, exp.Select) or any(query.args.get(name) for name in ("group", "distinct", "limit", "offset")):
        return False
    return not aggregating(query) and not any(projection.find(exp.Window) for projection in query.selects)


def _is_point(query: exp.Query, source: Source) -> bool:
    """Whether the request gives few rows whatever the tables hold: LIMIT, one group, or a whole key of a single table."""
    limit = query.args.get("limit")
    if limit is not None and isinstance(limit.expression, exp.Literal) and int(limit.expression.this) <= POINT_ROWS:
        return True
    if not isinstance(query, exp.Select):
        return False
    if not query.args.get("group") and aggregating(query):
        return True
    where, from_ = query.args.get("where"), query.args.get("from_")
    if where is None or from_ is None or query.args.get("joins") or not isinstance(from_.this, exp.Table):
        return False
    if not from_.this.args.get("catalog"):
        return False
    table = source.by_path.get((from_.this.db.lower(), from_.this.name.lower()))
    if table is None:
        return False
    conjuncts = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
    fixed = {
        conjunct.this.name.lower()
        for conjunct in conjuncts
        if isinstance(conjunct, exp.EQ)
        and isinstance(conjunct.this, exp.Column)
        and isinstance(conjunct.expression, (exp.Literal, exp.Cast))
    }
    keys = [key for key in (table.primary_key, *table.unique_keys) if key]
    return any({name.lower() for name in key} <= fixed for key in keys)


def removable(query: exp.Query) -> bool:
    """Whether a conjunct of the WHERE may be left out and applied to the query's rows instead."""
    if not isinstance(query, exp.Select) or any(
        query.args.get(name) for name in ("group", "having", "distinct", "qualify", "limit", "offset")
    ):
        return False
    return not aggregating(query) and not any(projection.find(exp.Window, exp.Explode) for projection in query.selects)


def aggregating(query: exp.Select) -> bool:
    """Whether the SELECT itself makes groups of its rows (not a subquery in it, nor a window function)."""
    return bool(own_aggregates(query))
