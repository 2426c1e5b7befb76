"""Window functions."""

from __future__ import annotations

from sqlglot import exp

from translators.mongo.refusal import Refused
from translators.mongo.rows import Context, Rows

Known = list[tuple[exp.Expr, exp.Expr]]


def windowed(query: exp.Select, rows: Rows, known: Known, context: Context) -> tuple[Rows, Known]:
    """The rows with every window function of the SELECT beside them. Raises Refused."""
    for node in query.find_all(exp.Window):
        raise Refused(node, "window functions are not translated to MongoDB")
    return rows, known
