"""One read for many processes: whoever finds nothing in the shared cache asks for the lease to read, or waits for who has it.

    led = leases.lead(key, vector, max_age_ms, ended)
    if isinstance(led, Lease):   read, keep, then led.end(useless=not kept)
    else:                        it is the entry that another process has kept

A lease is of one key at one vector, so that nobody waits for a read that began before a write it knows of. It lasts two seconds
and is renewed while its holder lives and reads; that of a holder which died runs out, and the next that looks takes it. Nobody
waits longer than half a minute, and nobody for a Redis that is away.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from cache.link import Away, Link
from cache.scripts import END, LEAD, RENEW
from cache.store import FREE, Lease

LEASE_MS = 2000
USELESS_MS = 1000
"""For how long nobody waits for a read of which the last one gave nothing that could be kept."""
PATIENCE_SECONDS = 30.0
_FIRST_LOOK_SECONDS, _LATER_LOOKS_SECONDS = 0.002, 0.05

_KEPT, _YOURS, _THEIRS = 1, 2, 3


class Leases:
    """Used by many threads at once, closed once. `clock` gives seconds that never go back."""

    def __init__(self, link: Link, clock: Callable[[], float]) -> None:
        self._link = link
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, Held] = {}
        self._closed = threading.Event()
        self._renewing: threading.Thread | None = None

    def lead(self, key: str, vector: str, max_age_ms: int | None, ended: Callable[[], bool]) -> Lease | list[bytes]:
        """The lease, or the parts of the entry, of at most that age, that another process has kept meanwhile. When `ended` says
        that nobody waits any more, it returns soon, with whatever."""
        token, until, pause = secrets.token_hex(12), self._clock() + PATIENCE_SECONDS, _FIRST_LOOK_SECONDS
        while True:
            try:
                state, *more = self._link.run(LEAD, (key, vector, token, LEASE_MS, -1 if max_age_ms is None else max_age_ms))
            except Away:
                return FREE
            if state == _KEPT:
                parts: list[bytes] = more[0]
                return parts
            if state == _YOURS:
                return self._hold(key, vector, token)
            if state != _THEIRS or ended() or self._clock() > until or self._closed.wait(pause):
                return FREE
            pause = min(_LATER_LOOKS_SECONDS, 1.5 * pause)

    def close(self) -> None:
        self._closed.set()
        if self._renewing is not None:
            self._renewing.join()

    def _hold(self, key: str, vector: str, token: str) -> Lease:
        held = Held(self, key, vector, token, self._clock() + PATIENCE_SECONDS)
        with self._lock:
            self._held[token] = held
            if self._renewing is None:
                self._renewing = threading.Thread(target=self._renew, name="foz-cache-leases", daemon=True)
                self._renewing.start()
        return held

    def _renew(self) -> None:
        while not self._closed.wait(LEASE_MS / 3000):
            with self._lock:
                held = list(self._held.values())
            for each in held:
                if self._clock() > each.until:
                    self.forget(each.token)
                else:
                    self.run(RENEW, each.key, each.vector, each.token, LEASE_MS)

    def forget(self, token: str) -> bool:
        """Renews the lease no more; answers whether it was held."""
        with self._lock:
            return self._held.pop(token, None) is not None

    def run(self, script: str, *arguments: Any) -> None:
        """What cannot be told to Redis now need not be: the lease runs out."""
        with suppress(Away):
            self._link.run(script, arguments)


class Held:
    """The lease of this process."""

    def __init__(self, leases: Leases, key: str, vector: str, token: str, until: float) -> None:
        self._leases = leases
        self.key = key
        self.vector = vector
        self.token = token
        self.until = until

    def end(self, useless: bool) -> None:
        if self._leases.forget(self.token):
            self._leases.run(END, self.key, self.vector, self.token, USELESS_MS if useless else 0)
