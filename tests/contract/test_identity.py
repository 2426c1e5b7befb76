"""The identity of a store's requests, by which their rows are kept: requests that may give different rows are told apart, and how
a request is run, or what its tables' statistics are, makes it no other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import combinations
from typing import Any

import pytest

from planner.catalog import Table, spelled
from planner.plan import Native
from planner.statistics import TableStatistics
from tests.contract.asked import Asked
from tests.contract.conftest import Places

STORES = ("files", "mongodb", "postgres", "sqlite")
QUERIES = (
    "SELECT a.n AS n FROM s.numbers AS a",
    "SELECT a.n AS n FROM s.numbers AS a WHERE a.n = 1",
    "SELECT a.n AS n FROM s.numbers AS a WHERE a.n = 2",
    "SELECT a.n AS n FROM s.numbers AS a WHERE a.n = 12",
    "SELECT a.n AS n FROM s.numbers AS a WHERE a.n > 1",
    "SELECT a.n AS n FROM s.numbers AS a WHERE a.n > 1 AND a.n < 3",
    "SELECT a.n AS n FROM s.numbers AS a ORDER BY a.n NULLS LAST LIMIT 2",
    "SELECT a.n AS n FROM s.numbers AS a ORDER BY a.n NULLS LAST LIMIT 3",
    "SELECT a.n AS n FROM s.numbers AS a ORDER BY a.n DESC NULLS LAST LIMIT 3",
    "SELECT a.n AS n FROM s.others AS a",
    "SELECT a.n AS n FROM s.others AS a WHERE a.n = 1",
)
"""No two of them have the same rows."""

LEAVES = re.compile(r"builtins|bson|datetime|decimal|uuid|enum")
"""Modules of what is spelled by its `repr`: whatever is told apart by its value."""

Identity = Callable[[Native], str]


class Requests(dict[str, Native]):
    """Each query's request to one store."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        for sql in QUERIES:
            taken = asked.type.take(asked.fragment(sql, ("n", "BIGINT")), asked.source)
            if taken.native is not None and not taken.left:
                self[sql] = taken.native

    def confused(self, identity: Identity) -> list[tuple[str, str]]:
        """The pairs of queries that `identity` does not tell apart."""
        found = {sql: identity(native) for sql, native in self.items()}
        return [(one, other) for one, other in combinations(found, 2) if found[one] == found[other]]


@pytest.fixture(params=STORES)
def asked(request: pytest.FixtureRequest, places: Places) -> Iterator[Asked]:
    place = places[request.param]
    place.count_up("numbers", 20)
    place.count_up("others", 3)
    with Asked(place) as opened:
        yield opened
    place.drop("numbers")
    place.drop("others")


def test_requests_for_different_rows_are_told_apart(asked: Asked) -> None:
    requests = Requests(asked)
    assert len(requests) > 5
    assert requests.confused(spelled) == []
    assert {sql: spelled(native) for sql, native in Requests(asked).items()} == {
        sql: spelled(native) for sql, native in requests.items()
    }


def test_an_identity_that_forgets_constants_is_found(asked: Asked) -> None:
    found = Requests(asked).confused(lambda native: re.sub(r"\d+", "?", native.text))
    assert (QUERIES[1], QUERIES[2]) in found


def test_every_field_that_counts_is_in_it_and_no_other(asked: Asked) -> None:
    class Other:
        """What no request holds."""

    for native in Requests(asked).values():
        assert is_dataclass(native)
        for each in fields(native):
            changed: Any = replace(native, **{each.name: Other()})
            assert (spelled(changed) != spelled(native)) == each.compare, each.name


def test_statistics_are_no_part_of_it(asked: Asked) -> None:
    before = Requests(asked)
    measured = {table.path: TableStatistics(1_000_000) for table in asked.source.tables}
    asked.source = asked.source.measured(measured)
    assert {sql: spelled(native) for sql, native in Requests(asked).items()} == {
        sql: spelled(native) for sql, native in before.items()
    }


def test_what_it_is_made_of_is_told_by_its_value(asked: Asked) -> None:
    for native in Requests(asked).values():
        for leaf in leaves(native):
            assert LEAVES.match(type(leaf).__module__) or issubclass(type(leaf), str), type(leaf)


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Table):
        return
    if is_dataclass(value):
        for each in fields(value):
            yield from leaves(getattr(value, each.name)) if each.compare else ()
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(key)
            yield from leaves(inner)
    elif isinstance(value, tuple | list | frozenset):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value
