"""The cache of one process: entries and versions in its own memory."""

from __future__ import annotations

import heapq
import itertools
import secrets
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
    """An entry as it is kept. `rank` is that of its newest place in the heap: older places are passed over."""

    entry: Entry
    stored_at: float
    rank: float
    bytes: int


class MemoryStore:
    """`clock` gives seconds that never go back. `evicted` is told the reason of each entry that goes: `room`, `quota`, `expired`,
    `replaced` or `cleared`."""

    def __init__(self, policy: Policy, clock: Callable[[], float], evicted: Callable[[str], None] = lambda reason: None) -> None:
        self._policy = policy
        self._clock = clock
        self._evicted = evicted
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._order = itertools.count()
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
            self._place(held)
            return Looked(vector, held.entry, age_ms, stale)

    def put(self, entry: Entry) -> bool:
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
            held = _Held(kept, self._clock(), rank, size)
            self._held[kept.key] = held
            self._bytes += size
            for table in tables_in(kept.vector):
                self._entity_bytes[table] += size
            self._place(held)
            return True

    def lead(self, ask: Ask, vector: Vector, ended: Callable[[], bool]) -> Lease | Entry:
        """Nobody but this process reads for it, and `cache.single_flight` sees to that."""
        return FREE

    def move(self, entities: Collection[str], mark: str | None = None) -> bool:
        with self._lock:
            if mark is not None:
                marked = [self._marks[entity] for entity in entities]
                if marked and all(mark in marks for marks in marked):
                    return False
                for marks in marked:
                    marks[mark] = None
                    if len(marks) > _MARKS:
                        marks.popitem(last=False)
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
            self._heap.clear()
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
        """Gives the entry its rank of now and a place in the heap, and the heap its order back when most of it is old places."""
        held.rank = self._ranks.rank(held.entry.key, held.entry.cost_ms, held.bytes)
        heapq.heappush(self._heap, (held.rank, next(self._order), held.entry.key))
        if len(self._heap) > 8 * len(self._held) + 64:
            self._heap = [(each.rank, next(self._order), key) for key, each in self._held.items()]
            heapq.heapify(self._heap)

    def _leaving(self, entry: Entry, size: int, rank: float) -> list[tuple[str, str]] | None:
        """Which entries go for this one, and why; None where one that ranks above it would have to."""
        leaving: dict[str, str] = {}
        for entity in tables_in(entry.vector):
            over = self._entity_bytes[entity] + size - self._policy.max_entity_bytes
            for held in self._lowest(entity) if over > 0 else ():
                if over <= 0:
                    break
                over -= held.bytes
                leaving[held.entry.key] = "quota"
        over = self._bytes + size - self._policy.max_bytes - sum(self._held[key].bytes for key in leaving)
        passed: list[tuple[float, int, str]] = []
        while over > 0 and self._heap:
            place = heapq.heappop(self._heap)
            held_or_none = self._held.get(place[2])
            if held_or_none is None or held_or_none.rank != place[0]:
                continue
            passed.append(place)
            if place[2] not in leaving:
                leaving[place[2]] = "room"
                over -= held_or_none.bytes
        for place in passed:
            heapq.heappush(self._heap, place)
        if any(self._held[key].rank > rank for key in leaving):
            return None
        return list(leaving.items())

    def _lowest(self, entity: str) -> Iterator[_Held]:
        return iter(sorted((h for h in self._held.values() if entity in tables_in(h.entry.vector)), key=lambda held: held.rank))

    def _drop(self, key: str, reason: str) -> None:
        held = self._held.pop(key)
        self._bytes -= held.bytes
        for table in tables_in(held.entry.vector):
            self._entity_bytes[table] -= held.bytes
        self._evicted(reason)
