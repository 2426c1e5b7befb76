"""Simple queries are qualified as sqlglot qualifies them, and others are left to it."""

from __future__ import annotations

import pytest
from sqlglot import exp, parse_one
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from planner.simple import qualified_simply
from tests.planner.shop import ORDERS

SIMPLE = [
    "SELECT id FROM o",
    "SELECT id, total FROM o WHERE id = 7",
    "SELECT o.id, O.TOTAL FROM o WHERE o.Id = $1 AND status <> 'x'",
    'SELECT "ID", "Total" AS "What It Costs" FROM o WHERE "ID" IN (1, 2, 3)',
    "SELECT id AS id, status s FROM o WHERE NOT (total BETWEEN 1 AND 2.5 OR status LIKE 'a%') LIMIT 5 OFFSET 2",
    "SELECT id, id FROM o WHERE placed_at >= CAST('2024-01-01' AS TIMESTAMP) AND status IS NULL AND -id < total * 2 + 1 - id",
    "SELECT 1 AS one, status = 'open' AS is_open, total + 1 AS dearer FROM o WHERE status IS NOT NULL AND TRUE",
]

NOT_SIMPLE = [
    "SELECT * FROM o",
    "SELECT id + 1 FROM o",
    "SELECT total AS id FROM o WHERE id = 1",
    "SELECT total + 1 AS dear FROM o WHERE dear > 5",
    "SELECT id FROM o ORDER BY 1",
    "SELECT DISTINCT id FROM o",
    "SELECT count(*) AS n FROM o",
    "SELECT id FROM o WHERE missing = 1",
    "SELECT x.id FROM o",
    "SELECT id FROM o WHERE id IN (SELECT id FROM o)",
    "SELECT id FROM o WHERE status.length = 1",
    "SELECT id FROM o GROUP BY id",
    "SELECT o FROM o",
    "SELECT id FROM o UNION ALL SELECT id FROM o",
    "WITH p AS (SELECT id FROM o) SELECT id FROM o",
    "SELECT a.id FROM o a, o b",
]


def named(sql: str) -> exp.Query:
    """The query as binding hands it over: its tables named and with an alias."""
    query = parse_one(sql, dialect="duckdb")
    assert isinstance(query, exp.Query)
    for node in query.find_all(exp.Table):
        if node.args.get("alias") is None:
            node.set("alias", exp.TableAlias(this=exp.to_identifier(node.name)))
        for part, name in (("catalog", "shop"), ("db", "public"), ("this", "orders")):
            node.set(part, exp.to_identifier(name, quoted=True))
    for node in query.walk():
        node._meta = None
    return query


@pytest.mark.parametrize("sql", SIMPLE)
def test_a_simple_query_becomes_what_sqlglot_makes_of_it(sql: str) -> None:
    query = named(sql)
    schema = MappingSchema(
        {"shop": {"public": {"orders": {name: column.type for name, column in ORDERS.by_name.items()}}}},
        dialect="duckdb",
        normalize=False,
    )
    expected = qualify(named(sql), schema=schema, dialect="duckdb", validate_qualify_columns=False)
    assert qualified_simply(query, ORDERS)
    assert query == expected
    assert query.sql("duckdb") == expected.sql("duckdb")
    assert all(identifier.args["quoted"] for identifier in query.find_all(exp.Identifier))


@pytest.mark.parametrize("sql", NOT_SIMPLE)
def test_any_other_is_left_as_it_is(sql: str) -> None:
    query = named(sql)
    assert not qualified_simply(query, ORDERS)
    assert query == named(sql)
