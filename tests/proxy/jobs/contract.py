"""What every job store must do: each check takes an empty store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proxy.jobs.store import STATES, Job, Limits, TooMany
from tests.proxy.jobs.subject import PLENTY, START, Subject, job


def a_new_job_is_pending(subject: Subject) -> None:
    subject.pass_seconds(2)
    given = job("q", retries=False, not_before=START + 9.5)
    subject.store.add(given, PLENTY)
    assert subject.found("q") == replace(given, state="pending", created=START + 2.0, revision=1)


def all_else_is_the_stores(subject: Subject) -> None:
    given = job(
        "q", state="completed", owner="o", attempts=3, chunks=2, finished=1.0, cancelling=True, error=("a", "b"), revision=9
    )
    subject.store.add(given, PLENTY)
    assert subject.found("q") == replace(job("q"), created=float(START), revision=1)


def bytes_and_texts_of_any_kind_are_kept(subject: Subject) -> None:
    caller, query_id = "ada: \n'\" ünï\0", "q:1 {x}"
    given = Job(query_id, caller, bytes(range(256)), b"")
    subject.store.add(given, PLENTY)
    held = subject.claim("owner: ü", 4)
    assert (held.request, held.answer, held.owner) == (bytes(range(256)), b"", "owner: ü")
    assert subject.store.beat(held, 4, b'{"text": "\xc3\xbc"}', 1) == "running"
    assert subject.store.finish(held, "failed", ("a.b", "line\nline ü"), b"", 0)
    assert subject.found(query_id).error == ("a.b", "line\nline ü")
    assert [each.query_id for each in subject.store.of(caller)] == [query_id]


def a_known_id_changes_nothing(subject: Subject) -> None:
    subject.add("q")
    before = subject.found("q")
    subject.store.add(job("q", "bob"), Limits(0, 0))
    assert subject.store.adopt(job("q", "bob"), "o", 4) == before
    assert subject.found("q") == before
    held = subject.claim()
    assert subject.store.adopt(job("q"), "o", 4) == held


def one_caller_may_have_so_many(subject: Subject) -> None:
    limits = Limits(per_caller=2, total=100)
    subject.store.add(job("a"), limits)
    subject.store.add(job("b"), limits)
    held = subject.claim()
    with pytest.raises(TooMany) as raised:
        subject.store.add(job("c"), limits)
    assert raised.value.whose == "caller"
    assert subject.store.find("c") is None
    subject.store.add(job("c", "bob"), limits)
    subject.store.finish(held, "completed", None, b"{}", 0)
    subject.store.add(job("d"), limits)
    with pytest.raises(TooMany):
        subject.store.add(job("e"), limits)
    subject.store.cancel("d")
    subject.store.add(job("e"), limits)


def all_may_have_so_many(subject: Subject) -> None:
    limits = Limits(per_caller=100, total=2)
    subject.store.add(job("a"), limits)
    subject.store.add(job("b", "bob"), limits)
    with pytest.raises(TooMany) as raised:
        subject.store.add(job("c", "eve"), limits)
    assert raised.value.whose == "all"
    subject.store.cancel("a")
    subject.store.add(job("c", "eve"), limits)


def an_adopted_job_is_running(subject: Subject) -> None:
    subject.pass_seconds(60)
    held = subject.store.adopt(job("q"), "o", 4, ago_seconds=30.5)
    began = START + 29.5
    assert held == replace(job("q"), state="processing", created=began, started=began, owner="o", attempts=1, revision=1)
    assert subject.found("q") == held
    assert subject.store.claim("p", 4) is None
    assert subject.store.beat(held, 4, b"{}", 1) == "running"
    subject.pass_seconds(4.5)
    assert subject.sweep() == [("q", "pending")]


def no_limit_refuses_adoption_but_it_counts(subject: Subject) -> None:
    limits = Limits(per_caller=1, total=2)
    subject.store.add(job("a"), limits)
    subject.store.adopt(job("b"), "o", 4)
    with pytest.raises(TooMany) as raised:
        subject.store.add(job("c", "bob"), limits)
    assert raised.value.whose == "all"


def a_claim_is_an_attempt(subject: Subject) -> None:
    assert subject.store.claim("o", 4) is None
    subject.add("q")
    subject.pass_seconds(3)
    held = subject.claim("o")
    assert (held.state, held.owner, held.attempts, held.started) == ("processing", "o", 1, START + 3.0)
    assert held == subject.found("q")
    assert subject.store.claim("p", 4) is None
    subject.store.beat(held, 4, b'{"rows": 1}', 7)
    subject.store.give_back(held)
    assert (subject.found("q").owner, subject.found("q").started) == (None, None)
    again = subject.claim("p")
    assert (again.owner, again.attempts, again.chunks, again.report) == ("p", 2, 0, b"{}")


def a_job_waits_for_its_moment(subject: Subject) -> None:
    subject.add("late", not_before=START + 2)
    subject.add("early", not_before=START + 1)
    assert subject.store.claim("o", 4) is None
    subject.pass_seconds(1)
    assert subject.claim().query_id == "early"
    assert subject.store.claim("o", 4) is None
    subject.pass_seconds(1)
    assert subject.claim().query_id == "late"


def a_callers_jobs_go_in_order(subject: Subject) -> None:
    subject.add("c", "a", "b")
    first = subject.claim()
    second = subject.claim()
    assert (first.query_id, second.query_id) == ("c", "a")
    subject.store.give_back(second)
    subject.store.give_back(first)
    assert [subject.claim().query_id for _ in range(3)] == ["c", "a", "b"]


def a_hundred_jobs_do_not_starve_one(subject: Subject) -> None:
    subject.add(*(f"ada{number}" for number in range(100)))
    first = subject.claim()
    subject.add("bob0", caller="bob")
    assert subject.claim().query_id == "bob0"
    subject.store.finish(first, "completed", None, b"{}", 0)
    subject.add("bob1", caller="bob")
    assert subject.claim().query_id == "ada1"


def turns_go_round(subject: Subject) -> None:
    for caller in ("ada", "bob", "eve"):
        subject.add(*(f"{caller}{number}" for number in range(3)), caller=caller)
    assert [subject.claim().caller for _ in range(9)] == ["ada", "bob", "eve"] * 3


def who_has_waited_longest_is_next(subject: Subject) -> None:
    """With one worker, a caller who adds a job whenever one ends does not overtake the others."""
    subject.add("bob0", "bob1", "bob2", caller="bob")
    subject.add("ada0")
    order = []
    for number in range(1, 6):
        held = subject.claim()
        order.append(held.query_id)
        subject.store.finish(held, "completed", None, b"{}", 0)
        if held.caller == "ada":
            subject.add(f"ada{number}")
    assert order == ["bob0", "ada0", "bob1", "ada2", "bob2"]


def who_waits_since_a_delay_ended_is_in_that_order(subject: Subject) -> None:
    subject.add("ada0", not_before=START + 1)
    subject.pass_seconds(2)
    subject.add("bob0", caller="bob")
    assert [subject.claim().query_id for _ in range(2)] == ["ada0", "bob0"]


def a_beat_renews_the_lease(subject: Subject) -> None:
    subject.add("q")
    held = subject.claim(lease_seconds=4)
    for _ in range(3):
        subject.pass_seconds(3)
        assert subject.store.beat(held, 4, b"{}", 0) == "running"
        assert subject.sweep() == []
    subject.pass_seconds(4)
    assert subject.sweep() == [("q", "pending")]
    assert subject.store.beat(held, 4, b"{}", 0) == "lost"


def a_beat_says_how_far_it_is(subject: Subject) -> None:
    subject.add("q")
    held = subject.claim()
    subject.store.beat(held, 4, b'{"rows": 5}', 3)
    found = subject.found("q")
    assert (found.report, found.chunks, found.revision) == (b'{"rows": 5}', 3, held.revision + 1)
    subject.store.beat(held, 4, b'{"rows": 5}', 3)
    assert subject.found("q") == found


def a_lease_that_ran_out_can_be_renewed_until_it_is_taken(subject: Subject) -> None:
    subject.add("q")
    held = subject.claim(lease_seconds=4)
    subject.pass_seconds(4.5)
    assert subject.store.beat(held, 4, b"{}", 0) == "running"
    assert subject.sweep() == []


def who_does_not_hold_it_changes_nothing(subject: Subject) -> None:
    subject.add("q")
    first = subject.claim("o")
    subject.pass_seconds(4)
    subject.sweep(back_off_seconds=0)
    second = subject.claim("o")
    assert (second.query_id, second.owner, second.attempts) == (first.query_id, first.owner, 2)
    before = subject.found("q")
    for stranger in (first, replace(second, owner="p"), replace(second, attempts=3), replace(second, query_id="r")):
        assert subject.store.beat(stranger, 40, b'{"x": 1}', 9) == "lost"
        assert not subject.store.give_back(stranger)
        assert not subject.store.finish(stranger, "completed", None, b"{}", 9)
    assert subject.found("q") == before
    assert subject.store.finish(second, "completed", None, b"{}", 1)


def a_job_given_back_is_tried_again(subject: Subject) -> None:
    subject.add("q")
    held = subject.claim()
    subject.store.beat(held, 4, b'{"rows": 5}', 3)
    assert subject.store.give_back(held, delay_seconds=2)
    found = subject.found("q")
    assert (found.state, found.owner, found.not_before, found.attempts, found.excused) == ("pending", None, START + 2.0, 1, 0)
    assert (found.chunks, found.report) == (0, b"{}")
    assert subject.store.claim("o", 4) is None
    assert subject.store.beat(held, 4, b"{}", 0) == "lost"
    subject.pass_seconds(2)
    assert subject.claim().attempts == 2


def an_excused_attempt_does_not_count(subject: Subject) -> None:
    subject.add("q")
    for number in (1, 2, 3):
        held = subject.claim()
        assert (held.attempts, held.excused) == (number, number - 1)
        assert subject.store.give_back(held, count=False)
    assert subject.claim().attempts == 4
    subject.pass_seconds(4)
    assert subject.sweep(attempts=2, back_off_seconds=2) == [("q", "pending")]
    assert subject.found("q").not_before == START + 6.0


def what_is_being_cancelled_is_not_tried_again(subject: Subject) -> None:
    subject.add("q")
    held = subject.claim()
    subject.store.cancel("q")
    assert subject.store.give_back(held)
    found = subject.found("q")
    assert (found.state, found.finished, found.cancelling, found.owner) == ("cancelled", float(START), False, None)
    assert subject.store.claim("o", 4) is None


def what_must_not_run_twice_can_be_given_back_by_its_owner(subject: Subject) -> None:
    subject.add("q", retries=False)
    assert subject.store.give_back(subject.claim(), count=False)
    assert subject.claim().attempts == 2


def letting_go_twice_answers_the_same(subject: Subject) -> None:
    subject.add("q")
    first = subject.claim()
    assert subject.store.give_back(first)
    assert subject.store.give_back(first)
    assert not subject.store.finish(first, "completed", None, b"{}", 0)
    lost = subject.claim()
    subject.pass_seconds(4)
    subject.sweep(back_off_seconds=0)
    assert subject.store.give_back(first)
    assert not subject.store.give_back(lost)
    second = subject.claim()
    assert subject.store.finish(second, "completed", None, b"{}", 2)
    before = subject.found("q")
    assert not subject.store.give_back(first)
    assert subject.store.finish(second, "completed", None, b"{}", 2)
    assert not subject.store.finish(second, "failed", ("a", "b"), b"{}", 2)
    assert not subject.store.give_back(second)
    assert not subject.store.finish(first, "completed", None, b"{}", 2)
    assert subject.found("q") == before


def a_job_ends(subject: Subject) -> None:
    for state, error in (("completed", None), ("failed", ("sql.type", "No.")), ("cancelled", None)):
        subject.add(state)
        held = subject.claim()
        subject.pass_seconds(1)
        assert subject.store.finish(held, state, error, b'{"rows": 5}', 3)  # type: ignore[arg-type]
        ended = START + subject.now
        told = {"state": state, "error": error, "report": b'{"rows": 5}', "chunks": 3}
        expected = replace(held, owner=None, finished=ended, kept=ended, revision=held.revision + 1, **told)
        assert subject.found(state) == expected
        assert subject.store.beat(held, 4, b"{}", 9) == "lost"
        assert subject.found(state) == expected


def an_owner_may_end_what_is_being_cancelled(subject: Subject) -> None:
    subject.add("q")
    held = subject.claim()
    subject.store.cancel("q")
    assert subject.store.finish(held, "completed", None, b"{}", 1)
    assert (subject.found("q").state, subject.found("q").cancelling) == ("completed", False)


def a_pending_job_is_cancelled_at_once(subject: Subject) -> None:
    subject.add("q")
    subject.add("late", not_before=START + 9)
    subject.pass_seconds(1)
    for query_id in ("q", "late"):
        cancelled = subject.store.cancel(query_id)
        assert cancelled == subject.found(query_id)
        assert (cancelled.state, cancelled.finished, cancelled.revision) == ("cancelled", START + 1.0, 2)
    subject.pass_seconds(9)
    assert subject.store.claim("o", 4) is None


def a_running_job_is_asked_to_stop(subject: Subject) -> None:
    subject.add("q")
    held = subject.claim()
    cancelled = subject.store.cancel("q")
    assert cancelled == replace(held, cancelling=True, revision=held.revision + 1)
    assert subject.store.cancel("q") == cancelled
    assert subject.store.beat(held, 4, b"{}", 0) == "cancelling"


def what_has_ended_stays_as_it_is(subject: Subject) -> None:
    subject.add("q")
    subject.store.finish(subject.claim(), "completed", None, b"{}", 1)
    before = subject.found("q")
    subject.pass_seconds(1)
    assert subject.store.cancel("q") == before
    assert subject.found("q") == before


def what_is_unknown_is_none(subject: Subject) -> None:
    assert subject.store.find("q") is None
    assert subject.store.cancel("q") is None
    assert subject.store.renew("q") is None
    assert subject.store.of("ada") == []


def a_callers_jobs_are_listed(subject: Subject) -> None:
    subject.add("a", "c", "b")
    subject.add("d", caller="bob")
    subject.store.finish(subject.claim(), "completed", None, b"{}", 0)
    assert [each.query_id for each in subject.store.of("ada")] == ["b", "c", "a"]
    assert subject.store.of("ada")[2] == subject.found("a")
    assert [each.query_id for each in subject.store.of("ada", 2)] == ["b", "c"]
    assert subject.store.of("ada", 0) == []
    subject.pass_seconds(60)
    subject.sweep()
    assert [each.query_id for each in subject.store.of("ada")] == ["b", "c"]


def those_that_have_ended_are_listed_by_their_end(subject: Subject) -> None:
    subject.add("a", "b", "c", "d")
    for number, query_id in enumerate(("a", "b", "c"), 1):
        held = subject.claim()
        assert held.query_id == query_id
        subject.pass_seconds(number)
        subject.store.finish(held, "failed" if query_id == "b" else "completed", None, b"{}", 0)
    assert [each.query_id for each in subject.store.ended(0, 10)] == ["a", "b", "c"]
    assert subject.store.ended(0, 10)[1] == subject.found("b")
    assert [each.query_id for each in subject.store.ended(START + 1, 10)] == ["b", "c"]
    assert [each.query_id for each in subject.store.ended(0, 2)] == ["a", "b"]
    subject.store.renew("a")
    subject.pass_seconds(1)
    subject.store.cancel("d")
    assert [each.query_id for each in subject.store.ended(START + 3, 10)] == ["a", "c", "d"]
    subject.sweep(keep_seconds=0.5)
    assert [each.query_id for each in subject.store.ended(0, 10)] == ["d"]


def jobs_are_counted_by_state(subject: Subject) -> None:
    assert subject.store.counts() == dict.fromkeys(STATES, 0)
    subject.add("a", "b", "c", "d", "e")
    subject.store.finish(subject.claim(), "completed", None, b"{}", 0)
    subject.store.finish(subject.claim(), "failed", ("a", "b"), b"{}", 0)
    subject.store.cancel("c")
    subject.claim()
    assert subject.store.counts() == {"pending": 1, "processing": 1, "completed": 1, "failed": 1, "cancelled": 1}
    subject.pass_seconds(2)
    subject.sweep(keep_seconds=1)
    assert subject.store.counts() == {"pending": 1, "processing": 1, "completed": 0, "failed": 0, "cancelled": 0}
