"""Asking queries one after the other: each as it is, then perhaps with other constants, then perhaps with parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from proxy.request import Parameter
from tests.answers.world import World
from tests.fuzz.compare import Difference, difference
from tests.fuzz.coverage import Coverage
from tests.fuzz.pushed import recorded
from tests.fuzz.queries import query
from tests.fuzz.schema import Table
from tests.fuzz.variants import with_other_constants, with_parameters

VARIANTS = 0.35
"""The share of queries that are asked again with other constants, and of those that are asked with parameters."""


@dataclass(frozen=True)
class Found:
    """A query that Foz answers otherwise than DuckDB, how it was asked, and the query of its shape that was asked `before`."""

    sql: str
    difference: Difference
    asked: str
    parameters: tuple[Parameter, ...]
    before: str

    def __str__(self) -> str:
        sent = f"\nasked as {self.asked}\nwith {self.parameters}" if self.parameters else ""
        return f"{self.difference.kind}: {self.difference.detail}\n{self.sql}{sent}"


def ask(
    world: World, tables: Sequence[Table], seed: int | str, number: int, coverage: Coverage, sources: Sequence[str] | None = None
) -> Found | None:
    """Asks query `number` of `seed` in each of its ways; the first difference, if there is one."""
    made = query(Random(f"{seed}/{number}"), tables, recorded(), sources)
    random = Random(f"variants/{seed}/{number}")
    ways: list[tuple[str, str, tuple[Parameter, ...]]] = [(made.text, made.text, ())]
    other = with_other_constants(random, made.text)
    if other != made.text and random.random() < VARIANTS:
        ways.append((other, other, ()))
    asked, parameters = with_parameters(random, made.text)
    if parameters and random.random() < VARIANTS:
        ways.append((made.text, asked, parameters))
    coverage.add(world, made, len(ways))
    for sql, text, given in ways:
        found = difference(world, sql, given, text)
        if found is not None:
            return Found(sql, found, text, given, made.text)
    return None
