"""What can happen to a cache and its sources, as a hypothesis state machine over a world that goes on from example to example.

A step that asks does so on a thread of its own: it ends at once, or waits behind a closed gate while other steps go on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.cache.law.ledger import Stale
from tests.cache.law.world import World

AT_ONCE_SECONDS, AT_LAST_SECONDS = 0.02, 30.0
_THREADS = 16
_VARIANTS = 3
"""How many texts there are of one query where there are several tables: answers that the cache keeps apart."""

DISTURBANCES: dict[str, tuple[int, Callable[[World], Any]]] = {
    "lose Redis's connections": (40, World.lose_redis_connections),
    "empty Redis": (40, World.empty_redis),
    "evict versions": (40, lambda world: world.evict("v")),
    "evict entries": (40, lambda world: world.evict("e")),
    "evict marks": (40, lambda world: world.evict("m")),
    "save Redis": (40, World.save_redis),
    "break change streams": (15, World.break_change_streams),
    "break PostgreSQL's connections": (4, World.break_postgres_connections),
    "pause Redis": (4, lambda world: world.pause_redis(300)),
    "start Redis anew, empty": (2, lambda world: world.start_redis_anew(from_dump=False)),
    "start Redis anew, from a dump": (4, lambda world: world.start_redis_anew(from_dump=True)),
    "start the first process anew": (1, lambda world: world.start_a_process_anew(0)),
    "start the last process anew": (1, lambda world: world.start_a_process_anew(-1)),
}
"""What goes wrong, and how often of all that goes wrong: what takes long is seldom."""

ENDS_READS = frozenset({"start the first process anew", "start the last process anew"})

Asked = tuple[str, tuple[str, ...]]
"""A query, and the tables that it reads."""


def queries(tables: tuple[str, ...]) -> list[Asked]:
    """A query over each table, and over each two or all of them, with the tables that it reads."""
    chosen: list[tuple[str, ...]] = [(table,) for table in tables]
    chosen += [(one, other) for number, one in enumerate(tables) for other in tables[number + 1 :]]
    chosen += [tables] if len(tables) > 2 else []
    found = []
    for own in chosen:
        columns = ", ".join(f"{table}.n AS {table}" for table in own)
        places = [f"{table.replace('_', '.', 1)} AS {table}" for table in own]
        joins = "".join(f" JOIN {place} ON {table}.id = {own[0]}.id" for table, place in zip(own[1:], places[1:], strict=True))
        for variant in range(_VARIANTS if len(tables) > 1 else 1):
            found.append((f"SELECT {columns} FROM {places[0]}{joins} WHERE {own[0]}.id = 1 AND {own[0]}.n >= -{variant}", own))
    return found


class Runs:
    """How many steps have been taken, and may be."""

    def __init__(self, steps: int) -> None:
        self.left = steps
        self.taken = 0


def machine(world: World, runs: Runs, disturbed: Collection[str]) -> type[RuleBasedStateMachine]:
    """The state machine over `world`, in which what `disturbed` names goes wrong."""
    asked = queries(world.tables)
    process = st.integers(0, len(world.processes) - 1)
    table = st.sampled_from(world.tables)
    disturbance = st.sampled_from([name for name in disturbed for _ in range(DISTURBANCES[name][0])])

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.pool = ThreadPoolExecutor(_THREADS)
            self.waiting: list[Future[None]] = []

        def _asked(self, number: int, chosen: Asked, **options: Any) -> Future[None]:
            sql, tables = chosen
            floor = world.ledger.floor(number, tables, options.get("max_staleness_ms", 0) > 0)
            return self.pool.submit(world.processes[number].ask, sql, floor, **options)

        def _step(self) -> None:
            assert not world.ledger.stale
            runs.taken += 1
            runs.left -= 1
            done = [each for each in self.waiting if each.done()]
            self.waiting = [each for each in self.waiting if not each.done()]
            for each in done:
                each.result()

        def _all_open(self) -> None:
            for each in world.processes:
                each.gate.open()
            done, late = wait(self.waiting, AT_LAST_SECONDS)
            self.waiting = []
            assert not late, "a read never ended"
            for each in done:
                each.result()

        @precondition(lambda self: len(self.waiting) < _THREADS // 2)
        @rule(number=process, chosen=st.sampled_from(asked), use=st.sampled_from(["use"] * 8 + ["refresh", "bypass"]))
        def ask(self, number: int, chosen: Asked, use: str) -> None:
            self._step()
            future = self._asked(number, chosen, cache=use)
            wait([future], AT_ONCE_SECONDS)
            if future.done():
                future.result()
            else:
                self.waiting.append(future)

        @precondition(lambda self: len(self.waiting) < _THREADS // 2)
        @rule(number=process, chosen=st.sampled_from(asked))
        def ask_for_what_may_be_stale(self, number: int, chosen: Asked) -> None:
            self._step()
            self.waiting.append(self._asked(number, chosen, max_staleness_ms=60_000))

        @rule(table=table)
        def write(self, table: str) -> None:
            self._step()
            world.write(table)

        @rule(number=process, table=table, whole=st.booleans(), named=st.booleans())
        def tell(self, number: int, table: str, whole: bool, named: bool) -> None:
            self._step()
            world.tell(number, table, whole, named)

        @rule(number=process, table=table)
        def write_and_tell(self, number: int, table: str) -> None:
            self._step()
            world.write(table)
            world.tell(number, table, whole=False, named=True)

        @rule(number=process)
        def hold_reads(self, number: int) -> None:
            self._step()
            world.processes[number].gate.close()

        @rule()
        def let_reads_go_on(self) -> None:
            self._step()
            self._all_open()

        @rule(what=disturbance)
        def disturb(self, what: str) -> None:
            self._step()
            if what in ENDS_READS:
                self._all_open()
            DISTURBANCES[what][1](world)

        @rule(
            callers=st.lists(st.tuples(process, st.sampled_from(asked)), min_size=2, max_size=4),
            written=st.lists(table, max_size=4),
        )
        def all_at_once(self, callers: list[tuple[int, Asked]], written: list[str]) -> None:
            """Several callers ask again and again while somebody writes."""
            self._step()
            self._all_open()
            stop = threading.Event()

            def again(number: int, query: Asked) -> None:
                for _ in range(20):
                    if stop.is_set():
                        return
                    world.processes[number].ask(query[0], world.ledger.floor(number, query[1], False))

            self.waiting = [self.pool.submit(again, number, query) for number, query in callers]
            for each in written:
                world.write(each)
                world.tell(0, each, whole=False, named=False)
            stop.set()
            self._all_open()

        def teardown(self) -> None:
            self._all_open()
            self.pool.shutdown()

    return Machine


def run(
    world: World,
    steps: int,
    seconds: float = float("inf"),
    disturbed: Collection[str] = tuple(DISTURBANCES),
    said: Callable[[int], None] = lambda taken: None,
) -> int:
    """Takes about that many steps, for at most about that long; answers how many.

    Raises Stale for the first answer that the law forbids.
    """
    runs = Runs(steps)
    until = time.monotonic() + seconds
    made = machine(world, runs, disturbed)
    limits = settings(
        max_examples=10,
        derandomize=False,  # on a CI server Hypothesis would take the same steps at each turn of the loop
        stateful_step_count=50,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    while runs.left > 0 and time.monotonic() < until:
        try:
            run_state_machine_as_test(made, settings=limits)
        except Exception:
            # Hypothesis takes the same steps again, to which a world that goes on need not say the same.
            if world.ledger.stale:
                raise Stale(world.ledger.stale[0]) from None
            raise
        said(runs.taken)
    return runs.taken
