"""What a source's configuration keeps away from it, whatever its store could do."""

from __future__ import annotations

from sqlglot import exp

from planner.catalog import Capabilities
from planner.plan import Left


def barred(query: exp.Query, capabilities: Capabilities) -> Left | None:
    """The first part of a query that the source is configured without; None where it may be asked for all of it."""
    if not capabilities.joins and sum(bool(table.args.get("catalog")) for table in query.find_all(exp.Table)) > 1:
        return Left(query, "the source is configured without joins")
    if not capabilities.filters and (where := query.find(exp.Where)) is not None:
        return Left(where, "the source is configured without filters")
    if not capabilities.aggregates and (grouping := query.find(exp.AggFunc, exp.Group, exp.Distinct)) is not None:
        return Left(grouping, "the source is configured without aggregates")
    if not capabilities.sorts and (sorting := query.find(exp.Order, exp.Limit, exp.Offset)) is not None:
        return Left(sorting, "the source is configured without sorts")
    return None
