"""What goes down to PostgreSQL means there what it means in DuckDB: executed in both over the same rows, edges included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.catalog import Capabilities
from tests.translators.postgres.beside import Beside, administer

CASES = Path(__file__).parent / "cases"
PUSHED = [line for line in (CASES / "pushed.sql").read_text().splitlines() if line and not line.startswith("--")]
REFUSED = [tuple(line.rsplit(" | ", 1)) for line in (CASES / "refused.txt").read_text().splitlines()]

ROWS = [statement for statement in (CASES / "rows.sql").read_text().split(";\n") if statement.strip()]


@pytest.fixture(scope="module")
def beside(postgres_uri: str) -> Iterator[Beside]:
    administer(postgres_uri, *ROWS)
    beside = Beside(postgres_uri)
    beside.copy("v", "w")
    yield beside
    beside.close()


@pytest.mark.parametrize("sql", PUSHED)
def test_the_whole_query_is_pushed_and_right(beside: Beside, sql: str) -> None:
    assert not beside.native(sql).startswith("refused"), beside.native(sql)
    beside.agrees(sql)


@pytest.mark.parametrize(("sql", "reason"), REFUSED)
def test_what_is_not_certain_stays_above(beside: Beside, sql: str, reason: str) -> None:
    native = beside.native(sql)
    assert native.startswith("refused")
    assert reason in native


NATIVE = [
    ("SELECT id FROM pg.v WHERE t = 'a'", """SELECT "v"."id" AS "id" FROM "public"."v" AS "v" WHERE ("v"."t" = 'a'::text)"""),
    (
        "SELECT t FROM pg.v ORDER BY t LIMIT 1",
        """SELECT "v"."t" AS "t" FROM "public"."v" AS "v" ORDER BY "v"."t" COLLATE "C" ASC NULLS LAST LIMIT 1""",
    ),
    (
        "SELECT sum(n12) AS x, sum(i) AS y FROM pg.v",
        """SELECT sum("v"."n12")::numeric(38,2)::text AS "x", sum("v"."i")::numeric::text AS "y" FROM "public"."v" AS "v\"""",
    ),
    (
        "SELECT id FROM pg.v WHERE fixed = 'ab'",
        """SELECT "v"."id" AS "id" FROM "public"."v" AS "v" WHERE ("v"."fixed" = 'ab'::bpchar)""",
    ),
]


@pytest.mark.parametrize(("sql", "native"), NATIVE)
def test_the_text_of_a_request(beside: Beside, sql: str, native: str) -> None:
    assert beside.native(sql) == native


def test_a_refused_conjunct_is_left_and_the_rest_goes_down(beside: Beside) -> None:
    planned = beside.plan("SELECT id FROM pg.v WHERE i = 1 AND upper(t) = 'A'")
    assert planned.residual is not None
    (step,) = planned.steps
    assert "= 1" in step.native.text
    assert "upper" not in step.native.text.lower()


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
