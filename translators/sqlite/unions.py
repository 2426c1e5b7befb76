"""UNION, EXCEPT and INTERSECT: both sides in the types that DuckDB unites them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from planner.types import NULL
from translators.sqlite.compare import told_apart
from translators.sqlite.constants import quoted
from translators.sqlite.expressions import one_of, unite
from translators.sqlite.values import Refused, Value

Side = tuple[str, list[Value]]
"""A query's SQL and its columns."""


def united(query: exp.SetOperation, left: Side, right: Side, names: Sequence[str]) -> Side:
    """The set operation's SQL, its columns called `names`, and their values. Raises Refused."""
    if len(left[1]) != len(right[1]):
        raise Refused(query, "The sides of a set operation differ in their columns.")
    everything = isinstance(query, exp.Union) and not query.args.get("distinct")
    if not everything and not query.args.get("distinct"):
        raise Refused(query, f"SQLite has no {query.key.upper()} ALL.")
    pairs = [_united(one, other, query) for one, other in zip(left[1], right[1], strict=True)]
    columns = [replace(one_of("", pair), constant=None) for pair in pairs]
    if not everything:
        for column in columns:
            told_apart(column, query)
    texts = [
        f"SELECT {', '.join(_items([pair[side] for pair in pairs], names))} FROM ({text}) AS s"
        for side, (text, _) in enumerate((left, right))
    ]
    word = {exp.Union: "UNION", exp.Except: "EXCEPT", exp.Intersect: "INTERSECT"}[type(query)]
    return f"{texts[0]} {word}{' ALL' if everything else ''} {texts[1]}", columns


def _united(left: Value, right: Value, query: exp.SetOperation) -> list[Value]:
    if left.type == right.type == NULL:
        return [left, right]
    return unite([left, right], query)


def _items(values: Sequence[Value], names: Sequence[str]) -> list[str]:
    return [f"{value.sql} AS {quoted(name)}" for value, name in zip(values, names, strict=True)]
