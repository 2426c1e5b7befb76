"""Neighbouring `$set`s and `$project`s become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from translators.mongo.passes.stages import Stage, body, is_plain, operator, read_by


def sets_merged(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Two `$set`s are one where the second reads nothing that the first has made.

    >>> sets_merged(({"$set": {"a": 1}}, {"$set": {"b": "$n"}}))
    ({'$set': {'a': 1, 'b': '$n'}},)
    """
    found: list[Stage] = []
    for stage in stages:
        if found and operator(stage) == operator(found[-1]) == "$set":
            read = read_by(body(stage))
            made = body(found[-1]).keys()
            if read is not None and not (read | body(stage).keys()) & made:
                found[-1] = {"$set": {**body(found[-1]), **body(stage)}}
                continue
        found.append(stage)
    return tuple(found)


def projections_merged(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """A `$project` after a `$set` or a `$project` takes over what that has made, where it reads each of it once.

    >>> projections_merged(({"$set": {"a": {"$abs": "$n"}}}, {"$project": {"_id": 0, "b": {"$add": ["$a", 1]}}}))
    ({'$project': {'_id': 0, 'b': {'$add': [{'$abs': '$n'}, 1]}}},)
    """
    found: list[Stage] = []
    for stage in stages:
        if found and operator(stage) == "$project" and operator(found[-1]) in ("$set", "$project"):
            merged = _composed(found[-1], body(stage))
            if merged is not None:
                found[-1] = {"$project": merged}
                continue
        found.append(stage)
    return tuple(found)


def _composed(before: Stage, after: Mapping[str, Any]) -> dict[str, Any] | None:
    made = body(before)
    closed = operator(before) == "$project"
    if closed and any(value == 1 for value in made.values()):
        return None
    reads: dict[str, int] = {}
    for name, value in after.items():
        if value == 0 and name == "_id":
            continue
        if not _counted(f"${name}" if _included(value) else value, reads):
            return None
    for name, count in reads.items():
        if name in made and count > 1 and not is_plain(made[name]):
            return None
        if closed and name not in made:
            return None
    if not closed and any(name in made and not _whole(after, name) for name in reads):
        return None
    composed: dict[str, Any] = {}
    for name, value in after.items():
        if value == 0 and name == "_id":
            composed[name] = 0
        elif _included(value):
            composed[name] = made.get(name, value)
        else:
            composed[name] = _substituted(value, made)
    # What a `$set` has checked stays checked only where it is still computed.
    dropped = [name for name in made if name not in reads and name != "_id"]
    if any("$toInt" in str(made[name]) for name in dropped):
        return None
    if closed and "_id" not in after and made.get("_id") == 0:
        composed = {"_id": 0, **composed}
    return composed


def _whole(after: Mapping[str, Any], name: str) -> bool:
    """Whether the field is read as a whole, not by a path below it."""
    return f"${name}." not in str(after)


def _included(value: Any) -> bool:
    return value is True or (isinstance(value, int) and value == 1)


def _counted(expression: Any, reads: dict[str, int]) -> bool:
    """Counts how often each field is read; False where the whole document is."""
    if read_by(expression) is None:
        return False
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        if is_plain(node):
            name = node[1:].partition(".")[0]
            reads[name] = reads.get(name, 0) + 1
        elif isinstance(node, Mapping):
            if "$literal" not in node:
                waiting.extend(node.values())
        elif isinstance(node, (list, tuple)):
            waiting.extend(node)
    return True


def _substituted(expression: Any, made: Mapping[str, Any]) -> Any:
    if is_plain(expression):
        name, dot, rest = expression[1:].partition(".")
        if name not in made:
            return expression
        if not dot:
            return made[name]
        return f"{made[name]}.{rest}"
    if isinstance(expression, Mapping):
        if "$literal" in expression:
            return expression
        return {name: _substituted(value, made) for name, value in expression.items()}
    if isinstance(expression, (list, tuple)):
        return [_substituted(value, made) for value in expression]
    return expression
