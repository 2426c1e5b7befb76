"""The cache as the protocols' own tests see it: what it was told, and one answer that it claims to hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planner.errors import AuthDenied, RequestInvalid
from proxy.request import Caller, Event

HELD = {"key": "k1", "rows": 3, "bytes": 100, "ageMs": 5, "versions": {"shop": "v1"}}


class Told:
    """Remembers the events of the source `shop`; any other is not there."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.cleared: list[tuple[str, ...]] = []

    def tell(self, events: Sequence[Event], caller: Caller) -> None:
        for event in events:
            if event.source != "shop":
                raise RequestInvalid(f"There is no source {event.source}.", field="source")
            self.events.append(event)

    def stats(self, caller: Caller) -> Mapping[str, Any]:
        _administers(caller)
        return {"store": "memory", "entries": 1, "bytes": 100, "maxBytes": 1000}

    def clear(self, caller: Caller, entities: Sequence[str] = ()) -> int:
        _administers(caller)
        self.cleared.append(tuple(entities))
        return 1

    def show(self, caller: Caller, key: str) -> Mapping[str, Any] | None:
        _administers(caller)
        return HELD if key == HELD["key"] else None


def _administers(caller: Caller) -> None:
    if not caller.admin:
        raise AuthDenied("Only an administrator may look into the cache.")
