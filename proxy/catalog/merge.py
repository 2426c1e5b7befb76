"""One source of the snapshot out of its document and of what its store was found to hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from planner.catalog import Capabilities, Limits, Relation, Source, Table
from proxy.catalog.documents import SourceDocument, TableDocument
from translators.base import Introspection

IMMUTABLE = "immutable"
"""The fact of a table that its document declares immutable."""


def source_of(document: SourceDocument, found: Introspection | None = None, problem: str | None = None) -> Source:
    """The source as the planner sees it; without `found` it holds no tables."""
    source = Source(
        id=document.id,
        type=document.type,
        name=document.name,
        tables=found.tables if found else (),
        schemas=found.schemas if found else (),
        capabilities=Capabilities(**document.capabilities.model_dump()),
        limits=Limits(**document.limits.model_dump()),
        version=document.version,
        problem=problem,
        facts=found.facts if found else frozenset(),
        identity=_identity(document),
    )
    merged = {table.path: table for table in source.tables}
    for name, declared in document.tables.items():
        table = declared_table(source, name)
        if table is not None:
            merged[table.path] = _with_declared(merged[table.path], declared)
    return replace(source, tables=tuple(merged.values()))


def _identity(document: SourceDocument) -> str:
    """32 hex digits of what a source's rows depend on beside its id: where it is, as whom it is read, and how."""
    config = document.store_config()
    said = (config.type, sorted(config.connection.items()), config.declared, config.on_mismatch)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def declared_table(source: Source, name: str) -> Table | None:
    """The table that a document calls `name`: its own name (which may hold dots), or `schema.table`."""
    found = source.table(name)
    if found is None and "." in name:
        schema, _, rest = name.partition(".")
        found = source.table(rest, schema)
    return found


def misfits(document: SourceDocument, source: Source) -> Iterator[str]:
    """What the document declares and the store does not bear out, one sentence each, for the log."""
    for name, declared in document.tables.items():
        table = declared_table(source, name)
        if table is None:
            yield f"The document declares a table {name}, which the source does not have."
            continue
        for column, type in declared.columns.items():
            found = table.column(column)
            if found is None:
                yield f"The document declares a column {name}.{column}, which the table does not have."
            elif found.type != type:
                yield f"The document declares {name}.{column} as {type}; the store delivers it as {found.type}, which stays."
        for relation, link in declared.relations.items():
            for column in link.keys:
                if table.column(column) is None:
                    yield f"The relation {name}.{relation} names a column {column}, which the table does not have."


def _with_declared(table: Table, declared: TableDocument) -> Table:
    """`table` with the declared relations over those that were found. Declared column types are the store's business: it was
    opened with them, and only it can read and filter the column as another type."""
    relations = {relation.name: relation for relation in table.relations}
    for name, link in declared.relations.items():
        if all(table.column(column) is not None for column in link.keys):
            relations[name] = Relation(name, link.to, tuple(link.keys.items()), link.many)
    facts = table.facts | {IMMUTABLE} if declared.immutable else table.facts
    return replace(table, relations=tuple(relations.values()), facts=facts)
