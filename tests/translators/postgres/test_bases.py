"""Which tables a change of a table is told as: what is under views, and what partitions and children are written through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.translators.postgres.beside import administer
from translators.base import StoreConfig
from translators.control import Control
from translators.postgres import STORE

MADE = (
    "CREATE TABLE plain (id int, made date)",
    "CREATE TABLE events (id int, day date) PARTITION BY RANGE (day)",
    "CREATE TABLE events_24 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY RANGE (day)",
    "CREATE TABLE events_24_h1 PARTITION OF events_24 FOR VALUES FROM ('2024-01-01') TO ('2024-07-01')",
    "CREATE TABLE mother (id int)",
    "CREATE TABLE father (x int)",
    "CREATE TABLE child (y int) INHERITS (mother, father)",
    'CREATE SCHEMA "Odd one"',
    'CREATE TABLE "Odd one"."a {QUERY :relid 1} \\ "".b" (id int)',
    "CREATE TABLE \"CASE\" (id int)",
    "CREATE TABLE \"case\" (id int)",
    "CREATE VIEW over_plain AS SELECT * FROM plain p",
    "CREATE VIEW over_views AS SELECT o.id FROM over_plain o JOIN events e USING (id) WHERE EXISTS (SELECT FROM child)",
    "CREATE VIEW over_part AS WITH h AS (SELECT * FROM events_24_h1) SELECT * FROM h UNION SELECT * FROM plain",
    'CREATE VIEW over_odd AS SELECT (SELECT max(id) FROM "case") AS m, o.* FROM "Odd one"."a {QUERY :relid 1} \\ "".b" o',
    "CREATE MATERIALIZED VIEW held AS SELECT * FROM plain",
    "CREATE VIEW over_held AS SELECT * FROM held",
    "CREATE VIEW over_own AS SELECT relname FROM pg_class",
)  # fmt: skip


@pytest.fixture(scope="module")
def bases(postgres_uri: str) -> Iterator[dict[str, Any]]:
    administer(postgres_uri, *MADE)
    store = STORE.open(StoreConfig("pg", "postgres", {"uri": postgres_uri}))
    yield {table.name: table.bases for table in store.introspect(Control()).tables}
    store.close()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain", []),
        ("events", []),
        ("events_24", ["events"]),
        ("events_24_h1", ["events", "events_24"]),
        ("mother", []),
        ("child", ["father", "mother"]),
        ("over_plain", ["plain"]),
        ("over_views", ["child", "events", "father", "mother", "plain"]),
        ("over_part", ["events", "events_24", "events_24_h1", "plain"]),
        ("held", []),
        ("over_held", ["held"]),
        ("over_own", []),
    ],
)
def test_bases(bases: dict[str, Any], name: str, expected: list[str]) -> None:
    assert list(bases[name]) == [f"pg.public.{each}" for each in expected]


def test_bases_have_the_names_of_the_catalogue(bases: dict[str, Any]) -> None:
    lower = "case_2" if "case_2" in bases else "case"
    assert set(bases["over_odd"]) == {'pg.Odd one.a {QUERY :relid 1} \\ "".b'.replace('""', '"'), f"pg.public.{lower}"}
