"""The contract of a cache store, and the values that it keeps.

    looked = store.look(Ask(key, entities, proved))   # one round trip: the versions of now, and the entry that they allow
    led = store.lead(ask, looked.vector, ended)       # nobody else reads it, or what another process has read meanwhile
    … read the sources …
    store.put(Entry(key, looked.vector, …))           # under the vector from before the read
    store.move(entities)                              # something was written: every entry over them is out of date

An *entity* is a base table by its path (`shop.public.orders`) or a whole source (`shop`). Its version is a token that is unique
for ever: one that was lost is replaced by a new one, so an entry over the lost one never answers again. A *vector* holds the
version of each entity that an answer was read from, taken before the read began.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

Vector = tuple[tuple[str, str], ...]
"""(entity, version), in the order of the entities."""


@dataclass(frozen=True)
class Ask:
    """What is looked for. The store knows the versions of `entities`; `proved` are those that the sources gave themselves.

    `max_age_ms` is the age above which an entry does not answer, whatever its vector says. `max_staleness_ms` is for how long
    after it was read an entry may answer though its vector has moved on: what the caller allows, usually 0.
    """

    key: str
    entities: tuple[str, ...]
    proved: Vector = ()
    max_age_ms: int | None = None
    max_staleness_ms: int = 0


@dataclass(frozen=True, eq=False)
class Entry:
    """An answer that may be given again: `batches` of `schema`, read under `vector`.

    `bytes` is what it takes, `cost_ms` the time that its sources took, `ttl_ms` for how long it may be kept at all. `kind` is
    `result` or `fragment`.
    """

    key: str
    vector: Vector
    schema: pa.Schema
    batches: tuple[pa.RecordBatch, ...]
    bytes: int
    cost_ms: float
    ttl_ms: int
    kind: str = "result"


@dataclass(frozen=True)
class Looked:
    """The vector as it is now, and the entry that may answer (None: a miss).

    `age_ms` is the entry's; `stale` says that its vector has moved on and only `max_staleness_ms` lets it answer. `reachable`
    is False where the store did not answer: then nothing is to be kept either.
    """

    vector: Vector
    entry: Entry | None = None
    age_ms: float = 0.0
    stale: bool = False
    reachable: bool = True


class Lease(Protocol):
    """The leave to read for everybody."""

    def end(self, useless: bool) -> None:
        """The read is over, and kept if it could be. `useless`: nobody is to wait for another such read. Once."""


class _Free:
    """Nobody else is kept waiting."""

    def end(self, useless: bool) -> None:
        """Nothing was held."""


FREE: Lease = _Free()


class CacheStore(Protocol):
    """Used by many threads at once, closed once. No method raises because of what is stored or because the store is away, but
    `move`."""

    def look(self, ask: Ask) -> Looked: ...

    def put(self, entry: Entry, lease: Lease = FREE) -> bool:
        """Keeps the entry if the policy admits it; answers whether it did, and then `lease`, under which it was read, is over."""

    def lead(self, ask: Ask, vector: Vector, ended: Callable[[], bool]) -> Lease | Entry:
        """Whose it is to read what `ask` has not found, at the vector that it was told: a lease where it is the caller's, else
        the entry that another process has kept, which is waited for, boundedly and until `ended` says so."""

    def move(self, entities: Collection[str], marks: Collection[str] = ()) -> bool:
        """Gives the entities new versions. When it returns, no reader of this store is given an entry over the old ones.

        `marks` name the changes: marks that are all known already move nothing (False). Raises CacheUnavailable where the store
        is away: what has not been moved must not be acknowledged.
        """

    def clear(self, entities: Sequence[str] = ()) -> int:
        """Drops every entry, or those over one of the entities; answers how many."""

    def show(self, key: str) -> Mapping[str, Any] | None:
        """What is known of one entry but for its rows, for administrators."""

    def stats(self) -> Mapping[str, Any]:
        """`{store, entries, bytes, maxBytes, …}`."""

    def close(self) -> None: ...


class CacheUnavailable(Exception):
    """The store is away, so that nothing can be moved in it."""
