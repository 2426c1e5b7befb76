"""CommandStatementQuery: a query as text.

GetFlightInfo plans the query and keeps the answer, of which nothing has been read yet, for the DoGet with its ticket. So a query
is planned once, and its schema is known before its first row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.flight as flight

from planner.errors import Unsupported
from proxy.flight.calls import Call
from proxy.flight.jobs import flight_info
from proxy.flight.sessions import Sessions
from proxy.flight.tickets import Started
from proxy.request import Asking, Parameter, Request
from proxy.telemetry import traceparent_of

WRITES = "Writing is not implemented yet: this server answers queries."
TRANSACTIONS = "Transactions are not implemented yet. Connect with autocommit."


class Statements:
    """Starts queries for whoever has the text of one."""

    def __init__(self, asking: Asking, started: Started, sessions: Sessions) -> None:
        self.asking = asking
        self._started = started
        self._sessions = sessions

    def info(self, call: Call, descriptor: flight.FlightDescriptor, command: Any) -> flight.FlightInfo:
        """GetFlightInfo(CommandStatementQuery). Raises what `Asking.start` raises."""
        refuse_transaction(command)
        return self.begin(descriptor, self.request(call, command.query))

    def schema(self, call: Call, command: Any) -> pa.Schema:
        """GetSchema(CommandStatementQuery). Raises what `Asking.prepare` raises."""
        refuse_transaction(command)
        return self.asking.prepare(self.request(call, command.query)).schema

    def request(self, call: Call, sql: str, parameters: tuple[Parameter, ...] | Mapping[str, Parameter] = ()) -> Request:
        """`sql` as this call asks it, by its session and its headers. Raises RequestInvalid."""
        options = self._sessions.options(call)
        return Request(
            sql=sql,
            caller=call.caller,
            request_id=call.request_id,
            protocol="flight",
            parameters=parameters,
            mode=options.mode,
            cache=options.cache,
            dialect=options.dialect,
            timeout_ms=options.timeout_ms,
            max_staleness_ms=options.max_staleness_ms,
            catalog=options.catalog,
            schema=options.schema,
            traceparent=traceparent_of(call.headers.get("traceparent")),
        )

    def begin(self, descriptor: flight.FlightDescriptor, request: Request) -> flight.FlightInfo:
        """Plans the query, and says where its rows are to be had."""
        answer = self.asking.start(request)
        try:
            return flight_info(descriptor, answer, [self._started.add(request.caller, answer)])
        except BaseException:
            answer.close()
            raise


def refuse_transaction(command: Any) -> None:
    """Raises Unsupported where a command is to run in a transaction."""
    if command.transaction_id:
        raise Unsupported(TRANSACTIONS)
