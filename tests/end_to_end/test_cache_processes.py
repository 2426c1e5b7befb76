"""Two Foz processes that share a cache: one miss is one read, also when the process that reads it is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
import yaml

from demo.process import started
from demo.server import Server, free_port
from tests.cache.waiting import becomes
from tests.end_to_end.gate import Gate

SQL = "SELECT id FROM shop.gated"


@pytest.fixture
def start(gate: Gate, postgres_uri: str, redis_uri: str, tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """Starts a Foz process; all of them share one cache."""
    with redis.Redis.from_url(redis_uri) as client:
        client.flushdb()
    configuration = tmp_path / "foz.yaml"
    source = {"id": "shop", "type": "postgres", "connection": {"uri": postgres_uri}}
    settings = {"cache": redis_uri, "cacheLimits": {"ttlSeconds": 60}, "sources": [source], "log": {"level": "warning"}}
    configuration.write_text(yaml.safe_dump(settings))
    with ExitStack() as stack:

        def process() -> Server:
            flight, http = (f"127.0.0.1:{free_port()}" for _ in range(2))
            return stack.enter_context(started(configuration, flight, http))

        yield process


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(32) as pool:
        yield pool


def ask(server: Server) -> dict[str, Any]:
    answer = httpx.post(f"http://{server.uri}/sql", json={"sql": SQL}, timeout=60)
    answer.raise_for_status()
    result: dict[str, Any] = answer.json()
    return result


def running(server: Server) -> int:
    return len(httpx.get(f"http://{server.uri}/queries").raise_for_status().json()["queries"])


def answers(asked: list[Future[dict[str, Any]]]) -> list[Any]:
    return [each.result(60)["rows"] for each in asked]


def test_one_miss_in_two_processes_is_one_read(start: Callable[[], Server], gate: Gate, pool: ThreadPoolExecutor) -> None:
    servers = [start(), start()]
    gate.shut()
    asked = [pool.submit(ask, servers[0])]
    becomes(lambda: len(gate.waiting()) == 1)
    asked += [pool.submit(ask, servers[n % 2]) for n in range(20)]
    becomes(lambda: [running(server) for server in servers] == [11, 10])
    assert len(gate.waiting()) == 1
    gate.open()
    assert answers(asked) == [[{"id": 7}]] * 21
    assert sum(len(each.result()["stats"]["sources"]) for each in asked) == 1
    assert ask(servers[1])["cache"]["status"] == "hit"


def test_a_process_that_is_killed_leaves_its_read_to_another(
    start: Callable[[], Server], gate: Gate, pool: ThreadPoolExecutor
) -> None:
    first, second = start(), start()
    gate.shut()
    lost = pool.submit(ask, first)
    becomes(lambda: len(gate.waiting()) == 1)
    (reader,) = gate.waiting()
    asked = [pool.submit(ask, second) for _ in range(10)]
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)
    with pytest.raises(httpx.HTTPError):
        lost.result(30)
    becomes(lambda: len(gate.waiting() - {reader}) == 1)
    gate.open()
    assert answers(asked) == [[{"id": 7}]] * 10
    assert sum(len(each.result()["stats"]["sources"]) for each in asked) == 1


def test_an_event_in_one_process_counts_in_the_other(start: Callable[[], Server]) -> None:
    first, second = start(), start()
    for version in range(50):
        assert ask(first)["rows"] == ask(second)["rows"]
        assert [ask(first)["cache"]["status"], ask(second)["cache"]["status"]] == ["hit", "hit"]
        event = {"source": "shop", "table": "gated", "version": version}
        httpx.post(f"http://{first.uri}/events", json=event).raise_for_status()
        assert ask(second)["cache"]["status"] == "miss"
