"""The contract of a job store, and what a job is. One process has `memory`, several share `redis`; one test suite is over both.

    pending ──claim──> processing ──finish──> completed | failed | cancelled ──(time to live)──> expired ──> unknown
       ^                   │
       └────give_back──────┘        also by `sweep`, where the owner's lease has run out and it may be tried again

Every change is one atomic step. A job in `processing` has an owner, who holds one attempt of it by a lease and renews that by
`beat`; whoever has lost it changes nothing any more. Only `sweep` takes a lease away: one that has run out can be renewed until
then. `revision` grows with each change, and `subscribe` tells of it in every process.

Jobs that are *alike* are run once: what is added while another one alike waits or runs follows that one, has its state, rows and
end, and no run of its own. If the one that leads is cancelled, the first that follows leads on, and the run with it: its holder
need not know.

What raised StoreUnavailable may be done or not. All of it can be asked for again with the same arguments: what was done is not
done twice, and answers as it did (letting go does until another attempt has been let go). Only a claim whose answer was lost is
left to `sweep`, and what a sweep has changed is not given again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

State = Literal["pending", "processing", "completed", "failed", "cancelled", "expired"]
Ended = Literal["completed", "failed", "cancelled"]
STATES: tuple[State, ...] = ("pending", "processing", "completed", "failed", "cancelled")
"""Those that `counts` counts."""
ENDED: frozenset[str] = frozenset({"completed", "failed", "cancelled", "expired"})

TOMBSTONE_SECONDS = 86_400
"""For how long an expired job is still known to have been there."""

DIED = ("source.unavailable", "The process that ran the query went away, each time that it was tried.")
UNKNOWN_OUTCOME = (
    "source.unavailable",
    "The process that ran the statement went away: its outcome is unknown, and it is not run again.",
)
"""The errors that `sweep` gives to jobs whose owners have gone."""

AWAY_SECONDS = 5.0
"""The shortest silence that `sweep` may take for an absence of the store."""


@dataclass(frozen=True)
class Job:
    """One job. Times are seconds since 1970 by the store's clock, which is the same for all processes.

    Whoever adds a job gives its id, caller, `request`, `answer`, `retries`, `not_before` and `alike`; all else is the store's.
    `request` and `answer` are JSON that the store does not look into: what it takes to run the query (again), and what is known
    of its answer before its rows (columns, schema). `report` is JSON too, and changes with each beat: progress, prediction,
    statistics. `retries` is False for what must never run twice; before `not_before` it is not to be claimed.

    `attempts` numbers the attempts from 1 and never goes back, so that it can name what an attempt has written; `excused` of them
    do not count against the limit of `sweep`. `chunks` of the result of attempt `attempts` can be read. `started` is when that
    attempt was begun, `owner` who holds it, and `cancelling` says that the owner has been asked to stop. `kept` is the moment
    from which the time to live of an ended job counts: its end, or the last `renew`. `alike` is the same for jobs of which one
    run is enough, and "" for one that wants its own; `rows` names the job under whose id the rows are, where that is another.
    """

    query_id: str
    caller: str
    request: bytes = field(repr=False)
    answer: bytes = field(repr=False)
    retries: bool = True
    state: State = "pending"
    created: float = 0.0
    started: float | None = None
    finished: float | None = None
    kept: float | None = None
    not_before: float = 0.0
    owner: str | None = None
    attempts: int = 0
    excused: int = 0
    cancelling: bool = False
    error: tuple[str, str] | None = None
    report: bytes = b"{}"
    chunks: int = 0
    revision: int = 0
    alike: str = ""
    rows: str = ""

    @property
    def folder(self) -> str:
        """The id under which the rows are."""
        return self.rows or self.query_id


@dataclass(frozen=True)
class Limits:
    """How many jobs that have not ended one caller may have, and all together."""

    per_caller: int = 100
    total: int = 1000


class TooMany(Exception):
    """A limit is reached; `whose` says which: `caller` or `all`."""

    def __init__(self, whose: Literal["caller", "all"]) -> None:
        super().__init__(whose)
        self.whose = whose


class StoreUnavailable(Exception):
    """The store did not answer, or not in time: nothing is known of what was asked for."""


Beat = Literal["running", "cancelling", "lost"]
"""What a beat finds: all is well, the owner is to stop the job, or the job is not its own any more."""


class JobStore(Protocol):
    """Used by many threads of many processes at once, closed once per process. Everything may raise StoreUnavailable, and does
    when the store has been closed.

    `held` is the job as `claim` or `adopt` gave it: its id, owner and attempt are what its holder is known by.
    """

    def add(self, job: Job, limits: Limits, max_age_seconds: float | None = None) -> None:
        """A new job in `pending`, or one that follows another that is alike, is not being cancelled, and is not older than
        `max_age_seconds`. Raises TooMany. An id that is known already changes nothing."""

    def adopt(self, job: Job, owner: str, lease_seconds: float, ago_seconds: float = 0.0) -> Job:
        """A new job that its owner has been running for `ago_seconds`: in `processing`, first attempt. No limit refuses it,
        though it counts. Gives the job as it is held; one whose id is known already as it was, unchanged. It follows nobody."""

    def claim(self, owner: str, lease_seconds: float) -> Job | None:
        """The next pending job, now in `processing` (`attempts` one more, `chunks` 0, `report` empty); None where there is none.

        Fair: of the callers with jobs that can be claimed, it is the turn of the one with the fewest in `processing`, of those
        the one that has waited longest since its last turn, or since it last had nothing to claim if that was later; each
        caller's own jobs go in the order in which they were added.
        """

    def beat(self, held: Job, lease_seconds: float, report: bytes, chunks: int) -> Beat:
        """Renews the lease and says how far the job is; a change, and told, only where that is news."""

    def give_back(self, held: Job, delay_seconds: float = 0.0, count: bool = True) -> bool:
        """Back to `pending`, for another attempt after a while; `cancelled` where it is being cancelled. `count=False` excuses
        the attempt. What must not run twice is given back too: its owner knows that it has not begun. False where the job is
        not the owner's any more."""

    def finish(self, held: Job, state: Ended, error: tuple[str, str] | None, report: bytes, chunks: int) -> bool:
        """The end of a job. False where it is not the owner's any more: then nothing has changed."""

    def cancel(self, query_id: str) -> Job | None:
        """A pending job is `cancelled` at once, one in `processing` is `cancelling`; an ended one stays as it is. The job as it
        is then, None where it is unknown."""

    def renew(self, query_id: str) -> Job | None:
        """The time to live of an ended job counts from now. The job as it then is, in whatever state, or None where unknown."""

    def leads(self, alike: str) -> bool:
        """Whether a job that is added now may follow another one."""

    def shares(self, folder: str) -> bool:
        """Whether rows under this id are those of a job that followed, or was followed, and has not expired."""

    def find(self, query_id: str) -> Job | None:
        """The job; in state `expired`, with nothing but its id, caller, times and revision, for a day after its time to live."""

    def of(self, caller: str, most: int = 1000) -> Sequence[Job]:
        """The caller's jobs that are not expired, the last added first."""

    def ended(self, since: float, most: int) -> Sequence[Job]:
        """Jobs that have ended and are not expired, whose `kept` is after `since`; those of the earliest first."""

    def counts(self) -> Mapping[str, int]:
        """How many jobs there are in each of STATES."""

    def sweep(self, attempts: int, keep_seconds: float, back_off_seconds: float) -> Sequence[Job]:
        """What time has done. Gives the jobs that it changed, as they are then.

        An expired lease: back to `pending`, with `back_off_seconds` × 2^(n-1) of delay, where the job may run again and its n
        attempts that count are fewer than `attempts`; `cancelled` if it was being cancelled; else `failed` with DIED. What must
        not run twice is `failed` with UNKNOWN_OUTCOME, being cancelled or not. An ended job whose time to live,
        `keep_seconds`, is over: `expired`.

        Owners cannot renew a lease while the store is away, nor are they to blame when its clock is set. So after a silence in
        which no process changed anything, longer than AWAY_SECONDS and than half of a lease, that lease lasts anew before it can
        run out, once until its next beat; and where the clock went back, no lease ends later than if it were renewed now.
        """

    def lead(self, name: str, owner: str, seconds: float) -> bool:
        """Whether `owner` is the leader of `name`, as for `seconds` from now nobody else is; called again, it stays so. With 0
        seconds a leader steps down."""

    def subscribe(self, changed: Callable[[str], None]) -> Callable[[], None]:
        """Calls `changed` with the queryId of each job that changes, in whatever process, soon after it has; with "" where
        changes may have been missed. It must be quick and is called on a thread of the store's. Gives what ends it."""

    def close(self) -> None:
        """Ends the store's thread and connections; the jobs of a shared store stay."""
