"""What is pushed finds its rows by the source's own indexes: PostgreSQL's EXPLAIN of each request, over analyzed rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from tests.translators.postgres.beside import Beside, administer
from translators.control import Control
from translators.postgres.reading import PostgresQuery

COLUMNS = (
    *("i int", "b bigint NOT NULL", "n numeric(12,2)", "d float8", "t text", 't_c text COLLATE "C"', "vc varchar(40)"),
    *('vc_c varchar(40) COLLATE "C"', "fixed char(12)", "day date", "moment timestamp", "zoned timestamptz NOT NULL"),
    *("u uuid", "level level", "rare bool", "pattern text", "lang text", "back int", 'name text COLLATE "C" NOT NULL'),
)
ROWS = (
    "CREATE TYPE level AS ENUM ('low', 'middle', 'high', 'odd')",
    f"CREATE TABLE things (id int PRIMARY KEY, {', '.join(COLUMNS)})",
    """INSERT INTO things
       SELECT i, CASE WHEN i % 500 > 0 THEN i * 7 % 30011 END, i * 1000003::bigint, i / 4.0, i / 3.0, 'word ' || i, 'word ' || i,
              'word ' || i, 'word ' || i, 'word ' || i, date '1990-01-01' + i % 20000,
              timestamp '1990-01-01' + i * interval '1 hour', timestamptz '1990-01-01' + i * interval '1 hour',
              md5(i::text)::uuid,
              (CASE WHEN i % 997 = 0 THEN 'odd' WHEN i % 2 = 0 THEN 'low' ELSE 'high' END)::level, i % 997 = 0,
              'word ' || i, 'word ' || i, CASE WHEN i % 3 = 0 THEN i END, 'name ' || i
       FROM generate_series(1, 30000) AS r(i)""",
    *(
        f"CREATE INDEX ON things ({column.split()[0]})"
        for column in COLUMNS
        if not column.startswith(("pattern", "lang", "back"))
    ),
    'CREATE INDEX ON things (lang COLLATE "C")',
    "CREATE INDEX ON things (back DESC NULLS LAST)",
    "CREATE INDEX ON things (pattern text_pattern_ops)",
    "CREATE INDEX ON things (level, b)",
    "ANALYZE things",
)

SERVED = [
    *("id = 77", "id IN (5, 6, 7)", "id BETWEEN 10 AND 20", "id > 29990", "id = 77 OR id = 78"),
    *("i = 77", "i < 20", "i IS NULL", "i = 5000000000", "i IN (1, 2) AND n > 3"),
    *("b = 7000021", "b > 29999000000", "b = 5", "b BETWEEN 0 AND 5000015"),
    *("n = 77.25", "n < 5", "n = 7", "n BETWEEN 10 AND 12.5", "d = 5", "d < 2.5", "d BETWEEN 1 AND 2"),
    *("t = 'word 77'", "t IN ('word 77', 'word 78')", "vc = 'word 77'", "vc IN ('word 1', 'word 2')", "t IS NULL"),
    *(
        "t_c = 'word 77'",
        "t_c < 'word 1000'",
        "t_c BETWEEN 'word 77' AND 'word 7710'",
        "t_c > 'word 9998'",
        *("t_c LIKE 'word 777%'", "lang < 'word 1000'", "lang BETWEEN 'word 77' AND 'word 7710'"),
    ),
    *("vc_c = 'word 77'", "vc_c > 'word 9998'", "vc_c LIKE 'word 777%'", "pattern LIKE 'word 777%'", "pattern = 'word 777'"),
    *("fixed = 'word 77'", "fixed IN ('word 77', 'word 78')"),
    *("day = DATE '1990-02-03'", "day < '1990-01-05'", "day BETWEEN DATE '1990-01-05' AND DATE '1990-01-07'"),
    *("day >= TIMESTAMP '2044-09-20 00:00:00'", "day < DATE '1990-01-02' + INTERVAL 2 DAY"),
    *("moment = TIMESTAMP '1990-02-03 04:00:00'", "moment > '1993-05-30'", "moment < DATE '1990-01-05'"),
    *("zoned = '1990-02-03 04:00:00+00'", "zoned < TIMESTAMP '1990-01-05 00:00:00'", "zoned >= '1993-06-03'"),
    *("u = '28dd2c79-55ce-9264-5624-0d8878bd80a3'", "u < '0010d4a2-0000-0000-0000-000000000000'"),
    *("level = 'odd'", "level IN ('odd', 'middle')", "level = 'odd' AND b < 5000015000", "rare", "rare = true", "rare IS TRUE"),
    *("(i, n) IN ((7, 0.25), (14, 0.5))", "id IN (SELECT o.id FROM pg.things o WHERE o.i = 7)"),
    "EXISTS (SELECT 1 FROM pg.things o WHERE o.id = x.id AND o.i = 7)",
]
ORDERED = [
    *(
        "id",
        "id DESC",
        "i",
        "i NULLS LAST",
        "b DESC",
        "n",
        "t_c",
        "vc_c",
        "name DESC",
        "zoned DESC",
        "u",
        "moment",
        "day",
        "lang",
        "back DESC",
    ),
]
FILTERED = [
    ("i IS NOT NULL", "i DESC"),
    ("day > DATE '2000-01-01'", "day DESC"),
    ("moment < '2020-01-01'", "moment DESC"),
    ("t_c >= 'word 5'", "t_c DESC"),
]
EXTREMES = ["min(id)", "max(i)", "max(b)", "min(n)", "max(t_c)", "min(vc_c)", "max(day)", "min(moment)", "max(zoned)"]
NOT_SERVED = [
    "SELECT id FROM pg.things WHERE t < 'word 1000'",
    "SELECT id FROM pg.things WHERE vc > 'word 9998'",
    "SELECT id FROM pg.things WHERE t LIKE 'word 777%'",
    "SELECT id FROM pg.things WHERE fixed > 'word 9998'",
    "SELECT id FROM pg.things WHERE level > 'middle'",
    "SELECT id FROM pg.things WHERE i < 2.5",
    "SELECT id FROM pg.things ORDER BY t LIMIT 5",
    "SELECT id FROM pg.things ORDER BY i DESC LIMIT 5",
    "SELECT max(t) AS x FROM pg.things",
]
"""What the documentation says no index serves: texts in an order of their own, NULLs in another place than the index has them."""


@pytest.fixture(scope="module")
def beside(postgres_uri: str) -> Iterator[Beside]:
    administer(postgres_uri, *ROWS)
    beside = Beside(postgres_uri)
    beside.copy("things")
    yield beside
    beside.close()


def plan_of(beside: Beside, sql: str) -> str:
    """PostgreSQL's own plan of the one request that answers `sql`, which must be right too."""
    planned = beside.plan(sql)
    assert planned.residual is None, beside.native(sql)
    beside.agrees(sql)
    native = cast(PostgresQuery, planned.steps[0].native)
    with beside.store.reading(1, Control()) as reader:
        return reader.explain(native, "plan", Control())  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("condition", SERVED)
def test_an_index_finds_the_rows(beside: Beside, condition: str) -> None:
    plan = plan_of(beside, f"SELECT x.id FROM pg.things x WHERE {condition}")
    assert "Index" in plan
    assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize("order", ORDERED)
def test_an_index_gives_the_order(beside: Beside, order: str) -> None:
    plan = plan_of(beside, f"SELECT id FROM pg.things ORDER BY {order}{'' if order.startswith('id') else ', id'} LIMIT 5")
    assert "Seq Scan" not in plan, plan
    assert not plan.lstrip().startswith("Limit") or "->  Sort" not in plan, plan


@pytest.mark.parametrize(("condition", "order"), FILTERED)
def test_an_index_gives_the_order_backwards_where_there_are_no_nulls(beside: Beside, condition: str, order: str) -> None:
    plan = plan_of(beside, f"SELECT id FROM pg.things WHERE {condition} ORDER BY {order}, id LIMIT 5")
    assert "Backward" in plan, plan


@pytest.mark.parametrize("extreme", EXTREMES)
def test_an_index_gives_the_extreme(beside: Beside, extreme: str) -> None:
    plan = plan_of(beside, f"SELECT {extreme} AS x FROM pg.things")
    assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize("sql", NOT_SERVED)
def test_what_is_documented_to_be_read_whole_is(beside: Beside, sql: str) -> None:
    """Where one of these comes to be served, the documentation is to say so."""
    plan = plan_of(beside, sql)
    assert "Seq Scan" in plan or ("Index Only Scan" in plan and "Index Cond" not in plan and "Limit" not in plan), plan
