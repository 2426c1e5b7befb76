"""The actions `foz.queries.…`: the caller's own queries and jobs. A body is a queryId as a JSON text, a result is JSON."""

from __future__ import annotations

import orjson

from planner.errors import RequestInvalid
from proxy.flight.cache import json_body
from proxy.flight.calls import Call
from proxy.request import Asking


class QueryActions:
    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def act(self, call: Call, name: str, body: bytes) -> list[bytes]:
        """Raises RequestInvalid, QueryNotFound, QueryExpired, ServerBusy."""
        if name == "foz.queries.list":
            return [orjson.dumps({"queries": self._asking.list(call.caller)}, default=str)]
        query_id = json_body(body)
        if not isinstance(query_id, str):
            raise RequestInvalid("The body must be a queryId as a JSON text.", field="body")
        if name == "foz.queries.show":
            return [orjson.dumps(self._asking.find(query_id, call.caller).status(), default=str)]
        return [orjson.dumps({"stopped": self._asking.cancel(query_id, call.caller)})]
