"""Jobs of one process, run for queries that are made up: what goes wrong with one of them ends that one, with a reason."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from planner.errors import QueryNotFound, ServerBusy
from planner.plan import Field
from proxy.jobs import service
from proxy.jobs.memory import MemoryStore
from proxy.jobs.results import Results
from proxy.jobs.service import Jobs
from proxy.jobs.store import Limits
from proxy.request import Caller, Request
from proxy.telemetry import Metrics
from tests.cache.waiting import becomes
from translators.control import Control

SCHEMA = pa.schema([("id", pa.int64())])
COLUMNS = (Field("id", "BIGINT"),)
ADA = Caller("ada")


class Made:
    """A query that gives three rows, unless `batches` says otherwise (`proxy.jobs.service.Runnable`)."""

    def __init__(self, query_id: str, batches: Callable[[], Iterator[pa.RecordBatch]] | None = None) -> None:
        self.query_id = query_id
        self.schema = SCHEMA
        self.control = Control()
        self.batches = batches or three
        self.closed = threading.Event()

    def seconds(self) -> float:
        return 1.0

    def predicted_told(self) -> None:
        return None

    def report(self) -> dict[str, Any]:
        return {"progress": {"rows": 0}}

    def cache_status(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        self.closed.set()


def three() -> Iterator[pa.RecordBatch]:
    yield pa.record_batch([pa.array([1, 2, 3], pa.int64())], schema=SCHEMA)


def broken() -> Iterator[pa.RecordBatch]:
    yield from three()
    raise RuntimeError("unforeseen")


class Rig:
    def __init__(self, directory: Path, most_bytes: int = 1 << 20) -> None:
        self.run: Callable[[Request, str], Made] = lambda request, query_id: Made(query_id)
        self.directory = directory
        self.store = MemoryStore(time.time)
        results = Results(f"file://{directory}", 1 << 20, most_bytes)
        self.jobs = Jobs(self.store, results, lambda *asked: self.run(*asked), 1, Limits(), 3600, Metrics(), shared=False)

    def submit(self) -> str:
        return self.jobs.submit(Request("SELECT 1", ADA, "r_1", "test"), COLUMNS, SCHEMA, {}, {}, {}).query_id

    def state(self, query_id: str) -> str:
        job = self.store.find(query_id)
        assert job is not None
        return job.state

    def ended(self, query_id: str) -> tuple[str, str | None]:
        becomes(lambda: self.state(query_id) not in ("pending", "processing"))
        job = self.store.find(query_id)
        assert job is not None
        return job.state, job.error[0] if job.error else None


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.jobs.close()


def never_begins(request: Request, query_id: str) -> Made:
    raise RuntimeError("unforeseen")


@pytest.mark.parametrize("run", [lambda request, query_id: Made(query_id, broken), never_begins])
def test_what_nobody_foresaw_ends_the_job_and_not_the_worker(rig: Rig, run: Callable[[Request, str], Made]) -> None:
    rig.run = run
    assert rig.ended(rig.submit()) == ("failed", "server.internal")
    rig.run = lambda request, query_id: Made(query_id)
    assert rig.ended(rig.submit()) == ("completed", None)


def test_a_query_whose_rows_have_no_place_is_no_job_that_runs(tmp_path: Path) -> None:
    rig = Rig(tmp_path, most_bytes=1)
    try:
        with pytest.raises(ServerBusy):
            rig.jobs.adopt(Made("q_1"), Request("SELECT 1", ADA, "r_1", "test"), COLUMNS, SCHEMA)
        assert rig.ended("q_1") == ("failed", "server.busy")
    finally:
        rig.jobs.close()


def test_somebody_elses_job_is_not_there(rig: Rig) -> None:
    query_id = rig.submit()
    for ask in (rig.jobs.answer, lambda *asked: rig.jobs.cancel(*asked, 0.0)):
        with pytest.raises(QueryNotFound):
            ask(query_id, Caller("ben"))
    assert rig.ended(query_id) == ("completed", None)


@pytest.mark.parametrize("state", ["failed", "cancelled", "expired", "unknown"])
def test_rows_that_come_after_their_job_has_ended_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """A worker that was thought dead has written them."""
    for name, value in (("_SWEEP_SECONDS", 0.02), ("_STRAY_ROUNDS", 1), ("_STRAY_SECONDS", 0.1)):
        monkeypatch.setattr(service, name, value)
    rig = Rig(tmp_path)
    try:
        kept = rig.submit()
        assert rig.ended(kept) == ("completed", None)
        late = "q_unknown"
        if state != "unknown":
            rig.run = lambda request, query_id: Made(query_id, broken if state == "failed" else waits)
            late = rig.submit()
            if state != "failed":
                becomes(lambda: rig.state(late) == "processing")
                rig.store.cancel(late)
            rig.ended(late)
            if state == "expired":
                rig.store.renew(kept)
                monkeypatch.setattr(rig.jobs, "_keep_seconds", 0.0)
                becomes(lambda: rig.state(late) == "expired")
        folder = rig.directory / "results" / late / "9"
        folder.mkdir(parents=True)
        (folder / "schema").write_bytes(b"late")
        becomes(lambda: not folder.exists())
    finally:
        rig.jobs.close()


def waits() -> Iterator[pa.RecordBatch]:
    yield from three()
    time.sleep(0.2)
    raise ServerBusy("It has been cancelled by now.")
