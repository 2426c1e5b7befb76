"""What the planner knows of the world: sources, tables and columns as immutable values.

A `Catalog` is one snapshot; a refresh makes another. Its `version` is a hash of its content, its `epoch` one of its tables'
statistics; both are the same in every process.
Types are written as DuckDB writes them (`DECIMAL(12,2)`, `STRUCT(city VARCHAR)[]`, `TIMESTAMP WITH TIME ZONE`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from fnmatch import fnmatchcase
from functools import cache, cached_property
from typing import Any

from planner.statistics import TableStatistics

_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})


def spelled(value: object) -> str:
    """Like `repr`, but the same in every process: sets are in order, and of a dataclass there are the fields that count when
    compared. Values that differ in one of these are spelled differently."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return repr(value)
    if isinstance(value, tuple | list):
        return f"({', '.join(map(spelled, value))})"
    if isinstance(value, Table):
        return f"Table({value.content})"
    if _compared(kind) is not None:
        return _spelled_fields(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{spelled(key)}: {spelled(each)}' for key, each in value.items())}}}"
    if isinstance(value, frozenset):
        return f"{{{', '.join(sorted(map(spelled, value)))}}}"
    return f"{kind.__name__}:{value!r}"


def _spelled_fields(value: object) -> str:
    kind: Any = type(value)
    told = (spelled(getattr(value, name)) for name in _compared(kind) or ())
    return f"{kind.__name__}({', '.join(told)})"


@cache
def _compared(kind: Any) -> tuple[str, ...] | None:
    """The fields of a dataclass that count when compared; None of what is none."""
    return tuple(each.name for each in fields(kind) if each.compare) if is_dataclass(kind) else None


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `name` is its name in SQL, unique in its table without regard to case; `origin` is the store's own spelling (a field path in
    a document store). `type` is the DuckDB type that the store's values are delivered as, `native` the store's name for its own
    type. `facts` is what a translator may rely on, in words that only its own store defines (`collation:C`, `missing`, `mixed`).
    """

    name: str
    type: str
    origin: str = ""
    native: str = ""
    nullable: bool = True
    facts: frozenset[str] = frozenset()

    @property
    def stored_as(self) -> str:
        return self.origin or self.name


@dataclass(frozen=True)
class Relation:
    """A link from one table to another: `keys` pairs (own column, other's column); `many` says which side repeats."""

    name: str
    to: str
    keys: tuple[tuple[str, str], ...]
    many: bool = False


@dataclass(frozen=True)
class Table:
    """A table, view, collection or set of files. `indexes` are the columns of the indexes that are not keys, in their order.
    `bases` are the paths of the other tables whose changes are its own: what a view reads, and what a partition is written
    through. `statistics` is what was last measured of it; two tables that differ in nothing else are equal."""

    source: str
    schema: str
    name: str
    columns: tuple[Column, ...]
    origin: str = ""
    kind: str = "table"
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    relations: tuple[Relation, ...] = ()
    facts: frozenset[str] = frozenset()
    bases: tuple[str, ...] = ()
    statistics: TableStatistics | None = field(default=None, compare=False)

    @property
    def rows(self) -> int | None:
        """About how many rows it holds; None where that is not known."""
        return self.statistics.rows if self.statistics is not None else None

    @property
    def path(self) -> str:
        return f"{self.source}.{self.schema}.{self.name}"

    @property
    def stored_as(self) -> str:
        return self.origin or self.name

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Columns by their name in lower case."""
        return {column.name.lower(): column for column in self.columns}

    def column(self, name: str) -> Column | None:
        return self.by_name.get(name.lower())

    @cached_property
    def content(self) -> str:
        """32 hex digits that change with the table's columns, types and facts, not with its statistics."""
        return hashlib.sha256(_spelled_fields(self).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Capabilities:
    """What a source may be asked for; the configuration narrows it, the store's translator narrows it further."""

    joins: bool = True
    projections: bool = True
    filters: bool = True
    aggregates: bool = True
    sorts: bool = True
    depth_limit: int = 3


@dataclass(frozen=True)
class Limits:
    """What reading a source may cost one query: rows read, milliseconds, and connections in all."""

    max_rows: int | None = None
    timeout_ms: int | None = None
    max_connections: int = 8


@dataclass(frozen=True)
class Source:
    """One source in the snapshot. `schemas` is the order in which `source.table` looks for a table; `problem`: why it is down.
    `identity` tells apart what different configurations reach under the same id: a hash."""

    id: str
    type: str
    name: str = ""
    tables: tuple[Table, ...] = ()
    schemas: tuple[str, ...] = ()
    capabilities: Capabilities = field(default_factory=Capabilities)
    limits: Limits = field(default_factory=Limits)
    version: int = 1
    problem: str | None = None
    facts: frozenset[str] = frozenset()
    identity: str = ""

    def measured(self, found: Mapping[str, TableStatistics]) -> Source:
        """The same source with these statistics, by the tables' paths; a table that has none in `found` keeps its own."""
        tables = (replace(table, statistics=found.get(table.path, table.statistics)) for table in self.tables)
        return replace(self, tables=tuple(tables))

    @cached_property
    def by_path(self) -> Mapping[tuple[str, str], Table]:
        """Tables by (schema, name), both in lower case."""
        return {(table.schema.lower(), table.name.lower()): table for table in self.tables}

    def table(self, name: str, schema: str | None = None) -> Table | None:
        """The table of that name, in `schema` or in the first of `schemas` that has it."""
        for place in (schema,) if schema is not None else (*self.schemas, *self._other_schemas):
            found = self.by_path.get((place.lower(), name.lower()))
            if found:
                return found
        return None

    @cached_property
    def _other_schemas(self) -> tuple[str, ...]:
        return tuple(sorted({table.schema for table in self.tables} - set(self.schemas)))


@dataclass(frozen=True)
class Grants:
    """What a caller may see: patterns `source.table` or `source.schema.table`, `*` matching within a part."""

    patterns: tuple[str, ...] = ("*.*",)

    @cached_property
    def _parts(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(pattern.lower().split(".")) for pattern in self.patterns)

    def allow(self, table: Table) -> bool:
        short = (table.source.lower(), table.name.lower())
        long = (table.source.lower(), table.schema.lower(), table.name.lower())
        return any(_match(parts, short) or _match(parts, long) for parts in self._parts)

    def mention(self, source: str) -> bool:
        """Whether some table of that source would be allowed."""
        return any(fnmatchcase(source.lower(), parts[0]) for parts in self._parts)


def _match(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return len(pattern) == len(path) and all(fnmatchcase(part, wanted) for part, wanted in zip(path, pattern, strict=True))


EVERYTHING = Grants()


@dataclass(frozen=True)
class Catalog:
    """One snapshot of every source."""

    sources: tuple[Source, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Source]:
        return {source.id: source for source in self.sources}

    @cached_property
    def version(self) -> str:
        """32 hex digits: a hash of the whole content but for the statistics."""
        return hashlib.sha256(spelled(self.sources).encode()).hexdigest()[:32]

    @cached_property
    def epoch(self) -> str:
        """32 hex digits that change with the statistics of its tables, not with the time when they were taken."""
        tables = (table for source in self.sources for table in source.tables)
        figures = [(table.path, table.statistics.figures) for table in tables if table.statistics is not None]
        return hashlib.sha256(repr(figures).encode()).hexdigest()[:32]

    def visible_to(self, grants: Grants) -> Catalog:
        """The same snapshot without the tables that `grants` do not allow, and without the sources that then hold none.

        A source that is down and whose tables were never known stays if the grants name it: its queries are told that it is down.
        """
        if grants == EVERYTHING:
            return self
        narrowed = (
            replace(source, tables=tuple(table for table in source.tables if grants.allow(table)))
            for source in self.sources
            if source.tables or (source.problem is not None and grants.mention(source.id))
        )
        return Catalog(tuple(source for source in narrowed if source.tables or not self.by_id[source.id].tables))
