"""A Redis that is slow, gone, full, empty, from a dump, or another one: lookups go on without it, and nothing old comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import redis

from cache.policy import Policy
from cache.redis import RedisStore
from cache.store import CacheUnavailable
from demo.server import Server, free_port
from demo.servers import start_redis
from tests.cache.between import Between
from tests.cache.contract import Subject
from tests.cache.waiting import becomes

MAX_BYTES = 1_000_000


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def start(stack: ExitStack) -> Callable[..., Server]:
    def started(port: int | None = None, *options: str) -> Server:
        return stack.enter_context(start_redis(port, options))

    return started


@pytest.fixture
def open_store(stack: ExitStack) -> Callable[[str], Subject]:
    def opened(uri: str) -> Subject:
        store = RedisStore(uri, Policy(MAX_BYTES, MAX_BYTES // 2), time.monotonic, near_bytes=100_000)
        stack.callback(store.close)
        return Subject(store, lambda ms: None, MAX_BYTES)

    return opened


@pytest.fixture
def between(stack: ExitStack, start: Callable[..., Server]) -> Between:
    between = Between(start().uri)
    stack.callback(between.close)
    return between


def kept(subject: Subject) -> bool:
    return subject.ask("k", "s.m.t").entry is not None


def reachable(subject: Subject) -> bool:
    return subject.ask("other", "s.m.t").reachable


def keep(subject: Subject) -> None:
    becomes(lambda: subject.keep("k", subject.ask("k", "s.m.t")))
    assert kept(subject)


def away(subject: Subject) -> None:
    """Nothing that is asked of a cache that is away fails but a move, which must not be acknowledged."""
    looked = subject.ask("k", "s.m.t")
    assert (looked.reachable, looked.entry) == (False, None)
    assert not subject.keep("k", looked)
    assert subject.store.show("k") is None
    assert subject.store.stats()["reachable"] is False
    with pytest.raises(CacheUnavailable):
        subject.store.move(("s.m.t",))


def test_one_that_is_gone_and_comes_back_empty(start: Callable[..., Server], open_store: Callable[[str], Subject]) -> None:
    server = start()
    subject = open_store(server.uri)
    keep(subject)
    server.kill()
    away(subject)
    start(int(server.uri.rpartition(":")[2]))
    becomes(lambda: reachable(subject))
    assert not kept(subject)
    keep(subject)


def test_one_that_is_slow_is_not_waited_for_again_and_again(between: Between, open_store: Callable[[str], Subject]) -> None:
    subject = open_store(between.uri)
    keep(subject)
    between.delay_seconds = 3.0
    away(subject)
    before = between.connections
    for _ in range(1000):
        assert not subject.ask("k", "s.m.t").reachable
    assert between.connections <= before + 3  # those that look whether it has come back
    between.delay_seconds = 0.0
    between.cut()
    becomes(lambda: reachable(subject))
    assert kept(subject)


def test_a_move_whose_answer_was_lost_is_not_acknowledged(between: Between, open_store: Callable[[str], Subject]) -> None:
    subject = open_store(between.uri)
    subject.store.move(("s.m.t",), ["e0"])  # the server knows the script from here on
    keep(subject)
    between.delay_seconds = 3.0
    with pytest.raises(CacheUnavailable):
        subject.store.move(("s.m.t",), ["e1"])
    between.delay_seconds = 0.0
    between.cut()
    becomes(lambda: reachable(subject))
    assert not subject.store.move(("s.m.t",), ["e1"])  # it had come to that, and nothing answers from before it
    assert not kept(subject)


def test_one_that_is_full_answers_and_moves_on(start: Callable[..., Server], open_store: Callable[[str], Subject]) -> None:
    server = start()
    subject = open_store(server.uri)
    keep(subject)
    with redis.Redis.from_url(server.uri) as client:
        client.config_set("maxmemory", 1)
        assert kept(subject)
        other = subject.ask("k2", "s.m.t")
        assert other.reachable
        assert not subject.keep("k2", other)
        assert subject.store.move(("s.m.t",), ["e1"])
        assert not kept(subject)
        assert subject.ask("k", "s.m.t").reachable
        subject.store.clear()
        client.config_set("maxmemory", 0)
        keep(subject)
        assert subject.store.stats()["bytes"] > 0
        subject.store.clear()
        assert subject.store.stats()["bytes"] == 0


def test_one_from_an_older_dump_answers_nothing(
    start: Callable[..., Server], open_store: Callable[[str], Subject], tmp_path: Path
) -> None:
    port = free_port()
    server = start(port, "--dir", str(tmp_path))
    subject = open_store(server.uri)
    keep(subject)
    with redis.Redis.from_url(server.uri) as client:
        client.save()
    subject.store.move(("s.m.t",))
    server.kill()
    with redis.Redis.from_url(start(port, "--dir", str(tmp_path)).uri) as client:
        assert list(client.scan_iter("foz:*:e:k"))
    becomes(lambda: reachable(subject))
    assert not kept(subject)


def test_neither_failing_over_nor_back_brings_anything_back(
    start: Callable[..., Server], open_store: Callable[[str], Subject], between: Between
) -> None:
    first, second = start(), start()
    between.lead_to(first.uri)
    idle, subject = open_store(between.uri), open_store(between.uri)
    keep(subject)
    assert kept(idle)
    with redis.Redis.from_url(first.uri) as one, redis.Redis.from_url(second.uri) as other:
        follow(other, first)
        other.execute_command("REPLICAOF", "NO", "ONE")
        follow(one, second)
        between.lead_to(second.uri)
        # Its connection leads to the first still, which takes no writes any more.
        becomes(lambda: reachable(subject))
        assert not kept(subject)
        subject.store.move(("s.m.t",))
        keep(subject)
        # The first again, in the same process, with what the second has had of its keys.
        becomes(lambda: bool(one.exists(*other.keys("foz:*:e:k"))))
        assert len(list(one.scan_iter("foz:*:e:k"))) == 2
        one.execute_command("REPLICAOF", "NO", "ONE")
        between.lead_to(first.uri)
        assert not kept(idle)
        between.cut()
        becomes(lambda: reachable(subject))
        assert not kept(subject)


def follow(client: redis.Redis, server: Server) -> None:
    """Makes the client's server a replica that has everything."""
    client.execute_command("REPLICAOF", "127.0.0.1", server.uri.rpartition(":")[2])
    becomes(lambda: client.info("replication")["master_link_status"] == "up")


def test_emptied_while_it_runs_it_begins_a_new_life(start: Callable[..., Server], open_store: Callable[[str], Subject]) -> None:
    server = start()
    one, other = open_store(server.uri), open_store(server.uri)
    keep(one)
    before = other.ask("k", "s.m.t")
    with redis.Redis.from_url(server.uri) as client:
        client.flushall()
    assert not kept(one)
    assert not other.keep("k", before)
    assert not kept(one)
    keep(one)
    assert kept(other)


@pytest.mark.parametrize("lost", ["rank", "size", "over", "bytes", "table", "floor", "t:s.m.t", "v:s.m.t", "asked:*"])
def test_what_redis_evicts_of_its_own_accord_does_no_harm(
    start: Callable[..., Server], open_store: Callable[[str], Subject], lost: str
) -> None:
    server = start()
    subject = open_store(server.uri)
    with redis.Redis.from_url(server.uri) as client:
        for round in range(3):
            for number in range(12):
                key = f"k{round}.{number}"
                subject.keep(key, subject.ask(key, "s.m.t"), [hash_free(number + n) for n in range(10_000)], cost_ms=1 + round)
                assert memory(client) < 3 * MAX_BYTES
            for name in client.scan_iter(f"foz:*:{lost}"):
                client.delete(name)
        assert subject.keep("last", subject.ask("last", "s.m.t"), cost_ms=1000)
        assert subject.ask("last", "s.m.t").entry is not None


def hash_free(number: int) -> int:
    """Numbers that do not compress well, the same in each run."""
    return number * 6364136223846793005 % 9223372036854775783


def memory(client: redis.Redis) -> int:
    return sum(int(client.memory_usage(name) or 0) for name in client.scan_iter("foz:*:e:*"))


def spoilt(value: bytes) -> Iterator[bytes]:
    for position in range(len(value)):
        yield value[:position] + bytes([value[position] ^ 0x15]) + value[position + 1 :]
    yield b""
    yield value + value


def test_an_entry_that_was_spoilt_is_a_miss_or_itself(start: Callable[..., Server], stack: ExitStack) -> None:
    server = start()
    store = RedisStore(server.uri, Policy(MAX_BYTES, MAX_BYTES // 2), time.monotonic)
    stack.callback(store.close)
    subject = Subject(store, lambda ms: None, MAX_BYTES)
    keep(subject)
    missed: dict[bytes, int] = {}
    with redis.Redis.from_url(server.uri) as client:
        (name,) = client.scan_iter("foz:*:e:k")
        good: dict[Any, Any] = client.hgetall(name)
        for field, value in good.items():
            for bad in (None, *spoilt(value)):
                client.hset(name, mapping=good)
                if bad is None:
                    client.hdel(name, field.decode())
                else:
                    client.hset(name, field.decode(), bad)
                looked = subject.ask("k", "s.m.t")
                assert looked.reachable
                assert subject.rows(looked) in (None, [1, 2, 3])
                missed[field] = missed.get(field, 0) + (looked.entry is None)
                store.show("k")
        assert missed[b"b"] == len(good[b"b"]) + 3
        assert missed[b"v"] == len(good[b"v"]) + 3
        for command in (("SET", name, "x"), ("RPUSH", name, "x"), ("SADD", name, "x")):
            client.delete(name)
            client.execute_command(*command)
            assert subject.ask("k", "s.m.t").reachable
            assert not kept(subject)
            store.show("k")
    keep(subject)


def test_a_clock_that_goes_back_makes_nothing_younger(start: Callable[..., Server], open_store: Callable[[str], Subject]) -> None:
    server = start()
    subject = open_store(server.uri)
    keep(subject)
    with redis.Redis.from_url(server.uri) as client:
        (name,) = client.scan_iter("foz:*:e:k")
        seconds, _ = client.time()
        client.hset(name, "t", (seconds + 3600) * 1000)
    assert not kept(subject)
    keep(subject)
