"""Which of its two ways DuckDB 2.0.0 computes an average in, by its plans: they differ in the last bit of one average in six."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlglot import exp


def becomes_a_quotient(
    average: exp.Expr, aggregates: Iterable[exp.Expr], grouped: bool, filled: Callable[[exp.Expr], bool]
) -> bool:
    """Whether DuckDB's optimizer makes sum / count of an average that has no DISTINCT, FILTER or window.

    It does where there is one group only, and where the same sum or the same count is asked for anyway. `aggregates` are those of
    the average's SELECT; `filled` says of an expression that it is never NULL.
    """
    if not grouped:
        return True
    for other in aggregates:
        argument = other.this
        if other is average or isinstance(other.parent, exp.Filter) or isinstance(argument, exp.Distinct):
            continue
        if isinstance(other, (exp.Sum, exp.Count)) and argument == average.this:
            return True
        of_rows = argument is None or isinstance(argument, exp.Star) or (isinstance(argument, exp.Column) and filled(argument))
        if isinstance(other, (exp.Count, exp.Avg)) and argument != average.this and filled(average.this) and of_rows:
            return True
    return False
