"""The bodies that clients send, declared: unknown fields and wrong types are refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

_MAX_TIMEOUT_MS = 86_400_000


def _params(value: Any) -> list[Any] | dict[str, Any] | None:
    if value is None or isinstance(value, list | dict):
        return value
    raise ValueError("Input should be an array (for ? and $1) or an object (for $name).")


_PARAMETER_SCHEMA = {
    "description": 'A JSON value (not an object), or {"type": a DuckDB type, "value": its value}.',
    "anyOf": [
        {"type": ["null", "boolean", "number", "string", "array"]},
        {
            "type": "object",
            "properties": {"type": {"type": "string"}, "value": {}},
            "required": ["type", "value"],
            "additionalProperties": False,
        },
    ],
}
_Params = Annotated[
    Any,
    PlainValidator(_params),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": _PARAMETER_SCHEMA},
                {"type": "object", "additionalProperties": _PARAMETER_SCHEMA},
                {"type": "null"},
            ]
        }
    ),
]
_Name = Annotated[str, Field(min_length=1, max_length=1024)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Asked(Body):
    """What a query and a table's rows have in common."""

    mode: Literal["auto", "sync", "async"] = Field(
        "auto",
        description="async: a job (202 with its queryId); sync: never one; auto: once it takes longer than queryTimeoutMs.",
    )
    cache: Literal["use", "refresh", "bypass"] = "use"
    max_staleness_ms: int = Field(
        0,
        alias="maxStalenessMs",
        ge=0,
        le=_MAX_TIMEOUT_MS,
        description="How old a kept answer may be that is known to be out of date; it is read anew behind.",
    )
    limit: int | None = Field(None, ge=0, le=2**53, description="At most this many rows; truncated says whether there were more.")


class SqlBody(Asked):
    """A query."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"sql": "SELECT 1 AS one"}]})

    sql: str = Field(min_length=1, description="One SELECT, in the dialect given.")
    params: _Params = Field(None, description="An array for ? and $1, an object for $name.")
    dialect: str = Field("duckdb", min_length=1, max_length=64, description="Any dialect that sqlglot reads.")
    timeout_ms: int | None = Field(None, alias="timeoutMs", ge=1, le=_MAX_TIMEOUT_MS)


class DataBody(Asked):
    """Rows of one table."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"select": ["id", "status"], "filter": {"status": "open"}}]})

    select: list[_Name] | None = Field(None, min_length=1, max_length=10_000, description="Columns, or paths into them.")
    filter: dict[str, Any] | None = Field(
        None,
        description="By column: a value, or operators (eq ne gt gte lt lte in nin like ilike contains startsWith endsWith "
        "between isNull). Also or: [...], and: [...], not: {...}.",
    )
    order: list[_Name] | None = Field(None, max_length=1000, description='Columns, "-" in front for descending.')
    include: dict[str, Any] | None = Field(None, description="Not implemented yet.")
    depth_limit: int | None = Field(None, alias="depthLimit", ge=0, le=64)
    cursor: str | None = Field(None, description="Not implemented yet.")
