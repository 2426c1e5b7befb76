"""The history of one Foz: what queries took, asked for predictions on their way, and shared with other processes.

predict   on the request's path: a few look-ups
note      on the request's path: one append; a thread of its own puts it into the records behind
shelf     where the records are kept, and where those of other processes are (`proxy.shelves`)
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from planner.conformal import COVERAGE
from planner.errors import AuthDenied, QueryCancelled, QueryTimeout
from planner.history import decoded
from planner.likeness import Likeness, Whole
from planner.prediction import Lanes, Prediction, QueryPrediction, answered, combined, predicted, together
from proxy.records import Records
from proxy.request import Caller
from proxy.settings import Settings
from proxy.shelves import FileShelf, RedisShelf, Shelf
from proxy.telemetry import Metrics

log = structlog.get_logger("foz.history")

MAX_WAITING = 10_000
"""Runs that may wait to be put in; beyond it the oldest are dropped, which history can bear."""
GATHER_SECONDS = 0.02
"""Runs are put in a few at a time: waking a thread for each costs the requests more than what it does."""
SHARE_SECONDS = 10.0
CALIBRATED_OVER = 500

HIT = "cache/answer"


class Read(NamedTuple):
    """What reading one fragment took, without the time for which nobody took its batches. `code` as in an Observation."""

    place: int
    ms: float
    rows: int
    bytes: int
    code: str | None


class Ran(NamedTuple):
    """One query that has ended, as `proxy.expectation` saw it: `expected` is what was predicted, `kept` the places of those
    fragments that the cache answered, `code` that of its error."""

    expected: QueryPrediction
    whole: Whole
    lanes: Lanes
    reads: Sequence[Read]
    kept: Sequence[int]
    ms: float
    rows: int
    bytes: int
    code: str | None
    way: str


class History:
    """Used by many threads at once, closed once. `ratio` is told a source (`*` for whole queries) and actual ÷ predicted p95."""

    def __init__(self, shelf: Shelf | None, ratio: Callable[[str, float], None], clock: Callable[[], float] = time.time) -> None:
        self._shelf = shelf
        self._ratio = ratio
        self._records = Records(clock)
        self._waiting: deque[Ran] = deque(maxlen=MAX_WAITING)
        self._settling: deque[threading.Event] = deque()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="foz-history", daemon=True)

    def start(self) -> None:
        """Reads what was kept, and begins to put in what is noted."""
        self._share()
        self._thread.start()

    def predict(self, whole: Whole, lanes: Lanes, kept: Sequence[int] = ()) -> QueryPrediction:
        """What a query is expected to take. Its fragments are read as `lanes` say, but for those at the places `kept`: the cache
        answers these."""
        known = self._records.known
        fragments = [
            answered(known, HIT) if place in kept else predicted(like, known) for place, like in enumerate(whole.fragments)
        ]
        return combined(whole, fragments, lanes, known)

    def predict_hit(self) -> QueryPrediction:
        """What an answer is expected to take that the cache gives."""
        found = answered(self._records.known, HIT)
        return QueryPrediction(found.ms, None, None, found.observations, "cache")

    def note(self, ran: Ran) -> None:
        """A query has ended."""
        self._waiting.append(ran)
        if not self._wake.is_set():
            self._wake.set()

    def settle(self) -> None:
        """Returns when everything that was noted before is in."""
        done = threading.Event()
        self._settling.append(done)
        self._wake.set()
        done.wait()

    def share(self) -> None:
        """Keeps what has changed, and takes in what other processes have kept; the thread does it every SHARE_SECONDS."""
        self.settle()
        self._share()

    def close(self) -> None:
        """Puts in what is noted, and keeps it."""
        self._closing.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()
        if self._shelf is not None:
            self._shelf.close()

    def stats(self, caller: Caller) -> dict[str, Any]:
        """`{kept, keys, records: [{key, text, runs, …}]}`, the most used first. Raises AuthDenied."""
        if not caller.admin:
            raise AuthDenied("Only an administrator may look into the history.")
        records = self._records.stats()
        return {"kept": self._shelf.where if self._shelf is not None else "memory", "keys": len(records), "records": records}

    def _work(self) -> None:
        shared_at = time.monotonic()
        while True:
            self._wake.wait(SHARE_SECONDS if self._shelf is not None else None)
            if self._wake.is_set():
                self._closing.wait(GATHER_SECONDS)
            self._wake.clear()
            # After the clearing: whoever closes says so before it wakes.
            last = self._closing.is_set()
            self.drain()
            if last or time.monotonic() - shared_at >= SHARE_SECONDS:
                shared_at = time.monotonic()
                self._share()
            if last:
                return

    def drain(self) -> None:
        """Puts in what was noted; the thread does it."""
        settling = [self._settling.popleft() for _ in range(len(self._settling))]
        while self._waiting:
            try:
                self._put_in(self._waiting.popleft())
            except Exception:
                log.exception("history.not_noted")
        for done in settling:
            done.set()

    def _put_in(self, ran: Ran) -> None:
        records, fragments = self._records, ran.whole.fragments
        if ran.way == "answered":
            for like in fragments:
                records.count(like.keys, "hits")
            if ran.code is None:
                records.add(HIT, "", (ran.ms, float(ran.rows), float(ran.bytes)))
                records.correct((HIT,), ran.ms <= ran.expected.ms.p95)
            return
        for place in ran.kept:
            records.count(fragments[place].keys, "hits")
        took = [0.0] * len(fragments)
        for read in ran.reads:
            like, expected = fragments[read.place], ran.expected.fragments[read.place]
            took[read.place] = read.ms
            if read.code is None and ran.code is None:
                self._fragment(like, expected, read)
            elif read.code == QueryTimeout.code:
                self._timed_out(like, expected, read)
            elif read.code is not None and read.code != QueryCancelled.code:
                records.count(like.keys, "errors")
        # What joined another's read, or was stopped early, says nothing of what it takes.
        if ran.way == "read" and ran.code is None and len(ran.reads) + len(ran.kept) == len(fragments):
            self._whole(ran, max(0.0, ran.ms - together(ran.lanes, took)) if took else ran.ms)

    def _fragment(self, like: Likeness, expected: Prediction, read: Read) -> None:
        size, *others = like.keys
        self._records.add(size, like.text, (read.ms, float(read.rows), float(read.bytes)))
        multiples = (read.ms / like.work_ms, read.rows / (like.rows or 1.0), read.bytes / (like.bytes or 1.0))
        self._records.add_some(others, (like.text, "", ""), multiples)
        self._ratio(like.source, read.ms / expected.ms.p95)
        self._records.correct((size, like.source), read.ms <= expected.ms.p95)

    def _timed_out(self, like: Likeness, expected: Prediction, read: Read) -> None:
        """It would have taken longer: what was predicted to be shorter was wrong, of the rest nothing is known."""
        size, *others = like.keys
        self._records.count(others, "timeouts")
        self._records.add_timeout(size, like.text, (read.ms, float(read.rows), float(read.bytes)))
        if read.ms > expected.ms.p95:
            self._ratio(like.source, read.ms / expected.ms.p95)
            self._records.correct((size, like.source), False)

    def _whole(self, ran: Ran, rest_ms: float) -> None:
        own, kind, over = ran.whole.keys
        self._records.add(own, ran.whole.text, (rest_ms, float(ran.rows), float(ran.bytes)))
        self._records.add_some((kind,), ("",), (rest_ms / ran.whole.work_ms, float(ran.rows), float(ran.bytes)))
        self._ratio("*", ran.ms / ran.expected.ms.p95)
        self._records.correct((own, over), ran.ms <= ran.expected.ms.p95)

    def _share(self) -> None:
        if self._shelf is None:
            return
        changed, gone = self._records.changed()
        if not self._shelf.put(changed, gone):
            self._records.not_kept(changed, gone)
            return
        for process, key, data in self._shelf.others():
            self._records.take_in(process, key, decoded(data) if data is not None else None)
        for process, left, data in self._shelf.left_behind():
            record = decoded(data)
            if record is not None:
                self._records.take_over(process, left, record)


class Calibration:
    """The share of runs within their predicted p95, by source: over all of them as a histogram, and fading."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._shares: dict[str, float] = {}

    def __call__(self, source: str, ratio: float) -> None:
        self._metrics.prediction_ratio.labels(source).observe(ratio)
        if source not in self._shares:
            self._shares[source] = COVERAGE
            self._metrics.prediction_coverage.labels(source).set_function(lambda: self._shares[source])
        self._shares[source] += (float(ratio <= 1) - self._shares[source]) / CALIBRATED_OVER


def opened(settings: Settings, metrics: Metrics) -> History:
    """The history that `settings` ask for, with what was kept of it."""
    history = History(_shelf(settings.history_place), Calibration(metrics))
    history.start()
    return history


def _shelf(place: str) -> Shelf | None:
    if place == "memory://":
        return None
    if place.startswith("file://"):
        return FileShelf(Path(place.removeprefix("file://")), time.time)
    return RedisShelf(place, time.time)
