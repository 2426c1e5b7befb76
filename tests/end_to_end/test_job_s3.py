"""Jobs whose rows are in S3: written, read while they are written, gone on with, expired, and what nobody owns removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import fsspec
import httpx
import pyarrow as pa
import pyarrow.flight as flight
import pyarrow.parquet as pq
import pytest

from demo.servers import start_redis
from tests.end_to_end.asking import ARROW, bearer
from tests.end_to_end.gate import Gate
from tests.end_to_end.slow import until
from tests.end_to_end.world import ROOT, World, serving
from tests.proxy.flight.serving import calling

ROWS = 150_000
FIRST = 60_000


@pytest.fixture(scope="module")
def spool(s3: str) -> str:
    return f"s3://{s3}/spool"


@pytest.fixture(scope="module")
def world(filled: tuple[str, str, Any], spool: str) -> Iterator[World]:
    with postgres.connect(filled[0], autocommit=True) as connection, connection.cursor() as cursor:
        note = "repeat(md5(g::text), 9) AS note"
        cursor.execute(f"CREATE TABLE large AS SELECT g::bigint AS id, {note} FROM generate_series(1, {ROWS}) g")
    Gate(filled[0]).close()
    with postgres.connect(filled[0], autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"CREATE VIEW halting AS SELECT id, note FROM large WHERE id <= {FIRST} "
            "UNION ALL SELECT id::bigint AS id, 'last' AS note FROM gated"
        )
    with start_redis() as redis, serving(*filled, jobs=f"{redis.uri}/0", spool=spool, result_ttl_seconds=60) as world:
        yield world


def begun(world: World, sql: str) -> str:
    answer = httpx.post(f"{world.http}/sql", json={"sql": sql, "mode": "async"}, headers=bearer(ROOT), timeout=30)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["queryId"])


def get(world: World, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{world.http}{path}", headers={**bearer(ROOT), **headers}, timeout=60)


def state(world: World, query_id: str) -> str:
    return str(get(world, f"/queries/{query_id}").json()["status"])


def objects(spool: str, query_id: str = "") -> list[str]:
    filesystem, root = fsspec.url_to_fs(f"{spool}/results/{query_id}".rstrip("/"), use_listings_cache=False)
    return sorted(filesystem.find(root))


def test_the_rows_of_a_job_are_objects_and_come_back(world: World, spool: str) -> None:
    query_id = begun(world, "SELECT id, note FROM shop.large")
    until(lambda: state(world, query_id) == "completed", 60)
    assert len(objects(spool, query_id)) == get(world, f"/queries/{query_id}").json()["result"]["chunks"] + 1
    whole = get(world, f"/queries/{query_id}/result", accept=ARROW)
    table = pa.ipc.open_stream(whole.content).read_all()
    assert sorted(table["id"].to_pylist()) == list(range(1, ROWS + 1))
    with flight.connect(world.flight) as client:
        options = calling(**bearer(ROOT))
        info = client.get_flight_info(flight.FlightDescriptor.for_path(query_id), options)
        parts = [client.do_get(endpoint.ticket, options).read_all() for endpoint in info.endpoints]
    assert len(parts) > 1
    assert pa.concat_tables(parts).equals(table)
    middle = len(whole.content) // 2
    rest = get(world, f"/queries/{query_id}/result", accept=ARROW, range=f"bytes={middle}-")
    assert (rest.status_code, rest.content) == (206, whole.content[middle:])


def test_rows_are_read_while_they_are_written_and_gone_on_with(world: World, gate: Gate) -> None:
    gate.shut()
    query_id = begun(world, "SELECT id, note FROM shop.halting")
    path, had = f"/queries/{query_id}/result", bytearray()
    headers = {**bearer(ROOT), "accept": "text/csv"}
    with httpx.stream("GET", f"{world.http}{path}", headers=headers, timeout=60) as stream:
        etag = stream.headers["etag"]
        for piece in stream.iter_raw():
            had += piece
            if len(had) > 5_000_000:
                break
    assert state(world, query_id) == "processing"
    first = bytes(had[: had.rindex(b"\n") + 1]).decode().splitlines()[1:]
    gate.open()
    rest = get(world, f"{path}?fromRow={len(first)}", **{"accept": "text/csv", "if-match": etag})
    assert rest.status_code == 200
    rows = first + rest.text.splitlines()[1:]
    assert sorted(int(row.partition(",")[0]) for row in rows) == sorted([*range(1, FIRST + 1), 7])


def test_what_is_cancelled_or_fails_leaves_no_object(world: World, spool: str, gate: Gate) -> None:
    gate.shut()
    query_id = begun(world, "SELECT id, note FROM shop.halting")
    until(lambda: len(objects(spool, query_id)) > 1)
    assert httpx.delete(f"{world.http}/queries/{query_id}", headers=bearer(ROOT), timeout=30).status_code == 204
    until(lambda: not objects(spool, query_id))
    failing = begun(world, "SELECT CAST(note AS INTEGER) AS n FROM shop.large")
    until(lambda: state(world, failing) == "failed")
    until(lambda: not objects(spool, failing))


def test_what_has_expired_is_removed_and_what_nobody_owns(filled: tuple[str, str, Any], s3: str) -> None:
    spool = f"s3://{s3}/short"
    filesystem, root = fsspec.url_to_fs(f"{spool}/results", use_listings_cache=False)
    for name in ("q_orphan/1/schema", "q_orphan/1/00000-1-100", "removed-1/1/schema"):
        filesystem.pipe_file(f"{root}/{name}", b"left behind")
    changed = {"spool": spool, "result_ttl_seconds": 2, "job_archive_days": 7}
    with start_redis() as redis, serving(*filled, jobs=f"{redis.uri}/0", **changed) as world:
        query_id = begun(world, "SELECT id FROM shop.orders")
        until(lambda: get(world, f"/queries/{query_id}").status_code == 410)
        until(lambda: not objects(spool, query_id))
        results = world.foz.asking.jobs._results  # type: ignore[attr-defined]
        known = {query_id, "q_known"}
        assert results.stray(known.__contains__, 3600) == []
        stray = results.stray(known.__contains__, -1)
        assert sorted(stray) == ["q_orphan", "removed-1"]
        for each in stray:
            results.remove(each)
    assert objects(spool) == []
    # What it was, stays.
    filesystem, root = fsspec.url_to_fs(f"{spool}/archive", use_listings_cache=False)
    (archived,) = filesystem.find(root)
    (row,) = pq.read_table(pa.BufferReader(filesystem.cat_file(archived))).to_pylist()
    assert (row["queryId"], row["caller"], row["status"], row["rows"], row["rowsRead"]) == (
        query_id,
        "root",
        "completed",
        1000,
        1000,
    )
