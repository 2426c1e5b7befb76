"""Which joins SQLite does well: those in which every relation but the first is looked up by a unique key.

SQLite joins by nested loops, and a guard hides a column from its indexes. TPC-H at scale 0.01 took more than 150 s with guarded
keys alone, and 5 s with the key's bare column beside them. Other joins are left to the residual's hash joins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from planner.catalog import Column
from translators.sqlite.guards import is_as_stored
from translators.sqlite.relations import Relation, Scan


@dataclass(frozen=True)
class Lookup:
    """An equality by which the rows of `scan` are found: its own column, and the column of another relation."""

    scan: Scan
    column: Column
    other: exp.Column


Pair = tuple[exp.Column, exp.Column]


def equalities(conditions: Iterable[exp.Expr]) -> list[Pair]:
    """The column pairs that the AND-ed `conditions` equate, each pair both ways round."""
    found = []
    for condition in conditions:
        left, right = condition.this, condition.args.get("expression")
        if not (isinstance(condition, exp.EQ) and isinstance(left, exp.Column) and isinstance(right, exp.Column)):
            continue
        if left.table.lower() != right.table.lower():
            found += [(left, right), (right, left)]
    return found


def lookup(alias: str, relations: Mapping[str, Relation], pairs: Iterable[Pair], reached: Iterable[str]) -> tuple[Lookup, ...]:
    """The equalities that find at most one row of `alias` for rows of the relations in `reached`; empty where there are none."""
    scan, present = relations[alias], set(reached)
    if not isinstance(scan, Scan):
        return ()
    by_column: dict[str, Lookup] = {}
    for own, other in pairs:
        column = scan.table.column(own.name) if own.table.lower() == alias else None
        if column is not None and other.table.lower() in present and _indexed(column):
            by_column[column.name.lower()] = Lookup(scan, column, other)
    for key in (scan.table.primary_key, *scan.table.unique_keys):
        if key and all(column.lower() in by_column for column in key):
            return tuple(by_column[column.lower()] for column in key)
    return ()


def chain(relations: Mapping[str, Relation], pairs: list[Pair]) -> list[tuple[Lookup, ...]] | None:
    """How all relations are found from one of them on; None where unique keys do not lead to each."""
    for root in relations:
        reached, found, waiting = [root], [], [alias for alias in relations if alias != root]
        while waiting:
            ways = {alias: lookup(alias, relations, pairs, reached) for alias in waiting}
            alias = next((alias for alias in waiting if ways[alias]), None)
            if alias is None:
                break
            found.append(ways[alias])
            reached.append(alias)
            waiting.remove(alias)
        if not waiting:
            return found
    return None


def _indexed(column: Column) -> bool:
    return "collated" not in column.facts and ("strict" in column.facts or is_as_stored(column))
