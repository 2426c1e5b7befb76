"""One world a module, and each way to ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pyarrow as pa
import pytest

from tests.end_to_end.asking import INTERNAL, WAYS, Refused
from tests.end_to_end.world import ANA, World, fill, serving


@pytest.fixture(scope="module")
def world(postgres_uri: str, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    directory = tmp_path_factory.mktemp("world")
    fill(postgres_uri, mongodb_uri, directory)
    with serving(postgres_uri, mongodb_uri, directory) as world:
        yield world


@pytest.fixture(params=WAYS)
def ask(request: pytest.FixtureRequest, world: World) -> Callable[..., pa.Table]:
    """`ask(sql, token, params, **options)` by each way in."""
    return partial(WAYS[request.param], world)


@pytest.fixture
def refusal(ask: Callable[..., pa.Table]) -> Callable[..., Refused]:
    """`refusal(sql, token, params, **options)`: how Foz refuses it, in words that show nothing internal."""

    def refusal(sql: str, token: str | None = ANA, *arguments: object, **options: object) -> Refused:
        with pytest.raises(Refused) as raised:
            ask(sql, token, *arguments, **options)
        assert not INTERNAL.search(raised.value.shown.replace(sql, "")), raised.value.shown
        return raised.value

    return refusal
