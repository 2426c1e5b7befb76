"""What a store says that it holds, and that it says so again when that has changed or the store comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.errors import FozError, SourceUnavailable
from proxy.catalog.entries import Patience
from tests.answers.world import World
from tests.contract.asked import Asked, document, foz_over
from tests.contract.capabilities import every_store
from tests.contract.conftest import Places
from translators.base import StoreConfig
from translators.control import Control
from translators.registry import store_type

MANY_TABLES = 200


@every_store()
def test_tables_and_their_columns(places: Places, store: str) -> None:
    place = places[store]
    place.count_up("counted", 5)
    with Asked(place) as asked:
        table = asked.table("counted")
        column = table.column("n")
        assert (table.source, table.schema, table.name) == ("s", place.schema, "counted")
        assert column is not None
        assert column.type == "BIGINT"
        assert place.schema in asked.found.schemas
        assert any(letter.isdigit() for letter in asked.found.server)
        assert table.rows is None or table.rows >= 0
        assert asked.store.introspect(Control()) == asked.found
    place.drop("counted")


@every_store("keys")
def test_keys(places: Places, store: str, relating: None) -> None:
    with Asked(places[store]) as asked:
        parent, child = asked.table("parent"), asked.table("child")
        assert parent.primary_key in (("id",), ("_id",))
        assert parent.unique_keys == (("code",),)
        assert child.primary_key == parent.primary_key


@every_store("relations")
def test_foreign_keys_are_relations(places: Places, store: str, relating: None) -> None:
    with Asked(places[store]) as asked:
        relations = asked.table("child").relations
        assert len(relations) == 1
        relation = relations[0]
        assert (relation.to.removeprefix("s.").split(".")[-1], relation.keys) == ("parent", (("parent_id", "id"),))
        assert not relation.many
        assert asked.table("parent").relations == ()


@pytest.fixture(scope="module")
def related() -> set[str]:
    return set()


@pytest.fixture
def relating(places: Places, store: str, related: set[str]) -> None:
    if store not in related:
        related.add(store)
        places[store].relate()


@every_store("views")
def test_a_view_has_the_columns_of_what_it_reads(places: Places, store: str) -> None:
    place = places[store]
    place.count_up("below", 4)
    place.view("above", "below")
    with Asked(place) as asked:
        view = asked.table("above")
        column = view.column("n")
        assert view.kind == "view"
        assert column is not None
        assert column.type == "BIGINT"
        assert sorted(asked.read(asked.whole("above")).column("n").to_pylist()) == [0, 1, 2, 3]


@every_store()
def test_a_refresh_sees_what_has_changed(places: Places, tmp_path: Path, store: str) -> None:
    place = places[store]
    place.count_up("kept", 2)
    with foz_over([document(place)], tmp_path) as world:
        assert world.foz is not None
        before = world.foz.catalog.snapshot().version
        world.foz.catalog.refresh("s")
        assert world.foz.catalog.snapshot().version == before
        place.count_up("added", 3)
        with pytest.raises(FozError) as caught:
            world.ask("SELECT n FROM s.added")
        assert caught.value.code == "sql.unknown_table"
        place.add_column("kept")
        world.foz.catalog.refresh("s")
        assert world.foz.catalog.snapshot().version != before
        assert world.ask("SELECT n FROM s.added").num_rows == 3
        assert world.ask("SELECT n, extra FROM s.kept WHERE extra = 7 ORDER BY n").to_pylist() == [
            {"n": 0, "extra": 7},
            {"n": 1, "extra": 7},
        ]
        place.drop("added")
        with pytest.raises(FozError) as caught:
            world.ask("SELECT n FROM s.added").to_pylist() or fail("source.rejected")
        assert caught.value.code in ("source.rejected", "source.unavailable", "source.data")
        world.foz.catalog.refresh("s")
        with pytest.raises(FozError) as caught:
            world.ask("SELECT n FROM s.added")
        assert caught.value.code == "sql.unknown_table"
    place.drop("kept")


def fail(code: str) -> None:
    """A collection that is gone is an empty one to MongoDB: no rows, and no error of its own."""
    error = FozError("There were no rows.")
    error.code = code  # type: ignore[misc]
    raise error


@every_store()
def test_many_tables(places: Places, store: str) -> None:
    place = places[store]
    for number in range(MANY_TABLES):
        place.count_up(f"t{number}", 1)
    with Asked(place) as asked:
        assert {table.name for table in asked.found.tables} >= {f"t{number}" for number in range(MANY_TABLES)}
    for number in range(MANY_TABLES):
        place.drop(f"t{number}")


@every_store()
def test_an_ended_introspection_asks_nothing(places: Places, store: str) -> None:
    place = places[store]
    opened = store_type(store).open(StoreConfig("s", store, place.connection))
    control = Control()
    control.cancel()
    with pytest.raises(FozError) as caught:
        opened.introspect(control)
    assert caught.value.code == "query.cancelled"
    opened.close()


def until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(6000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it did not happen")


def rows_again(world: World, sql: str) -> int:
    """The rows of an answer; none while the source, which has just started, cannot do everything yet."""
    assert world.foz is not None
    try:
        world.foz.catalog.refresh("s")
        return world.ask(sql).num_rows
    except SourceUnavailable:
        return 0


@every_store("server_death")
def test_a_source_that_is_down_at_the_start_comes_back(places: Places, tmp_path: Path, store: str) -> None:
    place = places[store]
    quick = Patience(start_seconds=5, first_pause_seconds=0.05, longest_pause_seconds=0.2)
    with place.server() as server:
        server.kill()
        beside = document(places["sqlite"]) | {"id": "beside"}
        places["sqlite"].count_up(f"for_{store}", 2)
        with foz_over([document(place, connection=server.connection), beside], tmp_path, quick) as world:
            foz = world.foz
            assert foz is not None
            assert [source for source, _ in foz.down()] == ["s"]
            with pytest.raises(SourceUnavailable):
                world.ask("SELECT n FROM s.many")
            assert world.ask(f"SELECT n FROM beside.for_{store}").num_rows == 2
            server.start()
            until(lambda: not foz.down())
            until(lambda: rows_again(world, "SELECT n FROM s.many WHERE n < 3") == 3)
