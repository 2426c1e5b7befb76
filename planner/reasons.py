"""Why a query is not sent to one store whole, whatever that store takes."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from planner.bind import Bound
from planner.parse import volatile_reason
from planner.plan import Left


def computed_here(bound: Bound, query: exp.Query) -> Iterator[Left]:
    """What of `query`, which is `bound`'s, no store could be sent."""
    yield from (Left(node, reason) for node in query.walk() if (reason := volatile_reason(node)) is not None)
    sources = sorted({reference.table.source for reference in bound.references})
    if len(sources) > 1:
        yield Left(exp.Var(this=", ".join(sources)), "what is over several sources is computed here")
    if bound.qualified is None and sources:
        yield Left(exp.Var(this="the query"), "it has a form that DuckDB alone reads, and runs as it is written")
