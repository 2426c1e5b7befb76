"""A catalogue to plan against: `shop` in PostgreSQL, `crm` in MongoDB, as their stores would introspect them."""

from __future__ import annotations

from planner.catalog import Catalog, Column, Source, Table
from planner.statistics import ColumnStatistics, TableStatistics
from translators.mongo import STORE as MONGO
from translators.postgres import STORE as POSTGRES

TEXT = frozenset({"collation:C"})


def _column(name: str, type: str, native: str) -> Column:
    return Column(name, type, native=native, facts=TEXT if native == "text" else frozenset())


ORDERS = Table(
    "shop",
    "public",
    "orders",
    (
        _column("id", "BIGINT", "int8"),
        _column("customer_id", "VARCHAR", "text"),
        _column("total", "DECIMAL(12,2)", "numeric(12,2)"),
        _column("status", "VARCHAR", "text"),
        _column("placed_at", "TIMESTAMP", "timestamp"),
    ),
    primary_key=("id",),
)
LINES = Table(
    "shop",
    "public",
    "lines",
    (
        _column("order_id", "BIGINT", "int8"),
        _column("line", "INTEGER", "int4"),
        _column("sku", "VARCHAR", "text"),
        _column("quantity", "INTEGER", "int4"),
    ),
    primary_key=("order_id", "line"),
)
CUSTOMERS = Table(
    "crm",
    "crm",
    "customers",
    (
        Column("_id", "VARCHAR", native="string"),
        Column("name", "VARCHAR", native="string"),
        Column("Country", "VARCHAR", native="string"),
        Column("score", "DOUBLE", native="double"),
        Column("address", 'STRUCT("city" VARCHAR, "zip" VARCHAR)', native="object"),
        Column("tags", "VARCHAR[]", native="array"),
    ),
    primary_key=("_id",),
)
STOCK = Table(
    "shop",
    "public",
    "stock",
    (_column("sku", "VARCHAR", "text"), _column("place", "VARCHAR", "text"), _column("amount", "INTEGER", "int4")),
    primary_key=("sku",),
    statistics=TableStatistics(
        rows=40_000,
        bytes=3_000_000,
        columns=(
            ("sku", ColumnStatistics(0.0, 40_000, width_bytes=12)),
            ("place", ColumnStatistics(0.25, 3, common=(("Lisbon", 0.5), ("Porto", 0.25)), width_bytes=6)),
            ("amount", ColumnStatistics(0.0, 900, bounds=(0, 10, 100, 1000), width_bytes=4)),
        ),
        origin="pg_stats",
    ),
)
"""Known by its statistics; the other tables have none."""

CATALOG = Catalog(
    (
        Source("shop", "postgres", tables=(ORDERS, LINES, STOCK), schemas=("public",)),
        Source("crm", "mongodb", tables=(CUSTOMERS,), schemas=("crm",)),
    )
)
TAKES = {"shop": POSTGRES.take, "crm": MONGO.take}
