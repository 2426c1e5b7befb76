"""UNION, EXCEPT and INTERSECT: both sides in the types that DuckDB unites them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from planner.types import NULL, Typed
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
        columns = [_told_apart(column, query) for column in columns]
    texts = [cast_side(text, values, columns, names) for text, values in (left, right)]
    word = {exp.Union: "UNION", exp.Except: "EXCEPT", exp.Intersect: "INTERSECT"}[type(query)]
    return f"({texts[0]}) {word}{'' if query.args.get('distinct') else ' ALL'} ({texts[1]})", columns


def _told_apart(column: Value, query: exp.SetOperation) -> Value:
    """A column whose values can be the same: texts of two collations are compared byte by byte."""
    if column.type == NULL:
        return column
    if column.type == "VARCHAR" and column.collation is None:
        return replace(column, collation="C", ordered_by_bytes=True)
    by_equality(column, query)
    return column


def _united(left: Value, right: Value, query: exp.SetOperation) -> Value:
    all_rows = isinstance(query, exp.Union) and not query.args.get("distinct")
    if all_rows and left.opaque and right.opaque and (left.type, left.base) == (right.type, right.base):
        return replace(left, text="", filled=False, nullified=left.nullified or right.nullified)
    if left.type == right.type == NULL:
        return Value("", Typed(NULL), collation="")
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


def cast_side(text: str, values: Sequence[Value], columns: Sequence[Value], names: Sequence[str]) -> str:
    """One side of a set operation, its `values` in the types and collations of the united `columns`."""
    casts = [_cast(value, column) for value, column in zip(values, columns, strict=True)]
    if not any(casts):
        return text
    inner = [f"c{index}" for index in range(len(values))]
    items = [f"s.{name}{cast} AS {quoted(out)}" for name, cast, out in zip(inner, casts, names, strict=True)]
    return f"SELECT {', '.join(items)} FROM ({text}) AS s({', '.join(inner)})"


def _cast(value: Value, column: Value) -> str:
    if value.type != column.type:
        return f"::{home(column.type) or 'text'}"
    return ' COLLATE "C"' if column.ordered_by_bytes and not value.ordered_by_bytes else ""
