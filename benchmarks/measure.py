"""Measuring two things in turns within one run, and telling their ratio with how sure it is.

Both see the same moments of a noisy machine, so each round gives one ratio; the median of the rounds' ratios and the bootstrap
interval around it are the result. Seconds are printed for orientation only.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESAMPLES = 2000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Comparison:
    """What one question found: seconds of ours and of the peer's, round by round."""

    name: str
    ours: tuple[float, ...]
    peer: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """How many times as fast as the peer, by round: above 1 is faster."""
        return tuple(peer / ours for ours, peer in zip(self.ours, self.peer, strict=True))

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def interval(self) -> tuple[float, float]:
        return interval(self.ratios)


def interval(values: Sequence[float], seed: int = 1) -> tuple[float, float]:
    """The bootstrap percentile interval of the median of `values`, the same for the same values."""
    chance = random.Random(seed)
    medians = sorted(statistics.median(chance.choices(values, k=len(values))) for _ in range(RESAMPLES))
    edge = (1 - CONFIDENCE) / 2
    return medians[int(edge * RESAMPLES)], medians[min(int((1 - edge) * RESAMPLES), RESAMPLES - 1)]


def in_turns(name: str, ours: Callable[[], object], peer: Callable[[], object], rounds: int = 7, warm: int = 1) -> Comparison:
    """Runs both `rounds` times after `warm` unmeasured rounds, who goes first changing every round.

    Each call answers something countable (rows, say): a round in which the two differ raises ValueError.
    """
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for number in range(-warm, rounds):
        answers = {}
        for is_ours in (True, False) if number % 2 == 0 else (False, True):
            started = time.perf_counter()
            answers[is_ours] = (ours if is_ours else peer)()
            elapsed = time.perf_counter() - started
            if number >= 0:
                seconds[is_ours].append(elapsed)
        if answers[True] != answers[False]:
            raise ValueError(f"{name}: Foz gave {answers[True]}, the peer {answers[False]}")
    return Comparison(name, tuple(seconds[True]), tuple(seconds[False]))


def print_comparisons(title: str, peer: str, comparisons: Sequence[Comparison]) -> None:
    """One table: medians in seconds, the median ratio and its interval."""
    table = Table("", "Foz s", f"{peer} s", "times as fast", "95 % interval", "rounds", title=title, title_justify="left")
    for each in comparisons:
        low, high = each.interval
        ours, theirs = statistics.median(each.ours), statistics.median(each.peer)
        table.add_row(
            each.name, f"{ours:.4f}", f"{theirs:.4f}", f"{each.ratio:.2f}", f"{low:.2f} – {high:.2f}", str(len(each.ours))
        )
    Console(width=130).print(table)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def peak_resident_bytes(pid: int) -> int:
    """The largest resident size that the process (not its children) has had; Linux."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise ValueError(f"no VmHWM for process {pid}")
