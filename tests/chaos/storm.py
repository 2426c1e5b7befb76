"""What goes wrong: processes die at points of their own code or at any moment, while stores, disk and clock are disturbed."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable

from tests.chaos.callers import Callers, Ledger
from tests.chaos.process import LEASE_SECONDS, POINTS
from tests.chaos.verdict import judge
from tests.chaos.world import Process, World

COME_TO_SECONDS = 3.0
"""For how long a process is waited for to come to the point at which it is to die."""
KILLS_OF_A_ROUND = 30
OF_TAKERS = tuple(point for point in POINTS if "added" in point or "becomes a job" in point or "cancel" in point)
OF_WORKERS = tuple(point for point in POINTS if "added" not in point)


class Storm:
    """One round of it: a thread for each process, which kills it again and again, and one for all else."""

    def __init__(self, world: World, seed: int, kills: int, done: Counter[str], wrong: list[str]) -> None:
        self._world = world
        self._done = done
        self._wrong = wrong
        self._lock = threading.Lock()
        self._left = kills
        each = [(self._kill, process) for process in world.processes]
        self._threads = [
            threading.Thread(target=self._go_on, args=(random.Random(seed * 100 + number), step, process))
            for number, (step, process) in enumerate([*each, (self._disturb, None)])
        ]

    def blow(self) -> None:
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join()

    def _go_on(self, chance: random.Random, step: Callable[..., None], process: Process | None) -> None:
        while not self._wrong:
            with self._lock:
                if self._left <= 0:
                    return
            time.sleep(chance.random() * (2 if process is not None else 6))
            try:
                step(chance, process)
            except Exception as error:
                self._wrong.append(f"the storm failed: {error!r}")
                raise

    def _count(self, what: str) -> None:
        with self._lock:
            self._done[what] += 1
            self._left -= what.startswith("killed")

    def _kill(self, chance: random.Random, process: Process) -> None:
        if chance.random() < 0.25:
            self._world.kill(process)
            self._count("killed at any moment")
            return
        point = chance.choice(OF_TAKERS if process in self._world.takers else OF_WORKERS)
        came = self._world.kill_at(process, point, COME_TO_SECONDS)
        self._count(f"killed {point}" if came else f"never came: {point}")

    def _disturb(self, chance: random.Random, _: None) -> None:
        world = self._world
        kinds = {"killed Redis": 3, "killed PostgreSQL": 3, "disk": 2 if world.small_disk else 0, "freeze": 2, "clock": 2}
        what = chance.choices(list(kinds), list(kinds.values()))[0]
        if what == "killed Redis":
            world.kill_redis(chance.choice((0.0, 0.5, 3.0)))
        elif what == "killed PostgreSQL":
            world.kill_source()
        elif what == "disk":
            what = f"filled the disk for {world.fill_disk(chance.choice((0.5, 4.0))):.1f} s"
        elif what == "freeze":
            seconds = LEASE_SECONDS + chance.choice((0.5, 2.0))
            what = "froze a process longer than its lease"
            world.freeze(chance.choice(world.workers), seconds)
        else:
            seconds = chance.choice((-300.0, -20.0, 20.0, 300.0))
            what = f"set the clock {seconds:+.0f} s"
            world.step_clock(seconds)
        self._count(what)


def weather(world: World, kills: int, seed: int, said: Callable[[str], None]) -> tuple[Ledger, Counter[str], Counter[str]]:
    """So many kills, in rounds after each of which everything is judged. The ledger, how tickets ended, what was done."""
    ledger = Ledger(world.truth())
    ends: Counter[str] = Counter()
    done: Counter[str] = Counter()
    killed, number = 0, 0
    while killed < kills and not ledger.wrong:
        number += 1
        ledger.tickets.clear()
        callers = Callers(world, ledger, seed * 1000 + number)
        Storm(world, seed * 1000 + number, min(KILLS_OF_A_ROUND, kills - killed), done, ledger.wrong).blow()
        callers.stop()
        killed = sum(count for name, count in done.items() if name.startswith("killed"))
        began = time.monotonic()
        ends += judge(world, ledger)
        said(
            f"{killed} kills, {sum(ends.values())} tickets, {len(ledger.wrong)} wrong, judged in {time.monotonic() - began:.0f} s"
        )
    return ledger, ends, done
