"""Errors on their way to the client, and input that is not Flight SQL or not implemented."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Callable

import pyarrow as pa
import pyarrow.flight as flight
import pytest

from planner.errors import Internal, RequestInvalid, RowLimit, ServerBusy, SourceUnavailable, codes
from proxy.flight.errors import STATUS, to_flight
from proxy.flight.messages import SQL, flight_message, pack, sql_message, unpack
from tests.proxy.flight.duckdb_asking import DuckAnswer
from tests.proxy.flight.serving import (
    Running,
    act,
    assert_nothing_internal,
    command,
    refused,
)


def test_each_code_has_its_status() -> None:
    assert set(STATUS) < codes()
    error = to_flight(RowLimit("shop reads more than 10 rows.", source="shop", limit=10), "r_1")
    assert isinstance(error, flight.FlightServerError)
    assert str(error) == "[limit.rows] shop reads more than 10 rows. (request r_1)"
    assert json.loads(error.extra_info) == {
        "code": "limit.rows",
        "message": "shop reads more than 10 rows.",
        "requestId": "r_1",
        "source": "shop",
        "limit": 10,
    }
    assert isinstance(to_flight(ServerBusy("x"), "r_1"), flight.FlightUnavailableError)
    assert isinstance(to_flight(SourceUnavailable("x", source="s"), "r_1"), flight.FlightUnavailableError)
    assert isinstance(to_flight(Internal("x"), "r_1"), flight.FlightInternalError)


def test_extra_info_reaches_the_client(running: Running, client: flight.FlightClient) -> None:
    with pytest.raises(flight.FlightServerError) as raised:
        running.info("SELEC", client)
    details = json.loads(raised.value.extra_info)
    assert (details["code"], details["line"]) == ("sql.syntax", 1)


@pytest.mark.parametrize("text", ["x", "é", "☕", "\n"])
def test_a_long_message_fits_in_the_trailers(running: Running, client: flight.FlightClient, text: str) -> None:
    def fail(answer: DuckAnswer) -> None:
        raise RequestInvalid(text * 100_000, field=text * 100_000)

    running.asking.spoil = fail
    for _ in range(20):
        with pytest.raises(flight.FlightServerError, match=r"\[request.invalid\]"):
            running.info("SELECT 1", client)


def test_a_defect_is_internal_and_silent(running: Running, client: flight.FlightClient) -> None:
    with pytest.raises(flight.FlightInternalError, match=r"\[server.internal\]") as raised:
        running.info("SELECT 'boom'", client)
    assert "secret" not in str(raised.value)
    assert_nothing_internal(str(raised.value))


def test_a_batch_of_another_schema_is_a_defect(running: Running, client: flight.FlightClient) -> None:
    def fail(answer: DuckAnswer) -> None:
        answer.batches = lambda: iter([pa.record_batch({"other": [1]})])  # type: ignore[method-assign]

    running.asking.spoil = fail
    ticket = running.info("SELECT 1", client).endpoints[0].ticket
    with pytest.raises(flight.FlightInternalError) as raised:
        client.do_get(ticket).read_all()
    assert_nothing_internal(str(raised.value))


def raw(content: bytes) -> flight.FlightDescriptor:
    return flight.FlightDescriptor.for_command(content)


def any_of(name: str, value: bytes) -> bytes:
    """An Any by hand: type_url and value."""
    url = f"type.googleapis.com/{SQL}.{name}".encode()
    return b"\x0a" + bytes([len(url)]) + url + b"\x12" + bytes([len(value)]) + value


def test_the_bytes_of_messages() -> None:
    packed = pack(sql_message("CommandStatementQuery", query="SELECT 1"))
    assert packed == any_of("CommandStatementQuery", b"\x0a\x08SELECT 1")
    assert unpack(packed)[1].query == "SELECT 1"
    tables = sql_message("CommandGetTables", catalog="", table_types=["TABLE"], include_schema=True)
    assert tables.SerializeToString() == b"\x0a\x00\x22\x05TABLE\x28\x01"
    assert tables.HasField("catalog")
    assert not tables.HasField("table_name_filter_pattern")
    option = flight_message("SessionOption", key="a", value=flight_message("SessionOptionValue", int64_value=1))
    assert option.SerializeToString() == b"\x0a\x01a\x12\x09\x19\x01\0\0\0\0\0\0\0"


GARBAGE = {
    "empty": b"",
    "noise": b"\xff\xfe\xfd",
    "text": b"SELECT 1",
    "cut off": pack(sql_message("CommandStatementQuery", query="SELECT 1"))[:-3],
    "unknown command": any_of("CommandMakeCoffee", b""),
    "another package": pack(flight_message("CloseSessionRequest")),
    "invalid UTF-8": any_of("CommandStatementQuery", b"\x0a\x02\xff\xfe"),
    "cut-off inside": any_of("CommandStatementQuery", b"\x0a\x09SEL"),
    "a ticket": pack(sql_message("TicketStatementQuery", statement_handle=b"q_0")),
}


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_told_so(running: Running, client: flight.FlightClient, content: bytes) -> None:
    uses: list[Callable[[], object]] = [
        lambda: client.get_flight_info(raw(content)),
        lambda: client.get_schema(raw(content)),
        lambda: put(client, raw(content)),
        lambda: act(client, "CreatePreparedStatement", content),
        lambda: client.get_flight_info(flight.FlightDescriptor.for_path("shop", "orders")),
    ]
    for use in uses:
        with pytest.raises(pa.ArrowException, match=r"\[(request.invalid|sql.unsupported|sql.syntax)\] ") as raised:
            use()
        assert_nothing_internal(str(raised.value))
    with pytest.raises(pa.ArrowException, match=r"\[(request.invalid|query.not_found)\] "):
        client.do_get(flight.Ticket(content)).read_all()
    assert running.info("SELECT 1", client).schema.names == ["1"]


def put(client: flight.FlightClient, descriptor: flight.FlightDescriptor) -> None:
    writer, _ = client.do_put(descriptor, pa.schema([("a", pa.int64())]))
    writer.close()


def outcome(use: Callable[[], object]) -> str:
    try:
        use()
    except pa.ArrowException as error:
        return str(error)
    return ""


def test_random_bytes(running: Running, client: flight.FlightClient) -> None:
    chance = random.Random(7)
    good = pack(sql_message("CommandGetTables", catalog="shop", table_types=["TABLE"], include_schema=True))
    for _ in range(200):
        content = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        for use in (lambda c: client.get_flight_info(raw(c)), lambda c: client.do_get(flight.Ticket(c)).read_all()):
            message = outcome(lambda use=use, content=content: use(bytes(content)))
            assert message == "" or " (request r_" in message
            assert_nothing_internal(message)
    assert running.info("SELECT 1", client).schema.names == ["1"]


def test_bytes_that_are_not_grpc(running: Running, client: flight.FlightClient) -> None:
    for content in (b"GET / HTTP/1.1\r\n\r\n", b"\0" * 1000, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 100):
        with socket.create_connection(("127.0.0.1", running.server.port)) as plain:
            plain.sendall(content)
    assert running.info("SELECT 1", client).schema.names == ["1"]


def test_a_message_that_is_too_large(client: flight.FlightClient) -> None:
    with refused("limit.size"):
        client.get_flight_info(command("CommandStatementQuery", query="SELECT '" + "x" * (17 << 20) + "'"))


@pytest.mark.parametrize(
    "name", ["BeginTransaction", "EndTransaction", "BeginSavepoint", "EndSavepoint", "CreatePreparedSubstraitPlan"]
)
def test_actions_that_are_not_implemented(client: flight.FlightClient, name: str) -> None:
    with refused("sql.unsupported"):
        act(client, name)


def test_actions_that_do_not_exist(client: flight.FlightClient) -> None:
    with refused("request.invalid"):
        act(client, "MakeCoffee")
    assert {action.type for action in client.list_actions()} >= {"CreatePreparedStatement", "CancelFlightInfo"}
    assert list(client.list_flights()) == []


@pytest.mark.parametrize("name", ["CommandStatementUpdate", "CommandStatementIngest", "CommandPreparedStatementUpdate"])
def test_writes_that_are_not_implemented(client: flight.FlightClient, name: str) -> None:
    with refused("sql.unsupported"):
        put(client, command(name))
    with refused("sql.unsupported"):
        client.get_flight_info(command(name))


def test_a_query_in_a_transaction_is_refused(client: flight.FlightClient) -> None:
    with refused("sql.unsupported"):
        client.get_flight_info(command("CommandStatementQuery", query="SELECT 1", transaction_id=b"t"))
    with refused("sql.unsupported"):
        client.get_flight_info(command("CommandStatementSubstraitPlan"))
    with refused("sql.unsupported"):
        writer, _ = client.do_exchange(command("CommandGetCatalogs"))
        writer.close()
