"""The same query with other constants, and with some of its constants sent as parameters: what Foz remembers of a shape must
not depend on the constants that it saw first."""

from __future__ import annotations

import re
from random import Random

from proxy.request import Parameter

_ORDERED = re.compile(r"(ORDER BY (?:\d+[A-Z ]*(?:, )?)+|LIMIT \d+|OFFSET \d+)")
_BEFORE = r"(?:(?<=[=<>+*%,] )|(?<=AND )|(?<=[^BCFLT][(]))"  # not in DECIMAL(12,2), nor the units of dates
_CONSTANT = re.compile(_BEFORE + r"(?:(?P<number>\d+)(?![.\w:'])|'(?P<text>(?:[^']|'')*)'(?!:))")
_COMPARED = re.compile(r"(?<=[=<>] )(?:(?P<number>\d+)(?![.\w:])|'(?P<text>(?:[^']|'')*)'(?!:))")
_NUMBERS = (0, 1, 2, 3, 5, 7, 40)
_TEXTS = ("", "a", "ab", "b", "x", "é", "it's")


def with_other_constants(random: Random, sql: str) -> str:
    """The text with other integers and texts, the same one for the same one; what is ordered by and LIMIT stay.

    >>> with_other_constants(Random(1), "SELECT a FROM t WHERE b = 7 AND c >= 'it''s' AND d IN (1.5, 7) ORDER BY 1, 2 LIMIT 3")
    "SELECT a FROM t WHERE b = 1 AND c >= 'x' AND d IN (1.5, 1) ORDER BY 1, 2 LIMIT 3"
    """
    chosen: dict[str, str] = {}

    def put(found: re.Match[str]) -> str:
        new = str(random.choice(_NUMBERS)) if found["number"] else "'" + random.choice(_TEXTS).replace("'", "''") + "'"
        return chosen.setdefault(found[0], new)

    return "".join(part if _ORDERED.fullmatch(part) else _CONSTANT.sub(put, part) for part in _ORDERED.split(sql))


def with_parameters(random: Random, sql: str) -> tuple[str, tuple[Parameter, ...]]:
    """The text with `?` for about half of the integers and texts that something is compared with, and what stands for each.

    >>> with_parameters(Random(3), "SELECT a FROM t WHERE b = 7 AND c >= 'it''s'")[0]
    'SELECT a FROM t WHERE b = 7 AND c >= ?'

    A grouped query keeps its constants: `x = ?` is not the same expression as another `x = ?`, so it cannot be a key.
    """
    if "GROUP BY" in sql:
        return sql, ()
    given: list[Parameter] = []

    def put(found: re.Match[str]) -> str:
        if random.random() < 0.5:
            return found[0]
        number = found["number"]
        value = Parameter(int(number), "INTEGER") if number else Parameter(found["text"].replace("''", "'"), "VARCHAR")
        given.append(value)
        return "?"

    return _COMPARED.sub(put, sql), tuple(given)
