"""The clock as a constant: within one query `now()`, `current_date` and their kin have one value, and stores are sent that.

DuckDB reads the clock once a query too, in UTC as every session of Foz's is. What it is given is the moment at which the query
was planned, so that stores and residual go by the same one, whatever the stores' own clocks say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlglot import exp

from planner.bind import Bound
from planner.dialect import DUCKDB
from planner.parse import reads_clock
from planner.rules.constants import MOMENT

_ZONED = ("TIMESTAMP WITH TIME ZONE", "%Y-%m-%d %H:%M:%S.%f+00")
_VALUES: Mapping[Any, tuple[str, str]] = {
    exp.CurrentTimestamp: _ZONED,
    "now": _ZONED,
    "get_current_timestamp": _ZONED,
    "transaction_timestamp": _ZONED,
    exp.CurrentDate: ("DATE", "%Y-%m-%d"),
    exp.Localtimestamp: ("TIMESTAMP", "%Y-%m-%d %H:%M:%S.%f"),
    exp.Localtime: ("TIME", "%H:%M:%S.%f"),
}
"""The type and the text of what each function gives; those that sqlglot has no node for by their names."""


def at(bound: Bound, now: datetime) -> Bound:
    """`bound` with what reads the clock as the constants that it is `now`, a moment in UTC.

    Unchanged where something in it has no value here (`current_time`, `age(x)`): one query has one moment.
    """
    if not bound.statement.clocked or bound.qualified is None:
        return bound
    query = bound.qualified.copy()
    readings = [(node, _value(node)) for node in query.walk() if reads_clock(node)]
    for node, value in readings:
        if value is None:
            return bound
        type, format = value
        constant = exp.cast(exp.Literal.string(now.strftime(format)), type, dialect=DUCKDB)
        if type != "DATE":
            constant.meta[MOMENT] = True
        node.replace(constant)
    return replace(bound, qualified=query)


def _value(node: exp.Expr) -> tuple[str, str] | None:
    if isinstance(node, exp.Anonymous):
        return None if node.expressions else _VALUES.get(node.name.lower())
    return None if any(node.args.values()) else _VALUES.get(type(node))
