"""Random histories of either store against the model: each answer, and after each step each job, is the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from demo.server import Server
from demo.servers import start_redis
from proxy.jobs.store import STATES, Job, Limits, TooMany
from tests.proxy.jobs.model import Lease, Model
from tests.proxy.jobs.subject import START, Subject, in_memory, in_redis, job

QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
LIMITS = Limits(per_caller=4, total=7)
CALLERS = st.sampled_from(["ada", "bob", "eve"])
OWNERS = st.sampled_from(["o", "p"])
SECONDS = st.sampled_from([1, 2, 4, 12])
PICK = st.integers(0, 1000)


class Jobs(RuleBasedStateMachine):
    """Holders are all that ever held a job, so that those who have lost theirs go on trying."""

    made: Callable[[], Subject]

    def __init__(self) -> None:
        super().__init__()
        self.subject = self.made()
        self.model = Model()
        self.holders: list[Job] = []
        self.let_go: dict[tuple[str, str | None, int], str] = {}
        self.names = 0

    @initialize()
    def begin(self) -> None:
        """The store hears of the time for the first time."""
        assert self.subject.store.lead("first", "o", 0)
        self.model.begin()

    @rule(caller=CALLERS, retries=st.sampled_from([True, True, True, False]), delay=st.sampled_from([0, 0, 0, 3]))
    def add(self, caller: str, retries: bool, delay: int) -> None:
        self.names += 1
        query_id = f"q{self.names}"
        not_before = START + self.model.now + delay if delay else 0.0
        self.model.begin()
        whose = "caller" if self.model.live(caller) >= LIMITS.per_caller else "all" if self.model.live() >= LIMITS.total else None
        given = job(query_id, caller, retries=retries, not_before=float(not_before))
        if whose is None:
            self.model.add(query_id, caller, retries, delay)
            self.subject.store.add(given, LIMITS)
            self.subject.store.add(given, LIMITS)
        else:
            with pytest.raises(TooMany) as raised:
                self.subject.store.add(given, LIMITS)
            assert raised.value.whose == whose

    @rule(caller=CALLERS, owner=OWNERS, seconds=SECONDS)
    def adopt(self, caller: str, owner: str, seconds: int) -> None:
        self.names += 1
        query_id = f"q{self.names}"
        self.model.begin()
        expected = self.model.adopt(query_id, caller, owner, seconds)
        assert self.subject.store.adopt(job(query_id, caller), owner, seconds) == expected
        self.holders.append(expected)

    @rule(owner=OWNERS, seconds=SECONDS)
    def claim(self, owner: str, seconds: int) -> None:
        self.model.begin()
        expected = self.model.claim(owner, seconds)
        assert self.subject.store.claim(owner, seconds) == expected
        if expected is not None:
            self.holders.append(expected)

    @precondition(lambda self: self.holders)
    @rule(pick=PICK, seconds=SECONDS, chunks=st.integers(0, 2))
    def beat(self, pick: int, seconds: int, chunks: int) -> None:
        held = self._holder(pick)
        self.model.begin()
        found = self.model.holds(held)
        expected = "lost"
        if found is not None:
            expected = "cancelling" if found.cancelling else "running"
            self.model.leases[held.query_id] = Lease(self.model.now + seconds, seconds)
            if (found.report, found.chunks) != (b"[]", chunks):
                self.model.change(found, report=b"[]", chunks=chunks)
        assert self.subject.store.beat(held, seconds, b"[]", chunks) == expected

    @precondition(lambda self: self.holders)
    @rule(pick=PICK, delay=st.sampled_from([0, 2]), count=st.booleans())
    def give_back(self, pick: int, delay: int, count: bool) -> None:
        held = self._holder(pick)
        self.model.begin()
        found = self.model.holds(held)
        if found is not None and found.cancelling:
            self.model.end(found, "cancelled", None, found.report, 0)
        elif found is not None:
            self.model.back(found, delay, found.excused + (0 if count else 1))
        expected = found is not None or self._let_go(held) == "given back"
        assert self.subject.store.give_back(held, delay, count) == expected
        if found is not None:
            self.let_go[_key(held)] = "given back"

    @precondition(lambda self: self.holders)
    @rule(pick=PICK, state=st.sampled_from(["completed", "failed", "cancelled"]), chunks=st.integers(0, 2))
    def finish(self, pick: int, state: Any, chunks: int) -> None:
        held = self._holder(pick)
        error = ("sql.type", "No.") if state == "failed" else None
        self.model.begin()
        found = self.model.holds(held)
        if found is not None:
            self.model.end(found, state, error, b"[1]", chunks)
        expected = found is not None or self._let_go(held) == state
        assert self.subject.store.finish(held, state, error, b"[1]", chunks) == expected
        if found is not None:
            self.let_go[_key(held)] = state

    @precondition(lambda self: self.model.jobs)
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        query_id = self._job(pick)
        self.model.begin()
        found = self.model.find(query_id)
        assert found is not None
        if found.state == "pending":
            self.model.end(found, "cancelled", None, found.report, 0)
        elif found.state == "processing" and not found.cancelling:
            self.model.change(found, cancelling=True)
        assert self.subject.store.cancel(query_id) == self.model.find(query_id)

    @precondition(lambda self: self.model.jobs)
    @rule(pick=PICK)
    def renew(self, pick: int) -> None:
        query_id = self._job(pick)
        self.model.begin()
        found = self.model.find(query_id)
        assert found is not None
        if found.state in ("completed", "failed", "cancelled"):
            self.model.change(found, kept=float(START + self.model.now))
        assert self.subject.store.renew(query_id) == self.model.find(query_id)

    @rule(seconds=st.sampled_from([1, 1, 2, 4, 7]))
    def pass_seconds(self, seconds: int) -> None:
        self.model.now += seconds
        self.subject.pass_seconds(seconds)

    @rule(attempts=st.integers(1, 3), keep=st.sampled_from([3, 100]), back_off=st.sampled_from([0, 1]))
    def sweep(self, attempts: int, keep: int, back_off: int) -> None:
        self.model.begin()
        expected = self.model.sweep(attempts, keep, back_off)
        assert list(self.subject.store.sweep(attempts, keep, back_off)) == expected
        gone = {each.query_id for each in expected if each.state == "expired"}
        self.let_go = {key: how for key, how in self.let_go.items() if key[0] not in gone}

    @rule(owner=OWNERS, seconds=SECONDS)
    def lead(self, owner: str, seconds: int) -> None:
        self.model.begin()
        leader, until = self.model.leaders.get("sweeper", (owner, 0))
        expected = leader == owner or until <= self.model.now
        if expected:
            self.model.leaders["sweeper"] = (owner, self.model.now + seconds)
        assert self.subject.store.lead("sweeper", owner, seconds) == expected

    @invariant()
    def all_is_the_same(self) -> None:
        states = Counter(each.state for each in self.model.jobs)
        assert self.subject.store.counts() == {state: states[state] for state in STATES}
        for caller in ("ada", "bob", "eve"):
            mine = [each for each in reversed(self.model.jobs) if each.caller == caller and each.state != "expired"]
            assert list(self.subject.store.of(caller)) == mine
        for each in self.model.jobs:
            if each.state == "expired":
                assert self.subject.store.find(each.query_id) == each

    def teardown(self) -> None:
        self.subject.store.close()
        self.subject.other.close()

    def _holder(self, pick: int) -> Job:
        return self.holders[-1 - pick % len(self.holders)]

    def _job(self, pick: int) -> str:
        return self.model.jobs[-1 - pick % len(self.model.jobs)].query_id

    def _let_go(self, held: Job) -> str | None:
        """How this holder let its job go, where nobody has let it go since."""
        mine = [key for key in self.let_go if key[0] == held.query_id]
        return self.let_go[_key(held)] if mine and mine[-1] == _key(held) else None


def _key(held: Job) -> tuple[str, str | None, int]:
    return (held.query_id, held.owner, held.attempts)


def test_memory() -> None:
    machine = type("JobsInMemory", (Jobs,), {"made": staticmethod(in_memory)})
    run_state_machine_as_test(machine, settings=settings(max_examples=100, stateful_step_count=50, **QUIET))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with start_redis() as server:
        yield server


def test_redis(server: Server) -> None:
    machine = type("JobsInRedis", (Jobs,), {"made": staticmethod(lambda: in_redis(server.uri))})
    run_state_machine_as_test(machine, settings=settings(max_examples=20, stateful_step_count=50, **QUIET))
