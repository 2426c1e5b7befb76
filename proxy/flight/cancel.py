"""CancelFlightInfo, and CancelQuery, its older form."""

from __future__ import annotations

from typing import Any

from planner.errors import RequestInvalid
from proxy.flight.calls import Call
from proxy.flight.messages import flight_message, pack, parse_flight, sql_message, unpack_as
from proxy.flight.tickets import Rows, Started, read_ticket
from proxy.request import Asking

_CANCELLED, _CANCELLING, _NOT_CANCELLABLE = 1, 2, 3


class Cancelling:
    """Cancels queries by the FlightInfo that their GetFlightInfo gave."""

    def __init__(self, asking: Asking, started: Started) -> None:
        self._asking = asking
        self._started = started

    def flight_info(self, call: Call, body: bytes) -> bytes:
        """CancelFlightInfo, whose messages are not wrapped in an Any. Raises RequestInvalid, QueryNotFound."""
        status = self._cancel(call, parse_flight("CancelFlightInfoRequest", body).info)
        result: bytes = flight_message("CancelFlightInfoResult", status=status).SerializeToString()
        return result

    def query(self, call: Call, body: bytes) -> bytes:
        """CancelQuery, which holds the FlightInfo as bytes. Raises RequestInvalid, QueryNotFound."""
        info = parse_flight("FlightInfo", unpack_as("ActionCancelQueryRequest", body).info)
        return pack(sql_message("ActionCancelQueryResult", result=self._cancel(call, info)))

    def _cancel(self, call: Call, info: Any) -> int:
        if not info.endpoint:
            raise RequestInvalid("The FlightInfo names no endpoint.", field="info")
        asked = [read_ticket(endpoint.ticket.ticket)[1] for endpoint in info.endpoint]
        queries = {each.query_id if isinstance(each, Rows) else None for each in asked}
        return max(self._cancel_query(call, query_id) for query_id in queries)

    def _cancel_query(self, call: Call, query_id: str | None) -> int:
        if query_id is None:
            return _NOT_CANCELLABLE
        if self._started.forget(call.caller, query_id):
            return _CANCELLED
        return _CANCELLED if self._asking.cancel(query_id, call.caller) else _CANCELLING
