"""What a store declares that it lacks is a name that this suite asks for; the suite's own tests fail on a wrong declaration."""

from __future__ import annotations

import pytest

from planner.errors import FozError
from tests.contract.asked import Asked
from tests.contract.capabilities import CAPABILITIES, every_store
from tests.contract.conftest import Places
from translators.base import Transaction
from translators.control import Control
from translators.registry import store_type


@every_store()
def test_what_is_lacking_is_known_here(store: str) -> None:
    lacks = store_type(store).lacks
    assert lacks.keys() <= CAPABILITIES.keys()
    assert all(reason.strip() for reason in lacks.values())


def numbers(asked: Asked, name: str = "written") -> list[int]:
    asked.refresh()
    found: list[int] = asked.read(asked.whole(name)).column("n").to_pylist()
    return sorted(found)


@every_store("joins")
def test_a_join_of_two_tables_is_one_request(places: Places, store: str) -> None:
    places[store].relate()
    with Asked(places[store]) as asked:
        sql = "SELECT a.id AS id, b.code AS code FROM s.child AS a JOIN s.parent AS b ON a.parent_id = b.id"
        rows = asked.read(asked.fragment(sql, ("id", "BIGINT"), ("code", "VARCHAR")))
        assert rows.to_pylist() == [{"id": 1, "code": "a"}]


@every_store("execute")
def test_a_native_write(places: Places, store: str) -> None:
    place = places[store]
    place.count_up("written", 3)
    try:
        with Asked(place) as asked:
            adding, failing = place.writes()
            assert asked.store.execute(adding, (), Control()) == 1
            assert numbers(asked) == [0, 1, 2, 100]
            with pytest.raises(FozError) as caught:
                asked.store.execute(failing, (), Control())
            assert caught.value.code in ("source.rejected", "sql.type", "request.invalid")
            assert numbers(asked) == [0, 1, 2, 100]
            ended = Control()
            ended.cancel()
            with pytest.raises(FozError, match="cancelled"):
                asked.store.execute(adding, (), ended)
            assert numbers(asked) == [0, 1, 2, 100]
    finally:
        place.drop("written")


def add_twice_and_raise(asked: Asked) -> None:
    adding, _ = asked.place.writes()
    with asked.store.transaction(Control()) as transaction:
        transaction.execute(adding)
        transaction.execute(adding)
        raise ZeroDivisionError


@every_store("transaction")
def test_a_transaction_happens_wholly_or_not_at_all(places: Places, store: str) -> None:
    place = places[store]
    place.count_up("written", 1)
    adding, failing = place.writes()

    def add_twice_and(transaction: Transaction, *then: str) -> None:
        for statement in (adding, adding, *then):
            transaction.execute(statement)

    try:
        with Asked(place) as asked:
            with asked.store.transaction(Control()) as transaction:
                add_twice_and(transaction)
                assert [n for n in numbers(asked) if n == 100] == []
            assert numbers(asked) == [0, 100, 100]
            with pytest.raises(FozError), asked.store.transaction(Control()) as transaction:
                add_twice_and(transaction, failing)
            with pytest.raises(ZeroDivisionError):
                add_twice_and_raise(asked)
            assert numbers(asked) == [0, 100, 100]
    finally:
        place.drop("written")


@every_store("parameters")
def test_a_native_write_takes_values(places: Places, store: str) -> None:
    place = places[store]
    place.count_up("written", 1)
    try:
        with Asked(place) as asked:
            assert asked.store.execute(place.bound_write(), [2**62], Control()) == 1
            assert numbers(asked) == [0, 2**62]
    finally:
        place.drop("written")
