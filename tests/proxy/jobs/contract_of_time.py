"""The rest of what every job store must do: what time does, who leads, and who is told."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from queue import Empty, Queue

import pytest

from proxy.jobs.store import DIED, UNKNOWN_OUTCOME, Job, Limits, StoreUnavailable
from tests.proxy.jobs.subject import PLENTY, START, Subject, job


def a_dead_owners_job_is_tried_again_with_growing_delay(subject: Subject) -> None:
    subject.add("q")
    for attempt, delay in ((1, 2.0), (2, 4.0), (3, 8.0)):
        held = subject.claim(lease_seconds=4)
        assert held.attempts == attempt
        subject.store.beat(held, 4, b'{"rows": 5}', 3)
        subject.pass_seconds(4)
        swept = subject.store.sweep(4, 60, 2)
        found = subject.found("q")
        assert swept == [found]
        assert (found.state, found.owner, found.not_before) == ("pending", None, START + subject.now + delay)
        assert (found.chunks, found.report, found.started) == (0, b"{}", None)
        assert subject.store.claim("o", 4) is None
        subject.pass_seconds(delay)


def a_job_whose_owners_keep_dying_fails(subject: Subject) -> None:
    subject.add("q")
    subject.claim()
    subject.pass_seconds(4)
    assert subject.sweep(attempts=2, back_off_seconds=0) == [("q", "pending")]
    held = subject.claim()
    subject.store.beat(held, 4, b'{"rows": 5}', 3)
    subject.pass_seconds(4)
    assert subject.sweep(attempts=2) == [("q", "failed")]
    found = subject.found("q")
    assert (found.error, found.chunks, found.report, found.owner) == (DIED, 0, b'{"rows": 5}', None)
    assert found.finished == found.kept == START + 8.0
    assert not subject.store.finish(held, "completed", None, b"{}", 3)
    assert subject.found("q") == found


def what_must_not_run_twice_fails_with_its_outcome_unknown(subject: Subject) -> None:
    subject.add("a", "b", retries=False)
    subject.claim()
    subject.claim()
    subject.store.cancel("b")
    subject.pass_seconds(4)
    assert sorted(subject.sweep()) == [("a", "failed"), ("b", "failed")]
    assert subject.found("a").error == subject.found("b").error == UNKNOWN_OUTCOME
    assert subject.store.claim("o", 4) is None


def a_dead_owners_job_is_cancelled_if_it_was_being_cancelled(subject: Subject) -> None:
    subject.add("q")
    subject.claim()
    subject.store.cancel("q")
    subject.pass_seconds(4)
    assert subject.sweep() == [("q", "cancelled")]
    assert subject.found("q").error is None


def only_leases_that_ran_out_are_taken(subject: Subject) -> None:
    subject.add("short", "long")
    subject.claim(lease_seconds=2)
    subject.claim(lease_seconds=4)
    subject.pass_seconds(1.75)
    assert subject.sweep() == []
    subject.pass_seconds(0.25)
    assert subject.sweep() == [("short", "pending")]
    assert subject.sweep() == []


def many_are_swept_at_once(subject: Subject) -> None:
    names = [f"q{number}" for number in range(250)]
    subject.add(*names)
    for _ in names:
        subject.claim(lease_seconds=4)
    subject.pass_seconds(4)
    assert sorted(subject.sweep()) == sorted((name, "pending") for name in names)
    assert subject.store.counts()["pending"] == 250


def an_ended_job_expires(subject: Subject) -> None:
    subject.add("q")
    held = subject.claim()
    subject.store.finish(held, "failed", ("a", "b"), b'{"rows": 5}', 3)
    before = subject.found("q")
    subject.pass_seconds(59)
    assert subject.sweep() == []
    subject.pass_seconds(1)
    assert subject.sweep() == [("q", "expired")]
    times = {"created": before.created, "started": before.started, "finished": before.finished, "kept": before.kept}
    expected = Job("q", "ada", b"", b"", state="expired", revision=before.revision + 1, **times)  # type: ignore[arg-type]
    assert subject.found("q") == expected
    assert subject.sweep() == []
    assert subject.store.cancel("q") == subject.store.renew("q") == expected
    assert subject.store.adopt(job("q"), "o", 4) == expected
    subject.store.add(job("q"), Limits())
    assert not subject.store.finish(held, "failed", ("a", "b"), b"{}", 3)
    assert subject.found("q") == expected


def what_has_not_ended_does_not_expire(subject: Subject) -> None:
    subject.add("pending", "processing")
    held = subject.claim(lease_seconds=4000)
    subject.pass_seconds(3600)
    assert subject.sweep() == []
    assert subject.store.beat(held, 4, b"{}", 0) == "running"


def an_ended_job_can_be_kept_for_longer(subject: Subject) -> None:
    subject.add("q")
    subject.store.finish(subject.claim(), "completed", None, b"{}", 1)
    before = subject.found("q")
    subject.pass_seconds(50)
    renewed = subject.store.renew("q")
    assert renewed == subject.found("q") == replace(before, kept=START + 50.0, revision=before.revision + 1)
    subject.pass_seconds(50)
    assert subject.sweep() == []
    subject.pass_seconds(10)
    assert subject.sweep() == [("q", "expired")]


def what_has_not_ended_is_not_renewed(subject: Subject) -> None:
    subject.add("q")
    before = subject.found("q")
    assert subject.store.renew("q") == before
    assert subject.found("q") == before


def after_a_silence_leases_last_anew_once(subject: Subject) -> None:
    subject.add("q")
    held = subject.claim(lease_seconds=20)
    subject.pass_seconds(30)
    assert subject.sweep() == []
    subject.pass_seconds(19)
    assert subject.sweep() == []
    subject.pass_seconds(1)
    assert subject.sweep() == [("q", "pending")]
    assert subject.store.beat(held, 20, b"{}", 0) == "lost"


def a_silence_may_be_shorter_than_a_lease_that_runs_out_in_it(subject: Subject) -> None:
    subject.add("q", "r")
    subject.claim(lease_seconds=20)
    subject.claim(lease_seconds=40)
    subject.pass_seconds(6)
    assert subject.sweep() == []
    subject.pass_seconds(14)
    assert subject.sweep() == []
    for _ in range(20):
        subject.pass_seconds(1)
        swept = subject.sweep()
    assert subject.found("q").state == subject.found("r").state == "pending"
    assert sorted(swept) == [("q", "pending"), ("r", "pending")]


def a_second_silence_is_no_excuse_but_after_a_beat_it_is(subject: Subject) -> None:
    subject.add("a", "b")
    subject.claim(lease_seconds=20)
    second = subject.claim(lease_seconds=20)
    subject.pass_seconds(30)
    assert subject.sweep() == []
    assert subject.store.beat(second, 20, b"{}", 0) == "running"
    subject.pass_seconds(30)
    assert subject.sweep() == [("a", "pending")]
    assert subject.found("b").state == "processing"


def whoever_comes_first_after_a_silence_the_leases_last_anew(subject: Subject) -> None:
    subject.add("q", "r")
    held = subject.claim(lease_seconds=20)
    subject.pass_seconds(30)
    assert subject.claim("p", lease_seconds=20).query_id == "r"
    assert subject.sweep() == []
    assert subject.store.beat(held, 20, b"{}", 0) == "running"


def while_others_are_heard_a_dead_owner_has_no_excuse(subject: Subject) -> None:
    subject.add("q")
    subject.claim(lease_seconds=20)
    for _ in range(19):
        subject.pass_seconds(1)
        assert subject.sweep() == []
    subject.pass_seconds(1)
    assert subject.sweep() == [("q", "pending")]


def a_clock_that_goes_back_holds_nothing_up(subject: Subject) -> None:
    subject.pass_seconds(10_000)
    subject.add("q", "r")
    subject.claim(lease_seconds=4)
    subject.store.give_back(subject.claim(), delay_seconds=3)
    subject.store.lead("sweeper", "o", 4)
    subject.pass_seconds(-9_000)
    assert subject.sweep() == []
    assert subject.store.lead("sweeper", "p", 4)
    assert subject.found("r").not_before == START + 1_003.0
    subject.pass_seconds(3)
    assert subject.claim("p").query_id == "r"
    subject.pass_seconds(1)
    assert subject.sweep() == [("q", "pending")]


def there_is_one_leader(subject: Subject) -> None:
    assert subject.store.lead("sweeper", "o", 4)
    assert not subject.other.lead("sweeper", "p", 4)
    assert subject.other.lead("archive", "p", 4)
    subject.pass_seconds(3)
    assert subject.store.lead("sweeper", "o", 4)
    subject.pass_seconds(3)
    assert not subject.other.lead("sweeper", "p", 4)
    subject.pass_seconds(1)
    assert subject.other.lead("sweeper", "p", 4)
    assert not subject.store.lead("sweeper", "o", 4)


def a_leader_steps_down(subject: Subject) -> None:
    subject.store.lead("sweeper", "o: 1", 4)
    subject.store.lead("sweeper", "o: 1", 0)
    assert subject.other.lead("sweeper", "p", 4)


class Heard:
    """What a subscriber is told, in order, once it is known to listen: marks, which are jobs of their own, show that it does."""

    _marks = itertools.count()

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._told: Queue[str] = Queue()
        self.end = subject.other.subscribe(self._told.put)
        for _ in range(100):
            self._mark()
            try:
                while not self._told.get(timeout=0.1).startswith("mark"):
                    continue
            except Empty:
                continue
            return
        raise AssertionError("Nothing is told.")

    def told(self) -> list[str]:
        """What it has been told, but for marks."""
        mark = self._mark()
        told = []
        while (query_id := self._told.get(timeout=30)) != mark:
            told.append(query_id)
        return [query_id for query_id in told if query_id and not query_id.startswith("mark")]

    def is_quiet(self) -> bool:
        return self._told.empty()

    def _mark(self) -> str:
        mark = f"mark{next(self._marks)}"
        self._subject.add(mark, caller="marker")
        return mark


def each_change_is_told_and_has_its_revision(subject: Subject) -> None:
    heard = Heard(subject)
    assert heard.told() == []
    revisions = []

    def changed(times: int = 1) -> None:
        assert heard.told() == ["q"] * times
        revisions.append(subject.found("q").revision)

    subject.add("q")
    changed()
    held = _claim_of(subject, "q")
    changed()
    subject.store.beat(held, 4, b"{}", 1)
    changed()
    subject.store.give_back(held)
    changed()
    held = _claim_of(subject, "q")
    changed()
    subject.store.cancel("q")
    changed()
    subject.store.finish(held, "cancelled", None, b"{}", 0)
    changed()
    subject.store.renew("q")
    changed()
    assert revisions == [1, 2, 3, 4, 5, 6, 7, 8]
    heard.end()


def _claim_of(subject: Subject, query_id: str) -> Job:
    """Claims until it is the turn of this job: those of the marks are let go."""
    while (held := subject.claim()).query_id != query_id:
        subject.store.finish(held, "completed", None, b"{}", 0)
    return held


def what_time_does_is_told(subject: Subject) -> None:
    heard = Heard(subject)
    subject.add("lapsed", "old")
    _claim_of(subject, "lapsed")
    subject.store.cancel("old")
    heard.told()
    subject.pass_seconds(4)
    subject.sweep(keep_seconds=4)
    assert sorted(heard.told()) == ["lapsed", "old"]
    heard.end()


def what_changes_nothing_is_not_told(subject: Subject) -> None:
    heard = Heard(subject)
    subject.add("q")
    held = subject.claim()
    heard.told()
    subject.store.beat(held, 4, held.report, held.chunks)
    subject.add("q")
    subject.store.finish(replace(held, attempts=7), "completed", None, b"{}", 0)
    subject.store.renew("q")
    subject.sweep()
    assert heard.told() == []
    heard.end()


def every_subscriber_is_told_until_it_ends(subject: Subject) -> None:
    def failing(query_id: str) -> None:
        if query_id == "a":
            raise ValueError(query_id)

    subject.other.subscribe(failing)
    first, second = Heard(subject), Heard(subject)
    subject.add("a")
    assert first.told() == ["a"]
    first.end()
    first.end()
    subject.add("b")
    assert second.told() == ["a", "b"]
    assert first.is_quiet()
    second.end()


def a_closed_store_is_unavailable(subject: Subject) -> None:
    subject.add("q")
    held = subject.claim()
    subject.store.subscribe(lambda query_id: None)
    subject.store.close()
    for call in every_call(subject, held):
        with pytest.raises(StoreUnavailable):
            call()
    subject.store.close()


def every_call(subject: Subject, held: Job) -> list[Callable[[], object]]:
    store = subject.store
    return [
        lambda: store.add(job("r"), PLENTY),
        lambda: store.adopt(job("r"), "o", 4),
        lambda: store.claim("o", 4),
        lambda: store.beat(held, 4, b"{}", 0),
        lambda: store.give_back(held),
        lambda: store.finish(held, "completed", None, b"{}", 0),
        lambda: store.cancel("q"),
        lambda: store.renew("q"),
        lambda: store.find("q"),
        lambda: store.of("ada"),
        lambda: store.counts(),
        lambda: store.sweep(3, 60, 1),
        lambda: store.lead("sweeper", "o", 4),
    ]
