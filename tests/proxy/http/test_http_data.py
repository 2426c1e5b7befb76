"""`POST /data`: every filter against the same question put to DuckDB in SQL."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proxy.http.duckdb_server import COLUMNS, Running
from tests.proxy.http.test_http_requests import check_problem

FILTERS: list[tuple[dict[str, Any], str]] = [
    ({}, "true"),
    ({"status": "open"}, "status = 'open'"),
    ({"STATUS": {"eq": "open"}}, "status = 'open'"),
    ({"status": None}, "status IS NULL"),
    ({"status": {"eq": None}}, "status IS NULL"),
    ({"status": {"ne": None}}, "status IS NOT NULL"),
    ({"status": {"ne": "open"}}, "status <> 'open'"),
    ({"status": {"isNull": True}}, "status IS NULL"),
    ({"status": {"isNull": False}}, "status IS NOT NULL"),
    ({"status": "open", "total": {"gte": 100, "lt": 499.99}}, "status = 'open' AND total >= 100 AND total < 499.99"),
    ({"total": {"gte": "100.00"}}, "total >= 100.00"),
    ({"total": {"gt": 499.985}}, "total > 499.985"),
    ({"total": {"gt": 1e20}}, "total > 100000000000000000000"),
    ({"total": {"between": [-1.25, 100]}}, "total BETWEEN -1.25 AND 100"),
    ({"id": {"in": [1, 2, 99]}}, "id IN (1, 2, 99)"),
    ({"id": {"lt": 2.5}}, "id < 2.5"),
    ({"id": 9223372036854775807}, "id = 9223372036854775807"),
    ({"id": "9223372036854775807"}, "id = 9223372036854775807"),
    ({"id": {"lt": 9223372036854775808}}, "id < 9223372036854775808"),
    ({"status": {"in": []}}, "false"),
    ({"status": {"nin": []}}, "true"),
    ({"status": {"in": ["open", None]}}, "status = 'open' OR status IS NULL"),
    ({"status": {"nin": ["open", None]}}, "status <> 'open' AND status IS NOT NULL"),
    ({"status": {"nin": ["open"]}}, "status NOT IN ('open')"),
    ({"status": {"like": "%o%"}}, "status LIKE '%o%'"),
    ({"status": {"like": "o_en"}}, "status LIKE 'o_en'"),
    ({"status": {"ilike": "c%"}}, "status ILIKE 'c%'"),
    ({"status": {"contains": "pe"}}, "contains(status, 'pe')"),
    ({"status": {"startsWith": "o"}}, "starts_with(status, 'o')"),
    ({"status": {"endsWith": "n"}}, "ends_with(status, 'n')"),
    ({"status": ""}, "status = ''"),
    ({"status": "'; DROP TABLE shop.orders; --"}, "false"),
    ({"weight": {"gt": 1}}, "weight > 1"),
    ({"weight": "NaN"}, "isnan(weight)"),
    ({"weight": {"lt": "Infinity"}}, "weight < 'inf'::DOUBLE"),
    ({"weight": 0}, "weight = 0"),
    ({"placed_at": {"gte": "2024-02-01T10:00:00Z"}}, "placed_at >= '2024-02-01 10:00:00'"),
    ({"placed_at": {"gt": "2024-02-01T10:00:00.5"}}, "placed_at > '2024-02-01 10:00:00.5'"),
    ({"placed_at": {"lt": "2024-02-01"}}, "placed_at < '2024-02-01'"),
    ({"placed_at": "2024-02-01T12:00:00.500000+02:00"}, "placed_at = '2024-02-01 10:00:00.5'"),
    ({"day": "2024-02-29"}, "day = '2024-02-29'"),
    ({"day": {"in": ["1969-12-31", "9999-12-31"]}}, "day IN ('1969-12-31', '9999-12-31')"),
    ({"paid": True}, "paid"),
    ({"paid": {"ne": True}}, "paid <> true"),
    ({"key": "00000000-0000-0000-0000-000000000002"}, "key = '00000000-0000-0000-0000-000000000002'"),
    ({"raw": "YWI="}, "raw = 'ab'::BLOB"),
    ({"tags": {"contains": "b"}}, "list_contains(tags, 'b')"),
    ({"tags": ["a", "b"]}, "tags = ['a', 'b']"),
    ({"tags": {"isNull": True}}, "tags IS NULL"),
    ({"address": {"city": "Porto"}}, "address.city = 'Porto'"),
    ({"address": {"CITY": {"contains": "Port"}, "zip": {"gt": 1}}}, "contains(address.city, 'Port') AND address.zip > 1"),
    ({"address": {"geo": {"lat": {"gte": 0}}}}, "address.geo.lat >= 0"),
    ({"address": {"isNull": True}}, "address IS NULL"),
    ({"address": None}, "address IS NULL"),
    ({"or": [{"status": "open"}, {"total": 500}]}, "status = 'open' OR total = 500"),
    (
        {"id": {"gt": 1}, "or": [{"status": "open", "paid": False}, {"status": ""}]},
        "id > 1 AND (status = 'open' AND NOT paid OR status = '')",
    ),
    ({"not": {"status": "open"}}, "NOT (status = 'open')"),
    ({"not": {"or": [{"status": "open"}, {"id": 4}]}}, "NOT (status = 'open' OR id = 4)"),
    ({"and": [{"or": [{"id": 1}, {"id": 2}]}, {"or": [{"id": 2}, {"id": 3}]}]}, "id = 2"),
    ({"or": [{"not": {"paid": True}}, {"not": {"not": {"paid": True}}}]}, "paid IS NOT NULL"),
]


@pytest.mark.parametrize(("wanted", "where"), FILTERS, ids=[where for _, where in FILTERS])
def test_a_filter_means_what_the_sql_means(server: Running, wanted: dict[str, Any], where: str) -> None:
    answer = server.data({"select": ["id"], "filter": wanted, "order": ["id"]})
    assert answer.status_code == 200, answer.text
    expected = server.database.cursor().execute(f"SELECT id FROM shop.orders WHERE {where} ORDER BY id").fetchall()
    assert [(row["id"],) for row in answer.json()["rows"]] == expected


def test_no_value_stands_in_the_text(server: Running) -> None:
    server.data({"filter": {"status": "needle", "id": {"in": [123454321, 2]}, "total": {"between": [1.5, 987.65]}}})
    request = server.asking.started[-1].request
    assert not any(needle in request.sql for needle in ("needle", "123454321", "987.65"))
    assert [parameter.type for parameter in request.parameters] == [
        "VARCHAR",
        "BIGINT",
        "BIGINT",
        "DECIMAL(12,2)",
        "DECIMAL(12,2)",
    ]


@pytest.mark.parametrize(
    ("wanted", "code", "path"),
    [
        ({"statsu": 1}, "sql.unknown_column", "filter.statsu"),
        ({"or": [{"id": 1}, {"nothing": 1}]}, "sql.unknown_column", "filter.or[1].nothing"),
        ({"address": {"town": "x"}}, "sql.unknown_column", "filter.address.town"),
        ({"customer": {"country": "PT"}}, "sql.unsupported", "filter.customer"),
        ({"status": {"above": 1}}, "request.invalid", "filter.status.above"),
        ({"status": {}}, "request.invalid", "filter.status"),
        ({"status": 5}, "request.invalid", "filter.status"),
        ({"status": ["open"]}, "request.invalid", "filter.status"),
        ({"status": {"gt": None}}, "request.invalid", "filter.status.gt"),
        ({"status": {"isNull": 1}}, "request.invalid", "filter.status.isNull"),
        ({"status": {"in": "open"}}, "request.invalid", "filter.status.in"),
        ({"status": {"in": ["a", 1]}}, "request.invalid", "filter.status.in[1]"),
        ({"id": {"between": [1]}}, "request.invalid", "filter.id.between"),
        ({"id": "one"}, "request.invalid", "filter.id"),
        ({"id": True}, "request.invalid", "filter.id"),
        ({"id": {"like": "1%"}}, "request.invalid", "filter.id.like"),
        ({"day": "yesterday"}, "request.invalid", "filter.day"),
        ({"day": "2023-02-29"}, "request.invalid", "filter.day"),
        ({"tags": {"gt": ["a"]}}, "request.invalid", "filter.tags.gt"),
        ({"paid": "true"}, "request.invalid", "filter.paid"),
        ({"or": []}, "request.invalid", "filter.or"),
        ({"or": [{}]}, "request.invalid", "filter.or[0]"),
        ({"or": {"id": 1}}, "request.invalid", "filter.or"),
        ({"not": []}, "request.invalid", "filter.not"),
    ],
)
def test_a_wrong_filter_is_refused_with_its_place(server: Running, wanted: dict[str, Any], code: str, path: str) -> None:
    problem = check_problem(server.data({"filter": wanted}), 400, code)
    assert problem["errors"][0]["path"] == path


def test_select_all_and_some(server: Running) -> None:
    body = server.data({"limit": 1, "order": ["id"]}).json()
    assert [column["name"] for column in body["columns"]] == list(COLUMNS)
    body = server.data({"select": ["Total", "address.city", "id"], "order": ["id"], "limit": 2}).json()
    assert body["rows"][0] == {"total": "100.00", "address.city": "Porto", "id": 1}
    assert body["truncated"] is True


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["-total", "id"], [3, 2, 1, 9223372036854775807, 4]),
        (["address.zip", "-id"], [9223372036854775807, 4, 1, 3, 2]),
        (["status", "-id"], [9223372036854775807, 3, 2, 1, 4]),
    ],
)
def test_order_is_that_of_duckdb(server: Running, order: list[str], expected: list[int]) -> None:
    assert [row["id"] for row in server.data({"order": order}).json()["rows"]] == expected


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ({"select": ["nothing"]}, "sql.unknown_column", "select[0]"),
        ({"select": ["id", "ID"]}, "request.invalid", "select[1]"),
        ({"select": []}, "request.invalid", "select"),
        ({"order": ["id", "-nothing"]}, "sql.unknown_column", "order[1]"),
        ({"order": "id"}, "request.invalid", "order"),
        ({"filter": []}, "request.invalid", "filter"),
    ],
)
def test_wrong_columns(server: Running, body: dict[str, Any], code: str, path: str) -> None:
    problem = check_problem(server.data(body), 400, code)
    assert problem["errors"][0]["path"] == path


def test_names_with_dots_and_a_column_named_as_the_alias(server: Running) -> None:
    body = server.data({"select": ["t.x", "x.y", "x"], "filter": {"t": {"x": 1}, "x.y": 2}}, "shop/a.b").json()
    assert body["rows"] == [{"t.x": 1, "x.y": 2, "x": 3}]
    assert server.data({}, "shop/main.a.b").json()["rowCount"] == 1


def test_unknown_tables(server: Running) -> None:
    problem = check_problem(server.data({}, "shop/ordrs"), 400, "sql.unknown_table")
    assert problem["nearest"] == ["shop.orders"]
    for table in ("shop/other.orders", "none/orders", "shop/%22", "shop/%FF"):
        check_problem(server.data({}, table), 400, "sql.unknown_table")
    assert server.data({}, "SHOP/MAIN.Orders").json()["rowCount"] == 5
    check_problem(server.data({}, "crm/customers"), 503, "source.unavailable")


def test_thousands_of_terms(server: Running) -> None:
    terms = [{"id": {"gt": number}} for number in range(5000, 10000)]
    assert server.data({"filter": {"or": terms}, "select": ["id"]}).json()["rowCount"] == 1
    assert server.data({"filter": {"id": {"in": list(range(20000))}}}).json()["rowCount"] == 4
