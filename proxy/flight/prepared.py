"""Prepared statements: create, bind, run again, close.

Drivers create one for every query that they run, with or without parameters. A statement belongs to its caller, not to a
connection (Flight has none); it is forgotten an hour after its last use.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.flight as flight

from planner.errors import MemoryLimit, QueryNotFound, RequestInvalid, SizeLimit, Unsupported
from planner.plan import Field
from proxy.flight.calls import Call
from proxy.flight.expiring import ExpiringTable
from proxy.flight.messages import MAX_MESSAGE_BYTES, pack, sql_message, unpack_as
from proxy.flight.parameters import parameters_of
from proxy.flight.statements import WRITES, Statements, refuse_transaction
from proxy.request import Parameter, Prepared, Request
from translators.arrow import carrier

CAPACITY = 4096
KEEP_SECONDS = 3600.0
MAX_BOUND_BYTES = 256 * 1024 * 1024
"""What the parameters of all statements together may hold in memory."""

Parameters = tuple[Parameter, ...] | Mapping[str, Parameter]


@dataclass(frozen=True)
class Statement:
    """`asked` is the query as its session stood when it was prepared; `bound` the latest parameters, None before any."""

    asked: Request
    prepared: Prepared
    bound: Parameters | None = field(default=None, repr=False)
    bound_bytes: int = 0


class PreparedStatements:
    """Every caller's statements, by handle."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._held: ExpiringTable[Statement] = ExpiringTable(CAPACITY, KEEP_SECONDS, self._forget)
        self._lock = threading.RLock()
        self._bound_bytes = 0

    def create(self, call: Call, body: bytes) -> bytes:
        """CreatePreparedStatement: the handle, the schema of the answer and that of the parameters.

        Raises what `Asking.prepare` raises, and Unsupported for a write.
        """
        request = unpack_as("ActionCreatePreparedStatementRequest", body)
        refuse_transaction(request)
        asked = self._statements.request(call, request.query)
        prepared = self._statements.asking.prepare(asked)
        if not prepared.is_query:
            raise Unsupported(WRITES)
        handle = secrets.token_hex(16)
        self._held.put(call.caller.name, handle, Statement(asked, prepared))
        return pack(
            sql_message(
                "ActionCreatePreparedStatementResult",
                prepared_statement_handle=handle.encode(),
                dataset_schema=prepared.schema.serialize().to_pybytes(),
                parameter_schema=_parameter_schema(prepared.parameters).serialize().to_pybytes(),
            )
        )

    def close(self, call: Call, body: bytes) -> None:
        """ClosePreparedStatement: done, whether or not there was one."""
        request = unpack_as("ActionClosePreparedStatementRequest", body)
        statement = self._held.pop(call.caller.name, _text(request.prepared_statement_handle))
        if statement is not None:
            self._forget(statement)

    def bind(self, call: Call, command: Any, reader: flight.MetadataRecordBatchReader) -> None:
        """DoPut(CommandPreparedStatementQuery): keeps one row of parameters for the runs that follow.

        Raises RequestInvalid, SizeLimit, MemoryLimit.
        """
        statement = self._find(call, command)
        row = _only_row(reader)
        bound = None if row is None else _bound(statement.prepared.parameters, parameters_of(row))
        size = 0 if row is None else row.get_total_buffer_size()
        with self._lock:
            before = self._find(call, command).bound_bytes
            if self._bound_bytes - before + size > MAX_BOUND_BYTES:
                raise MemoryLimit("The parameters of all prepared statements together are too large. Close some.")
            self._bound_bytes += size - before
            bound_now = replace(statement, bound=bound, bound_bytes=size)
            self._held.put(call.caller.name, _text(command.prepared_statement_handle), bound_now)

    def info(self, call: Call, descriptor: flight.FlightDescriptor, command: Any) -> flight.FlightInfo:
        """GetFlightInfo(CommandPreparedStatementQuery): starts the query with what is bound.

        The names of the query mean what they meant when it was prepared; how it is to be run is this call's to say.
        """
        statement = self._find(call, command)
        wanted = len(statement.prepared.parameters)
        if wanted and statement.bound is None:
            raise RequestInvalid(f"The query has {_count(wanted)} and none was bound.", field="parameters")
        asked = statement.asked
        now = self._statements.request(call, asked.sql, statement.bound or ())
        return self._statements.begin(descriptor, replace(now, dialect=asked.dialect, catalog=asked.catalog, schema=asked.schema))

    def schema(self, call: Call, command: Any) -> pa.Schema:
        """GetSchema(CommandPreparedStatementQuery)."""
        return self._find(call, command).prepared.schema

    def __len__(self) -> int:
        return len(self._held)

    def _forget(self, statement: Statement) -> None:
        with self._lock:
            self._bound_bytes -= statement.bound_bytes

    def _find(self, call: Call, command: Any) -> Statement:
        statement = self._held.get(call.caller.name, _text(command.prepared_statement_handle))
        if statement is None:
            raise QueryNotFound("There is no such prepared statement: it was closed, or not used for an hour. Prepare it again.")
        return statement


def _text(handle: bytes) -> str:
    return handle.decode("ascii", "replace")


def _parameter_schema(parameters: tuple[Field, ...]) -> pa.Schema:
    return pa.schema([pa.field(parameter.name, _carrier(parameter.type)) for parameter in parameters])


def _carrier(type: str) -> pa.DataType:
    try:
        return carrier(type)
    except KeyError:
        return pa.string()


def _only_row(reader: flight.MetadataRecordBatchReader) -> pa.RecordBatch | None:
    """The one row that was sent; None for no row. Raises RequestInvalid, SizeLimit."""
    row: pa.RecordBatch | None = None
    while True:
        try:
            batch = reader.read_chunk().data
        except StopIteration:
            return row
        except pa.ArrowException:
            raise RequestInvalid("The parameters cannot be read as an Arrow stream.", field="parameters") from None
        if batch is None or batch.num_rows == 0:
            continue
        if row is not None or batch.num_rows > 1:
            raise RequestInvalid("A query takes one row of parameters. Run it once for each row.", field="parameters")
        if batch.get_total_buffer_size() > MAX_MESSAGE_BYTES:
            raise SizeLimit(f"The parameters are larger than {MAX_MESSAGE_BYTES} bytes.", limit=MAX_MESSAGE_BYTES)
        row = batch


def _bound(wanted: tuple[Field, ...], given: list[tuple[str, Parameter]]) -> Parameters:
    """What was given, as the query takes it: by name where its parameters have names and the columns bear them, else in order."""
    if len(given) != len(wanted):
        raise RequestInvalid(f"The query has {_count(len(wanted))}; {len(given)} came.", field="parameters")
    names = [parameter.name for parameter in wanted]
    if all(name.isdigit() for name in names):
        return tuple(value for _, value in given)
    by_name = {name.removeprefix("$"): value for name, value in given}
    if by_name.keys() == set(names):
        return by_name
    return dict(zip(names, (value for _, value in given), strict=True))


def _count(number: int) -> str:
    return "1 parameter" if number == 1 else f"{number} parameters"
