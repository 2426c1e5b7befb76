"""What the store of one process keeps of a job, and how many it has: in which state, and whose."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from proxy.jobs.store import Job


@dataclass(eq=False)
class Kept:
    """A job that is not expired. `number` is its place in the order of adding. While it is processing its lease ends at `ends`
    and lasts `lasts` seconds; `renewed`: since its last beat it was, after a silence. `let_go`: by whom it last was, and how."""

    job: Job
    number: int
    ends: float = 0.0
    lasts: float = 0.0
    renewed: bool = False
    let_go: tuple[str | None, int, str] | None = None


class Counts:
    """Used under the store's lock. `live` are those that have not ended, `running` those in `processing`, by caller."""

    def __init__(self) -> None:
        self.states: Counter[str] = Counter()
        self.live: Counter[str] = Counter()
        self.running: Counter[str] = Counter()

    def enter(self, job: Job) -> None:
        self.states[job.state] += 1
        for counter in self._of(job):
            counter[job.caller] += 1

    def leave(self, job: Job) -> None:
        self.states[job.state] -= 1
        for counter in self._of(job):
            counter[job.caller] -= 1
            if not counter[job.caller]:
                del counter[job.caller]

    def _of(self, job: Job) -> tuple[Counter[str], ...]:
        return {"pending": (self.live,), "processing": (self.live, self.running)}.get(job.state, ())
