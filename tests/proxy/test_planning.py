"""What planning remembers: a text that is planned from another's shape means what it says itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.plan import Plan
from proxy.planning import Planning
from proxy.request import Caller, Parameter, Request
from proxy.residual import Engine
from tests.planner.shop import CATALOG


@pytest.fixture
def planning(tmp_path: Path) -> Iterator[Planning]:
    engine = Engine(256 << 20, str(tmp_path))
    yield Planning(lambda: CATALOG, engine.describe)
    engine.close()


def request(sql: str, *parameters: Parameter) -> Request:
    return Request(sql, Caller(), "r_test", "test", parameters)


def planned(planning: Planning, sql: str) -> Plan:
    return planning.plan(request(sql)).plan


def test_a_query_that_runs_as_written_has_its_own_constants(planning: Planning) -> None:
    sql = "SELECT x.p FROM shop.orders AS x(p) WHERE x.p = {}"
    first, second = (planned(planning, sql.format(number)).residual for number in (1, 2))
    assert first is not None
    assert second == first.replace("= 1", "= 2") != first


def test_a_parameter_whose_value_tells_the_number_of_columns(planning: Planning) -> None:
    value = Parameter({"a": 1, "b": "x"}, "STRUCT(a BIGINT, b VARCHAR)")
    columns = planning.plan(request("SELECT unnest(?)", value)).columns
    assert [(column.name, column.type) for column in columns] == [("a", "BIGINT"), ("b", "VARCHAR")]
