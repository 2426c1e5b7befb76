"""The OpenAPI document's own parts: bodies, answers and problems, so that it describes what is really sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from proxy.events import EventBody
from proxy.http.formats import FORMS, ArrowStream
from proxy.http.models import DataBody, SqlBody
from proxy.http.problems import PROBLEM_JSON, STATUS

_REFERENCE = "#/components/schemas/{model}"
Responses = dict[int | str, dict[str, Any]]


def _reference(name: str) -> dict[str, Any]:
    return {"schema": {"$ref": _REFERENCE.format(model=name)}}


def body_of(model: type[BaseModel], many: bool = False) -> dict[str, Any]:
    """`openapi_extra` of an operation that reads `model` itself, or (`many`) an array of it too."""
    content = _reference(model.__name__)
    if many:
        content = {"schema": {"anyOf": [content["schema"], {"type": "array", "items": content["schema"]}]}}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def described(name: str) -> dict[str, Any]:
    """A JSON response of one of the schemas below."""
    return {"description": name, "content": {"application/json": _reference(name)}}


def _problems() -> Responses:
    codes: dict[int, list[str]] = {}
    for code, status in STATUS.items():
        codes.setdefault(status, []).append(f"`{code}`")
    content = {PROBLEM_JSON: _reference("Problem")}
    return {status: {"description": ", ".join(found), "content": content} for status, found in sorted(codes.items())}


def _answers() -> Responses:
    content: dict[str, Any] = {form.media: {"schema": {"type": "string"}} for form in FORMS}
    content["application/json"] = _reference("Result")
    header = {"description": "The query's id.", "schema": {"type": "string"}}
    cached = {"description": "What the cache had to do with it (RFC 9211).", "schema": {"type": "string"}}
    return {
        200: {"description": "The rows", "content": content, "headers": {"X-Query-Id": header, "Cache-Status": cached}},
        **_problems(),
    }


PROBLEMS: Responses = _problems()
ANSWERS: Responses = _answers()
RANGES: Responses = {
    **ANSWERS,
    206: {
        "description": "A range of the bytes of an Arrow stream",
        "content": {ArrowStream.media: {"schema": {"type": "string"}}},
    },
    412: {"description": "The rows that the client has are of another run.", "content": {PROBLEM_JSON: _reference("Problem")}},
    416: {"description": "The range begins behind the end.", "content": {PROBLEM_JSON: _reference("Problem")}},
}


def _object(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required)}


_TEXT: dict[str, Any] = {"type": "string"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_ANY: dict[str, Any] = {"type": "object"}
_MOMENT: dict[str, Any] = {"type": ["string", "null"]}


def _array(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


SCHEMAS: Mapping[str, Any] = {
    "Problem": {
        **_object(
            {
                "type": _TEXT,
                "title": _TEXT,
                "status": {"type": "integer"},
                "detail": _TEXT,
                "code": {"type": "string", "enum": sorted(STATUS)},
                "requestId": _TEXT,
            },
            {
                "errors": _array(_object({"path": _TEXT, "message": _TEXT})),
                "line": {"type": "integer"},
                "column": {"type": "integer"},
                "nearest": _array(_TEXT),
                "source": _TEXT,
            },
        ),
        "description": "What went wrong (RFC 9457).",
    },
    "Result": {
        **_object(
            {
                "queryId": _TEXT,
                "status": {"const": "completed"},
                "columns": _array(_object({"name": _TEXT, "type": _TEXT})),
                "rows": _array(_ANY),
                "rowCount": _COUNT,
                "truncated": {"type": "boolean"},
                "cache": {"$ref": _REFERENCE.format(model="Cache")},
                "stats": _object(
                    {"elapsedMs": {"type": "number"}, "sources": _array(_ANY)}, {"predictedP95Ms": {"type": "number"}}
                ),
            }
        ),
        "description": "Rows are objects under the columns' names; a repeated name has _2 and so on. Integers are "
        "numbers, DECIMAL is text, times are ISO 8601, bytes base64, and NaN and Infinity text.",
    },
    "Query": _object(
        {"queryId": _TEXT, "status": {"enum": ["pending", "processing", "completed", "failed", "cancelled"]}},
        {"createdAt": _MOMENT, "startedAt": _MOMENT, "finishedAt": _MOMENT, "progress": {}, "predicted": {}, "error": {}},
    ),
    "QueryList": _object({"queries": _array({"$ref": _REFERENCE.format(model="Query")})}),
    "Source": _object({"id": _TEXT}, {"name": _TEXT, "type": _TEXT, "status": {"enum": ["up", "down", "invalid"]}}),
    "SourceList": _object({"sources": _array({"$ref": _REFERENCE.format(model="Source")})}),
    "TableList": _object({"tables": _array(_object({"schema": _TEXT, "name": _TEXT, "columns": _array(_ANY)}))}),
    "Cache": _object(
        {"status": {"enum": ["hit", "miss", "bypass"]}},
        {"freshness": {"enum": ["exact", "notified", "ttl"]}, "ageMs": _COUNT, "versions": _ANY, "reason": _TEXT},
    ),
    "CacheStats": _object({"store": _TEXT, "entries": _COUNT, "bytes": _COUNT, "maxBytes": _COUNT}, {"tables": _ANY}),
    "CacheEntry": _object({"key": _TEXT, "rows": _COUNT, "bytes": _COUNT, "ageMs": _COUNT, "versions": _ANY}),
    "History": _object({"kept": _TEXT, "keys": _COUNT, "records": _array(_ANY)}),
    "Cleared": _object({"dropped": _COUNT}),
    "Health": _object({"status": {"enum": ["ok", "ready", "unready"]}}, {"reasons": _array(_TEXT)}),
}


def document(app: FastAPI, *, open_to_all: bool) -> dict[str, Any]:
    """The OpenAPI document of `app`; a token is optional where it is `open_to_all`."""
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    _, bodies = models_json_schema([(body, "validation") for body in (SqlBody, DataBody, EventBody)], ref_template=_REFERENCE)
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(bodies.get("$defs", {}))
    schemas.update(SCHEMAS)
    if open_to_all:
        for operations in made["paths"].values():
            for operation in operations.values():
                operation.get("security", []).append({})
    return made
