"""What the tests of the Flight server share: its catalogue, its tokens, and how commands are sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.flight as flight
import pytest

from planner.catalog import Catalog, Column, Grants, Relation, Source, Table
from planner.errors import AuthDenied, AuthMissing
from proxy.flight import FlightServer
from proxy.flight.messages import flight_message, pack, sql_message, unpack_as
from proxy.request import Caller
from tests.proxy.flight.duckdb_asking import DuckAnswer, DuckAsking
from tests.proxy.told import Told

ANA = Caller("ana", Grants(("shop.*",)), admin=False)
BEN = Caller("ben", Grants(("crm.customers",)), admin=False)
TOKENS = {"token-of-ana": ANA, "token-of-ben": BEN}

SHOP = Source(
    "shop",
    "postgres",
    schemas=("public",),
    tables=(
        Table(
            "shop",
            "public",
            "orders",
            (
                Column("id", "BIGINT", nullable=False),
                Column("customer_id", "VARCHAR"),
                Column("total", "DECIMAL(12,2)"),
                Column("tags", "VARCHAR[]"),
            ),
            primary_key=("id",),
            relations=(Relation("lines", "shop.order_lines", (("id", "order_id"),), many=True),),
        ),
        Table(
            "shop",
            "public",
            "order_lines",
            (Column("order_id", "BIGINT"), Column("line", "INTEGER"), Column("sku", "VARCHAR")),
            primary_key=("order_id", "line"),
            relations=(Relation("order", "shop.public.orders", (("order_id", "id"),)),),
        ),
        Table("shop", "audit", "big_orders", (Column("id", "BIGINT"),), kind="view"),
    ),
)
CRM = Source(
    "crm",
    "mongodb",
    schemas=("people",),
    tables=(
        Table(
            "crm",
            "people",
            "customers",
            (Column("_id", "VARCHAR"), Column("address", "STRUCT(city VARCHAR)")),
            primary_key=("_id",),
            kind="collection",
        ),
    ),
)
CATALOG = Catalog((SHOP, CRM))


def authenticate(token: str | None) -> Caller:
    if token is None:
        raise AuthMissing("This server needs a bearer token.")
    if token not in TOKENS:
        raise AuthDenied("This bearer token is not known here.")
    return TOKENS[token]


@dataclass
class Running:
    """A server that runs, and the queries that reached it."""

    server: FlightServer
    asking: DuckAsking
    told: Told

    @property
    def uri(self) -> str:
        return f"grpc://127.0.0.1:{self.server.port}"

    def client(self, **options: Any) -> flight.FlightClient:
        return flight.connect(self.uri, **options)

    def info(self, sql: str, client: flight.FlightClient, **headers: str) -> flight.FlightInfo:
        return client.get_flight_info(command("CommandStatementQuery", query=sql), calling(**headers))


def command(name: str, **fields: Any) -> flight.FlightDescriptor:
    return flight.FlightDescriptor.for_command(pack(sql_message(name, **fields)))


def calling(**headers: str) -> flight.FlightCallOptions:
    """Call options with headers; `_` stands for `-` in their names."""
    return flight.FlightCallOptions(
        headers=[(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    )


Serve = Callable[..., Running]


def assert_nothing_internal(message: str) -> None:
    for word in ("Traceback", ".py", ".pyx", "/srv", "File "):
        assert word not in message


ANA, BEN = calling(authorization="Bearer token-of-ana"), calling(authorization="Bearer token-of-ben")


def act(client: flight.FlightClient, name: str, body: bytes = b"", options: Any = None) -> list[bytes]:
    return [result.body.to_pybytes() for result in client.do_action(flight.Action(name, body), options)]


def refused(code: str) -> Any:
    return pytest.raises(Exception, match=rf"\[{code}\] ")


def prepare(client: flight.FlightClient, sql: str, options: Any = None) -> Any:
    body = pack(sql_message("ActionCreatePreparedStatementRequest", query=sql))
    (result,) = act(client, "CreatePreparedStatement", body, options)
    return unpack_as("ActionCreatePreparedStatementResult", result)


def bind(client: flight.FlightClient, handle: bytes, table: pa.Table, options: Any = None) -> None:
    descriptor = command("CommandPreparedStatementQuery", prepared_statement_handle=handle)
    writer, reader = client.do_put(descriptor, table.schema, options)
    writer.write_table(table)
    writer.done_writing()
    reader.read()
    writer.close()


def run(client: flight.FlightClient, handle: bytes, options: Any = None) -> pa.Table:
    info = client.get_flight_info(command("CommandPreparedStatementQuery", prepared_statement_handle=handle), options)
    return client.do_get(info.endpoints[0].ticket, options).read_all()


def cancel_body(info: flight.FlightInfo) -> bytes:
    tickets = [flight_message("Ticket", ticket=each.ticket.ticket) for each in info.endpoints]
    endpoints = [flight_message("FlightEndpoint", ticket=ticket) for ticket in tickets]
    return flight_message("CancelFlightInfoRequest", info=flight_message("FlightInfo", endpoint=endpoints)).SerializeToString()


def blocking(running: Running) -> None:
    def block(answer: DuckAnswer) -> None:
        answer.blocks = True

    running.asking.spoil = block
