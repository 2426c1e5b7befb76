"""Queries by text, their tickets, and what comes back."""

from __future__ import annotations

import json
import subprocess
import threading
import uuid
from pathlib import Path

import pyarrow as pa
import pyarrow.flight as flight
import pytest

from planner.errors import FozError, RequestInvalid, SourceError
from proxy.flight import FlightServer
from proxy.flight.errors import to_flight
from proxy.request import Caller
from tests.proxy.flight.duckdb_asking import DuckAsking
from tests.proxy.flight.serving import (
    ANA,
    BEN,
    CATALOG,
    Running,
    Serve,
    act,
    assert_nothing_internal,
    authenticate,
    calling,
    cancel_body,
    command,
    prepare,
    refused,
    run,
)
from tests.proxy.told import Told


def test_a_flight_info_tells_of_its_query(running: Running, client: flight.FlightClient) -> None:
    info = running.info("SELECT 1 AS x", client)
    assert info.schema == pa.schema([("x", pa.int32())])
    status = json.loads(info.app_metadata)
    assert (status["queryId"], status["status"]) == ("q_0", "processing")
    assert len(running.asking.requests) == 1
    assert client.do_get(info.endpoints[0].ticket).read_all().to_pydict() == {"x": [1]}
    assert len(running.asking.requests) == 1
    assert running.asking.answers["q_0"].closed.is_set()


def test_a_ticket_is_good_once(running: Running, client: flight.FlightClient) -> None:
    ticket = running.info("SELECT 1", client).endpoints[0].ticket
    client.do_get(ticket).read_all()
    with refused("query.not_found"):
        client.do_get(ticket).read_all()


def test_a_raw_query_id_is_a_ticket(running: Running, client: flight.FlightClient) -> None:
    query_id = json.loads(running.info("SELECT 5 AS five", client).app_metadata)["queryId"]
    assert client.do_get(flight.Ticket(query_id)).read_all().to_pydict() == {"five": [5]}
    for unknown in (query_id, "q_unknown", "", "\N{SNOWMAN}"):
        with refused("query.not_found|request.invalid"):
            client.do_get(flight.Ticket(unknown)).read_all()


def test_somebody_elses_ticket_does_not_exist(serve: Serve) -> None:
    running = serve(authenticate=authenticate)
    with running.client() as client:
        info = client.get_flight_info(command("CommandStatementQuery", query="SELECT 1 AS x"), ANA)
        query_id = json.loads(info.app_metadata)["queryId"]
        for ticket in (info.endpoints[0].ticket, flight.Ticket(query_id)):
            with refused("query.not_found"):
                client.do_get(ticket, BEN).read_all()
        with refused("query.not_found"):
            act(client, "CancelFlightInfo", cancel_body(info), BEN)
        handle = prepare(client, "SELECT 1", ANA).prepared_statement_handle
        with refused("query.not_found"):
            run(client, handle, BEN)
        assert client.do_get(info.endpoints[0].ticket, ANA).read_all().num_rows == 1


def test_get_schema_plans_nothing(running: Running, client: flight.FlightClient) -> None:
    assert client.get_schema(command("CommandStatementQuery", query="SELECT 1 AS x")).schema == pa.schema([("x", pa.int32())])
    assert not running.asking.answers


def test_get_schema_fails_without_a_traceback(client: flight.FlightClient) -> None:
    for sql in ("SELEC", "SELECT boom"):
        with pytest.raises(pa.ArrowException) as raised:
            client.get_schema(command("CommandStatementQuery", query=sql))
        assert str(raised.value).startswith(("Unknown error: [sql.", "[sql."))
        assert_nothing_internal(str(raised.value))


@pytest.mark.parametrize("compression", ["lz4", "zstd", "none"])
def test_compression_is_asked_for(running: Running, client: flight.FlightClient, compression: str) -> None:
    ticket = running.info("SELECT range FROM range(9)", client).endpoints[0].ticket
    assert client.do_get(ticket, calling(x_foz_compression=compression)).read_all().num_rows == 9


def test_a_wrong_header_leaves_the_ticket_good(running: Running, client: flight.FlightClient) -> None:
    ticket = running.info("SELECT 1", client).endpoints[0].ticket
    with refused("request.invalid"):
        client.do_get(ticket, calling(x_foz_compression="brotli")).read_all()
    assert client.do_get(ticket).read_all().num_rows == 1


def test_tls(tmp_path: Path) -> None:
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", str(certificate), "-keyout", str(key)),
        ],
        check=True,
        capture_output=True,
    )
    asking = DuckAsking()
    server = FlightServer(
        "127.0.0.1:0", asking, Told(), lambda: CATALOG, lambda token: Caller(), certificate=certificate, key=key
    )
    with flight.connect(f"grpc+tls://127.0.0.1:{server.port}", tls_root_certs=certificate.read_bytes()) as client:
        info = client.get_flight_info(command("CommandStatementQuery", query="SELECT 1 AS x"))
        assert client.do_get(info.endpoints[0].ticket).read_all().num_rows == 1
    assert server.stop()
    asking.close()


def test_an_address_that_is_taken(running: Running) -> None:
    with pytest.raises(RequestInvalid, match="cannot listen"):
        FlightServer(f"127.0.0.1:{running.server.port}", DuckAsking(), Told(), lambda: CATALOG, lambda token: Caller())


def test_many_clients_at_once(running: Running) -> None:
    def work(number: int, failures: list[BaseException]) -> None:
        try:
            with running.client() as client:
                for turn in range(10):
                    wanted = uuid.uuid4().hex
                    info = running.info(f"SELECT '{wanted}' AS id, range FROM range({turn * 100})", client)
                    found = client.do_get(info.endpoints[0].ticket).read_all()
                    assert found.num_rows == turn * 100
                    assert set(found["id"].to_pylist()) <= {wanted}
        except BaseException as error:
            failures.append(error)

    failures: list[BaseException] = []
    threads = [threading.Thread(target=work, args=(number, failures)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert all(answer.closed.is_set() for answer in running.asking.answers.values())


def test_errors_of_every_kind_leave_as_flight_errors() -> None:
    waiting: list[type[FozError]] = [FozError]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        error = kind("x", source="s") if issubclass(kind, SourceError) else kind("x")
        assert str(to_flight(error, "r_1")).startswith(f"[{kind.code}] x")
