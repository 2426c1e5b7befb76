"""The contract of a cache store, over each of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import redis

from cache.memory import MemoryStore
from cache.policy import Policy
from cache.redis import RedisStore
from demo.server import Server
from tests.cache.contract import CHECKS, Subject

MAX_BYTES = 40_000


@pytest.fixture
def memory() -> Iterator[Subject]:
    now_ms = [0.0]

    def later(ms: int) -> None:
        now_ms[0] += ms

    store = MemoryStore(Policy(MAX_BYTES, MAX_BYTES // 4), lambda: now_ms[0] / 1000)
    yield Subject(store, later, MAX_BYTES)
    store.close()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_memory(memory: Subject, check: Callable[[Subject], None]) -> None:
    check(memory)


@pytest.fixture
def shared(redis_server: Server) -> Iterator[Subject]:
    """In a Redis that is emptied before each test: it has no other user meanwhile, since a module's tests run one after
    another."""
    with redis.Redis.from_url(redis_server.uri) as client:
        client.flushall()

    def later(ms: int) -> None:
        time.sleep(ms / 1000)  # the server's own clock goes by itself

    store = RedisStore(redis_server.uri, Policy(MAX_BYTES, MAX_BYTES // 4), time.monotonic)
    yield Subject(store, later, MAX_BYTES)
    store.close()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_redis(shared: Subject, check: Callable[[Subject], None]) -> None:
    check(shared)
