"""What is worth its room: how an entry is valued, and which goes when there is none left.

The cache is dear and small: it smooths traffic, it is no archive. An entry's value is the source time that it saves per byte,
by how often it is asked for: GreedyDual-Size-Frequency (Cherkasova, 1998). Its rank is that value above the rank of the last
entry that went, so that what is not asked for any more ages. The alternative, `lru`, ranks by the last use alone.

A newcomer that finds no room takes it only from entries that rank below it: one query that is asked once does not push out what
is asked for every second (the admission of W-TinyLFU: Einziger, Friedman, Manes, 2017). Requests for what is not kept are
counted too.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

_COUNTED = 8192
_HALVED_AFTER = 10 * _COUNTED


@dataclass(frozen=True)
class Policy:
    """`max_bytes` in all, `max_entry_bytes` for one entry, and `entity_share` of all for the entries over any one table."""

    max_bytes: int
    max_entry_bytes: int
    entity_share: float = 0.5
    eviction: Literal["cost", "lru"] = "cost"

    @property
    def max_entity_bytes(self) -> int:
        return int(self.max_bytes * self.entity_share)

    def admits(self, bytes: int) -> bool:
        """Whether an entry of this size is ever kept."""
        return bytes <= min(self.max_entry_bytes, self.max_entity_bytes)


class Ranks:
    """Ranks entries: the lowest goes first. Not safe for several threads: it is its store's, under that one's lock."""

    def __init__(self, policy: Policy) -> None:
        self._by_use = policy.eviction == "lru"
        self._floor = 0.0
        self._uses = 0
        self._asked: OrderedDict[str, int] = OrderedDict()

    def asked(self, key: str) -> None:
        """Counts a request for `key`, kept or not."""
        self._uses += 1
        self._asked[key] = self._asked.pop(key, 0) + 1
        if len(self._asked) > _COUNTED:
            self._asked.popitem(last=False)
        if self._uses % _HALVED_AFTER == 0:
            self._asked = OrderedDict((each, count // 2) for each, count in self._asked.items() if count > 1)

    def rank(self, key: str, cost_ms: float, bytes: int) -> float:
        """The rank of an entry as of now."""
        if self._by_use:
            return float(self._uses)
        return self._floor + self._asked.get(key, 1) * max(cost_ms, 0.01) / max(bytes, 1)

    def gone(self, rank: float) -> None:
        """An entry of this rank went for want of room."""
        self._floor = max(self._floor, rank) if not self._by_use else self._floor
