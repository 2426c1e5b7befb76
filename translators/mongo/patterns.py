r"""LIKE patterns as regular expressions of MongoDB (PCRE in UTF mode, with `s` so that `.` takes a newline).

`^` without `m` is the beginning of the text and lets an index serve the constant prefix; the end is `\z`, because `$` also
matches before a newline that ends the text.
"""

from __future__ import annotations

import re

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
