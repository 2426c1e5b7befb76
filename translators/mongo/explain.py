"""MongoDB's own plan of a request, as its explain command gives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import json_util

from translators.base import Depth
from translators.mongo.native import Request

_VERBOSITY: dict[Depth, str] = {"plan": "queryPlanner", "execution": "executionStats"}
_OF_THE_PLAN = ("queryPlanner", "executionStats", "stages", "shards", "splitPipeline", "mergeType")
"""What of the reply is about the request; the rest is about the server and the command that was just sent."""


def command(request: Request, depth: Depth, comment: str, limit_ms: int | None) -> dict[str, Any]:
    """The explain command of `request`, to be run on its database."""
    explained: dict[str, Any]
    if request.pipeline is not None:
        explained = {"aggregate": request.collection, "pipeline": list(request.pipeline), "cursor": {}, "allowDiskUse": True}
    else:
        explained = {"find": request.collection, "filter": dict(request.filter)}
        optional = {
            "projection": dict(request.projection or {}),
            "sort": dict(request.sort),
            "skip": request.skip,
            "limit": request.limit,
        }
        explained |= {name: value for name, value in optional.items() if value}
    if request.collation:
        explained["collation"] = {"locale": "simple"}
    sent: dict[str, Any] = {"explain": explained, "verbosity": _VERBOSITY[depth], "comment": comment}
    return sent if limit_ms is None else sent | {"maxTimeMS": limit_ms}


def printed(reply: Mapping[str, Any]) -> str:
    """The plan in the reply as JSON, indented."""
    plan = {name: reply[name] for name in _OF_THE_PLAN if name in reply}
    return json_util.dumps(plan, indent=2, json_options=json_util.RELAXED_JSON_OPTIONS)
