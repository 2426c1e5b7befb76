"""What every job store must do with jobs that are alike: each check takes an empty store."""

from __future__ import annotations

import pytest

from proxy.jobs.store import DIED, Limits, TooMany
from tests.proxy.jobs.subject import PLENTY, Subject, job


def follow(subject: Subject, *query_ids: str, caller: str = "ada") -> None:
    subject.add(*query_ids, caller=caller, alike="same")


def states(subject: Subject, *query_ids: str) -> list[str]:
    return [subject.found(query_id).state for query_id in query_ids]


def one_run_is_enough_for_those_that_are_alike(subject: Subject) -> None:
    follow(subject, "a", "b")
    follow(subject, "c", caller="bob")
    held = subject.claim()
    assert held.query_id == "a"
    assert subject.store.claim("o", 4) is None
    follow(subject, "d")
    assert subject.store.beat(held, 4, b'{"rows": 5}', 2) == "running"
    follow(subject, "e")
    for query_id in "bcde":
        found = subject.found(query_id)
        assert (found.state, found.report, found.chunks, found.attempts) == ("processing", b'{"rows": 5}', 2, 1)
        assert (found.folder, found.started) == ("a", held.started)
    assert subject.store.finish(held, "completed", None, b'{"rows": 9}', 3)
    for query_id in "abcde":
        found = subject.found(query_id)
        assert (found.state, found.chunks, found.report, found.folder) == ("completed", 3, b'{"rows": 9}', "a")
    assert subject.store.counts()["completed"] == 5
    assert subject.found("c").caller == "bob"


def each_change_is_told_of_all(subject: Subject) -> None:
    follow(subject, "a", "b")
    seen = [subject.found("b").revision]
    held = subject.claim()
    seen.append(subject.found("b").revision)
    subject.store.beat(held, 4, b"{}", 1)
    seen.append(subject.found("b").revision)
    subject.store.beat(held, 4, b"{}", 1)
    assert subject.found("b").revision == seen[-1]
    subject.store.finish(held, "completed", None, b"{}", 1)
    seen.append(subject.found("b").revision)
    assert seen == sorted(set(seen))


def who_is_not_alike_runs(subject: Subject) -> None:
    subject.add("a", alike="one")
    subject.add("b", alike="two")
    subject.add("c", "d")
    assert [subject.claim().query_id for _ in range(4)] == ["a", "b", "c", "d"]
    assert subject.store.leads("one")
    assert not subject.store.leads("three")
    assert not subject.store.leads("")


def what_has_ended_is_not_followed(subject: Subject) -> None:
    follow(subject, "a")
    subject.store.finish(subject.claim(), "completed", None, b"{}", 1)
    assert not subject.store.leads("same")
    follow(subject, "b")
    assert states(subject, "b") == ["pending"]
    assert subject.claim().query_id == "b"


def what_is_too_old_is_not_followed(subject: Subject) -> None:
    follow(subject, "a")
    subject.pass_seconds(5)
    subject.store.add(job("b", alike="same"), PLENTY, 5)
    subject.store.add(job("c", alike="same"), PLENTY, 4.5)
    subject.claim()
    assert states(subject, "a", "b", "c") == ["processing", "processing", "pending"]


def what_is_being_cancelled_is_not_followed(subject: Subject) -> None:
    follow(subject, "a")
    held = subject.claim()
    subject.store.cancel("a")
    assert not subject.store.leads("same")
    follow(subject, "b")
    assert states(subject, "b") == ["pending"]
    subject.store.finish(held, "cancelled", None, b"{}", 0)
    assert subject.store.leads("same")
    assert subject.claim().query_id == "b"


def an_adopted_query_is_followed_and_follows_nobody(subject: Subject) -> None:
    held = subject.store.adopt(job("a", alike="same"), "o", 4, 2)
    other = subject.store.adopt(job("b", alike="same"), "p", 4)
    follow(subject, "c")
    assert (held.owner, other.owner) == ("o", "p")
    subject.store.finish(held, "completed", None, b"{}", 1)
    assert states(subject, "a", "b", "c") == ["completed", "processing", "completed"]


def those_that_follow_count(subject: Subject) -> None:
    limits = Limits(per_caller=2, total=3)
    for query_id, caller in (("a", "ada"), ("b", "ada"), ("c", "bob")):
        subject.store.add(job(query_id, caller, alike="same"), limits)
    for caller, whose in (("ada", "caller"), ("bob", "all")):
        with pytest.raises(TooMany) as raised:
            subject.store.add(job("d", caller, alike="same"), limits)
        assert raised.value.whose == whose


def one_that_follows_is_cancelled_alone(subject: Subject) -> None:
    follow(subject, "a", "b", "c")
    subject.store.cancel("b")
    held = subject.claim()
    cancelled = subject.store.cancel("c")
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    assert subject.store.beat(held, 4, b"{}", 1) == "running"
    assert states(subject, "a", "b", "c") == ["processing", "cancelled", "cancelled"]
    subject.store.finish(held, "completed", None, b"{}", 1)
    assert states(subject, "a", "b", "c") == ["completed", "cancelled", "cancelled"]


def the_next_leads_where_the_first_is_cancelled_before_it_runs(subject: Subject) -> None:
    follow(subject, "a", "b", "c")
    subject.store.cancel("a")
    assert states(subject, "a", "b", "c") == ["cancelled", "pending", "pending"]
    held = subject.claim()
    assert held.query_id == "b"
    assert subject.store.claim("o", 4) is None
    follow(subject, "d")
    subject.store.finish(held, "completed", None, b"{}", 1)
    assert [subject.found(each).folder for each in "bcd"] == ["b", "b", "b"]


def a_run_goes_on_for_those_that_follow(subject: Subject) -> None:
    follow(subject, "a", "b", "c")
    held = subject.claim()
    subject.store.beat(held, 4, b"{}", 1)
    subject.store.cancel("a")
    assert states(subject, "a", "b", "c") == ["cancelled", "processing", "processing"]
    subject.pass_seconds(3)
    assert subject.store.beat(held, 4, b"{}", 2) == "running"
    assert (subject.found("a").chunks, subject.found("b").chunks, subject.found("c").chunks) == (0, 2, 2)
    follow(subject, "d")
    subject.pass_seconds(3)
    assert subject.sweep() == []
    subject.store.cancel("b")
    assert subject.store.beat(held, 4, b"{}", 3) == "running"
    assert subject.store.finish(held, "completed", None, b"{}", 3)
    assert subject.store.finish(held, "completed", None, b"{}", 3)
    assert not subject.store.finish(held, "failed", ("a.b", "c"), b"{}", 0)
    assert states(subject, "a", "b", "c", "d") == ["cancelled", "cancelled", "completed", "completed"]
    assert [subject.found(each).folder for each in "cd"] == ["a", "a"]


def a_run_ends_when_the_last_has_cancelled(subject: Subject) -> None:
    follow(subject, "a", "b")
    held = subject.claim()
    subject.store.cancel("a")
    subject.store.cancel("b")
    assert subject.found("b").cancelling
    assert subject.store.beat(held, 4, b"{}", 1) == "cancelling"
    assert subject.store.finish(held, "cancelled", None, b"{}", 0)
    assert states(subject, "a", "b") == ["cancelled", "cancelled"]
    assert subject.store.counts() == {"pending": 0, "processing": 0, "completed": 0, "failed": 0, "cancelled": 2}


def a_run_that_was_inherited_is_run_again(subject: Subject) -> None:
    """Under the id of who leads it by then, for all of them; its first holder has lost it."""
    follow(subject, "a", "b", "c")
    first = subject.claim()
    subject.store.cancel("a")
    subject.pass_seconds(4)
    assert subject.sweep(back_off_seconds=0) == [("b", "pending")]
    assert states(subject, "a", "b", "c") == ["cancelled", "pending", "pending"]
    second = subject.claim("p")
    assert (second.query_id, second.attempts, second.folder) == ("b", 2, "b")
    assert subject.store.beat(first, 4, b"{}", 1) == "lost"
    assert not subject.store.finish(first, "completed", None, b"{}", 1)
    assert subject.store.finish(second, "completed", None, b"{}", 1)
    assert [(subject.found(each).state, subject.found(each).folder) for each in "bc"] == [("completed", "b")] * 2


def all_go_back_and_all_fail(subject: Subject) -> None:
    follow(subject, "a", "b")
    assert subject.store.give_back(subject.claim(), 2)
    assert states(subject, "a", "b") == ["pending", "pending"]
    assert subject.store.claim("o", 4) is None
    subject.pass_seconds(2)
    held = subject.claim()
    assert (held.query_id, subject.found("b").attempts) == ("a", 2)
    subject.pass_seconds(4)
    assert subject.sweep(attempts=2) == [("a", "failed")]
    assert [subject.found(each).error for each in "ab"] == [DIED, DIED]


def rows_are_shared_until_the_last_has_expired(subject: Subject) -> None:
    subject.add("alone")
    follow(subject, "a", "b")
    alone, held = subject.claim(), subject.claim()
    for each in (alone, held):
        subject.store.finish(each, "completed", None, b"{}", 1)
    assert subject.store.shares("a")
    assert not subject.store.shares("alone")
    subject.pass_seconds(3)
    subject.store.renew("b")
    subject.pass_seconds(3)
    assert sorted(subject.sweep(keep_seconds=5)) == [("a", "expired"), ("alone", "expired")]
    assert subject.store.shares("a")
    subject.pass_seconds(3)
    swept = subject.store.sweep(3, 5, 1)
    assert [(each.query_id, each.folder) for each in swept] == [("b", "a")]
    assert not subject.store.shares("a")


def rows_of_a_run_that_was_inherited_outlive_who_began_it(subject: Subject) -> None:
    follow(subject, "a", "b")
    held = subject.claim(lease_seconds=100)
    subject.store.cancel("a")
    assert subject.store.shares("a")
    subject.pass_seconds(9)
    assert subject.sweep(keep_seconds=5) == [("a", "expired")]
    assert subject.store.shares("a")
    assert subject.store.beat(held, 100, b"{}", 1) == "running"
    subject.store.finish(held, "completed", None, b"{}", 1)
    assert (subject.found("b").state, subject.found("b").folder) == ("completed", "a")
    assert subject.store.shares("a")
    subject.pass_seconds(6)
    subject.sweep(keep_seconds=5)
    assert not subject.store.shares("a")


def what_failed_shares_nothing(subject: Subject) -> None:
    follow(subject, "a", "b", "c")
    held = subject.claim()
    subject.store.cancel("a")
    assert subject.store.shares("a")
    subject.store.finish(held, "failed", ("a.b", "c"), b"{}", 0)
    assert states(subject, "b", "c") == ["failed", "failed"]
    assert not subject.store.shares("a")


def callers_take_turns_for_what_they_lead(subject: Subject) -> None:
    subject.add("1", "2", caller="ada", alike="")
    subject.add("3", caller="bob", alike="same")
    subject.add("4", caller="cy", alike="same")
    subject.store.cancel("3")
    assert [subject.claim().query_id for _ in range(3)] == ["1", "4", "2"]
