from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from planner.errors import FozError, QueryCancelled, QueryTimeout, ServerBusy
from proxy.admission import Admission
from proxy.deadlines import Watch
from proxy.part import part_of
from translators.control import Control


class Gauge:
    """The last number told, and a way to wait for one."""

    def __init__(self) -> None:
        self.value = 0
        self._changed = threading.Condition()

    def __call__(self, waiting: int) -> None:
        with self._changed:
            self.value = waiting
            self._changed.notify_all()

    def reaches(self, waiting: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.value == waiting)


def test_as_many_run_as_there_are_places() -> None:
    admission = Admission(running=3, waiting=100)
    lock = threading.Lock()
    inside = most = 0

    def run(number: int) -> None:
        nonlocal inside, most
        with admission.place(Control()):
            with lock:
                inside += 1
                most = max(most, inside)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(run, range(500)))
    assert 1 <= most <= 3
    for _ in range(3):
        admission.enter(Control())


def test_those_that_wait_enter_in_their_order() -> None:
    gauge = Gauge()
    admission = Admission(running=1, waiting=10, wait_seconds=60, gauge=gauge)
    admission.enter(Control())
    order: list[int] = []

    def run(number: int) -> None:
        with admission.place(Control()):
            order.append(number)

    with ThreadPoolExecutor(5) as pool:
        for number in range(5):
            pool.submit(run, number)
            gauge.reaches(number + 1)
        admission.leave()
    assert order == [0, 1, 2, 3, 4]
    assert gauge.value == 0


def test_a_full_queue_and_a_long_wait_are_busy() -> None:
    full = Admission(running=1, waiting=0, wait_seconds=7)
    full.enter(Control())
    with pytest.raises(ServerBusy) as raised:
        full.enter(Control())
    assert raised.value.details == {"retryAfterSeconds": 7}
    slow = Admission(running=1, waiting=1, wait_seconds=0.01)
    slow.enter(Control())
    with pytest.raises(ServerBusy):
        slow.enter(Control())
    slow.leave()
    slow.enter(Control())


def test_a_query_that_ends_while_it_waits_leaves_the_queue() -> None:
    gauge = Gauge()
    admission = Admission(running=1, waiting=5, wait_seconds=60, gauge=gauge)
    admission.enter(Control())
    control = Control()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(admission.enter, control)
        gauge.reaches(1)
        control.cancel()
        with pytest.raises(QueryCancelled):
            waiting.result()
    with pytest.raises(QueryTimeout):
        admission.enter(Control(timeout_ms=5))
    assert gauge.value == 0
    admission.leave()
    admission.enter(Control())


def test_a_watch_ends_what_is_over_and_nothing_else() -> None:
    watch = Watch()
    ended = {name: threading.Event() for name in ("soon", "later", "removed", "never")}
    soon, later, removed, never = Control(20), Control(40), Control(1), Control()
    kept = [control.stopping(ended[name].set) for name, control in zip(ended, (soon, later, removed, never), strict=True)]
    for one in kept:
        one.__enter__()
    removed.deadline = later.deadline
    watch.add(removed)
    watch.remove(removed)
    for control in (later, soon, never):
        watch.add(control)
    ended["soon"].wait()
    ended["later"].wait()
    assert not ended["removed"].is_set()
    assert not ended["never"].is_set()
    assert isinstance(soon.error, QueryTimeout)
    watch.close()
    watch.close()


def test_a_part_ends_with_the_whole_or_alone_and_shares_its_deadline() -> None:
    whole = Control(60_000)
    with part_of(whole) as part, part_of(part) as inner:
        assert (part.deadline, inner.timeout_ms) == (whole.deadline, 60_000)
        whole.limit(120_000)
        assert (inner.deadline, inner.timeout_ms) == (whole.deadline, 120_000)
        inner.cancel()
        assert part.error is None
        whole.cancel("Enough.")
        assert str(part.error) == "Enough."
    late = Control(60_000)
    with part_of(late) as part:
        late.limit(0)
        assert isinstance(part.error, QueryTimeout)
        assert isinstance(late._error, QueryTimeout)


class _PutOff(Control):
    """Its deadline is put off once, just when it has passed."""

    put_off = False

    @property
    def error(self) -> FozError | None:
        if not self.put_off:
            self.put_off = True
            self.limit(20)
        return super().error


def test_a_deadline_that_is_put_off_at_the_last_moment_is_still_watched() -> None:
    watch, control, ended = Watch(), _PutOff(1), threading.Event()
    with control.stopping(ended.set):
        watch.add(control)
        ended.wait()
    assert isinstance(control.error, QueryTimeout)
    watch.close()
    assert (watch._heap, watch._watched) == ([], {})


def test_a_watch_forgets_what_is_removed() -> None:
    watch = Watch()
    for _ in range(10_000):
        control = Control(60_000)
        watch.add(control)
        watch.remove(control)
    assert len(watch._heap) <= 65
    watch.close()
