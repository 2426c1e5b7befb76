"""One read for many callers: whoever asks for what is being read already waits for that read, if it may.

    flight = flights.board((key, vector))
    if flight.leads:   read, then flight.land(entry), or flight.land(None) where each must read for itself
    else:              flight.wait(...) -> entry or None
    flight.leave()     # whoever has boarded leaves; when the last one has, what `when_abandoned` was given is called

The vector is the boarder's own, taken when it arrived: a write between two arrivals makes two flights of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Flight(Generic[T]):
    """A read and those who wait for it, as one of them sees it."""

    def __init__(self, shared: _Shared[T], leads: bool) -> None:
        self._shared = shared
        self.leads = leads
        self._left = False

    @property
    def abandoned(self) -> bool:
        """Whether everybody has left."""
        return self._shared.aboard == 0

    @property
    def landed(self) -> bool:
        """Whether the read is over for those who joined it."""
        return self._shared.landed

    def when_abandoned(self, stop: Callable[[], None]) -> None:
        """`stop` is called once, when the last has left, on that one's thread. The leader says it, before it reads."""
        self._shared.stop = stop

    def land(self, result: T | None) -> None:
        """The read is over. None: it gives nothing that others could use. Once; later calls do nothing."""
        self._shared.land(result)

    def wait(self, ended: Callable[[], bool]) -> T | None:
        """What the read gave. Returns None as soon as `ended` says so after a `wake`."""
        with self._shared.changed:
            while not self._shared.landed and not ended():
                self._shared.changed.wait()
            return self._shared.result

    def wake(self) -> None:
        """Lets those who wait look whether they have ended."""
        with self._shared.changed:
            self._shared.changed.notify_all()

    def leave(self) -> None:
        """Takes no part any more. Once; later calls do nothing."""
        with self._shared.changed:
            left, self._left = self._left, True
        if not left:
            self._shared.leave()


class _Shared(Generic[T]):
    """What the boarders of one flight have in common."""

    def __init__(self, forget: Callable[[], None]) -> None:
        self._forget = forget
        self.changed = threading.Condition()
        self.aboard = 1
        self.stop: Callable[[], None] | None = None
        self.landed = False
        self.result: T | None = None

    def board(self) -> bool:
        with self.changed:
            if self.landed or self.aboard == 0:
                return False
            self.aboard += 1
            return True

    def land(self, result: T | None) -> None:
        self._forget()
        with self.changed:
            if not self.landed:
                self.landed, self.result = True, result
                self.changed.notify_all()

    def leave(self) -> None:
        with self.changed:
            self.aboard -= 1
            last = self.aboard == 0
        if last:
            self._forget()
            if self.stop is not None:
                self.stop()


class Flights(Generic[T]):
    """The reads in progress, by what they read; used by many threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[Hashable, _Shared[T]] = {}

    def board(self, key: Hashable) -> Flight[T]:
        """Joins the read of `key`, or leads a new one."""
        with self._lock:
            known = self._flights.get(key)
            if known is not None and known.board():
                return Flight(known, leads=False)
            shared: _Shared[T] = _Shared(lambda: self._remove(key, shared))
            self._flights[key] = shared
            return Flight(shared, leads=True)

    def _remove(self, key: Hashable, shared: _Shared[T]) -> None:
        with self._lock:
            if self._flights.get(key) is shared:
                del self._flights[key]

    def __len__(self) -> int:
        return len(self._flights)
