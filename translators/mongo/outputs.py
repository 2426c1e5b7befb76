"""What a query gives: its rows, and its outputs over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from planner.plan import Left
from translators.mongo.expressions import Value
from translators.mongo.fields import Field
from translators.mongo.rows import Context, Rows


@dataclass(frozen=True)
class Output:
    """An output of a query: a field of its rows, or a value computed over them. `node` is what it was written as."""

    name: str
    node: exp.Expr
    content: Field | Value


@dataclass(frozen=True)
class Answer:
    """What a query gives: `left` are the conjuncts of its own WHERE that MongoDB does not do."""

    rows: Rows
    outputs: tuple[Output, ...]
    left: tuple[Left, ...] = ()


Answering = Callable[[exp.Expr, Context], Answer]
"""How a query within a query is translated: `select.answer`."""
