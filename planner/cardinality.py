"""Relations as an estimate sees them, and the share of their product that an equality between their columns keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from planner.catalog import Table
from planner.spread import Spread
from planner.statistics import ColumnStatistics


@dataclass(frozen=True)
class Relation:
    """The rows of a relation and what is known of its columns, by their names in lower case; `keys` are unique together."""

    rows: float | None
    columns: Mapping[str, Spread] = field(default_factory=dict)
    keys: tuple[frozenset[str], ...] = ()


class TableColumns(Mapping[str, Spread]):
    """The columns of a table by their names in lower case, made as they are asked for: a table may have a thousand."""

    def __init__(self, table: Table, rows: float | None, keys: tuple[frozenset[str], ...]) -> None:
        self._table = table
        self._known = table.statistics.by_name if table.statistics is not None else {}
        self._rows = rows
        self._keys = keys

    def __getitem__(self, name: str) -> Spread:
        column = self._table.by_name[name]
        known = self._known.get(name, _NOTHING)
        return Spread(known, column.type, self._rows, column.nullable, unique=any(key == {name} for key in self._keys))

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.by_name)

    def __len__(self) -> int:
        return len(self._table.by_name)


_NOTHING = ColumnStatistics()

Scope = Mapping[str, Relation]
"""Relations by their alias in lower case, or CTEs by their name."""


def find(column: exp.Column, scope: Scope) -> Spread | None:
    relation = scope.get(column.table.lower())
    return relation.columns.get(column.name.lower()) if relation is not None else None


def aliases(condition: exp.Expr) -> set[str]:
    """The relations that a condition reads; those within a query of its own do not count."""
    nodes = condition.walk(prune=lambda node: isinstance(node, exp.Query))
    return {node.table.lower() for node in nodes if isinstance(node, exp.Column)}


def equal_columns(condition: exp.Expr) -> tuple[exp.Column, exp.Column] | None:
    if isinstance(condition, exp.EQ | exp.NullSafeEQ):
        left, right = condition.this.unnest(), condition.expression.unnest()
        if isinstance(left, exp.Column) and isinstance(right, exp.Column) and left.table.lower() != right.table.lower():
            return left, right
    return None


def fixed(condition: exp.Expr) -> Iterator[tuple[exp.Column, int]]:
    """The column that a condition compares with one or several constants, and with how many."""
    if isinstance(condition, exp.EQ):
        for side, other in ((condition.this, condition.expression), (condition.expression, condition.this)):
            if isinstance(side.unnest(), exp.Column) and other.find(exp.Column) is None:
                yield side.unnest(), 1
    elif isinstance(condition, exp.In) and condition.expressions and isinstance(condition.this, exp.Column):
        yield condition.this, len(condition.expressions)


def joined_share(equalities: Sequence[tuple[exp.Column, exp.Column]], scope: Scope, kept: Mapping[str, float]) -> float:
    """The share of the product of relations that their equalities keep: for each one over the greater distinct count.

    Equalities that follow from others count once; of those between two relations that cover a key, the key alone counts.
    """
    found = 1.0
    classes: dict[tuple[str, str], tuple[str, str]] = {}

    def root(name: tuple[str, str]) -> tuple[str, str]:
        while classes.get(name, name) != name:
            name = classes[name]
        return name

    between: dict[frozenset[str], list[tuple[exp.Column, exp.Column]]] = {}
    for left, right in equalities:
        first, second = (root((side.table.lower(), side.name.lower())) for side in (left, right))
        if first != second:
            classes[first] = second
            between.setdefault(frozenset({left.table.lower(), right.table.lower()}), []).append((left, right))
    for pairs in between.values():
        found *= _pair_share(pairs, scope, kept)
    return found


def _pair_share(pairs: Sequence[tuple[exp.Column, exp.Column]], scope: Scope, kept: Mapping[str, float]) -> float:
    for alias in {side.table.lower() for pair in pairs for side in pair}:
        relation = scope.get(alias)
        names = {side.name.lower() for pair in pairs for side in pair if side.table.lower() == alias}
        if relation is not None and relation.rows and any(key <= names for key in relation.keys):
            others = (find(side, scope) for pair in pairs for side in pair if side.table.lower() != alias)
            return min((1 - other.nulls for other in others if other is not None), default=1.0) / relation.rows
    found = 1.0
    for pair in pairs:
        spreads = [find(side, scope) for side in pair]
        counts = [spread.distinct for spread in spreads if spread is not None and spread.distinct is not None]
        filled = [1 - spread.nulls for spread in spreads if spread is not None]
        most = max(counts) if counts else max((kept.get(side.table.lower(), 1.0) for side in pair), default=1.0)
        found /= max(1.0, most)
        for each in filled:
            found *= each
    return found
