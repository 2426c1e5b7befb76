"""PostgreSQL's own words on what was written: each kind of write, through each way in, and what the watch says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import adbc_driver_postgresql.dbapi as postgres
import pyarrow as pa
import pytest

from tests.translators.postgres.beside import administer
from tests.translators.postgres.hearing import Hearing, Watched, opened, watched
from translators.control import Control

ODD = 'a "b.c" \\ {x} é'
QUOTED = '"a ""b.c"" \\ {x} é"'
MADE = (
    "CREATE TABLE orders (id int PRIMARY KEY, note text, made timestamptz)",
    "CREATE TABLE lines (id int, order_id int REFERENCES orders ON DELETE CASCADE)",
    "CREATE TABLE other (id int)",
    "CREATE TABLE events (id int, kind text) PARTITION BY LIST (kind)",
    "CREATE TABLE events_a PARTITION OF events FOR VALUES IN ('a')",
    "CREATE TABLE events_b PARTITION OF events FOR VALUES IN ('b')",
    "CREATE TABLE mother (id int)",
    "CREATE TABLE child (y int) INHERITS (mother)",
    f"CREATE TABLE {QUOTED} (id int)",
    "CREATE TABLE \"CASE\" (id int)",
    "CREATE TABLE \"case\" (id int)",
    "CREATE VIEW order_view AS SELECT id, note FROM orders WHERE id > 0",
    "CREATE VIEW over_part AS SELECT count(*) AS n FROM events_a",
    "CREATE VIEW both_views AS SELECT o.id FROM order_view o JOIN child c USING (id)",
    "CREATE VIEW with_clock AS SELECT id, now() AS at FROM orders",
    "CREATE VIEW with_today AS SELECT id, note::date AS day FROM orders",
    "CREATE VIEW with_sample AS SELECT id FROM orders TABLESAMPLE BERNOULLI (50)",
    "CREATE VIEW over_own AS SELECT relname FROM pg_class",
    "CREATE SEQUENCE numbers",
    "CREATE VIEW over_sequence AS SELECT last_value FROM numbers",
    "CREATE MATERIALIZED VIEW held AS SELECT * FROM orders",
    "CREATE VIEW over_held AS SELECT * FROM held",
    "CREATE TABLE ruled (id int)",
    "ALTER TABLE ruled ENABLE ROW LEVEL SECURITY",
    "CREATE VIEW over_ruled AS SELECT * FROM ruled",
    "CREATE FOREIGN DATA WRAPPER none",
    "CREATE SERVER elsewhere FOREIGN DATA WRAPPER none",
    "CREATE FOREIGN TABLE abroad (id int) SERVER elsewhere",
    "CREATE VIEW over_abroad AS SELECT * FROM abroad",
    "CREATE TABLE mixed (id int, kind text) PARTITION BY LIST (kind)",
    "CREATE TABLE mixed_here PARTITION OF mixed FOR VALUES IN ('a')",
    "CREATE FOREIGN TABLE mixed_abroad PARTITION OF mixed FOR VALUES IN ('b') SERVER elsewhere",
)  # fmt: skip


def execute(uri: str, *statements: str) -> None:
    """In one transaction."""
    with postgres.connect(uri) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        connection.commit()


@pytest.fixture(scope="module")
def database(postgres_uri: str) -> str:
    administer(postgres_uri, *MADE)
    store = opened(postgres_uri)
    assert store.install(store.introspect(Control()).tables, Control()) == ()
    store.close()
    return postgres_uri


@pytest.fixture(scope="module")
def place(database: str) -> Iterator[Watched]:
    with watched(database) as place:
        place.hearing.until(lambda: place.hearing.covered)
        yield place


@pytest.fixture
def hearing(place: Watched) -> Hearing:
    place.hearing.forget()
    return place.hearing


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("INSERT INTO orders VALUES (1, 'x'), (2, 'y'), (3, 'z')", {"orders"}),
        ("UPDATE orders SET note = 'w' WHERE id = 1", {"orders"}),
        ("INSERT INTO orders VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET note = 'v'", {"orders"}),
        ("MERGE INTO orders o USING (VALUES (1)) v (id) ON o.id = v.id WHEN MATCHED THEN UPDATE SET note = 'm'", {"orders"}),
        ("UPDATE order_view SET note = 'through the view'", {"orders"}),
        ("WITH gone AS (DELETE FROM other RETURNING id) INSERT INTO lines SELECT id, 1 FROM gone", {"other", "lines"}),
        ("COPY orders (id) FROM PROGRAM 'echo 10'", {"orders"}),
        ("INSERT INTO lines VALUES (1, 1)", {"lines"}),
        ("DELETE FROM orders WHERE id = 1", {"orders", "lines"}),
        ("TRUNCATE lines", {"lines"}),
        ("TRUNCATE orders CASCADE", {"orders", "lines"}),
        ("INSERT INTO events VALUES (1, 'a')", {"events"}),
        ("INSERT INTO events_b VALUES (1, 'b')", {"events", "events_b"}),
        ("UPDATE events SET kind = 'b'", {"events"}),
        ("INSERT INTO child VALUES (1, 1)", {"child", "mother"}),
        ("UPDATE mother SET id = 2", {"mother"}),
        ("DELETE FROM ONLY mother", {"mother"}),
        (f"INSERT INTO {QUOTED} VALUES (1)", {ODD}),
        ("DO $$ BEGIN SET LOCAL session_replication_role = replica; INSERT INTO other VALUES (1); END $$", {"other"}),
        ("DO $$ BEGIN BEGIN DELETE FROM lines; RAISE 'no'; EXCEPTION WHEN OTHERS THEN DELETE FROM other; END; END $$", {"other"}),
    ],
)  # fmt: skip
def test_each_kind_of_write_is_told_as_one_of_its_tables(
    hearing: Hearing, database: str, statement: str, expected: set[str]
) -> None:
    execute(database, statement)
    execute(database, 'INSERT INTO "CASE" VALUES (1)')
    last = next(name for name in ("CASE", "CASE_2") if f"pg.public.{name}" in hearing.covered)
    assert hearing.told(*expected, last) == {*expected, last}


def test_rows_that_a_driver_copies_are_told(hearing: Hearing, database: str) -> None:
    with postgres.connect(database) as connection, connection.cursor() as cursor:
        cursor.adbc_ingest("other", pa.table({"id": pa.array([1, 2], pa.int32())}), mode="append")
        connection.commit()
    assert hearing.told("other") == {"other"}


def test_names_that_differ_in_case_are_told_apart(hearing: Hearing, place: Watched, database: str) -> None:
    known = {table.stored_as: table.name for table in place.tables}
    for name in ("case", "CASE"):
        execute(database, f'INSERT INTO "{name}" VALUES (1)')
        assert hearing.told(known[name]) == {known[name]}


def test_what_is_rolled_back_is_not_told_and_a_transaction_is_told_once(hearing: Hearing, database: str) -> None:
    with postgres.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO orders VALUES (100, '')")
        connection.rollback()
    hearing.marks.clear()
    execute(database, "INSERT INTO other VALUES (1)", "INSERT INTO other VALUES (2)", "DELETE FROM other")
    assert hearing.told("other") == {"other"}
    execute(database, "INSERT INTO lines VALUES (1)")
    hearing.told("lines")
    assert len(hearing.marks) == len(set(hearing.marks)) == 2


def test_what_any_role_says_on_the_channel_makes_more_out_of_date_never_less(hearing: Hearing, database: str) -> None:
    for payload in ("", "nonsense", "change", "change 1 2", "change x y z", "change 5 99999999 public.x"):
        execute(database, f"NOTIFY foz_watch, '{payload}'")
        assert hearing.told("all") == {"all"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("orders", None),
        ("order_view", None),
        ("over_part", None),
        ("both_views", None),
        ("events", None),
        ("with_clock", "by itself"),
        ("with_today", "by itself"),
        ("with_sample", "by itself"),
        ("over_own", "no ordinary table"),
        ("over_sequence", "no ordinary table"),
        ("held", "materialised"),
        ("over_held", "materialised"),
        ("ruled", "row-level"),
        ("over_ruled", "row-level"),
        ("abroad", "another server"),
        ("over_abroad", "another server"),
        ("mixed", "another server"),
        ("mixed_here", None),
        ("mixed_abroad", "another server"),
    ],
)
def test_which_tables_are_told_of_and_why_not(place: Watched, name: str, reason: str | None) -> None:
    if reason is None:
        assert place.untold(name) == ""
    else:
        assert reason in place.untold(name)
        assert not re.search(r"\b(orders|events|held|ruled|abroad|mixed)\b", place.untold(name))
