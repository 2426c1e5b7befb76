"""A job store under test whose time is the test's: Redis takes it from a key in place of its own clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import redis

from proxy.jobs.memory import MemoryStore
from proxy.jobs.redis import RedisStore
from proxy.jobs.store import Job, JobStore, Limits

START = 1_800_000_000
_CLOCK = "clock of the test"
PLENTY = Limits(1000, 1000)


class Timed(RedisStore):
    def set_clock(self, seconds: float) -> None:
        whole, rest = divmod(round(seconds * 1_000_000), 1_000_000)
        with self._client.pipeline() as pipeline:
            pipeline.delete(_CLOCK).rpush(_CLOCK, START + whole, rest).execute()

    def _run(self, script: str, *arguments: str | bytes | int, tries: int = 2) -> Any:
        timed = script.replace("redis.call('TIME')", f"redis.call('LRANGE', '{_CLOCK}', 0, 1)")
        return super()._run(timed, *arguments, tries=tries)


@dataclass
class Subject:
    """`other` is the same store as another process sees it. `set_clock` sets the seconds since START."""

    store: JobStore
    other: JobStore
    set_clock: Callable[[float], None]
    now: float = 0.0

    def pass_seconds(self, seconds: float) -> None:
        self.now += seconds
        self.set_clock(self.now)

    def add(self, *query_ids: str, caller: str = "ada", **values: Any) -> None:
        for query_id in query_ids:
            self.store.add(job(query_id, caller, **values), PLENTY)

    def claim(self, owner: str = "o", lease_seconds: float = 4) -> Job:
        claimed = self.store.claim(owner, lease_seconds)
        assert claimed is not None
        return claimed

    def found(self, query_id: str) -> Job:
        found = self.other.find(query_id)
        assert found is not None
        return found

    def sweep(self, attempts: int = 3, keep_seconds: float = 60, back_off_seconds: float = 1) -> list[tuple[str, str]]:
        return [(swept.query_id, swept.state) for swept in self.store.sweep(attempts, keep_seconds, back_off_seconds)]


def job(query_id: str, caller: str = "ada", **values: Any) -> Job:
    return Job(query_id, caller, json.dumps({"sql": query_id}).encode(), b'{"columns": []}', **values)


def in_memory() -> Subject:
    now = [float(START)]

    def set_clock(seconds: float) -> None:
        now[0] = START + seconds

    store = MemoryStore(lambda: now[0])
    return Subject(store, store, set_clock)


def in_redis(uri: str) -> Subject:
    """In a Redis that is emptied first."""
    with redis.Redis.from_url(uri) as client:
        client.flushall()
    store, other = Timed(uri), Timed(uri)
    other.set_clock(0)
    return Subject(store, other, other.set_clock)
