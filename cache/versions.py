"""Which versions an answer depends on: the entities of the tables that it was read from."""

from __future__ import annotations

from collections.abc import Iterable

from cache.store import Vector
from planner.catalog import Table

_PROOF = "#"


def base_tables(table: Table) -> tuple[str, ...]:
    """The paths of the tables whose changes are those of `table`: itself, and what it stands over or is written through."""
    return (table.path, *(base for base in table.bases if base != table.path))


def entities(tables: Iterable[Table]) -> tuple[str, ...]:
    """The entities whose versions an answer over `tables` carries, in order: each source as a whole, and each base table."""
    found: set[str] = set()
    for table in tables:
        found.add(table.source)
        found.update(base_tables(table))
    return tuple(sorted(found))


def tables_in(vector: Vector) -> tuple[str, ...]:
    """The base tables among a vector's entities, without whole sources and proofs."""
    return tuple(entity for entity, _ in vector if "." in entity and not is_proof(entity))


def is_proof(entity: str) -> bool:
    """Whether the entity is a source's own token, of which a store keeps no version."""
    return entity.endswith(_PROOF)


def proof(table: Table) -> str:
    """The entity under which a source's own token for `table` stands in a vector."""
    return f"{table.path}{_PROOF}"
