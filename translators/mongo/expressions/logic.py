"""Predicates: for which documents they are TRUE and for which FALSE; neither is NULL.

MongoDB's `$and`, `$or` and `$not` know two values, so that NULL is kept out of them: NOT swaps the two sides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from planner.types import NULL
from translators.mongo.expressions import build
from translators.mongo.expressions.dispatch import HANDLERS, Computing, only
from translators.mongo.expressions.value import Value, reads_of
from translators.mongo.fields import Field
from translators.mongo.refusal import Refused


@dataclass(frozen=True)
class Truth:
    """Expressions that are true where a predicate is TRUE and where it is FALSE, false everywhere else; `direct` is the value
    itself where that is shorter than asking both."""

    true: Any
    false: Any
    nullable: bool
    reads: frozenset[Field]
    direct: Any = ...

    @property
    def negated(self) -> Truth:
        return Truth(self.false, self.true, self.nullable, self.reads)

    @property
    def value(self) -> Value:
        if not self.nullable:
            expression = self.true
        elif self.direct is not ...:
            expression = self.direct
        else:
            expression = build.cond(self.true, True, build.cond(self.false, False, None))
        return Value(expression, "BOOLEAN", "bool", self.nullable, self.reads)


Predicate = Callable[[Computing, Any], Truth]
PREDICATES: dict[type[exp.Expr], Predicate] = {}


def tests(*nodes: type[exp.Expr]) -> Callable[[Predicate], Predicate]:
    """Registers a predicate, and its value beside it."""

    def register(predicate: Predicate) -> Predicate:
        PREDICATES.update(dict.fromkeys(nodes, predicate))
        HANDLERS.update(dict.fromkeys(nodes, lambda computing, node: predicate(computing, node).value))
        return predicate

    return register


def truth(computing: Computing, node: exp.Expr) -> Truth:
    """Both sides of any BOOLEAN expression. Raises Refused."""
    while isinstance(node, exp.Paren):
        node = node.this
    predicate = PREDICATES.get(type(node))
    if predicate is not None:
        return predicate(computing, node)
    value = computing.value(node)
    if value.constant is not None and value.constant.kind in ("bool", "null"):
        given = value.constant.value
        return Truth(given is True, given is False, given is None, frozenset())
    if value.type not in ("BOOLEAN", NULL):
        raise Refused(node, f"{value.type} is not taken for a BOOLEAN in MongoDB")
    return sides(value)


def sides(value: Value) -> Truth:
    """The sides of a BOOLEAN value."""
    true, false = {"$eq": [value.expression, True]}, {"$eq": [value.expression, False]}
    return Truth(true, false, value.nullable, value.reads, value.expression)


def never_null(test: Any, *values: Value) -> Truth:
    return Truth(test, build.negation(test), nullable=False, reads=reads_of(*values))


@tests(exp.Not)
def _not(computing: Computing, node: exp.Not) -> Truth:
    return truth(computing, node.this).negated


@tests(exp.And)
def _and(computing: Computing, node: exp.And) -> Truth:
    parts = [truth(computing, part) for part in node.flatten()]
    return Truth(
        build.every([part.true for part in parts]),
        build.some([part.false for part in parts]),
        any(part.nullable for part in parts),
        frozenset().union(*(part.reads for part in parts)),
    )


@tests(exp.Or)
def _or(computing: Computing, node: exp.Or) -> Truth:
    parts = [truth(computing, part) for part in node.flatten()]
    return Truth(
        build.some([part.true for part in parts]),
        build.every([part.false for part in parts]),
        any(part.nullable for part in parts),
        frozenset().union(*(part.reads for part in parts)),
    )


@tests(exp.Is)
def _is(computing: Computing, node: exp.Is) -> Truth:
    only(node, "this", "expression")
    if isinstance(node.expression, exp.Null):
        value = computing.operand(node.this)
        return never_null(build.is_null(value.expression) if value.nullable else False, value)
    if isinstance(node.expression, exp.Boolean):
        inner = truth(computing, node.this)
        wanted = inner.true if node.expression.this else inner.false
        return Truth(wanted, build.negation(wanted), nullable=False, reads=inner.reads)
    raise Refused(node, "this form of IS is not translated to MongoDB")
