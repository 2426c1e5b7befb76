"""The cache of one Foz: its store, what queries see of it, and what makes its answers out of date."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from cache.memory import MemoryStore
from cache.policy import Policy
from cache.store import CacheStore, CacheUnavailable
from planner.errors import AuthDenied, ServerBusy
from proxy.caching import Caching
from proxy.catalog.service import CatalogService
from proxy.freshness import Ages
from proxy.invalidation import Invalidation
from proxy.request import Caller, Event
from proxy.settings import Settings
from proxy.telemetry import Metrics


class Cache:
    """What the ways in ask (`proxy.request.Caches`), and what queries do (`caching`); made from settings, closed once."""

    def __init__(self, settings: Settings, catalog: CatalogService, metrics: Metrics) -> None:
        limits = settings.cache_limits
        policy = Policy(limits.max_bytes, limits.max_entry_bytes, limits.entity_share, limits.eviction)
        self._catalog = catalog
        self._store = _store(
            settings.cache.get_secret_value(),
            policy,
            lambda reason: metrics.cache_evictions.labels(reason).inc(),
            limits.near_bytes,
        )
        self._invalidation = Invalidation(self._store, catalog.snapshot, lambda cause: metrics.cache_moves.labels(cause).inc())
        self.caching = Caching(
            self._store,
            policy,
            Ages(int(limits.keep_seconds * 1000), int(limits.ttl_seconds * 1000)),
            self._invalidation.unheard,
            self._invalidation.settled,
            catalog.stores,
            lambda level, outcome: metrics.cache_requests.labels(level, outcome).inc(),
            version("foz"),
        )
        level = "memory" if isinstance(self._store, MemoryStore) else "redis"
        metrics.cache_bytes.labels(level).set_function(lambda: float(self._store.stats()["bytes"]))

    def listen(self) -> None:
        """Listens to the changes of the sources that the catalogue has now."""
        self._invalidation.listen(self._catalog.stores, self._catalog.snapshot)

    def tell(self, events: Sequence[Event], caller: Caller) -> None:
        self._invalidation.tell(events, caller)

    def written(self, source: str) -> None:
        """Foz itself wrote to the source, or may have."""
        self._invalidation.written(source)

    def stats(self, caller: Caller) -> Mapping[str, Any]:
        _administers(caller)
        return self._store.stats()

    def clear(self, caller: Caller, entities: Sequence[str] = ()) -> int:
        _administers(caller)
        try:
            return self._store.clear(entities)
        except CacheUnavailable:
            raise ServerBusy("The cache cannot be reached.", retryAfterSeconds=1) from None

    def show(self, caller: Caller, key: str) -> Mapping[str, Any] | None:
        _administers(caller)
        return self._store.show(key)

    def close(self) -> None:
        self._invalidation.close()
        self._store.close()


def _store(uri: str, policy: Policy, evicted: Callable[[str], None], near_bytes: int) -> CacheStore:
    if uri == "memory://":
        return MemoryStore(policy, time.monotonic, evicted)
    from cache.redis import RedisStore

    return RedisStore(uri, policy, time.monotonic, evicted, near_bytes)


def _administers(caller: Caller) -> None:
    if not caller.admin:
        raise AuthDenied("Only an administrator may look into the cache.")
