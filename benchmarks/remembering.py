"""What do predicting and remembering cost a point query? Processor time on the query's own thread, and on the one behind it.

The peer is planning such a query by its pattern (`benchmarks.planning`), which takes some 25 to 60 µs.
"""

from __future__ import annotations

import random
import statistics
import time

from rich.console import Console
from rich.table import Table
from sqlglot import exp

from benchmarks.serving import arguments
from planner.cost import Estimate
from planner.likeness import Likeness, over
from planner.plan import Fragment, Plan, Step, Taken
from proxy.expectation import Expectation
from proxy.history import Calibration, History
from proxy.reading import Observation
from proxy.telemetry import Metrics

RUNS = 8_000
AIM_US = 30.0
KEYS = ("pg/public.items/0123456789abcdef#0.0", "pg/public.items/0123456789abcdef", "pg/public.items", "pg")


def main() -> None:
    options = arguments(__doc__, scale=0.25, rounds=5)
    runs = int(RUNS * options.scale)
    chance = random.Random(1)
    step = Step(Fragment("f0", "pg", exp.select("1"), ()), Taken(None))
    plan = Plan((), (step,), None)
    whole = over((Likeness("pg", KEYS, "SELECT ?", 0.5, 1.0, 20.0, Estimate(1, 20)),), None)
    history = History(None, Calibration(Metrics()))

    def query() -> None:
        ms = chance.lognormvariate(0, 0.3)
        expected = Expectation(history, plan, whole, {}, {}, (), "read")
        expected.read(Observation("f0", "pg", 1, 20, ms))
        expected.ended(ms + 0.2, 1, 20, None)

    on_the_way, behind = [], []
    for number in range(-1, options.rounds):
        began = time.thread_time()
        for _ in range(runs):
            query()
        between = time.thread_time()
        history.drain()
        if number >= 0:
            on_the_way.append(1e6 * (between - began) / runs)
            behind.append(1e6 * (time.thread_time() - between) / runs)
    table = Table("", "median µs", "aim", title="A point query's prediction and its record", title_justify="left")
    table.add_row("on the query's thread", f"{statistics.median(on_the_way):.1f}", "")
    table.add_row("on the thread behind", f"{statistics.median(behind):.1f}", "")
    both = [one + other for one, other in zip(on_the_way, behind, strict=True)]
    table.add_row("together", f"{statistics.median(both):.1f}", f"{AIM_US:g}")
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
