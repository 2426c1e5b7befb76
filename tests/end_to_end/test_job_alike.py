"""The same query asked again while it runs as a job: one statement in the source, and a queryId for each, cancelled alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import httpx
import pytest
import yaml

from demo.process import started
from demo.server import Server, free_port
from demo.servers import start_redis
from tests.cache.waiting import becomes
from tests.end_to_end.asking import bearer
from tests.end_to_end.world import digest

SQL = "SELECT id, note FROM shop.orders WHERE note <> 'nothing'"
ROWS = [{"id": number, "note": f"note {number}"} for number in range(1, 4)]
ANA, BEN, CY = "token-of-ana", "token-of-ben", "token-of-cy"
TOKENS = [
    {"name": "ana", "sha256": digest(ANA), "admin": True},
    {"name": "ben", "sha256": digest(BEN), "admin": True},
    {"name": "cy", "sha256": digest(CY), "grants": ["shop.orders"]},
]


class Source:
    """A database whose table can be locked."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._lock: postgres.Connection | None = None
        with postgres.connect(self.uri, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY, note text)")
            cursor.execute("INSERT INTO orders SELECT n, 'note ' || n FROM generate_series(1, 3) n ON CONFLICT DO NOTHING")

    def lock(self) -> None:
        """From now on whoever reads the table waits."""
        self._lock = postgres.connect(self.uri)
        with self._lock.cursor() as cursor:
            cursor.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")

    def unlock(self) -> None:
        if self._lock is not None:
            self._lock.rollback()
            self._lock.close()
            self._lock = None

    def waiting(self) -> int:
        with postgres.connect(self.uri, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'foz' "
                "AND wait_event_type = 'Lock'"
            )
            row = cursor.fetchone()
            assert row is not None
            return int(row[0])


@dataclass
class Rig:
    """One process with everything in its memory, or two that share all; `one` and `other` may be the same."""

    source: Source
    one: Server
    other: Server

    def ask(self, server: Server, token: str = ANA, sql: str = SQL, **options: Any) -> httpx.Response:
        return httpx.post(f"http://{server.uri}/sql", json={"sql": sql, **options}, headers=bearer(token), timeout=60)

    def submit(self, server: Server, token: str = ANA, **options: Any) -> str:
        answer = self.ask(server, token, mode="async", **options)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["queryId"])

    def get(self, server: Server, query_id: str, token: str = ANA, path: str = "") -> httpx.Response:
        return httpx.get(f"http://{server.uri}/queries/{query_id}{path}", headers=bearer(token), timeout=60)

    def cancel(self, server: Server, query_id: str, token: str = ANA) -> int:
        return httpx.delete(f"http://{server.uri}/queries/{query_id}", headers=bearer(token), timeout=60).status_code

    def report_a_write(self) -> None:
        body = [{"source": "shop"}]
        httpx.post(f"http://{self.one.uri}/events", json=body, headers=bearer(ANA)).raise_for_status()

    def is_(self, state: str, query_id: str, token: str = ANA) -> None:
        becomes(lambda: self.get(self.other, query_id, token).json()["status"] == state)


@pytest.fixture(scope="module", params=["one process", "two processes"])
def rig(request: pytest.FixtureRequest, postgres_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with ExitStack() as stack:
        source = Source(postgres_uri)
        directory = tmp_path_factory.mktemp("alike")
        settings: dict[str, Any] = {
            "spool": f"file://{directory}/spool",
            "tokens": TOKENS,
            "sources": [{"id": "shop", "type": "postgres", "connection": {"uri": source.uri}}],
            "jobLimits": {"workers": 4},
            "cacheLimits": {"ttlSeconds": 3600},
            "log": {"level": "warning"},
        }
        if request.param == "two processes":
            redis = stack.enter_context(start_redis())
            settings |= {"jobs": f"{redis.uri}/0", "cache": f"{redis.uri}/1", "history": "memory://"}
        start = _starting(stack, directory, settings)
        one = start()
        yield Rig(source, one, start() if request.param == "two processes" else one)


def _starting(stack: ExitStack, directory: Path, settings: dict[str, Any]) -> Callable[[], Server]:
    configuration = directory / "foz.yaml"
    configuration.write_text(yaml.safe_dump(settings))

    def start() -> Server:
        return stack.enter_context(started(configuration, *(f"127.0.0.1:{free_port()}" for _ in range(2))))

    return start


@pytest.fixture(autouse=True)
def locked(rig: Rig) -> Iterator[None]:
    """Each test finds the cache out of date and the table locked."""
    rig.report_a_write()
    rig.source.lock()
    yield
    rig.source.unlock()
    becomes(lambda: rig.source.waiting() == 0)


def test_one_statement_answers_all_and_each_owns_his_queryid(rig: Rig) -> None:
    first = rig.submit(rig.one)
    rig.is_("processing", first)
    others = [rig.submit(rig.other), rig.submit(rig.one)]
    bens = rig.submit(rig.other, BEN)
    assert len({first, *others, bens}) == 4
    rig.is_("processing", bens, BEN)
    becomes(lambda: rig.source.waiting() == 1)
    assert rig.get(rig.one, bens, ANA).status_code == 404
    assert rig.get(rig.one, first, BEN, "/result").status_code == 404
    rig.source.unlock()
    for query_id in (first, *others):
        rig.is_("completed", query_id)
        assert rig.get(rig.other, query_id, path="/result").json()["rows"] == ROWS
    assert rig.get(rig.one, bens, BEN, "/result").json()["rows"] == ROWS


def test_what_one_cancels_goes_on_for_the_others(rig: Rig) -> None:
    first = rig.submit(rig.one)
    rig.is_("processing", first)
    second, third = rig.submit(rig.other, BEN), rig.submit(rig.other)
    becomes(lambda: rig.source.waiting() == 1)
    assert rig.cancel(rig.other, first) == 204
    assert rig.cancel(rig.other, third) == 204
    rig.is_("cancelled", first)
    assert rig.get(rig.one, first, path="/result").json()["code"] == "query.cancelled"
    rig.is_("processing", second, BEN)
    assert rig.source.waiting() == 1
    rig.source.unlock()
    rig.is_("completed", second, BEN)
    assert rig.get(rig.one, second, BEN, "/result").json()["rows"] == ROWS
    rig.is_("cancelled", third)


def test_when_the_last_has_cancelled_the_statement_ends(rig: Rig) -> None:
    first, second = rig.submit(rig.one), rig.submit(rig.other, BEN)
    becomes(lambda: rig.source.waiting() == 1)
    assert rig.cancel(rig.one, first) == 204
    assert rig.source.waiting() == 1
    assert rig.cancel(rig.one, second, BEN) == 204
    assert rig.source.waiting() == 0


def test_who_came_after_a_write_reads_for_himself(rig: Rig) -> None:
    rig.submit(rig.one)
    becomes(lambda: rig.source.waiting() == 1)
    rig.report_a_write()
    rig.submit(rig.other)
    becomes(lambda: rig.source.waiting() == 2)


@pytest.mark.parametrize(
    "other",
    [{"token": CY}, {"cache": "bypass"}, {"cache": "refresh"}, {"sql": SQL.replace("nothing", "else")}],
    ids=str,
)
def test_who_may_see_or_asks_something_else_reads_for_himself(rig: Rig, other: dict[str, Any]) -> None:
    rig.submit(rig.one)
    becomes(lambda: rig.source.waiting() == 1)
    rig.submit(rig.other, **other)
    becomes(lambda: rig.source.waiting() == 2)


def test_who_would_begin_at_once_follows_the_job_that_runs(rig: Rig) -> None:
    first = rig.submit(rig.one)
    becomes(lambda: rig.source.waiting() == 1)
    answer = rig.ask(rig.other, BEN)
    assert answer.status_code == 202
    assert answer.json()["route"]["why"] == "the same query runs as a job already"
    assert rig.source.waiting() == 1
    assert rig.cancel(rig.one, first) == 204
    rig.source.unlock()
    assert rig.get(rig.one, answer.json()["queryId"], BEN, "/result").json()["rows"] == ROWS
