"""What the suite asks of a store beyond the plain reading of rows, and the one way in which a store is excused from it.

A test names the capability that it needs; a store that declares in `StoreType.lacks` that it has not got it must fail that test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from planner.errors import FozError
from translators.registry import STORES, store_type

CAPABILITIES = {
    "execute": "native writes",
    "transaction": "native writes that happen together or not at all",
    "parameters": "values that are bound to a native write",
    "nested": "lists and structures",
    "nan": "floating point numbers that are none",
    "joins": "a join of two of its tables as one request",
    "views": "views, with the columns of what they read",
    "keys": "primary and unique keys",
    "relations": "foreign keys",
    "server_death": "a server that may die on its own",
    "connection_limit": "connections, of which the source's limit leaves so many",
}
"""Every name that `lacks` may hold."""


def excused(store: str, needs: str = "") -> Any:
    """The marks of a test over `store` that needs a capability: none, or that it must fail."""
    assert not needs or needs in CAPABILITIES
    reason = store_type(store).lacks.get(needs)
    failures = (FozError, AssertionError, pytest.fail.Exception)
    return [] if reason is None else [pytest.mark.xfail(strict=True, raises=failures, reason=reason)]


def every_store(needs: str = "") -> Callable[[Any], Any]:
    """Runs a test with each `store`, by the name of its type."""
    return pytest.mark.parametrize("store", [pytest.param(store, marks=excused(store, needs)) for store in sorted(STORES)])


def each(cases: Iterable[tuple[str, str, Any]]) -> Callable[[Any], Any]:
    """Runs a test with each `(store, needs, case)`."""
    params = [pytest.param(store, case, marks=excused(store, needs), id=f"{store}-{case}") for store, needs, case in cases]
    return pytest.mark.parametrize(("store", "case"), params)
