"""Who follows whom among the jobs of one process that are alike, and whose rows they have; the store has the jobs themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from proxy.jobs.store import Job


class Following:
    """Used under the store's lock. Followers are in the order in which they came."""

    def __init__(self) -> None:
        self._leaders: dict[str, str] = {}
        self._followers: defaultdict[str, list[str]] = defaultdict(list)
        self._follows: dict[str, str] = {}
        self._heirs: dict[str, str] = {}
        self._shared: defaultdict[str, set[str]] = defaultdict(set)

    def leader(self, alike: str) -> str | None:
        return self._leaders.get(alike) if alike else None

    def lead(self, job: Job, unless_led: bool = False) -> None:
        """From now on those that are alike follow this one."""
        if job.alike and not (unless_led and job.alike in self._leaders):
            self._leaders[job.alike] = job.query_id

    def follow(self, query_id: str, leader: Job) -> None:
        self._followers[leader.query_id].append(query_id)
        self._follows[query_id] = leader.query_id
        if leader.folder in self._shared:
            self._shared[leader.folder].add(query_id)

    def followers(self, query_id: str) -> Sequence[str]:
        return tuple(self._followers.get(query_id, ()))

    def follows(self, query_id: str) -> bool:
        return query_id in self._follows

    def leave(self, query_id: str) -> None:
        """Follows nobody any more."""
        leader = self._follows.pop(query_id, None)
        if leader is not None:
            self._followers[leader].remove(query_id)
            if not self._followers[leader]:
                del self._followers[leader]

    def inherit(self, job: Job, runs: bool) -> str:
        """The first of its followers takes the job's place, and its run where it `runs`."""
        heir = self._followers[job.query_id][0]
        self.leave(heir)
        self._leaders[job.alike] = heir
        others = self._followers.pop(job.query_id, [])
        for other in others:
            self._follows[other] = heir
        if others:
            self._followers[heir] = others
        if runs:
            self._heirs[job.query_id] = heir
            self._shared[job.folder].update((heir, *others))
        return heir

    def successor(self, query_id: str) -> str:
        """Whose run is now what began as this one's."""
        while query_id in self._heirs:
            query_id = self._heirs[query_id]
        return query_id

    def ended(self, jobs: Sequence[Job]) -> None:
        """A job, the first, and its followers have ended."""
        leader = jobs[0]
        if self._leaders.get(leader.alike) == leader.query_id:
            del self._leaders[leader.alike]
        for job in jobs:
            self._follows.pop(job.query_id, None)
            if job.state != "completed":
                self.unshare(job)
            elif len(jobs) > 1 or job.rows:
                self._shared[job.folder].add(job.query_id)
        self._followers.pop(leader.query_id, None)

    def shares(self, folder: str) -> bool:
        return folder in self._shared

    def unshare(self, job: Job) -> None:
        """Its rows, if it has any, are elsewhere from now on."""
        if job.folder in self._shared:
            self._shared[job.folder].discard(job.query_id)
            if not self._shared[job.folder]:
                del self._shared[job.folder]

    def forget(self, query_id: str) -> None:
        """It is not even known to have been there."""
        self._heirs.pop(query_id, None)
