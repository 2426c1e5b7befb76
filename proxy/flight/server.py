"""The Flight SQL server: which command goes to which handler, and nothing else.

Handlers are given the call (who asks, its id, its headers) and values, and raise FozErrors; `_Answering` turns those into
Flight's. Only this file, `calls`, `stream` and `auth` meet pyarrow's server, so that another transport could carry the same
handlers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.flight as flight

from planner.catalog import Catalog
from planner.errors import RequestInvalid, Unsupported
from proxy.flight.auth import Handshake
from proxy.flight.cache import CacheActions
from proxy.flight.calls import MOST_READERS, Call, Calls
from proxy.flight.cancel import Cancelling
from proxy.flight.errors import to_flight, to_schema_error
from proxy.flight.jobs import Known, query_id_of
from proxy.flight.messages import unpack
from proxy.flight.metadata import METADATA, batches
from proxy.flight.prepared import PreparedStatements
from proxy.flight.queries import QueryActions
from proxy.flight.sessions import Sessions
from proxy.flight.statements import TRANSACTIONS, WRITES, Statements
from proxy.flight.stream import Streams, write_options
from proxy.flight.tickets import Rows, Started, read_ticket
from proxy.request import Asking, Caches, Caller
from proxy.settings import Address

_ACTIONS = {
    "CreatePreparedStatement": "Prepares a query and gives its handle and schemas.",
    "ClosePreparedStatement": "Forgets a prepared statement.",
    "CancelFlightInfo": "Cancels the query of a FlightInfo.",
    "RenewFlightEndpoint": "Keeps the rows of a job longer.",
    "CancelQuery": "Cancels the query of a FlightInfo (the older form).",
    "SetSessionOptions": "Sets options of the session: dialect, mode, cache, timeoutMs, catalog, schema.",
    "GetSessionOptions": "Gives the options that the session has set.",
    "CloseSession": "Ends the session.",
    "foz.events": "Reports writes: the JSON of POST /events.",
    "foz.queries.list": "The caller's running queries and jobs, as JSON.",
    "foz.queries.show": "One of them, by its queryId.",
    "foz.queries.cancel": "Cancels one of them.",
    "foz.cache.stats": "What the cache holds, as JSON; for administrators.",
    "foz.cache.show": "One kept answer but for its rows, by its key; for administrators.",
    "foz.cache.clear": "Drops every kept answer, or those over the source or table named; for administrators.",
}
_TRANSACTION_ACTIONS = ("BeginTransaction", "EndTransaction", "BeginSavepoint", "EndSavepoint")
_WRITES = ("CommandStatementUpdate", "CommandPreparedStatementUpdate", "CommandStatementIngest")
_SUBSTRAIT = "Substrait plans are not implemented. Send SQL."


class FlightServer(flight.FlightServerBase):  # type: ignore[misc]
    """Serves from the moment it is made until `stop`.

    `address` is HOST:PORT (port 0: any, see `port`). `catalog` gives the snapshot of the moment. `authenticate` gives the caller
    of a token, or of none. At most `max_calls` calls run at a time, and `max_readers` beside them that read jobs. With
    `certificate` and `key`, paths of PEM files, TLS is on.
    Raises RequestInvalid where the address or the files cannot be used.
    """

    def __init__(
        self,
        address: str | Address,
        asking: Asking,
        cache: Caches,
        catalog: Callable[[], Catalog],
        authenticate: Callable[[str | None], Caller],
        *,
        max_calls: int = 256,
        max_readers: int = MOST_READERS,
        certificate: Path | None = None,
        key: Path | None = None,
    ) -> None:
        self._closing: threading.Thread | None = None
        self._catalog = catalog
        self._calls = Calls(authenticate, max_calls, max_readers)
        self._started = Started(asking)
        self._sessions = Sessions()
        self._statements = Statements(asking, self._started, self._sessions)
        self._prepared = PreparedStatements(self._statements)
        self._known = Known(asking)
        self._cancelling = Cancelling(asking, self._started)
        self._cache = CacheActions(cache)
        self._queries = QueryActions(asking)
        self._streams = Streams(self._started.sweep)
        scheme, certificates = ("grpc+tls", [_pair(certificate, key)]) if certificate and key else ("grpc", None)
        try:
            super().__init__(
                f"{scheme}://{address}",
                auth_handler=Handshake(),
                tls_certificates=certificates,
                middleware={"call": self._calls},
            )
        except (pa.ArrowException, OSError, ValueError):
            self._streams.close()
            raise RequestInvalid(f"The Flight server cannot listen on {address}: is it taken?", field="flight") from None

    def stop(self, wait_seconds: float = 10.0) -> bool:
        """Refuses new calls, cancels those that run, and answers whether all have ended within `wait_seconds`.

        A client that no longer reads holds its call up in gRPC, where nothing can end it; such a call ends with the process. May
        be called twice.
        """
        if self._closing is None:
            self._calls.close()
            self._started.close()
            self._streams.close()
            self._closing = threading.Thread(target=self.shutdown, name="foz-flight-stop", daemon=True)
            self._closing.start()
        self._closing.join(wait_seconds)
        if self._closing.is_alive():
            return False
        # pyarrow never frees a server: whatever this one still held (the engine among it) would outlive the interpreter's end.
        closed = self._closing
        self.__dict__.clear()
        self._closing = closed
        return True

    def get_flight_info(self, context: Any, descriptor: flight.FlightDescriptor) -> flight.FlightInfo:
        with _Answering(context) as call:
            query_id = query_id_of(descriptor)
            if query_id is not None:
                return self._known.info(call, descriptor, query_id)
            name, command = _command(descriptor)
            if name == "CommandStatementQuery":
                return self._statements.info(call, descriptor, command)
            if name == "CommandPreparedStatementQuery":
                return self._prepared.info(call, descriptor, command)
            if name in METADATA:
                endpoint = flight.FlightEndpoint(descriptor.command, [])
                return flight.FlightInfo(METADATA[name].schema(command), descriptor, [endpoint], -1, -1, ordered=True)
            raise _refused(name)

    def get_schema(self, context: Any, descriptor: flight.FlightDescriptor) -> flight.SchemaResult:
        call = context.get_middleware("call")
        try:
            query_id = query_id_of(descriptor)
            if query_id is not None:
                return flight.SchemaResult(self._known.schema(call, query_id))
            name, command = _command(descriptor)
            if name == "CommandStatementQuery":
                return flight.SchemaResult(self._statements.schema(call, command))
            if name == "CommandPreparedStatementQuery":
                return flight.SchemaResult(self._prepared.schema(call, command))
            if name in METADATA:
                return flight.SchemaResult(METADATA[name].schema(command))
            raise _refused(name)
        except Exception as error:
            raise to_schema_error(error, call.request_id) from None

    def do_get(self, context: Any, ticket: flight.Ticket) -> flight.FlightDataStream:
        with _Answering(context) as call:
            name, content = read_ticket(ticket.ticket)
            if isinstance(content, Rows):
                rows, options = content, write_options(call)
                answer = self._started.claim(call.caller, rows)
                call.when_done.append(lambda: self._started.release(rows.query_id))
                self._calls.reads(call, answer)
                return self._streams.send(call, context, answer, options)
            if name in METADATA:
                table = METADATA[name].rows(content, self._catalog().visible_to(call.caller.grants))
                return flight.GeneratorStream(table.schema, _metadata_batches(table, call))
            raise _refused(name)

    def do_put(self, context: Any, descriptor: flight.FlightDescriptor, reader: Any, writer: Any) -> None:
        with _Answering(context) as call:
            name, command = _command(descriptor)
            if name != "CommandPreparedStatementQuery":
                raise _refused(name)
            self._prepared.bind(call, command, reader)

    def do_exchange(self, context: Any, descriptor: flight.FlightDescriptor, reader: Any, writer: Any) -> None:
        with _Answering(context):
            raise Unsupported("DoExchange is not a part of Flight SQL.")

    def do_action(self, context: Any, action: flight.Action) -> list[bytes]:
        with _Answering(context) as call:
            return self._act(call, context, action.type, action.body.to_pybytes())

    def list_actions(self, context: Any) -> list[tuple[str, str]]:
        return list(_ACTIONS.items())

    def list_flights(self, context: Any, criteria: bytes) -> list[flight.FlightInfo]:
        """None: what there is to read is asked for by GetTables."""
        return []

    def _act(self, call: Call, context: Any, name: str, body: bytes) -> list[bytes]:
        match name:
            case "CreatePreparedStatement":
                return [self._prepared.create(call, body)]
            case "ClosePreparedStatement":
                self._prepared.close(call, body)
                return []
            case "CancelFlightInfo":
                return [self._cancelling.flight_info(call, body)]
            case "RenewFlightEndpoint":
                return [self._known.renew(call, body)]
            case "CancelQuery":
                return [self._cancelling.query(call, body)]
            case "SetSessionOptions":
                return [self._sessions.set(call, context, body)]
            case "GetSessionOptions":
                return [self._sessions.get(call, body)]
            case "CloseSession":
                return [self._sessions.end(call, body)]
            case "foz.events" | "foz.cache.stats" | "foz.cache.show" | "foz.cache.clear":
                return self._cache.act(call, name, body)
            case "foz.queries.list" | "foz.queries.show" | "foz.queries.cancel":
                return self._queries.act(call, name, body)
            case "CreatePreparedSubstraitPlan":
                raise Unsupported(_SUBSTRAIT)
        if name in _TRANSACTION_ACTIONS:
            raise Unsupported(TRANSACTIONS)
        raise RequestInvalid(f"There is no action of that name. Known: {', '.join(_ACTIONS)}.", field="action")


class _Answering:
    """The call that a handler answers; what it raises reaches the client as a Flight error."""

    __slots__ = ("_call",)

    def __init__(self, context: Any) -> None:
        self._call: Call = context.get_middleware("call")

    def __enter__(self) -> Call:
        return self._call

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception):
            raise to_flight(error, self._call.request_id) from None


def _command(descriptor: flight.FlightDescriptor) -> tuple[str, Any]:
    if descriptor.descriptor_type != flight.DescriptorType.CMD or not descriptor.command:
        raise RequestInvalid("The descriptor must hold a Flight SQL command, or a queryId.", field="descriptor")
    return unpack(descriptor.command)


def _refused(name: str) -> Exception:
    """Why a message that Foz can read is not answered here."""
    if name in _WRITES:
        return Unsupported(WRITES)
    if "Substrait" in name:
        return Unsupported(_SUBSTRAIT)
    return RequestInvalid(f"{name} does not belong in this call.", field="command")


def _metadata_batches(table: pa.Table, call: Call) -> Iterator[pa.RecordBatch]:
    try:
        yield from batches(table)
    except Exception as error:
        raise to_flight(error, call.request_id) from None


def _pair(certificate: Path, key: Path) -> tuple[bytes, bytes]:
    try:
        return certificate.read_bytes(), key.read_bytes()
    except OSError as error:
        raise RequestInvalid(f"The TLS file {error.filename} cannot be read.", field="flight") from None
