"""The cache of one process: entries and versions in its own memory."""

from __future__ import annotations

import heapq
import itertools
import secrets
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from cache.codec import decode, encode
from cache.policy import Policy, Ranks
from cache.store import FREE, Ask, Entry, Lease, Looked, Vector
from cache.versions import tables_in

_OVERHEAD_BYTES = 2048
"""What an entry takes beside its rows: its key, its vector, schema and batches as objects."""
_MARKS = 256


@dataclass(eq=False)
class _Held:
    """An entry as it is kept. `rank` is that of its last use."""

    entry: Entry
    stored_at: float
    bytes: int
    rank: float


class _Queue:
    """Entries in the order in which they go. An entry whose rank has risen keeps its place until that comes to the front, so that
    a hit has nothing to put in order; one whose rank has fallen gets another."""

    def __init__(self) -> None:
        self._places: list[tuple[float, int, _Held]] = []
        self._order = itertools.count()
        self._numbers: dict[_Held, int] = {}

    def place(self, held: _Held) -> None:
        number = self._numbers[held] = next(self._order)
        heapq.heappush(self._places, (held.rank, number, held))
        if len(self._places) > 2 * len(self._numbers) + 64:
            self._places = [place for place in self._places if self._is_present(place)]
            heapq.heapify(self._places)

    def remove(self, held: _Held) -> None:
        del self._numbers[held]

    def first(self) -> Generator[_Held, None, None]:
        """The entries from the lowest rank, which all stay."""
        passed: list[tuple[float, int, _Held]] = []
        try:
            while self._places:
                place = heapq.heappop(self._places)
                if not self._is_present(place):
                    continue
                if place[0] < place[2].rank:
                    self.place(place[2])
                    continue
                passed.append(place)
                yield place[2]
        finally:
            for place in passed:
                heapq.heappush(self._places, place)

    def _is_present(self, place: tuple[float, int, _Held]) -> bool:
        return self._numbers.get(place[2]) == place[1]


class MemoryStore:
    """`clock` gives seconds that never go back. `evicted` is told the reason of each entry that goes: `room`, `quota`, `expired`,
    `replaced` or `cleared`."""

    def __init__(self, policy: Policy, clock: Callable[[], float], evicted: Callable[[str], None] = lambda reason: None) -> None:
        self._policy = policy
        self._clock = clock
        self._evicted = evicted
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}
        self._queue = _Queue()
        self._queues: defaultdict[str, _Queue] = defaultdict(_Queue)
        self._ranks = Ranks(policy)
        self._bytes = 0
        self._entity_bytes: defaultdict[str, int] = defaultdict(int)
        self._versions: dict[str, str] = {}
        self._marks: defaultdict[str, OrderedDict[str, None]] = defaultdict(OrderedDict)
        # Versions of another process, or of this one before it was started again, are other ones.
        self._born = secrets.token_hex(8)
        self._moves = itertools.count(1)

    def look(self, ask: Ask) -> Looked:
        with self._lock:
            self._ranks.asked(ask.key)
            vector = tuple(sorted((*((entity, self._version(entity)) for entity in ask.entities), *ask.proved)))
            held = self._held.get(ask.key)
            if held is None:
                return Looked(vector)
            age_ms = max(0.0, (self._clock() - held.stored_at) * 1000)
            if age_ms > held.entry.ttl_ms:
                self._drop(ask.key, "expired")
                return Looked(vector)
            stale = held.entry.vector != vector
            if stale and not (ask.max_staleness_ms and age_ms <= ask.max_staleness_ms):
                return Looked(vector)
            if not stale and ask.max_age_ms is not None and age_ms > ask.max_age_ms:
                return Looked(vector)
            rank = self._ranks.rank(ask.key, held.entry.cost_ms, held.bytes)
            fallen, held.rank = rank < held.rank, rank
            if fallen:
                self._place(held)
            return Looked(vector, held.entry, age_ms, stale)

    def put(self, entry: Entry, lease: Lease = FREE) -> bool:
        """The batches are copied: as slices they would hold on to larger ones."""
        if not self._policy.admits(entry.bytes):
            return False
        data = encode(entry.schema, entry.batches)
        size = len(data) + _OVERHEAD_BYTES
        if not self._policy.admits(size):
            return False
        schema, batches = decode(data)
        kept = replace(entry, schema=schema, batches=batches, bytes=size)
        with self._lock:
            if any(self._versions.get(entity, version) != version for entity, version in kept.vector):
                return False
            if kept.key in self._held:
                self._drop(kept.key, "replaced")
            rank = self._ranks.rank(kept.key, kept.cost_ms, size)
            leaving = self._leaving(kept, size, rank)
            if leaving is None:
                return False
            for key, reason in leaving:
                self._ranks.gone(self._held[key].rank)
                self._drop(key, reason)
            held = _Held(kept, self._clock(), size, rank)
            self._held[kept.key] = held
            self._bytes += size
            for table in tables_in(kept.vector):
                self._entity_bytes[table] += size
            self._place(held)
            return True

    def lead(self, ask: Ask, vector: Vector, ended: Callable[[], bool]) -> Lease | Entry:
        """Nobody but this process reads for it, and `cache.single_flight` sees to that; but what another flight has kept since
        the caller looked need not be read again."""
        with self._lock:
            held = self._held.get(ask.key)
            if held is None or held.entry.vector != vector:
                return FREE
            age_ms = (self._clock() - held.stored_at) * 1000
            oldest = held.entry.ttl_ms if ask.max_age_ms is None else min(held.entry.ttl_ms, ask.max_age_ms)
            return held.entry if age_ms <= oldest else FREE

    def move(self, entities: Collection[str], marks: Collection[str] = ()) -> bool:
        with self._lock:
            known = [self._marks[entity] for entity in entities] if marks else []
            if known and all(mark in each for each in known for mark in marks):
                return False
            for each in known:
                each.update(dict.fromkeys(marks))
                while len(each) > _MARKS:
                    each.popitem(last=False)
            for entity in entities:
                self._versions[entity] = self._new_version()
            return True

    def clear(self, entities: Sequence[str] = ()) -> int:
        with self._lock:
            wanted = frozenset(entities)
            keys = [key for key, held in self._held.items() if not wanted or any(name in wanted for name, _ in held.entry.vector)]
            for key in keys:
                self._drop(key, "cleared")
            return len(keys)

    def show(self, key: str) -> Mapping[str, Any] | None:
        with self._lock:
            held = self._held.get(key)
            if held is None:
                return None
            entry = held.entry
            return {
                "key": entry.key,
                "kind": entry.kind,
                "columns": [{"name": field.name, "type": str(field.type)} for field in entry.schema],
                "rows": sum(batch.num_rows for batch in entry.batches),
                "bytes": held.bytes,
                "costMs": round(entry.cost_ms, 3),
                "ageMs": round((self._clock() - held.stored_at) * 1000),
                "ttlMs": entry.ttl_ms,
                "versions": dict(entry.vector),
                "current": all(self._versions.get(entity) in (None, version) for entity, version in entry.vector),
            }

    def stats(self) -> Mapping[str, Any]:
        with self._lock:
            kinds: defaultdict[str, int] = defaultdict(int)
            for held in self._held.values():
                kinds[held.entry.kind] += 1
            return {
                "store": "memory",
                "entries": len(self._held),
                "results": kinds["result"],
                "fragments": kinds["fragment"],
                "bytes": self._bytes,
                "maxBytes": self._policy.max_bytes,
                "tables": {table: size for table, size in sorted(self._entity_bytes.items()) if size},
            }

    def close(self) -> None:
        with self._lock:
            self._held.clear()
            self._queue = _Queue()
            self._queues.clear()
            self._entity_bytes.clear()
            self._bytes = 0

    def _version(self, entity: str) -> str:
        found = self._versions.get(entity)
        if found is None:
            found = self._versions[entity] = self._new_version()
        return found

    def _new_version(self) -> str:
        return f"{self._born}.{next(self._moves)}"

    def _place(self, held: _Held) -> None:
        self._queue.place(held)
        for table in tables_in(held.entry.vector):
            self._queues[table].place(held)

    def _leaving(self, entry: Entry, size: int, rank: float) -> list[tuple[str, str]] | None:
        """Which entries go for this one, and why; None where one that ranks above it would have to."""
        leaving: dict[str, str] = {}
        for table in tables_in(entry.vector):
            over = self._entity_bytes[table] + size - self._policy.max_entity_bytes
            with closing(self._queues[table].first()) as first:
                while over > 0 and (held := next(first, None)) is not None:
                    leaving[held.entry.key] = "quota"
                    over -= held.bytes
        over = self._bytes + size - self._policy.max_bytes - sum(self._held[key].bytes for key in leaving)
        with closing(self._queue.first()) as first:
            while over > 0 and (held := next(first, None)) is not None:
                if held.entry.key not in leaving:
                    leaving[held.entry.key] = "room"
                    over -= held.bytes
        if any(self._held[key].rank > rank for key in leaving):
            return None
        return list(leaving.items())

    def _drop(self, key: str, reason: str) -> None:
        held = self._held.pop(key)
        self._queue.remove(held)
        self._bytes -= held.bytes
        for table in tables_in(held.entry.vector):
            self._queues[table].remove(held)
            self._entity_bytes[table] -= held.bytes
            if not self._entity_bytes[table]:
                del self._entity_bytes[table]
                self._queues.pop(table, None)
        self._evicted(reason)
