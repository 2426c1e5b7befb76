"""Why a node of a query is not computed in MongoDB."""

from __future__ import annotations

from sqlglot import exp


def reason(node: exp.Expr) -> str:
    """One clause, for the receipt."""
    name = node.name if isinstance(node, exp.Anonymous) else node.key
    return f"{name.upper()} is not translated to MongoDB"
