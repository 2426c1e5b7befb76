"""What PostgreSQL knows of the sizes of its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.catalog import Table
from planner.statistics import TableStatistics
from translators.control import Control
from translators.postgres.session import Session

_SIZES = """
SELECT n.nspname::text AS schema, c.relname::text AS name, c.reltuples::float8 AS rows
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm', 'p', 'f') AND c.reltuples >= 0
"""


def statistics(session: Session, tables: Sequence[Table], control: Control) -> Mapping[str, TableStatistics]:
    """What the server's own statistics say of `tables`, by their paths."""
    rows = {(row["schema"], row["name"]): int(row["rows"]) for row in session.table(_SIZES, control).to_pylist()}
    counted = ((table, rows.get((table.schema, table.stored_as))) for table in tables)
    return {table.path: TableStatistics(rows=count, origin="pg_class") for table, count in counted if count is not None}
