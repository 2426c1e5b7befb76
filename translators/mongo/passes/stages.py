"""What stages read and make: the names of top-level fields in expressions, filters and stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Stage = Mapping[str, Any]


def operator(stage: Stage) -> str:
    return next(iter(stage))


def body(stage: Stage) -> Any:
    return next(iter(stage.values()))


def read_by(expression: Any) -> frozenset[str] | None:
    """The top-level fields that an aggregation expression reads; None where it reads the whole document."""
    found: set[str] = set()
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            if node.startswith("$$"):
                if node.partition(".")[0] in ("$$ROOT", "$$CURRENT"):
                    return None
            elif node.startswith("$"):
                found.add(node[1:].partition(".")[0])
        elif isinstance(node, Mapping):
            if "$literal" not in node:
                waiting.extend(node.values())
        elif isinstance(node, (list, tuple)):
            waiting.extend(node)
    return frozenset(found)


def matched_by(filter: Any) -> frozenset[str] | None:
    """The top-level fields that a filter of `$match` reads; None where it cannot be told."""
    found: set[str] = set()
    for name, asked in filter.items():
        if name in ("$and", "$or", "$nor"):
            parts: list[frozenset[str] | None] = [matched_by(part) for part in asked]
        elif name == "$expr":
            parts = [read_by(asked)]
        elif name.startswith("$"):
            return None
        else:
            parts = [frozenset({name.partition(".")[0]})]
        for part in parts:
            if part is None:
                return None
            found |= part
    return frozenset(found)


def ends_the_query(stage: Stage) -> bool:
    """Whether the stage may end the query with an error, so that what comes to it must stay as it is."""
    return "$toInt" in _operators(body(stage))


def _operators(value: Any) -> set[str]:
    found: set[str] = set()
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            if "$literal" not in node:
                found |= node.keys()
                waiting.extend(node.values())
        elif isinstance(node, (list, tuple)):
            waiting.extend(node)
    return found


def is_plain(expression: Any) -> bool:
    """Whether it is the path of a field and no more."""
    return isinstance(expression, str) and expression.startswith("$") and not expression.startswith("$$")
