"""Functions of texts, dates and times that give the same in PostgreSQL, within what each row of the table allows."""

from __future__ import annotations

from sqlglot import exp

from translators.postgres.compare import coerce, usable
from translators.postgres.expressions import RENDER, Context, only, renders, truth
from translators.postgres.value import Refused, Value


def _text(context: Context, node: exp.Expr | None, owner: exp.Expr) -> Value:
    """A text argument. Raises Refused for any other."""
    value = usable(context.value(node), owner)
    if value.type != "VARCHAR":
        raise Refused(owner, f"{owner.key.upper()} of {value.type} is not pushed")
    return coerce(value, "VARCHAR", owner)


def _plain(value: Value) -> str:
    """The text under a collation that every function takes."""
    return value.text if value.collation is not None else f'{value.text} COLLATE "C"'


@renders(exp.Like)
def _like(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression", "negate")
    value, pattern = _text(context, node.this, node), _text(context, node.expression, node)
    word = "NOT LIKE" if node.args.get("negate") else "LIKE"
    return truth(f"{_plain(value)} {word} {pattern.text} ESCAPE ''")


@renders(exp.Escape)
def _escaped_like(context: Context, node: exp.Expr) -> Value:
    like, escape = node.this, node.expression
    if not (isinstance(like, exp.Like) and isinstance(escape, exp.Literal) and isinstance(like.expression, exp.Literal)):
        raise Refused(node, "LIKE with an escape is pushed only with constants")
    character, pattern = str(escape.this), str(like.expression.this)
    rest = pattern
    for pair in (character * 2, f"{character}%", f"{character}_"):
        rest = rest.replace(pair, "") if character else rest
    if len(character) > 1 or (character and character in rest):
        raise Refused(node, "the pattern escapes a character that needs none")
    value = _text(context, like.this, node)
    word = "NOT LIKE" if like.args.get("negate") else "LIKE"
    escaped = coerce(context.value(escape), "VARCHAR", node).text
    return truth(f"{_plain(value)} {word} {_text(context, like.expression, node).text} ESCAPE {escaped}")


FUNCTIONS = frozenset(RENDER)
