"""Arrays as lists: their elements by place, what they hold, and what is made of each element."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlglot import exp

from planner.types import NULL, decimal_parts
from translators.mongo.constants import constant
from translators.mongo.expressions import build, strings
from translators.mongo.expressions.compare import comparable
from translators.mongo.expressions.conditional import branches
from translators.mongo.expressions.dispatch import Computing, arguments, computes, only
from translators.mongo.expressions.logic import Truth, tests, truth
from translators.mongo.expressions.value import Value, reads_of
from translators.mongo.refusal import Refused

_ELEMENTS = {"INTEGER": "int", "BIGINT": "long", "DOUBLE": "double", "VARCHAR": "string", "BOOLEAN": "bool",
             "TIMESTAMP": "date"}  # fmt: skip


def list_of(computing: Computing, node: exp.Expr | None, owner: exp.Expr) -> Value:
    """A list. Raises Refused for anything else, and for lists whose elements are not computed with."""
    value = computing.value(node)
    if value.kind != "array" or (value.type[:-2] not in _ELEMENTS and decimal_parts(value.type[:-2]) is None):
        raise Refused(owner, f"{owner.key.upper()} of {value.type} is not translated to MongoDB")
    return value


def _element(of: Value, expression: Any) -> Value:
    """An element of a list as a value: null where it is missing, and in its column's BSON type."""
    type = of.type[:-2]
    kind = _ELEMENTS.get(type, "decimal")
    converted = {"double": "$toDouble", "decimal": "$toDecimal"}.get(kind)
    return Value({converted: expression} if converted else expression, type, kind, nullable=True, reads=of.reads)


@computes(exp.Length)
def _length(computing: Computing, node: exp.Length) -> Value:
    only(node, "this")
    value = computing.value(node.this)
    return _size(value) if value.kind == "array" else strings.length(strings.text(computing, node.this, node))


@computes(exp.ArraySize)
def _array_length(computing: Computing, node: exp.ArraySize) -> Value:
    only(node, "this")
    return _size(list_of(computing, node.this, node))


def _size(value: Value) -> Value:
    size = build.let(value.expression, lambda x: build.unless_null([x] if value.nullable else [], {"$size": x}))
    return Value(size, "BIGINT", "long", value.nullable, value.reads)


@tests(exp.ArrayContains)
def _contains(computing: Computing, node: exp.ArrayContains) -> Truth:
    only(node, "this", "expression")
    return _holds(list_of(computing, node.this, node), computing.value(node.expression), node)


def _holds(value: Value, wanted: Value, node: exp.Expr) -> Truth:
    if wanted.is_null:
        raise Refused(node, "whether a list holds NULL is not translated to MongoDB")
    element, item = comparable([_element(value, "$$this"), wanted], node)
    if element.type != value.type[:-2]:
        raise Refused(node, f"{wanted.type} is not looked for in {value.type} in MongoDB")

    def direct(array: Any, sought: Any) -> Any:
        nullable = [each for each, of in ((array, value), (sought, item)) if of.nullable]
        return build.unless_null(nullable, {"$in": [sought, array]})

    found = build.lets([value.expression, item.expression], direct)
    nullable = value.nullable or item.nullable
    return Truth({"$eq": [found, True]}, {"$eq": [found, False]}, nullable, reads_of(value, wanted), found)


def _place(node: exp.Expr) -> int:
    """The constant index that a `Bracket` was written with: sqlglot counts from 0."""
    found = constant(node)
    if found is None or found.kind != "int" or abs(found.value) > 2**30:
        raise Refused(node, "the index is not a constant whole number")
    return int(found.value)


@computes(exp.Bracket)
def _bracket(computing: Computing, node: exp.Bracket) -> Value:
    only(node, "this", "expressions", "offset", "safe")
    index = node.expressions[0]
    if isinstance(index, exp.Literal) and index.is_string:
        below = exp.StructExtract()
        below.args = {"this": node.this, "expression": index}
        return computing.value(below)
    if isinstance(index, exp.Slice):
        only(index, "this", "expression")
        if index.this is None or index.expression is None:
            raise Refused(node, "a slice without an end is not translated to MongoDB")
        return _slice(computing, node.this, _place(index.this), _place(index.expression), node)
    return _at(computing, node.this, _place(index) + 1, node)


@computes(named=("list_extract", "list_element", "array_extract"))
def _extract(computing: Computing, node: exp.Anonymous) -> Value:
    value, index = arguments(node, 2)
    return _at(computing, value, _place(index), node)


def _at(computing: Computing, of: exp.Expr, index: int, node: exp.Expr) -> Value:
    value = computing.value(of)
    if value.type == "VARCHAR":
        value = strings.text(computing, of, node)
        return strings.substring(value, index, 1 if index else 0)
    value = list_of(computing, of, node)
    if index == 0:
        raise Refused(node, "the element 0 is not translated to MongoDB")
    at = {"$arrayElemAt": [value.expression, index - 1 if index > 0 else index]}
    return _element(value, {"$ifNull": [at, None]})


@computes(named=("list_slice", "array_slice"))
def _list_slice(computing: Computing, node: exp.Anonymous) -> Value:
    value, first, last = arguments(node, 3)
    return _slice(computing, value, _place(first), _place(last), node)


def _slice(computing: Computing, of: exp.Expr, first: int, last: int, node: exp.Expr) -> Value:
    if first < 1 or last < first:
        raise Refused(node, "only a slice from a place to a later one is translated to MongoDB")
    value = computing.value(of)
    if value.type == "VARCHAR":
        return strings.substring(strings.text(computing, of, node), first, last - first + 1)
    value = list_of(computing, of, node)
    return replace(value, expression={"$slice": [value.expression, first - 1, last - first + 1]})


@computes(exp.ArrayMin, exp.ArrayMax)
def _extreme(computing: Computing, node: exp.Expr) -> Value:
    only(node, "this")
    value = list_of(computing, node.this, node)
    if value.type[:-2] not in ("INTEGER", "BIGINT", "VARCHAR", "TIMESTAMP"):
        raise Refused(node, f"{node.key.upper()} of {value.type} is not translated to MongoDB")
    operator = "$min" if isinstance(node, exp.ArrayMin) else "$max"
    return _element(value, {operator: value.expression})


@computes(named=("list_min", "list_max"))
def _named_extreme(computing: Computing, node: exp.Anonymous) -> Value:
    same = exp.ArrayMin() if node.name.lower() == "list_min" else exp.ArrayMax()
    same.args = {"this": arguments(node, 1)[0]}
    return computing.value(same)


@computes(exp.ArrayReverse, named=("list_reverse",))
def _reversed(computing: Computing, node: exp.Expr) -> Value:
    value = list_of(computing, arguments(node, 1)[0] if isinstance(node, exp.Anonymous) else node.this, node)
    return replace(value, expression={"$reverseArray": value.expression})


@computes(exp.ArrayConcat)
def _joined(computing: Computing, node: exp.ArrayConcat) -> Value:
    only(node, "this", "expressions", "null_propagation")
    values = [list_of(computing, part, node) for part in (node.this, *node.expressions)]
    if len({value.type for value in values}) != 1 or len(values) != 2:
        raise Refused(node, "only two lists of one type are joined in MongoDB")
    parts = [{"$ifNull": [value.expression, build.constant([])]} for value in values]  # NULL is taken for nothing
    return replace(values[0], expression={"$concatArrays": parts}, nullable=False, reads=reads_of(*values))


@computes(exp.Array)
def _made(computing: Computing, node: exp.Array) -> Value:
    only(node, "expressions")
    if not node.expressions:
        raise Refused(node, "an empty list has no type of its own")
    if isinstance(node.expressions[0], exp.Comprehension):
        return _comprehension(computing, node.expressions[0])
    found, type, _ = branches([computing.value(part) for part in node.expressions], node)
    if type not in _ELEMENTS or type == NULL:
        raise Refused(node, f"a list of {type} is not made in MongoDB")
    return Value([value.expression for value in found], f"{type}[]", "array", False, reads_of(*found))


@computes(exp.Transform)
def _transformed(computing: Computing, node: exp.Transform) -> Value:
    only(node, "this", "expression")
    name, body = _lambda(node.expression)
    return _each(computing, list_of(computing, node.this, node), name, body, node)


def _comprehension(computing: Computing, node: exp.Comprehension) -> Value:
    only(node, "this", "expression", "iterator", "condition")
    value = list_of(computing, node.args["iterator"], node)
    name = node.expression.name.lower()
    if node.args.get("condition") is not None:
        value = _kept(computing, value, name, node.args["condition"])
    return _each(computing, value, name, node.this, node)


def _lambda(node: exp.Expr) -> tuple[str, exp.Expr]:
    if not isinstance(node, exp.Lambda) or len(node.expressions) != 1:
        raise Refused(node, "this lambda is not translated to MongoDB")
    return node.expressions[0].name.lower(), node.this


def _each(computing: Computing, value: Value, name: str, body: exp.Expr, node: exp.Expr) -> Value:
    made: list[Value] = []

    def one(element: Any) -> Any:
        made.append(computing.with_parameters({name: _element(value, element)}).value(body))
        return made[0].expression

    mapped = build.mapped(value.expression, one)
    result = made[0]
    if result.type not in _ELEMENTS or result.kind == "objectId":
        raise Refused(node, f"a list of {result.type} is not made in MongoDB")
    return Value(mapped, f"{result.type}[]", "array", value.nullable, reads_of(value, result))


@computes(exp.ArrayFilter)
def _filtered(computing: Computing, node: exp.ArrayFilter) -> Value:
    only(node, "this", "expression")
    name, body = _lambda(node.expression)
    return _kept(computing, list_of(computing, node.this, node), name, body)


def _kept(computing: Computing, value: Value, name: str, body: exp.Expr) -> Value:
    found: list[Truth] = []

    def one(element: Any) -> Any:
        found.append(truth(computing.with_parameters({name: _element(value, element)}), body))
        return found[0].true

    kept = build.kept(value.expression, one)
    return replace(value, expression=kept, reads=value.reads | found[0].reads)
