"""One query asked of Foz and of the oracle: None where Foz is right, otherwise how it is wrong.

    the oracle answers    Foz gives the same columns, types and rows; the same order where the query orders
    the oracle raises     Foz raises too, or gives the answer *without the rows that a condition raised for* (`raising`):
                          an error is never turned into a value

An answer that the oracle itself gives otherwise when its tables' rows come in another order is not determined by the query, and
is no difference. Nor is what the oracle says without its optimiser: that of DuckDB 2.0.0 moves conversions that fail to rows that
the query never asks for, and loses rows of EXISTS over a LEFT JOIN whose condition is on its right side alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Timer
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp, parse_one

from planner.errors import FozError
from proxy.engine_errors import RAISED
from proxy.request import Parameter
from tests.answers.world import TooManyRows, World, rows_of, same, sort_key
from tests.fuzz.raising import without_errors

TIMEOUT_MS = 10_000
ORACLE_SECONDS = 4.0
MOST_ROWS = 20_000
"""A query that takes the oracle longer, or has more rows, is not judged: the tables are small, and it is a product of many."""

ORACLE_RAISES = (*RAISED, FozError, OSError)
"""What comes out of the oracle for a query that it refuses; in mid-stream that is an OSError."""

_OWN_FAULTS = ("server.internal", "server.busy", "source.unavailable", "query.timeout")
"""Errors that are never the right answer to a query."""


@dataclass(frozen=True)
class Difference:
    """`kind` says what differs (a reduction keeps it), `detail` how."""

    kind: str
    detail: str


def difference(world: World, sql: str, parameters: tuple[Parameter, ...] = (), asked: str | None = None) -> Difference | None:
    """How Foz's answer to `asked` with `parameters` (or else to `sql`) differs from the oracle's to `sql`."""
    try:
        return _difference(world, sql, parameters, asked)
    except _NotJudged:
        return None


class _NotJudged(Exception):
    """The oracle has no answer in time, or none that is small enough to be compared."""


def _expected(world: World, sql: str, oracle: duckdb.DuckDBPyConnection | None = None) -> pa.Table:
    """The oracle's answer. Raises _NotJudged, and ORACLE_RAISES."""
    oracle = oracle or world.own_oracle()
    limit = Timer(ORACLE_SECONDS, oracle.interrupt)
    limit.start()
    try:
        return world.expected(sql, oracle, MOST_ROWS)
    except (TooManyRows, duckdb.InterruptException):
        raise _NotJudged from None
    finally:
        limit.cancel()


def _difference(world: World, sql: str, parameters: tuple[Parameter, ...], asked: str | None) -> Difference | None:
    raised: Exception | None = None
    try:
        expected = _expected(world, sql)
    except ORACLE_RAISES as error:
        raised = error
    try:
        got = world.ask(asked or sql, parameters, MOST_ROWS, timeout_ms=TIMEOUT_MS)
    except TooManyRows:
        return Difference("rows", f"more than {MOST_ROWS}" + (f" (DuckDB: {raised})" if raised else ""))
    except FozError as error:
        if error.code not in _OWN_FAULTS and (raised is not None or _without_optimiser(world, sql, None) is None):
            return None
        return Difference(f"Foz raises {error.code}", f"{error}" + (f" (DuckDB: {raised})" if raised else ""))
    except Exception as error:  # whatever it is, it is a defect
        return Difference(f"Foz breaks with {type(error).__name__}", repr(error))
    found = _judged(world, sql, got, raised) if raised is not None else compared(got, expected, sql)
    if found is None or not determined(world, sql):
        return None
    return found if _without_optimiser(world, sql, got) is not None else None


def _without_optimiser(world: World, sql: str, got: pa.Table | None) -> Difference | None:
    """How Foz's answer (None for an error) differs from what the oracle says where it does as the query is written."""
    oracle = world.own_oracle()
    oracle.execute("PRAGMA disable_optimizer")
    try:
        expected = _expected(world, sql)
    except ORACLE_RAISES as error:
        return None if got is None else _judged(world, sql, got, error)
    finally:
        oracle.execute("PRAGMA enable_optimizer")
    return Difference("error", "raised") if got is None else compared(got, expected, sql)


def _judged(world: World, sql: str, got: pa.Table, raised: Exception) -> Difference | None:
    """Whether `got` is what may be answered to a query that raises in the oracle: see `raising`."""
    for tolerant in without_errors(sql):
        try:
            expected = _expected(world, tolerant)
        except ORACLE_RAISES:
            continue
        return compared(got, expected, sql)
    return Difference("Foz answers where DuckDB raises", f"{got.num_rows} rows; DuckDB: {str(raised).splitlines()[0]}")


def compared(got: pa.Table, expected: pa.Table, sql: str) -> Difference | None:
    if got.schema.names != expected.schema.names:
        return Difference("names", f"{got.schema.names} instead of {expected.schema.names}")
    if got.schema.types != expected.schema.types:
        return Difference("types", f"{got.schema.types} instead of {expected.schema.types}")
    ours, theirs = rows_of(got), rows_of(expected)
    if len(ours) != len(theirs):
        return Difference("rows", f"{len(ours)} rows instead of {len(theirs)}: {ours[:3]} instead of {theirs[:3]}")
    if _in_sequence(ours, theirs, "rows") is None:
        return None
    keys = order_keys(sql)
    found = _in_sequence([_part(row, keys) for row in ours], [_part(row, keys) for row in theirs], "order") if keys else None
    if found is None:
        found = _in_sequence(sorted(ours, key=sort_key), sorted(theirs, key=sort_key), "rows")
    return found


def _in_sequence(ours: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]], kind: str) -> Difference | None:
    for mine, right in zip(ours, theirs, strict=True):
        if not all(same(a, b) for a, b in zip(mine, right, strict=True)):
            return Difference(kind, f"{mine} instead of {right}")
    return None


def _part(row: tuple[Any, ...], keys: Sequence[int]) -> tuple[Any, ...]:
    return tuple(row[key] for key in keys)


def order_keys(sql: str) -> list[int]:
    """The numbers of the outputs that the query orders by, from 0."""
    order = parse_one(sql, dialect="duckdb").args.get("order")
    if not isinstance(order, exp.Order):
        return []
    keys = [ordered.this for ordered in order.expressions]
    return [int(key.name) - 1 for key in keys if isinstance(key, exp.Literal) and not key.is_string]


def determined(world: World, sql: str) -> bool:
    """Whether the oracle gives the same answer (or an error both times) when its tables hold their rows in reverse."""
    answers = []
    for oracle in (world.own_oracle(), world.reversed_oracle()):
        try:
            answers.append(_expected(world, sql, oracle))
        except ORACLE_RAISES:
            answers.append(None)
    first, second = answers
    if first is None or second is None:
        return first is second
    return compared(first, second, sql) is None
