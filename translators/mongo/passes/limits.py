"""`$limit` early: rows that nobody asks for are not computed."""

from __future__ import annotations

from collections.abc import Sequence

from translators.mongo.passes.stages import Stage, body, ends_the_query, operator

_ONE_TO_ONE = ("$set", "$project", "$unset")


def limits_down(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """`$limit` and `$skip` go before stages that make one row of each, so that `$sort` and `$limit` are neighbours.

    >>> limits_down(({"$sort": {"n": 1}}, {"$set": {"m": {"$abs": "$n"}}}, {"$limit": 3}))
    ({'$sort': {'n': 1}}, {'$limit': 3}, {'$set': {'m': {'$abs': '$n'}}})
    """
    found = list(stages)
    for place in range(1, len(found)):
        here = place
        while here > 0 and operator(found[here]) in ("$limit", "$skip") and operator(found[here - 1]) in _ONE_TO_ONE:
            if operator(found[here]) == "$skip" and ends_the_query(found[here - 1]):
                break
            found[here - 1], found[here] = found[here], found[here - 1]
            here -= 1
    return tuple(found)


def limits_merged(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Of neighbouring limits the least counts, and skipped rows add up.

    >>> limits_merged(({"$skip": 2}, {"$skip": 3}, {"$limit": 5}, {"$limit": 4}))
    ({'$skip': 5}, {'$limit': 4})
    """
    found: list[Stage] = []
    for stage in stages:
        name = operator(stage)
        if found and name == operator(found[-1]) == "$limit":
            found[-1] = {"$limit": min(body(found[-1]), body(stage))}
        elif found and name == operator(found[-1]) == "$skip":
            found[-1] = {"$skip": body(found[-1]) + body(stage)}
        else:
            found.append(stage)
    return tuple(found)
