"""A DATE compared with the beginning of a day is compared with that day."""

from __future__ import annotations

from datetime import time

from sqlglot import exp

from planner.fragments import TYPE
from planner.rules.constants import TIMESTAMPS, moment

_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)


def has_moments(query: exp.Query) -> bool:
    """Whether there is a constant that `compare_dates` could make a day of."""
    return any(_day(node) is not None for node in query.find_all(exp.Cast))


def compare_dates(query: exp.Query) -> exp.Query:
    """`date_column < CAST('1993-10-01 00:00:00' AS TIMESTAMP)` is `date_column < CAST('1993-10-01' AS DATE)`, and a store's index
    on the column serves it. DuckDB's own optimiser does the same.

    Columns are known by the type that `planner.fragments.note_types` has noted.

    >>> from sqlglot import parse_one
    >>> query = parse_one("SELECT t.d FROM t WHERE t.d >= CAST('1993-10-01 00:00:00' AS TIMESTAMP)", dialect='duckdb')
    >>> for column in query.find_all(exp.Column): column.meta[TYPE] = 'DATE'
    >>> compare_dates(query).sql('duckdb')
    "SELECT t.d FROM t WHERE t.d >= CAST('1993-10-01' AS DATE)"
    """
    for node in query.find_all(*_COMPARISONS, exp.Between):
        keys = ("this", "low", "high") if isinstance(node, exp.Between) else ("this", "expression")
        sides = {key: node.args[key] for key in keys if isinstance(node.args.get(key), exp.Expr)}
        days = {key: day for key, side in sides.items() if not _is_date(side) and (day := _day(side)) is not None}
        # Every side is one or the other: beside a moment within a day, the column stays a TIMESTAMP.
        if days and len(days) + sum(map(_is_date, sides.values())) == len(keys) and len(days) < len(keys):
            for key, day in days.items():
                node.set(key, exp.cast(exp.Literal.string(day), "DATE", dialect="duckdb"))
    return query


def _is_date(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column) and node.meta_get(TYPE) == "DATE"


def _day(node: exp.Expr) -> str | None:
    """The day at whose beginning a TIMESTAMP literal is; None for any other node."""
    found = moment(node, *TIMESTAMPS)
    return found.date().isoformat() if found is not None and found.time() == time() else None
