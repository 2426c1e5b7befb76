"""What a MongoDB server holds: collections as tables, their columns from declarations, validators and samples, in this order.

A sample proves nothing about the other documents: that is what the reader's checks are for. `Column.facts` are `missing` (null or
absent in the sample), `mixed` (several types), `declared`, `validated`, `nullify` (what does not fit reads as NULL) and
`collated` (a view compares its text by a collation of its own).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import Binary, Int64, ObjectId
from bson.code import Code
from bson.datetime_ms import DatetimeMS
from bson.dbref import DBRef
from bson.decimal128 import Decimal128
from bson.max_key import MaxKey
from bson.min_key import MinKey
from bson.regex import Regex
from bson.timestamp import Timestamp
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import OperationFailure

from planner.catalog import Column, Table
from planner.statistics import TableStatistics
from translators.base import Finding, Introspection, StoreConfig
from translators.mongo.operation import Operation
from translators.mongo.sampled import sampled
from translators.mongo.scalars import CODEC
from translators.mongo.types import STORED, Seen, Shape, array, declared, plain, structure, unique_names
from translators.mongo.types import Part as StructPart

_SYSTEM = frozenset({"admin", "config", "local"})
_VALIDATED: dict[str, str] = {"boolean": "bool"}
"""JSON Schema's `type` names that mean one BSON type (`number` and `integer` do not)."""


_DROPPED = (26, 175)
"""NamespaceNotFound, QueryPlanKilled: the collection was dropped or renamed since it was listed."""


def introspect(config: StoreConfig, client: MongoClient[Any], database: str | None, operation: Operation) -> Introspection:
    """Every collection and view of `database`, or of all databases. Raises what the driver raises, and RequestInvalid."""
    tables: list[Table] = []
    findings: list[Finding] = []
    with operation.waiting():
        server = client.admin.command("buildInfo", comment=operation.comment)["version"]
        hello = client.admin.command("hello", comment=operation.comment)
        names = [database] if database else sorted(set(client.list_database_names(comment=operation.comment)) - _SYSTEM)
    for name in names:
        place: Database[Any] = client.get_database(name, codec_options=CODEC)
        with operation.waiting():
            listed = sorted(place.list_collections(comment=operation.comment), key=lambda found: found["name"])
        for found in listed:
            if not found["name"].startswith("system."):
                try:
                    with operation.waiting():
                        table, seen = _table(config, place, found, operation.comment)
                except OperationFailure as error:
                    if error.code not in _DROPPED:
                        raise
                    continue
                tables.append(table)
                findings.extend(seen)
    snapshots = "setName" in hello or hello.get("msg") == "isdbgrid"
    facts = frozenset({f"version:{server}", *({"snapshots"} if snapshots else ())})
    return Introspection(tuple(tables), tuple(names), f"MongoDB {server}", facts, tuple(findings))


def _table(config: StoreConfig, place: Database[Any], listed: Mapping[str, Any], comment: str) -> tuple[Table, list[Finding]]:
    name, kind, options = listed["name"], listed.get("type", "collection"), listed.get("options", {})
    kind = {"collection": "table"}.get(kind, kind)
    collection = place[name]
    seen = Seen()
    documents, at_random = sample(collection, config.sample, kind, comment)
    for document in (*documents, *at_random):
        look(seen, document)
    collated = kind == "view" and options.get("collation", {}).get("locale", "simple") != "simple"
    facts = frozenset({"collated"} if collated else ())
    columns = tuple(
        _columns(
            seen,
            config.declared.get(f"{place.name}.{name}") or config.declared.get(name) or {},
            options.get("validator", {}).get("$jsonSchema", {}),
            facts | ({"nullify"} if config.on_mismatch == "nullify" else frozenset()),
        )
    )
    by_origin = {column.stored_as: column for column in columns}
    unique, indexes, language = [], [], False
    if kind == "table":
        for index in collection.list_indexes(comment=comment):
            keys = tuple(index["key"])
            # Foz compares texts by their bytes, which an index in the order of a language does not serve.
            language = language or "collation" in index
            if {"partialFilterExpression", "sparse", "hidden"} & set(index) or not set(keys) <= set(by_origin):
                continue
            named = tuple(by_origin[key].name for key in keys)
            if index.get("unique"):
                unique.append(named)
            elif keys != ("_id",) and all(isinstance(order, int | float) for order in index["key"].values()):
                indexes.append(named)
    table = Table(
        source=config.id,
        schema=place.name,
        name=name,
        columns=columns,
        kind=kind,
        primary_key=(by_origin["_id"].name,) if kind == "table" and "_id" in by_origin else (),
        unique_keys=tuple(unique),
        indexes=tuple(indexes),
        facts=facts | ({"language"} if language else frozenset()),
        statistics=_sampled(collection, columns, at_random or documents, comment) if kind == "table" else None,
    )
    found = [
        Finding(f"{place.name}.{name}", path, dict(field.types), (by_origin.get(path) or field.shape()).type)
        for path, field in _paths(seen)
    ]
    return table, found


def sample(collection: Any, size: int, kind: str, comment: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Up to `size` documents: the first and the last, and others at random; of a view, which may be dear, the first only. There
    are none at random where the first are all that there are."""
    if kind != "table":
        return list(collection.find({}, limit=max(1, size), comment=comment)), []
    third = max(1, size // 3)
    found = list(collection.find({}, limit=third, comment=comment))
    if len(found) < third:
        return found, []
    found += collection.find({}, sort=[("$natural", -1)], limit=third, comment=comment)
    return found, list(collection.aggregate([{"$sample": {"size": third}}], comment=comment))


def _sampled(collection: Any, columns: Iterable[Column], documents: Sequence[Mapping[str, Any]], comment: str) -> TableStatistics:
    return sampled(columns, documents, max(len(documents), collection.estimated_document_count(comment=comment)))


def look(seen: Seen, document: Mapping[str, Any]) -> None:
    """Adds what `document` shows to `seen`."""
    seen.types["object"] += 1
    for name, value in document.items():
        _look(seen.fields.setdefault(name, Seen()), value)


def _look(seen: Seen, value: Any) -> None:
    if isinstance(value, Mapping):
        look(seen, value)
        return
    kind = bson_type(value)
    seen.types[kind] += 1
    if kind == "array":
        seen.items = seen.items or Seen()
        for item in value:
            _look(seen.items, item)


_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "bool"),
    (Int64, "long"),
    (int, "int"),
    (float, "double"),
    (str, "string"),
    (datetime, "date"),
    (DatetimeMS, "date"),
    (ObjectId, "objectId"),
    (Decimal128, "decimal"),
    (list, "array"),
    (Regex, "regex"),
    (Timestamp, "timestamp"),
    (MinKey, "minKey"),
    (MaxKey, "maxKey"),
    (DBRef, "object"),
)


def bson_type(value: Any) -> str:
    """The name of a decoded value's BSON type; `uuid` for binary of subtype 4."""
    if value is None:
        return "null"
    if isinstance(value, Code):
        return "javascript" if value.scope is None else "javascriptWithScope"
    if isinstance(value, bytes):
        return "uuid" if isinstance(value, Binary) and value.subtype == 4 and len(value) == 16 else "binData"
    return next((name for type, name in _TYPES if isinstance(value, type)), "unknown")


def _columns(seen: Seen, given: Mapping[str, str], validator: Mapping[str, Any], facts: frozenset[str]) -> Iterable[Column]:
    properties = validator.get("properties", {})
    origins = dict.fromkeys(name for name in seen.fields if name)  # a field without a name cannot be a column
    if "_id" not in origins:
        origins = {"_id": None, **origins}
    names = {name.lower(): origin for origin, name in unique_names([*origins, *properties]).items()}
    origins |= dict.fromkeys([*properties, *(names.get(name.lower(), name) for name in given)])
    for origin, name in unique_names(origins).items():
        field = seen.fields.get(origin, Seen())
        wanted = next((type for key, type in given.items() if key.lower() in (name.lower(), origin.lower())), None)
        shape, source = _shape(field, wanted, properties.get(origin))
        own = set(facts) | source
        if field.types.total() < seen.types.total() or field.types.keys() & {"null", "undefined"}:
            own.add("missing")
        if len(set(field.types) - {"null", "undefined"}) > 1:
            own.add("mixed")
        yield Column(name, shape.type, "" if origin == name else origin, shape.native, facts=frozenset(own))


def _shape(field: Seen, wanted: str | None, rule: Mapping[str, Any] | None) -> tuple[Shape, set[str]]:
    sampled = field.shape()
    if wanted is not None:
        return declared(wanted, sampled), {"declared"}
    validated = validated_shape(rule, sampled) if rule else None
    return (validated, {"validated"}) if validated else (sampled, set())


def validated_shape(rule: Mapping[str, Any], sampled: Shape | None = None) -> Shape | None:
    """The shape that a field's `$jsonSchema` fixes; None where it allows several types, or says nothing of them."""
    named = rule.get("bsonType", rule.get("type"))
    names = {_VALIDATED.get(name, name) for name in ([named] if isinstance(named, str) else named or [])} - {"null"}
    if names == {"object"}:
        return _validated_object(rule, sampled)
    if names == {"array"}:
        item = sampled.item if sampled else None
        inner = validated_shape(rule["items"], item) if isinstance(rule.get("items"), Mapping) else None
        inner = inner or item
        return array(inner) if inner else None
    for kind in ("int", "long", "double", "decimal", "string", "objectId", "date", "bool", "binData"):
        if names and names <= ({"int"} if kind == "int" else STORED[kind]):
            if kind == "binData" and sampled and sampled.kind == "uuid":
                return sampled
            return plain(kind)
    return None


def _validated_object(rule: Mapping[str, Any], sampled: Shape | None) -> Shape | None:
    known = {part.origin: part.shape for part in sampled.parts} if sampled else {}
    properties = rule.get("properties", {})
    shapes: dict[str, Shape] = {}
    for origin in dict.fromkeys([*known, *properties]):
        found = validated_shape(properties[origin], known.get(origin)) if origin in properties else None
        shape = found or known.get(origin)
        if shape:
            shapes[origin] = shape
    return (
        structure(StructPart(name, origin, shapes[origin]) for origin, name in unique_names(shapes).items()) if shapes else None
    )


def _paths(seen: Seen, above: str = "") -> Iterable[tuple[str, Seen]]:
    for name, field in seen.fields.items():
        path = f"{above}{name}"
        yield path, field
        yield from _paths(field, f"{path}.")
        if field.items is not None:
            yield from _paths(field.items, f"{path}[].")
