"""The near-cache before Redis: it spares work and decides nothing, and what has gone from Redis goes from it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pyarrow as pa
import pytest
import redis

from cache.near import Copy, Near
from cache.policy import Policy
from cache.redis import RedisStore
from cache.store import Entry
from tests.cache.contract import Subject
from tests.cache.waiting import becomes

NEAR_BYTES = 100_000


@pytest.fixture
def client(redis_uri: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_uri) as client:
        client.flushdb()
        yield client


@pytest.fixture
def open_store(client: redis.Redis, redis_uri: str) -> Iterator[Callable[[], Subject]]:
    """Opens stores over one Redis, as several processes have them."""
    with ExitStack() as stack:

        def opened() -> Subject:
            store = RedisStore(redis_uri, Policy(10_000_000, 1_000_000), time.monotonic, near_bytes=NEAR_BYTES)
            stack.callback(store.close)
            becomes(lambda: near(store)["live"])
            return Subject(store, lambda ms: None, 10_000_000)

        yield opened


def near(store: Any) -> dict[str, Any]:
    told: dict[str, Any] = store.stats()["near"]
    return told


def fetched(subject: Subject, *keys: str) -> None:
    """The near-cache has these: asked for until it has, because it may hear late of how an entry came to be."""

    def has() -> bool:
        same = all(subject.ask(key, "s.m.t").entry is subject.ask(key, "s.m.t").entry is not None for key in keys)
        return same and near(subject.store)["entries"] == len(keys)

    becomes(has)


def trackers(client: redis.Redis) -> list[str]:
    """The connections that track in the client's own database."""
    db = str(client.connection_pool.connection_kwargs.get("db", 0))
    return [each["id"] for each in client.client_list() if "t" in each["flags"] and each["db"] == db]


def test_what_was_fetched_is_not_fetched_again(open_store: Callable[[], Subject]) -> None:
    one, other = open_store(), open_store()
    one.keep("k", one.ask("k", "s.m.t"))
    fetched(other, "k")
    fetched(one, "k")
    assert one.ask("k", "s.m.t").vector == other.ask("k", "s.m.t").vector


def test_a_move_counts_everywhere_when_it_has_returned(open_store: Callable[[], Subject]) -> None:
    one, other = open_store(), open_store()
    for number in range(300):
        one.keep("k", one.ask("k", "s.m.t"), [number])
        assert other.rows(other.ask("k", "s.m.t")) == [number]
        assert other.ask("k", "s.m.t").entry is not None
        one.store.move(("s.m.t",))
        assert other.ask("k", "s.m.t").entry is None


def test_nothing_depends_on_being_told(open_store: Callable[[], Subject], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Near, "drop", lambda self, key: None)
    monkeypatch.setattr(Near, "drop_over", lambda self, entity: None)
    one, other = open_store(), open_store()
    one.keep("k", one.ask("k", "s.m.t"), [1])
    assert other.rows(other.ask("k", "s.m.t")) == [1]
    one.store.move(("s.m.t",))
    assert other.ask("k", "s.m.t").entry is None
    one.keep("k", one.ask("k", "s.m.t"), [2])
    assert other.rows(other.ask("k", "s.m.t")) == [2]
    one.store.clear()
    assert other.ask("k", "s.m.t").entry is None


@pytest.mark.parametrize("gone", ["moved", "cleared", "replaced", "flushed"])
def test_what_has_gone_from_redis_takes_no_room(open_store: Callable[[], Subject], client: redis.Redis, gone: str) -> None:
    one, other = open_store(), open_store()
    one.keep("k", one.ask("k", "s.m.t"))
    fetched(other, "k")
    match gone:
        case "moved":
            one.store.move(("s.m.t",))
        case "cleared":
            one.store.clear()
        case "replaced":
            one.keep("k", one.ask("k", "s.m.t"), [2])
        case "flushed":
            client.flushdb()
    becomes(lambda: near(other.store)["entries"] == 0)
    becomes(lambda: near(other.store)["live"])


def test_a_lost_connection_empties_it_whole(open_store: Callable[[], Subject], client: redis.Redis) -> None:
    one = open_store()
    for number in range(5):
        one.keep(f"k{number}", one.ask(f"k{number}", "s.m.t"))
    fetched(one, "k0", "k1", "k2", "k3", "k4")
    (before,) = trackers(client)
    client.client_kill_filter(_id=before)
    becomes(lambda: near(one.store)["entries"] == 0 and before not in trackers(client))
    becomes(lambda: near(one.store)["live"])
    assert one.rows(one.ask("k1", "s.m.t")) == [1, 2, 3]
    fetched(one, "k1")


def test_it_holds_no_more_than_it_may(open_store: Callable[[], Subject]) -> None:
    one = open_store()
    for number in range(100):
        one.keep(f"k{number}", one.ask(f"k{number}", "s.m.t"), range(1000))
        assert one.ask(f"k{number}", "s.m.t").entry is not None
        assert near(one.store)["bytes"] <= NEAR_BYTES
    becomes(lambda: one.ask("k99", "s.m.t").entry is one.ask("k99", "s.m.t").entry)


def copy(rows: int) -> Copy:
    batch = pa.record_batch({"x": pa.array(range(rows), pa.int64())})
    return Copy("id", Entry("k", (("s.m.t", "1"),), batch.schema, (batch,), batch.nbytes, 1.0, 1000))


def test_it_keeps_nothing_while_nobody_tells() -> None:
    near = Near(NEAR_BYTES)
    near.keep("k", copy(10))
    assert near.get("k") is None
    near.begin()
    near.keep("k", copy(10))
    assert near.get("k") is not None
    assert near.end()
    assert near.get("k") is None
    assert not near.end()


def test_it_keeps_nothing_that_would_push_out_most_of_the_rest() -> None:
    near = Near(NEAR_BYTES)
    near.begin()
    near.keep("k", copy(NEAR_BYTES // 16))
    assert near.get("k") is None
