"""`unnest` of an array as `$unwind`."""

from __future__ import annotations

from sqlglot import exp

from translators.mongo.refusal import Refused
from translators.mongo.rows import Context, Rows

Known = list[tuple[exp.Expr, exp.Expr]]


def unwound(join: exp.Join, rows: Rows, context: Context) -> Rows | None:
    """The rows of a join with `unnest`; None where it joins anything else."""
    return None


def unnested(query: exp.Select, rows: Rows, known: Known, context: Context) -> tuple[Rows, Known]:
    """The rows with an output that is an `unnest` as one row an element. Raises Refused."""
    for select in query.selects:
        for node in select.find_all(exp.Explode, exp.Unnest):
            raise Refused(node, "unnest is not translated to MongoDB")
    return rows, known
