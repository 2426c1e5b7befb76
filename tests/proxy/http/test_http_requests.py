"""What is refused, with which words; request ids, headers, tokens, and the document that describes it all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from planner.errors import RequestInvalid, codes
from proxy.http import HttpSettings
from proxy.http.bodies import parsed
from proxy.http.problems import STATUS, TITLES, document
from tests.proxy.http.duckdb_server import Running, authenticate_strictly

JSON = {"Content-Type": "application/json"}
HALF = b'{"sql": "SELECT \'\\ud800\'"}'

BAD_BODIES: list[tuple[str, bytes, str]] = [
    ("empty", b"", ""),
    ("not JSON", b"{", ""),
    ("not an object", b"[1]", ""),
    ("null", b"null", ""),
    ("trailing text", b'{"sql": "SELECT 1"} x', ""),
    ("a comment", b'{"sql": "SELECT 1" /* */}', ""),
    ("NaN", b'{"sql": "SELECT ?", "params": [NaN]}', ""),
    ("not UTF-8", b'{"sql": "SELECT \'\xff\'"}', ""),
    ("half a surrogate pair", HALF, ""),
    ("the same name twice", b'{"sql": "SELECT 1", "sql": "SELECT 2"}', "sql"),
    ("no sql", b"{}", "sql"),
    ("sql of another type", b'{"sql": 1}', "sql"),
    ("empty sql", b'{"sql": ""}', "sql"),
    ("an unknown field", b'{"sql": "SELECT 1", "foo": 1}', "foo"),
    ("params of another type", b'{"sql": "SELECT 1", "params": "x"}', "params"),
    ("an object that is no parameter", b'{"sql": "SELECT ?", "params": [1, {"a": 1}]}', "params[1]"),
    ("a parameter of no type", b'{"sql": "SELECT ?", "params": [{"type": "FOO", "value": 1}]}', "params[0].type"),
    (
        "a type that is an expression",
        b'{"sql": "SELECT ?", "params": [{"type": "DATE); SELECT (1", "value": 1}]}',
        "params[0].type",
    ),
    (
        "a value that does not fit",
        b'{"sql": "SELECT $a", "params": {"a": {"type": "DATE", "value": "2023-02-29"}}}',
        "params.a.value",
    ),
    (
        "an element that does not fit",
        b'{"sql": "SELECT ?", "params": [{"type": "TINYINT[]", "value": [1, 128]}]}',
        "params[0].value[1]",
    ),
    ("a mixed array", b'{"sql": "SELECT ?", "params": [[1, "a"]]}', "params[0]"),
    ("too large a number", b'{"sql": "SELECT ?", "params": [1e999]}', "params[0]"),
    ("too large an integer", b'{"sql": "SELECT ?", "params": [' + b"9" * 40 + b"]}", "params[0]"),
    ("limit as text", b'{"sql": "SELECT 1", "limit": "1"}', "limit"),
    ("limit below zero", b'{"sql": "SELECT 1", "limit": -1}', "limit"),
    ("limit true", b'{"sql": "SELECT 1", "limit": true}', "limit"),
    ("no such mode", b'{"sql": "SELECT 1", "mode": "later"}', "mode"),
    ("no such cache use", b'{"sql": "SELECT 1", "cache": "no"}', "cache"),
    ("no time at all", b'{"sql": "SELECT 1", "timeoutMs": 0}', "timeoutMs"),
    ("snake case", b'{"sql": "SELECT 1", "timeout_ms": 1}', "timeout_ms"),
    ("no such dialect", b'{"sql": "SELECT 1", "dialect": "klingon"}', "dialect"),
]


@pytest.mark.parametrize(("name", "body", "path"), BAD_BODIES, ids=[name for name, _, _ in BAD_BODIES])
def test_a_bad_body_is_refused_with_its_place(server: Running, name: str, body: bytes, path: str) -> None:
    with server.client() as client:
        answer = client.post("/sql", content=body, headers=JSON)
    problem = check_problem(answer, 400, "request.invalid")
    assert problem.get("errors", [{"path": ""}])[0]["path"] == path


def test_several_wrong_fields_are_told_together(server: Running) -> None:
    problem = check_problem(server.data({"limit": "x", "select": [1], "foo": 1}), 400, "request.invalid")
    assert [error["path"] for error in problem["errors"]] == ["limit", "select[0]", "foo"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {},
    ],
)
def test_a_body_of_another_kind_is_refused(server: Running, headers: dict[str, str]) -> None:
    with server.client() as client:
        check_problem(client.post("/sql", content=b'{"sql": "SELECT 1"}', headers=headers), 400, "request.invalid")


@pytest.mark.parametrize("chunked", [False, True])
def test_ten_megabytes_of_sql_are_refused_and_the_next_query_is_answered(server: Running, chunked: bool) -> None:
    body = json.dumps({"sql": "SELECT '" + "x" * 10_000_000 + "'"}).encode()
    pieces = (body[start : start + 65536] for start in range(0, len(body), 65536))
    with server.client() as client:
        answer = client.post("/sql", content=pieces if chunked else body, headers=JSON)
        problem = check_problem(answer, 400, "request.invalid")
        assert problem["maxBytes"] == 1 << 20
        assert client.post("/sql", json={"sql": "SELECT 1 AS a"}).json()["rows"] == [{"a": 1}]


@pytest.mark.parametrize("brackets", ["[]", '{"a":}'])
def test_nesting_is_limited(server: Running, brackets: str) -> None:
    opening, closing = brackets[:-1], brackets[-1]
    with server.client() as client:
        for depth in (64, 500_000 // len(opening)):
            deep = opening * depth + "1" + closing * depth
            answer = client.post("/sql", content=f'{{"sql": "SELECT ?", "params": [{deep}]}}', headers=JSON)
            assert "nested" in check_problem(answer, 400, "request.invalid")["detail"]


def test_brackets_in_strings_are_no_nesting() -> None:
    text = "[{" * 100 + '"' + "\\"
    assert parsed(json.dumps([text]).encode(), 4) == [text]
    with pytest.raises(RequestInvalid, match="nested"):
        parsed(b"[[[[[]]]]]", 4)


def test_a_syntax_error_has_its_place(server: Running) -> None:
    problem = check_problem(server.sql("SELEC 1"), 400, "sql.syntax")
    assert (problem["line"], problem["column"]) == (1, 1)


def test_unknown_names(server: Running) -> None:
    check_problem(server.sql("SELECT * FROM shop.ordrs"), 400, "sql.unknown_table")
    check_problem(server.sql("SELECT nothing FROM shop.orders"), 400, "sql.unknown_column")


def test_what_is_to_come_says_so(server: Running) -> None:
    for answer in (
        server.data({"include": {"customer": True}}),
        server.data({"cursor": "x"}),
    ):
        assert "not implemented yet" in check_problem(answer, 400, "sql.unsupported")["detail"]


def test_request_ids_are_taken_or_made(server: Running) -> None:
    with server.client() as client:
        for path in ("/healthz", "/nothing", "/queries/x", "/docs"):
            assert client.get(path, headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
            made = client.get(path, headers={"X-Request-Id": "a b"}).headers["x-request-id"]
            assert made.startswith("r_")
        long = client.get("/healthz", headers={"X-Request-Id": "x" * 129}).headers["x-request-id"]
        assert long.startswith("r_")
        problem = client.post("/sql", json={}, headers={"X-Request-Id": "mine"})
        assert problem.json()["requestId"] == problem.headers["x-request-id"] == "mine"


def test_every_response_is_guarded(server: Running) -> None:
    with server.client() as client:
        for answer in (client.get("/healthz"), client.get("/nothing"), client.post("/sql", json={"sql": "SELECT 1"})):
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
            assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_unknown_paths_and_methods(server: Running) -> None:
    with server.client() as client:
        check_problem(client.get("/nothing"), 404, "request.invalid")
        check_problem(client.post("/sql/", json={"sql": "SELECT 1"}), 404, "request.invalid")
        answer = client.get("/sql")
        check_problem(answer, 405, "request.invalid")
        assert answer.headers["allow"] == "POST"
        assert client.patch("/sources/shop").headers["allow"] == "DELETE, GET, PUT"


def test_tokens(serve: Callable[..., Running]) -> None:
    server = serve(authenticate=authenticate_strictly)
    with server.client() as client:
        answer = client.post("/sql", content=b"{")
        check_problem(answer, 401, "auth.missing")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        basic = client.post("/sql", json={"sql": "SELECT 1"}, headers={"Authorization": "Basic eDp5"})
        check_problem(basic, 401, "auth.missing")
        check_problem(client.get("/queries", headers=bearer("nobody")), 403, "auth.denied")
        assert client.post("/sql", json={"sql": "SELECT 1"}, headers=bearer("ana")).status_code == 200
        for path in ("/queries", "/queries/q", "/queries/q/result", "/sources", "/sources/shop", "/sources/shop/tables"):
            check_problem(client.get(path), 401, "auth.missing")
        for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"):
            assert client.get(path).status_code == 200


def test_grants_and_administration(server: Running) -> None:
    with server.client() as client:
        assert client.post("/data/shop/orders", json={"limit": 1}, headers=bearer("ana")).status_code == 200
        hidden = client.post("/data/shop/orders", json={"limit": 1}, headers=bearer("bo"))
        absent = client.post("/data/shop/orders", json={"limit": 1, "filter": {"no": 1}}, headers=bearer("bo"))
        assert (
            check_problem(hidden, 400, "sql.unknown_table")["detail"] == check_problem(absent, 400, "sql.unknown_table")["detail"]
        )
        check_problem(client.get("/sources/shop", headers=bearer("bo")), 404, "request.invalid")
        assert client.get("/sources", headers=bearer("ana")).json() == {"sources": [{"id": "shop"}]}
        tables = client.get("/sources/shop/tables", headers=bearer("ana")).json()["tables"]
        assert [table["name"] for table in tables] == ["orders"]
        check_problem(client.post("/sources/shop/refresh", headers=bearer("ana")), 403, "auth.denied")
        check_problem(client.put("/sources/shop", headers=bearer("ana")), 403, "auth.denied")
        check_problem(client.put("/sources/shop"), 400, "sql.unsupported")
        check_problem(client.delete("/sources/shop"), 400, "sql.unsupported")


def test_refresh(serve: Callable[..., Running]) -> None:
    server = serve()
    with server.client() as client:
        assert client.post("/sources/shop/refresh").json() == {"id": "shop"}
        assert server.refreshed == ["shop"]
        check_problem(client.post("/sources/none/refresh"), 404, "request.invalid")
        server.down.append("shop")
        answer = client.post("/sources/shop/refresh")
        assert check_problem(answer, 503, "source.unavailable")["source"] == "shop"
        assert answer.headers["retry-after"]


def test_health(serve: Callable[..., Running]) -> None:
    server = serve()
    with server.client() as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").json() == {"status": "ready"}
        server.down.append("The catalogue is being read.")
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["reasons"]) == (503, ["The catalogue is being read."])
        assert client.get("/healthz").status_code == 200
        assert "python_info" in client.get("/metrics").text


def test_cors_is_off_unless_configured(serve: Callable[..., Running]) -> None:
    origin = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    for settings, allowed in (
        (HttpSettings(), None),
        (HttpSettings(cors_origins=("https://app.example",)), "https://app.example"),
    ):
        server = serve(settings=settings)
        with server.client() as client:
            assert client.options("/sql", headers=origin).headers.get("access-control-allow-origin") == allowed
            answer = client.post("/sql", json={"sql": "SELECT 1"}, headers=origin)
            assert answer.headers.get("access-control-allow-origin") == allowed


def test_an_unforeseen_failure_tells_nothing(serve: Callable[..., Running]) -> None:
    class Broken:
        def start(self, request: Any) -> Any:
            raise RuntimeError("postgresql://user:secret@host")

    server = serve(wrap=lambda asking: Broken())
    answer = server.sql("SELECT 1")
    check_problem(answer, 500, "server.internal")
    assert "secret" not in answer.text


def test_a_field_named_behind_the_protocol_is_told_alike() -> None:
    made = document(RequestInvalid("The query has no $b.", field="params"), "r_1")
    assert made["errors"] == [{"path": "params", "message": "The query has no $b."}]
    assert "field" not in made


def test_every_code_has_a_status_and_a_title() -> None:
    assert set(STATUS) == set(TITLES) == codes()


def test_the_document_describes_the_bodies(server: Running) -> None:
    with server.client() as client:
        described = client.get("/openapi.json").json()
        page = client.get("/docs")
    schemas = described["components"]["schemas"]
    assert schemas["SqlBody"]["additionalProperties"] is False
    assert set(schemas["SqlBody"]["properties"]) == {
        *("sql", "params", "mode", "cache", "maxStalenessMs", "dialect", "timeoutMs", "limit")
    }
    text = json.dumps(described)
    for reference in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert reference in schemas
    assert "HTTPValidationError" not in text
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "https://" not in page.text
    for path in described["paths"]:
        assert path in page.text


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def check_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status
    assert problem["requestId"] == answer.headers["x-request-id"]
    assert problem["title"]
    assert problem["detail"]
    return problem
