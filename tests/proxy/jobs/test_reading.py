"""Readers of jobs, whatever becomes of the job and of its store meanwhile: all of one attempt's rows, or an error."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from planner.errors import FozError, QueryCancelled, ServerBusy, SourceUnavailable
from planner.plan import Field
from proxy.jobs import waiting
from proxy.jobs.answer import JobAnswer, described
from proxy.jobs.memory import MemoryStore
from proxy.jobs.results import Results
from proxy.jobs.store import Job, Limits, StoreUnavailable
from proxy.jobs.waiting import Changes
from tests.cache.waiting import becomes

SCHEMA = pa.schema([("id", pa.int64())])
PLENTY = Limits()


class Store(MemoryStore):
    """One that goes away while `away` is set. `asked` counts the looks at jobs."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.away = False
        self.asked = 0

    def find(self, query_id: str) -> Job | None:
        self.asked += 1
        if self.away:
            raise StoreUnavailable("away")
        return super().find(query_id)


class Rig:
    def __init__(self, directory: Path) -> None:
        self.now = 1000.0
        self.store = Store(lambda: self.now)
        self.results = Results(f"file://{directory}", 1 << 30, 1 << 30)
        self.changes = Changes(self.store)

    def add(self) -> None:
        said = described((Field("id", "BIGINT"),), SCHEMA, {}, None, {})
        self.store.add(Job("q_1", "ada", b"", said), PLENTY)

    def claim(self) -> Job:
        claimed = self.store.claim("o", 15)
        assert claimed is not None
        return claimed

    def write(self, held: Job, *chunks: list[int]) -> None:
        """Chunks of the attempt, the job's state being told after each."""
        with self.results.writer(held.query_id, held.attempts, SCHEMA) as writer:
            for ids in chunks:
                writer.put(pa.record_batch([pa.array(ids, pa.int64())], schema=SCHEMA))
                writer.flush()
                self.store.beat(held, 15, b"{}", writer.chunks)
            writer.finish()

    def answer(self) -> JobAnswer:
        job = self.store.find("q_1")
        assert job is not None
        return JobAnswer(job, self.changes, self.results, 3600)

    def close(self) -> None:
        self.changes.close()
        self.store.close()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def test_the_end_of_another_attempt_is_not_taken_for_the_end_of_this_one(rig: Rig) -> None:
    """The second attempt has as many chunks as were read of the first, and more rows."""
    rig.add()
    first = rig.claim()
    rig.write(first, [1], [2])
    batches = rig.answer().batches()
    assert [next(batches).to_pydict()["id"] for _ in range(2)] == [[1], [2]]
    rig.store.give_back(first)
    second = rig.claim()
    rig.write(second, [1, 2], [3])
    rig.store.finish(second, "completed", None, b"{}", 2)
    with pytest.raises(SourceUnavailable, match="begun anew"):
        next(batches)
    assert [row for batch in rig.answer().batches() for row in batch.to_pydict()["id"]] == [1, 2, 3]


def test_an_attempt_that_was_begun_anew_and_failed_says_why(rig: Rig) -> None:
    rig.add()
    first = rig.claim()
    rig.write(first, [1])
    batches = rig.answer().batches()
    next(batches)
    rig.store.give_back(first)
    rig.store.finish(rig.claim(), "failed", ("sql.type", "no"), b"{}", 0)
    with pytest.raises(FozError) as raised:
        next(batches)
    assert raised.value.code == "sql.type"


def test_a_job_that_was_cancelled_before_it_ran_has_no_rows_to_give(rig: Rig) -> None:
    rig.add()
    rig.store.cancel("q_1")
    with pytest.raises(QueryCancelled):
        list(rig.answer().batches())


def test_a_job_that_was_cancelled_and_whose_owner_died_has_no_rows_to_give(rig: Rig) -> None:
    rig.add()
    rig.write(rig.claim(), [1])
    rig.store.cancel("q_1")
    for _ in range(2):  # a silence lets leases last anew, once
        rig.now += 100
        rig.store.sweep(3, 3600, 1)
    answer = rig.answer()
    assert answer.status()["status"] == "cancelled"
    with pytest.raises(QueryCancelled):
        list(answer.batches())


def test_a_reader_outlives_the_absence_of_the_store(rig: Rig) -> None:
    rig.add()
    held = rig.claim()
    rig.write(held, [1], [2])
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(lambda: pa.Table.from_batches(rig.answer().batches()))
        becomes(lambda: rig.store.asked >= 3)
        rig.store.away = True
        asked = rig.store.asked
        rig.store.finish(held, "completed", None, b"{}", 2)
        becomes(lambda: rig.store.asked > asked)
        rig.store.away = False
        assert reading.result(20)["id"].to_pylist() == [1, 2]


def test_a_store_that_stays_away_is_a_busy_server(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_PATIENCE_SECONDS", 0.3)
    rig.add()
    answer = rig.answer()
    rig.store.away = True
    with pytest.raises(ServerBusy):
        list(answer.batches())


def test_who_closes_a_reader_need_not_wait_for_the_store(rig: Rig) -> None:
    rig.add()
    answer = rig.answer()
    rig.store.away = True
    asked = rig.store.asked
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(lambda: list(answer.batches()))
        becomes(lambda: rig.store.asked > asked)
        answer.close()
        with pytest.raises((ServerBusy, QueryCancelled)):
            reading.result(10)


def test_watchers_outlive_the_absence_of_the_store(rig: Rig) -> None:
    rig.add()

    async def watch() -> list[str]:
        found: list[str] = []
        async for job in rig.changes.states("q_1", 20):
            assert job is not None
            found.append(job.state)
            if len(found) == 1:
                rig.store.away = True
                threading.Timer(0.5, come_back).start()
        return found

    def come_back() -> None:
        rig.store.away = False
        rig.store.cancel("q_1")

    assert asyncio.run(watch()) == ["pending", "cancelled"]


def test_who_asks_a_store_that_is_away_is_told_at_once(rig: Rig) -> None:
    rig.add()
    rig.store.away = True

    async def look() -> Any:
        return await anext(rig.changes.states("q_1", 20))

    with pytest.raises(ServerBusy):
        asyncio.run(look())
