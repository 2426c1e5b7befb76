"""What a cache takes, however many different queries are asked: at most what it may, and a little to know about them."""

from __future__ import annotations

import time
import tracemalloc

import pyarrow as pa
import redis

from cache.memory import MemoryStore
from cache.policy import Policy
from cache.redis import RedisStore
from cache.store import Ask, CacheStore, Entry
from demo.servers import start_redis

BATCH = pa.record_batch({"x": pa.array([1, 2, 3], pa.int64())})
MAX_BYTES = 2_000_000


def ask(store: CacheStore, number: int, kept: bool) -> None:
    """A query that nobody has asked before, over one of a few tables; some are kept where there is room."""
    key = f"{number:064x}"
    looked = store.look(Ask(key, ("s", f"s.m.t{number % 7}")))
    if kept:
        store.put(Entry(key, looked.vector, BATCH.schema, (BATCH,), BATCH.nbytes, float(1 + number % 97), 3_600_000))


def test_a_hundred_thousand_queries_in_memory() -> None:
    store = MemoryStore(Policy(MAX_BYTES, MAX_BYTES // 4), time.monotonic)
    tracemalloc.start()
    for number in range(20_000):
        ask(store, number, kept=number % 8 == 0)
    assert MAX_BYTES * 0.9 < store.stats()["bytes"] <= MAX_BYTES
    full, _ = tracemalloc.get_traced_memory()
    for number in range(20_000, 100_000):
        ask(store, number, kept=number % 32 == 0)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after < 1.3 * full
    assert store.stats()["bytes"] <= MAX_BYTES
    store.close()


def test_many_queries_in_redis() -> None:
    with start_redis() as server, redis.Redis.from_url(server.uri) as client:
        before = client.info("memory")["used_memory"]
        store = RedisStore(server.uri, Policy(MAX_BYTES, MAX_BYTES // 4), time.monotonic)
        for number in range(10_000):
            ask(store, number, kept=number % 3 == 0)
        assert MAX_BYTES * 0.9 < store.stats()["bytes"] <= MAX_BYTES
        # The lists of what there is, and counters of how often each was asked for: a fixed number of them.
        assert client.info("memory")["used_memory"] - before < 2 * MAX_BYTES + 4_000_000
        assert client.dbsize() < 8_000
        store.close()
