"""Conjuncts of a WHERE as `find` filters, with SQL's three-valued logic.

A predicate has two filters: the documents for which it is TRUE and those for which it is FALSE; NULL is in neither, so that NOT
swaps the two and nothing else. Every filter carries the guard that the field holds a value of its column's types and no array: a
scalar filter of MongoDB matches an array's elements, `$ne` matches missing fields, and numbers of all types compare with each
other. What `find` has no operator for is an `$expr` (it cannot use most indexes), alone or beside the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from sqlglot import exp

from translators.mongo.columns import Columns
from translators.mongo.constants import Incomparable, Never, comparable, constant, instant
from translators.mongo.expressions import condition
from translators.mongo.fields import Field
from translators.mongo.patterns import PatternRefused, like_regex, literal_regex
from translators.mongo.refusal import Refused

Filter = dict[str, Any]
EVERY: Filter = {}
NONE: Filter = {"_id": {"$in": []}}


class _NotPlain(Refused):
    """It is none of the forms that `find` has operators for: whether it is done at all is for expressions to say."""


@dataclass(frozen=True)
class Sides:
    """The documents for which a predicate is TRUE, and those for which it is FALSE."""

    true: Filter
    false: Filter


def where(predicate: exp.Expr, fields: Columns) -> Filter:
    """The filter for the documents for which `predicate` is TRUE. Raises Refused."""
    return _sides(predicate, fields).true


def conjunction(filters: Sequence[Filter]) -> Filter:
    kept = [part for part in filters if part != EVERY]
    if NONE in kept:
        return NONE
    flat = [inner for part in kept for inner in (part["$and"] if list(part) == ["$and"] else [part])]
    if len({name for part in flat for name in part}) == sum(len(part) for part in flat):
        return {name: value for part in flat for name, value in part.items()}
    return {"$and": flat}


def present_by(filters: Sequence[Filter]) -> frozenset[str]:
    """The paths that hold no NULL in the documents that pass: those that a filter asks to be of their column's types."""
    flat = [part for each in filters for part in (each["$and"] if list(each) == ["$and"] else [each])]
    asked = [(path, given) for part in flat for path, given in part.items() if not path.startswith("$")]
    return frozenset(path for path, given in asked if isinstance(given, dict) and "$type" in given)


def _disjunction(filters: list[Filter]) -> Filter:
    kept = [part for part in filters if part != NONE]
    if EVERY in kept:
        return EVERY
    if len(kept) <= 1:
        return kept[0] if kept else NONE
    return {"$or": [inner for part in kept for inner in (part["$or"] if list(part) == ["$or"] else [part])]}


def _sides(node: exp.Expr, fields: Columns) -> Sides:
    match node:
        case exp.Paren():
            return _sides(node.this, fields)
        case exp.Not():
            inner = _sides(node.this, fields)
            return Sides(inner.false, inner.true)
        case exp.And() | exp.Or():
            parts = [_sides(part, fields) for part in node.flatten()]
            true, false = [part.true for part in parts], [part.false for part in parts]
            if isinstance(node, exp.And):
                return Sides(conjunction(true), _disjunction(false))
            return Sides(_disjunction(true), conjunction(false))
        case exp.Boolean():
            return Sides(EVERY, NONE) if node.this else Sides(NONE, EVERY)
        case exp.Null():
            return Sides(NONE, NONE)
    try:
        return _found(node, fields)
    except Refused as refused:
        try:
            return _computed(node, fields)
        except Refused as again:
            raise (again if isinstance(refused, _NotPlain) else refused) from None


def _computed(node: exp.Expr, fields: Columns) -> Sides:
    negated = exp.Not(this=exp.Paren(this=node.copy()))
    return Sides(_expr(condition(node, fields)), _expr(condition(negated, fields)))


def _expr(test: Any) -> Filter:
    """What is known beforehand needs no `$expr`: where nothing passes, the other conditions end no query."""
    if isinstance(test, Mapping) and list(test) == ["$literal"]:
        return EVERY if test["$literal"] is True else NONE
    return {"$expr": test}


def _found(node: exp.Expr, fields: Columns) -> Sides:
    """The predicate in the operators of `find`. Raises Refused."""
    if isinstance(node, (exp.Column, exp.Dot)):
        return _flag(node, fields)
    handler = _PREDICATES.get(type(node))
    if handler is None or any(value and name not in _ARGUMENTS for name, value in node.args.items()):
        raise _NotPlain(node, "this predicate is not translated to MongoDB")
    found = handler(node, fields)
    return Sides(found.false, found.true) if node.args.get("negate") else found


def _field(node: exp.Expr, fields: Columns, part: exp.Expr) -> Field:
    found = fields.find(node)
    if found is None:
        raise _NotPlain(part, "its operand is not a plain field")
    return found


def _flag(node: exp.Expr, fields: Columns) -> Sides:
    field = _field(node, fields, node)
    if field.shape.kind != "bool":
        raise Refused(node, "the field is not a BOOLEAN")
    if field.refusal:
        raise Refused(node, field.refusal)
    return Sides(field.guarded({"$eq": True}), field.guarded({"$eq": False}))


_SWAPPED = {exp.EQ: exp.EQ, exp.NEQ: exp.NEQ, exp.LT: exp.GT, exp.GT: exp.LT, exp.LTE: exp.GTE, exp.GTE: exp.LTE}
_OPPOSITE = {exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.LT: exp.GTE, exp.GTE: exp.LT, exp.GT: exp.LTE, exp.LTE: exp.GT}
_OPERATORS = {exp.EQ: "$eq", exp.NEQ: "$ne", exp.LT: "$lt", exp.LTE: "$lte", exp.GT: "$gt", exp.GTE: "$gte"}


def _comparison(node: exp.Expr, fields: Columns) -> Sides:
    operator: Any = type(node)
    left, right = node.this, node.expression
    if constant(left) is not None and constant(right) is None:
        operator, left, right = _SWAPPED[operator], right, left
    field = _field(left, fields, node)
    return _compare(node, field, operator, right)


def _compare(part: exp.Expr, field: Field, operator: Any, operand: exp.Expr) -> Sides:
    value = constant(operand)
    if value is None:
        raise _NotPlain(part, "it does not compare with a constant")
    if value.kind == "null":
        return Sides(NONE, NONE)
    try:
        given = comparable(field.shape, value)
    except Incomparable as error:
        raise Refused(part, str(error)) from None
    if field.refusal:
        raise Refused(part, field.refusal)
    if field.shape.kind == "uuid" and operator not in (exp.EQ, exp.NEQ):
        raise Refused(part, "MongoDB orders UUIDs by their length and subtype first")
    return Sides(_ordered(part, field, operator, given), _ordered(part, field, _OPPOSITE[operator], given))


def _ordered(part: exp.Expr, field: Field, operator: Any, given: Any) -> Filter:
    if isinstance(given, Never):
        if operator not in (exp.EQ, exp.NEQ):
            raise Refused(part, "the constant is not the text of an ObjectId")
        return NONE if operator is exp.EQ else field.present
    if field.shape.kind == "date":
        return _ordered_in_time(field, operator, given)
    if field.shape.kind == "double":
        return _ordered_with_nan(field, operator, given)
    if isinstance(given, float) and isnan(given):
        return field.present if operator in (exp.LT, exp.LTE, exp.NEQ) else NONE
    return field.guarded({_OPERATORS[operator]: given})


def _ordered_in_time(field: Field, operator: Any, microseconds: int) -> Filter:
    """BSON dates are whole milliseconds: a constant between two of them is moved to the earlier one."""
    ms, rest = divmod(microseconds, 1000)
    if rest:
        if operator in (exp.EQ, exp.NEQ):
            return NONE if operator is exp.EQ else field.present
        operator = exp.LTE if operator in (exp.LT, exp.LTE) else exp.GT
    return field.guarded({_OPERATORS[operator]: instant(ms)})


def _ordered_with_nan(field: Field, operator: Any, given: float) -> Filter:
    """DuckDB's NaN equals itself and is above everything; MongoDB's compares with nothing but itself."""
    nan = field.guarded({"$eq": float("nan")})
    if isnan(given):
        return {
            exp.EQ: nan,
            exp.GTE: nan,
            exp.GT: NONE,
            exp.LTE: field.present,
            exp.LT: field.guarded({"$ne": given}),
            exp.NEQ: field.guarded({"$ne": given}),
        }[operator]
    found = field.guarded({_OPERATORS[operator]: given})
    return _disjunction([found, nan]) if operator in (exp.GT, exp.GTE) else found


def _between(node: exp.Between, fields: Columns) -> Sides:
    field = _field(node.this, fields, node)
    low = _compare(node, field, exp.GTE, node.args["low"])
    high = _compare(node, field, exp.LTE, node.args["high"])
    both = conjunction([low.true, high.true])
    return Sides(_one_range(field, both), _disjunction([low.false, high.false]))


def _one_range(field: Field, both: Filter) -> Filter:
    """Two conditions on one field as one, so that an index scans between both bounds."""
    parts = both.get("$and", [])
    if len(parts) == 2 and all(list(part) == [field.path] for part in parts):
        return {field.path: {**parts[0][field.path], **parts[1][field.path]}}
    return both


def _in(node: exp.In, fields: Columns) -> Sides:
    if node.args.get("field") is not None:
        return _held(node, fields, node.args["field"], [node.this])
    if not node.expressions:
        raise _NotPlain(node, "its list is not made of constants")
    field = _field(node.this, fields, node)
    found = [_compare(node, field, exp.EQ, item) for item in node.expressions]
    with_null = Sides(NONE, NONE) in found
    values = [_equal_value(part.true, field) for part in found if part.true != NONE]
    if field.guards_itself and all(value is not None for value in values):
        true = field.guarded({"$in": [value[0] for value in values if value]}) if values else NONE
        false = field.guarded({"$nin": [value[0] for value in values if value]}) if values else field.present
    else:
        true = _disjunction([part.true for part in found])
        false = conjunction([part.false for part in found])
    return Sides(true, NONE if with_null else false)


_ELEMENTS = ("string", "int", "long", "objectId", "bool")


def _held(node: exp.Expr, fields: Columns, holder: exp.Expr, wanted: Sequence[exp.Expr]) -> Sides:
    """Whether a list holds one of the constants `wanted`: an index on the field has an entry for each element."""
    field = _field(holder, fields, node)
    item = field.shape.item
    values = [constant(each) for each in wanted]
    given = [value for value in values if value is not None and value.kind != "null"]
    if field.shape.kind != "array" or item is None or item.kind not in _ELEMENTS or not given or len(given) < len(values):
        raise _NotPlain(node, "it does not look for constants in a list")
    if field.refusal:
        raise Refused(node, field.refusal)
    try:
        found = [value for value in (comparable(item, value) for value in given) if not isinstance(value, Never)]
    except Incomparable as error:
        raise Refused(node, str(error)) from None
    if not found:
        return Sides(NONE, field.present)
    true = field.guarded({"$elemMatch": {"$in": found} if len(found) > 1 else {"$eq": found[0]}})
    return Sides(true, conjunction([field.present, {"$nor": [true]}]))


def _overlaps(node: exp.ArrayOverlaps, fields: Columns) -> Sides:
    wanted = node.expression
    return _held(node, fields, node.this, wanted.expressions if isinstance(wanted, exp.Array) else [])


def _equal_value(filter: Filter, field: Field) -> tuple[Any] | None:
    """The value of a filter that is one guarded `$eq`."""
    operators = filter.get(field.path)
    return (operators["$eq"],) if isinstance(operators, Mapping) and "$eq" in operators else None


def _is(node: exp.Is, fields: Columns) -> Sides:
    if isinstance(node.expression, exp.Null):
        field = _field(node.this, fields, node)
        if field.null_refusal:
            raise Refused(node, field.null_refusal)
        return Sides(field.absent, field.present)
    if isinstance(node.expression, exp.Boolean):
        field = _field(node.this, fields, node)
        flag = _flag(node.this, fields)
        if field.null_refusal:
            raise Refused(node, field.null_refusal)
        true, false = (flag.true, flag.false) if node.expression.this else (flag.false, flag.true)
        return Sides(true, _disjunction([false, field.absent]))
    raise _NotPlain(node, "this predicate is not translated to MongoDB")


def _text(node: exp.Expr, fields: Columns, subject: exp.Expr, pattern: Callable[[str], str]) -> Sides:
    field = _field(subject, fields, node)
    value = constant(node.expression)
    if value is not None and value.kind == "null":
        return Sides(NONE, NONE)
    if field.shape.kind != "string" or field.shape.type != "VARCHAR" or value is None or value.kind not in ("string", "text"):
        raise Refused(node, "it does not match a string field with a constant pattern")
    if field.refusal:
        raise Refused(node, field.refusal)
    try:
        regex = pattern(value.value)
    except PatternRefused as error:
        raise Refused(node, str(error)) from None
    matching = {"$regex": regex, "$options": "s"}
    return Sides(field.guarded(matching), conjunction([field.present, {"$nor": [field.guarded(matching)]}]))


def _like(node: exp.Expr, fields: Columns) -> Sides:
    insensitive = isinstance(node, exp.ILike)
    value = constant(node.expression)
    if not insensitive and value and value.kind in ("string", "text") and not re.search(r"[%_]", value.value):
        return _compare(node, _field(node.this, fields, node), exp.EQ, node.expression)
    return _text(node, fields, node.this, lambda pattern: like_regex(pattern, insensitive=insensitive))


_ARGUMENTS = {"this", "expression", "expressions", "field", "low", "high", "negate"}
"""What a predicate may consist of: sqlglot writes NOT LIKE as a LIKE with `negate`, and other variants likewise."""

_PREDICATES: dict[type[exp.Expr], Callable[[Any, Columns], Sides]] = {
    exp.EQ: _comparison,
    exp.NEQ: _comparison,
    exp.LT: _comparison,
    exp.LTE: _comparison,
    exp.GT: _comparison,
    exp.GTE: _comparison,
    exp.Between: _between,
    exp.In: _in,
    exp.Is: _is,
    exp.Like: _like,
    exp.ILike: _like,
    exp.StartsWith: lambda node, fields: _text(node, fields, node.this, lambda text: "^" + literal_regex(text)),
    exp.EndsWith: lambda node, fields: _text(node, fields, node.this, lambda text: literal_regex(text) + r"\z"),
    exp.ArrayContains: lambda node, fields: _held(node, fields, node.this, [node.expression]),
    exp.ArrayOverlaps: _overlaps,
    exp.Contains: lambda node, fields: _text(node, fields, node.this, literal_regex),
}
