"""The same query with some of its constants sent as parameters."""

from __future__ import annotations

import re
from random import Random

from proxy.request import Parameter

_COMPARED = re.compile(r"(?<=[=<>] )(?:(?P<number>\d+)(?![.\w])|'(?P<text>(?:[^']|'')*)')")


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
