"""The contract of a job store, over each of them."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
import redis

from demo.server import Server
from demo.servers import start_redis
from proxy.jobs import scripts
from proxy.jobs.memory import MemoryStore
from proxy.jobs.store import StoreUnavailable
from tests.proxy.jobs import contract, contract_of_following, contract_of_time
from tests.proxy.jobs.subject import Subject, in_memory, in_redis, job


def checks(module: ModuleType) -> list[Callable[[Subject], None]]:
    functions = [value for _, value in inspect.getmembers(module, inspect.isfunction) if value.__module__ == module.__name__]
    return [function for function in functions if list(inspect.signature(function).parameters) == ["subject"]]


CHECKS = [*checks(contract), *checks(contract_of_time), *checks(contract_of_following)]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with start_redis() as server:
        yield server


@pytest.fixture
def memory() -> Iterator[Subject]:
    subject = in_memory()
    yield subject
    subject.store.close()


@pytest.fixture
def shared(server: Server) -> Iterator[Subject]:
    subject = in_redis(server.uri)
    yield subject
    subject.store.close()
    subject.other.close()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_memory(memory: Subject, check: Callable[[Subject], None]) -> None:
    check(memory)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_redis(shared: Subject, check: Callable[[Subject], None]) -> None:
    check(shared)


def test_nothing_is_left_of_what_has_expired_but_its_tombstone(shared: Subject, server: Server) -> None:
    _age(shared)
    with redis.Redis.from_url(server.uri) as client:
        keys = {key.decode() for key in client.scan_iter("foz:jobs:*")}
        tombstones = {f"foz:jobs:j:q{number}" for number in range(20)}
        assert keys - tombstones == {"foz:jobs:seq", "foz:jobs:seen"}
        assert all(86_300 < client.ttl(key) <= 86_400 for key in tombstones)


def test_a_tombstone_in_memory_is_gone_after_a_day(memory: Subject) -> None:
    _age(memory)
    memory.pass_seconds(86_399)
    assert memory.found("q0").state == "expired"
    memory.pass_seconds(1)
    assert memory.store.find("q0") is None
    memory.sweep()
    assert isinstance(memory.store, MemoryStore)
    parts = (memory.store, memory.store._following, memory.store._counts)
    sizes = {name: len(value) for part in parts for name, value in vars(part).items() if hasattr(value, "__len__")}
    assert [name for name, size in sizes.items() if size] == ["states"]


def _age(subject: Subject) -> None:
    """Twenty jobs of ten callers come, go in different ways and expire."""
    for number in range(20):
        alike = f"same {number % 3}" if number >= 14 else ""
        subject.add(f"q{number}", caller=f"c{number % 10}", not_before=number % 3, alike=alike)
    for number in range(10):
        held = subject.claim(lease_seconds=4)
        if number % 2:
            subject.store.finish(held, "completed", None, b"{}", 1)
    subject.pass_seconds(4)
    subject.sweep(attempts=1)
    for number in range(20):
        subject.store.cancel(f"q{number}")
    subject.pass_seconds(60)
    assert len(subject.sweep()) == 20


def test_what_an_answer_was_lost_of_is_asked_again_but_for_a_claim(shared: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each script runs in Redis, and the connection breaks when its answer comes: the next one, after `lose` has been set."""
    lose = threading.Event()
    read = redis.Connection.read_response

    def losing(connection: redis.Connection, *arguments: Any, **options: Any) -> Any:
        answer = read(connection, *arguments, **options)
        if lose.is_set():
            lose.clear()
            connection.disconnect()
            raise redis.exceptions.ConnectionError("lost")
        return answer

    _every_script_is_known(shared)
    monkeypatch.setattr(redis.Connection, "read_response", losing)
    lose.set()
    shared.add("q")
    shared.add("r")
    assert [each.query_id for each in shared.store.of("ada")] == ["r", "q", "first"]
    lose.set()
    with pytest.raises(StoreUnavailable):
        shared.store.claim("o", 4)
    assert (shared.found("q").state, shared.found("r").state) == ("processing", "pending")
    held = shared.claim()
    lose.set()
    assert shared.store.finish(held, "completed", None, b"{}", 1)
    lose.set()
    adopted = shared.store.adopt(job("s"), "o", 4)
    assert (adopted.state, adopted.revision) == ("processing", 1)
    lose.set()
    assert shared.store.give_back(adopted)
    lose.set()
    assert shared.store.lead("sweeper", "o", 4)
    assert not lose.is_set()


def _every_script_is_known(shared: Subject) -> None:
    held = shared.store.adopt(job("first"), "o", 4)
    shared.store.give_back(held)
    shared.store.finish(shared.claim(), "completed", None, b"{}", 0)
    shared.store.lead("first", "o", 0)


def test_the_scripts_take_their_time_from_redis(server: Server) -> None:
    for name in ("ADD", "ADOPT", "CLAIM", "BEAT", "GIVE_BACK", "FINISH", "CANCEL", "RENEW", "SWEEP", "LEAD"):
        assert getattr(scripts, name).count("redis.call('TIME')") == 1
