"""What the answers and pipelines of tests say of jobs: that there are none."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any

from planner.errors import QueryNotFound
from proxy.request import Answer, Caller


class NeverJob:
    """An `Answer` that is no job."""

    query_id: str
    deferred = False

    def when_deferred(self, tell: Callable[[], None]) -> None:
        """It never becomes one."""

    def reading(self, offset: int, first_chunk: int = 0) -> Answer:
        raise QueryNotFound(f"The rows of the query {self.query_id} go to the call that asked it.")


class NoJobs:
    """An `Asking` without jobs, whose queries do not change while they are looked at."""

    find: Callable[[str, Caller], Any]

    async def states(self, query_id: str, caller: Caller, seconds: float) -> AsyncGenerator[dict[str, Any], None]:
        yield self.find(query_id, caller).status()
