"""What has been committed, acknowledged and told of, and whether an answer may be what it is.

Each table holds one number, which every write raises. *Once an event is acknowledged or a notification has been processed, no
later answer labelled `notified` is older.* Further: no answer at all, unless its caller allows it to be stale, is older than an
event that had been acknowledged when it was asked for; what SQLite proves is as new as the last commit before the request.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Moment = tuple[int, int]
"""When a write was committed, as its store counts."""


class Stale(AssertionError):
    """An answer that the law forbids."""


@dataclass(frozen=True)
class Floor:
    """What an answer may not be below: per table, whatever its label, and where its label is `notified`."""

    process: int
    always: Mapping[str, int]
    notified: Mapping[str, int]
    stale_allowed: bool


class Ledger:
    """Used by many threads at once. `proved` are the tables whose store proves them."""

    def __init__(self, tables: tuple[str, ...], proved: tuple[str, ...]) -> None:
        self._lock = threading.Lock()
        self._proved = proved
        self._committed = dict.fromkeys(tables, 0)
        self._begun = dict.fromkeys(tables, 0)
        self._acknowledged = dict.fromkeys(tables, 0)
        self._commits: defaultdict[str, list[tuple[Moment, int]]] = defaultdict(list)
        self._heard: dict[tuple[int, str], Moment] = {}
        self.seen: Counter[str] = Counter()
        self.stale: list[str] = []

    def next(self, table: str) -> int:
        """The number that is about to be written."""
        with self._lock:
            self._begun[table] += 1
            return self._begun[table]

    def committed(self, table: str, number: int, at: Moment | None = None) -> None:
        with self._lock:
            self._committed[table] = number
            if at is not None:
                self._commits[table].append((at, number))
                del self._commits[table][:-50]

    def newest(self, table: str) -> int:
        with self._lock:
            return self._committed[table]

    def acknowledged(self, table: str, number: int) -> None:
        with self._lock:
            self._acknowledged[table] = max(self._acknowledged[table], number)

    def heard(self, process: int, table: str, at: Moment) -> None:
        """That process has made its answers over the table as of then out of date."""
        with self._lock:
            self._heard[process, table] = max(at, self._heard.get((process, table), at))

    def floor(self, process: int, tables: tuple[str, ...], stale_allowed: bool) -> Floor:
        """What an answer that is asked for now may not be below."""
        with self._lock:
            always = {table: self._committed[table] if table in self._proved else self._acknowledged[table] for table in tables}
            notified = {}
            for table in tables:
                until = self._heard.get((process, table))
                told = [number for at, number in self._commits[table] if until is not None and at <= until]
                notified[table] = max(told, default=0)
            return Floor(process, always, notified, stale_allowed)

    def check(self, sql: str, floor: Floor, row: Mapping[str, Any], label: Mapping[str, Any]) -> None:
        """Raises Stale."""
        freshness = label.get("freshness")
        with self._lock:
            self.seen[f"{label['status']} {freshness or ''}".strip()] += 1
            newest = dict(self._begun)
        for table, value in row.items():
            least = floor.always[table]
            if freshness == "notified":
                least = max(least, floor.notified[table])
            if floor.stale_allowed and freshness == "ttl":
                least = 0
            if not least <= value <= newest[table]:
                self._fail(f"process {floor.process}: {sql} gives {table} = {value}, not {least}…{newest[table]} ({dict(label)})")

    def _fail(self, what: str) -> None:
        with self._lock:
            self.stale.append(what)
        raise Stale(what)
