"""An aggregation expression with what is known of the value that it computes, and what it may read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlglot import exp

from planner.types import Typed
from translators.mongo.constants import Constant
from translators.mongo.fields import Field


@dataclass(frozen=True)
class Value:
    """An aggregation expression that computes a DuckDB value of `type`. SQL's NULL is BSON null, never missing.

    `kind` says as what BSON it comes (`types.Shape.kind`). `reads` are the stored fields that it reads raw: where one does not
    fit its column the expression gives null, and whoever asks for it watches those fields. `constant` is the constant of the
    query behind it, and a bare literal (`typed`) still adapts its type to its neighbour's, as in DuckDB.
    """

    expression: Any
    type: str
    kind: str
    nullable: bool
    reads: frozenset[Field] = frozenset()
    constant: Constant | None = None
    typed: Typed | None = None

    @property
    def adaptive(self) -> Typed:
        """The type with what a literal needs to adapt to its neighbours."""
        return self.typed or Typed(self.type)

    @property
    def is_null(self) -> bool:
        """Whether it is the constant NULL."""
        return self.constant is not None and self.constant.kind == "null"

    def settled(self) -> Value:
        """The same, adapting no more."""
        return replace(self, typed=None)


class Scope(Protocol):
    """What a query's columns are to an expression."""

    def column(self, node: exp.Expr) -> Value | None:
        """The value of a column, or of a path below one: a stored field (`stored`), or what an earlier stage computed."""


def reads_of(*values: Value) -> frozenset[Field]:
    return frozenset().union(*(value.reads for value in values))
