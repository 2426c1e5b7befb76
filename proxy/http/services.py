"""What the HTTP application is handed: everything that it uses of the rest of Foz, as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from fastapi import Request
from prometheus_client import REGISTRY, CollectorRegistry

from planner.catalog import Catalog
from proxy.request import Asking, Caches, Caller


@dataclass(frozen=True)
class SourceCatalogue:
    """The configured sources. None of the three ever shows a password.

    `sources(caller)` gives the documents of those that the caller may see, each with `id`; `tables(id, caller)` the tables of one
    with their columns; `refresh(id)` introspects one again, waits for it, and raises SourceUnavailable where it is down.
    """

    sources: Callable[[Caller], list[dict[str, Any]]]
    tables: Callable[[str, Caller], list[dict[str, Any]]]
    refresh: Callable[[str], object]


@dataclass(frozen=True)
class HttpSettings:
    """Limits and headers. `max_answers` is how many answers may be on their way at once; one more is
    `server.busy` (leave room for those that wait to be admitted)."""

    max_body_bytes: int = 1 << 20
    max_body_depth: int = 64
    max_answers: int = 160
    cors_origins: tuple[str, ...] = ()
    version: str = "0.1.0"


def _no_history(caller: Caller) -> Mapping[str, Any]:
    return {"kept": "memory", "keys": 0, "records": []}


@dataclass(frozen=True)
class Services:
    """`authenticate` takes the bearer token (None without one) and raises AuthMissing or AuthDenied. `history(caller)` gives what
    is remembered of queries. `not_ready` gives the reasons why queries cannot be answered yet; none means ready."""

    asking: Asking
    catalog: Callable[[], Catalog]
    authenticate: Callable[[str | None], Caller]
    sources: SourceCatalogue
    cache: Caches
    history: Callable[[Caller], Mapping[str, Any]] = _no_history
    not_ready: Callable[[], Sequence[str]] = tuple
    registry: CollectorRegistry = field(default=REGISTRY)


def services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


def settings(request: Request) -> HttpSettings:
    return cast(HttpSettings, request.app.state.settings)


def request_id(request: Request) -> str:
    return cast(str, request.scope["state"]["request_id"])
