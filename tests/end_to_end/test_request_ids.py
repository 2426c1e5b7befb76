"""One id through the header, the message and the log; and nothing in the log that is somebody's."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow.flight as flight
import pytest
import structlog

from proxy.telemetry import configure_logging
from tests.end_to_end.asking import WAYS, Refused, bearer
from tests.end_to_end.world import ANA, BEN, ROOT, World, serving, settings
from tests.proxy.flight.serving import calling, command

PARAMETER = "a-very-private-value-81c2"
PASSWORD = "a-very-private-password-77aa"


@pytest.fixture
def log(world: World) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure_logging("debug", "json", world.foz.scrub, stream)
    yield stream
    structlog.reset_defaults()


def lines(log: io.StringIO, request_id: str) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in log.getvalue().splitlines()]
    return [event for event in events if event.get("request_id") == request_id]


def message(world: World, way: str, sql: str, token: str, given: list[str]) -> str:
    """What the caller is told if the query is refused."""
    try:
        WAYS[way](world, sql, token, given)
    except Refused as error:
        return error.message
    return ""


@pytest.mark.parametrize(("sql", "outcome"), [("SELECT 1 AS x", "ok"), ("SELECT * FROM shop.payroll", "sql.unknown_table")])
def test_one_id_over_http(world: World, log: io.StringIO, sql: str, outcome: str) -> None:
    answer = httpx.post(f"{world.http}/sql", json={"sql": sql}, headers={"x-request-id": "mine-1", **bearer(ANA)})
    assert answer.headers["x-request-id"] == "mine-1"
    assert [(event["event"], event["outcome"], event["caller"]) for event in lines(log, "mine-1")] == [
        ("query.done", outcome, "ana")
    ]
    if outcome != "ok":
        assert answer.json()["requestId"] == "mine-1"
    made = httpx.post(f"{world.http}/sql", json={"sql": sql}, headers={"x-request-id": "no good\tid", **bearer(ANA)})
    assert made.headers["x-request-id"].startswith("r_")
    assert lines(log, made.headers["x-request-id"])


def test_one_id_over_flight(world: World, log: io.StringIO) -> None:
    call = calling(x_request_id="mine-2", **bearer(ANA))
    with flight.connect(world.flight) as client:
        with pytest.raises(flight.FlightError, match=r"\(request mine-2\)") as raised:
            client.get_flight_info(command("CommandStatementQuery", query="SELECT * FROM shop.payroll"), call)
        assert json.loads(raised.value.extra_info)["requestId"] == "mine-2"
        assert [event["outcome"] for event in lines(log, "mine-2")] == ["sql.unknown_table"]


@pytest.mark.parametrize("way", ["http", "flight"])
def test_the_log_holds_nothing_private(world: World, log: io.StringIO, way: str) -> None:
    for sql, given in (
        ("SELECT id FROM shop.orders WHERE note = ?", [PARAMETER]),
        ("SELECT id FROM shop.orders WHERE id = ?", [PARAMETER]),
        ("SELECT CAST(? AS DATE)", [PARAMETER]),
        ("SELECT * FROM crm.customers WHERE name = ? AND nowhere = 1", [PARAMETER]),
        (f"SELECT note FROM shop.orders WHERE note = '{PARAMETER}'", []),
        (f"SELECT '{PARAMETER}'::INT FROM shop.orders", []),
        (f"SELECT FROM WHERE '{PARAMETER}'", []),
    ):
        for token in (ANA, BEN, "wrong-" + PARAMETER):
            told = message(world, way, sql, token, given)
            assert PARAMETER not in told or PARAMETER in sql
    for private in (PARAMETER, ANA, BEN, ROOT, hashlib.sha256(ANA.encode()).hexdigest(), world.postgres_uri, world.mongodb_uri):
        assert private not in log.getvalue()
    assert log.getvalue()


def test_a_password_is_nowhere(filled: tuple[str, str, Path], tmp_path: Path) -> None:
    """Neither in what a caller is told of a source that refuses it, nor in the log, nor in the listings."""
    sources = settings(*filled)["sources"]
    sources[0]["connection"] = {"host": "127.0.0.1", "port": 1, "user": "foz", "password": PASSWORD, "db": "nowhere"}
    sources[1]["connection"] = {"uri": f"mongodb://foz:{PASSWORD}@{filled[1].partition('://')[2]}"}
    stream = io.StringIO()
    with serving(*filled, sources=sources) as world:
        configure_logging("debug", "json", world.foz.scrub, stream)
        shown = httpx.get(f"{world.http}/sources", headers=bearer(ROOT)).text
        shown += httpx.post(f"{world.http}/sources/crm/refresh", headers=bearer(ROOT), timeout=60).text
        for way in ("http", "flight"):
            for table in ("shop.orders", "crm.customers"):
                with pytest.raises(Refused) as raised:
                    WAYS[way](world, f"SELECT * FROM {table}", ROOT)
                assert raised.value.code == "source.unavailable"
                shown += raised.value.shown
            assert WAYS[way](world, "SELECT count(*) AS n FROM depot.parts", ROOT).to_pylist() == [{"n": 100}]
    structlog.reset_defaults()
    assert PASSWORD not in shown
    assert PASSWORD not in stream.getvalue()
