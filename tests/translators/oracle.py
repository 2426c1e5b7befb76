"""A store beside DuckDB: the same rows in both, and the same SQL asked of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp

from planner.bind import bind
from planner.catalog import Catalog, Source, Table
from planner.fragments import fragment, scan
from planner.parse import parse
from planner.plan import Field, Fragment, Plan, Taken
from planner.split import plan
from proxy.residual import Engine
from tests.translators.batches import Batches
from translators.arrow import quoted, schema
from translators.base import Introspection, Store, StoreType
from translators.control import Control


class Oracle:
    """One store's tables in a catalogue, and a DuckDB that holds what the store delivers for them."""

    def __init__(self, store_type: StoreType, store: Store, id: str) -> None:
        self.type = store_type
        self.store = store
        self.id = id
        self.found: Introspection = store.introspect(Control())
        known = Source(id, store_type.name, tables=self.found.tables, schemas=("main",))
        self.source = known.measured(store.statistics(known.tables, Control()))
        self.catalog = Catalog((self.source,))
        self.engine = duckdb.connect(":memory:")
        self.engine.execute("SET TimeZone = 'UTC'")
        self.engine.execute(f"ATTACH ':memory:' AS {id}")
        self.batches = Batches(store)
        self.describing = Engine(64 << 20, None)

    def close(self) -> None:
        self.describing.close()
        self.store.close()
        self.engine.close()
        self.batches.close()

    def table(self, name: str) -> Table:
        table = self.source.table(name)
        assert table is not None, sorted(each.name for each in self.found.tables)
        return table

    def whole(self, name: str) -> Fragment:
        """The fragment that reads every column of a table."""
        table = self.table(name)
        return scan("f0", "t", table, table.columns, (), self.catalog)

    def rows(self, name: str) -> pa.Table:
        return self.read(self.whole(name))

    def copy(self, name: str) -> None:
        """Puts the table's rows, as the store delivers them, into DuckDB under the same name."""
        table, rows = self.table(name), self.rows(name)
        columns = ", ".join(f"CAST({quoted(column.name)} AS {column.type}) AS {quoted(column.name)}" for column in table.columns)
        self.engine.register("given", rows)
        self.engine.execute(f"CREATE TABLE {self.id}.main.{quoted(name)} AS SELECT {columns} FROM given")
        self.engine.unregister("given")

    def fragment(self, sql: str) -> Fragment:
        """The fragment for a query in which every table is `source.main.table AS alias` and every column has its alias."""
        query = sqlglot.parse_one(sql, dialect="duckdb")
        assert isinstance(query, exp.Query)
        described = self.engine.execute(f"DESCRIBE {sql}").fetchall()
        return fragment("f0", query, [Field(row[0], row[1]) for row in described], self.catalog)

    def take(self, sql: str) -> Taken:
        return self.type.take(self.fragment(sql), self.source)

    def read(self, proposal: Fragment, control: Control | None = None) -> pa.Table:
        control = control or Control()
        taken = self.type.take(proposal, self.source)
        assert taken.native is not None, taken.left
        with self.batches.reading(1, control) as reader:
            batches = list(reader.read(taken.native, proposal.outputs, control))
        wanted = schema(proposal.outputs)
        assert all(batch.schema.equals(wanted) for batch in batches)
        return pa.Table.from_batches(batches, wanted)

    def plan(self, sql: str) -> Plan:
        """The plan of a query as a user writes it, in which tables have no alias and columns no relation."""
        return plan(bind(parse(sql), self.catalog, self._describe), self.type.take, self._describe, self.describing.compute)

    def _describe(self, sql: str, tables: Mapping[str, Sequence[Field]], names: Mapping[str, str]) -> tuple[Field, ...]:
        return tuple(self.describing.describe(sql, tables, names).columns)

    def native(self, sql: str) -> str:
        """The text of the one request that answers `sql`; the reasons where it takes more than one."""
        planned = self.plan(sql)
        if planned.residual is None and not planned.steps[0].taken.left:
            return planned.steps[0].native.text
        left = [left for step in planned.steps for left in (*step.left, *step.taken.left)] + list(planned.refused)
        return "refused: " + "; ".join(dict.fromkeys(each.reason for each in left))

    def alone(self, sql: str, control: Control | None = None) -> pa.Table:
        """The store's own answer to a query as a user writes it."""
        planned = self.plan(sql)
        assert planned.residual is None, sql
        (step,) = planned.steps
        with self.batches.reading(1, control or Control()) as reader:
            batches = list(reader.read(step.native, step.fragment.outputs, control or Control()))
        return pa.Table.from_batches(batches, schema(step.fragment.outputs))

    def expected(self, sql: str) -> list[tuple[Any, ...]]:
        return self.engine.execute(sql).fetchall()

    def answers(self, sql: str) -> list[tuple[Any, ...]]:
        """What the store gives for `sql`, as DuckDB reads it."""
        proposal = self.fragment(sql)
        table = self.read(proposal)
        names = [f"c{index}" for index in range(len(proposal.outputs))]
        self.engine.register("answer", table.rename_columns(names))
        columns = ", ".join(f"CAST({name} AS {field.type})" for name, field in zip(names, proposal.outputs, strict=True))
        try:
            return self.engine.execute(f"SELECT {columns} FROM answer").fetchall()
        finally:
            self.engine.unregister("answer")

    def agrees(self, sql: str) -> None:
        """Asserts that the store's answer is DuckDB's: in order where the query orders, as a bag where it does not."""
        given, expected = self.answers(sql), self.expected(sql)
        ordered = self.fragment(sql).query.args.get("order") is not None
        assert listed(given, ordered) == listed(expected, ordered), sql


def listed(rows: Sequence[tuple[Any, ...]], ordered: bool) -> list[str]:
    texts = [repr(row) for row in rows]
    return texts if ordered else sorted(texts)
