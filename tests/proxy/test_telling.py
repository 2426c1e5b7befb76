"""What is said of a source's tables to whoever looks at it: how their changes are known, and why they are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from planner.catalog import Table
from planner.errors import SourceUnavailable
from proxy.telling import telling
from tests.planner.shop import CATALOG
from translators.base import Heard
from translators.control import Control

ORDERS = CATALOG.by_id["shop"].tables[0]
VIEW = replace(ORDERS, name="view", kind="view", bases=(ORDERS.path,))
ABROAD = replace(ORDERS, name="abroad", kind="foreign table")


class Tells:
    """A store that tells once, when it is listened to."""

    def __init__(self, tell: Callable[[Heard], None]) -> None:
        self._tell = tell
        self.closed = False

    def watch(self, tables: Sequence[Table], heard: Heard) -> Tells:
        self._tell(heard)
        return self

    def close(self) -> None:
        self.closed = True


class Proves:
    def __init__(self, error: bool) -> None:
        self._error = error

    def prove(self, tables: Sequence[Table], control: Control) -> Mapping[str, str]:
        if self._error:
            raise SourceUnavailable("It is down.", source="shop")
        return {ORDERS.path: "token"}


@pytest.mark.parametrize(
    ("store", "expected"),
    [
        (Tells(lambda heard: heard.live([ORDERS.path], {})), ("notified", None)),
        (Tells(lambda heard: heard.live([], {ORDERS.path: "it is capped"})), ("ttl", "it is capped")),
        (Tells(lambda heard: heard.lost("it is alone")), ("ttl", "it is alone")),
        (Tells(lambda heard: None), ("ttl", "its source has not told of any yet")),
        (Proves(error=False), ("exact", None)),
        (Proves(error=True), ("ttl", "its source tells of none")),
        (object(), ("ttl", "its source tells of none")),
    ],
)
def test_a_table_has_a_label_or_a_reason(store: Any, expected: tuple[str, str | None]) -> None:
    assert telling(store, [ORDERS], patience_ms=10) == {ORDERS.path: expected}
    assert getattr(store, "closed", True)


def test_the_store_says_which_views_it_tells_of() -> None:
    told = Tells(lambda heard: heard.live([ORDERS.path, VIEW.path, ABROAD.path], {}))
    labels = {path: label for path, (label, _) in telling(told, [ORDERS, VIEW, ABROAD]).items()}  # type: ignore[arg-type]
    assert labels == {ORDERS.path: "notified", VIEW.path: "notified", ABROAD.path: "ttl"}
    told = Tells(lambda heard: heard.live([ORDERS.path], {VIEW.path: "it computes"}))
    assert telling(told, [ORDERS, VIEW])[VIEW.path] == ("ttl", "it computes")  # type: ignore[arg-type]
