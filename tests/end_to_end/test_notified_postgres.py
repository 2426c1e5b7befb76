"""Answers over PostgreSQL are given again while its triggers tell of no change: over HTTP, in memory and in Redis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis

from demo.server import Server
from tests.end_to_end.test_cache import asked, explained, status
from tests.end_to_end.test_notified import kept, soon
from tests.end_to_end.world import ROOT, World, digest, serving
from tests.translators.postgres.beside import administer
from tests.translators.postgres.hearing import opened
from translators.control import Control

ORDERS = "SELECT count(*) AS n FROM shop.orders"
VIEW = "SELECT count(*) AS n FROM shop.order_view"
PAYROLL = "SELECT count(*) AS n FROM shop.payroll"
PARTS = "SELECT count(*) AS n FROM shop.events"
EVE = "token-of-eve-11aa"
LISTENERS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'foz watch' AND datname = current_database()"


@pytest.fixture(scope="module")
def prepared(filled: tuple[str, str, Any]) -> tuple[str, str, Any]:
    uri = filled[0]
    administer(
        uri,
        "CREATE TABLE events (id int, kind text) PARTITION BY LIST (kind)",
        "CREATE TABLE events_a PARTITION OF events FOR VALUES IN ('a')",
        "CREATE VIEW with_clock AS SELECT id FROM orders WHERE placed < now()",
    )
    store = opened(uri)
    assert store.install(store.introspect(Control()).tables, Control()) == ()
    store.close()
    return filled


@pytest.fixture(scope="module", params=["memory", "redis"])
def told(request: pytest.FixtureRequest, prepared: tuple[str, str, Any], redis_server: Server) -> Iterator[World]:
    """A Foz with a cache of either kind that hears of PostgreSQL's changes."""
    with redis.Redis.from_url(redis_server.uri) as client:
        client.flushall()
    uri = "memory://" if request.param == "memory" else redis_server.uri
    tokens = [
        {"name": "root", "sha256": digest(ROOT), "admin": True},
        {"name": "eve", "sha256": digest(EVE), "grants": ["shop.payroll_view"]},
    ]
    with serving(*prepared, cache=uri, tokens=tokens) as world:
        kept(world, ORDERS)
        yield world


def write(world: World, *statements: str) -> None:
    administer(world.postgres_uri, *statements)


@pytest.mark.parametrize("again", range(5))
def test_a_write_makes_an_answer_out_of_date_and_leaves_that_over_another_table(told: World, again: int) -> None:
    before = [kept(told, sql)[0]["n"] for sql in (ORDERS, VIEW, PAYROLL)]
    write(told, "INSERT INTO orders (id) SELECT max(id) + 1 FROM orders")
    soon(lambda: status(asked(told, ORDERS)) == ("miss", "notified"))
    after = asked(told, ORDERS)
    assert (status(after), after["rows"][0]["n"]) == (("hit", "notified"), before[0] + 1)
    seen = asked(told, VIEW)
    assert (status(seen), seen["rows"][0]["n"]) == (("miss", "notified"), before[1] + 1)
    other = asked(told, PAYROLL)
    assert (status(other), other["rows"][0]["n"]) == (("hit", "notified"), before[2])


def test_a_write_to_a_partition_is_one_to_what_it_is_part_of(told: World) -> None:
    part = "SELECT count(*) AS n FROM shop.events_a"
    for table in ("events", "events_a"):
        before = [kept(told, sql)[0]["n"] for sql in (PARTS, part)]
        write(told, f"INSERT INTO {table} VALUES (1, 'a')")
        soon(lambda: status(asked(told, PARTS))[0] == "miss")
        soon(lambda: status(asked(told, part)) == ("hit", "notified"))
        assert [asked(told, sql)["rows"][0]["n"] for sql in (PARTS, part)] == [each + 1 for each in before]


def test_no_answer_is_older_than_one_that_was_given_before(told: World) -> None:
    seen = kept(told, PAYROLL)[0]["n"]
    for number in range(40):
        write(told, f"INSERT INTO payroll (id) SELECT max(id) + 1 FROM payroll /* {number} */")
        answer = asked(told, PAYROLL)
        assert answer["rows"][0]["n"] >= seen, number
        seen = answer["rows"][0]["n"]
    written = asked(told, PAYROLL, cache="bypass")["rows"][0]["n"]
    soon(lambda: bool(asked(told, PAYROLL)["rows"][0]["n"] == written))


def test_a_schema_change_is_a_change(told: World) -> None:
    sql = "SELECT note FROM shop.orders WHERE id = 1"
    kept(told, sql)
    write(told, "ALTER TABLE orders ALTER COLUMN note TYPE text USING 'altered ' || id")
    soon(lambda: bool(asked(told, sql)["rows"] == [{"note": "altered 1"}]))
    assert kept(told, sql) == [{"note": "altered 1"}]


def test_what_is_not_heard_of_is_not_kept_and_it_is_said_why(told: World) -> None:
    sql = "SELECT count(*) AS n FROM shop.with_clock"
    for answer in (asked(told, sql)["cache"], explained(told, sql)["cache"]):
        assert answer["status"] == "bypass"
        assert "changes of shop.public.with_clock are not heard of: it computes with" in answer["reason"]


def test_while_a_trigger_is_off_its_table_is_not_kept(told: World) -> None:
    before = kept(told, ORDERS)[0]["n"]
    write(told, "ALTER TABLE orders DISABLE TRIGGER foz_watch")
    soon(lambda: "not enabled" in str(asked(told, ORDERS)["cache"].get("reason")))
    write(told, "INSERT INTO orders (id) SELECT max(id) + 1 FROM orders")
    answer = asked(told, ORDERS)
    assert (status(answer), answer["rows"][0]["n"]) == (("bypass", None), before + 1)
    write(told, "ALTER TABLE orders ENABLE ALWAYS TRIGGER foz_watch")
    assert kept(told, ORDERS)[0]["n"] == before + 1


def test_a_listener_that_is_killed_leaves_nothing_old_behind(told: World) -> None:
    for _ in range(5):
        before = kept(told, ORDERS)[0]["n"]
        write(
            told,
            f"SELECT pg_terminate_backend(pid, 5000) FROM ({LISTENERS}) l",
            "INSERT INTO orders (id) SELECT max(id) + 1 FROM orders",
        )
        soon(lambda before=before: bool(asked(told, ORDERS)["rows"][0]["n"] == before + 1))  # type: ignore[misc]
        assert kept(told, ORDERS)[0]["n"] == before + 1


def test_the_tables_behind_a_view_are_named_only_to_who_may_see_them(told: World) -> None:
    sql = "SELECT count(*) AS n FROM shop.payroll_view"
    soon(lambda: status(asked(told, sql, EVE))[0] == "hit")
    for answer in (asked(told, sql, EVE), explained(told, sql, EVE)):
        assert set(answer["cache"]["versions"]) == {"shop", "shop.public.payroll_view"}
    kept(told, sql)
    assert "shop.public.payroll" in asked(told, sql)["cache"]["versions"]
