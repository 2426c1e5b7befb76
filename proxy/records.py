"""The records of a history by their keys: this process's own, those that others share, and what both say together.

One thread adds; many ask. They meet only where a forecast has to be made anew, under a lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from planner.conformal import adapted
from planner.history import Figures, Forecast, Record, encoded, forecast, in_order, shared

MAX_KEYS = 2_000
THIN_FROM, THIN_TO = 500, 8
"""A record of what is alike only roughly has seen enough from 500 runs on: then it takes one in eight."""
REFRESHED_AFTER = 100
"""Runs after which a forecast is made anew, at the most: that costs as much as a hundred corrections, which follow each run."""


@dataclass(eq=False)
class _Held:
    """A key's own record, those of other processes and what these say as one, and the forecast of all. `used` fades."""

    record: Record
    others: Mapping[str, Record] = field(default_factory=dict)
    elsewhere: Record | None = None
    forecast: Forecast | None = None
    stale: bool = True
    due: int = 0
    used: float = 0.0
    changed: bool = False

    def whole(self) -> Record:
        return shared([self.record, self.elsewhere]) if self.elsewhere is not None else self.record


class Records:
    """At most MAX_KEYS; the rarest go first. `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._gone: set[str] = set()
        self._lock = threading.RLock()

    def known(self, key: str) -> tuple[Forecast | None, float]:
        """What is expected by that key's record, and the correction of it."""
        held = self._held.get(key)
        if held is None:
            return None, 0.0
        if held.stale:
            with self._lock:
                self._refresh(held)
        return held.forecast, held.record.offset

    def add(self, key: str, text: str, figures: Figures) -> None:
        """One run to a record that every prediction of its like asks."""
        held = self._used(key, text)
        record = held.record
        with self._lock:
            record.counts.runs += 1
            record.add(figures, self._clock())
            held.due += 1
            if held.due >= REFRESHED_AFTER or held.due * 10 >= record.counts.runs:
                self._refresh(held)

    def add_some(self, keys: Sequence[str], texts: Sequence[str], figures: Figures) -> None:
        """One run to records that are asked only where little is known: their forecasts are made when they are."""
        for key, text in zip(keys, texts, strict=True):
            held = self._used(key, text)
            counts = held.record.counts
            counts.runs += 1
            if counts.runs < THIN_FROM or counts.runs % THIN_TO == 0:
                with self._lock:
                    held.record.add(figures, self._clock())
                    held.stale = True

    def add_timeout(self, key: str, text: str, figures: Figures) -> None:
        """A run that was stopped: it counts as no run, but for the time that it took at least."""
        with self._lock:
            held = self._used(key, text)
            held.record.counts.timeouts += 1
            held.record.add(figures, self._clock())
            held.stale = True

    def correct(self, keys: Sequence[str], covered: bool) -> None:
        """The last prediction of what these keys stand for held, or not."""
        for key in keys:
            held = self._held.get(key) or self._at(key, "")
            record = held.record
            record.offset = adapted(record.offset, covered, record.corrected)
            record.corrected += 1

    def count(self, keys: Sequence[str], what: Literal["hits", "errors", "timeouts"]) -> None:
        for key in keys:
            counts = self._used(key, "").record.counts
            setattr(counts, what, getattr(counts, what) + 1)

    def stats(self) -> list[dict[str, Any]]:
        """Every record, the most used first."""
        with self._lock:
            held = sorted(self._held.items(), key=lambda each: (-each[1].used, each[0]))
            wholes = [(key, each.whole()) for key, each in held]
        return [self._told(key, record) for key, record in wholes]

    def changed(self) -> tuple[dict[str, bytes], set[str]]:
        """This process's own records that have changed since this was asked last, and the keys that went."""
        with self._lock:
            found = {key: encoded(held.record) for key, held in self._held.items() if held.changed}
            for key in found:
                self._held[key].changed = False
            gone, self._gone = self._gone - found.keys(), set()
        return found, gone

    def not_kept(self, keys: Collection[str], gone: Collection[str]) -> None:
        """What `changed` gave could not be kept: it is given again."""
        with self._lock:
            for key in keys:
                if key in self._held:
                    self._held[key].changed = True
            self._gone.update(gone)

    def take_in(self, process: str, key: str | None, record: Record | None) -> None:
        """What another process says of a key (None: of every one) now; None: nothing any more."""
        with self._lock:
            for each in (key,) if key is not None else tuple(self._held):
                self._take_in(process, each, record)

    def take_over(self, process: str, key: str, record: Record) -> None:
        """What a process that is gone has left becomes this one's own."""
        with self._lock:
            held = self._at(key, record.text)
            held.record = shared([held.record, record])
            held.changed = True
            self._take_in(process, key, None)

    def _take_in(self, process: str, key: str, record: Record | None) -> None:
        held = self._held.get(key)
        if held is None:
            if record is None or len(self._held) >= MAX_KEYS:
                return
            held = self._at(key, record.text)
        others = {each: known for each, known in held.others.items() if each != process}
        if record is not None:
            others[process] = record
        held.others = others
        held.elsewhere = shared(list(others.values())) if others else None
        held.stale = True
        if held.elsewhere is not None and held.record.corrected == 0:
            held.record.offset = held.elsewhere.offset

    def _told(self, key: str, record: Record) -> dict[str, Any]:
        found, offset = self.known(key)
        told: dict[str, Any] = {
            "key": key,
            "text": record.text,
            "runs": record.counts.runs,
            "timeouts": record.counts.timeouts,
            "errors": record.counts.errors,
            "cacheHits": record.counts.hits,
            "correction": round(offset, 4),
        }
        if found is not None:
            for name, figure in (("ms", found.ms), ("rows", found.rows), ("bytes", found.bytes)):
                told[name] = {"p50": round(figure.p50, 4), "p95": round(figure.p95, 4)}
        return told

    def _at(self, key: str, text: str) -> _Held:
        held = self._held.get(key)
        if held is None:
            with self._lock:
                if len(self._held) >= MAX_KEYS:
                    self._forget()
                held = self._held[key] = _Held(Record(text))
        return held

    def _used(self, key: str, text: str) -> _Held:
        held = self._held.get(key) or self._at(key, text)
        held.used += 1
        held.changed = True
        return held

    def _forget(self) -> None:
        """The tenth of the keys that is used least goes: what it says of its table and its source is in their records too."""
        rare = sorted(self._held, key=lambda key: self._held[key].used)[: MAX_KEYS // 10]
        for key in rare:
            del self._held[key]
        self._gone.update(rare)
        for held in self._held.values():
            held.used /= 2

    def _refresh(self, held: _Held) -> None:
        buckets = held.record.buckets
        if held.elsewhere is not None:
            buckets = in_order((buckets, held.elsewhere.buckets))
        held.forecast = forecast(buckets, self._clock())
        held.due = 0
        held.stale = False
