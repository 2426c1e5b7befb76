"""Which joins SQLite does well: those in which every relation but the first is looked up by a unique key.

SQLite joins by nested loops, and a guard hides a column from its indexes. TPC-H at scale 0.01 took more than 150 s with guarded
keys alone, and 5 s with the key's bare column beside them. Other joins are left to the residual's hash joins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from planner.catalog import Column, Table
from translators.sqlite.guards import is_as_stored


@dataclass(frozen=True)
class Lookup:
    """An equality by which the rows of `alias` are found: its own column, and the column of another relation."""

    alias: str
    column: Column
    other: exp.Column


def equalities(conditions: Iterable[exp.Expr], origins: Mapping[int, Column]) -> list[tuple[exp.Column, exp.Column]]:
    """The column pairs that the AND-ed `conditions` equate, each pair both ways round."""
    found = []
    for condition in conditions:
        left, right = condition.this, condition.args.get("expression")
        if not (isinstance(condition, exp.EQ) and isinstance(left, exp.Column) and isinstance(right, exp.Column)):
            continue
        if left.table != right.table and id(left) in origins and id(right) in origins:
            found += [(left, right), (right, left)]
    return found


def lookup(
    alias: str,
    table: Table,
    pairs: Iterable[tuple[exp.Column, exp.Column]],
    reached: Iterable[str],
    origins: Mapping[int, Column],
) -> tuple[Lookup, ...]:
    """The equalities that find at most one row of `alias` for rows of the relations in `reached`; empty where there are none."""
    present = set(reached)
    by_column = {
        own.name.lower(): Lookup(alias, origins[id(own)], other)
        for own, other in pairs
        if own.table == alias and other.table in present and _indexed(origins[id(own)])
    }
    for key in (table.primary_key, *table.unique_keys):
        if key and all(column.lower() in by_column for column in key):
            return tuple(by_column[column.lower()] for column in key)
    return ()


def _indexed(column: Column) -> bool:
    return "collated" not in column.facts and ("strict" in column.facts or is_as_stored(column))
