"""A PostgreSQL database beside DuckDB: the same statements make the same rows in both, and the same query is asked of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import adbc_driver_postgresql.dbapi as postgres
import duckdb
import pyarrow as pa

from planner.bind import bind
from planner.catalog import Capabilities, Catalog, Source
from planner.parse import parse
from planner.plan import Field, Plan, Step
from planner.split import plan
from proxy.residual import Engine
from translators.arrow import schema
from translators.base import StoreConfig
from translators.control import Control
from translators.postgres import STORE
from translators.postgres.reading import PostgresQuery
from translators.postgres.source import PostgresStore


def administer(uri: str, *statements: str) -> None:
    with postgres.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


class Beside:
    """The source `pg`; DuckDB's catalogue of the same name holds what the source delivers of each table."""

    def __init__(self, uri: str, capabilities: Capabilities | None = None, **config: Any) -> None:
        self.uri = uri
        self.store = STORE.open(StoreConfig("pg", "postgres", {"uri": uri}, **config))
        assert isinstance(self.store, PostgresStore)
        found = self.store.introspect(Control())
        known = Source("pg", "postgres", "", found.tables, found.schemas, capabilities or Capabilities())
        self.source = known.measured(self.store.statistics(found.tables, Control()))
        self.catalog = Catalog((self.source,))
        self.engine = Engine(500_000_000, None)
        self._plans: dict[str, Plan] = {}
        self.oracle = duckdb.connect()
        self.oracle.execute("SET TimeZone = 'UTC'")
        self.oracle.execute("ATTACH ':memory:' AS pg")

    def close(self) -> None:
        self.store.close()
        self.engine.close()
        self.oracle.close()

    def describe(self, sql: str, tables: Mapping[str, Sequence[Field]], names: Mapping[str, str]) -> tuple[Field, ...]:
        return tuple(self.engine.describe(sql, tables, names).columns)

    def plan(self, sql: str) -> Plan:
        if sql not in self._plans:
            self._plans[sql] = plan(bind(parse(sql), self.catalog, self.describe), STORE.take, self.describe, self.engine.compute)
        return self._plans[sql]

    def native(self, sql: str) -> str:
        """The text of the one request that answers `sql`; the reasons where it takes more than one."""
        planned = self.plan(sql)
        if planned.residual is None and not planned.steps[0].taken.left:
            return planned.steps[0].native.text
        left = [left for step in planned.steps for left in (*step.left, *step.taken.left)] + list(planned.refused)
        return "refused: " + "; ".join(dict.fromkeys(each.reason for each in left))

    def read(self, sql: str, control: Control | None = None) -> pa.Table:
        planned = self.plan(sql)
        assert planned.residual is None, self.native(sql)
        (step,) = planned.steps
        table = self._read(step, control or Control())
        if cast(PostgresQuery, step.native).prepared:  # the second time it runs as a prepared statement
            again = self._read(step, control or Control())
            assert repr(sorted(map(str, again.to_pylist()))) == repr(sorted(map(str, table.to_pylist()))), sql
        return table

    def _read(self, step: Step, control: Control) -> pa.Table:
        with self.store.reading(1, control) as reader:
            batches = list(reader.read(step.native, step.fragment.outputs, control))
        wanted = schema(step.fragment.outputs)
        assert all(batch.schema.equals(wanted) for batch in batches)
        return pa.Table.from_batches(batches, wanted)

    def copy(self, *tables: str) -> None:
        """Gives DuckDB the rows of the tables as the source delivers them."""
        for name in tables:
            table = self.source.table(name)
            assert table is not None
            given = self.read(f'SELECT * FROM pg."{name}"')
            columns = ", ".join(f'CAST("{column.name}" AS {column.type}) AS "{column.name}"' for column in table.columns)
            self.oracle.register("given", given)
            self.oracle.execute(f'CREATE TABLE pg.main."{name}" AS SELECT {columns} FROM given')
            self.oracle.unregister("given")

    def expected(self, sql: str) -> list[tuple[Any, ...]]:
        return self._texts(f"({sql})")

    def answers(self, sql: str) -> list[tuple[Any, ...]]:
        """The source's own answer to the whole query, read by DuckDB in the types of the answer."""
        planned = self.plan(sql)
        table = self.read(sql).rename_columns([f"c{index}" for index in range(len(planned.columns))])
        self.oracle.register("answer", table)
        columns = ", ".join(f"CAST(c{index} AS {field.type}) AS c{index}" for index, field in enumerate(planned.columns))
        try:
            return self._texts(f"(SELECT {columns} FROM answer)")
        finally:
            self.oracle.unregister("answer")

    def _texts(self, relation: str) -> list[tuple[Any, ...]]:
        """Rows as DuckDB writes their values: exact for every type, and for dates that Python has not."""
        rows = self.oracle.execute(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {relation} AS r").fetchall()
        return [tuple("nan" if value == "-nan" else value for value in row) for row in rows]

    def agrees(self, sql: str) -> None:
        """Asserts that PostgreSQL alone gives DuckDB's answer: in order where the query ends with an order."""
        ordered = "order by" in sql.lower().rsplit(")", 1)[-1]
        given, expected = [repr(row) for row in self.answers(sql)], [repr(row) for row in self.expected(sql)]
        if not ordered:
            given, expected = sorted(given), sorted(expected)
        assert given == expected, f"{sql}\n{self.native(sql)}"
