"""Computed values in MongoDB: from a DuckDB scalar expression to an aggregation expression of equal meaning.

In come nodes of a query and a `Scope` that knows its columns; out go expressions as BSON with what is known of them. Nothing here
reads a server. An expression that MongoDB has no equal for is `Refused`, with the reason.

    value        what of a field or a computed value is known          stored: fields, read where they fit
    dispatch     a handler for each kind of node                       refused: why there is none
    build        expressions while they are put together               convert: what DuckDB converts by itself
    logic compare conditional arithmetic mathematics casts dates formats intervals strings matching lists    a family, a file

`value(node, scope)` computes any expression, `condition(node, scope)` is true exactly where a predicate is TRUE and its documents
fit. Whoever uses a value watches its `reads`: `fits(field)` is false for a document whose value its column cannot hold.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlglot import exp

from translators.mongo.expressions import (
    arithmetic,
    casts,
    compare,
    conditional,
    dates,
    formats,
    intervals,
    lists,
    literals,
    matching,
    mathematics,
    strings,
)
from translators.mongo.expressions.build import every
from translators.mongo.expressions.dispatch import Computing, sendable
from translators.mongo.expressions.logic import truth
from translators.mongo.expressions.stored import fits, stored
from translators.mongo.expressions.value import Scope, Value

FAMILIES = (literals, compare, conditional, arithmetic, mathematics, casts, dates, formats, intervals, strings, matching, lists)
"""The modules whose handlers are registered by being imported."""


def value(node: exp.Expr, scope: Scope) -> Value:
    """`node` computed by MongoDB. Its `type` is the one that DuckDB gives the expression. Raises Refused."""
    found = Computing(scope).value(node)
    return replace(found, expression=sendable(found.expression, node))


def condition(node: exp.Expr, scope: Scope) -> Any:
    """For `$expr`: true exactly where `node` is TRUE, and every field that it reads fits its column. Raises Refused."""
    found = truth(Computing(scope), node)
    watched = [fits(field) for field in sorted(found.reads, key=lambda field: field.names) if not field.nullify]
    return sendable(every([*watched, found.true]), node)


__all__ = ["Scope", "Value", "condition", "fits", "stored", "value"]
