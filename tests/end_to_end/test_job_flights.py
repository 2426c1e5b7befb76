"""Jobs as Flight sees them: what there is to read, in how many parts, until when; renewed, cancelled, partitioned."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import adbc_driver_flightsql
import adbc_driver_flightsql.dbapi as dbapi
import adbc_driver_postgresql.dbapi as postgres
import httpx
import orjson
import pyarrow as pa
import pyarrow.flight as flight
import pytest

from proxy.flight.messages import flight_message, parse_flight
from tests.end_to_end.asking import bearer, rows
from tests.end_to_end.gate import Gate
from tests.end_to_end.slow import until
from tests.end_to_end.world import BEN, ROOT, World, serving
from tests.proxy.flight.serving import act, calling, cancel_body, command, refused

MINE, ASYNC = calling(**bearer(ROOT)), calling(**bearer(ROOT), x_foz_mode="async")
LARGE = "SELECT id, note FROM shop.large"
KEPT = timedelta(seconds=3600)


@pytest.fixture(scope="module")
def world(filled: tuple[str, str, Any]) -> Iterator[World]:
    """A Foz in which a query of half a second is long, over a table whose rows are some 60 MB."""
    with postgres.connect(filled[0], autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE large AS SELECT g AS id, repeat(md5(g::text), 9) AS note FROM generate_series(1, 200000) g")
    with serving(*filled, query_timeout_ms=500) as world:
        yield world


@pytest.fixture
def client(world: World) -> Iterator[flight.FlightClient]:
    with flight.connect(world.flight) as client:
        yield client


def begun(client: flight.FlightClient, sql: str, options: flight.FlightCallOptions = ASYNC) -> flight.FlightInfo:
    return client.get_flight_info(command("CommandStatementQuery", query=sql), options)


def id_of(info: flight.FlightInfo) -> str:
    return str(orjson.loads(info.app_metadata)["queryId"])


def known(client: flight.FlightClient, query_id: str) -> flight.FlightInfo:
    return client.get_flight_info(flight.FlightDescriptor.for_path(query_id), MINE)


def completed(client: flight.FlightClient, sql: str) -> str:
    query_id = id_of(begun(client, sql))
    until(lambda: orjson.loads(known(client, query_id).app_metadata)["status"] == "completed")
    return query_id


def expiry(endpoint: flight.FlightEndpoint) -> datetime:
    found: datetime = endpoint.expiration_time.as_py()
    return found.astimezone(UTC)


def test_a_job_says_until_when_it_is_kept_and_other_queries_do_not(world: World, client: flight.FlightClient) -> None:
    before = datetime.now(UTC)
    info = begun(client, "SELECT id FROM shop.orders")
    (endpoint,) = info.endpoints
    assert before + KEPT <= expiry(endpoint) <= datetime.now(UTC) + KEPT
    until(lambda: orjson.loads(known(client, id_of(info)).app_metadata)["status"] == "completed")
    later = known(client, id_of(info))
    assert expiry(endpoint) - timedelta(seconds=1) <= expiry(later.endpoints[0]) <= datetime.now(UTC) + KEPT
    assert expiry(known(client, id_of(info)).endpoints[0]) == expiry(later.endpoints[0])
    assert later.total_records == 1000
    for _ in range(2):
        assert client.do_get(endpoint.ticket, MINE).read_all().num_rows == 1000
    (now,) = begun(client, "SELECT id FROM shop.orders", MINE).endpoints
    assert now.expiration_time is None
    assert client.do_get(now.ticket, MINE).read_all().num_rows == 1000


@pytest.mark.parametrize("descriptor", [flight.FlightDescriptor.for_path, flight.FlightDescriptor.for_command])
def test_a_query_id_is_a_descriptor(world: World, client: flight.FlightClient, descriptor: Any) -> None:
    query_id = completed(client, "SELECT id FROM shop.orders")
    info = client.get_flight_info(descriptor(query_id), MINE)
    assert info.schema == client.get_schema(descriptor(query_id), MINE).schema == pa.schema([("id", pa.int64())])
    assert orjson.loads(info.app_metadata)["queryId"] == query_id
    assert client.do_get(info.endpoints[0].ticket, MINE).read_all().num_rows == 1000
    for other, options in ((query_id, calling(**bearer(BEN))), ("q_unknown", MINE)):
        with refused("query.not_found"):
            client.get_flight_info(descriptor(other), options)


def test_a_query_that_runs_is_known_by_its_id_too(world: World, client: flight.FlightClient) -> None:
    info = begun(client, "SELECT id FROM shop.orders", MINE)
    found = known(client, id_of(info))
    assert (len(found.endpoints), found.endpoints[0].expiration_time) == (1, None)
    assert client.do_get(found.endpoints[0].ticket, MINE).read_all().num_rows == 1000


def test_a_large_result_is_fetched_side_by_side(world: World, client: flight.FlightClient) -> None:
    query_id = completed(client, LARGE)
    info = known(client, query_id)
    assert info.ordered
    assert info.total_records == 200_000
    assert len(info.endpoints) > 2

    def fetch(endpoint: flight.FlightEndpoint) -> pa.Table:
        with flight.connect(world.flight) as own:
            return own.do_get(endpoint.ticket, MINE).read_all()

    with ThreadPoolExecutor(8) as threads:
        parts = list(threads.map(fetch, info.endpoints))
    assert all(part.num_rows for part in parts)
    whole = client.do_get(flight.Ticket(query_id), MINE).read_all()
    assert pa.concat_tables(parts).equals(whole)
    assert sorted(whole["id"].to_pylist()) == list(range(1, 200_001))


def test_the_parts_are_partitions_of_an_adbc_connection(world: World, client: flight.FlightClient) -> None:
    query_id = completed(client, LARGE)
    info = known(client, query_id)
    header = adbc_driver_flightsql.DatabaseOptions.AUTHORIZATION_HEADER.value
    tables = []
    for endpoint in info.endpoints:
        partition = flight.FlightInfo(info.schema, info.descriptor, [endpoint], -1, -1).serialize()
        with (
            dbapi.connect(world.flight, db_kwargs={header: f"Bearer {ROOT}"}, autocommit=True) as connection,
            connection.cursor() as cursor,
        ):
            cursor.adbc_read_partition(partition)
            tables.append(cursor.fetch_arrow_table())
    assert pa.concat_tables(tables).equals(client.do_get(flight.Ticket(query_id), MINE).read_all())


def test_adbc_partitions_a_query_that_is_a_job(world: World) -> None:
    options = adbc_driver_flightsql.DatabaseOptions
    given = {
        options.AUTHORIZATION_HEADER.value: f"Bearer {ROOT}",
        options.RPC_CALL_HEADER_PREFIX.value + "x-foz-mode": "async",
    }
    with dbapi.connect(world.flight, db_kwargs=given, autocommit=True) as connection, connection.cursor() as cursor:
        partitions, schema = cursor.adbc_execute_partitions("SELECT id FROM shop.orders")
    assert schema == pa.schema([("id", pa.int64())])
    (partition,) = partitions
    for _ in range(2):
        with dbapi.connect(world.flight, db_kwargs=given, autocommit=True) as other, other.cursor() as cursor:
            cursor.adbc_read_partition(partition)
            assert cursor.fetch_arrow_table().num_rows == 1000


def renewed(client: flight.FlightClient, endpoint: flight.FlightEndpoint, options: Any = MINE) -> flight.FlightEndpoint:
    inner = parse_flight("FlightEndpoint", endpoint.serialize())
    body = flight_message("RenewFlightEndpointRequest", endpoint=inner).SerializeToString()
    return flight.FlightEndpoint.deserialize(act(client, "RenewFlightEndpoint", body, options)[0])


def test_a_renewed_endpoint_is_kept_longer(world: World, client: flight.FlightClient) -> None:
    query_id = completed(client, LARGE)
    before = known(client, query_id).endpoints[1]
    after = renewed(client, before)
    assert expiry(after) > expiry(before)
    assert (after.ticket, after.locations) == (before.ticket, before.locations)
    assert expiry(known(client, query_id).endpoints[0]) == expiry(after)
    with refused("query.not_found"):
        renewed(client, before, calling(**bearer(BEN)))


def test_what_does_not_expire_is_not_renewed(world: World, client: flight.FlightClient) -> None:
    with refused("query.not_found"):
        renewed(client, begun(client, "SELECT id FROM shop.orders", MINE).endpoints[0])
    with refused("request.invalid"):
        renewed(client, client.get_flight_info(command("CommandGetCatalogs"), MINE).endpoints[0])
    with refused("request.invalid"):
        act(client, "RenewFlightEndpoint", b"\xff", MINE)


def test_a_part_that_is_none_is_refused(world: World, client: flight.FlightClient) -> None:
    query_id = completed(client, "SELECT id FROM shop.orders")
    for part in ("x", "1", "-1", "0-1-2", "0-1 "):
        with refused("request.invalid"):
            client.do_get(flight.Ticket(f"{query_id}/{part}"), MINE).read_all()
    assert client.do_get(flight.Ticket(f"{query_id}/5-"), MINE).read_all().num_rows == 0


@pytest.mark.parametrize("how", ["asked", "promoted", "known"])
def test_cancel_flight_info_cancels_a_job(world: World, client: flight.FlightClient, gate: Gate, how: str) -> None:
    world.foz.catalog.refresh("shop")
    gate.shut()
    info = begun(client, "SELECT id FROM shop.gated", MINE if how == "promoted" else ASYNC)
    query_id = id_of(info)
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(lambda: rows(client.do_get(info.endpoints[0].ticket, MINE)))
        until(lambda: len(gate.waiting()) == 1)
        if how == "promoted":
            until(lambda: "resultUrl" in orjson.loads(known(client, query_id).app_metadata))
        if how == "known":
            info = known(client, query_id)
        with flight.connect(world.flight) as other:
            with refused("query.not_found"):
                act(other, "CancelFlightInfo", cancel_body(info), calling(**bearer(BEN)))
            (result,) = act(other, "CancelFlightInfo", cancel_body(info), MINE)
        assert parse_flight("CancelFlightInfoResult", result).status == 1
        assert gate.waiting() == set()
        with refused("query.cancelled"):
            reading.result()
    assert orjson.loads(known(client, query_id).app_metadata)["status"] == "cancelled"
    with refused("query.cancelled"):
        rows(client.do_get(known(client, query_id).endpoints[0].ticket, MINE))


def test_a_job_that_has_expired_is_gone(filled: tuple[str, str, Any]) -> None:
    with serving(*filled, result_ttl_seconds=1) as world, flight.connect(world.flight) as client:
        info = begun(client, "SELECT id FROM shop.orders")
        path = f"{world.http}/queries/{id_of(info)}"
        until(lambda: httpx.get(path, headers=bearer(ROOT)).status_code == 410)
        for call in (
            lambda: client.do_get(info.endpoints[0].ticket, MINE).read_all(),
            lambda: known(client, id_of(info)),
            lambda: renewed(client, info.endpoints[0]),
        ):
            with refused("query.expired"):
                call()
