"""Moments in UTC: a constant with a time zone is one without beside a column that has none, and the beginning of a day a DATE
beside a DATE."""

from __future__ import annotations

from datetime import time

from sqlglot import exp

from planner.fragments import TYPE
from planner.rules.constants import TIMESTAMPS, ZONED, literal, moment

_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_WITHOUT_ZONE = ("DATE", "TIMESTAMP")


def has_moments(query: exp.Query) -> bool:
    """Whether there is a constant that `compare_dates` could write otherwise."""
    return any(_day(node) is not None or moment(node, *ZONED) is not None for node in query.find_all(exp.Cast))


def compare_dates(query: exp.Query) -> exp.Query:
    """`date_column < CAST('1993-10-01 00:00:00' AS TIMESTAMP)` is `date_column < CAST('1993-10-01' AS DATE)`, and a store's index
    on the column serves it. DuckDB's own optimiser does the same. Beside a column without a time zone, a constant with one is the
    TIMESTAMP that it is in UTC, the time zone of every session. (A stored DATE beyond the years of a TIMESTAMP, at which DuckDB
    fails beside a constant with a zone, is compared here.)

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
        zoned = {key: side for key, side in sides.items() if moment(side, *ZONED) is not None}
        if zoned and all(key in zoned or _type(side) in _WITHOUT_ZONE for key, side in sides.items()) and len(zoned) < len(sides):
            for key, side in zoned.items():
                sides[key] = literal(side.this.name.removesuffix("+00"), "TIMESTAMP", side)
                node.set(key, sides[key])
        days = {key: day for key, side in sides.items() if _type(side) != "DATE" and (day := _day(side)) is not None}
        # Every side is one or the other: beside a moment within a day, the column stays a TIMESTAMP.
        if days and len(days) + sum(_type(side) == "DATE" for side in sides.values()) == len(keys) and len(days) < len(keys):
            for key, day in days.items():
                node.set(key, literal(day, "DATE", sides[key]))
    return query


def _type(node: exp.Expr) -> object:
    return node.meta_get(TYPE) if isinstance(node, exp.Column) else None


def _day(node: exp.Expr) -> str | None:
    """The day at whose beginning a TIMESTAMP literal is; None for any other node."""
    found = moment(node, *TIMESTAMPS)
    return found.date().isoformat() if found is not None and found.time() == time() else None
