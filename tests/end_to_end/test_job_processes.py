"""Several Foz processes that share jobs: one takes them in, others run them, and what a process leaves is run by another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from demo.process import started
from demo.server import Server, free_port
from demo.servers import start_redis
from tests.cache.waiting import becomes
from tests.end_to_end.gate import Gate

SQL = "SELECT id FROM shop.gated"


@pytest.fixture
def start(gate: Gate, postgres_uri: str, tmp_path: Path) -> Iterator[Callable[[int], Server]]:
    """Starts a Foz process that runs so many jobs at once; all of them share jobs and their results."""
    source = {"id": "shop", "type": "postgres", "connection": {"uri": postgres_uri}}
    with ExitStack() as stack:
        redis = stack.enter_context(start_redis())
        settings = {
            "jobs": f"{redis.uri}/0",
            "spool": f"file://{tmp_path}/spool",
            "sources": [source],
            "log": {"level": "warning"},
        }

        def process(workers: int) -> Server:
            configuration = tmp_path / f"{workers}.yaml"
            configuration.write_text(yaml.safe_dump({**settings, "jobLimits": {"workers": workers}}))
            flight, http = (f"127.0.0.1:{free_port()}" for _ in range(2))
            return stack.enter_context(started(configuration, flight, http))

        yield process


def get(server: Server, path: str) -> dict[str, Any]:
    answer = httpx.get(f"http://{server.uri}{path}", timeout=60)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def submitted(server: Server) -> str:
    answer = httpx.post(f"http://{server.uri}/sql", json={"sql": SQL, "mode": "async"}, timeout=60)
    assert answer.status_code == 202
    return str(answer.json()["queryId"])


def test_what_one_takes_in_another_runs_and_a_third_gives_out(start: Callable[[int], Server]) -> None:
    taking, _, giving = start(0), start(1), start(0)
    query_id = submitted(taking)
    becomes(lambda: get(giving, f"/queries/{query_id}?waitMs=1000")["status"] == "completed")
    for server in (taking, giving):
        assert get(server, f"/queries/{query_id}/result")["rows"] == [{"id": 7}]


@pytest.mark.parametrize("end", ["killed", "stopped"])
def test_a_job_whose_process_ends_is_run_by_another(start: Callable[[int], Server], gate: Gate, end: str) -> None:
    taking, first = start(0), start(1)
    gate.shut()
    query_id = submitted(taking)
    becomes(lambda: len(gate.waiting()) == 1)
    reader = gate.waiting()
    second = start(1)
    if end == "killed":
        first.kill()
    else:
        first.stop()
    becomes(lambda: len(gate.waiting() - reader) == 1, seconds=60)
    assert get(taking, f"/queries/{query_id}")["status"] == "processing"
    gate.open()
    becomes(lambda: get(second, f"/queries/{query_id}?waitMs=1000")["status"] == "completed")
    assert get(taking, f"/queries/{query_id}/result")["rows"] == [{"id": 7}]


def test_a_job_is_cancelled_through_another_process(start: Callable[[int], Server], gate: Gate) -> None:
    taking, _ = start(0), start(1)
    gate.shut()
    query_id = submitted(taking)
    becomes(lambda: len(gate.waiting()) == 1)
    assert httpx.delete(f"http://{taking.uri}/queries/{query_id}", timeout=20).status_code == 204
    assert gate.waiting() == set()
    assert get(taking, f"/queries/{query_id}")["status"] == "cancelled"
