"""One query asked of Foz and of the oracle: None where they agree, otherwise how they differ."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
from sqlglot import exp, parse_one

from planner.errors import FozError
from proxy.request import Parameter
from tests.answers.world import World, rows_of, same, sort_key


@dataclass(frozen=True)
class Difference:
    """`kind` says what differs (a reduction keeps it), `detail` how."""

    kind: str
    detail: str


def difference(world: World, sql: str, parameters: tuple[Parameter, ...] = (), asked: str | None = None) -> Difference | None:
    """How Foz's answer to `asked` with `parameters` (or else to `sql`) differs from the oracle's to `sql`.

    Where the oracle raises, Foz raises too or answers without the rows for which it raised: both are right.
    """
    try:
        expected = world.expected(sql)
    except (duckdb.Error, FozError):
        expected = None
    try:
        got = world.ask(asked or sql, parameters)
    except FozError as error:
        return None if expected is None else Difference(f"Foz raises {error.code}", str(error))
    except Exception as error:  # whatever it is, it is a defect
        return Difference(f"Foz breaks with {type(error).__name__}", repr(error))
    if expected is None:
        return None
    if got.schema.names != expected.schema.names:
        return Difference("names", f"{got.schema.names} instead of {expected.schema.names}")
    if got.schema.types != expected.schema.types:
        return Difference("types", f"{got.schema.types} instead of {expected.schema.types}")
    ours, theirs = rows_of(got), rows_of(expected)
    if not ordered(sql):
        ours, theirs = sorted(ours, key=sort_key), sorted(theirs, key=sort_key)
    if len(ours) != len(theirs):
        return Difference("rows", f"{len(ours)} rows instead of {len(theirs)}")
    for mine, right in zip(ours, theirs, strict=True):
        if not all(same(a, b) for a, b in zip(mine, right, strict=True)):
            return Difference("rows", f"{mine} instead of {right}")
    return None


def ordered(sql: str) -> bool:
    """Whether the query orders by every output, so that rows which tie are the same."""
    query = parse_one(sql, dialect="duckdb")
    order = query.args.get("order")
    return isinstance(query, exp.Query) and isinstance(order, exp.Order) and len(order.expressions) == len(query.selects)
