"""The metadata commands: catalogs, schemas, tables, keys, types and server information, out of the catalogue's snapshot.

A catalog is a source. What the caller may not see is not there. Each command is a schema and a function from the visible
snapshot to rows in the order that Flight SQL asks for; nothing is kept between GetFlightInfo and DoGet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from planner.catalog import Catalog, Column, Table
from proxy.flight import keys, sql_info, xdbc_types
from translators.arrow import carrier

BATCH_BYTES = 3 * 1024 * 1024

_TABLE_TYPES = ("TABLE", "VIEW")
_NAMES = pa.schema([pa.field("catalog_name", pa.string(), nullable=False)])
_SCHEMAS = pa.schema([pa.field("catalog_name", pa.string()), pa.field("db_schema_name", pa.string(), nullable=False)])
_TABLES = pa.schema(
    [
        pa.field("catalog_name", pa.string()),
        pa.field("db_schema_name", pa.string()),
        pa.field("table_name", pa.string(), nullable=False),
        pa.field("table_type", pa.string(), nullable=False),
    ]
)
_TABLES_WITH_SCHEMA = _TABLES.append(pa.field("table_schema", pa.binary(), nullable=False))
_TYPES_OF_TABLES = pa.schema([pa.field("table_type", pa.string(), nullable=False)])


@dataclass(frozen=True)
class Metadata:
    """One command: its schema, which may hang on the command, and its rows."""

    schema: Callable[[Any], pa.Schema]
    rows: Callable[[Any, Catalog], pa.Table]


def _fixed(schema: pa.Schema, rows: Callable[[Any, Catalog], Iterable[tuple[Any, ...]]]) -> Metadata:
    return Metadata(lambda command: schema, lambda command, catalog: table_of(schema, rows(command, catalog)))


def table_of(schema: pa.Schema, rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    """Rows of Python values as a table."""
    held = list(rows)
    columns = zip(*held, strict=True) if held else [()] * len(schema)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema)


def batches(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """`table` in batches under 3 MiB; a single larger row goes alone."""
    waiting = list(reversed(table.combine_chunks().to_batches()))
    while waiting:
        batch = waiting.pop()
        if batch.nbytes <= BATCH_BYTES or batch.num_rows <= 1:
            yield batch
        else:
            half = batch.num_rows // 2
            waiting += [batch.slice(half), batch.slice(0, half)]


def _catalogs(command: Any, catalog: Catalog) -> Iterator[tuple[Any, ...]]:
    return ((source,) for source in sorted(catalog.by_id))


def _schemas(command: Any, catalog: Catalog) -> list[tuple[Any, ...]]:
    fits = _pattern(command, "db_schema_filter_pattern")
    found = {(source.id, schema) for source in catalog.sources for schema in {table.schema for table in source.tables}}
    return sorted((source, schema) for source, schema in found if _in_catalog(command, source) and fits(schema))


def _tables(command: Any, catalog: Catalog) -> Iterator[tuple[Any, ...]]:
    fits_schema, fits_name = _pattern(command, "db_schema_filter_pattern"), _pattern(command, "table_name_filter_pattern")
    wanted = set(command.table_types)
    found = [
        (table.source, table.schema, table.name, _table_type(table), table)
        for source in catalog.sources
        if _in_catalog(command, source.id)
        for table in source.tables
        if fits_schema(table.schema) and fits_name(table.name) and (not wanted or _table_type(table) in wanted)
    ]
    for *names, table in sorted(found, key=lambda row: row[:4]):
        yield (*names, arrow_schema(table).serialize().to_pybytes()) if command.include_schema else tuple(names)


def _tables_schema(command: Any) -> pa.Schema:
    return _TABLES_WITH_SCHEMA if command.include_schema else _TABLES


def arrow_schema(table: Table) -> pa.Schema:
    """A table's columns in Arrow, with what Flight SQL tells of a column as metadata of its field."""
    return pa.schema([_field(table, column) for column in table.columns])


def _field(table: Table, column: Column) -> pa.Field:
    try:
        type = carrier(column.type)
    except KeyError:
        type = pa.string()
    facts = {
        "CATALOG_NAME": table.source,
        "DB_SCHEMA_NAME": table.schema,
        "TABLE_NAME": table.name,
        "TYPE_NAME": column.type,
        "IS_AUTO_INCREMENT": "0",
        "IS_CASE_SENSITIVE": "1" if pa.types.is_string(type) else "0",
        "IS_READ_ONLY": "1",
        "IS_SEARCHABLE": "1",
    }
    if pa.types.is_decimal(type):
        facts |= {"PRECISION": str(type.precision), "SCALE": str(type.scale)}
    return pa.field(column.name, type, column.nullable, {f"ARROW:FLIGHT:SQL:{name}": value for name, value in facts.items()})


def _table_type(table: Table) -> str:
    return "VIEW" if "view" in table.kind.lower() else "TABLE"


def _in_catalog(command: Any, source: str) -> bool:
    """An empty catalog asks for what has none, and every table has one."""
    return not command.HasField("catalog") or command.catalog.lower() == source


def _pattern(command: Any, name: str) -> Callable[[str], bool]:
    """The test of a LIKE pattern, by which identifiers match regardless of case; everything matches where there is none."""
    if not command.HasField(name):
        return lambda text: True
    parts = [_Part(found) for found in re.findall(r"\\.|[^\\]|\\$", getattr(command, name).lower(), re.DOTALL)]
    return lambda text: _like(parts, text.lower())


class _Part(str):
    """One character of a LIKE pattern, with its backslash if it has one."""

    __slots__ = ()

    def fits(self, character: str) -> bool:
        return self == "_" or self[-1] == character


def _like(parts: list[_Part], text: str) -> bool:
    """Whether the pattern matches, in time linear in both lengths for each `%` (a regular expression can take exponential
    time)."""
    part = place = 0
    after_percent, retry = -1, 0
    while place < len(text):
        if part < len(parts) and parts[part] == "%":
            part += 1
            after_percent, retry = part, place
        elif part < len(parts) and parts[part].fits(text[place]):
            part, place = part + 1, place + 1
        elif after_percent >= 0:
            retry += 1
            part, place = after_percent, retry
        else:
            return False
    return all(rest == "%" for rest in parts[part:])


METADATA: Mapping[str, Metadata] = {
    "CommandGetCatalogs": _fixed(_NAMES, _catalogs),
    "CommandGetDbSchemas": _fixed(_SCHEMAS, _schemas),
    "CommandGetTables": Metadata(
        _tables_schema, lambda command, catalog: table_of(_tables_schema(command), _tables(command, catalog))
    ),
    "CommandGetTableTypes": _fixed(_TYPES_OF_TABLES, lambda command, catalog: ((name,) for name in _TABLE_TYPES)),
    "CommandGetPrimaryKeys": _fixed(keys.PRIMARY, keys.primary_keys),
    "CommandGetExportedKeys": _fixed(keys.FOREIGN, keys.exported_keys),
    "CommandGetImportedKeys": _fixed(keys.FOREIGN, keys.imported_keys),
    "CommandGetCrossReference": _fixed(keys.FOREIGN, keys.cross_reference),
    "CommandGetXdbcTypeInfo": _fixed(xdbc_types.SCHEMA, xdbc_types.rows),
    "CommandGetSqlInfo": Metadata(lambda command: sql_info.SCHEMA, lambda command, catalog: sql_info.table(command.info)),
}
"""Command → how it is answered."""
