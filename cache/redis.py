"""The cache that several processes share, in Redis or Valkey."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from cache.codec import Undecodable, decode, encode
from cache.leases import Held, Leases
from cache.link import Away, Link
from cache.near import Copy, Near
from cache.policy import Policy
from cache.scripts import CLEAR, LOOK, MOVE, PUT
from cache.store import FREE, Ask, CacheUnavailable, Entry, Lease, Looked, Vector
from cache.tracking import Tracking
from cache.versions import is_proof

_OVERHEAD_BYTES = 512
TIMEOUT_SECONDS = 0.25


class RedisStore:
    """`uri` is `redis://host:port/db` or `rediss://…`. `evicted` is told the reason of each entry that goes, and `undecodable`
    for one that could not be read. `near_bytes` is what this process may hold of it beside. Nothing waits longer than
    `timeout_seconds` for an answer."""

    def __init__(
        self,
        uri: str,
        policy: Policy,
        clock: Callable[[], float],
        evicted: Callable[[str], None] = lambda reason: None,
        near_bytes: int = 0,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._link = Link(uri, timeout_seconds, clock)
        self._policy = policy
        self._lru = "1" if policy.eviction == "lru" else "0"
        self._evicted = evicted
        self._leases = Leases(self._link, clock)
        self._near = Near(near_bytes)
        self._tracking = Tracking(uri, self._near, timeout_seconds) if near_bytes else None

    def look(self, ask: Ask) -> Looked:
        wanted = sorted((*((entity, "") for entity in ask.entities), *ask.proved))
        near = self._near.get(ask.key)
        arguments: list[str | int | float] = [
            ask.key,
            secrets.token_hex(12),
            -1 if ask.max_age_ms is None else ask.max_age_ms,
            ask.max_staleness_ms,
            self._lru,
            near.id if near is not None else "",
        ]
        for entity, version in wanted:
            arguments += (entity, version)
        try:
            found, versions, *more = self._link.run(LOOK, arguments)
        except Away:
            return Looked((), reachable=False)
        vector = tuple((entity, version.decode()) for (entity, _), version in zip(wanted, versions, strict=True))
        if not found:
            if more[0]:
                self._evicted(more[0].decode())
            return Looked(vector)
        age_ms, *fetched = more
        if near is not None and not fetched:
            return Looked(vector, near.entry, float(age_ms), found == 2)
        try:
            copy = _copy(ask.key, fetched[0])
        except (Undecodable, ValueError):
            self._evicted("undecodable")
            return Looked(vector)
        self._near.keep(ask.key, copy)
        return Looked(vector, copy.entry, float(age_ms), found == 2)

    def put(self, entry: Entry, lease: Lease = FREE) -> bool:
        if not self._policy.admits(entry.bytes):
            return False
        body = encode(entry.schema, entry.batches, compress=True)
        size = len(body) + _OVERHEAD_BYTES
        if not self._policy.admits(size):
            return False
        arguments: list[str | bytes | int | float] = [
            entry.key,
            _text(entry.vector),
            "".join(f"{len(entity.encode())}:{entity}" for entity, _ in entry.vector),
            body,
            entry.cost_ms,
            entry.ttl_ms,
            entry.kind,
            size,
            self._policy.max_bytes,
            self._policy.max_entity_bytes,
            self._lru,
            secrets.token_hex(12),
            lease.token if isinstance(lease, Held) else "",
        ]
        for entity, version in entry.vector:
            if not is_proof(entity):
                arguments += (entity, version)
        try:
            kept, *gone = self._link.run(PUT, arguments)
        except Away:
            return False
        for reason in gone[0] if gone else ():
            self._evicted(reason.decode())
        if kept and isinstance(lease, Held):
            self._leases.forget(lease.token)
        return bool(kept)

    def lead(self, ask: Ask, vector: Vector, ended: Callable[[], bool]) -> Lease | Entry:
        led = self._leases.lead(ask.key, _text(vector), ask.max_age_ms, ended)
        if not isinstance(led, list):
            return led
        try:
            return _copy(ask.key, led).entry
        except (Undecodable, ValueError):
            self._evicted("undecodable")
            return FREE

    def move(self, entities: Collection[str], marks: Collection[str] = ()) -> bool:
        try:
            return bool(self._link.run(MOVE, (len(marks), *marks, *entities)))
        except Away:
            raise CacheUnavailable("Redis does not answer.") from None

    def clear(self, entities: Sequence[str] = ()) -> int:
        try:
            return int(self._link.run(CLEAR, tuple(entities)))
        except Away:
            raise CacheUnavailable("Redis does not answer.") from None

    def show(self, key: str) -> Mapping[str, Any] | None:
        try:
            values = self._link.ask(lambda prefix: ("HMGET", f"{prefix}e:{key}", "i", "v", "b", "c", "l", "k", "s"))
            if values[0] is None:
                return None
            entry = _copy(key, values).entry
            left_ms = self._link.ask(lambda prefix: ("PTTL", f"{prefix}e:{key}"))
            kept = [entity for entity, _ in entry.vector if not is_proof(entity)]
            versions = self._link.ask(lambda prefix: ("MGET", *(f"{prefix}v:{entity}" for entity in kept))) if kept else []
        except (Away, Undecodable, ValueError):
            return None
        now = {entity: version.decode() if version is not None else None for entity, version in zip(kept, versions, strict=True)}
        return {
            "key": key,
            "kind": entry.kind,
            "columns": [{"name": field.name, "type": str(field.type)} for field in entry.schema],
            "rows": sum(batch.num_rows for batch in entry.batches),
            "bytes": entry.bytes,
            "costMs": round(entry.cost_ms, 3),
            "ageMs": max(0, entry.ttl_ms - int(left_ms)),
            "ttlMs": entry.ttl_ms,
            "versions": dict(entry.vector),
            "current": all(now.get(entity, version) == version for entity, version in entry.vector),
        }

    def stats(self) -> Mapping[str, Any]:
        try:
            entries = int(self._link.ask(lambda prefix: ("HLEN", f"{prefix}size")))
            held = int(self._link.ask(lambda prefix: ("GET", f"{prefix}bytes")) or 0)
            over = self._link.ask(lambda prefix: ("HGETALL", f"{prefix}table"))
        except Away:
            return {"store": "redis", "reachable": False, "entries": 0, "bytes": 0, "maxBytes": self._policy.max_bytes}
        tables = {name.decode(): int(size) for name, size in zip(over[::2], over[1::2], strict=True)}
        return {
            "store": "redis",
            "reachable": True,
            "entries": entries,
            "bytes": held,
            "maxBytes": self._policy.max_bytes,
            "tables": dict(sorted(tables.items())),
            **({"near": self._near.stats()} if self._tracking is not None else {}),
        }

    def close(self) -> None:
        if self._tracking is not None:
            self._tracking.close()
        self._leases.close()
        self._link.close()


def _text(vector: Vector) -> str:
    """The vector as the scripts compare it: each part behind its length in bytes."""
    return "".join(f"{len(part.encode())}:{part}" for pair in vector for part in pair)


def _vector(text: bytes) -> Vector:
    """What `_text` wrote. Raises ValueError."""
    parts: list[str] = []
    while text:
        length, _, rest = text.partition(b":")
        parts.append(rest[: int(length)].decode())
        text = rest[int(length) :]
    return tuple(zip(parts[::2], parts[1::2], strict=True))


def _copy(key: str, values: Sequence[bytes]) -> Copy:
    """Raises Undecodable, ValueError."""
    if None in values:
        raise ValueError("a part of the entry is missing")
    id, vector, body, cost_ms, ttl_ms, kind, size = values
    schema, batches = decode(body)
    return Copy(id.decode(), Entry(key, _vector(vector), schema, batches, int(size), float(cost_ms), int(ttl_ms), kind.decode()))
