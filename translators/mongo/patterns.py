r"""LIKE patterns as regular expressions of MongoDB (PCRE in UTF mode, with `s` so that `.` takes a newline).

`^` without `m` is the beginning of the text and lets an index serve the constant prefix; the end is `\z`, because `$` also
matches before a newline that ends the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_ALSO_LOWERED = {"i": "İ", "k": "\u212a"}
"""Characters beyond ASCII whose lower case in DuckDB is an ASCII letter."""


class PatternRefused(Exception):
    """The pattern has no exact regular expression; the message is the reason."""


def literal_regex(text: str) -> str:
    """A regular expression for exactly `text`. Raises PatternRefused."""
    if "\0" in text:
        raise PatternRefused("a regular expression of MongoDB cannot hold a zero character")
    return re.sub(r"[!-/:-@\[-`{-~]", lambda found: f"\\{found[0]}", text)


def like_regex(pattern: str, *, insensitive: bool) -> str:
    """A regular expression for a LIKE pattern without an escape character. Raises PatternRefused."""
    if insensitive and not pattern.isascii():
        raise PatternRefused("letters beyond ASCII fold their case otherwise in MongoDB")
    opened, closed = pattern.startswith("%"), pattern.endswith("%")
    body = pattern.strip("%")
    parts = [_part(character, insensitive=insensitive) for character in re.findall(r"%+|.", body, re.DOTALL)]
    return ("" if opened else "^") + "".join(parts) + ("" if closed else r"\z")


def _part(text: str, *, insensitive: bool) -> str:
    if text.startswith("%"):
        return ".*"
    if text == "_":
        return "."
    if insensitive and text.isalpha():
        lower = text.lower()
        return f"[{lower}{lower.upper()}{_ALSO_LOWERED.get(lower, '')}]"
    return literal_regex(text)


_ALSO_UPPER = {"I": "ı", "S": "ſ"}
"""Characters beyond ASCII whose upper case in DuckDB is an ASCII letter."""


def folded_regex(text: str, *, upper: bool) -> str:
    """A regular expression for the texts whose lower (or upper) case is exactly `text`. Raises PatternRefused."""
    if not text.isascii():
        raise PatternRefused("letters beyond ASCII fold their case otherwise in MongoDB")
    return "".join(_folded(character, upper) for character in text)


def _folded(character: str, upper: bool) -> str:
    if not character.isalpha():
        return literal_regex(character)
    if character.isupper() != upper:
        return r"(?!)"
    also = _ALSO_UPPER if upper else _ALSO_LOWERED
    return f"[{character}{character.swapcase()}{also.get(character, '')}]"


_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_PIECE = re.compile(
    r"(?P<class>\[\^?\]?(?:[^\]\\\[]|\\.)*\])|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<quantifier>[*+?]\??|\{\d{1,2}(?:,\d{0,2})?\}\??)"
    r"|(?P<escape>\\.)|(?P<anchor>[\^$])|(?P<any>\.)|(?P<or>\|)|(?P<literal>[^\\\[\](){}*+?|.^$])",
    re.DOTALL,
)


def common_regex(pattern: str) -> str:
    """A regular expression of DuckDB (RE2) as one that means the same to MongoDB (PCRE). Raises PatternRefused.

    Of RE2's syntax only what both read alike passes: literals, classes of ASCII characters, groups, alternatives, anchors and
    quantifiers that do not nest (PCRE backtracks: nested ones may take for ever).
    """
    found: list[str] = []
    groups: list[bool] = []
    dangerous = quantifiable = False
    position = 0
    while position < len(pattern):
        piece = _PIECE.match(pattern, position)
        if piece is None:
            raise PatternRefused("the regular expression holds what MongoDB may read otherwise")
        position = piece.end()
        kind, text = str(piece.lastgroup), piece[0]
        if kind == "quantifier":
            if not quantifiable or (dangerous and text != "?"):
                raise PatternRefused("quantified groups of quantifiers or alternatives may take MongoDB for ever")
            groups = [True for _ in groups]
        if kind == "or":
            groups = [True for _ in groups]
        dangerous = False
        if kind == "open":
            groups.append(False)
        elif kind == "close":
            if not groups:
                raise PatternRefused("the regular expression holds what MongoDB may read otherwise")
            dangerous = groups.pop()
        quantifiable = kind in ("class", "close", "escape", "any", "literal")
        found.append(_REWRITTEN[kind](text) if kind in _REWRITTEN else text)
    if groups or "\0" in pattern:
        raise PatternRefused("the regular expression holds what MongoDB may read otherwise")
    return "".join(found)


def _class(text: str) -> str:
    if not text.isascii() or text.startswith(("[]", "[^]")):
        raise PatternRefused("the regular expression holds a class that MongoDB may read otherwise")
    return re.sub(r"\\(.)", lambda escape: _within_class(escape[1]), text)


def _within_class(character: str) -> str:
    if character in _CLASSES:
        return _CLASSES[character]
    if character in "tnfr":
        return f"\\{character}"
    if character.isalnum():
        raise PatternRefused("the regular expression holds an escape that MongoDB may read otherwise")
    return f"\\{character}"


def _escape(text: str) -> str:
    character = text[1]
    if character.lower() in _CLASSES:
        return f"[{'^' if character.isupper() else ''}{_CLASSES[character.lower()]}]"
    if character in "tnfr":
        return text
    if character.isalnum() or not character.isascii():
        raise PatternRefused("the regular expression holds an escape that MongoDB may read otherwise")
    return text


_REWRITTEN: dict[str, Callable[[str], str]] = {
    "class": _class,
    "escape": _escape,
    "any": lambda text: r"[^\n]",
    "anchor": lambda text: r"\A" if text == "^" else r"\z",
}
"""RE2's `.` takes no newline, and its `$` no newline before the end."""
