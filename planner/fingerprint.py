"""What two texts have in common: the shape that they share, and the constants in which they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from planner.parameters import given, put, splice
from planner.parse import tokenized

_COMPARISONS = {TokenType.EQ, TokenType.NEQ, TokenType.LT, TokenType.LTE, TokenType.GT, TokenType.GTE}
_SET_OPERATIONS = (TokenType.UNION, TokenType.EXCEPT, TokenType.INTERSECT)
_AFTER_WHERE = {TokenType.SELECT, TokenType.GROUP_BY, TokenType.HAVING, TokenType.QUALIFY, TokenType.WINDOW, TokenType.ORDER_BY,
                *_SET_OPERATIONS}  # fmt: skip
_ENDINGS = {None, TokenType.R_PAREN, TokenType.AND, TokenType.OR, TokenType.LIMIT, TokenType.ORDER_BY, TokenType.GROUP_BY}


@dataclass(frozen=True)
class Shape:
    """A text with `$1`, `$2` … where constants stood that can change neither the names nor the types of its answer.

    `kinds` has a letter for each constant: `n` for a number, `s` for a text. `starts` is where each began.
    `tokens` are those of the text as it was.
    """

    text: str
    constants: tuple[exp.Literal, ...]
    starts: tuple[int, ...] = ()
    tokens: list[Token] = field(default_factory=list, repr=False, compare=False)

    @cached_property
    def kinds(self) -> str:
        return "".join("s" if constant.is_string else "n" for constant in self.constants)

    def filled(self, text: str) -> str:
        """A text over the same parameters with the constants back in their places."""
        return put(text, given([written(constant) for constant in self.constants])) if self.constants else text


def written(constant: exp.Literal) -> str:
    """The constant as SQL. By hand: sqlglot makes a generator for each."""
    return "'" + constant.name.replace("'", "''") + "'" if constant.is_string else constant.name


def shape(text: str) -> Shape:
    """The shape of a text without parameters. Raises what `planner.parse.tokenized` raises.

    Taken out are, in a WHERE, small integers and texts that a comparison compares with, bare or under a CAST. All else stays: an
    output is named by its text, and the type of `1.10` or `'a' || 'b'` is in its digits. The WHERE of a FILTER or of a subquery
    in an expression stays as well, for that is part of such a name.

    >>> shape("select a, 5 from t where b = 7 and c >= cast('x' as date) limit 3").text
    'select a, 5 from t where b = $1 and c >= cast($2 as date) limit 3'
    """
    tokens = tokenized(text)
    edits: list[tuple[int, int, str]] = []
    constants: list[exp.Literal] = []
    relations = [True]
    filtering = 0
    for index, token in enumerate(tokens):
        kind = token.token_type
        if kind == TokenType.L_PAREN:
            relations.append(relations[-1] and _opens_a_relation(tokens, index))
        elif kind == TokenType.R_PAREN and len(relations) > 1:
            relations.pop()
            filtering = 0 if len(relations) < filtering else filtering
        elif kind == TokenType.WHERE:
            filtering = filtering or (len(relations) if relations[-1] else 0)
        elif kind in _AFTER_WHERE and len(relations) == filtering:
            filtering = 0
        elif filtering and kind in (TokenType.NUMBER, TokenType.STRING) and _is_operand(tokens, index):
            constants.append(exp.Literal(this=token.text, is_string=kind == TokenType.STRING))
            edits.append((token.start, token.end + 1, f"${len(constants)}"))
    return Shape(splice(text, edits), tuple(constants), tuple(start for start, _, _ in edits), tokens)


def _opens_a_relation(tokens: list[Token], index: int) -> bool:
    """Whether a query in the parenthesis at `index` is one that is read from: any other may name an output by its text."""
    before = _kind(tokens, index - 1)
    if before == TokenType.FROM:
        return _kind(tokens, index - 2) != TokenType.DISTINCT
    if before == TokenType.ALL:
        return _kind(tokens, index - 2) in _SET_OPERATIONS
    return before in (None, TokenType.JOIN, TokenType.ALIAS, *_SET_OPERATIONS)


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
