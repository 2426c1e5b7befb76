"""What the answers and pipelines of tests say of jobs: that there are none."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Any

from planner.errors import QueryNotFound
from proxy.request import Caller, Spooled


class NeverJob:
    """An `Answer` that is no job."""

    query_id: str
    deferred = False
    truncated = False

    def when_deferred(self, tell: Callable[[], None]) -> None:
        """It never becomes one."""

    def at_hand(self) -> None:
        """It reads."""

    def expires(self) -> datetime | None:
        return None


class NoJobs:
    """An `Asking` without jobs, whose queries do not change while they are looked at."""

    find: Callable[[str, Caller], Any]

    def job(self, query_id: str, caller: Caller) -> Spooled:
        raise QueryNotFound(f"There is no job {query_id} of yours.")

    def renew(self, query_id: str, caller: Caller) -> Spooled:
        raise QueryNotFound(f"There is no job {query_id} of yours.")

    async def states(self, query_id: str, caller: Caller, seconds: float) -> AsyncGenerator[dict[str, Any], None]:
        yield self.find(query_id, caller).status()
