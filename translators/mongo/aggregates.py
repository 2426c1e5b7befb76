"""GROUP BY, DISTINCT and aggregates over plain fields as `$group`, where the result provably equals DuckDB's.

What is left to DuckDB, and why: sums and averages of doubles (MongoDB adds with compensation, the last digits differ), extremes
of doubles (NaN is the greatest in DuckDB), averages. `$group` ignores what it cannot add, so every field that is used is
watched: a `Guard` counts the documents whose value does not fit the column, and the reader raises where there was one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bson import Int64
from bson.decimal128 import Decimal128
from sqlglot import exp

from planner import plan
from translators.mongo.decode import Reading
from translators.mongo.fields import Field, Fields
from translators.mongo.filters import NONE
from translators.mongo.native import Guard, Request
from translators.mongo.refusal import Refused
from translators.mongo.types import Shape

_KEYS = ("int", "long", "decimal", "string", "objectId", "date", "bool", "uuid")
_EXTREMES = ("int", "long", "decimal", "string", "objectId", "date", "bool")
_NARROW = {"TINYINT": 7, "SMALLINT": 15, "INTEGER": 31}
_NULLS = ["missing", "null", "undefined"]
_SUM_DIGITS = 24
"""Decimal128 holds 34 digits: sums of ten thousand million values of this many stay exact."""


def is_aggregate(node: exp.Expr) -> bool:
    return node.find(exp.AggFunc) is not None


def grouped(query: exp.Select, fields: Fields, outputs: Sequence[plan.Field], base: Request) -> Request:
    """The pipeline of an aggregation over what `base` filters, skips and limits. Raises Refused."""
    keys = _keys(query, fields)
    group: dict[str, Any] = {"_id": {name: {"$ifNull": [f"${field.path}", None]} for name, field in keys.items()} or None}
    watched: dict[str, Field] = {field.path: field for field in keys.values()}
    project: dict[str, Any] = {"_id": 0}
    readings = []
    for index, (node, output) in enumerate(zip(query.selects, outputs, strict=True)):
        name = f"c{index}"
        inner = node.unalias()
        field = fields.find(inner)
        key = next((key for key, grouping in keys.items() if field and grouping.names == field.names), None)
        if key is not None and field is not None:
            project[name] = f"$_id.{key}"
            readings.append(Reading((name,), field.shape))
            continue
        accumulators, result, shape = _aggregate(inner, fields, output, name, watched)
        group.update(accumulators)
        project[name] = result
        readings.append(Reading((name,), shape))
    guards = []
    for index, field in enumerate(watched.values()):
        guard = Guard(f"g{index}", field.path, field.shape.type)
        group[guard.key] = {"$sum": {"$cond": [_fits(field), 0, 1]}}
        project[guard.key] = 1
        guards.append(guard)
    stages: list[dict[str, Any]] = [{"$match": base.filter}] if base.filter else []
    if base.limit == 0:
        stages = [{"$match": NONE}]
    stages += [{"$group": group}, {"$project": project}, *_ordered(query, base, guards if keys else [])]
    over_nothing = None
    if not keys:
        if base.skip or base.limit == 0:
            raise Refused(query, "LIMIT and OFFSET of a single row are not translated to MongoDB")
        over_nothing = tuple(0 if isinstance(node.unalias(), exp.Count) else None for node in query.selects)
    return replace(
        base,
        readings=tuple(readings),
        filter={},
        skip=0,
        limit=None,
        pipeline=tuple(stages),
        guards=tuple(guards),
        over_nothing=over_nothing,
        grouped=True,
    )


def _keys(query: exp.Select, fields: Fields) -> dict[str, Field]:
    group, distinct = query.args.get("group"), query.args.get("distinct")
    nodes: list[exp.Expr] = []
    if group:
        if any(value for name, value in group.args.items() if name != "expressions"):
            raise Refused(group, "only GROUP BY over plain fields is translated to MongoDB")
        nodes = list(group.expressions)
    if distinct:
        if group or distinct.args.get("on") or any(map(is_aggregate, query.selects)):
            raise Refused(distinct, "DISTINCT together with grouping is not translated to MongoDB")
        nodes = [node.unalias() for node in query.selects]
    keys: dict[str, Field] = {}
    for node in nodes:
        field = _usable(node, fields, _KEYS, "MongoDB does not group {} as SQL does")
        keys[f"k{len(keys)}"] = field
    return keys


def _usable(node: exp.Expr, fields: Fields, kinds: Sequence[str], otherwise: str) -> Field:
    field = fields.find(node)
    if field is None or len(field.names) > 1:
        raise Refused(node, "it is not a plain field")
    if field.shape.kind not in kinds:
        raise Refused(node, otherwise.format(field.shape.type))
    if field.nullify:
        raise Refused(node, "values that do not fit read as NULL")
    if field.refusal:
        raise Refused(node, field.refusal)
    return field


def _aggregate(
    node: exp.Expr, fields: Fields, output: plan.Field, name: str, watched: dict[str, Field]
) -> tuple[dict[str, Any], Any, Shape]:
    """Accumulators, the expression of the result over them, and its shape."""
    if any(value and key not in ("this", "big_int") for key, value in node.args.items()):
        raise Refused(node, "this form of the aggregate is not translated to MongoDB")
    match node:
        case exp.Count() if isinstance(node.this, exp.Star):
            return {name: {"$sum": 1}}, 1, Shape("long", output.type)
        case exp.Count():
            field = _usable(node.this, fields, (*_KEYS, "double"), "counting {} is not translated to MongoDB")
            watched[field.path] = field
            return {name: {"$sum": {"$cond": [_is_null(field), 0, 1]}}}, 1, Shape("long", output.type)
        case exp.Min() | exp.Max():
            field = _usable(node.this, fields, _EXTREMES, "MongoDB does not order {} as SQL does")
            watched[field.path] = field
            operator = "$min" if isinstance(node, exp.Min) else "$max"
            return {name: {operator: f"${field.path}"}}, 1, Shape(field.shape.kind, output.type)
        case exp.Sum():
            return _sum(node, fields, output, name, watched)
    raise Refused(node, "this aggregate is not translated to MongoDB")


def _sum(
    node: exp.Sum, fields: Fields, output: plan.Field, name: str, watched: dict[str, Field]
) -> tuple[dict[str, Any], Any, Shape]:
    field = _usable(node.this, fields, ("int", "long", "decimal"), "MongoDB does not add {} as DuckDB does")
    if field.shape.kind == "decimal":
        precision, scale = _digits(field)
        if precision > _SUM_DIGITS or output.type != f"DECIMAL(38,{scale})":
            raise Refused(node, f"a sum of {field.shape.type} may not be exact in MongoDB")
    elif output.type != "HUGEINT" or field.shape.type not in (*_NARROW, "BIGINT"):
        raise Refused(node, f"a sum of {field.shape.type} as {output.type} is not translated to MongoDB")
    watched[field.path] = field
    value: Any = f"${field.path}"
    if field.shape.type == "BIGINT":
        # $sum of longs turns to double where it leaves 64 bits; Decimal128 stays exact.
        value = {"$convert": {"input": value, "to": "decimal", "onError": None, "onNull": None}}
    count = f"{name}_n"
    accumulators = {name: {"$sum": value}, count: {"$sum": {"$cond": [_is_null(field), 0, 1]}}}
    return accumulators, {"$cond": [{"$eq": [f"${count}", 0]}, None, f"${name}"]}, Shape("decimal", output.type)


def _is_null(field: Field) -> dict[str, Any]:
    return {"$in": [{"$type": f"${field.path}"}, _NULLS]}


def _fits(field: Field) -> dict[str, Any]:
    """An expression that is true for null, missing and every value that the field's column can hold."""
    value = f"${field.path}"
    within: Any = True
    if field.shape.type in _NARROW:
        bits = _NARROW[field.shape.type]
        within = {"$and": [{"$gte": [value, -(2**bits)]}, {"$lt": [value, Int64(2**bits)]}]}
    elif field.shape.kind == "decimal":
        precision, scale = _digits(field)
        if precision <= 33:
            limit = 10 ** (precision - scale)
            below = {"$and": [{"$gt": [value, Decimal128(str(-limit))]}, {"$lt": [value, Decimal128(str(limit))]}]}
            within = {"$cond": [below, {"$eq": [{"$round": [value, scale]}, value]}, False]}
    known = {"$in": [{"$type": value}, [*field.types, *_NULLS]]}
    if within is True:
        return known
    return {"$cond": [{"$in": [{"$type": value}, field.types]}, within, _is_null(field)]}


def _digits(field: Field) -> tuple[int, int]:
    precision, scale = field.shape.type.removeprefix("DECIMAL(").removesuffix(")").split(",")
    return int(precision), int(scale)


def _ordered(query: exp.Select, base: Request, guards: Sequence[Guard]) -> list[dict[str, Any]]:
    """Stages for ORDER BY over outputs, OFFSET and LIMIT. Groups with a misfit come first, so that no LIMIT cuts them off."""
    if guards and base.skip:
        raise Refused(query.args["offset"], "OFFSET over groups is not translated to MongoDB")
    flags: dict[str, Any] = {}
    sort: dict[str, int] = {guard.key: -1 for guard in guards} if base.limit else {}
    for node in query.args["order"].expressions if query.args.get("order") else []:
        column = _output(node, query)
        descending, nulls_first = bool(node.args.get("desc")), bool(node.args.get("nulls_first"))
        if nulls_first == descending:
            flags[f"n{column}"] = {"$lte": [f"$c{column}", None]}
            sort.setdefault(f"n{column}", -1 if nulls_first else 1)
        sort.setdefault(f"c{column}", -1 if descending else 1)
    stages: list[dict[str, Any]] = [{"$addFields": flags}] if flags else []
    stages += [{"$sort": sort}] if sort else []
    stages += [{"$skip": base.skip}] if base.skip else []
    stages += [{"$limit": base.limit}] if base.limit else []
    return stages


def _output(node: exp.Ordered, query: exp.Select) -> int:
    """The number of the output that is ordered by, named by its alias or written again."""
    target = node.this
    for index, select in enumerate(query.selects):
        named = isinstance(target, exp.Column) and not target.table and target.name.lower() == select.alias_or_name.lower()
        if named or select.unalias() == target:
            return index
    raise Refused(node, "it does not order by an output of the aggregation")
