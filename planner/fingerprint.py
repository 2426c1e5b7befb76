"""What two queries have in common: the shape of a text, and the key of a plan."""

from __future__ import annotations

import sqlglot
from sqlglot.tokenizer_core import Token, TokenType

_COMPARISONS = {TokenType.EQ, TokenType.NEQ, TokenType.LT, TokenType.LTE, TokenType.GT, TokenType.GTE}
_ENDINGS = {None, TokenType.R_PAREN, TokenType.AND, TokenType.OR, TokenType.LIMIT, TokenType.ORDER_BY, TokenType.GROUP_BY}


def answer_shape(text: str) -> str:
    """The text without those literals that cannot change the names and types of its answer.

    That is: in a WHERE, a small integer or a text that a comparison compares with, bare or under a CAST. All else stays: an
    output is named by its text, and the type of `1.10` or `'a' || 'b'` is in its digits.

    >>> answer_shape("select a, 5 from t where b = 7 and c >= cast('x' as date) limit 3")
    "select a, 5 from t where b = ? and c >= cast('?' as date) limit 3"
    """
    tokens = sqlglot.tokenize(text, dialect="duckdb")
    pieces: list[str] = []
    done = 0
    filtering = False
    for index, token in enumerate(tokens):
        kind = token.token_type
        if kind == TokenType.WHERE:
            filtering = True
        elif kind == TokenType.SELECT:
            filtering = False
        elif filtering and kind in (TokenType.NUMBER, TokenType.STRING) and _is_operand(tokens, index):
            pieces.append(text[done : token.start])
            pieces.append("'?'" if kind == TokenType.STRING else "?")
            done = token.end + 1
    pieces.append(text[done:])
    return "".join(pieces)


def _is_operand(tokens: list[Token], index: int) -> bool:
    token = tokens[index]
    if token.token_type == TokenType.NUMBER and not (token.text.isdigit() and len(token.text) < 10):
        return False
    before, after = _kind(tokens, index - 1), _kind(tokens, index + 1)
    if before in _COMPARISONS:
        return after in _ENDINGS
    cast = before == TokenType.L_PAREN and index >= 3 and tokens[index - 2].text.upper() == "CAST"
    return cast and after == TokenType.ALIAS and _kind(tokens, index - 3) in _COMPARISONS


def _kind(tokens: list[Token], index: int) -> TokenType | None:
    return tokens[index].token_type if 0 <= index < len(tokens) else None
