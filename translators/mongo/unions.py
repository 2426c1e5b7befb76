"""UNION as `$unionWith`; UNION, INTERSECT and EXCEPT of different rows as a `$group` over both sides.

Both sides become documents with the same fields. Their types are DuckDB's common type only where that changes no value: equal
types, or integers of different widths.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlglot import exp

from planner.types import INTEGERS
from translators.mongo.aggregates import GROUPED
from translators.mongo.columns import Columns, valued
from translators.mongo.expressions import Value
from translators.mongo.fields import Field
from translators.mongo.grouping import reading
from translators.mongo.outputs import Answer, Answering, Output
from translators.mongo.passes import optimised
from translators.mongo.refusal import Refused
from translators.mongo.rows import COMPUTED, Context, Rows, Stage, computed
from translators.mongo.types import Shape

_SIDE = "side"
_KEPT: dict[type[exp.Expr], dict[str, Any] | None] = {
    exp.Union: None,
    exp.Intersect: {"$match": {"l": True, "r": True}},
    exp.Except: {"$match": {"l": True, "r": False}},
}


def united(query: exp.SetOperation, context: Context, answer: Answering) -> Answer:
    """The rows of both sides. Raises Refused."""
    if query.args.get("by_name") or query.args.get("side") or query.args.get("kind"):
        raise Refused(query, "UNION BY NAME is not translated to MongoDB")
    everything = query.args.get("distinct") is False
    if everything and not isinstance(query, exp.Union):
        raise Refused(query, "INTERSECT ALL and EXCEPT ALL are not translated to MongoDB")
    left, right = answer(query.this, context), answer(query.expression, context)
    for side in (left, right):
        if side.left:
            raise Refused(side.left[0].part, side.left[0].reason)
    if left.rows.table.schema != right.rows.table.schema:
        raise Refused(query, "the collections are in different databases")
    if "collated" in left.rows.table.facts | right.rows.table.facts:
        raise Refused(query, "the view has a collation of its own")
    if len(left.outputs) != len(right.outputs):
        raise Refused(query, "its sides have different numbers of columns")
    fields = [
        Field((context.names.fresh(),), _common(query, one, other), computed=True)
        for one, other in zip(left.outputs, right.outputs, strict=True)
    ]
    sides = [_documents(side, fields, number if not everything else None) for number, side in enumerate((left, right))]
    union = {"$unionWith": {"coll": right.rows.table.stored_as, "pipeline": list(optimised(sides[1].stages))}}
    rows = replace(sides[0].then(union), columns=Columns({COMPUTED: {field.path.lower(): field for field in fields}}), own=False)
    rows = replace(rows, present=frozenset())
    if not everything:
        rows = rows.then(*_different(query, fields))
    outputs = [Output(output.name, reading(field), field) for output, field in zip(left.outputs, fields, strict=True)]
    return Answer(rows, tuple(outputs))


def _common(query: exp.SetOperation, one: Output, other: Output) -> Shape:
    first, second = _shape(one), _shape(other)
    if first == second:
        return first
    if first.type == second.type and {first.kind, second.kind} <= {"int", "long"}:
        return Shape("long", first.type)
    if first.type in INTEGERS and second.type in INTEGERS and {first.kind, second.kind} <= {"int", "long"}:
        return Shape("long", max(first.type, second.type, key=INTEGERS.index))
    raise Refused(query, f"MongoDB does not unite {first.type} with {second.type} as DuckDB does")


def _shape(output: Output) -> Shape:
    return output.content.shape if isinstance(output.content, Field) else computed("", output.content).shape


def _documents(side: Answer, fields: list[Field], number: int | None) -> Rows:
    """One side as documents of `fields`."""
    rows = side.rows.settled()
    project: dict[str, Any] = {"_id": 0}
    for field, output in zip(fields, side.outputs, strict=True):
        found = _value(output)
        project[field.path] = rows.checked(found.expression, found.reads)
    if number is not None:
        project[_SIDE] = {"$literal": number}
    return rows.then({"$project": project})


def _value(output: Output) -> Value:
    content = output.content
    if isinstance(content, Value):
        return content
    if content.computed or content.nullify:
        return valued(content, output.node)
    if content.shape.kind == "json" or content.refusal:
        raise Refused(output.node, content.refusal or "the field holds values of several types")
    expression = {"$ifNull": [f"${content.path}", None]}
    return Value(expression, content.shape.type, content.shape.kind, True, frozenset({content}))


def _different(query: exp.SetOperation, fields: list[Field]) -> list[Stage]:
    for field in fields:
        if field.shape.kind not in GROUPED:
            raise Refused(query, f"MongoDB does not group {field.shape.type} as SQL does")
    group: dict[str, Any] = {"_id": {field.path: f"${field.path}" for field in fields}}
    kept = _KEPT[type(query)]
    if kept is not None:
        group |= {name: {"$max": {"$eq": [f"${_SIDE}", number]}} for number, name in enumerate("lr")}
    project = {"$project": {"_id": 0, **{field.path: f"$_id.{field.path}" for field in fields}}}
    return [{"$group": group}, *([kept] if kept else []), project]
