"""How many operations of a source go on at once: no more than its connections.

The driver would make an operation wait for a connection by itself, but nothing ends that wait (pymongo 4.20). Here the query's
end does.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from translators.control import Control


class Turns:
    def __init__(self, count: int) -> None:
        self._changed = threading.Condition()
        self._free = count

    @contextmanager
    def one(self, control: Control) -> Iterator[None]:
        """Holds a turn; waits for it within `control`, and raises its error."""
        with control.stopping(self._wake), self._changed:
            while not self._free:
                control.check()
                self._changed.wait(control.remaining_seconds())
            control.check()
            self._free -= 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
