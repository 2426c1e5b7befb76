"""CAST and TRY_CAST, where MongoDB converts to the same value."""

from __future__ import annotations

from sqlglot import exp

from planner.types import NULL, cast_target
from translators.mongo.constants import cast_constant
from translators.mongo.expressions.dispatch import Computing, computes, only
from translators.mongo.expressions.literals import known
from translators.mongo.expressions.value import Value
from translators.mongo.refusal import Refused


@computes(exp.Cast)
def _cast(computing: Computing, node: exp.Cast) -> Value:
    only(node, "this", "to")
    target = cast_target(node.to)
    if target is None:
        raise Refused(node, f"a cast to {node.to.sql('duckdb')} is not translated to MongoDB")
    value = computing.operand(node.this)
    if value.type == target:
        return value.settled()
    if value.type == NULL and value.constant is not None:
        return known(value.constant, target)
    if value.constant is not None:
        found = cast_constant(value.constant, target)
        if found is not None:
            return known(found, target)
    raise Refused(node, f"a cast of {value.type} to {target} is not translated to MongoDB")
