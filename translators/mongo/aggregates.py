"""Aggregates as accumulators of `$group`, where the result provably equals DuckDB's.

Sums and averages are of integers and decimals: they are added exactly (Decimal128 wherever 64 bits might not do). DuckDB adds
doubles one after another and MongoDB with compensation, so that their last digits differ. NaN is DuckDB's greatest number and
MongoDB's least: extremes of doubles look for it apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bson import Int64
from bson.decimal128 import Decimal128
from sqlglot import exp

from planner.types import decimal_parts
from translators.mongo.constants import constant
from translators.mongo.expressions import Value, condition, value
from translators.mongo.fields import Field
from translators.mongo.ordering import ORDERED, arranged, keys_of
from translators.mongo.refusal import Refused
from translators.mongo.rows import Names, Rows

GROUPED = ("int", "long", "double", "decimal", "string", "objectId", "date", "bool", "uuid")
"""The kinds whose equal values MongoDB groups as DuckDB does (it takes 0.0 for -0.0, and NaN for itself)."""

_LISTED = ("int", "long", "double", "decimal", "string", "date", "bool")
"""The kinds of which a list can be made whose elements are decoded by their SQL type alone."""

_NARROW = ("TINYINT", "SMALLINT", "INTEGER")
_SUM_DIGITS = 24
"""Decimal128 holds 34 digits: sums of ten thousand million values of this many stay exact."""

_EXACT_DOUBLE = Int64(2**53)
_HIGH = Decimal128(str(2**64))
_LOW_MAXIMUM = Decimal128(str(2**64 - 1))

_OF_DOUBLES = "DuckDB adds doubles one after another, MongoDB with compensation: the last digits differ"
_OF_SPREAD = "MongoDB computes it in another order of operations: the last digits differ"
_OF_ORDER = "the order of its rows is not given"
_APPROXIMATE = "MongoDB has only an approximation of it"
_REASONS: dict[type[exp.Expr], str] = {
    exp.AnyValue: "which of the values it gives is left open",
    exp.Stddev: _OF_SPREAD,
    exp.StddevSamp: _OF_SPREAD,
    exp.StddevPop: _OF_SPREAD,
    exp.Variance: _OF_SPREAD,
    exp.VariancePop: _OF_SPREAD,
    exp.Corr: _OF_SPREAD,
    exp.CovarSamp: _OF_SPREAD,
    exp.CovarPop: _OF_SPREAD,
    exp.Skewness: _OF_SPREAD,
    exp.Median: _APPROXIMATE,
    exp.Quantile: _APPROXIMATE,
    exp.ApproxQuantile: _APPROXIMATE,
    exp.ApproxDistinct: "its estimate is DuckDB's own",
    exp.PercentileCont: _APPROXIMATE,
    exp.PercentileDisc: _APPROXIMATE,
    exp.Mode: "which of several most frequent values it gives is left open",
    exp.ArgMax: "which of several greatest it gives is left open",
    exp.ArgMin: "which of several least it gives is left open",
}


@dataclass(frozen=True)
class Aggregate:
    """What an aggregate is after its `$group`: an expression over the accumulators, and what it gives over no row at all."""

    value: Value
    over_nothing: Any = None


@dataclass
class Accumulators:
    """The accumulators of one `$group`: each only once, whoever asks for it. `reads` are the stored fields that they read;
    `distinct` is the operand where the rows are those of an earlier `$group` by it."""

    rows: Rows
    names: Names
    document: dict[str, Any] = field(default_factory=dict)
    reads: set[Field] = field(default_factory=set)
    distinct: Value | None = None

    def name(self, accumulator: Any) -> str:
        """The path of an accumulator's result."""
        for path, known in self.document.items():
            if repr(known) == repr(accumulator):
                return f"${path}"
        path = self.names.fresh()
        self.document[path] = accumulator
        return f"${path}"

    def operand(self, node: exp.Expr, only: Any) -> Value:
        """What is aggregated, null for rows that a FILTER keeps out."""
        if self.distinct is not None:
            return self.distinct
        found = self.rows.operand(node)
        self.reads |= found.reads
        if only is None:
            return found
        return Value({"$cond": [only, found.expression, None]}, found.type, found.kind, True, found.reads)

    def only(self, predicate: exp.Expr) -> Any:
        """The condition of a FILTER."""
        self.reads |= value(predicate, self.rows.columns).reads
        return condition(predicate, self.rows.columns)

    def counted(self, operand: Value) -> str:
        """The number of rows in which the operand is not NULL."""
        return self.name({"$sum": {"$cond": [{"$gt": [operand.expression, None]}, 1, 0]} if operand.nullable else 1})


def is_aggregate(node: exp.Expr) -> bool:
    """Whether the node is an aggregate of its SELECT, and no window's."""
    return isinstance(node, (exp.AggFunc, exp.Filter, exp.IgnoreNulls)) and within_window(node) is None


def within_window(node: exp.Expr) -> exp.Window | None:
    """The window whose call the node is."""
    call = node
    while isinstance(call.parent, (exp.Filter, exp.IgnoreNulls, exp.RespectNulls)) and call.arg_key == "this":
        call = call.parent
    return call.parent if isinstance(call.parent, exp.Window) and call.arg_key == "this" else None


def aggregate(node: exp.Expr, into: Accumulators) -> Aggregate:
    """The aggregate `node`, its accumulators put into `into`. Raises Refused."""
    only: Any = None
    call = node
    if isinstance(node, exp.Filter):
        only, call = into.only(node.expression.this), node.this
    if isinstance(call, (exp.IgnoreNulls, exp.RespectNulls)) and type(call.this) in _REASONS:
        call = call.this
    handler = _AGGREGATES.get(type(call))
    if handler is None:
        raise Refused(node, _REASONS.get(type(call), "this aggregate is not translated to MongoDB"))
    allowed = {"this", "expressions", "big_int", "separator"}
    if any(given not in (None, False, []) and name not in allowed for name, given in call.args.items()):
        raise Refused(node, "this form of the aggregate is not translated to MongoDB")
    return handler(call, into, only)


def counts_each_once(node: exp.Expr) -> bool:
    """Whether it is an aggregate over different values only, and repetition would play a part."""
    call = node.this if isinstance(node, exp.Filter) else node
    return isinstance(call.this, exp.Distinct) and not isinstance(call, (exp.Min, exp.Max, exp.LogicalAnd, exp.LogicalOr))


def _plain(node: exp.Expr) -> exp.Expr:
    """The operand of an aggregate for which order plays no part. Raises Refused."""
    operand: exp.Expr = node.this
    while isinstance(operand, exp.Order):
        operand = operand.this
    if isinstance(operand, exp.Distinct):
        if operand.args.get("on") or len(operand.expressions) != 1:
            raise Refused(node, "DISTINCT over several operands is not translated to MongoDB")
        operand = operand.expressions[0]
    return operand


def _count(node: exp.Count, into: Accumulators, only: Any) -> Aggregate:
    if node.expressions:
        raise Refused(node, "counting several operands is not translated to MongoDB")
    if isinstance(node.this, exp.Star):
        counted = into.name({"$sum": 1 if only is None else {"$cond": [only, 1, 0]}})
    else:
        counted = into.counted(into.operand(_plain(node), only))
    return Aggregate(Value(counted, "BIGINT", "long", nullable=False), over_nothing=0)


def _count_if(node: exp.CountIf, into: Accumulators, only: Any) -> Aggregate:
    """DuckDB's is a sum: NULL where no row has the predicate TRUE or FALSE."""
    return _sum(node, into, only)


def _extreme(node: exp.Min | exp.Max, into: Accumulators, only: Any) -> Aggregate:
    if node.expressions:
        raise Refused(node, "the several least or greatest values are not translated to MongoDB")
    operand = into.operand(_plain(node), only)
    if operand.kind not in ORDERED:
        raise Refused(node, f"MongoDB does not order {operand.type} as SQL does")
    operator = "$min" if isinstance(node, exp.Min) else "$max"
    if operand.kind != "double":
        return Aggregate(Value(into.name({operator: operand.expression}), operand.type, operand.kind, operand.nullable))
    nan = {"$eq": [operand.expression, float("nan")]}
    met = into.name({"$max": {"$cond": [nan, True, None]}})
    if operator == "$max":
        greatest = into.name({"$max": operand.expression})
        return Aggregate(Value({"$cond": [{"$eq": [met, True]}, float("nan"), greatest]}, operand.type, "double", True))
    least = into.name({"$min": {"$cond": [nan, None, operand.expression]}})
    result = {"$ifNull": [least, {"$cond": [{"$eq": [met, True]}, float("nan"), None]}]}
    return Aggregate(Value(result, operand.type, "double", True))


def _sum(node: exp.Sum | exp.CountIf, into: Accumulators, only: Any) -> Aggregate:
    operand = into.operand(_plain(node), only)
    total, type, kind = _total(node, operand, into)
    empty = {"$eq": [into.counted(operand), 0]}
    return Aggregate(Value({"$cond": [empty, None, total]} if operand.nullable else total, type, kind, operand.nullable))


def _total(node: exp.Expr, operand: Value, into: Accumulators) -> tuple[str, str, str]:
    """The exact sum of an operand (0 where there is nothing to add), its type and kind."""
    parts = decimal_parts(operand.type)
    if operand.kind == "decimal" and parts:
        if parts[0] > _SUM_DIGITS:
            raise Refused(node, f"a sum of {operand.type} may not be exact in MongoDB")
        return into.name({"$sum": operand.expression}), f"DECIMAL(38,{parts[1]})", "decimal"
    if operand.type == "BOOLEAN":
        return into.name({"$sum": {"$cond": [operand.expression, 1, 0]}}), "HUGEINT", "decimal"
    if operand.type == "BIGINT":
        # $sum of longs turns to double where it leaves 64 bits; Decimal128 stays exact. What is no number is checked elsewhere.
        exact = {"$convert": {"input": operand.expression, "to": "decimal", "onError": None, "onNull": None}}
        return into.name({"$sum": exact}), "HUGEINT", "decimal"
    if operand.type in _NARROW:
        return into.name({"$sum": operand.expression}), "HUGEINT", "decimal"
    reason = _OF_DOUBLES if operand.kind == "double" else f"MongoDB does not add {operand.type} as DuckDB does"
    raise Refused(node, reason)


def _average(node: exp.Avg, into: Accumulators, only: Any) -> Aggregate:
    """DuckDB divides the exact sum, made a double, by the number of values."""
    operand = into.operand(_plain(node), only)
    if operand.type == "BOOLEAN":
        raise Refused(node, "DuckDB has no average of BOOLEAN")
    total, type, _ = _total(node, operand, into)
    count = into.counted(operand)
    if type == "HUGEINT" and operand.type == "BIGINT":
        dividend: Any = _double(total)
    else:
        dividend = {"$toDouble": total}
    return Aggregate(Value({"$cond": [{"$eq": [count, 0]}, None, {"$divide": [dividend, count]}]}, "DOUBLE", "double", True))


def _double(total: str) -> Any:
    """An integer of more than 64 bits as DuckDB makes it a double: its upper and its lower half, each rounded by itself."""
    high = {"$floor": {"$divide": [total, _HIGH]}}
    low = {"$subtract": [total, {"$multiply": ["$$high", _HIGH]}]}
    small = {"$and": [{"$gte": [total, -_EXACT_DOUBLE]}, {"$lte": [total, _EXACT_DOUBLE]}]}
    negative = {"$subtract": [{"$multiply": [-1.0, {"$toDouble": {"$subtract": [_LOW_MAXIMUM, "$$low"]}}]}, 1.0]}
    usual = {"$add": [{"$multiply": [{"$toDouble": "$$high"}, 2.0**64]}, {"$toDouble": "$$low"}]}
    halves = {"$let": {"vars": {"low": low}, "in": {"$cond": [{"$eq": ["$$high", -1]}, negative, usual]}}}
    return {"$cond": [small, {"$toDouble": total}, {"$let": {"vars": {"high": high}, "in": halves}}]}


def _every(node: exp.LogicalAnd | exp.LogicalOr, into: Accumulators, only: Any) -> Aggregate:
    operand = into.operand(_plain(node), only)
    if operand.type != "BOOLEAN":
        raise Refused(node, f"{operand.type} is not taken for a BOOLEAN in MongoDB")
    operator = "$min" if isinstance(node, exp.LogicalAnd) else "$max"
    return Aggregate(Value(into.name({operator: operand.expression}), "BOOLEAN", "bool", operand.nullable))


def _array(node: exp.ArrayAgg, into: Accumulators, only: Any) -> Aggregate:
    elements, operand = _elements(node, into, only)
    values = {"$map": {"input": elements, "in": "$$this.v"}}
    result = {"$cond": [{"$eq": [elements, []]}, None, values]}
    return Aggregate(Value(result, f"{operand.type}[]", "array", True))


def _text(node: exp.GroupConcat, into: Accumulators, only: Any) -> Aggregate:
    separator = node.args.get("separator")
    given = constant(separator) if separator is not None else None
    if separator is not None and (given is None or given.kind not in ("string", "text")):
        raise Refused(node, "the separator is not a constant")
    elements, operand = _elements(node, into, only)
    if operand.kind != "string":
        raise Refused(node, f"{operand.type} is not made text in MongoDB")
    texts = {"$filter": {"input": {"$map": {"input": elements, "in": "$$this.v"}}, "cond": {"$gt": ["$$this", None]}}}
    mark = {"$literal": given.value if given else ","}
    joined = {"$cond": [{"$eq": ["$$value", None]}, "$$this", {"$concat": ["$$value", mark, "$$this"]}]}
    result = {"$reduce": {"input": texts, "initialValue": None, "in": joined}}
    return Aggregate(Value(result, "VARCHAR", "string", True))


def _edge(node: exp.First | exp.Last, into: Accumulators, only: Any) -> Aggregate:
    elements, operand = _elements(node, into, only)
    operator = "$first" if isinstance(node, exp.First) else "$last"
    result = {"$ifNull": [{"$getField": {"field": "v", "input": {operator: elements}}}, None]}
    return Aggregate(Value(result, operand.type, operand.kind, True))


def _elements(node: exp.Expr, into: Accumulators, only: Any) -> tuple[Any, Value]:
    """The values of a group in their order, as documents `{v: value}`."""
    given = node.this
    if not isinstance(given, exp.Order):
        raise Refused(node, _OF_ORDER)
    operand = value(given.this, into.rows.columns)
    if operand.kind not in _LISTED:
        raise Refused(node, f"arrays of {operand.type} are not made in MongoDB")
    keys = keys_of(given.expressions, into.rows)
    into.reads |= operand.reads.union(*(key.value.reads for key in keys))
    fields, order = arranged(keys)
    element: Any = {"v": operand.expression, **fields}
    pushed = into.name({"$push": element if only is None else {"$cond": [only, element, "$$REMOVE"]}})
    return {"$sortArray": {"input": pushed, "sortBy": order}}, operand


_AGGREGATES: dict[type[exp.Expr], Callable[[Any, Accumulators, Any], Aggregate]] = {
    exp.Count: _count,
    exp.CountIf: _count_if,
    exp.Min: _extreme,
    exp.Max: _extreme,
    exp.Sum: _sum,
    exp.Avg: _average,
    exp.LogicalAnd: _every,
    exp.LogicalOr: _every,
    exp.ArrayAgg: _array,
    exp.GroupConcat: _text,
    exp.First: _edge,
    exp.Last: _edge,
}
