"""The register of the queries of this process that have been asked and not yet answered to the end, by their queryId."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator
from typing import Any

from proxy.answered import Answered
from proxy.queries import Query
from proxy.request import Caller

Registered = Query | Answered

_LOOK_SECONDS = 0.2


class Queries:
    """Used by many threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queries: dict[str, Registered] = {}

    def add(self, query: Registered) -> None:
        with self._lock:
            self._queries[query.query_id] = query

    def remove(self, query: Registered) -> None:
        with self._lock:
            self._queries.pop(query.query_id, None)

    def find(self, query_id: str, caller: Caller) -> Registered | None:
        """The caller's own query, as long as it is no job."""
        with self._lock:
            query = self._queries.get(query_id)
        return query if query is not None and query.caller.name == caller.name and not query.is_job else None

    def of(self, caller: Caller) -> list[Registered]:
        """The caller's queries that are no jobs."""
        with self._lock:
            return [query for query in self._queries.values() if query.caller.name == caller.name and not query.is_job]

    def all(self) -> list[Registered]:
        with self._lock:
            return list(self._queries.values())


async def states(query: Registered, seconds: float) -> AsyncGenerator[dict[str, Any], None]:
    """`status` of a query: now, and after each change, until it has ended or become a job, or for `seconds`."""
    until, seen = time.monotonic() + seconds, None
    while not query.deferred:
        status = query.status()
        if status != seen:
            yield status
            seen = status
        if query.finished is not None or time.monotonic() >= until:
            return
        await asyncio.sleep(_LOOK_SECONDS)
