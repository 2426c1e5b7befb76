"""What the answers and pipelines of tests say of jobs: that there are none."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime
from typing import Any

from planner.errors import QueryNotFound
from proxy.request import ALL, Answer, Caller, Part


class NeverJob:
    """An `Answer` that is no job."""

    query_id: str
    deferred = False

    def when_deferred(self, tell: Callable[[], None]) -> None:
        """It never becomes one."""

    def at_hand(self) -> None:
        """It reads."""

    def parts(self) -> Sequence[Part]:
        return (ALL,)

    def expires(self) -> datetime | None:
        return None

    def reading(self, offset: int, part: Part = ALL) -> Answer:
        raise QueryNotFound(f"The rows of the query {self.query_id} go to the call that asked it.")


class NoJobs:
    """An `Asking` without jobs, whose queries do not change while they are looked at."""

    find: Callable[[str, Caller], Any]

    def renew(self, query_id: str, caller: Caller) -> Answer:
        raise QueryNotFound(f"There is no job {query_id} of yours.")

    async def states(self, query_id: str, caller: Caller, seconds: float) -> AsyncGenerator[dict[str, Any], None]:
        yield self.find(query_id, caller).status()
