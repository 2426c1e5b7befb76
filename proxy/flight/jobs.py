"""Queries that are known by their queryId: what there is to read of them, and until when.

A queryId as the descriptor (a path of one part, or the command) gives the FlightInfo of that query. A large job that has
completed has several endpoints, which a client may read side by side; the rows of one come after those of the one before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import orjson
import pyarrow as pa
import pyarrow.flight as flight

from planner.errors import RequestInvalid
from proxy.flight.calls import Call
from proxy.flight.messages import flight_message, parse_flight
from proxy.flight.tickets import Rows, read_ticket, ticket_for
from proxy.request import ALL, Answer, Asking

_QUERY_ID = re.compile(r"q_[A-Za-z0-9_-]{1,126}")


def query_id_of(descriptor: flight.FlightDescriptor) -> str | None:
    """The queryId that a descriptor names; None where it is something else."""
    if descriptor.descriptor_type == flight.DescriptorType.CMD:
        named = descriptor.command or b""
    else:
        named = descriptor.path[0] if len(descriptor.path or ()) == 1 else b""
    text: str = named.decode("ascii", "replace")
    return text if _QUERY_ID.fullmatch(text) else None


def flight_info(
    descriptor: flight.FlightDescriptor, answer: Answer, tickets: Sequence[bytes], rows: int = -1
) -> flight.FlightInfo:
    """What there is to read of an answer, by these tickets."""
    expires = answer.expires()
    until = pa.scalar(expires, pa.timestamp("us", "UTC")) if expires is not None else None
    endpoints = [flight.FlightEndpoint(ticket, [], until) for ticket in tickets]
    status = orjson.dumps(answer.status(), default=str)
    return flight.FlightInfo(answer.schema, descriptor, endpoints, rows, -1, ordered=True, app_metadata=status)


class Known:
    """Answers what is asked by a queryId."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def info(self, call: Call, descriptor: flight.FlightDescriptor, query_id: str) -> flight.FlightInfo:
        """GetFlightInfo. Raises QueryNotFound, QueryExpired."""
        answer = self._asking.find(query_id, call.caller)
        result = answer.status().get("result")
        parts = self._asking.job(query_id, call.caller).parts() if result else (ALL,)
        tickets = [ticket_for(Rows(query_id, part)) for part in parts]
        return flight_info(descriptor, answer, tickets, result["rows"] if result else -1)

    def schema(self, call: Call, query_id: str) -> pa.Schema:
        """GetSchema. Raises QueryNotFound, QueryExpired."""
        return self._asking.find(query_id, call.caller).schema

    def renew(self, call: Call, body: bytes) -> bytes:
        """RenewFlightEndpoint: the same endpoint, with the time until which its rows are kept from now on. Raises RequestInvalid,
        QueryNotFound, QueryExpired."""
        endpoint = parse_flight("RenewFlightEndpointRequest", body).endpoint
        name, content = read_ticket(endpoint.ticket.ticket)
        if not isinstance(content, Rows):
            raise RequestInvalid(f"An endpoint of {name} does not expire.", field="endpoint")
        expires = self._asking.renew(content.query_id, call.caller).expires()
        assert expires is not None
        endpoint.expiration_time.CopyFrom(_timestamp(expires))
        renewed: bytes = endpoint.SerializeToString()
        return renewed


def _timestamp(moment: datetime) -> object:
    return flight_message("Timestamp", seconds=int(moment.timestamp()), nanos=moment.microsecond * 1000)
