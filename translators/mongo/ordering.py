"""ORDER BY as `$sort`: NULLs where SQL puts them, NaN above every number.

MongoDB puts null and missing below everything and NaN below the other numbers. Where SQL wants them elsewhere, a number that
ranks the row comes before the value in the order. Where no value can be NULL, or MongoDB's place is SQL's, the value alone does,
and an index may give the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from translators.mongo.expressions import Value
from translators.mongo.fields import Field
from translators.mongo.refusal import Refused
from translators.mongo.rows import Names, Rows

ORDERED = ("int", "long", "double", "decimal", "string", "objectId", "date", "bool")
"""The kinds that MongoDB orders as DuckDB does, NaN and NULL apart."""


@dataclass(frozen=True)
class Key:
    """One key of an order; `field` is where it lies, None where it has to be computed first."""

    value: Value
    field: Field | None
    descending: bool
    nulls_first: bool

    @property
    def direction(self) -> int:
        return -1 if self.descending else 1

    @property
    def rank(self) -> Any:
        """A number that ranks NULL and NaN among the other values, ascending; None where the value's own order does."""
        misplaced = self.value.nullable and self.nulls_first == self.descending
        nan = self.value.kind == "double"
        if not misplaced and not nan:
            return None
        ranked: Any = 0
        if nan:
            ranked = {"$cond": [{"$eq": [self.value.expression, float("nan")]}, self.direction, ranked]}
        if misplaced:
            ranked = {"$cond": [{"$lte": [self.value.expression, None]}, -2 if self.nulls_first else 2, ranked]}
        return ranked


def key(node: exp.Expr, ordered: exp.Ordered, field: Field | None, value: Value, present: frozenset[str]) -> Key:
    """Raises Refused where MongoDB does not order such values."""
    if value.kind not in ORDERED:
        raise Refused(node, f"MongoDB does not order {value.type} as SQL does")
    if ordered.args.get("with_fill"):
        raise Refused(ordered, "WITH FILL is not translated to MongoDB")
    if field is not None and field.path in present:
        value = Value(value.expression, value.type, value.kind, False, value.reads)
    return Key(value, field, bool(ordered.args.get("desc")), bool(ordered.args.get("nulls_first")))


def keys_of(nodes: Iterable[exp.Expr], rows: Rows) -> list[Key]:
    """The keys of an ORDER BY inside an aggregate or a window: expressions over the rows."""
    found = []
    for node in nodes:
        if not isinstance(node, exp.Ordered):
            raise Refused(node, "it is no key of an order")
        found.append(key(node.this, node, plain(rows.columns.find(node.this)), rows.operand(node.this), rows.present))
    return found


def plain(field: Field | None) -> Field | None:
    """The field where `$sort` may take its path as it is."""
    return None if field is None or field.nullify else field


def arranged(keys: Sequence[Key]) -> tuple[dict[str, Any], dict[str, int]]:
    """The keys as fields of an array's elements, and the order of `$sortArray` over them."""
    fields: dict[str, Any] = {}
    order: dict[str, int] = {}
    for number, each in enumerate(keys):
        if each.rank is not None:
            fields[f"r{number}"] = each.rank
            order[f"r{number}"] = 1
        fields[f"k{number}"] = each.value.expression
        order[f"k{number}"] = each.direction
    return fields, order


def prepared(rows: Rows, keys: Sequence[Key], names: Names) -> tuple[Rows, dict[str, int]]:
    """The rows with what their order needs beside their own fields, and the document of `$sort`."""
    document: dict[str, Any] = {}
    order: dict[str, int] = {}
    watched = set(rows.watched)
    for each in keys:
        if each.rank is not None:
            rank = names.fresh()
            document[rank] = each.rank
            order[rank] = 1
        if each.field is not None:
            order.setdefault(each.field.path, each.direction)
            watched |= each.value.reads
        else:
            path = names.fresh()
            document[path] = rows.checked(each.value.expression, each.value.reads)
            order[path] = each.direction
    rows = replace(rows, watched=frozenset(watched))
    return (rows.then({"$set": document}) if document else rows), order
