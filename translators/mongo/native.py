"""The request that MongoDB gets, and its text as one would type it into mongosh."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from bson import Binary, Int64, MinKey, ObjectId
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128

from translators.mongo.decode import Reading

Document = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Request:
    """A `find`, or an `aggregate` where `pipeline` is given.

    `readings` gives for each output column where it lies in the documents that come back; `checks` are columns that are decoded
    for their misfits alone (the store sorts or joins by them). `joined` names the collections of the documents that were looked
    up, by the field in which these lie. `computed` says that the rows are no documents of the collection.
    `collation` is False for a view with a collation of its own, which accepts no other.
    """

    database: str
    collection: str
    readings: tuple[Reading, ...]
    filter: Document = field(default_factory=dict)
    projection: Document | None = None
    sort: tuple[tuple[str, int], ...] = ()
    skip: int = 0
    limit: int | None = None
    pipeline: tuple[Document, ...] | None = None
    checks: tuple[Reading, ...] = ()
    collation: bool = True
    computed: bool = False
    joined: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def reads_again(self) -> bool:
        """Whether it reads a collection beside its own, or its own once more: not at the same moment, but in a snapshot."""
        return _reads_again(self.pipeline or ())

    @cached_property
    def text(self) -> str:
        target = f"db.getSiblingDB({_quoted(self.database)}).getCollection({_quoted(self.collection)})"
        if self.pipeline is not None:
            return f"{target}.aggregate({shell(self.pipeline)})"
        parts = [f"{target}.find({shell(self.filter)}, {shell(self.projection or {})})"]
        if self.sort:
            parts.append(f".sort({shell(dict(self.sort))})")
        if self.skip:
            parts.append(f".skip({self.skip})")
        if self.limit is not None:
            parts.append(f".limit({self.limit})")
        return "".join(parts)


def _reads_again(stage: Any) -> bool:
    if isinstance(stage, Mapping):
        return any(name in ("$unionWith", "$lookup", "$graphLookup") or _reads_again(inner) for name, inner in stage.items())
    return isinstance(stage, Sequence) and not isinstance(stage, str | bytes) and any(map(_reads_again, stage))


_FOUND = ("$match", "$sort", "$skip", "$limit", "$project")


def as_find(request: Request) -> Request:
    """The same request as a `find`, where its pipeline does no more than that, in that order."""
    stages = request.pipeline or ()
    names = [next(iter(stage)) for stage in stages]
    places = [_FOUND.index(name) if name in _FOUND else -1 for name in names]
    if -1 in places or len(set(places)) < len(places) or places != sorted(places):
        return request
    found = {name: next(iter(stage.values())) for name, stage in zip(names, stages, strict=True)}
    projection = found.get("$project", {})
    if any(value != 1 for value in projection.values()):
        return request
    return replace(
        request,
        filter=found.get("$match", {}),
        projection=projection,
        sort=tuple(found.get("$sort", {}).items()),
        skip=found.get("$skip", 0),
        limit=found.get("$limit"),
        pipeline=None,
    )


def shell(value: Any) -> str:
    """A BSON value as an expression of mongosh; plain JSON wherever JSON can say it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quoted(name)}: {shell(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return "[" + ", ".join(shell(inner) for inner in value) + "]"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        wide = isinstance(value, Int64) or not -(2**31) <= value < 2**31
        return f'NumberLong("{int(value)}")' if wide else str(value)
    if isinstance(value, float):
        return _double(value)
    if isinstance(value, MinKey):
        return "MinKey()"
    if isinstance(value, ObjectId):
        return f'ObjectId("{value}")'
    if isinstance(value, Decimal128):
        return f'NumberDecimal("{value}")'
    if isinstance(value, datetime):
        return f'ISODate("{value.isoformat(timespec="milliseconds").removesuffix("+00:00")}Z")'
    if isinstance(value, DatetimeMS):
        return f"new Date({int(value)})"
    if isinstance(value, Binary) and value.subtype == 4:
        return f'UUID("{value.as_uuid()}")'
    if isinstance(value, bytes):
        return f'HexData(0, "{value.hex()}")'
    raise TypeError(type(value).__name__)


def _double(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 and math.copysign(1, value) < 0:
        return "Double(-0.0)"
    return f"Double({int(value)})" if value == int(value) and abs(value) < 2**53 else repr(value)


def _quoted(text: str) -> str:
    return re.sub("[\u2028\u2029\x7f]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
