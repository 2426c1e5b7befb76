"""A Redis that goes away and comes back, with its append-only file, while jobs run; and one that does not answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from demo.server import Server
from demo.servers import start_redis
from proxy.jobs.redis import RedisStore
from proxy.jobs.store import Job, StoreUnavailable
from tests.proxy.jobs.contract_of_time import every_call
from tests.proxy.jobs.subject import PLENTY, Subject, job


class Lasting:
    """A server that keeps its data in `directory` and can be killed and started again in its place."""

    def __init__(self, directory: Path) -> None:
        self._options = ("--appendonly", "yes", "--appendfsync", "everysec", "--dir", str(directory))
        self.server: Server = start_redis(options=self._options)
        self._port = int(self.server.uri.rpartition(":")[2])

    def kill(self) -> None:
        self.server.kill()

    def start(self) -> None:
        self.server = start_redis(self._port, self._options)
        assert self.server.uri.endswith(f":{self._port}")


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[Lasting]:
    lasting = Lasting(tmp_path)
    if lasting.server.pid is None:
        pytest.fail("Redis in a container does not keep its file over a restart.")
    yield lasting
    lasting.server.stop()


def test_jobs_survive_a_restart(lasting: Lasting) -> None:
    store = RedisStore(lasting.server.uri)
    for query_id in ("completed", "held", "pending", "cancelling", "adopted"):
        if query_id == "adopted":
            adopted = store.adopt(job(query_id), "o", 60)
        else:
            store.add(job(query_id), PLENTY)
    ended, held = store.claim("o", 60), store.claim("o", 60)
    assert ended is not None
    assert held is not None
    store.beat(held, 60, b'{"rows": 5}', 3)
    store.finish(ended, "completed", None, b"{}", 9)
    store.lead("sweeper", "o", 60)
    before = store.of("ada")
    lasting.kill()
    with pytest.raises(StoreUnavailable):
        store.find("held")
    lasting.start()
    assert store.of("ada") == before
    assert store.counts() == {"pending": 2, "processing": 2, "completed": 1, "failed": 0, "cancelled": 0}
    assert store.sweep(3, 3600, 1) == []
    assert not store.lead("sweeper", "p", 60)
    assert store.beat(held, 60, b"{}", 4) == "running"
    assert store.finish(adopted, "completed", None, b"{}", 0)
    claimed = store.claim("p", 60)
    assert claimed is not None
    assert claimed.query_id == "pending"
    store.close()


def test_connections_from_before_a_restart_are_made_anew_for_every_call(lasting: Lasting) -> None:
    store = RedisStore(lasting.server.uri)
    store.add(job("q"), PLENTY)
    held = store.claim("o", 60)
    assert held is not None
    for call in every_call(Subject(store, store, lambda seconds: None), held):
        call()
        lasting.kill()
        lasting.start()
    store.close()


def test_jobs_that_run_while_redis_is_restarted_are_neither_lost_nor_held_twice(lasting: Lasting) -> None:
    """Workers and callers go on as if nothing had happened, but that they ask again. What a caller was told is there is there."""
    uri = lasting.server.uri
    wanted, accepted = 400, []
    holding: dict[str, tuple[str, int]] = {}
    broken: list[object] = []
    lock = threading.Lock()
    stopped = threading.Event()

    def submit() -> None:
        store = RedisStore(uri)
        for number in range(wanted):
            while not stopped.is_set():
                try:
                    store.add(job(f"q{number}", f"c{number % 5}"), PLENTY)
                    accepted.append(f"q{number}")
                    break
                except StoreUnavailable:
                    stopped.wait(0.01)
            stopped.wait(0.002)
        store.close()

    def work(owner: str) -> None:
        store = RedisStore(uri)
        while not stopped.is_set():
            try:
                store.sweep(100, 3600, 0)
                held = store.claim(owner, 2)
            except StoreUnavailable:
                held = None
            if held is None:
                stopped.wait(0.005)
                continue
            with lock:
                if held.query_id in holding:
                    broken.append((held, holding[held.query_id]))
                holding[held.query_id] = (owner, held.attempts)
            stopped.wait(0.002)
            _end(store, held)
        store.close()

    def _end(store: RedisStore, held: Job) -> None:
        with lock:
            del holding[held.query_id]
        while not stopped.is_set():
            try:
                if not store.finish(held, "completed", None, b"{}", held.attempts):
                    broken.append(held)
                return
            except StoreUnavailable:
                stopped.wait(0.01)

    threads = [threading.Thread(target=submit), *(threading.Thread(target=work, args=(f"o{n}",)) for n in range(4))]
    for thread in threads:
        thread.start()
    store = RedisStore(uri)
    for round_ in range(4):
        _until(store, 80 * (round_ + 1))
        lasting.kill()
        lasting.start()
    threads[0].join()
    _until(store, wanted)
    stopped.set()
    for thread in threads:
        thread.join()
    assert broken == []
    assert len(accepted) == wanted
    assert {each.query_id for number in range(5) for each in store.of(f"c{number}")} == set(accepted)
    assert store.counts() == {"pending": 0, "processing": 0, "completed": wanted, "failed": 0, "cancelled": 0}
    store.close()


def _until(store: RedisStore, completed: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if store.counts()["completed"] >= completed:
                return
        except StoreUnavailable:
            time.sleep(0.05)
        time.sleep(0.01)
    raise AssertionError("Nothing goes on.")


def test_a_subscriber_hears_that_it_may_have_missed_something(lasting: Lasting) -> None:
    store = RedisStore(lasting.server.uri)
    told: Queue[str] = Queue()
    store.subscribe(told.put)
    assert told.get(timeout=30) == ""
    store.add(job("before"), PLENTY)
    assert told.get(timeout=30) == "before"
    lasting.kill()
    lasting.start()
    assert told.get(timeout=30) == ""
    store.add(job("after"), PLENTY)
    assert told.get(timeout=30) == "after"
    store.close()


def test_a_redis_that_is_gone_is_unavailable(lasting: Lasting) -> None:
    store = RedisStore(lasting.server.uri)
    store.add(job("q"), PLENTY)
    held = store.claim("o", 60)
    assert held is not None
    lasting.kill()
    for call in every_call(Subject(store, store, lambda seconds: None), held):
        with pytest.raises(StoreUnavailable):
            call()
    store.close()


def test_a_redis_that_does_not_answer_is_unavailable_within_its_time(lasting: Lasting) -> None:
    """Each call is over long before the server answers again, on a connection that is open as on a new one."""
    store = RedisStore(lasting.server.uri, timeout_seconds=0.1)
    store.add(job("q"), PLENTY)
    held = store.claim("o", 60)
    assert held is not None
    calls = every_call(Subject(store, store, lambda seconds: None), held)
    raised: list[BaseException] = []

    def ask() -> None:
        for call in [*calls, *calls]:
            try:
                call()
            except StoreUnavailable as error:
                raised.append(error)

    asking = threading.Thread(target=ask)
    lasting.server.freeze()
    try:
        asking.start()
        asking.join(60)
        assert not asking.is_alive()
    finally:
        lasting.server.thaw()
    assert len(raised) == 2 * len(calls)
    for _ in range(200):
        try:
            found = store.find("q")
            break
        except StoreUnavailable:
            continue
    assert found is not None
    assert found.query_id == "q"
    store.close()


def test_what_answers_late_is_not_taken_for_the_next_answer(lasting: Lasting) -> None:
    store = RedisStore(lasting.server.uri, timeout_seconds=0.1)
    for number in range(5):
        store.add(job(f"q{number}"), PLENTY)
    for number in range(5):
        lasting.server.freeze()
        with pytest.raises(StoreUnavailable):
            store.find(f"q{number}")
        lasting.server.thaw()
        patient = RedisStore(lasting.server.uri, timeout_seconds=30)
        patient.find("q0")
        patient.close()
        other = store.find("q4" if number != 4 else "q3")
        assert other is not None
        assert other.query_id == ("q4" if number != 4 else "q3")
    store.close()
