"""`$match` first: filters go to where fewer stages see the rows, and to where an index serves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from translators.mongo.filters import NONE, conjunction
from translators.mongo.passes.stages import Stage, body, matched_by, operator

_PASSED = ("$set", "$sort", "$project", "$unwind", "$lookup")


def matches_first(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """A `$match` goes before a `$set`, `$project`, `$lookup` or `$unwind` whose fields it does not read, and before a `$sort`.

    Not one with `$expr`: it may be what checks the documents, and is as dear where it stands.

    >>> matches_first(({"$sort": {"n": 1}}, {"$match": {"n": 5}}))
    ({'$match': {'n': 5}}, {'$sort': {'n': 1}})
    """
    found = list(stages)
    for place in range(1, len(found)):
        here = place
        while here > 0 and operator(found[here]) == "$match" and _independent(found[here], found[here - 1]):
            found[here - 1], found[here] = found[here], found[here - 1]
            here -= 1
    return tuple(found)


def _independent(match: Stage, before: Stage) -> bool:
    if operator(before) not in _PASSED or "$expr" in str(body(match)):
        return False
    if operator(before) == "$sort":
        return True
    read = matched_by(body(match))
    if read is None:
        return False
    if operator(before) == "$unwind":
        path = body(before)["path"] if isinstance(body(before), dict) else body(before)
        return path[1:].partition(".")[0] not in read
    if operator(before) == "$lookup":
        return body(before)["as"] not in read
    if operator(before) == "$project":
        return all(body(before).get(name) == 1 for name in read)
    return not read & body(before).keys()


def matches_merged(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Neighbouring filters are one.

    >>> matches_merged(({"$match": {"a": 1}}, {"$match": {"b": 2}}))
    ({'$match': {'a': 1, 'b': 2}},)
    """
    found: list[Stage] = []
    for stage in stages:
        if found and operator(stage) == operator(found[-1]) == "$match" and not _checks(stage) and not _checks(found[-1]):
            found[-1] = {"$match": conjunction([body(found[-1]), body(stage)])}
        else:
            found.append(stage)
    return tuple(found)


def _checks(stage: Stage) -> bool:
    """Whether a filter is one that ends the query: it must not meet documents that another filter keeps out."""
    return "$toInt" in str(body(stage))


def nothing_read(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """What comes before a filter that nothing passes need not be computed.

    >>> nothing_read(({"$sort": {"n": 1}}, {"$match": {"_id": {"$in": []}}}))
    ({'$match': {'_id': {'$in': []}}},)
    """
    last = max((place for place, stage in enumerate(stages) if _is_nothing(stage)), default=0)
    return tuple(stages[last:])


def _is_nothing(stage: Stage) -> bool:
    found: Any = body(stage)
    return operator(stage) == "$match" and bool(found == NONE)
