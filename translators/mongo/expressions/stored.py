"""Stored fields as values: read only where they hold what their column holds, null otherwise."""

from __future__ import annotations

from typing import Any

from bson import Int64
from bson.decimal128 import Decimal128
from sqlglot import exp

from planner.types import decimal_parts
from translators.mongo.expressions.value import Value
from translators.mongo.fields import Field
from translators.mongo.refusal import Refused

NULLS = ["missing", "null", "undefined"]
_BITS = {"TINYINT": 7, "SMALLINT": 15, "INTEGER": 31}
_READ = {
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DOUBLE", "VARCHAR", "DATE", "TIMESTAMP", "UUID",
}  # fmt: skip
FIRST_MS, LAST_MS = -9223372022400000, 9223372036854775
"""The first and last millisecond of DuckDB's TIMESTAMP."""


def stored(field: Field, node: exp.Expr) -> Value:
    """The value of a field. Raises Refused where its values are not computed with in MongoDB."""
    kind, type = field.shape.kind, field.shape.type
    if field.refusal:
        raise Refused(node, field.refusal)
    if field.nullify and kind == "string":
        raise Refused(node, "text that is not UTF-8 reads as NULL")
    if kind not in ("array", "object") and type not in _READ and decimal_parts(type) is None:
        raise Refused(node, f"values of {type} are not computed with in MongoDB")
    path: Any = f"${field.path}"
    read = {"$cond": [_holds(field), _converted(path, kind), None]}
    return Value(read, type, kind, nullable=True, reads=frozenset({field}))


def _converted(path: Any, kind: str) -> Any:
    """Integers in a column of doubles or decimals are computed with as what the column is."""
    return {"double": {"$toDouble": path}, "decimal": {"$toDecimal": path}}.get(kind, path)


def _holds(field: Field) -> Any:
    """Whether the path holds a value of the column: of one of its BSON types, and in the range of its integers. Of times it is
    asked only where misfits read as NULL: nothing computed of them goes wrong."""
    path = f"${field.path}"
    types = field.types
    known: Any = {"$eq": [{"$type": path}, types[0]]} if len(types) == 1 else {"$in": [{"$type": path}, types]}
    parents = [{"$eq": [{"$type": f"${'.'.join(field.names[:depth])}"}, "object"]} for depth in range(1, len(field.names))]
    within = _within(field) if field.nullify or field.shape.type in _BITS else []
    return {"$and": [*parents, known, *within]} if parents or within else known


def _within(field: Field) -> list[Any]:
    path = f"${field.path}"
    if field.shape.type in _BITS:
        bits = _BITS[field.shape.type]
        return [{"$gte": [path, -(2**bits)]}, {"$lt": [path, Int64(2**bits)]}]
    if field.shape.type == "TIMESTAMP":
        return [{"$gte": [{"$toLong": path}, Int64(FIRST_MS)]}, {"$lte": [{"$toLong": path}, Int64(LAST_MS)]}]
    return []


def fits(field: Field) -> Any:
    """Whether the field is null, missing, or holds a value that fits its column: false for a document that must be an error."""
    path = f"${field.path}"
    parts = decimal_parts(field.shape.type)
    within = _within(field)
    if field.shape.kind == "decimal" and parts and parts[0] <= 33:
        limit = 10 ** (parts[0] - parts[1])
        within = [
            {"$gt": [path, Decimal128(str(-limit))]},
            {"$lt": [path, Decimal128(str(limit))]},
            {"$eq": [{"$round": [path, parts[1]]}, path]},
        ]
    if field.shape.kind == "double":
        within = [{"$eq": [{"$toDouble": path}, path]}]
    if field.shape.type == "DATE":
        within = [{"$eq": [{"$mod": [{"$toLong": path}, 86_400_000]}, 0]}]
    parents = [f"${'.'.join(field.names[:depth])}" for depth in range(1, len(field.names))]
    known = {"$in": [{"$type": path}, [*field.types, *NULLS]]}
    own: Any = {"$cond": [{"$in": [{"$type": path}, field.types]}, {"$and": within}, known]} if within else known
    above = [{"$in": [{"$type": parent}, ["object", *NULLS]]} for parent in parents]
    return {"$and": [*above, own]} if above else own
