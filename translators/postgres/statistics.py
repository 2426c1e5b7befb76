"""What PostgreSQL knows of the sizes of its tables and the values of their columns.

Sizes are those of the last VACUUM or ANALYZE (`pg_class`), or what the server has counted (`pg_stat_all_tables`) where there was
none yet; of a table with partitions or children, the sum of theirs. Values are those of the last ANALYZE
(`pg_stats`), as far as the role may read the columns. Nothing here waits for a lock: no function is called that opens a table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from planner.catalog import Column, Table
from planner.statistics import ColumnStatistics, TableStatistics, Value, parsed
from translators.control import Control
from translators.postgres.session import Session

_NAMES = "n.nspname !~ '^pg_(catalog|toast|temp_|toast_temp_)' AND n.nspname <> 'information_schema'"

_SIZES = f"""
SELECT c.oid::int8 AS id, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
       c.reltuples::float8 AS rows, c.relpages::int8 * current_setting('block_size')::int8 AS bytes,
       pg_stat_get_live_tuples(c.oid)::int8 AS live,
       ARRAY(SELECT i.inhrelid::int8 FROM pg_inherits i WHERE i.inhparent = c.oid) AS children
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'p', 'f') AND {_NAMES}
"""

_VALUES = f"""
SELECT n.schemaname::text AS schema, n.tablename::text AS name, n.attname::text AS "column", n.inherited AS inherited,
       n.null_frac::float8 AS nulls, n.avg_width::int4 AS width, n.n_distinct::float8 AS distinct,
       n.most_common_vals::text::text[] AS common, n.most_common_freqs::float8[] AS fractions,
       n.histogram_bounds::text::text[] AS bounds
FROM pg_stats n WHERE {_NAMES.replace("nspname", "schemaname")}
"""

_MOST_BOUNDS = 41
"""Bounds that are kept of each column: there are 100 by default, and a database may have many tables. Common values are all kept:
without some of them the bounds would not speak of the rest."""

_LONGEST_TEXT = 200


def statistics(session: Session, tables: Sequence[Table], control: Control) -> Mapping[str, TableStatistics]:
    """What the server's own statistics say of `tables`, by their paths."""
    sizes = {row["id"]: row for row in session.table(_SIZES, control).to_pylist()}
    by_name = {(row["schema"], row["name"]): row for row in sizes.values()}
    values = _by_table(session.table(_VALUES, control))
    found: dict[str, TableStatistics] = {}
    for table in tables:
        row = by_name.get((table.schema, table.stored_as))
        if row is None:
            continue
        rows, counted = _rows(row, sizes)
        columns = _columns(table, values[table.schema, table.stored_as], rows, bool(row["children"]))
        if rows is not None or columns:
            origin = ("pg_stats" if columns else "pg_class") if counted else "pg_stat_all_tables"
            found[table.path] = TableStatistics(rows, _bytes(row, sizes), columns, origin)
    return found


def _rows(row: Mapping[str, Any], sizes: Mapping[int, Mapping[str, Any]]) -> tuple[int | None, bool]:
    """The rows of a table, its children's among them, and whether PostgreSQL counted or sampled them all."""
    own, counted = (0, True) if row["kind"] == "p" else _own_rows(row)
    children = [_rows(sizes[child], sizes) for child in row["children"] if child in sizes]
    known = [rows for rows, _ in children if rows is not None]
    if row["kind"] == "p" and not known:
        return (int(row["rows"]), True) if row["rows"] >= 0 else (None, True)
    if own is None and not known:
        return None, True
    return (own or 0) + sum(known), counted and all(each for _, each in children)


def _own_rows(row: Mapping[str, Any]) -> tuple[int | None, bool]:
    """A table that was analyzed empty is as unknown as one that never was. (The counters are not believed otherwise: rows that a
    session writes and analyzes at once count twice in them, PostgreSQL 16.)"""
    rows, live = row["rows"], row["live"] or 0
    if rows > 0 or (rows == 0 and not live):
        return int(rows), True
    return (int(live), False) if live else (None, True)


def _bytes(row: Mapping[str, Any], sizes: Mapping[int, Mapping[str, Any]]) -> int | None:
    own = 0 if row["kind"] == "p" or row["rows"] < 0 else int(row["bytes"])
    return own + sum(_bytes(sizes[child], sizes) or 0 for child in row["children"] if child in sizes) or None


def _by_table(values: pa.Table) -> Mapping[tuple[str, str], list[Mapping[str, Any]]]:
    """The rows of `pg_stats` by schema and table. Their arrays stay Arrow's: most of their values are not used."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    arrays = {name: values.column(name).combine_chunks() for name in ("common", "fractions", "bounds")}
    plain = values.drop_columns(list(arrays)).to_pylist()
    for index, row in enumerate(plain):
        found[row["schema"], row["name"]].append(row | {name: array[index].values for name, array in arrays.items()})
    return found


def _columns(
    table: Table, values: Sequence[Mapping[str, Any]], rows: int | None, inherited: bool
) -> tuple[tuple[str, ColumnStatistics], ...]:
    """The columns' statistics: of a table with children, those that ANALYZE took over all of them."""
    wanted = [row for row in values if row["inherited"] == inherited]
    by_column = {row["column"]: row for row in wanted}
    return tuple(
        (column.name, _column(column, by_column[column.stored_as], rows))
        for column in table.columns
        if column.stored_as in by_column
    )


def _column(column: Column, row: Mapping[str, Any], rows: int | None) -> ColumnStatistics:
    """`n_distinct` below 0 is a share of the rows, 0 is unknown; `avg_width` counts one byte before a text."""
    distinct = row["distinct"]
    fractions = row["fractions"].to_pylist() if row["fractions"] is not None else []
    common = [_value(text, column.type) for text in _texts(row["common"], range(len(fractions)))]
    bounds = [_value(text, column.type) for text in _texts(row["bounds"], _spread(row["bounds"]))]
    kept = [bound for bound in bounds if bound is not None]
    return ColumnStatistics(
        null_fraction=row["nulls"],
        distinct=distinct if distinct > 0 else -distinct * rows if distinct < 0 and rows is not None else None,
        common=tuple((value, fraction) for value, fraction in zip(common, fractions, strict=False) if value is not None),
        bounds=tuple(sorted(kept)) if len(kept) == len(bounds) else (),
        width_bytes=max(0, row["width"] - 1),
    )


def _texts(array: pa.Array | None, indexes: Sequence[int]) -> list[str]:
    texts: list[str] = array.take(pa.array(indexes, pa.int64())).to_pylist() if array is not None else []
    return texts


def _spread(array: pa.Array | None) -> Sequence[int]:
    """The places of up to _MOST_BOUNDS of the bounds at equal distances, the first and the last among them."""
    count = len(array) if array is not None else 0
    most = min(count, _MOST_BOUNDS)
    return [round(index * (count - 1) / (most - 1)) for index in range(most)] if most > 1 else range(count)


def _value(text: str, type: str) -> Value | None:
    """A text in PostgreSQL's output format; the beginning of a long one serves as well."""
    return parsed(text[:_LONGEST_TEXT], type)
