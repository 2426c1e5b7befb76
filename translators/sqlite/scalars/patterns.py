"""LIKE and ILIKE with constant patterns: as an equality, a range, a search, or as SQLite's GLOB.

SQLite's own LIKE takes upper and lower case for the same. GLOB does not; both end at a zero byte, and what has one is matched by
a function of Foz.
"""

from __future__ import annotations

from sqlglot import exp

from translators.sqlite.compare import ordered, usable
from translators.sqlite.constants import text
from translators.sqlite.expressions import RENDER, Context, renders
from translators.sqlite.values import Refused, Value, only

FUNCTIONS = ("~~", "!~~", "~~*", "!~~*", "starts_with", "^@")

_MOST = 1_000
"""Characters of a pattern; SQLite takes 50,000 bytes."""


@renders(exp.StartsWith)
def _starts_with(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    value, prefix = context.value(node.this), context.value(node.expression)
    if value.type != "VARCHAR" or prefix.type != "VARCHAR" or value.constant is not None:
        raise Refused(node, "A prefix is sought in a text that is no constant.")
    if isinstance(prefix.constant, str):
        return _prefixed(context, node, value, prefix.constant)
    return Value(f"(instr({value.sql}, {prefix.sql}) = 1)", "BOOLEAN")


def _prefixed(context: Context, node: exp.Expr, value: Value, prefix: str) -> Value:
    """A prefix is a range of texts: that means the same in every engine whose order is that of the bytes."""
    ordered(context, value, node)
    after = prefix.rstrip("\U0010ffff")
    if not after or ord(after[-1]) + 1 == 0xD800 or "\0" in prefix:
        raise Refused(node, "The prefix has no simple successor.")
    above = after[:-1] + chr(ord(after[-1]) + 1)
    return Value(f"({value.sql} >= {text(prefix)} AND {value.sql} < {text(above)})", "BOOLEAN")


@renders(exp.Like, exp.ILike)
def _like(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression", "negate")
    return _matched(context, node, node, None)


@renders(exp.Escape)
def _escaped(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    like, mark = node.this, node.expression
    if not isinstance(like, (exp.Like, exp.ILike)) or not isinstance(mark, exp.Literal) or len(mark.name) != 1:
        raise Refused(node, "ESCAPE in this form is left to the residual.")
    only(like, "this", "expression", "negate")
    return _matched(context, like, node, mark.name)


def _matched(context: Context, like: exp.Expr, node: exp.Expr, escape: str | None) -> Value:
    value, pattern = usable(context.value(like.this), node), context.value(like.args["expression"])
    if value.type != "VARCHAR" or value.constant is not None or not isinstance(pattern.constant, str):
        raise Refused(node, "LIKE is sent only for a text beside a constant pattern.")
    if "\0" in pattern.constant or len(pattern.constant) > _MOST:
        raise Refused(node, "The pattern is too long for SQLite.")
    parts = _parts(pattern.constant, escape, node)
    if isinstance(like, exp.ILike):
        if not pattern.constant.isascii():
            raise Refused(node, "SQLite knows the case of ASCII letters only.")
        value = RENDER[exp.Lower](context, exp.Lower(this=like.this.copy()))
        parts = [part.lower() if part else part for part in parts]
    found = _simple(context, node, value, parts) or _glob(context, node, value, parts)
    return Value(f"(NOT {found.sql})", "BOOLEAN") if like.args.get("negate") else found


def _parts(pattern: str, escape: str | None, node: exp.Expr) -> list[str | None]:
    """The pattern in pieces: a text, "" for one character, None for any number of them."""
    parts: list[str | None] = []
    letters = iter(pattern)
    for letter in letters:
        if letter == escape:
            escaped = next(letters, None)
            if escaped is None or escaped not in ("%", "_", escape):
                raise Refused(node, "The pattern ends with its escape, or escapes a plain character.")
            letter, plain = escaped, True
        else:
            plain = letter not in "%_"
        if not plain:
            parts.append(None if letter == "%" else "")
        elif parts and parts[-1]:
            parts[-1] += letter
        else:
            parts.append(letter)
    return [part for index, part in enumerate(parts) if part is not None or index == 0 or parts[index - 1] is not None]


def _simple(context: Context, node: exp.Expr, value: Value, parts: list[str | None]) -> Value | None:
    """The patterns that are an equality, a prefix or a part of the text; None for others."""
    texts = [part for part in parts if part]
    if not parts or (len(parts) == 1 and texts):
        return Value(f"({value.sql} = {text(texts[0] if texts else '')})", "BOOLEAN")
    if len(texts) != 1 or "" in parts:
        return None
    if parts[0] is not None and len(parts) == 2 and context.utf8:
        return _prefixed(context, node, value, texts[0])
    if len(parts) == 3:
        return Value(f"(instr({value.sql}, {text(texts[0])}) > 0)", "BOOLEAN")
    return None


_GLOB = {"*": "[*]", "?": "[?]", "[": "[[]"}


def _glob(context: Context, node: exp.Expr, value: Value, parts: list[str | None]) -> Value:
    if not context.utf8:
        raise Refused(node, "The database stores text as UTF-16, in which a pattern is another.")
    pattern = "".join(
        "*" if part is None else "?" if part == "" else "".join(_GLOB.get(each, each) for each in part) for part in parts
    )
    sql = f"{value.sql} GLOB {text(pattern)}"
    return Value(f"CASE WHEN instr({value.sql}, char(0)) THEN foz_glob({value.sql}, {text(pattern)}) ELSE {sql} END", "BOOLEAN")
