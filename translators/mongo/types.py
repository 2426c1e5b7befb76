"""How BSON values become SQL values: the shape of a field, and the widening of what a sample found.

A `Shape` says how a field is stored and as which DuckDB type it is delivered. It travels in the catalogue as `Column.type` (what
SQL sees) together with `Column.native` (its `native` text: a kind for a plain value, JSON for a nested one). Kinds that have a
shape of their own are `uuid` (binary of subtype 4) and `json`: a field whose types do not widen to one is delivered as relaxed
extended JSON, so that every value is valid JSON text (a string keeps its quotes).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from planner.errors import RequestInvalid
from translators.arrow import quoted

BSON_NAMES: dict[int, str] = {
    0x01: "double",
    0x02: "string",
    0x03: "object",
    0x04: "array",
    0x05: "binData",
    0x06: "undefined",
    0x07: "objectId",
    0x08: "bool",
    0x09: "date",
    0x0A: "null",
    0x0B: "regex",
    0x0C: "dbPointer",
    0x0D: "javascript",
    0x0E: "symbol",
    0x0F: "javascriptWithScope",
    0x10: "int",
    0x11: "timestamp",
    0x12: "long",
    0x13: "decimal",
    0x7F: "maxKey",
    0xFF: "minKey",
}
"""Type bytes and the names that `$type` gives them."""

STORED: dict[str, frozenset[str]] = {
    "bool": frozenset({"bool"}),
    "int": frozenset({"int", "long"}),
    "long": frozenset({"int", "long"}),
    "double": frozenset({"double", "int", "long"}),
    "decimal": frozenset({"decimal", "int", "long"}),
    "string": frozenset({"string"}),
    "objectId": frozenset({"objectId"}),
    "date": frozenset({"date"}),
    "binData": frozenset({"binData"}),
    "uuid": frozenset({"binData"}),
    "object": frozenset({"object"}),
    "array": frozenset({"array"}),
}
"""The BSON types that a column of each kind takes; `json` takes any."""

DECIMAL = "DECIMAL(38,10)"
"""What Decimal128 is delivered as where nothing is declared: a value that needs more digits is an error that says to declare."""

_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
_KINDS: dict[str, str] = {
    "BOOLEAN": "bool",
    **dict.fromkeys(_INTEGERS, "long"),
    "FLOAT": "double",
    "DOUBLE": "double",
    "VARCHAR": "string",
    "JSON": "json",
    "UUID": "uuid",
    "BLOB": "binData",
    "DATE": "date",
    "TIMESTAMP": "date",
    "TIMESTAMP_S": "date",
    "TIMESTAMP_MS": "date",
    "TIMESTAMP_NS": "date",
    "TIMESTAMP WITH TIME ZONE": "date",
}
_PLAIN_TYPES: dict[str, str] = {
    "bool": "BOOLEAN",
    "int": "INTEGER",
    "long": "BIGINT",
    "double": "DOUBLE",
    "decimal": DECIMAL,
    "string": "VARCHAR",
    "objectId": "VARCHAR",
    "date": "TIMESTAMP",
    "binData": "BLOB",
    "uuid": "UUID",
    "json": "VARCHAR",
}
_STORED_AS = {"long": ("int", "long"), "string": ("string", "objectId", "json")}
"""The kinds that a type's values may be stored as, where there are several."""

_SPELLINGS = {
    "TEXT": "VARCHAR",
    "INT": "INTEGER",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    "REAL": "FLOAT",
    "INT128": "HUGEINT",
    "DECIMAL": "DECIMAL(18,3)",
}


@dataclass(frozen=True)
class Part:
    """A field of a sub-document: its name in SQL, its name in the store, and its shape."""

    name: str
    origin: str
    shape: Shape


@dataclass(frozen=True)
class Shape:
    """How a field is stored (`kind`, a key of `STORED` or `json`) and the DuckDB type that it is delivered as."""

    kind: str
    type: str
    parts: tuple[Part, ...] = ()
    item: Shape | None = None

    @property
    def native(self) -> str:
        """The text that `shape_of` reads back."""
        return self.kind if self.kind not in ("object", "array") else json.dumps(self._tree(), ensure_ascii=False)

    def _tree(self) -> Any:
        if self.kind == "object":
            return {
                part.name: part.shape._tree() if part.name == part.origin else {"$field": part.origin, "$is": part.shape._tree()}
                for part in self.parts
            }
        if self.item is not None:
            return [self.item._tree()]
        return self.kind

    def part(self, name: str) -> Part | None:
        """The field of that name in SQL, without regard to case."""
        return next((part for part in self.parts if part.name.lower() == name.lower()), None)


def plain(kind: str) -> Shape:
    return Shape(kind, _PLAIN_TYPES[kind])


def structure(parts: Iterable[Part]) -> Shape:
    found = tuple(parts)
    return Shape("object", f"STRUCT({', '.join(f'{quoted(part.name)} {part.shape.type}' for part in found)})", found)


def array(item: Shape) -> Shape:
    return Shape("array", f"{item.type}[]", item=item)


@lru_cache(maxsize=4096)
def shape_of(type: str, native: str) -> Shape:
    """The shape that a column's type and native text describe. Raises RequestInvalid on a type that documents cannot fill."""
    return _shape(_parsed(type), json.loads(native) if native[:1] in ("{", "[") else native)


def declared(type: str, found: Shape | None = None) -> Shape:
    """The shape of a declared type. `found` is what the sample shows: it tells ObjectIds from strings, and the stored spelling
    of sub-document fields. Raises RequestInvalid on a type that documents cannot fill."""
    return _shape(_parsed(type), None, found)


def spelled(node: exp.Expr) -> str:
    """A data type as DuckDB writes it."""
    text = node.sql(dialect="duckdb")
    decimal = re.fullmatch(r"DECIMAL\((\d+)(?:, *(\d+))?\)", text)
    if decimal:
        return f"DECIMAL({decimal[1]},{decimal[2] or 0})"
    return _SPELLINGS.get(text, text)


def _parsed(type: str) -> exp.Expr:
    try:
        return exp.DataType.build(type, dialect="duckdb")
    except SqlglotError:
        raise RequestInvalid(f"{type!r} is not a DuckDB type.", field="columns") from None


def _shape(node: exp.Expr, native: Any, found: Shape | None = None) -> Shape:
    if node.this in (exp.DType.LIST, exp.DType.ARRAY) and len(node.expressions) == 1:
        inner = native[0] if isinstance(native, list) else None
        return array(_shape(node.expressions[0], inner, found.item if found else None))
    if node.this == exp.DType.STRUCT:
        parts = []
        for definition in node.expressions:
            name, inner = definition.this.name, native.get(definition.this.name) if isinstance(native, dict) else None
            known = found.part(name) if found else None
            origin = known.origin if known else name
            if isinstance(inner, dict) and "$field" in inner:
                origin, inner = inner["$field"], inner["$is"]
            parts.append(Part(name, origin, _shape(definition.args["kind"], inner, known.shape if known else None)))
        return structure(parts)
    type = spelled(node)
    kind = "decimal" if type.startswith("DECIMAL(") else _KINDS.get(type)
    if kind is None:
        raise RequestInvalid(f"A document store has no values of type {type}; declare another type or JSON.", field="columns")
    if isinstance(native, str) and native in _STORED_AS.get(kind, (kind,)):
        kind = native
    elif type == "VARCHAR" and found is not None and found.kind == "objectId":
        kind = "objectId"
    return Shape(kind, type)


@dataclass
class Seen:
    """What a sample shows of one field: how often each BSON type came, the fields of its documents, its arrays' elements."""

    types: Counter[str] = field(default_factory=Counter)
    fields: dict[str, Seen] = field(default_factory=dict)
    items: Seen | None = None

    def shape(self) -> Shape:
        """The narrowest shape that takes everything seen; `json` where nothing else does."""
        kinds = set(self.types) - {"null", "undefined"}
        if not kinds:
            return plain("string")
        if kinds == {"object"}:
            return structure(parts_of(self.fields)) if self.fields else plain("json")
        if kinds == {"array"}:
            return array(self.items.shape() if self.items else plain("string"))
        for kind in ("int", "long", "double", "decimal", "string", "objectId", "date", "bool", "binData"):
            if kinds <= ({"int"} if kind == "int" else STORED[kind]):
                return plain(kind)
        return plain("uuid") if kinds == {"uuid"} else plain("binData") if kinds == {"uuid", "binData"} else plain("json")


def parts_of(fields: dict[str, Seen]) -> list[Part]:
    """Named shapes of `fields`, each name unique without regard to case."""
    return [Part(name, origin, fields[origin].shape()) for origin, name in unique_names(fields).items()]


def unique_names(origins: Iterable[str]) -> dict[str, str]:
    """A name in SQL for each stored name: its own (`_` for an empty one), with a number behind where another differs only in
    case."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for origin in origins:
        wanted = origin or "_"
        name, number = wanted, 0
        while name.lower() in taken:
            number += 1
            name = f"{wanted}_{number}"
        taken.add(name.lower())
        names[origin] = name
    return names
