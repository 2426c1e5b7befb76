"""Random tables: which columns of which types a store's tables have, their keys, indexes and rows.

    Table ── statements ──> CREATE TABLE and INSERT in DuckDB's SQL, which the oracle runs and the corpus keeps

Every store gets large, small and empty tables. Where a type does not fit a store, that is said once, in `TYPES`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.fuzz.values import kind_of, value, written

_EVERYWHERE = ("SMALLINT", "INTEGER", "INTEGER", "BIGINT", "DOUBLE", "VARCHAR", "VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP",
               "DECIMAL(12,2)", "DECIMAL(5,1)", "DECIMAL(18,4)")  # fmt: skip

TYPES: Mapping[str, tuple[str, ...]] = {
    "pg": (*_EVERYWHERE, "FLOAT", "DECIMAL(38,6)", "TIMESTAMP WITH TIME ZONE", "TIME", "UUID", "BLOB", "INTEGER[]", "VARCHAR[]"),
    "docs": (*_EVERYWHERE, "DECIMAL(30,6)", "UUID", "BLOB", "INTEGER[]", "VARCHAR[]", "STRUCT(x INTEGER, y VARCHAR)"),
    # A DECIMAL column of SQLite has numeric affinity: it keeps fifteen digits.
    "lite": (*(type for type in _EVERYWHERE if type != "DECIMAL(18,4)"), "DECIMAL(15,4)", "BLOB"),
    "lake": (*_EVERYWHERE, "FLOAT", "DECIMAL(38,6)", "TIMESTAMP WITH TIME ZONE", "TIME", "UUID", "BLOB", "TINYINT", "UTINYINT",
             "UINTEGER", "INTEGER[]", "VARCHAR[]", "STRUCT(x INTEGER, y VARCHAR)"),
}  # fmt: skip
"""The column types of each source's tables."""

SOURCES = tuple(TYPES)

_SIZES = (("a", 24), ("b", 12), ("c", 4), ("e", 0))
_ODD_NAMES = ("Total", "order", "a b", "é", "select", "x_1", "Case")
_LARGER = 200


@dataclass(frozen=True)
class Column:
    """A column: `calm` says that its values are harmless (`values`)."""

    name: str
    type: str
    calm: bool = True

    @property
    def kind(self) -> str:
        return kind_of(self.type)


@dataclass(frozen=True)
class Table:
    """A table of one source with its rows. The first column is `id`, which tells its rows apart."""

    source: str
    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    key: tuple[str, ...] = ("id",)
    indexes: tuple[tuple[str, ...], ...] = ()

    @property
    def path(self) -> str:
        return f"{self.source}.{self.name}"

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements that make and fill it in DuckDB. Keys and indexes are the stores' alone: the oracle has none."""
        columns = ", ".join(f'"{column.name}" {column.type}' for column in self.columns)
        rows = ",\n    ".join(f"({', '.join(self._values(row))})" for row in self.rows)
        return (f"CREATE TABLE {self.path} ({columns});", *([f"INSERT INTO {self.path} VALUES\n    {rows};"] if rows else []))

    def _values(self, row: tuple[Any, ...]) -> Iterator[str]:
        return (written(each, column.type) for each, column in zip(row, self.columns, strict=True))


def tables(seed: int) -> tuple[Table, ...]:
    """The tables of one world, the same for the same seed."""
    random = Random(f"tables/{seed}")
    return tuple(_table(random, source, name, most) for source in SOURCES for name, most in _SIZES)


def _table(random: Random, source: str, name: str, most: int) -> Table:
    columns = [Column("id", random.choice(("INTEGER", "INTEGER", "BIGINT")))]
    names = [f"c{number}" for number in range(1, 13)]
    for odd in random.sample(_ODD_NAMES, random.choice((0, 0, 1, 2))):
        names[random.randrange(len(names))] = odd
    # Every table has what most forms need; the other columns are as they fall.
    types = ["INTEGER", "VARCHAR", random.choice(("DECIMAL(12,2)", "DECIMAL(5,1)")), "DOUBLE", "DATE", "TIMESTAMP", "BOOLEAN"]
    types = random.sample(types, random.randint(4, len(types))) + random.choices(TYPES[source], k=random.randint(2, 5))
    random.shuffle(types)
    columns += [Column(own, type, random.random() < 0.7) for own, type in zip(dict.fromkeys(names), types, strict=False)]
    count = random.randint(min(most, 2), most)
    if most and random.random() < 0.03:
        count = _LARGER
    rows = tuple(_rows(random, columns, count))
    plain = [column.name for column in columns[1:] if column.kind in ("int", "text", "day", "ts", "dec")]
    indexes = tuple((column,) for column in random.sample(plain, min(len(plain), random.choice((0, 0, 1, 2)))))
    if source == "lake":
        return Table(source, name, tuple(columns), rows, key=())
    return Table(source, name, tuple(columns), rows, indexes=indexes)


def _rows(random: Random, columns: list[Column], count: int) -> Iterator[tuple[Any, ...]]:
    nulls = [random.choice((0.0, 0.15, 0.3, 0.6)) for _ in columns]
    identities = random.sample(range(1, max(18, 2 * count)), count)
    for identity in identities:
        rest = (None if random.random() < null else value(random, column.type, column.calm)
                for column, null in zip(columns[1:], nulls[1:], strict=True))  # fmt: skip
        yield (identity, *rest)
