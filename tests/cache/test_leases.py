"""One read for many processes: who leads, who waits, and what happens when the one that leads ends in some other way."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pyarrow as pa
import pytest
import redis

import cache.leases
from cache.leases import Leases
from cache.policy import Policy
from cache.redis import RedisStore
from cache.store import FREE, Ask, Entry, Lease, Looked
from tests.cache.waiting import becomes

POLICY = Policy(10_000_000, 1_000_000)
ASK = Ask("k", ("s.m.t",))
HOLDER = """
import sys, time
from cache.policy import Policy
from cache.redis import RedisStore
from cache.store import Ask
store = RedisStore(sys.argv[1], Policy(10_000_000, 1_000_000), time.monotonic)
ask = Ask("k", ("s.m.t",))
store.lead(ask, store.look(ask).vector, lambda: False)
print("leads", flush=True)
time.sleep(600)
"""


class Process:
    """What one process has of the cache."""

    def __init__(self, uri: str) -> None:
        self.store = RedisStore(uri, POLICY, time.monotonic)
        self.left = threading.Event()

    def lead(self, ask: Ask = ASK, looked: Looked | None = None) -> Lease | Entry:
        return self.store.lead(ask, (looked or self.store.look(ask)).vector, self.left.is_set)

    def keep(self, rows: list[int], looked: Looked | None = None, lease: Lease = FREE) -> bool:
        batch = pa.record_batch({"x": pa.array(rows, pa.int64())})
        vector = (looked or self.store.look(ASK)).vector
        return self.store.put(Entry("k", vector, batch.schema, (batch,), batch.nbytes, 10.0, 60_000), lease)


@pytest.fixture
def started(redis_uri: str) -> Iterator[Callable[[], Process]]:
    with redis.Redis.from_url(redis_uri) as client, ExitStack() as stack:
        client.flushdb()

        def start() -> Process:
            process = Process(redis_uri)
            stack.callback(process.store.close)
            return process

        yield start


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as pool:
        yield pool


def leads(led: Lease | Entry) -> bool:
    """Whether a read is the caller's, and others wait for it."""
    return not isinstance(led, Entry) and led is not cache.leases.FREE


def rows(led: Lease | Entry) -> list[int]:
    assert isinstance(led, Entry)
    return [value for batch in led.batches for value in batch.column(0).to_pylist()]


def waits(client: redis.Redis, led: Future[Any]) -> None:
    """Returns when the caller has looked several times, and still waits."""
    before = scripts(client)
    becomes(lambda: scripts(client) >= before + 3)
    assert not led.done()


def scripts(client: redis.Redis) -> int:
    return int(client.info("commandstats")["cmdstat_evalsha"]["calls"])


@pytest.fixture
def client(redis_uri: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_uri) as client:
        yield client


def test_the_others_wait_for_what_the_first_reads(
    started: Callable[[], Process], pool: ThreadPoolExecutor, client: redis.Redis
) -> None:
    one, other = started(), started()
    mine = one.lead()
    assert leads(mine)
    waiting = pool.submit(other.lead)
    waits(client, waiting)
    assert one.keep([4, 5])
    assert not isinstance(mine, Entry)
    mine.end(useless=False)
    assert rows(waiting.result(10)) == [4, 5]
    assert rows(one.lead()) == [4, 5]


def test_of_many_in_many_processes_one_reads(started: Callable[[], Process], pool: ThreadPoolExecutor) -> None:
    processes = [started() for _ in range(4)]
    reads = []

    def ask(process: Process) -> list[int]:
        led = process.lead()
        if isinstance(led, Entry):
            return rows(led)
        reads.append(led)
        process.keep([7])
        led.end(useless=False)
        return [7]

    assert [each.result(20) for each in [pool.submit(ask, processes[n % 4]) for n in range(60)]] == [[7]] * 60
    assert len(reads) == 1
    assert leads(reads[0])


def test_nobody_waits_for_a_read_from_before_a_write(started: Callable[[], Process]) -> None:
    one, other = started(), started()
    before = one.store.look(ASK)
    assert leads(one.lead(looked=before))
    other.store.move(("s.m.t",))
    assert leads(other.lead())
    assert not one.keep([1], before)


def test_what_gave_nothing_to_keep_is_not_waited_for_again(
    started: Callable[[], Process], pool: ThreadPoolExecutor, client: redis.Redis
) -> None:
    one, other = started(), started()
    mine = one.lead()
    waiting = pool.submit(other.lead)
    waits(client, waiting)
    assert not isinstance(mine, Entry)
    mine.end(useless=True)
    assert waiting.result(10) is cache.leases.FREE
    assert other.lead() is cache.leases.FREE


def test_a_read_that_was_given_up_is_anothers(
    started: Callable[[], Process], pool: ThreadPoolExecutor, client: redis.Redis
) -> None:
    one, other = started(), started()
    mine = one.lead()
    waiting = pool.submit(other.lead)
    waits(client, waiting)
    assert not isinstance(mine, Entry)
    mine.end(useless=False)
    assert leads(waiting.result(10))


def test_whoever_has_left_waits_no_longer(started: Callable[[], Process], pool: ThreadPoolExecutor, client: redis.Redis) -> None:
    one, other = started(), started()
    assert leads(one.lead())
    waiting = pool.submit(other.lead)
    waits(client, waiting)
    other.left.set()
    assert waiting.result(10) is cache.leases.FREE


def test_a_lease_survives_its_holder(
    started: Callable[[], Process], pool: ThreadPoolExecutor, redis_uri: str, client: redis.Redis
) -> None:
    others = [started(), started()]
    with subprocess.Popen([sys.executable, "-c", HOLDER, redis_uri], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "leads\n"
        waiting = [pool.submit(other.lead) for other in others]
        waits(client, waiting[0])
        holder.kill()
        holder.wait()
        becomes(lambda: any(each.done() for each in waiting))
    (led,) = [each.result() for each in waiting if each.done()]
    assert leads(led)
    others[0].keep([8])
    led.end(useless=False)
    (other,) = [each.result(10) for each in waiting if each.result(10) is not led]
    assert rows(other) == [8]


def test_a_holder_that_lives_keeps_its_lease(
    started: Callable[[], Process], pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed = []
    run = Leases.run

    def counted(self: Leases, script: str, *arguments: Any) -> None:
        renewed.append(script)
        run(self, script, *arguments)

    monkeypatch.setattr(cache.leases, "LEASE_MS", 300)
    monkeypatch.setattr(Leases, "run", counted)
    one, other = started(), started()
    assert leads(one.lead())
    waiting = pool.submit(other.lead)
    becomes(lambda: len(renewed) > 8)  # twice as long as a lease lasts
    assert not waiting.done()
    monkeypatch.setattr(cache.leases, "PATIENCE_SECONDS", 0.0)
    assert other.lead() is cache.leases.FREE
    other.left.set()
    waiting.result(10)


def test_an_entry_that_was_too_old_is_too_old_for_those_who_wait(started: Callable[[], Process]) -> None:
    one = started()
    one.keep([1])
    assert rows(one.lead()) == [1]
    becomes(lambda: one.store.look(Ask("k", ("s.m.t",), max_age_ms=5)).entry is None)
    assert leads(one.lead(Ask("k", ("s.m.t",), max_age_ms=5)))


def test_a_lease_is_over_when_what_was_read_under_it_is_kept(started: Callable[[], Process], client: redis.Redis) -> None:
    one, other = started(), started()
    looked = one.store.look(ASK)
    mine = one.lead(looked=looked)
    assert not isinstance(mine, Entry)
    assert client.keys("foz:*:f:*")
    assert one.keep([4, 5], looked, mine)
    assert not client.keys("foz:*:f:*")
    asked = scripts(client)
    mine.end(useless=False)
    assert scripts(client) == asked
    one.store.clear()
    assert leads(other.lead(looked=looked))


def test_what_is_not_kept_leaves_the_lease_to_its_holder(started: Callable[[], Process], client: redis.Redis) -> None:
    one, other = started(), started()
    looked = one.store.look(ASK)
    mine = one.lead(looked=looked)
    assert not isinstance(mine, Entry)
    other.store.move(("s.m.t",))
    assert not one.keep([4, 5], looked, mine)
    assert client.keys("foz:*:f:*")
    mine.end(useless=True)
    assert not leads(other.lead(looked=looked))
