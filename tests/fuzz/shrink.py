"""The fewest rows and columns with which a query still differs: tables are cut down for as long as the difference stays.

Each attempt puts the smaller tables into databases of their own, so an attempt costs much more than one of `reduce`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tests.fuzz.schema import Table

Differs = Callable[[Sequence[Table]], bool]


def shrunk(sql: str, tables: Sequence[Table], differs: Differs, tries: int = 60) -> tuple[Table, ...]:
    """Tables no larger than `tables` for which `differs` holds. It must hold for `tables`."""
    best = tuple(table for table in tables if f"{table.path} " in sql)
    if not differs(best):
        return tuple(tables)
    left = tries
    progress = True
    while progress and left > 0:
        progress = False
        for candidate in _smaller(sql, best):
            left -= 1
            if left < 0:
                break
            if differs(candidate):
                best, progress = candidate, True
                break
    return best


def _smaller(sql: str, tables: tuple[Table, ...]) -> Iterator[tuple[Table, ...]]:
    """The tables without the columns that the query does not name, then without half of the rows of one, a quarter … one row."""
    bare = tuple(_without_columns(sql, table) for table in tables)
    if bare != tables:
        yield bare
    for position, table in enumerate(tables):
        size = len(table.rows)
        step = max(size // 2, 1)
        while step >= 1 and size:
            for start in range(0, size, step):
                rows = table.rows[:start] + table.rows[start + step :]
                yield (*tables[:position], replace(table, rows=rows), *tables[position + 1 :])
            step //= 2
    if any(table.indexes for table in tables):
        yield tuple(replace(table, indexes=()) for table in tables)


def _without_columns(sql: str, table: Table) -> Table:
    if " * " in sql:
        return table
    kept = [place for place, column in enumerate(table.columns) if place == 0 or column.name in sql]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in table.rows),
        indexes=tuple(index for index in table.indexes if all(name in sql for name in index)),
    )
