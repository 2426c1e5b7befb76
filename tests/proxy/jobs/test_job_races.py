"""Many threads and several processes at one store: each attempt has one holder, each job one end."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
import redis

from demo.server import Server
from demo.servers import start_redis
from proxy.jobs.memory import MemoryStore
from proxy.jobs.redis import RedisStore
from proxy.jobs.store import Job, JobStore, Limits, TooMany
from tests.proxy.jobs.subject import PLENTY, START, job

T = TypeVar("T")
OWNER = Path(__file__).with_name("owner.py")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with start_redis() as server:
        yield server


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> Iterator[JobStore]:
    in_memory = request.param == "memory"
    store: JobStore = MemoryStore(lambda: START) if in_memory else _empty(request.getfixturevalue("server"))
    yield store
    store.close()


def _empty(server: Server) -> RedisStore:
    with redis.Redis.from_url(server.uri) as client:
        client.flushall()
    return RedisStore(server.uri)


def _at_once(work: Callable[[int], T], threads: int = 12) -> list[T]:
    """What `work` answers to each number, all begun together."""
    barrier = threading.Barrier(threads)

    def begin(number: int) -> T:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(begin, range(threads)))


def test_each_attempt_is_claimed_once(store: JobStore) -> None:
    for number in range(200):
        store.add(job(f"q{number}", f"c{number % 7}"), PLENTY)

    def work(number: int) -> list[tuple[str, int]]:
        claimed = []
        while (held := store.claim(f"o{number}", 60)) is not None:
            claimed.append((held.query_id, held.attempts))
            if held.attempts == 1 and len(claimed) % 3 == 0:
                assert store.give_back(held)
            else:
                assert store.finish(held, "completed", None, f"o{number}".encode(), 1)
        return claimed

    attempts = [each for claimed in _at_once(work) for each in claimed]
    assert len(set(attempts)) == len(attempts)
    assert {query_id for query_id, _ in attempts} == {f"q{number}" for number in range(200)}
    assert store.counts()["completed"] == 200


def test_a_limit_is_never_passed(store: JobStore) -> None:
    def work(number: int) -> int:
        added = 0
        for at in range(20):
            try:
                store.add(job(f"q{number}.{at}", f"c{number % 2}"), Limits(per_caller=30, total=50))
                added += 1
            except TooMany:
                continue
        return added

    assert sum(_at_once(work)) == 50
    assert max(len(store.of("c0")), len(store.of("c1"))) <= 30


def test_of_many_who_let_go_and_cancel_one_has_its_way(store: JobStore) -> None:
    for number in range(30):
        query_id = f"q{number}"
        store.add(job(query_id), PLENTY)
        held = store.claim("o", 60)
        assert held is not None

        def work(number: int, held: Job = held) -> str | None:
            if number % 4 == 0:
                return "completed" if store.finish(held, "completed", None, b"{}", 1) else None
            if number % 4 == 1:
                return "failed" if store.finish(held, "failed", ("a", "b"), b"{}", 1) else None
            if number % 4 == 2:
                return "back" if store.give_back(held) else None
            store.cancel(held.query_id)
            return None

        ways = {way for way in _at_once(work, 8) if way is not None}
        assert len(ways) == 1
        found = store.find(query_id)
        assert found is not None
        assert found.state in (ways if ways != {"back"} else {"cancelled"})


def test_the_newest_revision_is_told(store: JobStore) -> None:
    seen: dict[str, int] = {}
    done = threading.Event()
    ready = threading.Event()

    def changed(query_id: str) -> None:
        ready.set()
        found = store.find(query_id) if query_id else None
        if found is not None:
            seen[query_id] = max(found.revision, seen.get(query_id, 0))
        if query_id == "last":
            done.set()

    end = store.subscribe(changed)
    while not ready.wait(0.05):
        store.add(job("first"), PLENTY)
        store.renew("first")
        store.cancel("first")
        store.renew("first")

    def work(number: int) -> None:
        for at in range(10):
            store.add(job(f"q{number}.{at}", f"c{number}"), PLENTY)
            held = store.claim(f"o{number}", 60)
            if held is not None:
                store.beat(held, 60, b"{}", at)
                store.finish(held, "completed", None, b"{}", at)

    _at_once(work)
    store.add(job("last"), PLENTY)
    assert done.wait(30)
    end()
    for number in range(12):
        for each in store.of(f"c{number}"):
            assert seen[each.query_id] == each.revision


def test_one_of_many_leads(store: JobStore) -> None:
    assert sum(_at_once(lambda number: store.lead("sweeper", f"o{number}", 60))) == 1


@contextmanager
def _owner(server: Server, name: str, lease_seconds: float, most: int = 0) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(OWNER), server.uri, name, str(lease_seconds), str(most)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _lines(process: subprocess.Popen[str], most: int) -> list[tuple[str, ...]]:
    assert process.stdout is not None
    found = []
    while len(found) < most and (line := process.stdout.readline()):
        found.append(tuple(line.split()))
    return found


def test_the_jobs_of_a_killed_process_are_run_by_another(server: Server) -> None:
    store = _empty(server)
    for number in range(20):
        store.add(job(f"q{number}"), PLENTY)
    with _owner(server, "dies", 0.5, most=8) as dies:
        held = _lines(dies, 9)
        assert held[-1] == ("holding",)
        dies.kill()
        dies.wait()
    assert store.counts()["processing"] == 8
    with _owner(server, "lives", 5) as lives:
        done = _lines(lives, 40)
    finished = Counter(line[1] for line in done if line[0] == "finished")
    assert finished == {f"q{number}": 1 for number in range(20)}
    again = {line[1] for line in held if line[0] == "claimed"}
    assert {line[1]: line[2] for line in done if line[0] == "claimed"} == {
        f"q{number}": "2" if f"q{number}" in again else "1" for number in range(20)
    }
    assert store.counts()["completed"] == 20
    store.close()


def test_processes_that_are_killed_again_and_again_lose_nothing_and_do_nothing_twice(server: Server) -> None:
    store = _empty(server)
    for number in range(100):
        store.add(job(f"q{number}", f"c{number % 5}"), PLENTY)
    lines = []
    for round_ in range(3):
        with _owner(server, f"a{round_}", 0.5) as first, _owner(server, f"b{round_}", 0.5) as second:
            lines += _lines(first, 11)
            first.kill()
            second.kill()
            lines += [*_lines(first, 1000), *_lines(second, 1000)]
    assert 0 < store.counts()["completed"] < 100
    with _owner(server, "lives", 0.5) as lives:
        while store.counts()["completed"] < 100:
            lines += _lines(lives, 1)
        assert lives.stdin is not None
        lives.stdin.write("stop\n")
        lives.stdin.flush()
        lines += _lines(lives, 1000)
    claimed = Counter(line[1:] for line in lines if line[0] == "claimed")
    finished = Counter(line[1] for line in lines if line[0] == "finished")
    assert set(claimed.values()) == set(finished.values()) == {1}
    assert any(attempt != "1" for _, attempt in claimed)
    assert store.counts()["completed"] == 100
    store.close()
