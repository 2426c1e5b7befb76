"""How many connections of each source the queries with a residual hold: what keeps two of them from waiting for each other.

A store may take a connection only when a read begins. Two queries over the same two sources could then each have a read of one
that waits to be scanned, and wait for the other source. So a query passes a gate a source before it reads anything, for all the
connections that it may use, in the order of the sources' ids, which is the same for all.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from translators.control import Control


@dataclass
class _Gate:
    used: int = 0
    queue: deque[object] = field(default_factory=deque)


class Gates:
    """The gates of all sources, by source id."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._gates: dict[str, _Gate] = {}

    @contextmanager
    def through(self, source: str, connections: int, of: int, control: Control) -> Iterator[None]:
        """Holds `connections` of the `of` that `source` has; waits within `control`, first come, first served."""
        ticket = object()
        with control.stopping(self._wake), self._changed:
            gate = self._gates.setdefault(source, _Gate())
            gate.queue.append(ticket)
            try:
                while gate.queue[0] is not ticket or (gate.used > 0 and gate.used + connections > of):
                    control.check()
                    self._changed.wait(control.remaining_seconds())
                gate.used += connections
            finally:
                gate.queue.remove(ticket)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                gate.used -= connections
                if not gate.used and not gate.queue:
                    del self._gates[source]
                self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
