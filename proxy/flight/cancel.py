"""CancelFlightInfo, and CancelQuery, its older form."""

from __future__ import annotations

from typing import Any

from planner.errors import RequestInvalid
from proxy.flight.calls import Call
from proxy.flight.messages import flight_message, pack, parse_flight, sql_message, unpack_as
from proxy.flight.tickets import Started, read_ticket
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
        statuses = {self._cancel_ticket(call, endpoint.ticket.ticket) for endpoint in info.endpoint}
        return max(statuses)

    def _cancel_ticket(self, call: Call, ticket: bytes) -> int:
        name, content = read_ticket(ticket)
        if name != "TicketStatementQuery":
            return _NOT_CANCELLABLE
        if self._started.forget(call.caller, str(content)):
            return _CANCELLED
        return _CANCELLED if self._asking.cancel(str(content), call.caller) else _CANCELLING
