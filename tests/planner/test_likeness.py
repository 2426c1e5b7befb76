"""Which fragments history takes for alike, and what of their constants counts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from planner.catalog import Catalog
from planner.likeness import Likeness, Whole, shape_text, whole
from proxy.planning import Planning
from proxy.request import Caller, Request
from proxy.residual import Engine
from tests.planner.shop import CATALOG


@pytest.fixture(scope="module")
def planning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planning]:
    engine = Engine(64_000_000, str(tmp_path_factory.mktemp("engine")))
    yield Planning(lambda: CATALOG, engine.describe, engine.compute)
    engine.close()


def like(planning: Planning, sql: str) -> Whole:
    return planning.plan(Request(sql, Caller(), "r_test", "test")).whole


def one(planning: Planning, sql: str) -> Likeness:
    (found,) = like(planning, sql).fragments
    return found


@pytest.mark.parametrize(
    ("sql", "shape"),
    [
        ("""SELECT "a1" FROM t2 WHERE b = 17""", """SELECT "a1" FROM t2 WHERE b = ?"""),
        ("SELECT 'it''s', 1.5e3, x12 FROM t", "SELECT ?, ?, x12 FROM t"),
        ("SELECT a FROM t WHERE b IN (1, 2, 3)", "SELECT a FROM t WHERE b IN (?×1)"),
        ("SELECT a FROM t WHERE b IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)", "SELECT a FROM t WHERE b IN (?×10)"),
        ("SELECT a FROM t LIMIT 10", "SELECT a FROM t LIMIT 10^1"),
        ("SELECT a FROM t LIMIT 10000000 OFFSET 5", "SELECT a FROM t LIMIT 10^7 OFFSET ?"),
        ("""SELECT "it's 5" FROM t""", """SELECT "it's 5" FROM t"""),
    ],
)
def test_a_shape_has_no_constants(sql: str, shape: str) -> None:
    assert shape_text(sql) == shape


def test_no_constant_is_kept(planning: Planning) -> None:
    found = one(planning, "SELECT id FROM shop.orders WHERE status = 'a secret' AND total > 4711")
    assert "secret" not in found.text + "".join(found.keys)
    assert "4711" not in found.text + "".join(found.keys)


def test_constants_of_a_kind_are_alike(planning: Planning) -> None:
    sql = "SELECT id FROM shop.orders WHERE id = {}"
    found = [one(planning, sql.format(key)) for key in range(1, 8)]
    assert len({each.keys for each in found}) == 1
    assert found[0].keys[1:] == (found[0].keys[1], "shop/public.orders", "shop")


@pytest.mark.parametrize(
    ("few", "many"),
    [
        ("SELECT sku FROM shop.stock LIMIT 10", "SELECT sku FROM shop.stock LIMIT 10000000"),
        ("SELECT sku FROM shop.stock WHERE amount > 999", "SELECT sku FROM shop.stock WHERE amount > 1"),
        ("SELECT sku FROM shop.stock WHERE place = 'Faro'", "SELECT sku FROM shop.stock WHERE place = 'Lisbon'"),
        ("SELECT sku FROM shop.stock WHERE sku = 'a'", "SELECT sku FROM shop.stock WHERE sku > 'a'"),
    ],
)
def test_constants_that_choose_another_number_of_rows_are_not(planning: Planning, few: str, many: str) -> None:
    small, large = one(planning, few), one(planning, many)
    assert small.keys[0] != large.keys[0]
    assert small.keys[2:] == large.keys[2:]
    assert small.work_ms < large.work_ms


def test_plans_of_one_pattern_are_as_alike_as_their_constants(planning: Planning) -> None:
    """A text that follows a pattern is planned without its statistics being looked at: what it is like must be."""
    sql = "SELECT amount FROM shop.stock WHERE amount > {}"
    by_pattern = {bound: one(planning, sql.format(bound)) for bound in (1, 2, 3, 5, 999, 998, 500, 1)}
    fresh = Planning(lambda: CATALOG, planning._describe, planning._compute)
    for bound, found in by_pattern.items():
        assert one(fresh, sql.format(bound) + " ") == found
    assert by_pattern[1].keys[0] != by_pattern[999].keys[0]
    assert (by_pattern[1].given.rows or 0) > 10 * (by_pattern[999].given.rows or 0)


def test_sources_of_a_query_are_told_apart(planning: Planning) -> None:
    found = like(planning, "SELECT o.id, c.name FROM shop.orders o JOIN crm.customers c ON c._id = o.customer_id WHERE o.id = 3")
    assert [each.source for each in found.fragments] == ["shop", "crm"]
    assert found.keys[1:] == ("query/residual", "query/over crm+shop")
    assert "3" not in found.text


def test_the_same_in_every_process(planning: Planning) -> None:
    """Histories are shared under these names."""
    assert whole(planning.plan(Request("SELECT sku FROM shop.stock", Caller(), "r", "t")).plan, CATALOG.by_id) == like(
        planning, "SELECT sku FROM shop.stock"
    )
    assert one(planning, "SELECT sku FROM shop.stock").keys[0] == "shop/public.stock/b7bbfb3b3401a860#9.9"


def test_without_statistics_a_size_is_not_known(planning: Planning) -> None:
    assert isinstance(CATALOG, Catalog)
    found = one(planning, "SELECT name FROM crm.customers")
    assert found.keys[0].endswith("#-.-")
    assert (found.rows, found.bytes) == (None, None)
