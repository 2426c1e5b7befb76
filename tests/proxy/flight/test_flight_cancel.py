"""Cancelling, clients that go away, stopping, and a server that is full.

What is cancelled is read by `read_chunk`: pyarrow's `read_all` takes the status CANCELLED for a Ctrl-C of its own process.
"""

from __future__ import annotations

import threading

import pyarrow.flight as flight
import pytest

from proxy.flight.expiring import ExpiringTable
from proxy.flight.messages import flight_message, pack, parse_flight, sql_message, unpack_as
from tests.proxy.flight.serving import (
    Running,
    Serve,
    act,
    blocking,
    cancel_body,
    command,
    refused,
)


def test_cancel_before_it_is_read(running: Running, client: flight.FlightClient) -> None:
    info = running.info("SELECT 1", client)
    (result,) = act(client, "CancelFlightInfo", cancel_body(info))
    assert parse_flight("CancelFlightInfoResult", result).status == 1
    assert running.asking.answers["q_0"].closed.is_set()

    info = running.info("SELECT 1", client)
    (result,) = act(client, "CancelQuery", pack(sql_message("ActionCancelQueryRequest", info=info.serialize())))
    assert unpack_as("ActionCancelQueryResult", result).result == 1
    assert running.asking.answers["q_1"].closed.is_set()

    metadata = client.get_flight_info(command("CommandGetCatalogs"))
    (result,) = act(client, "CancelFlightInfo", cancel_body(metadata))
    assert parse_flight("CancelFlightInfoResult", result).status == 3
    with refused("request.invalid"):
        act(client, "CancelFlightInfo", flight_message("CancelFlightInfoRequest").SerializeToString())


def test_cancel_while_it_runs(running: Running, client: flight.FlightClient) -> None:
    blocking(running)
    info = running.info("SELECT 1", client)
    errors: list[Exception] = []

    def read() -> None:
        try:
            client.do_get(info.endpoints[0].ticket).read_chunk()
        except Exception as error:
            errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    assert running.asking.answers["q_0"].begun.wait(30)
    with running.client() as other:
        act(other, "CancelFlightInfo", cancel_body(info))
    reader.join()
    assert isinstance(errors[0], flight.FlightCancelledError)
    assert "[query.cancelled]" in str(errors[0])


@pytest.mark.parametrize("leave", ["cancel", "timeout"])
def test_a_client_that_is_gone_closes_an_answer_that_waits(running: Running, client: flight.FlightClient, leave: str) -> None:
    blocking(running)
    ticket = running.info("SELECT 1", client).endpoints[0].ticket
    reader = client.do_get(ticket, flight.FlightCallOptions(timeout=0.2) if leave == "timeout" else None)
    answer = running.asking.answers["q_0"]
    assert answer.begun.wait(30)
    if leave == "cancel":
        reader.cancel()
    assert answer.closed.wait(30)


def test_a_reader_that_stops_early_closes_the_answer(running: Running, client: flight.FlightClient) -> None:
    running.asking.rows_per_batch = 1024
    ticket = running.info("SELECT range, repeat('x', 1000) FROM range(1000000)", client).endpoints[0].ticket
    reader = client.do_get(ticket)
    reader.read_chunk()
    reader.cancel()
    assert running.asking.answers["q_0"].closed.wait(30)


def test_stop_cancels_what_runs(serve: Serve) -> None:
    running = serve()
    blocking(running)
    with running.client() as client:
        unread = running.info("SELECT 1", client)
        reader = client.do_get(running.info("SELECT 2", client).endpoints[0].ticket)
        assert running.asking.answers["q_1"].begun.wait(30)
        assert running.server.stop()
        with pytest.raises(flight.FlightCancelledError):
            reader.read_chunk()
        assert running.asking.answers["q_0"].closed.is_set()
        with pytest.raises(flight.FlightError):
            client.do_get(unread.endpoints[0].ticket).read_all()


def test_a_stalled_reader_does_not_hold_stop_up(serve: Serve) -> None:
    running = serve()
    with running.client() as client:
        running.asking.rows_per_batch = 2048
        reader = client.do_get(running.info("SELECT range, repeat('x', 1000) FROM range(1000000)", client).endpoints[0].ticket)
        reader.read_chunk()
        assert not running.server.stop(0.2)
        reader.cancel()
    assert running.server.stop()


def test_a_full_server_refuses_at_once_and_can_still_be_told_to_cancel(serve: Serve) -> None:
    running = serve(max_calls=2)
    blocking(running)
    with running.client() as client:
        infos = [running.info("SELECT 1", client) for _ in range(3)]
        readers = [client.do_get(info.endpoints[0].ticket) for info in infos[:2]]
        for query_id in ("q_0", "q_1"):
            assert running.asking.answers[query_id].begun.wait(30)
        with pytest.raises(flight.FlightUnavailableError, match=r"\[server.busy\]"):
            running.info("SELECT 1", client)
        with pytest.raises(flight.FlightUnavailableError, match=r"\[server.busy\]"):
            client.do_get(infos[2].endpoints[0].ticket).read_all()
        act(client, "CancelFlightInfo", cancel_body(infos[0]))
        with pytest.raises(flight.FlightCancelledError):
            readers[0].read_chunk()
        running.asking.answers["q_2"].close()
        with pytest.raises(flight.FlightCancelledError):
            client.do_get(infos[2].endpoints[0].ticket).read_chunk()


def test_unread_answers_are_forgotten() -> None:
    now, dropped = [0.0], []
    table: ExpiringTable[int] = ExpiringTable(12, 10.0, dropped.append, lambda: now[0])
    for number in range(4):
        table.put("ana", str(number), number)
    assert dropped == [0]
    now[0] = 9.0
    assert table.get("ana", "1") == 1
    assert table.get("ben", "1") is None
    now[0] = 11.0
    assert table.pop("ana", "2") is None
    assert table.get("ana", "3") is None
    table.sweep()
    assert dropped == [0, 2, 3]
    assert table.pop("ana", "1") == 1
    assert len(table) == 0


def test_a_table_that_is_full_gives_up_the_oldest_but_one_caller_only_his_own() -> None:
    dropped: list[str] = []
    table: ExpiringTable[str] = ExpiringTable(4, 10.0, dropped.append)
    for number, owner in enumerate(("ana", "ben", "ben", "cem", "dan", "eva")):
        table.put(owner, str(number), owner)
    assert dropped == ["ben", "ana"]
    table.clear()
    assert sorted(dropped) == ["ana", "ben", "ben", "cem", "dan", "eva"]
