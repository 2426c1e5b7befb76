"""A bounded pool of sessions. A query takes all the permits it needs at once and in turn: no two can wait for each other."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from planner.errors import SourceUnavailable
from translators.control import Control
from translators.postgres.session import Session

WAIT_SECONDS = 30.0


class Pool:
    """Up to `size` sessions, made when first needed and used again when clean."""

    def __init__(self, size: int, source: str, connect: Callable[[Control], Session], wait_seconds: float = WAIT_SECONDS) -> None:
        self.size = max(1, size)
        self._source = source
        self._connect = connect
        self._wait_seconds = wait_seconds
        self._changed = threading.Condition()
        self._free = self.size
        self._queue: deque[object] = deque()
        self._idle: list[Session] = []
        self._closed = False

    @contextmanager
    def permits(self, count: int, control: Control) -> Iterator[None]:
        """The right to `count` sessions; waits within `control`. Raises SourceUnavailable, QueryCancelled, QueryTimeout."""
        self._acquire(count, control)
        try:
            yield
        finally:
            self._release(count)

    @contextmanager
    def session(self, control: Control) -> Iterator[Session]:
        """One session, and the permit for it."""
        self._acquire(1, control)
        try:
            session = self.take(control)
            try:
                yield session
            finally:
                self.give_back(session)
        finally:
            self._release(1)

    def take(self, control: Control) -> Session:
        """A session, for the holder of a permit."""
        with self._changed:
            if self._closed:
                raise SourceUnavailable("The source has been closed.", source=self._source)
            if self._idle:
                return self._idle.pop()
        return self._connect(control)

    def give_back(self, session: Session) -> None:
        if session.settle():
            with self._changed:
                if not self._closed:
                    self._idle.append(session)
                    return
        session.close()

    def drop_idle(self) -> None:
        """Closes what is idle: after one connection was lost, the others likely are too."""
        with self._changed:
            idle, self._idle = self._idle, []
        for session in idle:
            session.close()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.drop_idle()

    def _acquire(self, count: int, control: Control) -> None:
        control.check()
        with self._changed:
            if not self._queue and self._free >= count and not self._closed:
                self._free -= count
                return
        ticket = object()
        until = time.monotonic() + self._wait_seconds
        with control.stopping(self._wake), self._changed:
            self._queue.append(ticket)
            try:
                while self._queue[0] is not ticket or self._free < count:
                    control.check()
                    if self._closed:
                        raise SourceUnavailable("The source has been closed.", source=self._source)
                    remaining = control.remaining_seconds()
                    patience = until - time.monotonic()
                    if patience <= 0:
                        message = (
                            f"All {self.size} connections of the source are busy. Try again, or raise limits.maxConnections."
                        )
                        raise SourceUnavailable(message, source=self._source)
                    self._changed.wait(patience if remaining is None else min(patience, remaining))
                self._free -= count
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()

    def _release(self, count: int) -> None:
        with self._changed:
            self._free += count
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
