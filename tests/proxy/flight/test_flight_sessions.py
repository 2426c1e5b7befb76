"""Options of sessions and of single calls."""

from __future__ import annotations

from typing import Any

import pyarrow.flight as flight
import pytest

from proxy.flight.messages import flight_message, parse_flight
from tests.proxy.flight.serving import (
    ANA,
    BEN,
    Running,
    Serve,
    act,
    authenticate,
    refused,
)


class Cookies(flight.ClientMiddlewareFactory):
    """Sends back the cookies that a server gave, and keeps the headers that came."""

    def __init__(self) -> None:
        self.cookie = ""
        self.headers: dict[str, list[str]] = {}

    def start_call(self, info: Any) -> flight.ClientMiddleware:
        keeper = self

        class Keeping(flight.ClientMiddleware):
            def sending_headers(self) -> dict[str, str]:
                return {"cookie": keeper.cookie} if keeper.cookie else {}

            def received_headers(self, headers: dict[str, list[str]]) -> None:
                keeper.headers |= headers
                for value in headers.get("set-cookie", []):
                    keeper.cookie = value.partition(";")[0]

        return Keeping()


def options_body(**options: Any) -> bytes:
    kinds = {str: "string_value", bool: "bool_value", int: "int64_value", float: "double_value"}
    entries = []
    for name, value in options.items():
        held = {} if value is None else {kinds[type(value)]: value}
        entries.append(flight_message("SessionOption", key=name, value=flight_message("SessionOptionValue", **held)))
    return flight_message("SetSessionOptionsRequest", session_options=entries).SerializeToString()


def session_of(client: flight.FlightClient) -> dict[str, Any]:
    result = parse_flight("GetSessionOptionsResult", act(client, "GetSessionOptions")[0])
    return {
        entry.key: entry.value.int64_value if entry.value.HasField("int64_value") else entry.value.string_value
        for entry in result.session_options
    }


def test_a_session(running: Running) -> None:
    cookies = Cookies()
    with running.client(middleware=[cookies]) as client:
        assert session_of(client) == {}
        body = options_body(dialect="Snowflake", timeoutMs=250, mode="sideways", colour="red", cache=True)
        result = parse_flight("SetSessionOptionsResult", act(client, "SetSessionOptions", body)[0])
        assert {error.key: error.value.value for error in result.errors} == {"mode": 2, "colour": 1, "cache": 2}
        assert cookies.cookie.startswith("arrow_flight_session_id=")
        assert session_of(client) == {"dialect": "snowflake", "timeoutMs": 250}

        act(client, "SetSessionOptions", options_body(timeoutMs=None, schema="public"))
        assert session_of(client) == {"dialect": "snowflake", "schema": "public"}
        running.info("SELECT 1", client, x_foz_schema="audit")
        request = running.asking.requests[-1]
        assert (request.dialect, request.schema, request.timeout_ms) == ("snowflake", "audit", None)

        (closed,) = act(client, "CloseSession")
        assert parse_flight("CloseSessionResult", closed).status == 1
        with refused("request.invalid"):
            running.info("SELECT 1", client)
        act(client, "CloseSession")
        act(client, "SetSessionOptions", options_body(mode="sync"))
        running.info("SELECT 1", client)
        assert running.asking.requests[-1].mode == "sync"


def test_a_session_is_its_callers(serve: Serve) -> None:
    running, cookies = serve(authenticate=authenticate), Cookies()
    with running.client(middleware=[cookies]) as client:
        act(client, "SetSessionOptions", options_body(schema="public"), ANA)
        with refused("request.invalid"):
            act(client, "GetSessionOptions", b"", BEN)


@pytest.mark.parametrize(
    "headers", [{"x_foz_mode": "never"}, {"x_foz_timeout_ms": "0"}, {"x_foz_timeout_ms": "soon"}, {"x_foz_colour": "red"}]
)
def test_wrong_headers(running: Running, client: flight.FlightClient, headers: dict[str, str]) -> None:
    with refused("request.invalid"):
        running.info("SELECT 1", client, **headers)


def test_the_request_id_is_taken_or_made_and_returned(running: Running) -> None:
    kept = Cookies()
    with running.client(middleware=[kept]) as client:
        running.info("SELECT 1", client, x_request_id="abc-1")
        assert kept.headers["x-request-id"] == ["abc-1"]
        with pytest.raises(flight.FlightServerError, match=r"\(request abc-2\)"):
            running.info("SELEC", client, x_request_id="abc-2")
        running.info("SELECT 1", client, x_request_id="not an id, surely")
        assert running.asking.requests[-1].request_id == kept.headers["x-request-id"][0]
        assert running.asking.requests[-1].request_id.startswith("r_")
