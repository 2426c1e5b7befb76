"""The contract of a cache store, over each of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import redis

from cache.memory import MemoryStore
from cache.policy import Policy
from cache.redis import RedisStore
from cache.store import Ask
from tests.cache.contract import CHECKS, Subject
from tests.cache.waiting import becomes

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


@pytest.fixture(params=[0, 1_000_000], ids=["alone", "behind a near-cache"])
def shared(request: pytest.FixtureRequest, redis_uri: str) -> Iterator[Subject]:
    with redis.Redis.from_url(redis_uri) as client:
        client.flushdb()

    def later(ms: int) -> None:
        time.sleep(ms / 1000)  # the server's own clock goes by itself

    store = RedisStore(redis_uri, Policy(MAX_BYTES, MAX_BYTES // 4), time.monotonic, near_bytes=request.param)
    if request.param:
        becomes(lambda: bool(store.stats()["near"]["live"]))
    yield Subject(store, later, MAX_BYTES)
    store.close()


def test_connections_that_were_lost_are_made_anew_for_ever(redis_uri: str) -> None:
    store = RedisStore(redis_uri, Policy(MAX_BYTES, MAX_BYTES // 4), time.monotonic)
    with redis.Redis.from_url(redis_uri) as client:
        mine, own = str(client.connection_pool.connection_kwargs["db"]), client.client_id()
        for _ in range(150):
            assert store.look(Ask("key", ("shop",))).reachable
            for each in client.client_list():
                if each["db"] == mine and int(each["id"]) != own:
                    client.client_kill_filter(_id=each["id"])
    store.close()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_redis(shared: Subject, check: Callable[[Subject], None]) -> None:
    check(shared)
