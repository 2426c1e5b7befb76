"""Queries and the plans that they become, in files that read as SQL.

A file in `plans/` holds pairs: `-- query` with the caller's SQL, `-- plan` with the receipt as text. `FOZ_WRITE_PLANS=1` writes
the plans anew, to be reviewed like code.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.bind import bind
from planner.cost import estimate
from planner.explain import lines, receipt
from planner.parse import parse
from planner.plan import Plan
from planner.split import plan
from proxy.described import Descriptions
from tests.planner.shop import CATALOG, TAKES

PLANS = Path(__file__).parent / "plans"
THREE_MINUTES_MS = 180_000
PAIR = re.compile(r"-- query\n(?P<query>.*?)\n-- plan\n(?P<plan>.*?)(?=\n-- query\n|\Z)", re.S)


@pytest.fixture(scope="module")
def descriptions() -> Iterator[Descriptions]:
    descriptions = Descriptions()
    yield descriptions
    descriptions.close()


def planned(sql: str, descriptions: Descriptions) -> Plan:
    def describe(sql, tables, names):  # type: ignore[no-untyped-def]
        return descriptions.describe(sql, tables, names).columns

    return plan(
        bind(parse(sql), CATALOG, describe),
        lambda fragment, source: TAKES[source.id](fragment, source),
        describe,
        descriptions.compute,
    )


def told(plan: Plan) -> list[str]:
    """The receipt of a plan as text."""
    estimates = [estimate(step.fragment, CATALOG.by_id[step.fragment.source]) for step in plan.steps]
    return list(lines(receipt(plan, estimates, THREE_MINUTES_MS)))


@pytest.mark.parametrize("file", sorted(PLANS.glob("*.sql")), ids=lambda path: path.stem)
def test_plans_are_those_on_file(file: Path, descriptions: Descriptions) -> None:
    text = file.read_text()
    head = text[: text.index("-- query\n")]
    pairs = [(found["query"].strip(), found["plan"].strip()) for found in PAIR.finditer(text)]
    now = [(query, "\n".join(told(planned(query, descriptions)))) for query, _ in pairs]
    if os.environ.get("FOZ_WRITE_PLANS"):
        file.write_text(head + "\n\n".join(f"-- query\n{query}\n-- plan\n{text}" for query, text in now) + "\n")
        return
    assert pairs
    for (query, was), (_, became) in zip(pairs, now, strict=True):
        assert became == was, query


def test_a_plan_is_the_same_every_time(descriptions: Descriptions) -> None:
    sql = (
        "SELECT c.name, count(*) FROM shop.orders o JOIN crm.customers c ON c._id = o.customer_id WHERE o.total > 5 GROUP BY ALL"
    )
    first, second = (told(planned(sql, descriptions)) for _ in range(2))
    assert first == second
