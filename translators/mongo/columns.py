"""What the columns of a SELECT are in the documents that it reads: stored fields, or what earlier stages computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from planner.catalog import Table
from translators.mongo.expressions import Value
from translators.mongo.expressions.stored import stored
from translators.mongo.fields import Field
from translators.mongo.types import shape_of


@dataclass(frozen=True)
class Columns:
    """Fields by the alias of their relation and their name in lower case: the scope of a SELECT's expressions."""

    relations: Mapping[str, Mapping[str, Field]]

    def find(self, node: exp.Expr) -> Field | None:
        """The field that `node` reads: a column, or a field of a sub-document below one; None where it is anything else."""
        match node:
            case exp.Paren():
                return self.find(node.this)
            case exp.Column():
                return self.relations.get(node.table.lower(), {}).get(node.name.lower())
            case exp.Dot():
                return self._below(node.this, node.expression.name)
            case exp.StructExtract() if isinstance(node.expression, exp.Literal) and node.expression.is_string:
                return self._below(node.this, node.expression.name)
        return None

    def _below(self, parent: exp.Expr, name: str) -> Field | None:
        found = self.find(parent)
        part = found.shape.part(name) if found and found.shape.kind == "object" else None
        return (
            Field((*found.names, part.origin), part.shape, found.facts, found.computed, found.joined) if found and part else None
        )

    def column(self, node: exp.Expr) -> Value | None:
        """Raises Refused where the field is not computed with."""
        field = self.find(node)
        return valued(field, node) if field else None


def valued(field: Field, node: exp.Expr) -> Value:
    """What an expression gets of a field. Raises Refused where it is not computed with."""
    if field.computed:
        return Value(f"${field.path}", field.shape.type, field.shape.kind, "present" not in field.facts)
    return stored(field, node)


def fields_of(table: Table) -> dict[str, Field]:
    """The fields of a collection's own documents."""
    return {
        name: Field((column.stored_as,), shape_of(column.type, column.native), column.facts)
        for name, column in table.by_name.items()
    }
