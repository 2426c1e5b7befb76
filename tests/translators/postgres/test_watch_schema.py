"""What becomes of PostgreSQL's watch when tables come, go and change, with the event triggers and without."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from demo.server import Server
from tests.conftest import fresh_name, with_database
from tests.translators.postgres.beside import administer
from tests.translators.postgres.hearing import Watched, opened, watched
from translators.control import Control

MADE = (
    "CREATE TABLE orders (id int)",
    "CREATE TABLE other (id int)",
    "CREATE TABLE events (id int, kind text) PARTITION BY LIST (kind)",
    "CREATE TABLE events_a PARTITION OF events FOR VALUES IN ('a')",
    "CREATE TABLE apart (id int, kind text)",
    "CREATE TABLE mother (id int)",
    "CREATE VIEW order_view AS SELECT id FROM orders",
)


@pytest.fixture
def empty(postgres_server: Server) -> Iterator[str]:
    """A database of the test's own, with the tables and no triggers."""
    name = fresh_name()
    administer(postgres_server.uri, f"CREATE DATABASE {name}")
    uri = with_database(postgres_server.uri, name)
    administer(uri, *MADE)
    yield uri
    administer(postgres_server.uri, f"DROP DATABASE {name} WITH (FORCE)")


def prepared(uri: str) -> tuple[str, ...]:
    store = opened(uri)
    failed = store.install(store.introspect(Control()).tables, Control())
    store.close()
    return failed


@pytest.fixture
def database(empty: str) -> str:
    assert prepared(empty) == ()
    return empty


@pytest.fixture
def place(database: str) -> Iterator[Watched]:
    with watched(database) as place:
        place.hearing.until(lambda: place.hearing.covered)
        place.hearing.told("all")
        yield place


WITHOUT_EVENTS = ("DROP EVENT TRIGGER foz_watch_altered", "DROP EVENT TRIGGER foz_watch_dropped")


@pytest.fixture(params=["events", "fingerprint"])
def either(request: pytest.FixtureRequest, database: str) -> Iterator[Watched]:
    """A watch that is told of schema changes, and one that has to look."""
    if request.param == "fingerprint":
        administer(database, *WITHOUT_EVENTS)
    with watched(database) as place:
        place.hearing.until(lambda: place.hearing.covered)
        place.hearing.told("all")
        yield place


def after(place: Watched, *statements: str) -> None:
    """Does it and waits until the watch is live again, with everything out of date."""
    lives = place.hearing.lives
    administer(place.uri, *statements)
    place.hearing.until(lambda: place.hearing.lives > lives and place.hearing.covered)
    assert "all" in place.hearing.told("all")


@pytest.mark.parametrize(
    ("statement", "table", "reason"),
    [
        ("ALTER TABLE orders DISABLE TRIGGER ALL", "orders", "not enabled"),
        ("ALTER TABLE orders ENABLE TRIGGER foz_watch", "orders", "not enabled"),
        ("ALTER TABLE orders ENABLE REPLICA TRIGGER foz_watch", "order_view", "not enabled"),
        ("DROP TRIGGER foz_watch ON orders", "orders", "no trigger"),
        ("DROP TRIGGER foz_watch ON events_a", "events", "no trigger"),
        ("DROP TRIGGER foz_watch ON events", "events_a", "no trigger"),
        (
            "DROP TRIGGER foz_watch ON orders; "
            "CREATE TRIGGER foz_watch AFTER INSERT OR UPDATE OF id OR DELETE OR TRUNCATE ON orders FOR EACH STATEMENT "
            "EXECUTE FUNCTION foz_watch.changed(); ALTER TABLE orders ENABLE ALWAYS TRIGGER foz_watch",
            "orders",
            "no trigger",
        ),
        ("ALTER TABLE orders ENABLE ROW LEVEL SECURITY", "order_view", "row-level"),
        ("ALTER TABLE orders RENAME TO renamed", "orders", "no such table"),
        ("CREATE SCHEMA elsewhere; ALTER TABLE orders SET SCHEMA elsewhere", "orders", "no such table"),
        ("DROP TABLE orders CASCADE", "order_view", "no such table"),
        ("CREATE OR REPLACE VIEW order_view AS SELECT id FROM other", "order_view", "other tables"),
        ("CREATE OR REPLACE VIEW order_view AS SELECT id FROM orders WHERE now() > '2024-01-01'", "order_view", "by itself"),
        ("ALTER TABLE apart ADD COLUMN y int, INHERIT mother", "apart", "other tables"),
        ("ALTER TABLE events ATTACH PARTITION apart FOR VALUES IN ('x')", "apart", "other tables"),
    ],
)  # fmt: skip
def test_what_a_schema_change_ends(either: Watched, statement: str, table: str, reason: str) -> None:
    after(either, *statement.split("; "))
    either.hearing.until(lambda: reason in either.hearing.untold.get(f"pg.public.{table}", ""))
    assert either.untold("other") == ""


def test_a_table_that_is_attached_later_is_told_as_one_of_its_parent(place: Watched) -> None:
    administer(place.uri, "INSERT INTO apart VALUES (1, 'x')")
    place.hearing.told("apart")
    after(place, "ALTER TABLE events ATTACH PARTITION apart FOR VALUES IN ('x')")
    assert place.untold("events") == ""
    administer(place.uri, "INSERT INTO apart VALUES (2, 'x')")
    assert place.hearing.told("apart") == {"apart", "events"}


def test_a_partition_that_is_made_later_has_its_trigger_from_the_beginning(place: Watched) -> None:
    after(place, "CREATE TABLE events_c PARTITION OF events FOR VALUES IN ('c')")
    assert place.untold("events") == ""
    administer(place.uri, "COPY events_c FROM PROGRAM 'printf 1\\\\tc'")
    assert place.hearing.told("events") == {"events_c", "events"}
    after(place, "CREATE TABLE child (y int) INHERITS (mother)")
    assert place.untold("mother") == ""
    administer(place.uri, "INSERT INTO child VALUES (1, 2)")
    assert place.hearing.told("mother") == {"child", "mother"}


def test_without_event_triggers_a_partition_that_is_made_later_ends_the_watch_of_its_parent(place: Watched) -> None:
    administer(place.uri, *WITHOUT_EVENTS)
    after(place, "CREATE TABLE events_c PARTITION OF events FOR VALUES IN ('c')")
    place.hearing.until(lambda: "no trigger" in place.hearing.untold.get("pg.public.events", ""))
    assert prepared(place.uri) == ()
    place.hearing.until(lambda: "pg.public.events" in place.hearing.covered)


def test_a_table_that_is_made_with_its_rows_counts(place: Watched) -> None:
    after(place, "CREATE TABLE filled AS SELECT 1 AS id")
    administer(place.uri, "INSERT INTO filled VALUES (2)")
    assert place.hearing.told("filled") == {"filled"}


def test_temporary_tables_and_indexes_do_not_disturb(place: Watched) -> None:
    lives = place.hearing.lives
    administer(
        place.uri,
        "CREATE TEMPORARY TABLE passing (id int)",
        "INSERT INTO passing VALUES (1)",
        "ALTER TABLE passing ADD COLUMN x int",
        "DROP TABLE passing",
        "CREATE INDEX ON orders (id)",
        "ANALYZE",
        "INSERT INTO other VALUES (1)",
    )
    assert place.hearing.told("other") == {"other"}
    assert place.hearing.lives == lives


def test_a_table_that_is_replicated_from_elsewhere_is_not_told_of(place: Watched) -> None:
    name = urlsplit(place.uri).path[1:]
    administer(place.uri, "CREATE PUBLICATION several FOR TABLE orders")
    options = f"slot_name = '{name}', create_slot = false, enabled = false"
    after(place, f"CREATE SUBSCRIPTION here CONNECTION '{place.uri}' PUBLICATION several WITH ({options})")
    place.hearing.until(lambda: "replicated" in place.hearing.untold.get("pg.public.orders", ""))
    assert "replicated" in place.untold("order_view")
    administer(place.uri, "ALTER SUBSCRIPTION here SET (slot_name = NONE)", "DROP SUBSCRIPTION here")


def test_what_is_installed_twice_is_there_once_and_can_be_taken_away(place: Watched) -> None:
    tables = place.tables
    found = place.store.watchable(tables, Control())
    assert (set(found.watched), found.unwatched, found.statements) == ({table.path for table in tables}, {}, ())
    assert place.store.install(tables, Control()) == ()
    administer(place.uri, "INSERT INTO other VALUES (1)")
    assert place.hearing.told("other") >= {"other"}
    place.store.uninstall(Control())
    place.hearing.until(lambda: any("no triggers" in reason for reason in place.hearing.reasons))
    found = place.store.watchable(tables, Control())
    assert (found.watched, set(found.unwatched)) == ((), {table.path for table in tables})
    administer(place.uri, *found.statements)
    place.hearing.until(lambda: len(place.hearing.covered) == len(tables))


def test_a_role_that_may_not_do_all_of_it_does_what_it_may(empty: str) -> None:
    name = urlsplit(empty).path[1:]
    administer(
        empty,
        f"CREATE ROLE {name} LOGIN",
        f"GRANT CREATE ON DATABASE {name} TO {name}",
        f"GRANT ALL ON SCHEMA public TO {name}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}",
        f"ALTER TABLE orders OWNER TO {name}",
        f"ALTER TABLE events OWNER TO {name}",
        f"ALTER TABLE events_a OWNER TO {name}",
    )
    parts = urlsplit(empty)
    uri = parts._replace(netloc=f"{name}@{parts.netloc.rpartition('@')[2]}").geturl()
    failed = prepared(uri)
    assert len(failed) == 4
    assert sorted(sentence.partition(" did")[0] for sentence in failed[:3]) == [
        f"pg.public.{n}" for n in ("apart", "mother", "other")
    ]
    assert failed[3].startswith("There are no event triggers")
    try:
        with watched(uri) as place:
            place.hearing.until(lambda: place.hearing.covered)
            assert place.untold("order_view") == place.untold("events") == ""
            assert "no trigger" in place.untold("other")
    finally:
        administer(empty, f"REASSIGN OWNED BY {name} TO CURRENT_USER", f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_a_failure_of_the_event_trigger_stops_nobody(place: Watched) -> None:
    administer(place.uri, "DROP FUNCTION foz_watch.changed() CASCADE")
    place.hearing.until(lambda: not place.hearing.covered)
    administer(place.uri, "CREATE TABLE anyway (id int)", "INSERT INTO anyway VALUES (1)", "DROP TABLE anyway")


def test_another_roles_function_is_not_taken_for_ours(empty: str) -> None:
    name = urlsplit(empty).path[1:]
    administer(
        empty,
        f"CREATE ROLE {name}",
        "CREATE SCHEMA foz_watch",
        "CREATE FUNCTION foz_watch.changed() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        f"ALTER FUNCTION foz_watch.changed() OWNER TO {name}",
    )
    try:
        assert prepared(empty) == ()
        owners = "SELECT 1 / (count(*) = 0)::int FROM pg_proc WHERE proname = 'changed' AND proowner <> current_user::regrole"
        administer(empty, owners)
        with watched(empty) as place:
            place.hearing.until(lambda: place.hearing.covered)
            place.hearing.told("all")
            administer(empty, "INSERT INTO other VALUES (1)")
            place.hearing.told("other")
    finally:
        administer(empty, f"DROP OWNED BY {name}", f"DROP ROLE {name}")
