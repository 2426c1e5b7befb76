"""The rows of jobs over HTTP: while they are made, after a connection broke, by ranges of bytes, and up to a limit."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import httpx
import pyarrow as pa
import pytest

from tests.end_to_end.asking import ARROW, bearer
from tests.end_to_end.gate import Gate
from tests.end_to_end.slow import until
from tests.end_to_end.world import ROOT, World, serving

LARGE = 200_000
FIRST = 60_000
"""Rows that come before the gate, more than one batch."""


@pytest.fixture(scope="module")
def world(filled: tuple[str, str, Any]) -> Iterator[World]:
    with postgres.connect(filled[0], autocommit=True) as connection, connection.cursor() as cursor:
        note = "repeat(md5(g::text), 9) AS note"
        cursor.execute(f"CREATE TABLE large AS SELECT g::bigint AS id, {note} FROM generate_series(1, {LARGE}) g")
    gate = Gate(filled[0])
    with postgres.connect(filled[0], autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"CREATE VIEW halting AS SELECT id, note FROM large WHERE id <= {FIRST} "
            "UNION ALL SELECT id::bigint AS id, 'last' AS note FROM gated"
        )
    gate.close()
    with serving(*filled, query_timeout_ms=500) as world:
        yield world


def post(world: World, sql: str, path: str = "/sql", **options: Any) -> httpx.Response:
    body = {"sql": sql, **options} if path == "/sql" else options
    return httpx.post(f"{world.http}{path}", json=body, headers=bearer(ROOT), timeout=20)


def get(world: World, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{world.http}{path}", headers={**bearer(ROOT), **headers}, timeout=20)


def result(query_id: str) -> str:
    return f"/queries/{query_id}/result"


def ended(world: World, query_id: str) -> dict[str, Any]:
    while True:
        status: dict[str, Any] = get(world, f"/queries/{query_id}?waitMs=5000").json()
        if status["status"] in ("completed", "failed", "cancelled"):
            return status


def statements(world: World) -> int:
    with postgres.connect(world.postgres_uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid() "
            "AND (query LIKE '%large%' OR query LIKE '%halting%')"
        )
        return int(cursor.fetchone()[0])  # type: ignore[index]


@pytest.fixture(scope="module")
def large(world: World) -> str:
    query_id = str(post(world, "SELECT id, note FROM shop.large", mode="async").json()["queryId"])
    assert ended(world, query_id)["result"] == {
        "chunks": ended(world, query_id)["result"]["chunks"],
        "rows": LARGE,
        "truncated": False,
    }
    return query_id


@pytest.fixture(scope="module")
def whole(world: World, large: str) -> httpx.Response:
    return get(world, result(large), accept=ARROW)


def test_a_completed_arrow_stream_says_what_it_is(whole: httpx.Response) -> None:
    assert whole.status_code == 200
    assert whole.headers["accept-ranges"] == "bytes"
    assert int(whole.headers["content-length"]) == len(whole.content) > 3 * (16 << 20)
    assert re.fullmatch(r'"[0-9a-f]{12}-vnd\.apache\.arrow\.stream[0-9.]+"', whole.headers["etag"])
    assert pa.ipc.open_stream(whole.content).read_all().num_rows == LARGE


def test_every_range_is_the_bytes_that_it_names(world: World, large: str, whole: httpx.Response) -> None:
    content, total = whole.content, len(whole.content)
    schema = len(pa.ipc.open_stream(content).schema.serialize())
    chunks = world.foz.asking.find(large, world.foz.authenticate(ROOT)).stream_sizes()  # type: ignore[attr-defined]
    ends, at = [], schema
    for size in chunks:
        at += size
        ends.append(at)
    assert at + 8 == total
    starts = {0, 1, schema - 1, schema, schema + 1, total // 2, total - 9, total - 8, total - 1}
    starts |= {end + by for end in ends for by in (-1, 0, 1)}
    for start in sorted(starts):
        for last in sorted({start, min(total - 1, start + 10), min(total - 1, ends[0]), total - 1, total + 5}):
            if last < start:
                continue
            found = get(world, result(large), accept=ARROW, range=f"bytes={start}-{last}")
            assert found.status_code == 206
            assert found.headers["content-range"] == f"bytes {start}-{min(last, total - 1)}/{total}"
            assert found.content == content[start : last + 1]
    for wanted, rest in ((f"bytes={total - 3}-", content[-3:]), ("bytes=-20", content[-20:]), (f"bytes=-{2 * total}", content)):
        assert get(world, result(large), accept=ARROW, range=wanted).content == rest


def test_a_range_that_is_none(world: World, large: str, whole: httpx.Response) -> None:
    total = len(whole.content)
    for start in (total, total + 7):
        refused = get(world, result(large), accept=ARROW, range=f"bytes={start}-")
        assert (refused.status_code, refused.headers["content-range"]) == (416, f"bytes */{total}")
        assert refused.json()["code"] == "request.invalid"
    for wanted in ("bytes=5-2", "bytes=0-1,4-5", "rows=1-2", "bytes=-", "bytes=x-", "bytes=-0"):
        found = get(world, result(large), accept=ARROW, range=wanted)
        assert found.status_code == (416 if wanted == "bytes=-0" else 200)
    for stale in ('"000000000000-vnd"', "Sat, 28 Nov 2026 20:00:00 GMT"):
        found = get(world, result(large), **{"accept": ARROW, "range": "bytes=100-", "if-range": stale})
        assert (found.status_code, len(found.content)) == (200, total)
    found = get(world, result(large), **{"accept": ARROW, "range": "bytes=100-", "if-range": whole.headers["etag"]})
    assert found.status_code == 206
    for other in ("application/json", "text/csv"):
        found = get(world, result(large), accept=other, range="bytes=100-")
        assert (found.status_code, found.headers["accept-ranges"]) == (200, "none")


def test_a_broken_download_goes_on_by_its_bytes(world: World, large: str, whole: httpx.Response) -> None:
    had, breaks = bytearray(), 0
    while len(had) < len(whole.content):
        headers = {**bearer(ROOT), "accept": ARROW, "range": f"bytes={len(had)}-", "if-range": whole.headers["etag"]}
        with httpx.stream("GET", f"{world.http}{result(large)}", headers=headers, timeout=20) as stream:
            assert stream.status_code == 206
            for piece in stream.iter_raw():
                had += piece
                if len(had) > (breaks + 1) * 19_000_000:
                    break
        breaks += 1
    assert breaks > 3
    assert had == whole.content


def _csv(content: bytes) -> list[tuple[int, str]]:
    return [(int(one), note) for one, note in list(csv.reader(io.StringIO(content.decode())))[1:]]


def _ndjson(content: bytes) -> list[tuple[int, str]]:
    lines = [json.loads(line) for line in content.splitlines()]
    return [(line["id"], line["note"]) for line in lines if "id" in line]


def _json(content: bytes) -> list[tuple[int, str]]:
    return [(row["id"], row["note"]) for row in json.loads(content)["rows"]]


def _arrow(content: bytes) -> list[tuple[int, str]]:
    table = pa.ipc.open_stream(content).read_all()
    return list(zip(table["id"].to_pylist(), table["note"].to_pylist(), strict=True))


def _whole_arrow(content: bytes) -> list[tuple[int, str]]:
    rows = []
    with pa.ipc.open_stream(content) as reader:
        try:
            for batch in reader:
                rows += list(zip(batch["id"].to_pylist(), batch["note"].to_pylist(), strict=True))
        except (pa.ArrowException, OSError):
            pass
    return rows


Parse = Callable[[bytes], list[tuple[int, str]]]
FORMS: dict[str, tuple[Parse, Parse]] = {
    "application/json": (lambda had: _json(had[: had.rindex(b"},{") + 1] + b"]}"), _json),
    "application/x-ndjson": (lambda had: _ndjson(had[: had.rindex(b"\n")]), _ndjson),
    "text/csv": (lambda had: _csv(had[: had.rindex(b"\n") + 1]), _csv),
    ARROW: (_whole_arrow, _arrow),
}


@pytest.mark.parametrize("form", FORMS)
def test_rows_come_while_the_job_runs_and_go_on_after_a_break(world: World, gate: Gate, form: str) -> None:
    broken, parse = FORMS[form]
    gate.shut()
    query_id = post(world, "SELECT id, note FROM shop.halting", mode="async").json()["queryId"]
    had = b""
    with httpx.stream("GET", f"{world.http}{result(query_id)}", headers={**bearer(ROOT), "accept": form}, timeout=20) as stream:
        assert (stream.status_code, stream.headers["accept-ranges"]) == (200, "none")
        etag = stream.headers["etag"]
        for piece in stream.iter_raw():
            had += piece
            if len(had) > 3_000_000:
                break
    assert get(world, f"/queries/{query_id}").json()["status"] == "processing"
    first = broken(had)
    assert 0 < len(first) < FIRST
    gate.open()
    rest = get(world, f"{result(query_id)}?fromRow={len(first)}", **{"accept": form, "if-match": etag})
    assert (rest.status_code, rest.headers["etag"]) == (200, etag)
    rows = first + parse(rest.content)
    assert sorted(one for one, _ in rows) == [*range(1, 8), 7, *range(8, FIRST + 1)]
    assert rows == parse(get(world, result(query_id), accept=form).content)


def test_going_on_needs_to_know_with_what(world: World, large: str) -> None:
    path = f"{result(large)}?fromRow=10"
    assert get(world, path).json()["errors"][0]["path"] == "fromRow"
    other = get(world, path, **{"if-match": '"000000000000-json"'})
    assert (other.status_code, other.json()["code"]) == (412, "request.invalid")
    assert get(world, f"{result(large)}?limit=5&cursor=000000000000-5").json()["code"] == "source.unavailable"
    for cursor in ("5", "000000000000-", "-5", "00000000000g-5"):
        assert get(world, f"{result(large)}?limit=5&cursor={cursor}").json()["code"] == "request.invalid"
    etag = get(world, f"{result(large)}?limit=5").headers["etag"]
    beyond = get(world, f"{result(large)}?fromRow={LARGE + 5}", **{"if-match": etag}).json()
    assert (beyond["rows"], beyond["truncated"]) == ([], False)


@pytest.mark.parametrize("mode", ["async", "auto"])
def test_a_limit_is_the_jobs_too(world: World, gate: Gate, mode: str) -> None:
    if mode == "auto":
        gate.shut()
    sql = "SELECT l.id, l.note FROM shop.gated AS g, shop.large AS l" if mode == "auto" else "SELECT id, note FROM shop.large"
    answer = post(world, sql, mode=mode, limit=25)
    assert answer.status_code == 202, answer.text
    gate.open()
    status = ended(world, answer.json()["queryId"])
    assert status["status"] == "completed"
    assert (status["result"]["rows"], status["result"]["truncated"]) == (25, True)
    until(lambda: statements(world) == 0)
    rows = get(world, status["resultUrl"]).json()
    assert (rows["rowCount"], len(rows["rows"]), rows["truncated"], "cursor" in rows) == (25, 25, True, False)
    page = get(world, f"{status['resultUrl']}?limit=20").json()
    last = get(world, f"{status['resultUrl']}?limit=20&cursor={page['cursor']}").json()
    assert (page["rowCount"], last["rowCount"], last["truncated"], "cursor" in last) == (20, 5, True, False)


def test_a_limit_that_is_not_reached_cuts_nothing(world: World) -> None:
    for limit, truncated in ((1000, False), (999, True), (1001, False), (0, True)):
        status = ended(world, post(world, "SELECT id FROM shop.orders", mode="async", limit=limit).json()["queryId"])
        assert status["result"]["truncated"] is truncated
        assert status["result"]["rows"] == min(limit, 1000)
        assert get(world, status["resultUrl"]).json()["rowCount"] == min(limit, 1000)
    answer = post(world, "", path="/data/shop/orders", select=["id"], mode="async", limit=7)
    status = ended(world, answer.json()["queryId"])
    assert (status["result"]["rows"], status["result"]["truncated"]) == (7, True)


def test_another_limit_is_another_job(world: World, gate: Gate) -> None:
    """Of the same query that runs already, one run would be enough, if it kept as many rows."""
    gate.shut()
    sql = "SELECT l.id FROM shop.gated AS g, shop.orders AS l"
    asked = [
        post(world, sql, mode="async", **limit).json()["queryId"] for limit in ({"limit": 3}, {}, {"limit": 4}, {"limit": 3})
    ]
    gate.open()
    assert [ended(world, query_id)["result"]["rows"] for query_id in asked] == [3, 1000, 4, 3]
