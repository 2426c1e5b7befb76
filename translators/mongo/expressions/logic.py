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
        direct: Any = ...
        if self.direct is not ...:
            direct = build.let(self.direct, lambda found: build.unless_null([found], {"$not": [found]}))
        return Truth(self.false, self.true, self.nullable, self.reads, direct)

    @property
    def chosen(self) -> Any:
        """True where the predicate is TRUE, with every part of it computed: where one fails, DuckDB ends the query, except in a
        WHEN, which like MongoDB stops at the first part that decides."""
        return {"$eq": [self.direct, True]} if self.direct is not ... and build.may_raise(self.direct) else self.true

    @property
    def value(self) -> Value:
        if self.direct is not ...:
            expression = self.direct
        elif not self.nullable:
            expression = self.true
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
    return both([truth(computing, part) for part in node.flatten()])


def both(parts: list[Truth]) -> Truth:
    """All of them."""
    return Truth(
        build.every([part.true for part in parts]),
        build.some([part.false for part in parts]),
        any(part.nullable for part in parts),
        frozenset().union(*(part.reads for part in parts)),
        _all_computed(parts, until=False),
    )


def _all_computed(parts: list[Truth], *, until: bool) -> Any:
    """The value of AND (OR) with every part computed, where one may end the query: MongoDB stops at the first that decides."""
    values = [part.value.expression for part in parts]
    if not any(map(build.may_raise, values)):
        return ...
    return build.lets(
        values,
        lambda *found: build.cond(
            build.some([{"$eq": [each, until]} for each in found]),
            until,
            build.cond(build.some([build.is_null(each) for each in found]), None, not until),
        ),
    )


@tests(exp.Or)
def _or(computing: Computing, node: exp.Or) -> Truth:
    return either([truth(computing, part) for part in node.flatten()])


def either(parts: list[Truth]) -> Truth:
    """One of them at least."""
    return Truth(
        build.some([part.true for part in parts]),
        build.every([part.false for part in parts]),
        any(part.nullable for part in parts),
        frozenset().union(*(part.reads for part in parts)),
        _all_computed(parts, until=True),
    )


@tests(exp.Is)
def _is(computing: Computing, node: exp.Is) -> Truth:
    only(node, "this", "expression")
    if isinstance(node.expression, exp.Null):
        value = computing.operand(node.this)
        return never_null(build.is_null(value.expression) if value.nullable else False, value)
    if isinstance(node.expression, exp.Boolean):
        inner = truth(computing, node.this)
        wanted = inner.chosen if node.expression.this else inner.negated.chosen
        return Truth(wanted, build.negation(wanted), nullable=False, reads=inner.reads)
    raise Refused(node, "this form of IS is not translated to MongoDB")
