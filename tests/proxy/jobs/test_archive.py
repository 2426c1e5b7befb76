"""What jobs were, after them: each once, whoever leads, in files that are few and go when they are old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import fsspec
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from planner.catalog import Grants
from proxy.jobs import archive as archiving
from proxy.jobs.archive import SCHEMA, Archive
from proxy.jobs.asked import record
from proxy.jobs.memory import MemoryStore
from proxy.jobs.store import Job, JobStore, Limits
from proxy.request import Caller, Request

START = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp()
DAY = 86_400


class World:
    """A store, its clock, and a place for files."""

    def __init__(self, uri: str) -> None:
        self.now = START
        self.uri = uri
        self.store: JobStore = MemoryStore(lambda: self.now)
        self._number = 0

    def archive(self, days: int = 30) -> Archive:
        return Archive(self.uri, days, lambda: self.now)

    def ends(self, count: int = 1, error: tuple[str, str] | None = None) -> list[str]:
        """Jobs that take a second each and end one after another."""
        ended = []
        for _ in range(count):
            self._number += 1
            request = Request("SELECT secret", Caller("ada", Grants(("shop.*",))), f"r_{self._number}", "http", mode="async")
            answer = orjson.dumps({"predicted": {"ms": {"p50": 1.0, "p95": 2.5}}})
            job = Job(f"q_{self._number}", "ada", record(request), answer)
            self.store.add(job, Limits())
            held = self.store.claim("o", 10)
            assert held is not None
            self.now += 1
            progress = {"rows": 3, "bytes": 24, "read": {"rows": 7, "bytes": 70}}
            self.store.finish(held, "failed" if error else "completed", error, orjson.dumps({"progress": progress}), 1)
            ended.append(job.query_id)
        return ended

    def names(self) -> list[str]:
        filesystem, root = fsspec.url_to_fs(f"{self.uri}/archive", use_listings_cache=False)
        return sorted(name.removeprefix(f"{root}/") for name in filesystem.find(root))

    def rows(self) -> list[dict[str, Any]]:
        filesystem, root = fsspec.url_to_fs(f"{self.uri}/archive", use_listings_cache=False)
        tables = [pq.read_table(pa.BufferReader(filesystem.cat_file(f"{root}/{name}"))) for name in self.names()]
        assert all(table.schema.equals(SCHEMA) for table in tables)
        return sorted((row for table in tables for row in table.to_pylist()), key=lambda row: row["finishedAt"])

    def ids(self) -> list[str]:
        return [row["queryId"] for row in self.rows()]


@pytest.fixture(params=["directory", "s3"])
def world(request: pytest.FixtureRequest, spool_in: Callable[[str], str]) -> World:
    return World(spool_in(request.param))


def test_a_row_says_what_a_job_was_and_not_what_was_asked(world: World) -> None:
    world.ends(error=("sql.type", "secret"))
    world.archive().keep(world.store)
    (row,) = world.rows()
    began = datetime.fromtimestamp(START, UTC)
    assert row == {
        "queryId": "q_1",
        "caller": "ada",
        "protocol": "http",
        "requestId": "r_1",
        "status": "failed",
        "errorCode": "sql.type",
        "createdAt": began,
        "startedAt": began,
        "finishedAt": began + timedelta(seconds=1),
        "attempts": 1,
        "rows": 3,
        "bytes": 24,
        "rowsRead": 7,
        "bytesRead": 70,
        "predictedP95Ms": 2.5,
    }
    assert "secret" not in str(row)


def test_each_is_kept_once_whoever_leads(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "_AT_ONCE", 2)
    leader = world.archive()
    leader.keep(world.store)
    assert world.names() == []
    known = world.ends(5)
    leader.keep(world.store)
    leader.keep(world.store)
    world.store.renew(known[0])
    known += world.ends(2)
    world.archive().keep(world.store)
    world.store.cancel("q_none")
    known += world.ends()
    world.store.renew(known[-1])
    world.now += 1
    world.archive().keep(world.store)
    assert world.ids() == known
    # What has expired stays there.
    world.now += 1000
    world.store.sweep(3, 10, 1)
    world.archive().keep(world.store)
    assert world.ids() == known


def test_many_files_become_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "_MOST_FILES", 4)
    leader, known = world.archive(), []
    for _ in range(11):
        known += world.ends()
        leader.keep(world.store)
        assert len(world.names()) <= 4
        assert world.ids() == known


def test_what_a_killed_leader_left_is_put_right(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "_MOST_FILES", 2)
    leader = world.archive()
    for _ in range(2):
        world.ends()
        leader.keep(world.store)
    world.ends()
    remove = leader._files.remove

    def killed(name: str) -> None:
        raise OSError("killed")

    leader._files.remove = killed  # type: ignore[method-assign]
    with pytest.raises(OSError, match="killed"):
        leader.keep(world.store)
    leader._files.remove = remove  # type: ignore[method-assign]
    assert len(world.names()) == 4
    world.archive().keep(world.store)
    assert world.ids() == ["q_1", "q_2", "q_3"]
    assert len(world.names()) == 1


def test_old_days_go(world: World) -> None:
    leader = world.archive(days=2)
    for _ in range(5):
        world.ends()
        leader.keep(world.store)
        world.now += DAY
    assert world.ids() == ["q_3", "q_4", "q_5"]
    assert [name.partition("/")[0] for name in world.names()] == ["2026-11-30", "2026-12-01", "2026-12-02"]
    world.now += 10 * DAY
    leader.keep(world.store)
    assert world.names() == []


def test_what_else_lies_there_is_left_alone(world: World) -> None:
    filesystem, root = fsspec.url_to_fs(f"{world.uri}/archive", use_listings_cache=False)
    filesystem.mkdirs(f"{root}/2020-01-01", exist_ok=True)
    filesystem.pipe_file(f"{root}/notes.txt", b"mine")
    world.ends()
    world.archive().keep(world.store)
    assert filesystem.cat_file(f"{root}/notes.txt") == b"mine"
