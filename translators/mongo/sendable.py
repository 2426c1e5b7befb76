"""What fits into a command: MongoDB takes 100 levels of nesting and 16 MB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import encode
from sqlglot import exp

from translators.mongo.refusal import Refused

_LEVELS = 80
_FILTER_BYTES = 4_000_000
_COMMAND_BYTES = 8_000_000
_STAGES = 200


def sendable(part: exp.Expr, filter: dict[str, Any]) -> dict[str, Any]:
    """`filter`, where a command can hold it. Raises Refused."""
    if depth(filter) > _LEVELS:
        raise Refused(part, "it is nested more deeply than MongoDB takes")
    if len(encode(filter)) > _FILTER_BYTES:
        raise Refused(part, "it is larger than MongoDB takes")
    return filter


def sendable_whole(query: exp.Expr, stages: Any) -> None:
    """Raises Refused where a command cannot hold `stages`."""
    if len(encode({"pipeline": list(stages)})) > _COMMAND_BYTES:
        raise Refused(query, "its conditions are larger than MongoDB takes")
    if len(stages) > _STAGES or depth(stages) > _LEVELS + 15:
        raise Refused(query, "it is nested more deeply than MongoDB takes")


def depth(value: Any) -> int:
    found, level = 0, list[Any]([value])
    while level:
        found += 1
        inner = [part for node in level for part in (node.values() if isinstance(node, Mapping) else node)]
        level = [part for part in inner if isinstance(part, Mapping | list | tuple)]
    return found
