"""A relation while it is being translated: the stages that make its rows, and the field in which each column lies.

Plain columns go through derived tables as the stored fields that they are, so that a condition or an order written far outside
still meets the collection's index. Computed columns are fields that a `$set` or `$project` has made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp

from planner.catalog import Source, Table
from planner.errors import RequestInvalid
from translators.mongo.columns import Columns, fields_of, valued
from translators.mongo.expressions import Value, value
from translators.mongo.fields import Field
from translators.mongo.filters import EVERY, Filter
from translators.mongo.misfits import checked
from translators.mongo.refusal import Refused
from translators.mongo.types import Shape, shape_of

Stage = Mapping[str, Any]
COMPUTED = "foz"
"""The relation under which a SELECT's own expressions find what its stages have computed."""


@dataclass
class Names:
    """Names for computed fields that no collection of the query has."""

    taken: frozenset[str]
    prefix: str = "c"
    used: int = 0

    def fresh(self) -> str:
        while True:
            name = f"{self.prefix}{self.used}"
            self.used += 1
            if name not in self.taken:
                return name


@dataclass(frozen=True)
class Context:
    """What is known around a query: its source, the names in use, and the queries of its CTEs by name in lower case."""

    source: Source
    names: Names
    ctes: Mapping[str, exp.Query] = field(default_factory=dict)

    def at_least(self, *version: int) -> bool:
        """Whether the server is of that version or newer; one whose version is not known is taken for an old one."""
        found = next((fact for fact in self.source.facts if fact.startswith("version:")), "version:0")
        numbers = tuple(int(part) for part in found.removeprefix("version:").split(".") if part.isdigit())
        return numbers >= version


@dataclass(frozen=True)
class Rows:
    """`stages` over a collection. `own` says that the documents still are the collection's own, with other fields beside theirs;
    `watched` are fields that have been read but not yet checked, `verified` those that every row has been checked for, `present`
    the paths that hold no NULL."""

    table: Table
    stages: tuple[Stage, ...]
    columns: Columns
    own: bool = True
    watched: frozenset[Field] = frozenset()
    present: frozenset[str] = frozenset()
    verified: frozenset[Field] = frozenset()

    @property
    def place(self) -> str:
        return f"{self.table.schema}.{self.table.stored_as}"

    def then(self, *stages: Stage) -> Rows:
        return replace(self, stages=(*self.stages, *(stage for stage in stages if stage)))

    def matching(self, filter: Filter) -> Rows:
        return self if filter == EVERY else self.then({"$match": filter})

    def checked(self, expression: Any, reads: Iterable[Field]) -> Any:
        """`expression` in a stage after these rows, with a check of what it reads."""
        return checked(expression, frozenset(reads) - self.verified, self.place)

    def settled(self) -> Rows:
        """The same rows, with everything watched checked in a stage of its own."""
        if not self.watched:
            return self
        unchecked = self.watched - self.verified
        rows = replace(self, watched=frozenset(), verified=self.verified | self.watched)
        return rows.then({"$match": {"$expr": self.checked(True, unchecked)}}) if unchecked else rows

    def beside(self, alias: str, fields: Mapping[str, Field]) -> Rows:
        """The same rows with the fields of one more relation."""
        return replace(self, columns=Columns({**self.columns.relations, alias.lower(): fields}))

    def setting(self, values: Sequence[Value], names: Names) -> tuple[Rows, list[Field]]:
        """The rows with `values` as fields beside theirs."""
        made = [computed(names.fresh(), each) for each in values]
        if not made:
            return self, []
        rows = self
        document = {}
        for target, each in zip(made, values, strict=True):
            document[target.path] = rows.checked(each.expression, each.reads)
            rows = replace(rows, verified=rows.verified | each.reads)
        return rows.then({"$set": document}), made

    def operand(self, node: exp.Expr) -> Value:
        """What a stage computes with. A stored field is read as it lies there, for the stage checks it: missing stays missing."""
        found = self.columns.find(node)
        return value(node, self.columns) if found is None else self.reading(found, node)

    def reading(self, field: Field, node: exp.Expr) -> Value:
        """`operand`, of a field that is known. Raises Refused."""
        if field.computed or field.nullify:
            return valued(field, node)
        if field.refusal:
            raise Refused(node, field.refusal)
        return Value(f"${field.path}", field.shape.type, field.shape.kind, True, frozenset({field}))


def computed(path: str, value: Value) -> Field:
    facts = frozenset() if value.nullable else frozenset({"present"})
    return Field((path,), shape(value), facts, computed=True)


def shape(value: Value) -> Shape:
    return shape_of(value.type, "") if value.kind in ("array", "object") else Shape(value.kind, value.type)


def scanned(table: Table, alias: str, node: exp.Expr) -> Rows:
    """The documents of a collection. Raises Refused."""
    try:
        fields = fields_of(table)
    except RequestInvalid as invalid:
        raise Refused(node, invalid.message) from None
    return Rows(table, (), Columns({alias.lower(): fields}))
