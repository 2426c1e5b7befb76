"""`python -m tests.chaos.process DIRECTORY foz-arguments…`: a Foz that kills itself at a point that is written to DIRECTORY/kill.

The points are put around the product's own functions here, so that it needs to know nothing of them. Leases and rounds of
sweeping are shorter than in the product, for the sake of the pace; and wall clocks, of Foz and of Redis' scripts, are late or
early by the seconds in DIRECTORY/../clock and in the key `chaos:clock`.
"""

from __future__ import annotations

import functools
import mmap
import os
import signal
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LEASE_SECONDS = 3.0
SWEEP_SECONDS = 0.5
STRAY_SECONDS = 5.0
CLOCK_KEY = "chaos:clock"

BEFORE_AND_AFTER = {
    "a job is added": "add",
    "a query becomes a job": "adopt",
    "a beat": "beat",
    "a job is given back": "give_back",
    "the end of a job is told": "finish",
    "a cancel": "cancel",
}
"""What happens in the job store, by the function that does it."""
POINTS = (
    *(f"{when} {what}" for what in BEFORE_AND_AFTER for when in ("before", "after")),
    "after a claim",
    "after a sweep",
    "before the rows have a place",
    "before the first row is read",
    "in the middle of a chunk",
    "after a chunk",
    "in the middle of a removal",
)


class Trap:
    """Kills this process when it comes to the point that the directory names."""

    def __init__(self, directory: Path) -> None:
        self._kill = directory / "kill"
        self._killed = directory / "killed"

    def at(self, point: str) -> None:
        if self.is_set(point):
            self.spring()

    def is_set(self, point: str) -> bool:
        try:
            return self._kill.read_text() == point
        except FileNotFoundError:
            return False

    def spring(self) -> None:
        self._kill.rename(self._killed)
        os.kill(os.getpid(), signal.SIGKILL)


def around(owner: Any, name: str, before: Callable[..., None] | None, after: Callable[[Any], None] | None) -> None:
    """Calls `before` with the arguments of a function, and `after` with what it gave."""
    function = getattr(owner, name)

    @functools.wraps(function)
    def watched(*arguments: Any, **named: Any) -> Any:
        if before is not None:
            before(*arguments, **named)
        given = function(*arguments, **named)
        if after is not None:
            after(given)
        return given

    setattr(owner, name, watched)


def set_traps(trap: Trap) -> None:
    from proxy.jobs import files
    from proxy.jobs.files import Local
    from proxy.jobs.owned import Ownership
    from proxy.jobs.redis import RedisStore
    from proxy.jobs.results import Results

    for what, name in BEFORE_AND_AFTER.items():
        around(
            RedisStore,
            name,
            lambda *_, what=what, **__: trap.at(f"before {what}"),
            lambda _, what=what: trap.at(f"after {what}"),
        )
    around(RedisStore, "claim", None, lambda claimed: trap.at("after a claim") if claimed is not None else None)
    around(RedisStore, "sweep", None, lambda swept: trap.at("after a sweep") if swept else None)
    around(Results, "writer", lambda *_, **__: trap.at("before the rows have a place"), None)
    around(Ownership, "keep", lambda *_, **__: trap.at("before the first row is read"), None)

    def half(self: Local, name: str, data: bytes) -> None:
        if trap.is_set("in the middle of a chunk"):
            path = self._root / name
            path.with_name(f".{path.name}").write_bytes(data[: len(data) // 2])
            trap.spring()

    around(Local, "write", half, lambda _: trap.at("after a chunk"))
    around(files.shutil, "rmtree", lambda *_, **__: trap.at("in the middle of a removal"), None)


def set_clock(path: Path) -> None:
    """`time.time` and the clock of Redis' scripts differ from the real ones by what is in the file and in the key."""
    with open(path, "rb") as file:
        shared = mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ)
    real = time.time
    time.time = lambda: real() + struct.unpack("<d", shared[:8])[0]  # type: ignore[assignment]

    from proxy.jobs.redis import RedisStore

    run = RedisStore._run
    moved = f"(function() local t = redis.call('TIME') return {{t[1] + (redis.call('GET', '{CLOCK_KEY}') or 0), t[2]}} end)()"

    def stepped(self: RedisStore, script: str, *arguments: Any, tries: int = 2) -> Any:
        return run(self, script.replace("redis.call('TIME')", moved), *arguments, tries=tries)

    RedisStore._run = stepped  # type: ignore[method-assign]


def main() -> None:
    directory = Path(sys.argv.pop(1))
    set_clock(directory.parent / "clock")
    from proxy.jobs import owned, service

    owned.LEASE_SECONDS = LEASE_SECONDS
    owned.BEAT_SECONDS = LEASE_SECONDS / 10
    service._SWEEP_SECONDS = SWEEP_SECONDS
    service._STRAY_ROUNDS = 4
    service._STRAY_SECONDS = STRAY_SECONDS
    set_traps(Trap(directory))

    from proxy.main import main as foz

    foz()


if __name__ == "__main__":
    main()
