"""One world a module, and each way to ask it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.end_to_end.asking import INTERNAL, WAYS, Ask, Refused
from tests.end_to_end.gate import Gate
from tests.end_to_end.world import ANA, World, fill, serving


@pytest.fixture(scope="module")
def filled(postgres_uri: str, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, Any]:
    """The three arguments of `serving`, over stores that hold the world's rows."""
    directory = tmp_path_factory.mktemp("world")
    fill(postgres_uri, mongodb_uri, directory)
    return postgres_uri, mongodb_uri, directory


@pytest.fixture(scope="module")
def world(filled: tuple[str, str, Any]) -> Iterator[World]:
    with serving(*filled) as world:
        yield world


@pytest.fixture(params=WAYS)
def ask(request: pytest.FixtureRequest, world: World) -> Ask:
    """`ask(sql, token, params, **options)` by each way in."""
    return partial(WAYS[request.param], world)


@pytest.fixture
def refusal(ask: Ask, hides: Callable[[Refused, str], Refused]) -> Callable[..., Refused]:
    """`refusal(sql, token, params, **options)`: how Foz refuses it, in words that show nothing internal."""

    def refusal(sql: str, token: str | None = ANA, *arguments: Any, **options: Any) -> Refused:
        with pytest.raises(Refused) as raised:
            ask(sql, token, *arguments, **options)
        return hides(raised.value, sql)

    return refusal


@pytest.fixture(scope="session")
def hides() -> Callable[[Refused, str], Refused]:
    """Gives the refusal of `sql` back once it is sure that it shows nothing internal but what the client itself wrote."""

    def hides(refused: Refused, sql: str) -> Refused:
        found = [each.group() for each in re.finditer(INTERNAL, refused.shown) if each.group() not in sql]
        assert not found, f"{found} in {refused.shown}"
        return refused

    return hides


@pytest.fixture
def gate(postgres_uri: str) -> Iterator[Gate]:
    gate = Gate(postgres_uri)
    yield gate
    gate.close()
