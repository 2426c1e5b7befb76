"""What is made plain in a qualified query before it is cut: constants are folded, limits bare, and dates compared with dates.

A walk over the tree is only made where the statement holds what it looks for: planning a point query takes less than one.
"""

from __future__ import annotations

from sqlglot import exp

from planner.bind import Bound
from planner.fragments import note_types
from planner.rules.constants import COMPUTED, Compute, bare_limits, fold_constants
from planner.rules.dates import compare_dates, has_moments


def plain(bound: Bound, query: exp.Query, compute: Compute) -> exp.Query:
    """`query`, the qualified one of `bound`, made plain."""
    statement = bound.statement
    computed = statement.clocked or statement.has(*COMPUTED)
    if computed:
        query = fold_constants(query, compute)
    if statement.has(exp.Limit, exp.Offset):
        query = bare_limits(query)
    if computed and has_moments(query):
        note_types(query, bound.catalog)
        query = compare_dates(query)
    return query
