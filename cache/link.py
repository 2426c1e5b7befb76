"""The way to a Redis: connections that know which server they have reached, bounded waits, and pauses after a failure.

A server that was started again has another run id, and whatever it holds is from another life. Every connection asks for the id
when it is made, and a command is made for the id of the very connection that carries it.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from redis.connection import ConnectionPool
from redis.exceptions import NoScriptError, RedisError

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 5.0
_IDLE_CONNECTIONS = 64


@dataclass(frozen=True, eq=False)
class _Connected:
    """A connection of redis-py's, open, and the prefix of the life of the server that it has reached."""

    to: Any
    prefix: str

    def send(self, *command: str | bytes | int | float) -> Any:
        """The answer to one command. An open connection never connects anew by itself: it would be to another life."""
        self.to.send_packed_command(self.to.pack_command(*command), check_health=False)
        return self.to.read_response()

    def end(self) -> None:
        self.to.disconnect()


class Away(Exception):
    """Redis did not answer, or not in time, or with an error."""


class Link:
    """Used by many threads at once, closed once. `clock` gives seconds that never go back. After a failure nothing is sent for a
    while, which doubles from failure to failure: a Redis that is gone costs a request nothing."""

    def __init__(self, uri: str, timeout_seconds: float, clock: Callable[[], float]) -> None:
        self._pool = ConnectionPool.from_url(
            uri, socket_timeout=timeout_seconds, socket_connect_timeout=timeout_seconds, protocol=2, health_check_interval=0
        )
        self._clock = clock
        self._lock = threading.Lock()
        self._free: deque[_Connected] = deque()
        self._pause = 0.0
        self._again_at = 0.0
        self._closed = False

    def run(self, script: str, arguments: Sequence[str | bytes | int | float]) -> Any:
        """Runs a script whose KEYS[1] is the prefix of the server's present life. Raises Away."""
        digest = hashlib.sha1(script.encode()).hexdigest()

        def work(connected: _Connected) -> Any:
            try:
                return connected.send("EVALSHA", digest, 1, connected.prefix, *arguments)
            except NoScriptError:
                return connected.send("EVAL", script, 1, connected.prefix, *arguments)

        return self._with_connection(work)

    def ask(self, command: Callable[[str], Sequence[str]]) -> Any:
        """Sends the command that is made for a prefix. Raises Away."""
        return self._with_connection(lambda connected: connected.send(*command(connected.prefix)))

    def close(self) -> None:
        with self._lock:
            self._closed = True
        self._end_idle()

    def _with_connection(self, work: Callable[[_Connected], Any]) -> Any:
        with self._lock:
            if self._closed or self._clock() < self._again_at:
                raise Away("Redis is left alone for a moment after a failure.")
            idle = self._free.pop() if self._free else None
        if idle is not None:
            try:
                return self._done(idle, work(idle))
            except (RedisError, OSError):
                # The server may have closed it long since, and the others with it.
                idle.end()
                self._end_idle()
        made: _Connected | None = None
        try:
            made = self._connected()
            return self._done(made, work(made))
        except (RedisError, OSError) as error:
            if made is not None:
                made.end()
            with self._lock:
                self._pause = min(_LONGEST_PAUSE_SECONDS, max(_FIRST_PAUSE_SECONDS, 2 * self._pause))
                self._again_at = self._clock() + self._pause
            raise Away(type(error).__name__) from None

    def _connected(self) -> _Connected:
        connection: Any = self._pool.make_connection()
        connection.connect()
        told = _Connected(connection, "").send("INFO", "server").decode()
        run_id = next((line.partition(":")[2] for line in told.splitlines() if line.startswith("run_id:")), None)
        if not run_id:
            connection.disconnect()
            raise RedisError("The server does not tell its run_id.")
        return _Connected(connection, f"foz:{run_id}:")

    def _done(self, connected: _Connected, answer: Any) -> Any:
        with self._lock:
            self._pause = 0.0
            keep = not self._closed and len(self._free) < _IDLE_CONNECTIONS
            if keep:
                self._free.append(connected)
        if not keep:
            connected.end()
        return answer

    def _end_idle(self) -> None:
        with self._lock:
            free, self._free = list(self._free), deque()
        for connected in free:
            connected.end()
