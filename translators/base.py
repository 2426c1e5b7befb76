"""The contracts between Foz and a store.

A store is one folder in `translators/` that exports `STORE`, a `StoreType`, and one line in `registry.py`. Its `take` is pure: it
turns fragments into native requests (`planner.plan`). Its `Store` does the input and output:

    store = STORE.open(config)                      # cheap: connects lazily
    store.introspect(control) -> Introspection      # tables and columns
    store.statistics(tables, control)               # their sizes and values, by path
    with store.reading(reads, control) as reader:   # one instant for every read of one query
        for batch in reader.read(native, outputs, control): ...
        reader.explain(native, "plan", control)     # how the store goes about it, in its own words
    store.execute(statement, control) -> int        # native writes, affected rows
    with store.transaction(control) as t: t.execute(...)
    store.close()

Cancelling is the `Control`'s: every call takes one, and its end must reach the statement in the store before the call returns.
Every exception that leaves a store is a `planner.errors.FozError`; a driver's own are mapped in the folder's `errors.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

import pyarrow as pa

from planner.catalog import Capabilities, Limits, Table
from planner.errors import FozError
from planner.plan import Field, Native, Take
from planner.statistics import TableStatistics
from translators.control import Control


def unheard() -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class StoreConfig:
    """One source as configured, environment overrides applied.

    `connection` holds the document's `connection` object (`{host, port, user, password, db}` or `{uri}`, and what else the store
    documents). `declared` maps a table's name (`table` or `schema.table`) to its declared column types as DuckDB writes them.
    `sample` is the number of documents that a document store looks at to find its columns. `written` is called after each write
    through the store, also where it failed: what of it happened may not be known.
    """

    id: str
    type: str
    connection: Mapping[str, Any] = field(repr=False)
    capabilities: Capabilities = field(default_factory=Capabilities)
    limits: Limits = field(default_factory=Limits)
    declared: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    on_mismatch: Literal["error", "nullify"] = "error"
    sample: int = 1000
    written: Callable[[], None] = field(default=unheard, repr=False, compare=False)


@dataclass(frozen=True)
class Finding:
    """What `foz sources inspect` shows of one field: the types that were found, how often, and the column it became."""

    table: str
    path: str
    found: Mapping[str, int]
    type: str


@dataclass(frozen=True)
class Introspection:
    """What a store holds now. `schemas` is the order in which `source.table` looks; `server` names product and version."""

    tables: tuple[Table, ...]
    schemas: tuple[str, ...]
    server: str
    facts: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()


class Reader(Protocol):
    """One query's view of a store: everything it reads, it reads at one instant."""

    def read(self, native: Native, outputs: Sequence[Field], control: Control) -> Iterator[pa.RecordBatch]:
        """Batches whose schema is exactly `translators.arrow.schema(outputs)`, in the store's order, none above 3 MiB or so.

        May be called again for the same request and then gives the same rows, from the same instant where the reader was opened
        for more than one read. Stops the statement in the store when the iterator is closed early or `control` ends; counts no
        rows (limits are the caller's). Raises SourceUnavailable, SourceRejected, SourceData, QueryCancelled, QueryTimeout.
        """

    def explain(self, native: Native, depth: Depth, control: Control) -> str:
        """The store's own plan of a request, as it prints it: what it would do (`plan`), or that and what it took when it runs it
        and throws its rows away (`execution`; a store that measures nothing gives its plan alone).

        Ends and raises like `read`. Names no secret, and no statement but this one.
        """


Depth = Literal["plan", "execution"]
"""How far a store goes when it explains a request."""


@dataclass(frozen=True, eq=False)
class Relation:
    """Rows that the residual engine reads itself, as DuckDB SQL: what a fragment is to be where a store's data are files.

    `query` is one SELECT over the names in `tables`, and may hold what a caller wrote; each of `tables` is a SELECT over files,
    which the store alone wrote. `paths` are those files. `unchanged` raises SourceData where they are not what they were when the
    relation was made; `explained` is given what DuckDB raised and gives the error, None where it is not about these files.
    """

    query: str
    tables: Mapping[str, str]
    paths: tuple[str, ...]
    unchanged: Callable[[], None]
    explained: Callable[[Exception, Control], FozError | None]


class FileReader(Protocol):
    """One query's view of a store whose data DuckDB reads: it gives relations where another `Reader` gives batches, and DuckDB
    explains them."""

    def relation(self, native: Native, control: Control) -> Relation:
        """Raises SourceUnavailable, SourceData."""


class Transaction(Protocol):
    """Native statements that happen together or not at all; leaving the block by an exception rolls back."""

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> int: ...


class Store(Protocol):
    """A store's life: made by `StoreType.open`, used by many threads at once, closed once.

    A store may say more of its connections: `concurrent_reads`, how many reads of one reading can go on side by side, and
    `read_connections`, how many connections all its reads may use. Absent, both are the source's `max_connections`.
    A store with `directories`, where its files are, is read by the residual engine: its `reading` gives a FileReader.
    """

    def introspect(self, control: Control) -> Introspection: ...

    def statistics(self, tables: Sequence[Table], control: Control) -> Mapping[str, TableStatistics]:
        """What is known of the sizes and values of `tables`, which are this store's own as it introspected them, by their paths.

        Cheap: reads what the store keeps of its tables, no table as a whole. A table of which nothing is known is absent. Columns
        have the catalogue's names. Raises what `introspect` raises.
        """

    def reading(self, reads: int, control: Control) -> AbstractContextManager[Reader]:
        """A reader for one query that may have up to `reads` reads in progress side by side (1: a single read, no shared instant
        needed, the cheapest way). Waits for free connections within `control`; leaving gives them back clean."""

    def execute(self, statement: str, parameters: Sequence[Any], control: Control) -> int:
        """Runs one native write and answers the number of rows it affected. Raises Unsupported where the store only reads."""

    def transaction(self, control: Control) -> AbstractContextManager[Transaction]: ...

    def close(self) -> None: ...


@runtime_checkable
class Proving(Protocol):
    """A store that can tell within a request whether its tables are as they were."""

    def prove(self, tables: Sequence[Table], control: Control) -> Mapping[str, str]:
        """A token for each table by its path, which is the same only while the table's rows are. Asked before a read begins:
        what is written after that gives another token to whoever asks next. Raises FozError where the source does not
        answer."""


class Watch(Protocol):
    """A store's changes being listened for."""

    def close(self) -> None: ...


class Heard(Protocol):
    """What a watch tells, from threads of its own, one call at a time."""

    def live(self, tables: Collection[str], untold: Mapping[str, str]) -> None:
        """From now on every change of the rows of these tables (by path) will be told, as one of the table or of one of its
        `bases`. What was written before may not have been. `untold` says of other tables why theirs are not, as a clause that
        users read."""

    def changed(self, tables: Collection[str], mark: str | None) -> None:
        """They were written to; none named: anything in the source may have been. `mark` is the store's own name for the
        change, the same for whoever hears of it."""

    def paused(self, reason: str) -> None:
        """Changes are told late until `resumed` is called, or never where `lost` is."""

    def resumed(self) -> None:
        """Every change since `paused` has been told, and the tables of `live` are told of again."""

    def lost(self, reason: str) -> None:
        """Changes may go untold until `live` is called again. `reason` is a clause that users read."""


@runtime_checkable
class Watching(Protocol):
    """A store that tells of changes by itself."""

    def watch(self, tables: Sequence[Table], heard: Heard) -> Watch:
        """Begins to listen and returns at once; goes on until it is closed, over lost connections too."""


@dataclass(frozen=True)
class Watchable:
    """What a store would tell of now. `watched` and `unwatched` have tables by path, the latter with the reason as a clause;
    `statements` is what is to be run in the store so that it tells of more, in its own language and in this order."""

    watched: tuple[str, ...]
    unwatched: Mapping[str, str]
    statements: tuple[str, ...]


@runtime_checkable
class Installing(Protocol):
    """A store that tells of changes once something has been put into it."""

    def watchable(self, tables: Sequence[Table], control: Control) -> Watchable: ...

    def install(self, tables: Sequence[Table], control: Control) -> tuple[str, ...]:
        """Puts it there, or what of it is missing. Answers what could not be done, in sentences."""

    def uninstall(self, control: Control) -> None:
        """Takes all of it away."""


@dataclass(frozen=True)
class StoreType:
    """What a store's folder exports. `lacks` names each capability of the contract suite that it has not, with the reason."""

    name: str
    take: Take
    open: Callable[[StoreConfig], Store]
    lacks: Mapping[str, str] = field(default_factory=dict)
