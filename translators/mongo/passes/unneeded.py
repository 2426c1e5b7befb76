"""Stages that change nothing, and fields that nobody reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from translators.mongo.passes.stages import Stage, body, matched_by, operator, read_by

_KEEPS_ORDER = ("$match", "$set", "$project", "$sort", "$unset")
_ORDERED = ("$push", "$first", "$last", "$firstN", "$lastN")


def unneeded_dropped(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """A filter that everything passes, a `$skip` of nothing, a `$set` of nothing.

    >>> unneeded_dropped(({"$match": {}}, {"$skip": 0}, {"$limit": 3}))
    ({'$limit': 3},)
    """
    return tuple(
        stage for stage in stages if not (operator(stage) in ("$match", "$set", "$skip", "$project") and not body(stage))
    )


def unread_dropped(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """A field of a `$set` goes where a later `$project` or `$group` has no use for it, and nothing before that reads it.

    Not one that checks the documents: to end the query is its use.

    >>> unread_dropped(({"$set": {"a": {"$abs": "$n"}}}, {"$group": {"_id": "$n"}}))
    ({'$group': {'_id': '$n'}},)
    """
    found: list[Stage] = []
    for place, stage in enumerate(stages):
        if operator(stage) != "$set":
            found.append(stage)
            continue
        kept = {
            name: value for name, value in body(stage).items() if "$toInt" in str(value) or _is_read(name, stages[place + 1 :])
        }
        if kept:
            found.append({"$set": kept})
    return tuple(found)


def _is_read(name: str, stages: Sequence[Stage]) -> bool:
    for stage in stages:
        given: Any = body(stage)
        match operator(stage):
            case "$match":
                read = matched_by(given)
            case "$sort":
                read = frozenset(path.partition(".")[0] for path in given)
            case "$limit" | "$skip":
                read = frozenset()
            case "$set":
                read = read_by(given)
            case "$project":
                read = read_by(given)
                return read is None or name in read or bool(given.get(name))
            case "$group":
                read = read_by(given)
                return read is None or name in read
            case _:
                return True
        if read is None or name in read:
            return True
    return True


def unsorted(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """An order that a `$group` or another `$sort` forgets is not made: no accumulator depends on it, no `$limit` is between.

    >>> unsorted(({"$sort": {"n": 1}}, {"$group": {"_id": "$n"}}))
    ({'$group': {'_id': '$n'}},)
    """
    return tuple(
        stage for place, stage in enumerate(stages) if not (operator(stage) == "$sort" and _forgotten(stages[place + 1 :]))
    )


def _forgotten(stages: Sequence[Stage]) -> bool:
    for stage in stages:
        if operator(stage) == "$sort":
            return True
        if operator(stage) == "$group":
            return not any(name in str(body(stage)) for name in _ORDERED)
        if operator(stage) not in _KEEPS_ORDER:
            return False
    return False
