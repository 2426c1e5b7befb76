"""The actions `foz.…`: reporting writes, and looking into the cache. Their bodies and results are JSON."""

from __future__ import annotations

from typing import Any

import orjson

from planner.errors import QueryNotFound, RequestInvalid
from proxy.events import events
from proxy.flight.calls import Call
from proxy.request import Caches

MAX_BODY_BYTES = 1 << 20


class CacheActions:
    def __init__(self, cache: Caches) -> None:
        self._cache = cache

    def act(self, call: Call, name: str, body: bytes) -> list[bytes]:
        """Raises RequestInvalid, AuthDenied, QueryNotFound, ServerBusy."""
        value = json_body(body)
        if name == "foz.events":
            self._cache.tell(events(value), call.caller)
            return []
        if name == "foz.cache.stats":
            return [orjson.dumps(self._cache.stats(call.caller))]
        if not (value is None and name == "foz.cache.clear") and not isinstance(value, str):
            raise RequestInvalid("The body must be a JSON text.", field="body")
        if name == "foz.cache.clear":
            return [orjson.dumps({"dropped": self._cache.clear(call.caller, () if value is None else (value,))})]
        found = self._cache.show(call.caller, str(value))
        if found is None:
            raise QueryNotFound("The cache holds no answer of that key.")
        return [orjson.dumps(found)]


def json_body(body: bytes) -> Any:
    """An action's body; None for an empty one. Raises RequestInvalid."""
    if len(body) > MAX_BODY_BYTES:
        raise RequestInvalid(f"The body is larger than {MAX_BODY_BYTES} bytes.", field="body")
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        raise RequestInvalid("The body is not valid JSON.", field="body") from None
