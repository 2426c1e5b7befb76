"""Names: tables and columns resolved, unknown ones told with the nearest, outputs called as DuckDB calls them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlglot import exp

from planner.bind import Bound, bind
from planner.catalog import Catalog, Grants, Source
from planner.errors import FozError, SourceUnavailable, UnknownTable
from planner.parse import parse
from proxy.described import Descriptions
from tests.planner.shop import CATALOG


@pytest.fixture(scope="module")
def descriptions() -> Iterator[Descriptions]:
    descriptions = Descriptions()
    yield descriptions
    descriptions.close()


def bound(descriptions: Descriptions, sql: str, catalog: Catalog = CATALOG, *defaults: str) -> Bound:
    return bind(parse(sql), catalog, lambda *asked: descriptions.describe(*asked).columns, *defaults)


NAMED = [
    ("SELECT * FROM shop.orders", ["id", "customer_id", "total", "status", "placed_at"]),
    ("SELECT ID, Total FROM SHOP.Orders", ["id", "total"]),
    ("SELECT shop.orders.id FROM shop.orders", ["id"]),
    ("SELECT shop.public.orders.id + 1 FROM shop.public.orders", ["(orders.id + 1)"]),
    ('SELECT o.id AS "X y" FROM shop.public.orders o', ["X y"]),
    (
        "SELECT count(*), sum(total), substr(status, 1, 2) FROM shop.orders GROUP BY ALL",
        ["count_star()", "sum(total)", "substr(status, 1, 2)"],
    ),
    ("SELECT address.city, country FROM crm.customers", ["city", "Country"]),
    ("WITH orders AS (SELECT id AS n FROM shop.orders) SELECT * FROM orders", ["n"]),
    ("WITH a AS (SELECT 1 AS x), b AS (SELECT * FROM a) SELECT * FROM b", ["x"]),
    ("SELECT (SELECT max(id) FROM shop.orders) FROM crm.customers", ["(SELECT max(id) FROM shop.orders)"]),
    ("SELECT id, id, 1 AS id FROM shop.orders", ["id", "id", "id"]),
]


@pytest.mark.parametrize(("sql", "names"), NAMED)
def test_outputs_are_called_as_duckdb_calls_them(descriptions: Descriptions, sql: str, names: list[str]) -> None:
    assert [column.name for column in bound(descriptions, sql).columns] == names


UNKNOWN = [
    ("SELECT * FROM shop.ordrs", "sql.unknown_table", ["shop.orders"]),
    ("SELECT * FROM orders", "sql.unknown_table", ["shop.orders"]),
    ("SELECT * FROM shp.orders", "sql.unknown_table", ["shop.orders"]),
    ("SELECT * FROM shop.nothing_like_it", "sql.unknown_table", None),
    ("SELECT * FROM information_schema.tables", "sql.unknown_table", None),
    ("SELECT * FROM sqlite_master", "sql.unknown_table", None),
    ("FROM 'file.csv'", "sql.unknown_table", None),
    ("WITH x AS (SELECT * FROM y), y AS (SELECT 1) SELECT * FROM x", "sql.unknown_table", None),
    ("SELECT totl FROM shop.orders", "sql.unknown_column", ["total"]),
    ("SELECT o.nothing FROM shop.orders o", "sql.unknown_column", None),
    ("SELECT x.id FROM shop.orders o", "sql.unknown_table", None),
    ("SELECT id FROM shop.orders a, shop.orders b", "sql.type", None),
    ("SELECT id + status + placed_at FROM shop.orders", "sql.type", None),
    ("SELECT nofunction(id) FROM shop.orders", "sql.unsupported", None),
]


@pytest.mark.parametrize(("sql", "code", "nearest"), UNKNOWN)
def test_what_cannot_be_named_is_told_with_the_nearest(
    descriptions: Descriptions, sql: str, code: str, nearest: list[str] | None
) -> None:
    with pytest.raises(FozError) as caught:
        bound(descriptions, sql)
    assert caught.value.code == code, caught.value.message
    if nearest:
        assert set(nearest) <= set(caught.value.details["nearest"])
    assert "t_" not in caught.value.message


def test_what_is_not_granted_does_not_exist(descriptions: Descriptions) -> None:
    visible = CATALOG.visible_to(Grants(("shop.lines",)))
    assert bound(descriptions, "SELECT * FROM shop.lines", visible).columns
    with pytest.raises(UnknownTable) as caught:
        bound(descriptions, "SELECT * FROM shop.orders", visible)
    assert "orders" not in str(caught.value.details.get("nearest", ""))
    with pytest.raises(UnknownTable):
        bound(descriptions, "SELECT (SELECT max(name) FROM crm.customers) FROM shop.lines", visible)


def test_session_defaults_name_tables(descriptions: Descriptions) -> None:
    assert bound(descriptions, "SELECT id FROM orders", CATALOG, "shop").columns
    assert bound(descriptions, "SELECT id FROM public.orders", CATALOG, "shop").columns
    assert bound(descriptions, "SELECT id FROM orders", CATALOG, "shop", "public").columns


def test_a_source_that_never_answered_is_unavailable(descriptions: Descriptions) -> None:
    down = Catalog((*CATALOG.sources, Source("far", "postgres", problem="It does not answer.")))
    with pytest.raises(SourceUnavailable, match="far is down: It does not answer"):
        bound(descriptions, "SELECT * FROM far.things", down)


def test_aliases_are_unique_in_the_qualified_query(descriptions: Descriptions) -> None:
    sql = "SELECT * FROM shop.orders o WHERE EXISTS (SELECT 1 FROM shop.lines o WHERE o.quantity = 1)"
    qualified = bound(descriptions, sql).qualified
    assert qualified is not None
    aliases = [table.alias for table in qualified.find_all(exp.Table)]
    assert len(set(aliases)) == len(aliases)


def test_the_version_follows_the_content() -> None:
    source = CATALOG.sources[0]
    assert Catalog(CATALOG.sources).version == CATALOG.version
    assert Catalog((replace(source, version=2), *CATALOG.sources[1:])).version != CATALOG.version


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT x.p FROM shop.orders x(p) WHERE x.p > 3",
        "SELECT status, product(id) FROM shop.orders GROUP BY ALL",
        "SELECT 1 AS one FROM shop.orders GROUP BY ALL",
        "SELECT 'x' AS one FROM shop.orders GROUP BY 1",
        "SELECT current_date FROM (SELECT placed_at AS current_date FROM shop.orders)",
        "SELECT name FROM (SELECT unnest(address), name FROM crm.customers)",
        "SELECT * FROM (SELECT unnest(tags), unnest({'a': name, 'b': score}) FROM crm.customers)",
    ],
)
def test_what_cannot_be_written_otherwise_runs_as_written(descriptions: Descriptions, sql: str) -> None:
    assert bound(descriptions, sql).qualified is None


def test_no_position_is_left_in_a_qualified_query(descriptions: Descriptions) -> None:
    qualified = bound(
        descriptions, "SELECT 5 AS a, id FROM shop.orders UNION ALL SELECT id, id FROM shop.orders ORDER BY 2"
    ).qualified
    assert qualified is not None
    assert qualified.args["order"].sql(dialect="duckdb") == 'ORDER BY "id"'


@pytest.mark.parametrize("group", ["1", "tag", "unnest(tags)"])
def test_the_elements_by_which_a_select_groups_come_from_a_join(descriptions: Descriptions, group: str) -> None:
    qualified = bound(descriptions, f"SELECT unnest(tags) AS tag, count(*) AS n FROM crm.customers GROUP BY {group}").qualified
    assert qualified is not None
    assert qualified.sql(dialect="duckdb") == (
        'SELECT _unnested._element AS "tag", COUNT(*) AS "n" FROM "crm"."crm"."customers" AS "customers" '
        'CROSS JOIN UNNEST("customers"."tags") AS _unnested(_element) GROUP BY _unnested._element'
    )


def test_the_text_of_a_shape_has_its_constants_back(descriptions: Descriptions) -> None:
    shape = bound(descriptions, "SELECT id FROM shop.orders WHERE id = $1 AND status = $2")
    query = shape.with_constants((exp.Literal.number(7), exp.Literal.string("it's $1")))
    written = query.residual_text(["f0"]).replace("  ", " ").strip()
    assert written == """SELECT id FROM "f0" AS "orders" WHERE id = 7 AND status = 'it''s $1'"""


def test_a_table_named_in_capitals_is_qualified_too(descriptions: Descriptions) -> None:
    shop = CATALOG.by_id["shop"]
    capitals = Catalog((replace(shop, tables=tuple(replace(table, name="Orders") for table in shop.tables[:1])),))
    found = bound(descriptions, 'SELECT count(*), "Orders".status FROM shop."Orders" GROUP BY ALL', capitals)
    assert found.qualified is not None
    assert {column.table for column in found.qualified.find_all(exp.Column)} == {"orders"}
