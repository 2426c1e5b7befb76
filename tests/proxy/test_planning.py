"""What planning remembers: a plan is never another text's, caller's, session's, catalogue's or moment's."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from planner.catalog import Catalog, Grants, Table
from planner.errors import UnknownColumn, UnknownTable
from planner.plan import Plan
from planner.statistics import TableStatistics
from proxy.planning import Planning
from proxy.request import Caller, Parameter, Request
from proxy.residual import Engine
from tests.planner.shop import CATALOG, CUSTOMERS, LINES, ORDERS
from translators.postgres.reading import PostgresQuery

POINT = "SELECT id, total FROM shop.orders WHERE id = {}"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(256 << 20, str(tmp_path_factory.mktemp("engine")))
    yield engine
    engine.close()


def sent(plan: Plan) -> list[str]:
    """What each fragment of a plan asks, with the constants that are sent beside the text in it."""
    natives = [step.native for step in plan.steps]
    return [native.written if isinstance(native, PostgresQuery) else native.text for native in natives]


class World:
    """A catalogue that can be exchanged, and the planning over it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.catalog = CATALOG
        self.planning = Planning(lambda: self.catalog, engine.describe, engine.compute)

    def plan(self, sql: str, *parameters: Parameter, **asked: str) -> Plan:
        return self.planning.plan(request(sql, *parameters, **asked)).plan

    def native(self, sql: str, *parameters: Parameter, **asked: str) -> str:
        return sent(self.plan(sql, *parameters, **asked))[0]

    def change(self, *tables: Table) -> None:
        """The catalogue with these tables in the place of those of their path."""
        changed = {table.path: table for table in tables}
        sources = (
            replace(source, tables=tuple(changed.pop(table.path, table) for table in source.tables))
            for source in self.catalog.sources
        )
        self.catalog = Catalog(tuple(sources))
        assert not changed


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


def request(sql: str, *parameters: Parameter, caller: str = "", **asked: str) -> Request:
    who = Caller(caller, Grants((caller,))) if caller else Caller()
    return Request(sql, who, "r_test", "test", parameters, **asked)  # type: ignore[arg-type]


def measured(table: Table, rows: int) -> Table:
    return replace(table, statistics=TableStatistics(rows=rows, origin="test"))


def test_a_query_that_runs_as_written_has_its_own_constants(world: World) -> None:
    sql = "SELECT x.p FROM shop.orders AS x(p) WHERE x.p = {}"
    first, second = (world.plan(sql.format(number)).residual for number in (1, 2))
    assert first is not None
    assert second == first.replace("= 1", "= 2") != first


def test_a_parameter_whose_value_tells_the_number_of_columns(world: World) -> None:
    value = Parameter({"a": 1, "b": "x"}, "STRUCT(a BIGINT, b VARCHAR)")
    columns = world.planning.plan(request("SELECT unnest(?)", value)).columns
    assert [(column.name, column.type) for column in columns] == [("a", "BIGINT"), ("b", "VARCHAR")]


def test_the_same_text_has_the_same_plan(world: World) -> None:
    assert world.plan(POINT.format(1)) is world.plan(POINT.format(1))


@pytest.mark.parametrize(
    "sql",
    [
        POINT,
        "SELECT id FROM shop.orders WHERE status = 'n{}' AND placed_at > DATE '2024-01-01'",
        "SELECT count(*) FROM shop.orders WHERE id > {0} AND total < {0}",
        "SELECT name FROM crm.customers WHERE score > {}",
        "SELECT c.name FROM crm.customers c JOIN shop.orders o ON o.customer_id = c._id WHERE o.id = {}",
    ],
)
def test_a_plan_from_memory_is_that_of_a_planning_that_remembers_nothing(engine: Engine, sql: str) -> None:
    world = World(engine)
    for number in (3, 14, 159, 2653, 58979, 0):
        found, anew = world.plan(sql.format(number)), World(engine).plan(sql.format(number))
        assert sent(found) == sent(anew)
        assert found.residual == anew.residual
        assert found.columns == anew.columns


def test_what_one_caller_asked_is_not_known_to_another(world: World) -> None:
    for number in range(4):
        world.plan(POINT.format(number), caller="shop.orders")
        with pytest.raises(UnknownTable):
            world.plan(POINT.format(number), caller="crm.*")
    assert world.plan(POINT.format(1), caller="shop.*") is not world.plan(POINT.format(1), caller="shop.orders")


def test_a_text_means_something_else_in_another_dialect(world: World) -> None:
    sql = 'SELECT id FROM shop.orders WHERE status = "open"'
    assert "'open'" in world.native(sql, dialect="mysql")
    with pytest.raises(UnknownColumn):
        world.plan(sql)


def test_a_name_means_another_table_under_another_default(world: World) -> None:
    shop = CATALOG.by_id["shop"]
    world.catalog = Catalog((replace(shop, tables=(*shop.tables, replace(ORDERS, schema="archive"))),))
    sql = "SELECT id FROM orders WHERE id = 7"
    with pytest.raises(UnknownTable):
        world.plan(sql)
    for _ in range(3):
        assert '"public"."orders"' in world.native(sql, catalog="shop", schema="public")
        assert '"archive"."orders"' in world.native(sql, catalog="shop", schema="archive")


def test_a_literal_of_another_type_has_a_plan_of_its_own(world: World) -> None:
    for number in (1, 2, 3):
        world.plan(POINT.format(number))
    for text in ("'7'", "'no number'", "cast('7' as integer)", "7.0", "CAST(7 AS DOUBLE)"):
        found, alone = (each.plan(POINT.format(text)) for each in (world, World(world.engine)))
        assert sent(found) == sent(alone)
        assert found.residual == alone.residual


def test_a_parameter_of_another_type_has_a_plan_of_its_own(world: World) -> None:
    sql = "SELECT id FROM shop.orders WHERE id = ?"
    texts = set()
    for type, value in (("BIGINT", 7), ("DOUBLE", 7.0), ("DECIMAL(4,1)", "7.0"), ("SMALLINT", 7)):
        for _ in range(3):
            found = world.native(sql, Parameter(value, type))
        assert found == World(world.engine).native(sql, Parameter(value, type))
        texts.add(found)
    assert len(texts) > 1


def test_a_table_that_changed_is_planned_anew(world: World) -> None:
    for number in range(4):
        world.plan(POINT.format(number))
    world.change(replace(ORDERS, columns=tuple(column for column in ORDERS.columns if column.name != "total")))
    for number in range(4):
        with pytest.raises(UnknownColumn):
            world.plan(POINT.format(number))


def test_a_plan_is_made_anew_when_the_statistics_of_its_own_tables_move_on(world: World) -> None:
    world.change(measured(ORDERS, 10), measured(LINES, 10))
    texts = [POINT.format(1), "SELECT c.name FROM crm.customers c JOIN shop.orders o ON o.customer_id = c._id"]
    before = [world.plan(text) for text in texts]
    world.change(measured(LINES, 20))
    assert [world.plan(text) for text in texts] == before
    world.change(measured(ORDERS, 1_000_000))
    after = [world.plan(text) for text in texts]
    assert all(one is not other for one, other in zip(before, after, strict=True))
    assert [world.plan(text) for text in texts] == after


def test_a_plan_sees_the_statistics_of_its_moment(world: World) -> None:
    """NOT IN goes to PostgreSQL over a small table only; its text and its shape are known when the table has grown."""
    sql = "SELECT id FROM shop.orders WHERE id > {} AND id NOT IN (SELECT order_id FROM shop.lines)"
    world.change(measured(LINES, 10))
    assert world.plan(sql.format(1)).residual is None
    world.change(measured(LINES, 1_000_000_000))
    assert world.plan(sql.format(1)).residual is not None
    assert world.plan(sql.format(2)).residual is not None
    world.change(measured(LINES, 10))
    assert world.plan(sql.format(3)).residual is None


def test_threads_get_their_own_constants(world: World) -> None:
    def ask(number: int) -> bool:
        return f"= {number})" in world.native(POINT.format(number)) and f"> {number})" in world.native(
            f"SELECT status FROM shop.orders WHERE total > {number}"
        )

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, [number % 50 for number in range(400)]))


def test_memory_is_bounded_by_bytes(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxy.planning.PLANS_BYTES", 200_000)
    world = World(engine)
    for number in range(200):
        world.plan(f"SELECT id FROM shop.orders WHERE status = 's{number}' OR id IN ({number}, 1, 2)")
    assert 100_000 < world.planning._plans.bytes <= 200_000
    assert len(world.planning._plans) < 100
    large = "SELECT _id FROM crm.customers WHERE " + " OR ".join(f"score = {number}" for number in range(500))
    held = len(world.planning._plans)
    assert world.plan(large) is not world.plan(large)
    assert len(world.planning._plans) == held


def test_another_table_of_the_same_name_is_not_the_same(world: World) -> None:
    sql = "SELECT name FROM crm.customers WHERE score > 1"
    first = world.plan(sql)
    world.change(replace(CUSTOMERS, primary_key=()))
    assert world.plan(sql) is not first


def test_a_plan_of_one_moment_is_not_that_of_another(world: World) -> None:
    """The clock is a constant of the plan, so that no plan is remembered with it."""
    sql = "SELECT id FROM shop.orders WHERE placed_at > now() - INTERVAL 30 DAY"
    plans = [world.plan(sql) for _ in range(3)]
    assert len({sent(plan)[0] for plan in plans}) == 3
    assert {plan.volatile for plan in plans} == {"it reads the clock"}
    assert all(plan.residual is None and "interval" not in sent(plan)[0].lower() for plan in plans)
    assert len({world.native(f"SELECT id FROM shop.orders WHERE id > {n} AND placed_at < now()") for n in range(5)}) == 5
