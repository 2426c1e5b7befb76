"""How deep SQLite's parser would have to go: it gives up at 100 entries (`YYSTACKDEPTH`), and only when the statement is run.

What an opening costs was measured with 3.40: 19 levels of `f(a + f(…))`, 31 of `f(f(…) + a)`, 19 of CASE, 16 of FROM (SELECT …),
12 of IN (SELECT …). A first argument costs 3, any other 6, a query 9; a sum of 90 is out of reach of each of them.
"""

from __future__ import annotations

import re

_TOKENS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]|\w+|[^\s\w()'"]+""")
_MOST = 90


def too_deep(text: str) -> bool:
    """Whether a statement may be nested too deeply for SQLite's parser."""
    opened: list[int] = []
    depth, first = 0, False
    for token in _TOKENS.findall(text):
        word = token.upper()
        if token == "(":
            opened.append(3 if first else 6)
            depth, first = depth + opened[-1], True
        elif token == ")" or word == "END":
            depth, first = depth - opened.pop(), False
        elif word == "CASE":
            opened.append(6)
            depth, first = depth + 6, False
        elif word == "SELECT" and opened and first:
            depth, opened[-1], first = depth + 9 - opened[-1], 9, False
        elif not (first and token.isidentifier()):
            first = False
        if depth > _MOST:
            return True
    return False
