"""Results when something goes wrong: no room, a killed writer, a killed removal, a place that does not answer."""

from __future__ import annotations

import errno
import os
import resource
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pytest
from structlog.testing import capture_logs

from planner.errors import FozError, Internal, QueryExpired, ServerBusy, SizeLimit
from proxy.jobs import files
from proxy.jobs.files import Local
from proxy.jobs.results import Results
from tests.proxy.jobs.test_results import BATCHES, KEPT, SCHEMA, opened, read, stored, written

NOISE = [pa.record_batch({"k": range(1000), "v": [secrets.token_hex(16) for _ in range(1000)]}, SCHEMA) for _ in range(8)]
"""Batches that do not become small."""


def on_disk(directory: Path) -> list[str]:
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*"))


def test_a_result_larger_than_its_limit(uri: str) -> None:
    results = opened(uri, most=100_000)
    with pytest.raises(SizeLimit, match="larger than 100000 bytes") as caught:
        written(results, "q_1", 1, NOISE)
    assert caught.value.code == "limit.size"
    assert written(results, "q_1", 1, NOISE[:2]) == 2
    assert 60_000 < results.bytes() <= 100_000
    results.remove("q_1")
    assert stored(uri) == {}
    assert results.bytes() == 0


def test_a_chunk_that_did_not_fit_is_never_followed_by_another(uri: str) -> None:
    """A result with a hole would be a wrong answer."""
    results = opened(uri, most=60_000)
    writer = results.writer("q_1", 1, SCHEMA, 0)
    writer.put(NOISE[0])
    with pytest.raises(SizeLimit):
        writer.put(NOISE[1])
    for ended in (lambda: writer.put(BATCHES[0].slice(0, 1)), writer.flush, writer.finish):
        with pytest.raises(ValueError, match="ended"):
            ended()
    assert read(results, "q_1", 1, writer.chunks) == NOISE[:1]


def test_all_results_together_have_a_quota(uri: str) -> None:
    results = opened(uri, in_all=200_000)
    written(results, "q_1", 1, NOISE[:3])
    with pytest.raises(ServerBusy, match="exceed 200000 bytes") as caught:
        written(results, "q_2", 1, NOISE[:3])
    assert caught.value.code == "server.busy"
    assert {name.split("/")[0] for name in stored(uri)} == {"q_1"}
    assert results.bytes() == sum(len(data) for data in stored(uri).values())
    results.remove("q_1")
    assert written(results, "q_2", 1, NOISE[:3]) == 3


def test_what_is_there_already_counts(uri: str) -> None:
    written(opened(uri), "q_1", 1, NOISE[:3])
    results = opened(uri, in_all=150_000)
    assert results.bytes() == sum(len(data) for data in stored(uri).values()) > 100_000
    with pytest.raises(ServerBusy):
        written(results, "q_2", 1, NOISE[:3])


def test_what_others_write_and_remove_is_noticed(uri: str) -> None:
    now = [0.0]
    other, results = opened(uri), opened(uri, in_all=200_000, ticks=lambda: now[0])
    written(other, "q_1", 1, NOISE[:4])
    now[0] += 61
    with pytest.raises(ServerBusy):
        written(results, "q_2", 1, NOISE[:3])
    # Before anything is refused it is counted again, however short the while.
    other.remove("q_1")
    assert written(results, "q_2", 1, NOISE[:3]) == 3
    assert results.bytes() == sum(len(data) for data in stored(uri).values())


def test_many_writers_stay_below_the_quota_together(uri: str) -> None:
    now = [0.0]
    results = opened(uri, in_all=500_000, ticks=lambda: now[0])
    largest = [0]

    def write(number: int) -> bool:
        try:
            written(results, f"q_{number}", 1, NOISE)
        except ServerBusy:
            return False
        finally:
            largest[0] = max(largest[0], opened(uri).bytes())
        return True

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(write, range(8)))
    assert sum(outcomes) <= 1, "two of them do not fit"
    assert largest[0] <= 500_000
    sizes = sum(len(data) for data in stored(uri).values())
    # What was being written while it was counted may have been counted twice, until it is counted again.
    assert results.bytes() >= sizes
    for number in range(8):
        results.remove(f"q_{number}")
    assert stored(uri) == {}
    now[0] += 61
    assert written(results, "q_9", 1, NOISE) == 8
    assert results.bytes() == sum(len(data) for data in stored(uri).values())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT], ids=["full", "quota"])
@pytest.mark.parametrize("when", ["open", "write", "close", "rename", "directory"])
def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, when: str) -> None:
    results = opened(f"file://{tmp_path}")
    kept = written(results, "q_0", 1, BATCHES[:2])
    before = (on_disk(tmp_path), results.bytes())
    failure = OSError(number, "no room")
    full = threading.Event()

    def fails(function: Callable[..., Any], after: Callable[..., bool] = lambda *given: True) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if not full.is_set() or not after(*given):
                return function(*given, **named)
            if function is write:
                # A disk takes what it can, and then nothing.
                full.clear()
                half = function(given[0], given[1][: len(given[1]) // 2])
                full.set()
                monkeypatch.setattr(files.os, "write", broken)
                return half
            if function is close:
                function(*given)
                full.clear()
            raise failure

        return call

    def broken(*given: Any) -> int:
        raise failure

    write, close = os.write, os.close
    if when == "open":
        monkeypatch.setattr(files.os, "open", fails(os.open, lambda path, flags, *mode: bool(flags & os.O_CREAT)))
    elif when == "write":
        monkeypatch.setattr(files.os, "write", fails(write))
    elif when == "close":
        monkeypatch.setattr(files.os, "close", fails(close))
    elif when == "rename":
        monkeypatch.setattr(Path, "rename", fails(Path.rename, lambda path, target: path.name.startswith(".")))
    else:
        monkeypatch.setattr(Path, "mkdir", fails(Path.mkdir))
        full.set()

    def written_until_it_is_full() -> None:
        with results.writer("q_1", 1, SCHEMA, 0) as writer:
            writer.put(NOISE[0])
            full.set()
            writer.put(NOISE[1])

    with pytest.raises(ServerBusy, match="full") as caught:
        written_until_it_is_full()
    assert caught.value.code == "server.busy"
    monkeypatch.undo()
    assert (on_disk(tmp_path), results.bytes()) == before
    assert read(results, "q_0", 1, kept) == BATCHES[:2]


def test_a_file_that_the_system_cuts_off(tmp_path: Path) -> None:
    """The system's own limit for the size of files: a true short write."""
    results = opened(f"file://{tmp_path}")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    writer = results.writer("q_1", 1, SCHEMA, 0)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        writer.put(NOISE[0])
        raised: FozError | None = None
    except FozError as error:
        raised = error
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert isinstance(raised, ServerBusy)
    assert on_disk(tmp_path / "results") == ["q_1", "q_1/1", "q_1/1/schema"]
    writer.abort()
    assert on_disk(tmp_path / "results") == []
    assert results.bytes() == 0


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (OSError(errno.ENOSPC, "no room"), "server.busy"),
        (PermissionError(errno.EACCES, "key AKIA of ana"), "server.internal"),
        (RuntimeError("Could not reach https://ana:pw@bucket"), "server.internal"),
    ],
)
def test_an_object_store_that_fails(monkeypatch: pytest.MonkeyPatch, failure: Exception, code: str) -> None:
    place = f"memory://{secrets.token_hex(8)}"
    results = opened(place)

    def fails(*given: Any, **named: Any) -> None:
        raise failure

    def written_until_it_fails() -> None:
        with results.writer("q_1", 1, SCHEMA, 0) as writer:
            writer.put(NOISE[0])
            monkeypatch.setattr(type(fsspec.filesystem("memory")), "pipe_file", fails)
            writer.put(NOISE[1])

    with pytest.raises(FozError) as caught:
        written_until_it_fails()
    assert caught.value.code == code
    assert "ana" not in caught.value.message
    assert (stored(place), results.bytes()) == ({}, 0)


def test_what_cannot_be_removed_does_not_hide_why_it_ended(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    results = opened(uri)

    def fails(*given: Any, **named: Any) -> None:
        raise OSError(errno.EIO, "broken")

    writer = results.writer("q_1", 1, SCHEMA, 0)

    def ends() -> None:
        with writer:
            writer.put(NOISE[0])
            monkeypatch.setattr(results._files, "remove", fails)
            raise KeyError

    with capture_logs() as told, pytest.raises(KeyError):
        ends()
    assert [one["event"] for one in told] == ["results.not_removed"]
    with pytest.raises(Internal):
        writer.abort()
    with pytest.raises(Internal):
        results.remove("q_1")
    monkeypatch.undo()
    results.remove("q_1")
    assert (stored(uri), results.bytes()) == ({}, 0)


def test_a_result_that_is_removed_while_it_is_written(tmp_path: Path) -> None:
    results, other = opened(f"file://{tmp_path}"), opened(f"file://{tmp_path}")
    writer = results.writer("q_1", 1, SCHEMA, 0)
    writer.put(BATCHES[0])
    other.remove("q_1")
    with pytest.raises(QueryExpired):
        writer.put(BATCHES[1])
    writer.abort()
    assert on_disk(tmp_path) == ["results"]


WRITER = """
import os, signal, sys
from pathlib import Path
from proxy.jobs import files
from proxy.jobs.results import Results
from tests.proxy.jobs.test_results import BATCHES, SCHEMA

results = Results("file://" + sys.argv[1], 1 << 30, 1 << 30)
when = sys.argv[2]
writer = results.writer("q_1", 1, SCHEMA, roll_seconds=0)
write, rename = os.write, Path.rename
def die(*given, **named):
    os.kill(os.getpid(), signal.SIGKILL)
for number in range(1_000_000):
    if number == 3 and when == "write":
        os.write = lambda descriptor, data: (write(descriptor, data[: len(data) // 2]), die())
    if number == 3 and when == "rename":
        Path.rename = die
    if number == 3 and when == "remove":
        files.shutil.rmtree = die
        results.remove("q_1")
    writer.put(BATCHES[number % len(BATCHES)])
    sys.stdout.write(f"{writer.chunks}\\n")
    sys.stdout.flush()
"""


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[Callable[[str, int], int]]:
    """Runs a writer until it kills itself at a certain point, or is killed after some chunks; gives how many it told of."""
    running: list[subprocess.Popen[str]] = []

    def run(when: str, after: int = -1) -> int:
        command = [sys.executable, "-c", WRITER, str(tmp_path), when]
        root = Path(__file__).resolve().parents[3]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)
        running.append(process)
        assert process.stdout is not None
        told = 0
        for line in process.stdout:
            told = int(line)
            if told == after:
                process.kill()
        process.stdout.close()
        assert process.wait() == -signal.SIGKILL
        return told

    yield run
    for process in running:
        process.kill()


def followed(results: Results, query_id: str, attempt: int) -> list[pa.RecordBatch]:
    """All there is from the first chunk on."""
    rows: list[pa.RecordBatch] = []
    for number in range(1_000_000):
        try:
            rows += results.chunk(query_id, attempt, number)
        except QueryExpired:
            break
    return rows


@pytest.mark.parametrize("when", ["write", "rename", "1", "5", "40"])
def test_a_killed_writer_leaves_whole_chunks(tmp_path: Path, killed: Callable[[str, int], int], when: str) -> None:
    told = killed(when, int(when) if when.isdigit() else -1)
    assert told == 3 if when in ("write", "rename") else told >= int(when)
    results = opened(f"file://{tmp_path}")
    rows = followed(results, "q_1", 1)
    assert len(rows) >= told
    assert rows == [BATCHES[number % len(BATCHES)] for number in range(len(rows))]
    names = on_disk(tmp_path / "results" / "q_1" / "1")
    temporary = [name for name in names if name.startswith(".")]
    assert len(temporary) <= 1
    if when in ("write", "rename"):
        assert temporary == [f".00003-{KEPT}"]
    assert sorted(set(names) - set(temporary)) == [*(f"{number:05d}-{KEPT}" for number in range(len(rows))), "schema"]
    # What is unfinished takes room too, and goes with the next attempt.
    assert results.bytes() == sum((tmp_path / "results" / "q_1" / "1" / name).stat().st_size for name in names)
    assert written(results, "q_1", 2, BATCHES[5:7]) == 2
    assert on_disk(tmp_path / "results" / "q_1") == ["2", f"2/00000-{KEPT}", f"2/00001-{KEPT}", "2/schema"]
    assert results.bytes() == sum(len(data) for data in stored(f"file://{tmp_path}").values())


@pytest.mark.parametrize("when", ["write", "remove"])
def test_what_a_killed_process_left_is_found_and_removed(tmp_path: Path, killed: Callable[[str, int], int], when: str) -> None:
    killed(when, -1)
    results = opened(f"file://{tmp_path}", clock=lambda: time.time() + 3600)
    written(results, "q_2", 1, BATCHES[:1])
    assert results.stray(lambda query_id: query_id == "q_2", 7200) == []
    stray = results.stray(lambda query_id: query_id == "q_2", 1800)
    assert len(stray) == 1
    assert (stray == ["q_1"]) == (when == "write")
    for query_id in stray:
        results.remove(query_id)
    assert results.stray(lambda query_id: query_id == "q_2", 1800) == []
    assert on_disk(tmp_path / "results") == ["q_2", "q_2/1", f"q_2/1/00000-{KEPT}", "q_2/1/schema"]
    assert results.bytes() == sum(len(data) for data in stored(f"file://{tmp_path}").values())


def test_stray_is_what_no_job_has_and_has_not_changed(uri: str) -> None:
    now = [time.time()]
    results = opened(uri, clock=lambda: now[0])
    for number in range(4):
        written(results, f"q_{number}", 1, BATCHES[:1])
    asked: list[str] = []

    def known(query_id: str) -> bool:
        asked.append(query_id)
        return query_id in ("q_1", "q_2")

    assert results.stray(known, 60) == []
    now[0] += 120
    assert sorted(results.stray(known, 60)) == ["q_0", "q_3"]
    assert sorted(asked) == sorted([f"q_{number}" for number in range(4)] * 2)
    assert len(stored(uri)) == 8, "finding is not removing"
    assert sorted(results.stray(lambda query_id: False, 60)) == [f"q_{number}" for number in range(4)]


def test_a_store_that_does_not_answer_makes_nothing_stray(uri: str) -> None:
    results = opened(uri, clock=lambda: time.time() + 3600)
    written(results, "q_1", 1, BATCHES[:1])

    def known(query_id: str) -> bool:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        results.stray(known, 0)


def test_what_else_lies_there_is_left_alone(tmp_path: Path) -> None:
    results = opened(f"file://{tmp_path}", clock=lambda: time.time() + 3600)
    (tmp_path / "results" / "lost+found").mkdir()
    (tmp_path / "results" / "notes.txt").write_text("x")
    (tmp_path / "results" / "q_1" / "1").mkdir(parents=True)
    (tmp_path / "foz-abc").mkdir()
    assert results.stray(lambda query_id: False, 60) == ["q_1"], "an empty one too"
    results.remove("q_1")
    assert on_disk(tmp_path) == ["foz-abc", "results", "results/lost+found", "results/notes.txt"]


def test_files_of_a_directory_that_vanish_while_they_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    local = Local(tmp_path / "results")
    local.prepare("q_1")
    for name in ("q_1/a", "q_1/b"):
        local.write(name, b"x")
    walk = files._walk

    def vanishing(directory: Path) -> Iterator[Path]:
        for path in walk(directory):
            if path.name == "a":
                path.unlink()
            yield path

    monkeypatch.setattr(files, "_walk", vanishing)
    assert local.find() == {"q_1/b": 1}
