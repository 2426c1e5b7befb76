"""What should a cache keep? Source time that each policy saves on one trace of queries, at the same bytes.

Queries come by Zipf's law over 4,000 different ones; their sizes and what they cost at their sources differ by orders of
magnitude, and have nothing to do with each other or with how often they come. The room is a twentieth of what all of them take.
Aims: 1.3 times what LRU saves, 1.1 times what LFU saves.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

import pyarrow as pa
from rich.console import Console
from rich.table import Table

from benchmarks.measure import interval
from benchmarks.serving import arguments
from cache.memory import MemoryStore
from cache.policy import Policy, Ranks
from cache.store import Ask, Entry

QUERIES = 4000
REQUESTS = 100_000
SHARE = 0.05


class _ByFrequency(Ranks):
    """LFU: what was asked for least often goes first."""

    def rank(self, key: str, cost_ms: float, bytes: int) -> float:
        return float(self._asked.get(key, 1))


def least_frequent(policy: Policy) -> MemoryStore:
    store = MemoryStore(policy, lambda: 0.0)
    store._ranks = _ByFrequency(policy)
    return store


def stores(max_bytes: int) -> Mapping[str, Callable[[], MemoryStore]]:
    cost = Policy(max_bytes, max_bytes // 4, 1.0)
    last_use = Policy(max_bytes, max_bytes // 4, 1.0, "lru")
    return {
        "Foz: cost and frequency": lambda: MemoryStore(cost, lambda: 0.0),
        "LRU": lambda: MemoryStore(last_use, lambda: 0.0),
        "LFU": lambda: least_frequent(cost),
    }


def saved(store: MemoryStore, trace: Sequence[int], bodies: Sequence[pa.RecordBatch], costs: Sequence[float]) -> float:
    """The share of the trace's source time that hits have saved."""
    hit = 0.0
    for query in trace:
        looked = store.look(Ask(f"q{query}", ("s.m.t",)))
        if looked.entry is not None:
            hit += costs[query]
            continue
        body = bodies[query]
        store.put(Entry(f"q{query}", looked.vector, body.schema, (body,), body.nbytes, costs[query], 1_000_000))
    store.close()
    return hit / sum(costs[query] for query in trace)


def round_of(seed: int, scale: float) -> dict[str, float]:
    chance = random.Random(seed)
    ranks = list(range(1, QUERIES + 1))
    chance.shuffle(ranks)
    weights = list(accumulate(rank**-0.9 for rank in ranks))
    trace = chance.choices(range(QUERIES), cum_weights=weights, k=int(REQUESTS * scale))
    sizes = [min(200_000, int(chance.lognormvariate(8.0, 1.5)) + 100) for _ in range(QUERIES)]
    costs = [min(10_000.0, chance.lognormvariate(3.0, 1.5)) for _ in range(QUERIES)]
    bodies = [pa.record_batch({"x": [b"x" * size]}) for size in sizes]
    max_bytes = int(SHARE * sum(sizes))
    return {name: saved(make(), trace, bodies, costs) for name, make in stores(max_bytes).items()}


def main() -> None:
    options = arguments(__doc__, scale=0.3, rounds=5)
    rounds = [round_of(seed, options.scale) for seed in range(options.rounds)]
    ours, *others = rounds[0]
    table = Table("", "source time saved", "Foz saves times as much", "95 % interval", title="A Zipf trace", title_justify="left")
    for name in (ours, *others):
        ratios = [each[ours] / each[name] for each in rounds]
        low, high = interval(ratios)
        share = statistics.median(each[name] for each in rounds)
        table.add_row(name, f"{share:.1%}", f"{statistics.median(ratios):.2f}", f"{low:.2f} – {high:.2f}")
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
