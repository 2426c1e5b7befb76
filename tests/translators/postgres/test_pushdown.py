"""What goes down to PostgreSQL means there what it means in DuckDB: executed in both over the same rows, edges included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from planner.catalog import Capabilities
from planner.errors import SqlType
from tests.translators.case_files import Case, cases, rows
from tests.translators.postgres.beside import Beside, administer

FOLDER = Path(__file__).parent / "cases"
CASES = list(cases(FOLDER))


def _places(chosen: list[Case]) -> list[object]:
    return [pytest.param(case, id=case.place) for case in chosen]


@pytest.fixture(scope="module")
def beside(postgres_uri: str) -> Iterator[Beside]:
    administer(postgres_uri, *rows(FOLDER))
    beside = Beside(postgres_uri)
    beside.copy(*(table.name for table in beside.source.tables))
    yield beside
    beside.close()


@pytest.mark.parametrize("case", _places([case for case in CASES if case.refused is None and not case.raises]))
def test_the_whole_query_is_pushed_and_right(beside: Beside, case: Case) -> None:
    native = beside.native(case.sql)
    assert not native.startswith("refused"), f"{case.sql}\n{native}"
    beside.agrees(case.sql)


@pytest.mark.parametrize("case", _places([case for case in CASES if case.refused is not None]))
def test_what_is_not_certain_stays_above(beside: Beside, case: Case) -> None:
    native = beside.native(case.sql)
    assert native.startswith("refused"), f"{case.sql}\n{native}"
    assert case.refused is not None
    assert case.refused in native


@pytest.mark.parametrize("case", _places([case for case in CASES if case.raises]))
def test_what_duckdb_raises_for_is_pushed_and_raises(beside: Beside, case: Case) -> None:
    assert not beside.native(case.sql).startswith("refused"), f"{case.sql}\n{beside.native(case.sql)}"
    with pytest.raises(duckdb.Error):
        beside.expected(case.sql)
    with pytest.raises(SqlType):
        beside.answers(case.sql)


@pytest.mark.parametrize("case", _places([case for case in CASES if case.sends is not None]))
def test_the_text_of_a_request(beside: Beside, case: Case) -> None:
    assert beside.native(case.sql) == case.sends


def test_a_refused_conjunct_is_left_and_the_rest_goes_down(beside: Beside) -> None:
    planned = beside.plan("SELECT id FROM pg.v WHERE i = 1 AND sin(b) = 1")
    assert planned.residual is not None
    (step,) = planned.steps
    assert "= $1" in step.native.text
    assert "sin" not in step.native.text.lower()


@pytest.mark.parametrize(
    ("capabilities", "sql", "reason"),
    [
        (Capabilities(joins=False), "SELECT a.id FROM pg.v a JOIN pg.w b ON a.i = b.k", "without joins"),
        (Capabilities(aggregates=False), "SELECT count(*) AS n FROM pg.v", "without aggregates"),
        (Capabilities(sorts=False), "SELECT id FROM pg.v ORDER BY id", "without sorts"),
        (Capabilities(filters=False), "SELECT id FROM pg.v WHERE i = 1", "without filters"),
    ],
)
def test_capabilities_narrow_what_is_taken(
    beside: Beside, postgres_uri: str, capabilities: Capabilities, sql: str, reason: str
) -> None:
    narrowed = Beside(postgres_uri, capabilities)
    try:
        assert reason in narrowed.native(sql)
    finally:
        narrowed.close()
