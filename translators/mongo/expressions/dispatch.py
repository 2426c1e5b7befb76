"""Where the families of expressions meet: a handler for each node of the query that has one, and `value` over them.

A handler takes what it is computed in and its node, and gives a `Value` or raises `Refused`. It names every argument that it
understands (`only`): sqlglot keeps variants of a function as further arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from translators import failing
from translators.mongo.expressions import build
from translators.mongo.expressions.refused import reason
from translators.mongo.expressions.value import Scope, Value
from translators.mongo.refusal import Refused

_LEVELS = 80
"""MongoDB takes 100 levels of documents in a command; the stage around an expression needs some."""


@dataclass(frozen=True)
class Computing:
    """What an expression is computed in: its columns, and the parameters of the lambdas around it by name."""

    scope: Scope
    parameters: dict[str, Value] = field(default_factory=dict)

    def value(self, node: exp.Expr | None) -> Value:
        """Raises Refused."""
        found = self.operand(node)
        if found.constant is not None and found.constant.kind == "timestamp" and found.constant.value % 1000:
            assert node is not None
            raise Refused(node, "MongoDB's dates are whole milliseconds")
        return found

    def operand(self, node: exp.Expr | None) -> Value:
        """The same for a comparison, which may be with a moment between two milliseconds."""
        assert node is not None
        if isinstance(node, (exp.Column, exp.Dot, exp.StructExtract, exp.Identifier)):
            return self._column(node)
        handler = NAMED.get(node.name.lower()) if isinstance(node, exp.Anonymous) else HANDLERS.get(type(node))
        if handler is None:
            raise Refused(node, reason(node))
        value = handler(self, node)
        if value.constant is None and failing.may_fail(node, value.type):
            raise Refused(node, failing.REASON)
        return value

    def _column(self, node: exp.Expr) -> Value:
        if isinstance(node, exp.Identifier) or (isinstance(node, exp.Column) and not node.table):
            found = self.parameters.get(node.name.lower())
            if found is not None:
                return found
        found = self.scope.column(node)
        if found is None:
            raise Refused(node, "it is no field of the collection")
        return found

    def with_parameters(self, parameters: dict[str, Value]) -> Computing:
        return Computing(self.scope, {**self.parameters, **parameters})


Handler = Callable[[Computing, Any], Value]
HANDLERS: dict[type[exp.Expr], Handler] = {}
NAMED: dict[str, Handler] = {}
"""Handlers of the functions that sqlglot has no class for, by name in lower case."""


def computes(*nodes: type[exp.Expr], named: Iterable[str] = ()) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(nodes, handler))
        NAMED.update(dict.fromkeys(named, handler))
        return handler

    return register


def only(node: exp.Expr, *arguments: str) -> None:
    """Raises Refused where the node has an argument besides these."""
    for name, given in node.args.items():
        if given not in (None, False, []) and name not in arguments:
            raise Refused(node, f"this form of {node.key.upper()} is not translated to MongoDB")


def arguments(node: exp.Anonymous, least: int, most: int | None = None) -> list[exp.Expr]:
    """The arguments of a function without a class. Raises Refused where there are too few or too many."""
    found = node.expressions
    if not least <= len(found) <= (least if most is None else most) or any(isinstance(each, exp.Kwarg) for each in found):
        raise Refused(node, f"this form of {node.name.upper()} is not translated to MongoDB")
    return list(found)


def sendable(expression: Any, node: exp.Expr) -> Any:
    """The expression as BSON. Raises Refused where MongoDB would not take it."""
    found = build.rendered(expression)
    if build.depth(found) > _LEVELS:
        raise Refused(node, "it is nested more deeply than MongoDB takes")
    return found
