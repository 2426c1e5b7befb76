"""UNION, EXCEPT and INTERSECT: both sides in the types that DuckDB unites them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from planner.types import Typed
from translators.postgres.compare import by_equality
from translators.postgres.expressions import one_collation, unite
from translators.postgres.types import home, quoted
from translators.postgres.value import Refused, Value

Side = tuple[str, list[Value]]
"""A query's SQL and its columns."""


def united(query: exp.SetOperation, left: Side, right: Side, names: Sequence[str]) -> tuple[str, list[Value]]:
    """The set operation's SQL, its columns called `names`, and their values. Raises Refused."""
    if len(left[1]) != len(right[1]):
        raise Refused(query, "the sides of a set operation differ in their columns")
    columns = [_united(one, other, query) for one, other in zip(left[1], right[1], strict=True)]
    if query.args.get("distinct") or not isinstance(query, exp.Union):
        for column in columns:
            by_equality(column, query)
    targets = [column.type for column in columns]
    texts = [cast_side(text, values, targets, names) for text, values in (left, right)]
    word = {exp.Union: "UNION", exp.Except: "EXCEPT", exp.Intersect: "INTERSECT"}[type(query)]
    return f"({texts[0]}) {word}{'' if query.args.get('distinct') else ' ALL'} ({texts[1]})", columns


def _united(left: Value, right: Value, query: exp.SetOperation) -> Value:
    all_rows = isinstance(query, exp.Union) and not query.args.get("distinct")
    if all_rows and left.opaque and right.opaque and (left.type, left.base) == (right.type, right.base):
        return replace(left, text="", filled=False, nullified=left.nullified or right.nullified)
    one, other = unite([replace(left, text="x"), replace(right, text="x")], query)
    reaches = [side.reach for side in (one, other) if side.reach is not None]
    return Value(
        "",
        Typed(one.type),
        collation=one_collation([one, other]),
        orderable=left.orderable and right.orderable,
        loose=left.loose or right.loose,
        reach=max(reaches) if len(reaches) == 2 else None,
    )


def cast_side(text: str, values: Sequence[Value], targets: Sequence[str], names: Sequence[str]) -> str:
    """One side of a set operation with its columns in the common types."""
    if all(value.type == target for value, target in zip(values, targets, strict=True)):
        return text
    inner = [f"c{index}" for index in range(len(values))]
    items = [
        f"s.{name}{'' if value.type == target else '::' + (home(target) or 'text')} AS {quoted(out)}"
        for name, value, target, out in zip(inner, values, targets, names, strict=True)
    ]
    return f"SELECT {', '.join(items)} FROM ({text}) AS s({', '.join(inner)})"
