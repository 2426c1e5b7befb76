"""A table that a caller may not see does not exist for it: by whatever way it is named, on either protocol."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pyarrow.flight as flight
import pytest

from tests.end_to_end.asking import WAYS, Ask, Refused, bearer, refused
from tests.end_to_end.world import ANA, BEN, ORDERS, ROOT, World
from tests.proxy.flight.serving import act, calling, cancel_body, command, prepare

Refusal = Callable[..., Refused]

HIDDEN_FROM_ANA = """
SELECT * FROM shop.payroll
SELECT * FROM shop.public.payroll
SELECT * FROM "shop"."public"."payroll"
SELECT * FROM SHOP.PAYROLL
TABLE shop.payroll
FROM crm.payroll
SELECT * FROM shop.payroll_view
SELECT * FROM depot.parts
SELECT * FROM lake.rates
SELECT (SELECT max(iban) FROM shop.payroll)
SELECT id FROM shop.orders WHERE EXISTS (SELECT 1 FROM shop.payroll p WHERE p.id = orders.id)
SELECT id FROM shop.orders WHERE note IN (SELECT iban FROM crm.payroll)
WITH orders AS (SELECT * FROM shop.payroll) SELECT * FROM orders
WITH RECURSIVE r AS (SELECT id FROM shop.payroll UNION ALL SELECT id + 1 FROM r) SELECT * FROM r
SELECT o.id FROM shop.orders o JOIN shop.payroll p USING (id)
SELECT o.id FROM shop.orders o, LATERAL (SELECT iban FROM shop.payroll p WHERE p.id = o.id) l
SELECT id FROM shop.orders UNION ALL SELECT id FROM shop.payroll
PIVOT shop.payroll ON iban IN ('x') USING count(*)
SELECT id FROM shop.orders LIMIT (SELECT count(*) FROM shop.payroll)
EXPLAIN SELECT * FROM shop.payroll
EXPLAIN ANALYZE SELECT * FROM shop.payroll
""".strip().splitlines()


@pytest.mark.parametrize("sql", HIDDEN_FROM_ANA)
@pytest.mark.parametrize("way", ["http", "flight"])
def test_what_is_not_granted_is_not_there(world: World, hides: Any, way: str, sql: str) -> None:
    with pytest.raises(Refused) as raised:
        WAYS[way](world, sql, ANA)
    refusal = hides(raised.value, sql)
    assert refusal.code == "sql.unknown_table"
    suggested = refusal.message.partition("Did you mean ")[2]
    assert set(re.findall(r"\w+\.\w+", suggested)) <= {"shop.orders", "shop.order_view", "crm.customers"}


def test_suggestions_come_from_what_the_caller_sees(ask: Ask, refusal: Refusal) -> None:
    assert "shop.orders" in refusal("SELECT * FROM shop.ordrs", ANA).message
    assert "payroll" not in refusal("SELECT * FROM shop.payrol", ANA).message
    assert "shop.payroll" in refusal("SELECT * FROM shop.payrol", BEN).message
    assert "orders" not in refusal("SELECT * FROM shop.ordrs", BEN).message
    assert "iban" not in refusal("SELECT ibn FROM shop.orders", ANA).message


def test_each_sees_their_own_and_the_administrator_all(ask: Ask, refusal: Refusal) -> None:
    assert ask("SELECT count(*) AS n FROM shop.orders", ANA).to_pylist() == [{"n": ORDERS}]
    assert ask('SELECT count(*) AS n FROM SHOP."Order_View"', ANA).to_pylist() == [{"n": ORDERS}]
    assert ask("SELECT iban FROM shop.payroll", BEN).to_pylist() == [{"iban": "PT50 hidden"}]
    assert refusal("SELECT count(*) FROM shop.orders", BEN).code == "sql.unknown_table"
    both = "SELECT count(*) AS n FROM shop.payroll p JOIN crm.payroll c ON p.iban = c.iban"
    assert ask(both, ROOT).to_pylist() == [{"n": 1}]
    assert refusal(both, ANA).code == refusal(both, BEN).code == "sql.unknown_table"


def test_a_plan_is_nobody_elses(ask: Ask, refusal: Refusal) -> None:
    sql = "SELECT iban FROM shop.payroll WHERE id = ? -- planned once"
    for _ in range(2):
        assert ask(sql, BEN, [1]).to_pylist() == [{"iban": "PT50 hidden"}]
        assert refusal(sql, ANA, [1]).code == "sql.unknown_table"
        assert ask(sql, ROOT, [1]).num_rows == 1


def test_session_options_give_no_further_sight(world: World, hides: Any) -> None:
    for options in ({"catalog": "shop", "schema": "public"}, {"catalog": "shop"}, {"catalog": "crm"}):
        with pytest.raises(Refused) as raised:
            WAYS["adbc"](world, "SELECT * FROM payroll", ANA, **options)
        assert hides(raised.value, "").code == "sql.unknown_table"
    assert WAYS["adbc"](world, "SELECT iban FROM payroll", BEN, catalog="shop", schema="public").num_rows == 1
    with pytest.raises(Refused) as raised:
        WAYS["flight"](world, "SELECT * FROM parts", ANA, catalog="depot")
    assert raised.value.code in ("sql.unknown_table", "request.invalid")


def test_the_listings_of_flight_hold_what_is_granted(world: World) -> None:
    with flight.connect(world.flight) as client:
        for token, seen in (
            (ANA, {("shop", "orders"), ("shop", "order_view"), ("crm", "customers")}),
            (BEN, {("shop", "payroll"), ("depot", "parts"), ("depot", "payroll"), ("lake", "rates")}),
        ):
            call = calling(**bearer(token))

            def listed(name: str, call: Any = call, **fields: Any) -> list[dict[str, Any]]:
                info = client.get_flight_info(command(name, **fields), call)
                return client.do_get(info.endpoints[0].ticket, call).read_all().to_pylist()

            tables = listed("CommandGetTables", include_schema=True)
            assert {(row["catalog_name"], row["table_name"]) for row in tables} == seen
            assert {row["catalog_name"] for row in listed("CommandGetCatalogs")} == {source for source, _ in seen}
            assert {row["catalog_name"] for row in listed("CommandGetDbSchemas")} == {source for source, _ in seen}
            keys = listed("CommandGetPrimaryKeys", catalog="shop", db_schema="public", table="payroll")
            assert bool(keys) == (("shop", "payroll") in seen)


def test_a_metadata_ticket_shows_each_caller_their_own(world: World) -> None:
    with flight.connect(world.flight) as client:
        info = client.get_flight_info(command("CommandGetTables"), calling(**bearer(ROOT)))
        rows = client.do_get(info.endpoints[0].ticket, calling(**bearer(ANA))).read_all().to_pylist()
    assert {row["table_name"] for row in rows} == {"orders", "order_view", "customers"}


def test_the_listings_of_http_hold_what_is_granted(world: World) -> None:
    def get(path: str, token: str) -> httpx.Response:
        return httpx.get(f"{world.http}{path}", headers=bearer(token))

    assert {one["id"] for one in get("/sources", ANA).json()["sources"]} == {"shop", "crm"}
    assert {one["id"] for one in get("/sources", BEN).json()["sources"]} == {"shop", "depot", "lake"}
    assert "payroll" not in get("/sources/shop/tables", ANA).text
    assert "orders" not in get("/sources/shop/tables", BEN).text
    for path in ("/sources/depot", "/sources/depot/tables", "/sources/nowhere"):
        answer = get(path, ANA)
        assert (answer.status_code, answer.json()["code"]) == (404, "request.invalid")
    hidden = httpx.post(f"{world.http}/data/shop/payroll", json={}, headers=bearer(ANA))
    assert (hidden.status_code, hidden.json()["code"]) == (400, "sql.unknown_table")
    assert httpx.post(f"{world.http}/data/shop/payroll", json={}, headers=bearer(BEN)).json()["rowCount"] == 1


def test_administration_is_the_administrators(world: World) -> None:
    for method, path in (("POST", "/sources/shop/refresh"), ("PUT", "/sources/shop"), ("DELETE", "/sources/shop")):
        answer = httpx.request(method, f"{world.http}{path}", headers=bearer(ANA))
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.denied")
        assert httpx.request(method, f"{world.http}{path}").status_code == 401
    assert httpx.post(f"{world.http}/sources/shop/refresh", headers=bearer(ROOT), timeout=60).status_code == 200
    for token in (ANA, ROOT):
        shown = httpx.get(f"{world.http}/sources", headers=bearer(token)).text
        assert ("connection" in shown) == (token == ROOT)
        assert world.postgres_uri not in shown


@pytest.mark.parametrize("token", [None, "wrong", ANA + "x", ANA.upper()])
def test_no_token_or_a_wrong_one(ask: Ask, refusal: Refusal, token: str | None) -> None:
    expected = "auth.missing" if token is None else "auth.denied"
    assert refusal("SELECT 1", token).code == expected


def test_every_door_asks_for_the_token(world: World) -> None:
    for method, path in (
        ("POST", "/sql"), ("POST", "/data/shop/orders"), ("GET", "/queries"), ("GET", "/queries/q_1"),
        ("GET", "/queries/q_1/result"), ("DELETE", "/queries/q_1"), ("GET", "/sources"), ("GET", "/sources/shop"),
    ):  # fmt: skip
        assert httpx.request(method, f"{world.http}{path}", json={"sql": "SELECT 1"}).status_code == 401, path
    with flight.connect(world.flight) as client:
        for call in (
            lambda: client.get_flight_info(command("CommandGetCatalogs")),
            lambda: client.get_flight_info(command("CommandStatementQuery", query="SELECT 1")),
            lambda: client.do_get(flight.Ticket(b"q_1")),
            lambda: act(client, "CreatePreparedStatement", b""),
            lambda: act(client, "CancelFlightInfo", b""),
            lambda: list(client.list_actions()),
            lambda: list(client.list_flights()),
        ):
            with pytest.raises(flight.FlightUnauthenticatedError, match=r"\[auth\.missing\] "):
                call()


def test_a_query_is_its_callers_alone(world: World) -> None:
    """Looked at, listed, read, cancelled: for anybody else, an administrator too, there is no such query."""
    with flight.connect(world.flight) as client:
        mine = calling(**bearer(ANA))
        info = client.get_flight_info(command("CommandStatementQuery", query="SELECT id FROM shop.orders"), mine)
        ticket = info.endpoints[0].ticket
        (listed,) = httpx.get(f"{world.http}/queries", headers=bearer(ANA)).json()["queries"]
        query = f"{world.http}/queries/{listed['queryId']}"
        for other in (BEN, ROOT):
            assert httpx.get(f"{world.http}/queries", headers=bearer(other)).json()["queries"] == []
            for method, path in (("GET", query), ("DELETE", query), ("GET", f"{query}/result")):
                answer = httpx.request(method, path, headers=bearer(other))
                assert (answer.status_code, answer.json()["code"]) == (404, "query.not_found")
            for way in (
                lambda call: client.do_get(ticket, call).read_all(),
                lambda call: client.do_get(flight.Ticket(listed["queryId"].encode()), call).read_all(),
                lambda call: act(client, "CancelFlightInfo", cancel_body(info), call),
            ):
                with pytest.raises(flight.FlightError) as raised:
                    way(calling(**bearer(other)))
                assert refused(raised.value).code == "query.not_found"
        assert client.do_get(ticket, mine).read_all().num_rows == ORDERS


def test_a_prepared_statement_is_its_callers_alone(world: World) -> None:
    with flight.connect(world.flight) as client:
        handle = prepare(client, "SELECT id FROM shop.orders", calling(**bearer(ANA))).prepared_statement_handle
        with pytest.raises(flight.FlightError) as raised:
            client.get_flight_info(
                command("CommandPreparedStatementQuery", prepared_statement_handle=handle), calling(**bearer(BEN))
            )
        assert refused(raised.value).code == "query.not_found"


def test_callers_side_by_side(world: World) -> None:
    """Forty queries of three callers at once: each gets its own answer."""

    def one(number: int) -> bool:
        way, token = list(WAYS.values())[number % 2], (ANA, BEN, ROOT)[number % 3]
        try:
            rows = way(world, "SELECT count(*) AS n FROM shop.payroll", token).to_pylist()
        except Refused as error:
            return token == ANA and error.code == "sql.unknown_table"
        return token != ANA and rows == [{"n": 1}]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(40)))
