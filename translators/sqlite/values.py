"""A rendered expression with what is known of it, and the names that are in sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from sqlglot import exp

from planner.catalog import Column, Table
from planner.types import NULL, Typed
from translators.sqlite.types import Kind, kind


class Refused(Exception):
    """A node that SQLite is not asked for, and why: one clause for the receipt. Never leaves this package."""

    def __init__(self, node: exp.Expr, reason: str) -> None:
        super().__init__(reason)
        self.node = node
        self.reason = reason


@dataclass(frozen=True)
class Value:
    """SQL of SQLite that gives a DuckDB value in the form of that type's kind (`types.Kind`).

    `constant` is a literal's value: a number, or a text that adapts to what it stands beside. `origin` is the stored column whose
    value it is. `low` is the low half of a sum, whose high half `sql` is: sum = sql x 2^32 + low, 0 <= low <
    2^32. `reach` bounds a floating-point number, which is then finite and below 10^reach; None where nothing is known. `signed`
    says that it may be minus zero, which no stored column is.
    """

    sql: str
    type: str
    constant: int | Decimal | str | None = None
    origin: tuple[Table, Column] | None = None
    low: str | None = None
    reach: int | None = None
    signed: bool = False

    @property
    def kind(self) -> Kind:
        return "null" if self.type == NULL else kind(self.type)

    @property
    def typed(self) -> Typed:
        whole = self.constant if isinstance(self.constant, int) and self.kind == "integer" else None
        return Typed(self.type, whole, isinstance(self.constant, str))


class Relation(Protocol):
    """What a FROM names: a stored table, or the rows of a query."""

    def column(self, name: str) -> Value | None: ...

    def sql(self) -> str: ...


@dataclass(frozen=True)
class Scope:
    """The relations in sight by alias (lower case), and the queries of WITH by name. A query sees no columns around it."""

    relations: Mapping[str, Relation] = field(default_factory=dict)
    ctes: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def column(self, node: exp.Column) -> Value | None:
        found = self.relations.get(node.table.lower())
        return found.column(node.name) if found is not None else None


def only(node: exp.Expr, *known: str) -> None:
    """Refuses a node that says more than its renderer reads."""
    extra = [name for name, value in node.args.items() if value not in (None, False, []) and name not in known]
    if extra:
        raise Refused(node, f"{node.key.upper()} with {extra[0].strip('_')} is left to the residual.")
