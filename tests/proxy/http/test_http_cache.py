"""Events and the cache over HTTP: what is taken, what is refused, who may look."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.request import Event
from tests.proxy.http.duckdb_server import Running
from tests.proxy.http.test_http_requests import bearer, check_problem


def test_one_event(server: Running) -> None:
    server.told.events.clear()
    with server.client() as client:
        answer = client.post(
            "/events", json={"source": "shop", "table": "orders", "kind": "updated", "version": 7, "ids": [1, "b"]}
        )
    assert (answer.status_code, answer.content) == (204, b"")
    assert server.told.events == [Event("shop", "orders", "updated", "7", ("1", "b"))]


def test_a_batch_of_events(server: Running) -> None:
    server.told.events.clear()
    with server.client() as client:
        assert client.post("/events", json=[{"source": "shop"}, {"source": "shop", "table": "a"}]).status_code == 204
    assert server.told.events == [Event("shop"), Event("shop", "a")]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "source"),
        ({"source": ""}, "source"),
        ({"source": "shop", "tabel": "orders"}, "tabel"),
        ({"source": "shop", "table": 3}, "table"),
        ({"source": "shop", "ids": "1"}, "ids"),
        ([{"source": "shop"}, {"source": 1}], "1.source"),
        ([], ""),
        ("shop", ""),
        (3, ""),
        ({"source": "elsewhere"}, "source"),
    ],
)
def test_what_is_no_event(server: Running, body: Any, place: str) -> None:
    with server.client() as client:
        problem = check_problem(client.post("/events", json=body), 400, "request.invalid")
    assert place in str(problem)


def test_administrators_look_into_the_cache(server: Running) -> None:
    server.told.cleared.clear()
    with server.client(headers=bearer("root")) as client:
        assert client.get("/cache").json()["entries"] == 1
        assert client.get("/cache/k1").json()["rows"] == 3
        check_problem(client.get("/cache/k2"), 404, "query.not_found")
        assert client.delete("/cache", params={"over": "shop"}).json() == {"dropped": 1}
        assert client.delete("/cache").json() == {"dropped": 1}
    assert server.told.cleared == [("shop",), ()]


def test_nobody_else_does(server: Running) -> None:
    with server.client(headers=bearer("ana")) as client:
        for answer in (client.get("/cache"), client.get("/cache/k1"), client.delete("/cache")):
            check_problem(answer, 403, "auth.denied")


def test_an_answer_says_what_the_cache_had_to_do_with_it(server: Running) -> None:
    answer = server.sql("SELECT 1 AS one")
    assert answer.headers["cache-status"] == "foz; fwd=bypass"
    assert answer.json()["cache"] == {"status": "bypass"}
