"""The way to a Redis: connections that know which life of the server they have reached, bounded waits, pauses after a failure.

What a server held before it was started again, restored or made a replica of another must never answer again. So it keeps under
`foz:life` a name of its present life: its run id, a token, and its replication id. A connection asks for it when it is made, and
makes a new one where the ids are others; each script on it is refused where it is not the present one any more. All other keys
stand under the run id and the token.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from redis.connection import ConnectionPool
from redis.exceptions import NoScriptError, OutOfMemoryError, RedisError
from redis.exceptions import TimeoutError as RedisTimeout

from cache.scripts import BEGIN

Argument = str | bytes | int | float

_LIFE = "foz:life"
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 5.0
_IDLE_CONNECTIONS = 64

UNCOUNTED = 2**31
"""A pool's bound on connections that is none: it would count those too that were lost, for ever."""


@dataclass(frozen=True, eq=False)
class Connected:
    """A connection of redis-py's, open, and the life of the server that it has reached."""

    to: Any
    life: str

    @property
    def prefix(self) -> str:
        """What every key of this life begins with."""
        run, token, _ = self.life.split(":")
        return f"foz:{run}:{token}:"

    def send(self, *command: Argument) -> Any:
        """The answer to one command. An open connection never connects anew by itself: it would be to another life."""
        self.to.send_packed_command(self.to.pack_command(*command), check_health=False)
        return self.to.read_response()

    def run(self, script: str, arguments: Sequence[Argument]) -> Any:
        """Runs a script in this life; it refuses to in another."""
        try:
            return self.send("EVALSHA", _digest(script), 2, self.prefix, _LIFE, self.life, *arguments)
        except NoScriptError:
            return self.send("EVAL", script, 2, self.prefix, _LIFE, self.life, *arguments)

    def end(self) -> None:
        self.to.disconnect()


@cache
def _digest(script: str) -> str:
    """Under which Redis knows a script."""
    return hashlib.sha1(script.encode()).hexdigest()


def connected(pool: ConnectionPool) -> Connected:
    """A new connection of the pool's kind. Raises RedisError, OSError."""
    connection: Any = pool.make_connection()
    connection.connect()
    try:
        life = Connected(connection, "").send("EVAL", BEGIN, 1, _LIFE, secrets.token_hex(6))
    except BaseException:
        connection.disconnect()
        raise
    return Connected(connection, life.decode())


class Away(Exception):
    """Redis did not answer, or not in time, or with an error."""


class Link:
    """Used by many threads at once, closed once. `clock` gives seconds that never go back.

    After a failure nothing is sent for a while, which doubles from failure to failure, and then one command alone is sent to
    see: a Redis that is gone costs requests nothing.
    """

    def __init__(self, uri: str, timeout_seconds: float, clock: Callable[[], float]) -> None:
        self._pool = ConnectionPool.from_url(
            uri,
            max_connections=UNCOUNTED,
            socket_timeout=timeout_seconds,
            socket_connect_timeout=timeout_seconds,
            protocol=2,
            health_check_interval=0,
        )
        self._clock = clock
        self._lock = threading.Lock()
        self._free: deque[Connected] = deque()
        self._pause = 0.0
        self._again_at = 0.0
        self._trying = False
        self._closed = False

    def run(self, script: str, arguments: Sequence[Argument]) -> Any:
        """Runs a script, whose KEYS[1] is the prefix of the server's present life. Raises Away."""
        return self._with_connection(lambda connected: connected.run(script, arguments))

    def ask(self, command: Callable[[str], Sequence[str]]) -> Any:
        """Sends the command that is made for a prefix. Raises Away."""
        return self._with_connection(lambda connected: connected.send(*command(connected.prefix)))

    def close(self) -> None:
        with self._lock:
            self._closed = True
        self._end_idle()

    def _with_connection(self, work: Callable[[Connected], Any]) -> Any:
        idle = self._idle()
        try:
            if idle is not None:
                try:
                    return self._answer(idle, work)
                except (RedisTimeout, OutOfMemoryError):
                    raise
                except (RedisError, OSError):
                    # The server may have closed it long since, or begun another life: the others are of no use either.
                    self._end_idle()
            return self._answer(connected(self._pool), work)
        except OutOfMemoryError as error:
            # It is there: what is kept already answers, and only nothing more can be kept.
            raise Away(type(error).__name__) from None
        except (RedisError, OSError) as error:
            self._failed()
            raise Away(type(error).__name__) from None
        finally:
            self._trying = False

    def _idle(self) -> Connected | None:
        """A connection that is open already. Raises Away while nothing is to be sent."""
        with self._lock:
            if self._closed or self._trying or self._clock() < self._again_at:
                raise Away("Redis is left alone for a moment after a failure.")
            self._trying = self._pause > 0
            return self._free.pop() if self._free else None

    def _answer(self, through: Connected, work: Callable[[Connected], Any]) -> Any:
        try:
            answer = work(through)
        except OutOfMemoryError:
            self._done(through)
            raise
        except BaseException:
            through.end()
            raise
        self._done(through)
        return answer

    def _done(self, through: Connected) -> None:
        with self._lock:
            self._pause = 0.0
            keep = not self._closed and len(self._free) < _IDLE_CONNECTIONS
            if keep:
                self._free.append(through)
        if not keep:
            through.end()

    def _failed(self) -> None:
        with self._lock:
            if self._clock() >= self._again_at:
                self._pause = min(_LONGEST_PAUSE_SECONDS, max(_FIRST_PAUSE_SECONDS, 2 * self._pause))
                self._again_at = self._clock() + self._pause

    def _end_idle(self) -> None:
        with self._lock:
            free, self._free = list(self._free), deque()
        for each in free:
            each.end()
