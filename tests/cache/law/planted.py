"""Ways to break the law, planted into Foz itself: the machine that looks for an old answer has to find each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

import cache.leases
import cache.link
from cache.redis import RedisStore
from cache.single_flight import Flights
from cache.store import FREE, Ask, CacheUnavailable, Entry, Lease
from cache.versions import is_proof
from proxy.invalidation import Invalidation
from tests.cache.model import Bug

OLD_LIFE = """
local held = redis.call('GET', KEYS[1])
if held then return held end
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') .. ':'
held = run .. ARGV[1] .. ':' .. string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
redis.call('SET', KEYS[1], held)
return held
"""


def captured_after_the_read(patch: pytest.MonkeyPatch) -> None:
    put = RedisStore.put

    def late(self: RedisStore, entry: Entry, lease: Lease = FREE) -> bool:
        known = tuple(entity for entity, _ in entry.vector if not is_proof(entity))
        proved = tuple((entity, token) for entity, token in entry.vector if is_proof(entity))
        return put(self, replace(entry, vector=self.look(Ask("nothing", known, proved)).vector), lease)

    patch.setattr(RedisStore, "put", late)


def old_versions_restored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cache.link, "BEGIN", OLD_LIFE)


def late_callers_join(patch: pytest.MonkeyPatch) -> None:
    board = Flights.board

    def any_vector(self: Flights[Any], key: Any) -> Any:
        return board(self, (key[0], *key[2:]))

    patch.setattr(Flights, "board", any_vector)


def moved_after_the_acknowledgement(patch: pytest.MonkeyPatch) -> None:
    move = RedisStore.move

    def move_later(self: RedisStore, entities: Collection[str], marks: Collection[str]) -> None:
        with suppress(CacheUnavailable):
            move(self, entities, marks)

    def later(self: RedisStore, entities: Collection[str], marks: Collection[str] = ()) -> bool:
        threading.Timer(0.05, move_later, (self, entities, marks)).start()
        return True

    patch.setattr(RedisStore, "move", later)


def notifications_move_nothing(patch: pytest.MonkeyPatch) -> None:
    move = Invalidation._move

    def unless_told(self: Invalidation, cause: str, source: str, entities: Collection[str], mark: str | None = None) -> bool:
        return cause == "notification" or move(self, cause, source, entities, mark)

    patch.setattr(Invalidation, "_move", unless_told)


def leases_give_what_is_there(patch: pytest.MonkeyPatch) -> None:
    same = "stored[1] == ARGV[2]"
    assert same in cache.leases.LEAD
    patch.setattr(cache.leases, "LEAD", cache.leases.LEAD.replace(same, "stored[1]"))


PLANTED: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str, Collection[str]]] = {
    Bug.CAPTURED_AFTER_THE_READ.value: (captured_after_the_read, "shop_a", ("evict marks",)),
    Bug.OLD_VERSIONS_RESTORED.value: (old_versions_restored, "shop_a", ("save Redis", "start Redis anew, from a dump")),
    Bug.LATE_CALLERS_JOIN.value: (late_callers_join, "shop_a", ("evict marks",)),
    Bug.MOVED_AFTER_THE_ACKNOWLEDGEMENT.value: (moved_after_the_acknowledgement, "shop_a", ("evict marks",)),
    "whoever wants to read is given what another process has kept at any version": (
        leases_give_what_is_there,
        "shop_a",
        ("evict marks",),
    ),
    "a change that MongoDB tells of moves no version": (notifications_move_nothing, "crm_a", ("evict marks",)),
    "a change that PostgreSQL tells of moves no version": (notifications_move_nothing, "shop_told", ("evict marks",)),
}
"""Each with a table over which it shows, and what has to go wrong meanwhile."""
