"""Primary keys, and foreign keys in three directions, out of the catalogue's keys and relations.

A relation is kept with one of its two tables; as a key it points from the side that repeats to the side that does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from planner.catalog import Catalog, Relation, Table

PRIMARY = pa.schema(
    [
        pa.field("catalog_name", pa.string()),
        pa.field("db_schema_name", pa.string()),
        pa.field("table_name", pa.string(), nullable=False),
        pa.field("column_name", pa.string(), nullable=False),
        pa.field("key_name", pa.string()),
        pa.field("key_sequence", pa.int32(), nullable=False),
    ]
)

FOREIGN = pa.schema(
    [
        pa.field("pk_catalog_name", pa.string()),
        pa.field("pk_db_schema_name", pa.string()),
        pa.field("pk_table_name", pa.string(), nullable=False),
        pa.field("pk_column_name", pa.string(), nullable=False),
        pa.field("fk_catalog_name", pa.string()),
        pa.field("fk_db_schema_name", pa.string()),
        pa.field("fk_table_name", pa.string(), nullable=False),
        pa.field("fk_column_name", pa.string(), nullable=False),
        pa.field("key_sequence", pa.int32(), nullable=False),
        pa.field("fk_key_name", pa.string()),
        pa.field("pk_key_name", pa.string()),
        pa.field("update_rule", pa.uint8(), nullable=False),
        pa.field("delete_rule", pa.uint8(), nullable=False),
    ]
)

_NO_ACTION = 3
"""The catalogue does not hold the rules of the stores' foreign keys."""


@dataclass(frozen=True)
class _Link:
    """A foreign key: `columns` pairs (referenced column, referencing column)."""

    referenced: tuple[str, str, str]
    referencing: tuple[str, str, str]
    columns: tuple[tuple[str, str], ...]

    def rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        for position, (referenced, referencing) in enumerate(self.columns, 1):
            yield (*self.referenced, referenced, *self.referencing, referencing, position, name, None, _NO_ACTION, _NO_ACTION)


def primary_keys(command: Any, catalog: Catalog) -> list[tuple[Any, ...]]:
    return [
        (*_place(table), column, None, position)
        for table in sorted(_tables(catalog, command, ""), key=_place)
        for position, column in enumerate(table.primary_key, 1)
    ]


def exported_keys(command: Any, catalog: Catalog) -> list[tuple[Any, ...]]:
    """The keys that point to the command's table."""
    wanted = {_place(table) for table in _tables(catalog, command, "")}
    found = {link: name for link, name in _links(catalog).items() if link.referenced in wanted}
    return [row for link in sorted(found, key=lambda link: (link.referencing, found[link])) for row in link.rows(found[link])]


def imported_keys(command: Any, catalog: Catalog) -> list[tuple[Any, ...]]:
    """The keys that the command's table holds."""
    wanted = {_place(table) for table in _tables(catalog, command, "")}
    found = {link: name for link, name in _links(catalog).items() if link.referencing in wanted}
    return [row for link in sorted(found, key=lambda link: (link.referenced, found[link])) for row in link.rows(found[link])]


def cross_reference(command: Any, catalog: Catalog) -> list[tuple[Any, ...]]:
    """The keys that point from one table of the command to the other."""
    referenced = {_place(table) for table in _tables(catalog, command, "pk_")}
    referencing = {_place(table) for table in _tables(catalog, command, "fk_")}
    found = {
        link: name for link, name in _links(catalog).items() if link.referenced in referenced and link.referencing in referencing
    }
    return [row for link in sorted(found, key=lambda link: (link.referenced, found[link])) for row in link.rows(found[link])]


def _place(table: Table) -> tuple[str, str, str]:
    return table.source, table.schema, table.name


def _tables(catalog: Catalog, command: Any, prefix: str) -> list[Table]:
    """The tables that the command names, by its own fields of that prefix, whatever the case."""
    name = getattr(command, f"{prefix}table").lower()
    place = {
        part: getattr(command, prefix + part).lower() if command.HasField(prefix + part) else None
        for part in ("catalog", "db_schema")
    }
    return [
        table
        for source in catalog.sources
        if place["catalog"] in (None, source.id)
        for table in source.tables
        if table.name.lower() == name and place["db_schema"] in (None, table.schema.lower())
    ]


def _links(catalog: Catalog) -> dict[_Link, str]:
    """Every foreign key between two tables of the snapshot, with its relation's name; told from both sides, it counts once."""
    found: dict[_Link, str] = {}
    for source in catalog.sources:
        for table in source.tables:
            for relation in table.relations:
                other = _target(catalog, relation)
                if other is not None:
                    link = _link(table, other, relation)
                    if link not in found or not relation.many:
                        found[link] = relation.name
    return found


def _link(table: Table, other: Table, relation: Relation) -> _Link:
    if relation.many:
        return _Link(_place(table), _place(other), relation.keys)
    return _Link(_place(other), _place(table), tuple((theirs, own) for own, theirs in relation.keys))


def _target(catalog: Catalog, relation: Relation) -> Table | None:
    source_id, *rest = relation.to.split(".", 2)
    source = catalog.by_id.get(source_id)
    if source is None or not rest:
        return None
    return source.table(rest[0]) if len(rest) == 1 else source.table(rest[1], rest[0])
