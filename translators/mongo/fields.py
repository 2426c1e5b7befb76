"""The fields that a fragment reads: from a node of the query to the path, the shape and the guards of a field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from translators.mongo.constants import instant
from translators.mongo.types import STORED, Shape

_RANGES: dict[str, tuple[Any, Any]] = {
    "INTEGER": (-(2**31), 2**31 - 1),
    "TIMESTAMP": (instant(-9223372022400000), instant(9223372036854775)),
}
_EXACT_WHEN_NULLIFIED = ("INTEGER", "BIGINT", "VARCHAR", "BOOLEAN", "TIMESTAMP")


@dataclass(frozen=True)
class Field:
    """A field of the documents, at `path` below each; `names` are the sub-documents on the way and its own.

    `nullify` says that a value that does not fit reads as NULL: then a filter must take it for NULL as well. A `computed` field
    was made by an earlier stage: it holds a value of its type or null, and is never missing. Where a document of another
    collection was looked up, `joined` names that collection, and the first of `names` is where the document lies.
    """

    names: tuple[str, ...]
    shape: Shape
    facts: frozenset[str] = frozenset()
    computed: bool = False
    joined: str = ""

    @property
    def path(self) -> str:
        return ".".join(self.names)

    @property
    def nullify(self) -> bool:
        return "nullify" in self.facts

    @property
    def guards_itself(self) -> bool:
        return len(self.names) == 1

    @cached_property
    def types(self) -> list[str]:
        return sorted(STORED[self.shape.kind])

    @cached_property
    def refusal(self) -> str | None:
        """Why no comparison with this field goes to MongoDB; None where it may."""
        if any("." in name or name.startswith("$") or not name or "\0" in name for name in self.names):
            return "the field's name cannot stand in a path"
        if any(name.isdigit() for name in self.names[1:]):
            return "a number in a path also means an array's element"
        if self.shape.kind == "json":
            return "the field holds values of several types"
        if "collated" in self.facts and self.shape.kind == "string":
            return "the view has a collation of its own"
        if self.nullify and (self.shape.kind not in ("int", "long", "string", "objectId", "bool", "date")):
            return f"values that do not fit {self.shape.type} read as NULL"
        if self.nullify and self.shape.type not in _EXACT_WHEN_NULLIFIED:
            return f"values that do not fit {self.shape.type} read as NULL"
        return None

    @cached_property
    def null_refusal(self) -> str | None:
        """Why IS NULL does not go to MongoDB."""
        if self.shape.kind == "json":
            return Field(self.names, Shape("string", "VARCHAR"), frozenset()).refusal
        if self.nullify and self.shape.kind == "string":
            return "text that is not UTF-8 reads as NULL"
        return Field(self.names, self.shape, self.facts - {"collated"}).refusal

    def guarded(self, operators: Mapping[str, Any]) -> dict[str, Any]:
        """A filter for `operators` on values of this field's own types alone."""
        found: dict[str, Any] = dict(operators)
        if self.shape.kind != "array":
            found["$not"] = {"$type": "array"}
        found["$type"] = self.types if len(self.types) > 1 else self.types[0]
        if self.nullify and self.shape.type in _RANGES:
            low, high = _RANGES[self.shape.type]
            found = {"$and": [{self.path: found}, {self.path: {"$gte": low, "$lte": high}}]}
            return self._below_documents(found)
        return self._below_documents({self.path: found})

    def _below_documents(self, filter: dict[str, Any]) -> dict[str, Any]:
        """A path also goes through arrays of sub-documents: those are kept out."""
        parents = [".".join(self.names[:depth]) for depth in range(1, len(self.names))]
        if not parents:
            return filter
        inner = filter["$and"] if list(filter) == ["$and"] else [filter]
        return {"$and": [*inner, *({parent: {"$not": {"$type": "array"}}} for parent in parents)]}

    @cached_property
    def present(self) -> dict[str, Any]:
        """A filter for the documents in which this field is not NULL."""
        if self.shape.kind == "json":
            return {"$nor": [self.absent]}
        return self.guarded({})

    @cached_property
    def absent(self) -> dict[str, Any]:
        """A filter for the documents in which this field is null or missing (or does not fit, where that reads as NULL)."""
        if self.nullify and self.shape.kind != "json":
            return {"$nor": [self.present]}
        parents = [".".join(self.names[:depth]) for depth in range(1, len(self.names))]
        own = _null(self.path)
        return {"$and": [own, *({"$or": [_null(parent), _document(parent)]} for parent in parents)]} if parents else own


def _null(path: str) -> dict[str, Any]:
    return {path: {"$eq": None, "$not": {"$type": "array"}}}


def _document(path: str) -> dict[str, Any]:
    return {path: {"$type": "object", "$not": {"$type": "array"}}}
