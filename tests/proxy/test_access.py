"""Access: tokens give callers, and callers see what they are granted."""

from __future__ import annotations

import hashlib

import pytest

from planner.catalog import Catalog, Grants, Source, Table
from planner.errors import AuthDenied, AuthMissing
from proxy.access import authentication
from proxy.request import Caller
from proxy.settings import Token


def token(name: str, text: str, **more: object) -> Token:
    return Token.model_validate({"name": name, "sha256": hashlib.sha256(text.encode()).hexdigest(), **more})


def test_without_tokens_everybody_is_open() -> None:
    authenticate = authentication(())
    assert authenticate(None) == authenticate("anything") == Caller()


def test_tokens_give_callers() -> None:
    authenticate = authentication((token("ana", "one", grants=["shop.*"]), token("bo", "zwö", admin=True)))
    ana, bo = authenticate("one"), authenticate("zwö")
    assert (ana.name, ana.admin, ana.grants.patterns) == ("ana", False, ("shop.*",))
    assert (bo.name, bo.admin) == ("bo", True)


@pytest.mark.parametrize("given", [None, ""])
def test_no_token(given: str | None) -> None:
    with pytest.raises(AuthMissing):
        authentication((token("ana", "one", grants=[]),))(given)


@pytest.mark.parametrize("given", ["two", "ONE", "one ", "\udcff", "\x00", "x" * 100_000])
def test_an_unknown_token(given: str) -> None:
    with pytest.raises(AuthDenied) as caught:
        authentication((token("ana", "one", grants=[]),))(given)
    assert "ana" not in caught.value.message


ORDERS = Table("shop", "public", "orders", ())
SECRET = Table("shop", "secret", "orders", ())
CUSTOMERS = Table("crm", "db", "Customers", ())


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        (["*.*"], {ORDERS, SECRET, CUSTOMERS}),
        (["shop.*"], {ORDERS, SECRET}),
        (["shop.public.*"], {ORDERS}),
        (["shop.public.orders"], {ORDERS}),
        (["shop.pub*"], set()),
        (["shop.p*.orders"], {ORDERS}),
        (["crm.customers"], {CUSTOMERS}),
        (["s*.orders"], {ORDERS, SECRET}),
        (["*.secret.*"], {SECRET}),
        ([], set()),
    ],
)
def test_grants_match_part_by_part(grants: list[str], expected: set[Table]) -> None:
    allowed = Grants(tuple(grants))
    assert {table for table in (ORDERS, SECRET, CUSTOMERS) if allowed.allow(table)} == expected


def test_a_source_that_never_answered_is_there_for_those_whose_grants_name_it() -> None:
    catalog = Catalog((Source("shop", "postgres", problem="away"), Source("crm", "mongodb", tables=(CUSTOMERS,), problem="away")))
    assert set(catalog.visible_to(Grants(("shop.*",))).by_id) == {"shop"}
    assert set(catalog.visible_to(Grants(("crm.other",))).by_id) == set()
    assert set(catalog.visible_to(Grants(("crm.customers",))).by_id) == {"crm"}
