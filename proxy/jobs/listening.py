"""Hearing in one process of what changes in Redis, on one thread and one connection, made anew whenever it is lost."""

from __future__ import annotations

import threading
from typing import Any

import structlog
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import RedisError

from proxy.jobs.subscribers import Subscribers

log = structlog.get_logger("foz.jobs")

_QUIET_SECONDS = 0.5
_PATIENCE = 10
"""After so many quiet moments the server is asked whether it is still there, and has as many to answer."""
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 2.0


class Listener:
    """Tells `subscribers` of each message on `channel`, and of "" once it listens (again). Started at once, stopped once."""

    def __init__(self, client: Any, channel: str, subscribers: Subscribers) -> None:
        self._client = client
        self._channel = channel
        self._subscribers = subscribers
        self._stopped = threading.Event()
        self._pause = _FIRST_PAUSE_SECONDS
        self._thread = threading.Thread(target=self._listen, name="foz-jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _listen(self) -> None:
        while not self._stopped.is_set():
            heard = self._client.pubsub()
            try:
                heard.subscribe(self._channel)
                self._hear(heard)
            except (RedisError, OSError) as error:
                log.warning("Changes of jobs cannot be heard for the moment.", error=type(error).__name__)
                self._stopped.wait(self._pause)
                self._pause = min(_LONGEST_PAUSE_SECONDS, 2 * self._pause)
            finally:
                heard.close()

    def _hear(self, heard: Any) -> None:
        quiet = 0
        while not self._stopped.is_set():
            message = heard.get_message(timeout=_QUIET_SECONDS)
            if message is None:
                quiet += 1
                if quiet == _PATIENCE:
                    heard.ping()
                elif quiet == 2 * _PATIENCE:
                    raise Disconnected("The server does not answer.")
                continue
            quiet = 0
            if message["type"] == "subscribe":
                self._pause = _FIRST_PAUSE_SECONDS
                self._subscribers.tell("")
            elif message["type"] == "message":
                self._subscribers.tell(message["data"].decode())
