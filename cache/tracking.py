"""Hears from Redis which entries go and which versions move, by RESP3 client-side tracking, and tells the near-cache.

One connection in broadcasting mode, on a thread of its own. What it says comes a moment late, and nothing is decided by it. A
connection that is lost, or silent when it is asked for a sign of life, empties the near-cache; it is made anew after a pause.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any

from redis.connection import ConnectionPool
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout
from redis.maint_notifications import MaintNotificationsConfig

from cache.link import UNCOUNTED, Connected, connected
from cache.near import Near

_SILENT_SECONDS = 1.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 5.0


class Tracking:
    """Begins at once, closed once."""

    def __init__(self, uri: str, near: Near, timeout_seconds: float) -> None:
        self._pool = ConnectionPool.from_url(
            uri,
            max_connections=UNCOUNTED,
            socket_timeout=_SILENT_SECONDS,
            socket_connect_timeout=timeout_seconds,
            protocol=3,
            health_check_interval=0,
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )
        self._near = near
        self._closed = threading.Event()
        self._through: Connected | None = None
        self._thread = threading.Thread(target=self._keep_listening, name="foz-cache-tracking", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        through = self._through
        if through is not None:
            with suppress(OSError, AttributeError):  # It may be closed already.
                through.to._sock.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _keep_listening(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while not self._closed.is_set():
            with suppress(RedisError, OSError, ValueError):
                self._through = connected(self._pool)
                self._listen(self._through)
            heard = self._near.end()
            if self._through is not None:
                self._through.end()
                self._through = None
            pause = _FIRST_PAUSE_SECONDS if heard else min(2 * pause, _LONGEST_PAUSE_SECONDS)
            self._closed.wait(pause)

    def _listen(self, through: Connected) -> None:
        """Returns when everything has gone from Redis at once. Raises RedisError, OSError when the connection is lost."""
        entries, versions = f"{through.prefix}e:", f"{through.prefix}v:"
        heard: list[Any] = []
        through.to._parser.set_invalidation_push_handler(heard.append)
        through.send("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", entries, "PREFIX", versions)
        self._near.begin()
        asked = False
        while not self._closed.is_set():
            try:
                answered = through.to.read_response(push_request=True, disconnect_on_error=False)
                asked = asked and answered is None
            except RedisTimeout:
                if asked:
                    raise
                through.to.send_packed_command(through.to.pack_command("PING"), check_health=False)
                asked = True
            for _, names in heard:
                if names is None:
                    return
                for name in (each.decode() for each in names):
                    if name.startswith(entries):
                        self._near.drop(name.removeprefix(entries))
                    else:
                        self._near.drop_over(name.removeprefix(versions))
            heard.clear()
