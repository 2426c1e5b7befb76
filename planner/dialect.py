"""DuckDB's SQL as sqlglot reads and writes it, with what sqlglot 30.30 gets wrong there mended in this one place.

How far `~`, `-` and `NOT` reach depends on what is around them, and sqlglot writes them as if they stood alone. To DuckDB, `-~a`
and `~~a` are operators of their own; `a NOT IN (1) = b`, which is `(a NOT IN (1)) = b`, came out as `NOT a IN (1) = b`, which is
`NOT (a IN (1) = b)`.
"""

from __future__ import annotations

from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.tokenizer_core import TokenType

DUCKDB = Dialect.get_or_raise("duckdb")
"""sqlglot's dialect of DuckDB, made once: looking it up by its name makes another at every call."""


def reads_otherwise(node: exp.Expr) -> bool:
    """Whether the tree around `node` is not what DuckDB makes of the text, so that the text alone says what is meant."""
    return isinstance(node, exp.BitwiseNot) and "behind" in node.args


def _complement(parser: Any) -> exp.Expr:
    """`~` binds less than arithmetic: `~a - b` is `~(a - b)`.

    An arithmetic operator right before it binds as little: `1 - c * ~a` is `(1 - c) * (~a)`, and `-~a | b` is `-(~a | b)`.
    """
    before = parser._tokens[parser._index - 2].token_type if parser._index > 1 else None
    node = exp.BitwiseNot(this=parser._parse_term())
    if before in _ARITHMETIC:
        node.set("behind", True)
    return node


_ARITHMETIC = (
    *(TokenType.DASH, TokenType.PLUS, TokenType.STAR, TokenType.SLASH, TokenType.DIV, TokenType.MOD),
    *DUCKDB.parser_class.EXPONENT,
)


def _minus(generator: Any, node: exp.Expr) -> str:
    operand: str = generator.sql(node.this)
    return f"-({operand})" if _binds_less(node.this) else f"-{operand}"


def _complemented(generator: Any, node: exp.Expr) -> str:
    operand: str = generator.sql(node.this)
    text = f"~({operand})" if _binds_less(node.this) else f"~{operand}"
    return f"({text})" if _is_operand(node) else text


def _negated(generator: Any, node: exp.Expr) -> str:
    operand: str = generator.sql(node.this)
    text = f"NOT ({operand})" if isinstance(node.this, exp.Connector) else f"NOT {operand}"
    return f"({text})" if _is_operand(node) else text


def _binds_less(operand: exp.Expr) -> bool:
    return isinstance(operand, (exp.Neg, exp.Binary)) and not isinstance(operand, exp.Dot)


def _is_operand(node: exp.Expr) -> bool:
    """Whether an operator stands around the node that binds more than AND and OR."""
    around = node.parent
    return isinstance(around, (exp.Unary, exp.Binary, exp.Predicate)) and not isinstance(around, (exp.Paren, exp.Connector))


DUCKDB.parser_class.UNARY_PARSERS = {**DUCKDB.parser_class.UNARY_PARSERS, TokenType.TILDE: _complement}
DUCKDB.generator_class.TRANSFORMS = {
    **DUCKDB.generator_class.TRANSFORMS,
    exp.Neg: _minus,
    exp.BitwiseNot: _complemented,
    exp.Not: _negated,
}
