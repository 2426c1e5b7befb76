"""A request as a record that any process can run, today or after a restart: JSON, with parameters as Arrow carries them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, cast

import orjson
import pyarrow as pa

from planner.catalog import Grants
from planner.errors import Unsupported
from proxy.request import Caller, Parameter, Request
from translators.arrow import carrier

_OPTIONS = ("request_id", "protocol", "cache", "dialect", "max_staleness_ms", "catalog", "schema", "limit", "traceparent")


def record(request: Request) -> bytes:
    """Raises Unsupported for a parameter of a type that cannot be kept."""
    parameters = request.parameters
    named = isinstance(parameters, Mapping)
    names = list(parameters) if isinstance(parameters, Mapping) else None
    values = list(parameters.values()) if isinstance(parameters, Mapping) else list(parameters)
    return orjson.dumps(
        {
            "sql": request.sql,
            "caller": {
                "name": request.caller.name,
                "grants": request.caller.grants.patterns,
                "admin": request.caller.admin,
            },
            "names": names if named else None,
            "types": [each.type for each in values],
            "values": base64.b64encode(_carried(values)).decode(),
            **{name: getattr(request, name) for name in _OPTIONS},
        }
    )


def request(recorded: bytes) -> Request:
    """What `record` was given, to be run as a job: its time is the job's."""
    found = cast(dict[str, Any], orjson.loads(recorded))
    caller = found["caller"]
    parameters = [
        Parameter(value, type) for value, type in zip(_uncarried(base64.b64decode(found["values"])), found["types"], strict=True)
    ]
    names = found["names"]
    return Request(
        found["sql"],
        Caller(caller["name"], Grants(tuple(caller["grants"])), caller["admin"]),
        parameters=tuple(parameters) if names is None else dict(zip(names, parameters, strict=True)),
        mode="async",
        **{name: found[name] for name in _OPTIONS},
    )


def _carried(values: list[Parameter]) -> bytes:
    """One row with a column for each parameter."""
    try:
        columns = [pa.array([each.value], carrier(each.type)) for each in values]
    except (KeyError, pa.ArrowException, TypeError, ValueError):
        raise Unsupported("A parameter of this type cannot be kept for later: ask with mode sync.") from None
    table = pa.table(dict(zip(map(str, range(len(columns))), columns, strict=True)))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return cast(bytes, sink.getvalue().to_pybytes())


def _uncarried(message: bytes) -> list[Any]:
    table = pa.ipc.open_stream(message).read_all()
    return [column[0].as_py() for column in table.columns]
