"""How far a job is: in its status, in its events, and on the terminal of somebody who then presses Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import httpx
import orjson
import pytest

from tests.end_to_end.asking import bearer
from tests.end_to_end.gate import Gate
from tests.end_to_end.slow import until
from tests.end_to_end.world import ROOT, World, serving

ROOT_DIRECTORY = Path(__file__).resolve().parents[2]
JOINED = "SELECT g.id, c.name FROM shop.gated AS g JOIN crm.customers AS c ON c._id = g.id"


@pytest.fixture(scope="module")
def world(filled: tuple[str, str, Any]) -> Iterator[World]:
    gate = Gate(filled[0])
    gate.close()
    with serving(*filled, query_timeout_ms=700) as world:
        yield world


@pytest.fixture(autouse=True)
def opened(gate: Gate) -> Iterator[None]:
    """Nothing is left waiting, whatever becomes of a test."""
    yield
    gate.open()


class Terminal:
    """`foz` on a terminal of its own."""

    def __init__(self, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("FOZ_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "proxy.main", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**inherited, "PYTHONPATH": str(ROOT_DIRECTORY), "FOZ_TOKEN": ROOT, "TERM": "xterm", "COLUMNS": "200"},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        self.shown = ""

    def until(self, words: str) -> None:
        while not re.search(words, self.shown):
            assert select.select([self._ours], [], [], 60)[0], f"Nothing more than {self.shown!r} is shown."
            self.shown += os.read(self._ours, 4096).decode("utf-8", "replace")

    def press(self, key: bytes) -> None:
        os.write(self._ours, key)

    def ended(self) -> int:
        """The exit code, when all that was shown has been read."""
        while True:
            try:
                read = os.read(self._ours, 4096)
            except OSError:  # what Linux says of a terminal that nobody has any more
                break
            if not read:
                break
            self.shown += read.decode("utf-8", "replace")
        os.close(self._ours)
        return self.process.wait(30)


def get(world: World, path: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{world.http}{path}", headers=bearer(ROOT), timeout=70).json()
    return found


def begun(world: World, sql: str) -> str:
    answer = httpx.post(f"{world.http}/sql", json={"sql": sql, "mode": "async"}, headers=bearer(ROOT), timeout=30)
    assert answer.status_code == 202
    return str(answer.json()["queryId"])


def foz(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT_DIRECTORY), "FOZ_TOKEN": ROOT}
    return subprocess.run([sys.executable, "-m", "proxy.main", *arguments], env=environment, capture_output=True, text=True)


def test_a_status_says_how_far_a_job_is(world: World, gate: Gate) -> None:
    gate.shut()
    query_id = begun(world, JOINED)
    until(lambda: get(world, f"/queries/{query_id}")["progress"]["fragments"] == {"done": 1, "total": 2})
    status = get(world, f"/queries/{query_id}")
    assert status["progress"]["read"]["rows"] == 10
    assert (status["status"], status["progress"]["rows"]) == ("processing", 0)
    gate.open()
    status = get(world, f"/queries/{query_id}?waitMs=30000")
    assert status["status"] == "completed"
    assert status["progress"]["fragments"] == {"done": 2, "total": 2}
    assert (status["progress"]["rows"], status["progress"]["read"]["rows"]) == (1, 11)
    assert status["progress"]["bytes"] > 0


def test_events_tell_of_progress_and_the_end(world: World, gate: Gate) -> None:
    gate.shut()
    query_id = begun(world, JOINED)
    told: list[dict[str, Any]] = []
    with httpx.stream("GET", f"{world.http}/queries/{query_id}/events", headers=bearer(ROOT), timeout=60) as stream:
        for line in stream.iter_lines():
            if line.startswith("data:"):
                told.append(orjson.loads(line[5:]))
                if told[-1]["progress"]["fragments"]["done"] == 1:
                    gate.open()
    done = [each["progress"]["fragments"]["done"] for each in told]
    assert done == sorted(done)
    assert {1, 2} <= set(done)
    assert told[-1]["status"] == "completed"


def test_a_wait_is_for_another_status_and_not_for_progress(world: World, gate: Gate) -> None:
    gate.shut()
    query_id = begun(world, JOINED)
    until(lambda: get(world, f"/queries/{query_id}")["status"] == "processing")
    assert get(world, f"/queries/{query_id}?waitMs=1500")["status"] == "processing"
    gate.open()
    assert get(world, f"/queries/{query_id}?waitMs=60000")["status"] == "completed"


def test_the_end_of_what_has_run_before_is_foretold(world: World, gate: Gate) -> None:
    with postgres.connect(world.postgres_uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE VIEW naps AS SELECT 7 AS id FROM pg_sleep(1.2)")
    world.foz.catalog.refresh("shop")
    for _ in range(2):
        before = begun(world, "SELECT id FROM shop.naps")
        until(lambda query_id=before: get(world, f"/queries/{query_id}")["status"] == "completed")  # type: ignore[misc]
        world.foz.history.settle()
    query_id = begun(world, "SELECT id FROM shop.naps")
    until(lambda: get(world, f"/queries/{query_id}")["status"] == "processing")
    status = get(world, f"/queries/{query_id}")
    assert status["predicted"]["finishesAt"] > status["startedAt"]
    until(lambda: get(world, f"/queries/{query_id}")["status"] == "completed")
    assert "finishesAt" not in get(world, f"/queries/{query_id}")["predicted"]


def test_ctrl_c_leaves_a_job_and_says_how_to_come_back(world: World, gate: Gate) -> None:
    gate.shut()
    terminal = Terminal("query", JOINED, "--server", world.flight)
    terminal.until(r"1 of 2 fragments, \d+ rows read")
    terminal.press(b"\x03")
    assert terminal.ended() == 130
    found = re.search(r"foz (queries result (q_\w+) --server \S+)", terminal.shown)
    assert found is not None, terminal.shown
    assert f"foz queries show {found[2]} --server {world.flight}" in terminal.shown
    assert "Traceback" not in terminal.shown
    assert get(world, f"/queries/{found[2]}")["status"] == "processing"
    assert len(gate.waiting()) == 1
    gate.open()
    came_back = foz(*found[1].split(), "--format", "csv")
    assert (came_back.returncode, came_back.stdout.splitlines()) == (0, ["id,name", "7,name 7"])
    assert "status: completed" in foz("queries", "show", found[2], "--server", world.flight).stdout


def test_ctrl_c_while_a_jobs_rows_are_waited_for(world: World, gate: Gate) -> None:
    gate.shut()
    query_id = begun(world, JOINED)
    terminal = Terminal("queries", "result", query_id, "--server", world.flight)
    terminal.until(r"1 of 2 fragments")
    terminal.press(b"\x03")
    assert terminal.ended() == 130
    assert f"foz queries result {query_id} --server {world.flight}" in terminal.shown
    gate.open()
    assert get(world, f"/queries/{query_id}?waitMs=30000")["status"] == "completed"


def test_ctrl_c_ends_what_is_no_job(world: World, gate: Gate) -> None:
    gate.shut()
    terminal = Terminal("query", JOINED, "--server", world.flight, "--mode", "sync", "--timeout-ms", "60000")
    terminal.until(r"1 of 2 fragments")
    terminal.press(b"\x03")
    assert terminal.ended() == 130
    assert "[query.cancelled] Interrupted." in terminal.shown
    assert "foz queries" not in terminal.shown
    until(lambda: not gate.waiting())


def test_a_query_asked_as_a_job_waits_for_its_rows(world: World) -> None:
    sql = "SELECT _id FROM crm.customers ORDER BY _id LIMIT 2"
    done = foz("query", sql, "--server", world.flight, "--mode", "async", "--format", "json")
    assert (done.returncode, orjson.loads(done.stdout), done.stderr) == (0, [{"_id": 1}, {"_id": 2}], "")
