"""Who is told of changed jobs, by either store."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger("foz.jobs")


class Subscribers:
    """Used by many threads. One that raises is logged, and the others are told all the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._changed: dict[int, Callable[[str], None]] = {}

    def add(self, changed: Callable[[str], None]) -> Callable[[], None]:
        with self._lock:
            number = next(self._numbers)
            self._changed[number] = changed

        def end() -> None:
            with self._lock:
                self._changed.pop(number, None)

        return end

    def tell(self, query_id: str) -> None:
        with self._lock:
            changed = list(self._changed.values())
        for each in changed:
            try:
                each(query_id)
            except Exception:
                log.exception("A subscriber to jobs failed.", query_id=query_id)
