"""TPC-H held whole in each store: answers are DuckDB's, and what goes down is what `tpch/<store>.txt` says.

`.venv/bin/python -m tests.answers.tpch_alone` writes those files anew, for a person to read before they are kept.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo import tpch
from demo.servers import Server
from tests.answers.tpch_alone import FOLDER, STORES, asked, held, pushed
from tests.answers.world import World


@pytest.fixture(scope="module", params=STORES)
def alone(request: pytest.FixtureRequest, postgres_server: Server, mongodb_server: Server) -> Iterator[tuple[World, str]]:
    with held(request.param, postgres_server.uri, mongodb_server.uri) as world:
        yield world, request.param


@pytest.mark.parametrize("number", tpch.QUERIES)
def test_an_answer_is_duckdbs(alone: tuple[World, str], number: int) -> None:
    world, store = alone
    sql = asked(store, number)
    world.check(sql, ordered="order by" in tpch.query(number).rsplit(")", 1)[-1])


def test_nothing_goes_down_less_than_it_did(alone: tuple[World, str]) -> None:
    world, store = alone
    now, recorded = (_fragments(text) for text in (pushed(world, store), (FOLDER / f"{store}.txt").read_text()))
    assert {query: count for query, count in now.items() if count > recorded[query]} == {}, "see the receipts: --show NUMBER"


def _fragments(text: str) -> dict[str, int]:
    """By query, how many fragments it is read in, 0 where it goes down whole."""
    heads = [line.split() for line in text.splitlines() if line.startswith("q")]
    return {query: 0 if count == "whole" else int(count) for query, count, *_ in heads}
