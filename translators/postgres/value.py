"""A rendered expression with what is known of it, and the names that are in sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from sqlglot import exp

from planner.catalog import Column, Table
from planner.types import Typed
from translators.postgres import types
from translators.postgres.types import quoted

MAX_REACH = 290
"""Powers of ten that floating-point values may reach before arithmetic on them is left to DuckDB (a double ends at 308)."""


class Refused(Exception):
    """A part of a query that is not pushed, and why: one clause for the receipt. Never leaves this package."""

    def __init__(self, part: exp.Expr, reason: str) -> None:
        super().__init__(reason)
        self.part = part
        self.reason = reason


@dataclass(frozen=True)
class Partial:
    """SQL that tells some constants from a text rightly, though it is not the text itself: for those that `fits` names.

    Cheaper than the text (letters beyond ASCII are left as they are), or there where PostgreSQL cannot make the text at all.
    """

    text: str
    fits: Callable[[str], bool]
    reason: str


@dataclass(frozen=True)
class Enumeration:
    """An enum column: the SQL of itself, the SQL of its type, and its values. An index serves what is compared in that type."""

    text: str
    type: str
    labels: frozenset[str]


@dataclass(frozen=True)
class Value:
    """SQL of PostgreSQL that computes a DuckDB value in that type's home (`types.home`).

    `collation` is the name of a text's collation where `=` on it compares bytes, "" for a constant, None where nothing is known;
    `ordered_by_bytes` says that `<` does too. `orderable` is False for text of a database that is not UTF8. `loose` marks a
    numeric that may hold more digits than its type. `reach` bounds a floating-point number: where it is not zero, infinite or
    NaN, it lies between 10^-reach and 10^reach, so that arithmetic cannot overflow (PostgreSQL raises, DuckDB goes on with
    infinity); None where nothing is known. `opaque` values are only delivered or asked whether they are NULL. `constant` is the
    literal behind the text, `padded` the SQL of a char(n) column itself, `filled` says that the value is never NULL. `nullified`
    ones, which are opaque too, may become NULL after they have been delivered. `partial` is another text for comparing a value
    with constants; an opaque value that has one is not delivered either. `literal` is the constant that was given another type (a
    date that is written as a text), and whether it is a text in the query. `enumeration` is the enum column behind the text.
    """

    text: str
    typed: Typed
    collation: str | None = None
    ordered_by_bytes: bool = False
    orderable: bool = True
    loose: bool = False
    reach: int | None = None
    opaque: bool = False
    constant: str | None = None
    padded: str | None = None
    base: str = ""
    filled: bool = False
    nullified: bool = False
    partial: Partial | None = None
    literal: tuple[str, bool] | None = None
    enumeration: Enumeration | None = None

    @property
    def type(self) -> str:
        return self.typed.type


@dataclass(frozen=True)
class Scope:
    """The relations in sight by alias (lower case), each with its columns by name (lower case), and what lies around."""

    relations: Mapping[str, Mapping[str, Value]]
    outer: Scope | None = None
    ctes: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def column(self, relation: str, name: str) -> Value | None:
        found = self.relations.get(relation.lower())
        if found is not None:
            return found.get(name.lower())
        return self.outer.column(relation, name) if self.outer else None

    def cte(self, name: str) -> Mapping[str, Value] | None:
        found = self.ctes.get(name.lower())
        return found if found is not None or self.outer is None else self.outer.cte(name)


def columns_of(table: Table, alias: str) -> dict[str, Value]:
    """The columns of a base table under `alias`."""
    return {name: column_value(column, alias) for name, column in table.by_name.items()}


def renamed(columns: Mapping[str, Value], alias: str) -> dict[str, Value]:
    """The columns of a derived table under `alias`: the same values, each a plain column now."""
    return {
        name.lower(): replace(in_itself(value), text=f"{quoted(alias)}.{quoted(name)}", typed=Typed(value.type), constant=None)
        for name, value in columns.items()
    }


def in_itself(value: Value) -> Value:
    """The value without the other texts that it could be compared by."""
    return replace(value, padded=None, partial=None, enumeration=None)


def maybe_absent(columns: Mapping[str, Value]) -> dict[str, Value]:
    """The columns of a relation on the side of an outer join that may have no row."""
    return {name: replace(value, filled=False) for name, value in columns.items()}


@lru_cache(maxsize=1 << 14)
def column_value(column: Column, alias: str) -> Value:
    text = f"{quoted(alias)}.{quoted(column.stored_as)}"
    facts, base = column.facts, types.base_type(column.facts)
    value = Value(text, Typed(column.type), base=base, loose=types.UNBOUNDED in facts, filled=not column.nullable)
    if types.NULLIFIED in facts:
        return replace(value, opaque=True, nullified=True)
    if types.DECLARED in facts:
        return replace(value, opaque=True)
    if column.type not in ("VARCHAR", "VARCHAR[]"):
        return value if types.home(column.type) else replace(value, opaque=True)
    exact = types.NONDETERMINISTIC not in facts
    named = sorted(fact.removeprefix("collation:") for fact in facts if fact.startswith("collation:"))
    collation = (named[-1] if named else "default") if exact else None
    value = replace(value, orderable=types.UNORDERED not in facts, collation=collation)
    if column.type == "VARCHAR[]":
        return replace(value, opaque=True)
    if base in ("text", "varchar"):
        return replace(value, ordered_by_bytes=types.C_COLLATION in facts)
    labels = frozenset(fact.removeprefix(types.LABEL) for fact in facts if fact.startswith(types.LABEL))
    enumeration = Enumeration(text, column.native, labels) if labels else None
    return replace(value, text=f"{text}::text", padded=text if base == "bpchar" and exact else None, enumeration=enumeration)
