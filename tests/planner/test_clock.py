"""The clock within a query: one moment, sent to the stores as a constant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from planner.bind import Bound, bind
from planner.clock import at
from planner.parse import CLOCK_WORDS, parse, reads_clock
from proxy.described import Descriptions
from tests.planner.shop import CATALOG

NOW = datetime(2026, 2, 28, 23, 59, 59, 12_000, tzinfo=UTC)


@pytest.fixture(scope="module")
def descriptions() -> Iterator[Descriptions]:
    descriptions = Descriptions()
    yield descriptions
    descriptions.close()


def bound(sql: str, descriptions: Descriptions) -> Bound:
    return bind(parse(sql), CATALOG, lambda *asked: descriptions.describe(*asked).columns)


def stopped(sql: str, descriptions: Descriptions) -> str:
    qualified = at(bound(sql, descriptions), NOW).qualified
    assert qualified is not None
    return qualified.sql(dialect="duckdb")


@pytest.mark.parametrize(
    "sql", ["now()", "current_timestamp", "get_current_timestamp()", "transaction_timestamp()", "current_date", "today()",
            "localtimestamp", "localtime", "current_localtimestamp()"],
)  # fmt: skip
def test_each_function_has_the_value_and_type_of_duckdbs(descriptions: Descriptions, sql: str) -> None:
    """DuckDB's own value of the same moment, to the tenth of a second that lies between the two."""
    found = at(bound(f"SELECT {sql} AS v FROM shop.orders", descriptions), datetime.now(UTC)).qualified
    assert found is not None
    constant = found.selects[0].unalias().sql(dialect="duckdb")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        ours, theirs, type, expected = (
            connection.execute(
                f"SELECT CAST({constant} AS VARCHAR), CAST({sql} AS VARCHAR), typeof({constant}), typeof({sql})"
            ).fetchone()
            or ()
        )
    assert type == expected
    moments = [each if ":" not in each or "-" in each else f"2000-01-01 {each}" for each in (ours, theirs)]
    early, late = (datetime.fromisoformat(each.removesuffix("+00")) for each in moments)
    apart = abs(late - early) % timedelta(days=1)
    assert min(apart, timedelta(days=1) - apart) < timedelta(minutes=1)


def test_one_query_has_one_moment(descriptions: Descriptions) -> None:
    sql = "SELECT id, now() AS t FROM shop.orders WHERE placed_at > current_date - 30 OR placed_at = (SELECT localtimestamp)"
    assert stopped(sql, descriptions) == (
        """SELECT "orders"."id" AS "id", CAST('2026-02-28 23:59:59.012000+00' AS TIMESTAMPTZ) AS "t" """
        """FROM "shop"."public"."orders" AS "orders" WHERE "orders"."placed_at" > CAST('2026-02-28' AS DATE) - 30 """
        """OR "orders"."placed_at" = (SELECT CAST('2026-02-28 23:59:59.012000' AS TIMESTAMP) AS "_col_0")"""
    )


@pytest.mark.parametrize("rare", ["current_time", "age(placed_at)"])
def test_what_has_no_value_here_leaves_the_rest_to_duckdb_too(descriptions: Descriptions, rare: str) -> None:
    query = bound(f"SELECT {rare}, now() FROM shop.orders", descriptions)
    assert at(query, NOW) is query
    assert query.qualified is not None
    assert sum(map(reads_clock, query.qualified.walk())) == 2


@pytest.mark.parametrize("word", sorted(CLOCK_WORDS))
def test_a_column_is_meant_before_the_clock(descriptions: Descriptions, word: str) -> None:
    query = bound(f"SELECT {word} FROM (SELECT placed_at AS {word} FROM shop.orders) WHERE {word} < now()", descriptions)
    assert query.qualified is None
