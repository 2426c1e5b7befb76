"""Jobs as plainly as they can be thought of: a list, walked through for each question. Time is whole seconds since START."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from proxy.jobs.store import AWAY_SECONDS, DIED, UNKNOWN_OUTCOME, Job
from tests.proxy.jobs.subject import START, job


@dataclass(eq=False)
class Lease:
    ends: int
    seconds: int
    renewed: bool = False


@dataclass
class Model:
    """`waits_since` numbers, for each caller with jobs that can be claimed, the event since which it waits for its turn."""

    now: int = 0
    heard: int = 0
    events: int = 0
    jobs: list[Job] = field(default_factory=list)
    leases: dict[str, Lease] = field(default_factory=dict)
    waits_since: dict[str, int] = field(default_factory=dict)
    leaders: dict[str, tuple[str, int]] = field(default_factory=dict)

    def find(self, query_id: str) -> Job | None:
        return next((each for each in self.jobs if each.query_id == query_id), None)

    def begin(self) -> None:
        """Before each change."""
        silence, self.heard = self.now - self.heard, self.now
        for lease in self.leases.values():
            if silence > max(AWAY_SECONDS, lease.seconds / 2) and not lease.renewed:
                lease.ends, lease.renewed = self.now + lease.seconds, True
        late = [each for each in self.jobs if each.state == "pending"]
        for each in sorted(late, key=lambda each: (each.not_before, each.query_id)):
            if each.not_before <= START + self.now:
                self._waits(each.caller)

    def claimable(self, caller: str) -> list[Job]:
        now = START + self.now
        return [each for each in self.jobs if each.caller == caller and each.state == "pending" and each.not_before <= now]

    def running(self, caller: str) -> int:
        return sum(each.caller == caller and each.state == "processing" for each in self.jobs)

    def live(self, caller: str | None = None) -> int:
        return sum(each.state in ("pending", "processing") and caller in (None, each.caller) for each in self.jobs)

    def add(self, query_id: str, caller: str, retries: bool, delay: int) -> None:
        moment = float(START + self.now)
        not_before = moment + delay if delay else 0.0
        self.jobs.append(replace(job(query_id, caller, retries=retries, not_before=not_before), created=moment, revision=1))
        if not delay:
            self._waits(caller)

    def adopt(self, query_id: str, caller: str, owner: str, seconds: int) -> Job:
        moment = float(START + self.now)
        adopted = replace(job(query_id, caller), state="processing", created=moment, started=moment, owner=owner)
        self.jobs.append(replace(adopted, attempts=1, revision=1))
        self.leases[query_id] = Lease(self.now + seconds, seconds)
        return self.jobs[-1]

    def claim(self, owner: str, seconds: int) -> Job | None:
        if not self.waits_since:
            return None
        caller = min(self.waits_since, key=lambda each: (self.running(each), self.waits_since[each]))
        first = self.claimable(caller)[0]
        told = {"owner": owner, "started": float(START + self.now), "chunks": 0, "report": b"{}"}
        claimed = self.change(first, state="processing", attempts=first.attempts + 1, **told)
        del self.waits_since[caller]
        if self.claimable(caller):
            self._waits(caller)
        self.leases[first.query_id] = Lease(self.now + seconds, seconds)
        return claimed

    def holds(self, held: Job) -> Job | None:
        found = self.find(held.query_id)
        mine = found is not None and found.state == "processing" and (found.owner, found.attempts) == (held.owner, held.attempts)
        return found if mine else None

    def back(self, found: Job, delay: int, excused: int) -> Job:
        del self.leases[found.query_id]
        told = {"owner": None, "started": None, "chunks": 0, "report": b"{}", "excused": excused}
        changed = self.change(found, state="pending", not_before=float(START + self.now + delay), **told)
        if not delay:
            self._waits(found.caller)
        return changed

    def end(self, found: Job, state: str, error: tuple[str, str] | None, report: bytes, chunks: int) -> Job:
        self.leases.pop(found.query_id, None)
        moment = float(START + self.now)
        told = {"owner": None, "cancelling": False, "error": error, "report": report, "chunks": chunks}
        changed = self.change(found, state=state, finished=moment, kept=moment, **told)
        if not self.claimable(found.caller):
            self.waits_since.pop(found.caller, None)
        return changed

    def sweep(self, attempts: int, keep_seconds: int, back_off_seconds: int) -> list[Job]:
        swept = []
        for query_id, lease in sorted(self.leases.items(), key=lambda item: (item[1].ends, item[0])):
            found = self.find(query_id)
            if found is None or lease.ends > self.now:
                continue
            counting = found.attempts - found.excused
            if not found.retries:
                swept.append(self.end(found, "failed", UNKNOWN_OUTCOME, found.report, 0))
            elif found.cancelling:
                swept.append(self.end(found, "cancelled", None, found.report, 0))
            elif counting < attempts:
                swept.append(self.back(found, back_off_seconds * 2 ** (counting - 1), found.excused))
            else:
                swept.append(self.end(found, "failed", DIED, found.report, 0))
        old = [each for each in self.jobs if each.kept is not None and each.state != "expired"]
        for each in sorted(old, key=lambda each: (each.kept, each.query_id)):
            if (each.kept or 0) + keep_seconds <= START + self.now:
                gone = {"request": b"", "answer": b"", "retries": True, "not_before": 0.0, "attempts": 0, "excused": 0}
                swept.append(self.change(each, state="expired", error=None, report=b"{}", chunks=0, **gone))
        return swept

    def change(self, found: Job, **values: object) -> Job:
        changed = replace(found, revision=found.revision + 1, **values)  # type: ignore[arg-type]
        self.jobs[self.jobs.index(found)] = changed
        return changed

    def _waits(self, caller: str) -> None:
        if caller not in self.waits_since:
            self.events += 1
            self.waits_since[caller] = self.events
