"""The messages of Flight SQL and of Flight's own actions, declared here and built in a private descriptor pool.

No generated code: two clients that carry generated Flight SQL messages clash in protobuf's default pool, so Foz stays out of it.
Three liberties that leave the bytes on the wire as they are: a map is declared as repeated {key, value} entries, each member of a
`oneof` as optional, and `google.protobuf.Timestamp` as a message of Flight's. Field numbers are those of Arrow's
`FlightSql.proto` and `Flight.proto`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message, message_factory

from planner.errors import RequestInvalid, SizeLimit

SQL = "arrow.flight.protocol.sql"
FLIGHT = "arrow.flight.protocol"
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
"""The largest command or action that is looked at; pyarrow's server itself sets no limit."""

_REMEMBERED_BYTES = 1024
"""Commands that are sent again and again are at most so large; what they say is remembered."""

_PREFIX = "type.googleapis.com/"

_KEYS_OF_ONE_TABLE = "optional string catalog = 1; optional string db_schema = 2; string table = 3"

_SQL_MESSAGES = {
    "CommandGetSqlInfo": "repeated uint32 info = 1",
    "CommandGetXdbcTypeInfo": "optional int32 data_type = 1",
    "CommandGetCatalogs": "",
    "CommandGetDbSchemas": "optional string catalog = 1; optional string db_schema_filter_pattern = 2",
    "CommandGetTables": "optional string catalog = 1; optional string db_schema_filter_pattern = 2;"
    " optional string table_name_filter_pattern = 3; repeated string table_types = 4; bool include_schema = 5",
    "CommandGetTableTypes": "",
    "CommandGetPrimaryKeys": _KEYS_OF_ONE_TABLE,
    "CommandGetExportedKeys": _KEYS_OF_ONE_TABLE,
    "CommandGetImportedKeys": _KEYS_OF_ONE_TABLE,
    "CommandGetCrossReference": "optional string pk_catalog = 1; optional string pk_db_schema = 2; string pk_table = 3;"
    " optional string fk_catalog = 4; optional string fk_db_schema = 5; string fk_table = 6",
    "CommandStatementQuery": "string query = 1; optional bytes transaction_id = 2",
    "CommandStatementUpdate": "string query = 1; optional bytes transaction_id = 2",
    "CommandStatementSubstraitPlan": "optional bytes transaction_id = 2",
    "CommandStatementIngest": "string table = 2; optional string schema = 3; optional string catalog = 4",
    "CommandPreparedStatementQuery": "bytes prepared_statement_handle = 1",
    "CommandPreparedStatementUpdate": "bytes prepared_statement_handle = 1",
    "TicketStatementQuery": "bytes statement_handle = 1",
    "ActionCreatePreparedStatementRequest": "string query = 1; optional bytes transaction_id = 2",
    "ActionCreatePreparedStatementResult": "bytes prepared_statement_handle = 1; bytes dataset_schema = 2;"
    " bytes parameter_schema = 3",
    "ActionCreatePreparedSubstraitPlanRequest": "optional bytes transaction_id = 2",
    "ActionClosePreparedStatementRequest": "bytes prepared_statement_handle = 1",
    "ActionBeginTransactionRequest": "",
    "ActionBeginSavepointRequest": "bytes transaction_id = 1; string name = 2",
    "ActionEndTransactionRequest": "bytes transaction_id = 1; int32 action = 2",
    "ActionEndSavepointRequest": "bytes savepoint_id = 1; int32 action = 2",
    "ActionCancelQueryRequest": "bytes info = 1",
    "ActionCancelQueryResult": "int32 result = 1",
    "DoPutUpdateResult": "int64 record_count = 1",
}

_FLIGHT_MESSAGES = {
    "Ticket": "bytes ticket = 1",
    "Location": "string uri = 1",
    "Timestamp": "int64 seconds = 1; int32 nanos = 2",
    "FlightEndpoint": "Ticket ticket = 1; repeated Location location = 2; Timestamp expiration_time = 3; bytes app_metadata = 4",
    "FlightInfo": "repeated FlightEndpoint endpoint = 3",
    "CancelFlightInfoRequest": "FlightInfo info = 1",
    "CancelFlightInfoResult": "int32 status = 1",
    "RenewFlightEndpointRequest": "FlightEndpoint endpoint = 1",
    "StringListValue": "repeated string values = 1",
    "SessionOptionValue": "optional string string_value = 1; optional bool bool_value = 2; optional sfixed64 int64_value = 3;"
    " optional double double_value = 4; optional StringListValue string_list_value = 5",
    "SessionOption": "string key = 1; SessionOptionValue value = 2",
    "SessionError": "int32 value = 1",
    "SessionOptionError": "string key = 1; SessionError value = 2",
    "SetSessionOptionsRequest": "repeated SessionOption session_options = 1",
    "SetSessionOptionsResult": "repeated SessionOptionError errors = 1",
    "GetSessionOptionsRequest": "",
    "GetSessionOptionsResult": "repeated SessionOption session_options = 1",
    "CloseSessionRequest": "",
    "CloseSessionResult": "int32 status = 1",
}

_FieldType = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "bool": _FieldType.TYPE_BOOL,
    "bytes": _FieldType.TYPE_BYTES,
    "double": _FieldType.TYPE_DOUBLE,
    "int32": _FieldType.TYPE_INT32,
    "int64": _FieldType.TYPE_INT64,
    "sfixed64": _FieldType.TYPE_SFIXED64,
    "string": _FieldType.TYPE_STRING,
    "uint32": _FieldType.TYPE_UINT32,
}


def _declare(package: str, messages: dict[str, str]) -> Any:
    """One .proto file as a descriptor: `messages` maps a name to its fields, written as protobuf writes them."""
    file = descriptor_pb2.FileDescriptorProto(name=f"foz/{package}.proto", package=package, syntax="proto3")
    for name, fields in messages.items():
        described = file.message_type.add(name=name)
        for line in filter(None, (part.strip() for part in fields.split(";"))):
            words = line.split()
            label, (type_name, field_name, _, number) = ("", words) if len(words) == 4 else (words[0], words[1:])
            field = described.field.add(name=field_name, number=int(number), label=_FieldType.LABEL_OPTIONAL)
            if type_name in _SCALARS:
                field.type = _SCALARS[type_name]
            else:
                field.type, field.type_name = _FieldType.TYPE_MESSAGE, f".{package}.{type_name}"
            if label == "repeated":
                field.label = _FieldType.LABEL_REPEATED
            elif label == "optional":
                field.proto3_optional, field.oneof_index = True, len(described.oneof_decl)
                described.oneof_decl.add(name=f"_{field_name}")
    return file


def _build() -> dict[str, type[Any]]:
    pool = descriptor_pool.DescriptorPool()
    built: dict[str, type[Any]] = {}
    for package, messages in ((SQL, _SQL_MESSAGES), (FLIGHT, _FLIGHT_MESSAGES)):
        pool.Add(_declare(package, messages))
        for name in messages:
            built[f"{package}.{name}"] = message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}"))
    return built


_CLASSES = _build()


def sql_message(name: str, **fields: Any) -> Any:
    """A new Flight SQL message."""
    return _CLASSES[f"{SQL}.{name}"](**fields)


def flight_message(name: str, **fields: Any) -> Any:
    """A new message of Flight itself."""
    return _CLASSES[f"{FLIGHT}.{name}"](**fields)


def pack(content: Any) -> bytes:
    """A message as the bytes of a `google.protobuf.Any`, the form in which Flight SQL sends commands and results."""
    packed: bytes = any_pb2.Any(
        type_url=_PREFIX + content.DESCRIPTOR.full_name, value=content.SerializeToString()
    ).SerializeToString()
    return packed


def unpack(data: bytes) -> tuple[str, Any]:
    """The name and the message in the bytes of an `Any` that holds a Flight SQL message, which nobody changes.

    Raises RequestInvalid for anything else (invalid UTF-8 in a string field included), SizeLimit above MAX_MESSAGE_BYTES.
    """
    return _unpack_again(data) if len(data) <= _REMEMBERED_BYTES else _unpack(data)


@lru_cache(maxsize=1024)
def _unpack_again(data: bytes) -> tuple[str, Any]:
    return _unpack(data)


def _unpack(data: bytes) -> tuple[str, Any]:
    _check_size(data)
    try:
        wrapped = any_pb2.Any.FromString(data)
    except message.DecodeError:
        raise RequestInvalid("The command is not a Flight SQL command.", field="command") from None
    full_name = wrapped.type_url.rpartition("/")[2]
    if not full_name.startswith(SQL + ".") or full_name not in _CLASSES:
        raise RequestInvalid("The command is not one that this server knows.", field="command")
    return full_name[len(SQL) + 1 :], _parse(full_name, wrapped.value)


def unpack_as(name: str, data: bytes) -> Any:
    """The Flight SQL message `name` in the bytes of an `Any`. Raises RequestInvalid, SizeLimit."""
    found, content = unpack(data)
    if found != name:
        raise RequestInvalid(f"A message {name} was expected.", field="body")
    return content


def parse_flight(name: str, data: bytes) -> Any:
    """The message of Flight itself called `name`, not wrapped in an `Any`. Raises RequestInvalid, SizeLimit."""
    _check_size(data)
    return _parse(f"{FLIGHT}.{name}", data)


def _parse(full_name: str, data: bytes) -> Any:
    try:
        return _CLASSES[full_name].FromString(data)
    except message.DecodeError:
        short = full_name.rpartition(".")[2]
        raise RequestInvalid(
            f"The message {short} cannot be read: it is cut off, or a text in it is not UTF-8.", field="command"
        ) from None


def _check_size(data: bytes) -> None:
    if len(data) > MAX_MESSAGE_BYTES:
        raise SizeLimit(f"The message has {len(data)} bytes; the limit is {MAX_MESSAGE_BYTES}.", limit=MAX_MESSAGE_BYTES)
