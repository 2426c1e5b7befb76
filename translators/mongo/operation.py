"""One operation in the server and the thread that waits for it: how a query's end gets to both.

Each read marks its commands with a comment of its own. When the control ends, a killer looks for that comment in `$currentOp` and
kills what it finds, again and again until the waiting thread has come back: the command may not have reached the server yet
when the killer looks first.

A server that says nothing at all is the driver's to notice: its monitor interrupts the connections in use within 15 seconds. (Not
`pymongo.timeout`: within it the driver asks a dead server again and again until the time is over.)
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from planner.errors import SourceUnavailable
from translators.control import Control
from translators.mongo.turns import Turns

_AGAIN_SECONDS = 0.02


class Operation:
    """The commands of one read or write. `killers` gives a client whose connections are not those that the reads wait for; each
    call of the driver takes one of `turns`."""

    def __init__(self, control: Control, killers: Callable[[], MongoClient[Any]], turns: Turns) -> None:
        self.comment = f"foz:{uuid.uuid4().hex}"
        self._control = control
        self._killers = killers
        self._turns = turns

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Around each call of the driver that may block. Raises the control's error, before and after."""
        with self._turns.one(self._control), self._killed_at_the_end():
            yield
        self._control.check()

    @contextmanager
    def _killed_at_the_end(self) -> Iterator[None]:
        back, turn = threading.Event(), threading.Lock()
        killers: list[threading.Thread] = []

        def stop() -> None:
            with turn:
                if not back.is_set():
                    killer = threading.Thread(target=self._kill, args=(back,), name="foz-mongo-kill", daemon=True)
                    killer.start()
                    killers.append(killer)

        try:
            with self._control.stopping(stop):
                yield
        finally:
            with turn:
                back.set()
            for killer in killers:
                killer.join()

    def remaining_ms(self) -> int | None:
        """What the server may spend on it: the second line, where the client is not there to kill it."""
        remaining = self._control.longest_seconds()
        return None if remaining is None else max(1, int(remaining * 1000))

    def _kill(self, back: threading.Event) -> None:
        while not back.is_set():
            # A server that cannot be asked now is asked again; the waiting call fails by itself where it or the source is gone.
            with suppress(PyMongoError, SourceUnavailable):
                kill(self._killers(), self.comment)
            back.wait(_AGAIN_SECONDS)


def running(client: MongoClient[Any], comment: str) -> list[dict[str, Any]]:
    """The operations and idle cursors that carry `comment`: `{type, opid?}`. Not their commands: a constant in one may be a time
    that Python has no date for."""
    mine = {"$or": [{"command.comment": comment}, {"cursor.originatingCommand.comment": comment}]}
    stages: list[dict[str, Any]] = [{"$currentOp": {"idleCursors": True}}, {"$match": mine}, {"$project": {"type": 1, "opid": 1}}]
    return list(client.admin.aggregate(stages))


def kill(client: MongoClient[Any], comment: str) -> None:
    """Kills every operation that carries `comment`."""
    for found in running(client, comment):
        if "opid" in found:
            client.admin.command("killOp", op=found["opid"])
