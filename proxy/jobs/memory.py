"""The jobs of one process, in its own memory: they end with it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from queue import SimpleQueue
from typing import Any

from proxy.jobs.following import Following
from proxy.jobs.kept import Counts, Kept
from proxy.jobs.store import (
    AWAY_SECONDS,
    DIED,
    ENDED,
    STATES,
    TOMBSTONE_SECONDS,
    UNKNOWN_OUTCOME,
    Beat,
    Ended,
    Job,
    Limits,
    StoreUnavailable,
    TooMany,
)
from proxy.jobs.subscribers import Subscribers


class MemoryStore:
    """`clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._closed = False
        self._numbers = itertools.count(1)
        self._jobs: dict[str, Kept] = {}
        self._tombstones: dict[str, tuple[float, Job]] = {}
        self._of: dict[str, dict[str, None]] = {}
        self._counts = Counts()
        self._claimable: dict[str, set[str]] = {}
        self._waits_since: dict[str, int] = {}
        self._delayed: set[str] = set()
        self._processing: set[str] = set()
        self._ended: set[str] = set()
        self._following = Following()
        self._leaders: dict[str, tuple[str, float, float]] = {}
        self._seen = clock()
        self._subscribers = Subscribers()
        self._told: SimpleQueue[str | None] = SimpleQueue()
        self._teller: threading.Thread | None = None

    def add(self, job: Job, limits: Limits, max_age_seconds: float | None = None) -> None:
        with self._lock:
            now = self._begin()
            if self._known(job.query_id) is not None:
                return
            if self._counts.live[job.caller] >= limits.per_caller:
                raise TooMany("caller")
            if self._counts.live.total() >= limits.total:
                raise TooMany("all")
            leader = self._leader(job.alike)
            if leader is not None and (max_age_seconds is None or leader.created >= now - max_age_seconds):
                names = ("state", "started", "owner", "attempts", "chunks", "report")
                self._new(job, created=now, rows=leader.folder, **{name: getattr(leader, name) for name in names})
                self._following.follow(job.query_id, leader)
                return
            kept = self._new(job, created=now, not_before=job.not_before)
            self._following.lead(kept.job)
            self._wait(kept, now)

    def adopt(self, job: Job, owner: str, lease_seconds: float, ago_seconds: float = 0.0) -> Job:
        with self._lock:
            now = self._begin()
            known = self._known(job.query_id)
            if known is not None:
                return known
            began = now - ago_seconds
            kept = self._new(job, created=began, started=began, state="processing", owner=owner, attempts=1)
            self._following.lead(kept.job, unless_led=True)
            self._lease(kept, now, lease_seconds)
            return kept.job

    def claim(self, owner: str, lease_seconds: float) -> Job | None:
        with self._lock:
            now = self._begin()
            if not self._waits_since:
                return None
            caller = min(self._waits_since, key=lambda each: (self._counts.running[each], self._waits_since[each]))
            kept = min((self._jobs[each] for each in self._claimable[caller]), key=lambda each: each.number)
            self._unwait(kept)
            if caller in self._waits_since:
                self._waits_since[caller] = next(self._numbers)
            attempts = kept.job.attempts + 1
            for each in (kept, *self._followers(kept)):
                self._following.unshare(each.job)
                each.job = replace(each.job, rows="" if each is kept else kept.job.query_id)
            self._change(kept, state="processing", owner=owner, started=now, attempts=attempts, chunks=0, report=b"{}")
            self._lease(kept, now, lease_seconds)
            return kept.job

    def beat(self, held: Job, lease_seconds: float, report: bytes, chunks: int) -> Beat:
        with self._lock:
            now = self._begin()
            kept = self._mine(held)
            if kept is None:
                return "lost"
            self._lease(kept, now, lease_seconds)
            if (kept.job.report, kept.job.chunks) != (report, chunks):
                self._change(kept, report=report, chunks=chunks)
            return "cancelling" if kept.job.cancelling else "running"

    def give_back(self, held: Job, delay_seconds: float = 0.0, count: bool = True) -> bool:
        with self._lock:
            now = self._begin()
            kept = self._mine(held)
            if kept is None:
                return self._let_go(held, "given back")
            if kept.job.cancelling:
                self._end(kept, now, "cancelled", None, kept.job.report, 0)
            else:
                excused = kept.job.excused + (0 if count else 1)
                self._back(kept, now, delay_seconds, excused)
            kept.let_go = (held.owner, held.attempts, "given back")
            return True

    def finish(self, held: Job, state: Ended, error: tuple[str, str] | None, report: bytes, chunks: int) -> bool:
        with self._lock:
            now = self._begin()
            kept = self._mine(held)
            if kept is None:
                return self._let_go(held, state)
            self._end(kept, now, state, error, report, chunks)
            kept.let_go = (held.owner, held.attempts, state)
            return True

    def cancel(self, query_id: str) -> Job | None:
        with self._lock:
            now = self._begin()
            kept = self._jobs.get(query_id)
            if kept is None:
                return self._known(query_id)
            if kept.job.state in ENDED:
                return kept.job
            followed, follows = bool(self._followers(kept)), self._following.follows(query_id)
            if followed:
                self._inherit(kept, now)
            self._following.leave(query_id)
            if kept.job.state == "pending" or followed or follows:
                self._unwait(kept)
                self._end(kept, now, "cancelled", None, kept.job.report, 0)
            elif not kept.job.cancelling:
                self._change(kept, cancelling=True)
            return kept.job

    def renew(self, query_id: str) -> Job | None:
        with self._lock:
            now = self._begin()
            kept = self._jobs.get(query_id)
            if kept is None:
                return self._known(query_id)
            if kept.job.state in ENDED:
                self._change(kept, kept=now)
            return kept.job

    def leads(self, alike: str) -> bool:
        with self._lock:
            self._open()
            return self._leader(alike) is not None

    def shares(self, folder: str) -> bool:
        with self._lock:
            self._open()
            return self._following.shares(folder)

    def find(self, query_id: str) -> Job | None:
        with self._lock:
            self._open()
            return self._known(query_id)

    def of(self, caller: str, most: int = 1000) -> Sequence[Job]:
        with self._lock:
            self._open()
            return [self._jobs[each].job for each in itertools.islice(reversed(self._of.get(caller, {})), most)]

    def ended(self, since: float, most: int) -> Sequence[Job]:
        with self._lock:
            self._open()
            jobs = sorted((self._jobs[each].job for each in self._ended), key=lambda job: (job.kept, job.query_id))
            return [job for job in jobs if (job.kept or 0) > since][:most]

    def counts(self) -> Mapping[str, int]:
        with self._lock:
            self._open()
            return {state: self._counts.states[state] for state in STATES}

    def sweep(self, attempts: int, keep_seconds: float, back_off_seconds: float) -> Sequence[Job]:
        with self._lock:
            now = self._begin()
            changed = []
            leading = [each for each in self._processing if not self._following.follows(each)]
            over = [kept for kept in map(self._jobs.__getitem__, leading) if kept.ends <= now]
            for kept in sorted(over, key=lambda each: (each.ends, each.job.query_id)):
                self._lapse(kept, now, attempts, back_off_seconds)
                changed.append(kept.job)
            old = [kept for kept in map(self._jobs.__getitem__, self._ended) if (kept.job.kept or 0) + keep_seconds <= now]
            for kept in sorted(old, key=lambda each: (each.job.kept, each.job.query_id)):
                changed.append(self._expire(kept, now))
            for query_id in [query_id for query_id, (until, _) in self._tombstones.items() if until <= now]:
                del self._tombstones[query_id]
                self._following.forget(query_id)
            return changed

    def lead(self, name: str, owner: str, seconds: float) -> bool:
        with self._lock:
            now = self._begin()
            leader, until, lasts = self._leaders.get(name, (owner, 0.0, 0.0))
            # A term that lasts longer than it was asked for is from before the clock went back.
            if leader != owner and now < until <= now + lasts:
                return False
            self._leaders[name] = (owner, now + seconds, seconds)
            return True

    def subscribe(self, changed: Callable[[str], None]) -> Callable[[], None]:
        with self._lock:
            self._open()
            end = self._subscribers.add(changed)
            if self._teller is None:
                self._teller = threading.Thread(target=self._tell, name="foz-jobs", daemon=True)
                self._teller.start()
            return end

    def close(self) -> None:
        with self._lock:
            self._closed = True
            teller = self._teller
        self._told.put(None)
        if teller is not None and teller is not threading.current_thread():
            teller.join()

    def _tell(self) -> None:
        while (query_id := self._told.get()) is not None:
            self._subscribers.tell(query_id)

    def _open(self) -> None:
        if self._closed:
            raise StoreUnavailable("The store is closed.")

    def _begin(self) -> float:
        """What precedes each change: the time of now, what a silence or a clock that was set does to leases, delays that end."""
        self._open()
        now = self._clock()
        silence, self._seen = now - self._seen, now
        if silence < 0:
            for kept in map(self._jobs.__getitem__, self._processing):
                kept.ends = min(kept.ends, now + kept.lasts)
            for kept in map(self._jobs.__getitem__, sorted(self._delayed)):
                self._change(kept, not_before=kept.job.not_before + silence)
        elif silence > AWAY_SECONDS:
            for kept in map(self._jobs.__getitem__, self._processing):
                if silence > kept.lasts / 2 and not kept.renewed:
                    kept.ends, kept.renewed = now + kept.lasts, True
        due = [kept for kept in map(self._jobs.__getitem__, self._delayed) if kept.job.not_before <= now]
        for kept in sorted(due, key=lambda each: (each.job.not_before, each.job.query_id)):
            self._delayed.discard(kept.job.query_id)
            self._wait(kept, now)
        return now

    def _new(self, job: Job, **values: Any) -> Kept:
        fresh = Job(job.query_id, job.caller, job.request, job.answer, job.retries, revision=1, alike=job.alike)
        kept = Kept(replace(fresh, **values), next(self._numbers))
        self._jobs[job.query_id] = kept
        self._of.setdefault(job.caller, {})[job.query_id] = None
        self._enter(kept.job)
        self._news(job.query_id)
        return kept

    def _known(self, query_id: str) -> Job | None:
        kept = self._jobs.get(query_id)
        if kept is not None:
            return kept.job
        until, job = self._tombstones.get(query_id, (0.0, None))
        return job if until > self._clock() else None

    def _leader(self, alike: str) -> Job | None:
        """The job that one which is added now may follow."""
        leader = self._following.leader(alike)
        return None if leader is None or self._jobs[leader].job.cancelling else self._jobs[leader].job

    def _followers(self, kept: Kept) -> list[Kept]:
        return [self._jobs[each] for each in self._following.followers(kept.job.query_id)]

    def _inherit(self, kept: Kept, now: float) -> None:
        """The first follower takes the place of a job that is about to be cancelled."""
        runs = kept.job.state == "processing"
        heir = self._jobs[self._following.inherit(kept.job, runs)]
        heir.job = replace(heir.job, excused=kept.job.excused, not_before=kept.job.not_before)
        heir.ends, heir.lasts, heir.renewed = kept.ends, kept.lasts, kept.renewed
        if not runs:
            self._wait(heir, now)

    def _mine(self, held: Job) -> Kept | None:
        kept = self._jobs.get(self._following.successor(held.query_id))
        if kept is None or kept.job.state != "processing":
            return None
        return kept if (kept.job.owner, kept.job.attempts) == (held.owner, held.attempts) else None

    def _let_go(self, held: Job, how: str) -> bool:
        kept = self._jobs.get(self._following.successor(held.query_id))
        return kept is not None and kept.let_go == (held.owner, held.attempts, how)

    def _lease(self, kept: Kept, now: float, seconds: float) -> None:
        kept.ends, kept.lasts, kept.renewed = now + seconds, seconds, False

    def _wait(self, kept: Kept, now: float) -> None:
        """A pending job is claimable, or will be."""
        job = kept.job
        if job.not_before > now:
            self._delayed.add(job.query_id)
            return
        self._claimable.setdefault(job.caller, set()).add(job.query_id)
        if job.caller not in self._waits_since:
            self._waits_since[job.caller] = next(self._numbers)

    def _unwait(self, kept: Kept) -> None:
        job = kept.job
        self._delayed.discard(job.query_id)
        claimable = self._claimable.get(job.caller, set())
        claimable.discard(job.query_id)
        if not claimable:
            self._claimable.pop(job.caller, None)
            self._waits_since.pop(job.caller, None)

    def _back(self, kept: Kept, now: float, delay_seconds: float, excused: int) -> None:
        fresh = {"owner": None, "started": None, "chunks": 0, "report": b"{}"}
        self._change(kept, state="pending", not_before=now + delay_seconds, excused=excused, **fresh)
        self._wait(kept, now)

    def _end(self, kept: Kept, now: float, state: Ended, error: tuple[str, str] | None, report: bytes, chunks: int) -> None:
        told = {"error": error, "report": report, "chunks": chunks}
        self._change(kept, state=state, owner=None, cancelling=False, finished=now, kept=now, **told)
        self._following.ended([each.job for each in (kept, *self._followers(kept))])

    def _lapse(self, kept: Kept, now: float, attempts: int, back_off_seconds: float) -> None:
        job = kept.job
        counting = job.attempts - job.excused
        if not job.retries:
            self._end(kept, now, "failed", UNKNOWN_OUTCOME, job.report, 0)
        elif job.cancelling:
            self._end(kept, now, "cancelled", None, job.report, 0)
        elif counting < attempts:
            self._back(kept, now, back_off_seconds * 2 ** (counting - 1), job.excused)
        else:
            self._end(kept, now, "failed", DIED, job.report, 0)

    def _expire(self, kept: Kept, now: float) -> Job:
        job = kept.job
        self._leave(job)
        self._following.unshare(job)
        del self._jobs[job.query_id]
        mine = self._of[job.caller]
        del mine[job.query_id]
        if not mine:
            del self._of[job.caller]
        gone = replace(Job(job.query_id, job.caller, b"", b""), state="expired", revision=job.revision + 1, rows=job.rows)
        gone = replace(gone, created=job.created, started=job.started, finished=job.finished, kept=job.kept)
        self._tombstones[job.query_id] = (now + TOMBSTONE_SECONDS, gone)
        self._news(job.query_id)
        return gone

    def _change(self, kept: Kept, /, **values: Any) -> None:
        """Of a job, and of those that follow it."""
        for each in (kept, *self._followers(kept)):
            self._turn(each, **values)

    def _turn(self, kept: Kept, /, **values: Any) -> None:
        before = kept.job
        kept.job = replace(before, revision=before.revision + 1, **values)
        if kept.job.state != before.state:
            self._leave(before)
            self._enter(kept.job)
        self._news(before.query_id)

    def _enter(self, job: Job) -> None:
        self._counts.enter(job)
        if job.state in ENDED:
            self._ended.add(job.query_id)
        if job.state == "processing":
            self._processing.add(job.query_id)

    def _leave(self, job: Job) -> None:
        self._counts.leave(job)
        self._ended.discard(job.query_id)
        self._processing.discard(job.query_id)

    def _news(self, query_id: str) -> None:
        if self._teller is not None:
            self._told.put(query_id)
