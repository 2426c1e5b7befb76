"""Random histories of jobs that are alike, in both stores at once: they say the same, and nothing is run twice for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from demo.server import Server
from demo.servers import start_redis
from proxy.jobs.store import Job, Limits, TooMany
from tests.proxy.jobs.subject import in_memory, in_redis, job

LIMITS = Limits(per_caller=6, total=10)
CALLERS = st.sampled_from(["ada", "bob"])
ALIKE = st.sampled_from(["x", "x", "y", ""])
PICK = st.integers(0, 1000)
NAMES = ("ada", "bob")


class Alike(RuleBasedStateMachine):
    uri: str

    def __init__(self) -> None:
        super().__init__()
        self.memory, self.redis = in_memory(), in_redis(self.uri)
        self.names = 0
        self.holders: list[Job] = []
        self.adopted: set[str] = set()

    def both(self, name: str, *arguments: Any) -> Any:
        """What both stores answer, which is the same."""
        said = []
        for subject in (self.memory, self.redis):
            try:
                said.append(getattr(subject.store, name)(*arguments))
            except TooMany as error:
                said.append(error.whose)
        assert said[0] == said[1], (name, arguments)
        return said[0]

    @rule(caller=CALLERS, alike=ALIKE, age=st.sampled_from([None, None, 2.0]))
    def add(self, caller: str, alike: str, age: float | None) -> None:
        self.names += 1
        self.both("add", job(f"q{self.names}", caller, alike=alike), LIMITS, age)

    @rule(caller=CALLERS, alike=ALIKE)
    def adopt(self, caller: str, alike: str) -> None:
        self.names += 1
        self.adopted.add(f"q{self.names}")
        self.holders.append(self.both("adopt", job(f"q{self.names}", caller, alike=alike), "o", 4))

    @rule(owner=st.sampled_from(["o", "p"]))
    def claim(self, owner: str) -> None:
        claimed = self.both("claim", owner, 4)
        if claimed is not None:
            self.holders.append(claimed)

    @precondition(lambda self: self.holders)
    @rule(pick=PICK, chunks=st.integers(0, 2))
    def beat(self, pick: int, chunks: int) -> None:
        self.both("beat", self._holder(pick), 4, b"[]", chunks)

    @precondition(lambda self: self.holders)
    @rule(pick=PICK, delay=st.sampled_from([0, 2]), count=st.booleans())
    def give_back(self, pick: int, delay: int, count: bool) -> None:
        self.both("give_back", self._holder(pick), delay, count)

    @precondition(lambda self: self.holders)
    @rule(pick=PICK, state=st.sampled_from(["completed", "failed", "cancelled"]))
    def finish(self, pick: int, state: Any) -> None:
        self.both("finish", self._holder(pick), state, ("a.b", "c") if state == "failed" else None, b"[1]", 1)

    @precondition(lambda self: self.names)
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        self.both("cancel", f"q{self.names - pick % min(8, self.names)}")

    @precondition(lambda self: self.names)
    @rule(pick=PICK)
    def renew(self, pick: int) -> None:
        self.both("renew", f"q{self.names - pick % min(8, self.names)}")

    @rule(seconds=st.sampled_from([1, 2, 4, 7]))
    def pass_seconds(self, seconds: int) -> None:
        for subject in (self.memory, self.redis):
            subject.pass_seconds(seconds)

    @rule(attempts=st.integers(1, 3), keep=st.sampled_from([3, 100]))
    def sweep(self, attempts: int, keep: int) -> None:
        self.both("sweep", attempts, keep, 1)

    @invariant()
    def all_is_the_same(self) -> None:
        for name in NAMES:
            self.both("of", name)
        self.both("counts")
        for alike in ("x", "y"):
            self.both("leads", alike)
        for number in range(1, self.names + 1):
            self.both("shares", f"q{number}")

    @invariant()
    def whoever_waits_has_somebody_who_runs_for_him(self) -> None:
        """A job in processing is held, or has its rows, owner and attempt from one that is."""
        held = {(each.owner, each.attempts) for each in self.holders}
        for name in NAMES:
            for each in self.memory.store.of(name):
                if each.state == "processing":
                    assert (each.owner, each.attempts) in held
                if each.state == "completed" and each.rows:
                    assert self.memory.store.shares(each.rows)

    def teardown(self) -> None:
        """All that is left can be brought to its end."""
        for _ in range(60):
            for subject in (self.memory, self.redis):
                subject.pass_seconds(30)
            self.both("sweep", 9, 10_000, 0)
            claimed = self.both("claim", "last", 4)
            if claimed is not None:
                self.both("finish", claimed, "completed", None, b"{}", 1)
        counts = self.both("counts")
        assert (counts["pending"], counts["processing"]) == (0, 0)
        for subject in (self.memory, self.redis):
            subject.pass_seconds(20_000)
        self.both("sweep", 9, 10_000, 0)
        for number in range(1, self.names + 1):
            assert not self.both("shares", f"q{number}")
        for subject in (self.memory, self.redis):
            subject.store.close()
        self.redis.other.close()

    def _holder(self, pick: int) -> Job:
        return self.holders[-1 - pick % len(self.holders)]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with start_redis() as server:
        yield server


def test_both_stores(server: Server) -> None:
    machine = type("AlikeInBoth", (Alike,), {"uri": server.uri})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate],  # a shorter history takes minutes to find
        ),
    )
