"""What a FROM reads: stored tables as subqueries of guarded columns, and the rows of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.catalog import Column, Table
from translators.sqlite.constants import quoted
from translators.sqlite.guards import guarded
from translators.sqlite.values import Relation, Value

__all__ = ["Derived", "Relation", "Scan", "renamed"]


@dataclass
class Scan:
    """A stored table under an alias: the columns that the query turns out to need, and what narrows its rows beforehand.

    `bare` are columns that are also given as they are stored, under a name of their own, so that an index finds them.
    """

    table: Table
    alias: str
    used: dict[str, Column] = field(default_factory=dict)
    bare: dict[str, Column] = field(default_factory=dict)
    narrowing: list[str] = field(default_factory=list)

    def column(self, name: str) -> Value | None:
        column = self.table.column(name)
        if column is None:
            return None
        self.used[column.name] = column
        return Value(f"{quoted(self.alias)}.{quoted(column.name)}", column.type, origin=(self.table, column))

    def sql(self) -> str:
        columns = [f"{guarded(self.table, self.used[name], 't')} AS {quoted(name)}" for name in sorted(self.used)]
        columns += [f"t.{quoted(column.stored_as)} AS {quoted(name)}" for name, column in self.bare.items()]
        where = f" WHERE {' AND '.join(self.narrowing)}" if self.narrowing else ""
        given = f"SELECT {', '.join(columns) or '1'} FROM main.{quoted(self.table.stored_as)} AS t{where}"
        return f"({given}) AS {quoted(self.alias)}"


@dataclass(frozen=True)
class Derived:
    """The rows of a query, or of a query of WITH, under an alias."""

    text: str
    columns: Mapping[str, Value]

    def column(self, name: str) -> Value | None:
        return self.columns.get(name.lower())

    def sql(self) -> str:
        return self.text


def renamed(columns: Sequence[Value], names: Sequence[str], alias: str) -> dict[str, Value]:
    """The columns of a query as those of a relation, by name (lower case)."""
    return {
        name.lower(): replace(
            column,
            sql=f"{quoted(alias)}.{quoted(name)}",
            low=f"{quoted(alias)}.{quoted(low_name(name))}" if column.low is not None else None,
            constant=None,
        )
        for name, column in zip(names, columns, strict=True)
    }


def low_name(name: str) -> str:
    """The name of the column that holds a sum's low half."""
    return f"{name} (low)"
