"""Scalar expressions: for each node of DuckDB's SQL, how PostgreSQL computes the same value, or why it is not asked to.

`RENDER` is the table; a node that is not in it is refused. A renderer refuses what it cannot prove equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlglot import exp

from planner import types as inference
from planner.types import INTEGERS, NULL, Typed, common_of, decimal_parts, exact_parts, is_exact, settled
from translators.postgres import constants
from translators.postgres.compare import boolean, coerce, comparable, compare, usable
from translators.postgres.value import Refused, Scope, Value

@dataclass(frozen=True)
class Context:
    """Where an expression stands: its scope, and how to render the queries inside of it."""

    scope: Scope
    query: Callable[[exp.Query, Scope], tuple[str, list[Value]]]
    select: exp.Select | None = None

    def value(self, node: exp.Expr | None) -> Value:
        """Raises Refused."""
        if node is None:
            raise Refused(exp.Null(), "a part of the expression is missing")
        renderer = RENDER.get(type(node))
        if renderer is None:
            raise Refused(node, f"{node.key.upper()} is not known to mean the same in PostgreSQL")
        return renderer(self, node)

    def condition(self, node: exp.Expr | None) -> str:
        value = self.value(node)
        return boolean(value, node or exp.Null())


Renderer = Callable[[Context, exp.Expr], Value]
RENDER: dict[type[exp.Expr], Renderer] = {}


def renders(*nodes: type[exp.Expr]) -> Callable[[Renderer], Renderer]:
