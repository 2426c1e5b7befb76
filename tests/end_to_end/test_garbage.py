"""Truncated and garbage messages, tickets, actions and bodies: each is refused by a code, and the server goes on."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.flight as flight
import pytest

from proxy.flight.messages import pack, sql_message
from tests.end_to_end.asking import INTERNAL, WAYS, bearer, refused
from tests.end_to_end.world import ANA, ORDERS, World
from tests.proxy.flight.serving import act, bind, calling, command, prepare, run

CALL = calling(**bearer(ANA))
WHOLE = pack(sql_message("CommandStatementQuery", query="SELECT id FROM shop.orders"))
GARBAGE = [
    b"",
    b"\0",
    b"\n",
    b"\xff" * 64,
    b"\n\xff\xff\xff\xff\x0f",
    b"q_nowhere",
    random.Random(7).randbytes(512),
    WHOLE[:10],
    WHOLE[:-1],
    WHOLE + b"\xff",
    WHOLE.replace(b"CommandStatementQuery", b"CommandStatementQuerx"),
    WHOLE.replace(b"SELECT", b"\xff\xfe\xfd\xfc\xfb\xfa"),
    pack(sql_message("CommandStatementUpdate", query="DELETE FROM shop.orders")),
    pack(sql_message("CommandStatementSubstraitPlan")),
    pack(sql_message("CommandPreparedStatementQuery", prepared_statement_handle=b"nowhere")),
    pack(sql_message("CommandPreparedStatementQuery", prepared_statement_handle=b"\xff\xfe")),
    pack(sql_message("TicketStatementQuery", statement_handle=b"\xff\xfe")),
]
ACTIONS = [
    "CreatePreparedStatement", "ClosePreparedStatement", "CancelFlightInfo", "CancelQuery", "SetSessionOptions",
    "GetSessionOptions", "CloseSession", "BeginTransaction", "EndTransaction",
    "CreatePreparedSubstraitPlan", "RenewFlightEndpoint", "Nowhere", "",
]  # fmt: skip


@pytest.fixture
def client(world: World) -> Iterator[flight.FlightClient]:
    with flight.connect(world.flight) as client:
        yield client


@pytest.fixture(autouse=True)
def still_answers(world: World) -> Iterator[None]:
    yield
    for way in ("http", "flight"):
        assert WAYS[way](world, "SELECT count(*) AS n FROM shop.orders", ANA).to_pylist() == [{"n": ORDERS}]


def code(error: Exception) -> str:
    found = refused(error)
    assert not INTERNAL.search(found.shown), found.shown
    return found.code


def outcome(call: Callable[[], object]) -> str:
    try:
        call()
    except (flight.FlightError, pa.ArrowException) as error:
        return code(error)
    return "ok"


@pytest.mark.parametrize("number", range(len(GARBAGE)))
def test_descriptors_and_tickets(client: flight.FlightClient, number: int) -> None:
    content = GARBAGE[number]
    rows = pa.table({"x": [1]})
    calls: list[Any] = [
        lambda: client.get_flight_info(flight.FlightDescriptor.for_command(content), CALL),
        lambda: client.get_schema(flight.FlightDescriptor.for_command(content), CALL),
        lambda: client.do_get(flight.Ticket(content), CALL).read_all(),
        lambda: put(client, flight.FlightDescriptor.for_command(content), rows),
    ]
    for call in calls:
        with pytest.raises((flight.FlightError, pa.ArrowException)) as raised:
            call()
        assert code(raised.value) in ("request.invalid", "query.not_found", "sql.unsupported", "sql.syntax")


@pytest.mark.parametrize("name", ACTIONS)
def test_actions(client: flight.FlightClient, name: str) -> None:
    for content in GARBAGE:
        found = outcome(lambda content=content: act(client, name, content, CALL))  # type: ignore[misc]
        assert found in ("ok", "request.invalid", "query.not_found", "sql.unsupported", "sql.syntax")


def put(client: flight.FlightClient, descriptor: flight.FlightDescriptor, rows: pa.Table) -> None:
    writer, reader = client.do_put(descriptor, rows.schema, CALL)
    try:
        writer.write_table(rows)
        writer.done_writing()
        reader.read()
    finally:
        writer.close()


def test_other_descriptors_and_calls(client: flight.FlightClient) -> None:
    for call in (
        lambda: client.get_flight_info(flight.FlightDescriptor.for_path("shop", "orders"), CALL),
        lambda: put(client, flight.FlightDescriptor.for_path("x"), pa.table({"x": [1]})),
        lambda: exchange(client),
    ):
        with pytest.raises((flight.FlightError, pa.ArrowException)) as raised:
            call()
        assert code(raised.value) in ("request.invalid", "sql.unsupported")


def exchange(client: flight.FlightClient) -> None:
    writer, reader = client.do_exchange(flight.FlightDescriptor.for_command(b"x"), CALL)
    with writer:
        reader.read_chunk()


@pytest.mark.parametrize(
    "rows",
    [
        pa.table({"x": [1, 2]}),
        pa.table({"x": [1], "y": [2]}),
        pa.table({"x": pa.array([[[1]]])}),
        pa.table({"x": ["x" * (17 << 20)]}),
        pa.table({"x": pa.array(["a"]).dictionary_encode()}),
        pa.table({"x": pa.array([{"a": 1}])}),
        pa.table({"x": pa.array([b"\xff"], pa.binary()).view(pa.string())}),
    ],
    ids=["two rows", "two values", "nested", "large", "dictionary", "struct", "not UTF-8"],
)
def test_parameters_over_flight(client: flight.FlightClient, rows: pa.Table) -> None:
    handle = prepare(client, "SELECT id FROM shop.orders WHERE id = ?", CALL).prepared_statement_handle

    def asked() -> None:
        bind(client, handle, rows, CALL)
        run(client, handle, CALL)

    assert outcome(asked) in ("ok", "request.invalid", "limit.size", "sql.type", "sql.unsupported")


HEADERS = [
    {"x-foz-dialect": "klingon"},
    {"x-foz-timeout-ms": "-1"},
    {"x-foz-timeout-ms": "soon"},
    {"x-foz-mode": "later"},
    {"x-foz-nowhere": "1"},
    {"x-foz-schema": "x" * 1000},
    {"cookie": "arrow_flight_session_id=nowhere"},
]


@pytest.mark.parametrize("headers", HEADERS)
def test_headers_over_flight(client: flight.FlightClient, headers: dict[str, str]) -> None:
    given = flight.FlightCallOptions(
        headers=[(name.encode(), value.encode()) for name, value in {**headers, **bearer(ANA)}.items()]
    )
    with pytest.raises(flight.FlightError) as raised:
        client.get_flight_info(command("CommandStatementQuery", query="SELECT 1"), given)
    assert code(raised.value) == "request.invalid"


BODIES: list[bytes] = [
    b"", b"null", b"[]", b"1", b'"sql"', b"{", b"{}", b'{"sql": 1}', b'{"sql": ""}', b'{"sql": null}', b'{"sql": ["SELECT 1"]}',
    b'{"sql": "SELECT 1", "sql": "SELECT 2"}', b'{"sql": "SELECT 1", "nowhere": 1}', b'{"sql": "SELECT 1", "limit": -1}',
    b'{"sql": "SELECT 1", "limit": 1.5}', b'{"sql": "SELECT 1", "limit": "1"}', b'{"sql": "SELECT 1", "mode": "later"}',
    b'{"sql": "SELECT 1", "timeoutMs": 0}', b'{"sql": "SELECT 1", "timeoutMs": 1e400}',
    b'{"sql": "SELECT 1", "dialect": "klingon"}',
    b'{"sql": "SELECT ?", "params": 1}', b'{"sql": "SELECT ?", "params": [{"type": "NOWHERE", "value": 1}]}',
    b'{"sql": "SELECT ?", "params": [{"type": "DATE", "value": "x"}]}', b'{"sql": "SELECT ?", "params": [{"value": 1}]}',
    b'{"sql": "SELECT ?", "params": [[1, "x"]]}', b'{"sql": "SELECT ?", "params": [NaN]}', b'{"sql": "SELECT \xff"}',
    b'{"sql": "SELECT \\ud800"}', b'\xef\xbb\xbf{"sql": "SELECT 1"}x',
    b'{"sql": "SELECT 1", "params": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"sql": "' + b"x" * 2_000_000 + b'"}', b'{"sql": "SELECT ?", "params": [' + b"9" * 100_000 + b"]}",
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(BODIES)))
def test_bodies_over_http(world: World, number: int) -> None:
    headers = {"content-type": "application/json", **bearer(ANA)}
    answer = httpx.post(f"{world.http}/sql", content=BODIES[number], headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid"), answer.text
    assert not INTERNAL.search(answer.text)


def test_requests_over_http_that_are_none(world: World) -> None:
    with httpx.Client(base_url=world.http, headers=bearer(ANA)) as client:
        assert client.get("/nowhere").status_code == 404
        assert client.get("/sql").status_code == 405
        assert client.post("/sql", content=b"x", headers={"content-type": "text/plain"}).json()["code"] == "request.invalid"
        assert client.post("/sql", json={"sql": "SELECT 1"}, headers={"accept": "image/png"}).json()["code"] == "request.invalid"
        assert client.get("/queries/" + "x" * 5000).status_code == 404
        assert client.get("/queries/..%2f..%2fetc%2fpasswd").status_code == 404
        assert client.post("/data/shop/orders", json={"filter": {"nowhere": 1}}).json()["code"] == "sql.unknown_column"
        assert client.post("/data/shop/orders", json={"filter": {"id": {"nowhere": 1}}}).json()["code"] == "request.invalid"
        assert client.post("/data/shop/orders'; DROP TABLE orders", json={}).json()["code"] == "sql.unknown_table"
        injected = client.post("/data/shop/orders", json={"select": ["id"], "order": ["id; DROP TABLE orders"]})
        assert injected.json()["code"] == "sql.unknown_column"
        kept = client.post("/data/shop/orders", json={"select": ["id"], "filter": {"note": "' OR 1 = 1 --"}})
        assert kept.json()["rows"] == []


@pytest.mark.parametrize("protocol", ["http", "flight"])
def test_bytes_that_are_no_request(world: World, protocol: str) -> None:
    address = getattr(world.foz, f"{protocol}_address")
    for content in (
        b"\0" * 1000,
        random.Random(8).randbytes(4000),
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff",
    ):
        with socket.create_connection((address.host, address.port), timeout=5) as connection:
            connection.sendall(content)
    with socket.create_connection((address.host, address.port), timeout=5) as connection:
        connection.sendall(b"POST /sql HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
