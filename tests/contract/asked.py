"""The two ways in which the suite asks: a store through its contract, and the whole of Foz with a store behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlglot
from sqlglot import exp

from planner.catalog import Catalog, Limits, Source, Table
from planner.fragments import fragment, scan
from planner.plan import Field, Fragment, Native
from proxy.application import build
from proxy.catalog.entries import PATIENCE, Patience
from proxy.settings import Settings
from tests.answers.world import World
from tests.contract.place import SOURCE, Place
from tests.translators.batches import Batches
from translators.arrow import schema
from translators.base import Reader, Store, StoreConfig
from translators.control import Control
from translators.registry import store_type

PATIENT_MS = 120_000


class Asked:
    """A store of one place, open, with what it holds."""

    def __init__(self, place: Place, connection: Mapping[str, Any] | None = None, **config: Any) -> None:
        self.place = place
        self.type = store_type(place.type)
        self.store: Store = self.type.open(StoreConfig(SOURCE, place.type, connection or place.connection, **config))
        self._batches = Batches(self.store)
        self.reading = self._batches.reading
        self.refresh()

    def refresh(self) -> None:
        found = self.store.introspect(Control(PATIENT_MS))
        self.found = found
        known = Source(SOURCE, self.place.type, tables=found.tables, schemas=found.schemas, facts=found.facts)
        self.source = known.measured(self.store.statistics(found.tables, Control(PATIENT_MS)))
        self.catalog = Catalog((self.source,))

    def table(self, name: str) -> Table:
        table = self.source.table(name)
        assert table is not None, sorted(table.name for table in self.found.tables)
        return table

    def whole(self, name: str) -> Fragment:
        table = self.table(name)
        return scan("f1", "a", table, table.columns, (), self.catalog)

    def fragment(self, sql: str, *outputs: tuple[str, str]) -> Fragment:
        """The fragment for a query in which every column has its table's alias; `s.table` is looked up."""
        query = sqlglot.parse_one(sql, dialect="duckdb")
        assert isinstance(query, exp.Query)
        for node in query.find_all(exp.Table):
            table = self.table(node.name)
            node.set("catalog", exp.to_identifier(SOURCE))
            node.set("db", exp.to_identifier(table.schema))
        return fragment("f1", query, [Field(*each) for each in outputs], self.catalog)

    def native(self, proposal: Fragment) -> Native:
        taken = self.type.take(proposal, self.source)
        assert taken.native is not None, [left.reason for left in taken.left]
        assert not taken.left
        return taken.native

    def slow(self) -> Fragment:
        table = self.source.table("slow")
        column = table.column("n") if table is not None else None
        return self.fragment(self.place.slow, ("n", column.type if column is not None else "BIGINT"))

    def batches(self, reader: Reader, proposal: Fragment, control: Control) -> Iterator[pa.RecordBatch]:
        wanted = schema(proposal.outputs)
        for batch in reader.read(self.native(proposal), proposal.outputs, control):
            batch.validate(full=True)
            assert batch.schema.equals(wanted)
            assert batch.nbytes <= 3 << 20 or batch.num_rows == 1
            yield batch

    def read(self, proposal: Fragment, control: Control | None = None) -> pa.Table:
        control = control or Control(PATIENT_MS)
        with self.reading(1, control) as reader:
            return pa.Table.from_batches(list(self.batches(reader, proposal, control)), schema(proposal.outputs))

    def rows(self, name: str) -> list[dict[str, Any]]:
        """A table's rows by `id`."""
        rows: list[dict[str, Any]] = self.read(self.whole(name)).to_pylist()
        return sorted(rows, key=lambda row: row["id"])

    def close(self) -> None:
        self.store.close()
        self._batches.close()

    def __enter__(self) -> Asked:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()


def limited(connections: int) -> dict[str, Any]:
    return {"limits": Limits(max_connections=connections)}


@contextmanager
def foz_over(
    documents: Sequence[Mapping[str, Any]], directory: Path, patience: Patience = PATIENCE, **settings: Any
) -> Iterator[World]:
    """Foz in this process over the sources of `documents`; its oracle is an empty DuckDB with a schema for each."""
    world = World(None, None, directory)
    for document in documents:
        world.oracle.execute(f"CREATE SCHEMA {document['id']}")
    with build(Settings(sources=list(documents), **settings), {}, patience) as foz:
        foz.start()
        world.foz = foz
        try:
            yield world
        finally:
            world.oracle.close()


def document(place: Place, **more: Any) -> dict[str, Any]:
    return {"id": SOURCE, "type": place.type, "connection": place.connection, **more}
