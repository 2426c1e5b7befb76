"""A collection under test: documents in a real server, the store over it, and DuckDB over the same rows as the oracle."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import pymongo
import sqlglot
from bson.codec_options import CodecOptions
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from planner.catalog import Source, Table
from planner.plan import Field, Fragment, Taken
from planner.unnests import grouped_as_joins
from translators import arrow
from translators.base import Introspection, Store, StoreConfig
from translators.control import Control
from translators.mongo import STORE


@dataclass
class Shop:
    """`table` is the collection under the source name `src`; the oracle holds the rows that the reader gave for all of it."""

    store: Store
    found: Introspection
    source: Source
    table: Table
    oracle: duckdb.DuckDBPyConnection

    def __enter__(self) -> Shop:
        return self

    def __exit__(self, *args: object) -> None:
        self.store.close()
        self.oracle.close()

    def fragment(self, sql: str) -> Fragment:
        """`sql` over `t` as the planner would hand it to the translator."""
        tree = sqlglot.parse_one(sql, read="duckdb")
        for name in [each for each in tree.find_all(exp.Table) if each.name == "t"]:
            name.set("db", exp.to_identifier(self.table.schema))
            name.set("catalog", exp.to_identifier("src"))
            name.set("alias", exp.TableAlias(this=exp.to_identifier("t")))
            name.set("this", exp.to_identifier(self.table.name, quoted=True))
        columns = {column.name: column.type for column in self.table.columns}
        schema = MappingSchema({"src": {self.table.schema: {self.table.name: columns}}}, dialect="duckdb", normalize=False)
        query = qualify(tree, schema=schema, dialect="duckdb", quote_identifiers=True, validate_qualify_columns=False)
        grouped_as_joins(query)
        described = self.oracle.sql(f"DESCRIBE {sql}").fetchall()
        outputs = tuple(Field(select.alias_or_name, row[1]) for select, row in zip(query.selects, described, strict=True))
        origins = {
            id(node): column for node in query.find_all(exp.Column) if (column := self.table.column(node.name)) is not None
        }
        return Fragment("f1", "src", query, outputs, origins, {key: column.type for key, column in origins.items()})

    def take(self, sql: str) -> tuple[Fragment, Taken]:
        fragment = self.fragment(sql)
        return fragment, STORE.take(fragment, self.source)

    def read(self, sql: str, control: Control | None = None) -> tuple[pa.Table, Taken]:
        """What MongoDB gives for `sql` without the conjuncts that it left."""
        fragment, taken = self.take(sql)
        assert taken.native is not None, [(left.part.sql("duckdb"), left.reason) for left in taken.left]
        control = control or Control()
        with self.store.reading(1, control) as reader:
            batches = list(reader.read(taken.native, fragment.outputs, control))
        return pa.Table.from_batches(batches, arrow.schema(fragment.outputs)), taken


def open_shop(
    uri: str,
    documents: Sequence[Mapping[str, Any]],
    *,
    options: Mapping[str, Any] | None = None,
    declared: Mapping[str, str] | None = None,
    on_mismatch: Any = "error",
    sample: int = 1000,
    indexes: Sequence[str] = (),
) -> Shop:
    """A fresh collection with `documents`, and its store. The caller leaves or closes it."""
    name = f"t_{uuid.uuid4().hex[:8]}"
    with pymongo.MongoClient[dict[str, Any]](uri) as client:
        database = client.get_default_database(codec_options=CodecOptions())
        database.create_collection(name, **(options or {}))
        if documents:
            database[name].insert_many([dict(document) for document in documents])
        for index in indexes:
            database[name].create_index(index)
    config = StoreConfig(
        "src", "mongodb", {"uri": uri}, declared={name: dict(declared or {})}, on_mismatch=on_mismatch, sample=sample
    )
    store = STORE.open(config)
    try:
        found = store.introspect(Control())
        table = next(table for table in found.tables if table.name == name)
        known = Source("src", "mongodb", tables=found.tables, schemas=found.schemas, facts=found.facts)
        source = known.measured(store.statistics(found.tables, Control()))
        return Shop(store, found, source, table, duckdb.connect())
    except BaseException:
        store.close()
        raise


def load_oracle(shop: Shop) -> Shop:
    """Fills the oracle with every row of the collection, as the reader gives them."""
    columns = ", ".join(f'"{column.name}" {column.type}' for column in shop.table.columns)
    try:
        shop.oracle.execute(f"CREATE TABLE t ({columns})")
        rows, _ = shop.read("SELECT * FROM t")
        shop.oracle.register("rows", rows)
        shop.oracle.execute("INSERT INTO t SELECT * FROM rows")
        shop.oracle.unregister("rows")
    except BaseException:
        shop.store.close()
        raise
    return shop
