"""What every cache store must do: each check takes a store and its clock, and leaves nothing behind that another would see."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from cache.store import Ask, CacheStore, Entry, Looked


@dataclass
class Subject:
    """A store under test; `pass_ms` lets time pass for it. `max_bytes` is what it may hold in all, half of it over one table."""

    store: CacheStore
    pass_ms: Callable[[int], None]
    max_bytes: int

    def ask(self, key: str, *entities: str, **options: object) -> Looked:
        return self.store.look(Ask(key, tuple(sorted(entities)), **options))  # type: ignore[arg-type]

    def keep(self, key: str, looked: Looked, rows: Sequence[int] = (1, 2, 3), cost_ms: float = 10, ttl_ms: int = 60_000) -> bool:
        batch = pa.record_batch({"x": pa.array(rows, pa.int64())})
        return self.store.put(Entry(key, looked.vector, batch.schema, (batch,), batch.nbytes, cost_ms, ttl_ms))

    def rows(self, looked: Looked) -> list[int] | None:
        if looked.entry is None:
            return None
        return [value for batch in looked.entry.batches for value in batch.column(0).to_pylist()]


def an_entry_answers_while_its_versions_hold(subject: Subject) -> None:
    missed = subject.ask("k", "s", "s.m.t")
    assert missed.entry is None
    assert [entity for entity, _ in missed.vector] == ["s", "s.m.t"]
    assert subject.keep("k", missed)
    found = subject.ask("k", "s", "s.m.t")
    assert subject.rows(found) == [1, 2, 3]
    assert found.vector == missed.vector
    assert not found.stale


def a_move_makes_it_a_miss(subject: Subject) -> None:
    subject.keep("k", subject.ask("k", "s", "s.m.t"))
    assert subject.store.move(("s.m.t",))
    assert subject.ask("k", "s", "s.m.t").entry is None


def a_move_of_the_source_makes_it_a_miss(subject: Subject) -> None:
    subject.keep("k", subject.ask("k", "s", "s.m.t"))
    subject.store.move(("s",))
    assert subject.ask("k", "s", "s.m.t").entry is None


def a_move_of_another_table_leaves_it(subject: Subject) -> None:
    subject.keep("k", subject.ask("k", "s", "s.m.t"))
    subject.store.move(("s.m.u", "r"))
    assert subject.ask("k", "s", "s.m.t").entry is not None


def what_was_read_before_a_move_is_not_kept_after_it(subject: Subject) -> None:
    before = subject.ask("k", "s", "s.m.t")
    subject.store.move(("s.m.t",))
    subject.keep("k", before, [1])
    assert subject.ask("k", "s", "s.m.t").entry is None


def a_late_read_does_not_push_out_a_newer_one(subject: Subject) -> None:
    before = subject.ask("k", "s", "s.m.t")
    subject.store.move(("s.m.t",))
    subject.keep("k", subject.ask("k", "s", "s.m.t"), [2])
    subject.keep("k", before, [1])
    assert subject.rows(subject.ask("k", "s", "s.m.t")) == [2]


def versions_are_never_the_same_again(subject: Subject) -> None:
    seen = {dict(subject.ask("k", "s").vector)["s"]}
    for _ in range(50):
        subject.store.move(("s",))
        seen.add(dict(subject.ask("k", "s").vector)["s"])
    assert len(seen) == 51


def the_same_mark_moves_once(subject: Subject) -> None:
    assert subject.store.move(("s.m.t",), ["e1"])
    subject.keep("k", subject.ask("k", "s.m.t"))
    assert not subject.store.move(("s.m.t",), ["e1"])
    assert subject.ask("k", "s.m.t").entry is not None
    assert subject.store.move(("s.m.t",), ["e2"])
    assert subject.ask("k", "s.m.t").entry is None
    assert subject.store.move(("s.m.u",), ["e1"])


def many_marks_move_once_unless_all_are_known(subject: Subject) -> None:
    assert subject.store.move(("s.m.t",), [f"e{number}" for number in range(100)])
    subject.keep("k", subject.ask("k", "s.m.t"))
    assert not subject.store.move(("s.m.t",), ["e7", "e99"])
    assert subject.ask("k", "s.m.t").entry is not None
    assert subject.store.move(("s.m.t",), ["e7", "e100"])
    assert subject.ask("k", "s.m.t").entry is None
    for number in range(2000):
        assert subject.store.move(("s.m.t",), [f"f{number}"])


def what_a_source_proved_is_part_of_the_vector(subject: Subject) -> None:
    first = subject.ask("k", "s", proved=(("s.m.t#", "p1"),))
    subject.keep("k", first)
    assert subject.ask("k", "s", proved=(("s.m.t#", "p1"),)).entry is not None
    assert subject.ask("k", "s", proved=(("s.m.t#", "p2"),)).entry is None
    assert subject.ask("k", "s").entry is None


def an_entry_goes_with_its_time(subject: Subject) -> None:
    subject.keep("k", subject.ask("k", "s"), ttl_ms=1000)
    subject.pass_ms(400)
    found = subject.ask("k", "s")
    assert found.entry is not None
    assert found.age_ms >= 390
    subject.pass_ms(700)
    assert subject.ask("k", "s").entry is None


def an_entry_older_than_the_request_allows_is_a_miss(subject: Subject) -> None:
    subject.keep("k", subject.ask("k", "s"))
    subject.pass_ms(300)
    assert subject.ask("k", "s", max_age_ms=200).entry is None
    assert subject.ask("k", "s", max_age_ms=5000).entry is not None


def a_stale_entry_answers_only_who_allows_it(subject: Subject) -> None:
    subject.keep("k", subject.ask("k", "s"))
    subject.store.move(("s",))
    assert subject.ask("k", "s").entry is None
    allowed = subject.ask("k", "s", max_staleness_ms=5000)
    assert subject.rows(allowed) == [1, 2, 3]
    assert allowed.stale
    subject.pass_ms(400)
    assert subject.ask("k", "s", max_staleness_ms=300).entry is None


def who_leads_is_given_what_was_kept_since_it_looked(subject: Subject) -> None:
    ask = Ask("k", ("s", "s.m.t"))
    late = subject.store.look(ask)
    subject.keep("k", subject.store.look(ask))
    led = subject.store.lead(ask, late.vector, lambda: False)
    assert isinstance(led, Entry)
    assert led.vector == late.vector
    subject.store.move(("s.m.t",))
    lease = subject.store.lead(ask, subject.store.look(ask).vector, lambda: False)
    assert not isinstance(lease, Entry)
    lease.end(useless=True)


def an_empty_answer_is_kept(subject: Subject) -> None:
    looked = subject.ask("k", "s")
    schema = pa.schema([("x", pa.int64())])
    assert subject.store.put(Entry("k", looked.vector, schema, (), 0, 1.0, 60_000))
    found = subject.ask("k", "s")
    assert found.entry is not None
    assert found.entry.schema == schema
    assert found.entry.batches == ()


def what_is_too_large_is_not_kept(subject: Subject) -> None:
    assert not subject.keep("k", subject.ask("k", "s"), range(subject.max_bytes // 8))
    assert subject.ask("k", "s").entry is None


def there_is_never_more_than_the_limit(subject: Subject) -> None:
    for number in range(200):
        key = f"k{number}"
        subject.keep(key, subject.ask(key, f"s.m.t{number % 5}"), range(200), cost_ms=number)
        assert subject.store.stats()["bytes"] <= subject.max_bytes
    assert subject.store.stats()["entries"] > 0


def one_table_has_its_share_at_most(subject: Subject) -> None:
    for number in range(100):
        key = f"k{number}"
        subject.keep(key, subject.ask(key, "s.m.t"), range(200), cost_ms=number)
        assert subject.store.stats()["bytes"] <= subject.max_bytes // 2


def what_is_asked_for_often_stays(subject: Subject) -> None:
    subject.keep("hot", subject.ask("hot", "s.m.hot"), range(100))
    for number in range(100):
        assert subject.ask("hot", "s.m.hot").entry is not None
        key = f"k{number}"
        subject.keep(key, subject.ask(key, f"s.m.t{number % 5}"), range(200))


def clearing_drops_what_it_names(subject: Subject) -> None:
    subject.keep("a", subject.ask("a", "s", "s.m.t"))
    subject.keep("b", subject.ask("b", "s", "s.m.u"))
    assert subject.store.clear(("s.m.t",)) == 1
    assert subject.ask("a", "s", "s.m.t").entry is None
    assert subject.ask("b", "s", "s.m.u").entry is not None
    assert subject.store.clear() == 1
    assert subject.store.stats()["entries"] == 0


def an_entry_can_be_shown_without_its_rows(subject: Subject) -> None:
    looked = subject.ask("k", "s", "s.m.t")
    subject.keep("k", looked)
    shown = subject.store.show("k")
    assert shown is not None
    assert (shown["rows"], shown["versions"], shown["current"]) == (3, dict(looked.vector), True)
    subject.store.move(("s",))
    shown = subject.store.show("k")
    assert shown is not None
    assert not shown["current"]
    assert subject.store.show("other") is None


def hostile_keys_are_only_names(subject: Subject) -> None:
    names = ["", "a b", "k\n", "*", "ключ", "x" * 5000, "'; FLUSHALL", "\x00"]
    for name in names:
        subject.keep(name, subject.ask(name, f"s.{name}.t"), [len(name)])
    for name in names:
        assert subject.rows(subject.ask(name, f"s.{name}.t")) == [len(name)]
    subject.store.move((f"s.{names[3]}.t",))
    assert subject.ask(names[4], f"s.{names[4]}.t").entry is not None


CHECKS: list[Callable[[Subject], None]] = [
    check for check in list(globals().values()) if inspect.isfunction(check) and check.__module__ == __name__
]
