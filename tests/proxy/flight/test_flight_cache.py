"""The actions `foz.…`: events and the cache over Flight."""

from __future__ import annotations

from typing import Any

import orjson
import pyarrow.flight as flight
import pytest

from proxy.flight.acting import ActionFailed, connected
from proxy.request import Caller, Event
from tests.proxy.flight.serving import Running, Serve


def act(server: str, name: str, body: Any) -> Any:
    with connected(server) as remote:
        return remote.act(name, body)


def test_events(running: Running) -> None:
    assert act(running.uri, "foz.events", [{"source": "shop", "table": "orders", "version": "a"}]) is None
    assert running.told.events == [Event("shop", "orders", None, "a")]


@pytest.mark.parametrize("body", [None, {}, {"source": "elsewhere"}, [{"source": "shop", "x": 1}], "shop"])
def test_what_is_no_event(running: Running, body: Any) -> None:
    with pytest.raises(ActionFailed) as failed:
        act(running.uri, "foz.events", body)
    assert failed.value.code == "request.invalid"
    assert running.told.events == []


def test_a_body_that_is_no_json(running: Running, client: flight.FlightClient) -> None:
    with pytest.raises(flight.FlightServerError, match=r"\[request.invalid\]"):
        list(client.do_action(flight.Action("foz.events", b"{nope")))


def test_administrators_look_into_the_cache(running: Running) -> None:
    assert act(running.uri, "foz.cache.stats", None)["entries"] == 1
    assert act(running.uri, "foz.cache.show", "k1")["rows"] == 3
    assert act(running.uri, "foz.cache.clear", "shop") == {"dropped": 1}
    assert act(running.uri, "foz.cache.clear", None) == {"dropped": 1}
    assert running.told.cleared == [("shop",), ()]
    with pytest.raises(ActionFailed) as failed:
        act(running.uri, "foz.cache.show", "k2")
    assert failed.value.code == "query.not_found"
    with pytest.raises(ActionFailed) as failed:
        act(running.uri, "foz.cache.show", {"key": "k1"})
    assert failed.value.code == "request.invalid"


@pytest.mark.parametrize("name", ["stats", "show", "clear"])
def test_nobody_else_does(serve: Serve, name: str) -> None:
    running = serve(authenticate=lambda token: Caller("ana", admin=False))
    with pytest.raises(ActionFailed) as failed:
        act(running.uri, f"foz.cache.{name}", "k1")
    assert failed.value.code == "auth.denied"


def test_the_actions_are_listed(client: flight.FlightClient) -> None:
    names = {action.type for action in client.list_actions()}
    assert {"foz.events", "foz.cache.stats", "foz.cache.show", "foz.cache.clear"} <= names


def test_the_info_says_what_the_cache_had_to_do_with_it(running: Running, client: flight.FlightClient) -> None:
    assert "queryId" in orjson.loads(running.info("SELECT 1", client).app_metadata)
