"""Aggregates: over groups, with FILTER, and over windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from planner.catalog import Column, Table
from planner.types import NULL, decimal_parts, sum_of
from translators.averages import becomes_a_quotient
from translators.sqlite.aggregate_names import FLOATS, NODES
from translators.sqlite.compare import boolean, certain, ordered, told_apart, usable
from translators.sqlite.expressions import Context, renders
from translators.sqlite.refused import named, reason
from translators.sqlite.values import Refused, Value, only


@dataclass(frozen=True)
class Call:
    """What stands after an aggregate's parentheses: its FILTER's condition, and its window."""

    condition: str = ""
    over: str = ""

    def __str__(self) -> str:
        return (f" FILTER (WHERE {self.condition})" if self.condition else "") + self.over


Aggregate = Callable[[Context, exp.Expr, Call], Value]
AGGREGATES: dict[type[exp.Expr], Aggregate] = {}


def _aggregates(*nodes: type[exp.Expr]) -> Callable[[Aggregate], Aggregate]:
    """Registers how the aggregates are written; called without a FILTER or window they are expressions as well."""

    def register(aggregate: Aggregate) -> Aggregate:
        AGGREGATES.update(dict.fromkeys(nodes, aggregate))
        renders(*nodes)(lambda context, node: aggregate(context, node, Call()))
        return aggregate

    return register


def _argument(context: Context, node: exp.Expr) -> tuple[Value, bool]:
    """What is aggregated, and whether DISTINCT stands before it. Raises Refused."""
    inner = node.this
    if isinstance(inner, exp.Order) or inner is None:
        raise Refused(node, f"{named(node)} in this form is left to the residual.")
    distinct = isinstance(inner, exp.Distinct)
    if distinct:
        only(inner, "expressions")
        if len(inner.expressions) != 1:
            raise Refused(node, "SQLite takes DISTINCT over one expression only.")
        inner = inner.expressions[0]
    value = context.value(inner)
    if value.constant is not None or value.type == NULL:
        raise Refused(node, "An aggregate over a constant is left to the residual.")
    return value, distinct


def _undistinct(distinct: bool, call: Call, node: exp.Expr) -> None:
    if distinct and call.over:
        raise Refused(node, "SQLite has no DISTINCT in an aggregate over a window.")


@_aggregates(exp.Count)
def _count(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this", "big_int")
    if node.this is None or isinstance(node.this, exp.Star):
        return Value(f"count(*){call}", "BIGINT")
    value, distinct = _argument(context, node)
    _undistinct(distinct, call, node)
    if distinct:
        return Value(f"count(DISTINCT {told_apart(value, node).sql}){call}", "BIGINT")
    return Value(f"count({certain(value, node).sql}){call}", "BIGINT")


@renders(exp.Anonymous)
def _by_name(context: Context, node: exp.Expr) -> Value:
    if node.name.lower() != "count_star" or node.expressions:
        raise Refused(node, reason(node))
    return _count(context, exp.Count(), Call())


@_aggregates(exp.CountIf)
def _count_if(context: Context, node: exp.Expr, call: Call) -> Value:
    """Over nothing but NULLs it is NULL in DuckDB 2.0.0: the sum of ones and zeros, not a count."""
    only(node, "this")
    value, distinct = _argument(context, node)
    if distinct:
        raise Refused(node, "COUNT_IF with DISTINCT is left to the residual.")
    return Value(f"sum({boolean(value, node)}){call}", "HUGEINT")


@_aggregates(exp.Sum)
def _sum(context: Context, node: exp.Expr, call: Call) -> Value:
    """In two halves, since SQLite fails where a sum leaves 64 bits and DuckDB goes on."""
    only(node, "this")
    value, distinct = _argument(context, node)
    usable(value, node)
    type = sum_of(value.type)
    if value.kind == "double":
        raise Refused(node, f"{FLOATS}.")
    if type is None or value.kind not in ("integer", "decimal", "boolean"):
        raise Refused(node, f"A sum of {value.type} is left to the residual.")
    if distinct:
        raise Refused(node, "A sum is added in halves in SQLite, which are not as distinct as the whole.")
    low = f"sum({value.sql} & 4294967295){call}"
    carried = f"({low} >> 32)"
    parts = decimal_parts(type)
    return Value(
        f"(sum({value.sql} >> 32){call} + {carried})",
        f"DECIMAL(38,{parts[1]})" if parts else "HUGEINT",
        low=f"({low} & 4294967295)",
    )


@_aggregates(exp.Avg)
def _average(context: Context, node: exp.Expr, call: Call) -> Value:
    """From a sum and a count, once for each group, to the last bit as DuckDB divides them."""
    total = _sum(context, node, call)
    value, _ = _argument(context, node)
    if value.kind == "boolean":
        raise Refused(node, "An average of BOOLEAN is left to the residual.")
    plain = not call.condition and not call.over and context.select is not None
    way = "quotient" if plain and _is_quotient(context, node) else "mean"
    parts = decimal_parts(value.type)
    count = f"count({value.sql}){call}"
    return Value(f"foz_{way}({total.sql}, {total.low}, {count}, {parts[1] if parts else 0})", "DOUBLE", reach=20, signed=False)


def _is_quotient(context: Context, node: exp.Expr) -> bool:
    """Whether DuckDB makes sum / count of the average. Raises Refused where that depends on what SQLite's columns do not say."""
    select = context.select
    assert select is not None
    aggregates = own_aggregates(select)
    grouped = select.args.get("group") is not None

    def may_be_filled(argument: exp.Expr) -> bool:
        found = [context.value(column) for column in argument.find_all(exp.Column)]
        return not any(value.origin is not None and _may_be_null(*value.origin) for value in found)

    certain, possible = (becomes_a_quotient(node, aggregates, grouped, filled) for filled in (lambda _: False, may_be_filled))
    if certain != possible:
        raise Refused(node, "avg is left: DuckDB divides in one of two ways, by whether it knows that no value is NULL.")
    return certain


def _may_be_null(table: Table, column: Column) -> bool:
    return column.nullable and column.name not in table.primary_key


def own_aggregates(select: exp.Select) -> list[exp.Expr]:
    """The aggregates over the groups of a SELECT itself, not those of the queries in it or over windows."""
    places = (*select.selects, *(select.args[name] for name in ("having", "qualify", "order") if select.args.get(name)))
    return [each for place in places for each in place.find_all(exp.AggFunc) if _is_of(select, each)]


def _is_of(select: exp.Select, aggregate: exp.Expr) -> bool:
    outer = aggregate.parent if isinstance(aggregate.parent, exp.Filter) else aggregate
    return aggregate.find_ancestor(exp.Query) is select and not (isinstance(outer.parent, exp.Window) and outer.arg_key == "this")


@_aggregates(exp.Min, exp.Max)
def _extreme(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this")
    value, _ = _argument(context, node)
    ordered(context, value, node)
    return Value(f"{node.key}({told_apart(value, node).sql}){call}", value.type, reach=value.reach)


@_aggregates(exp.LogicalAnd, exp.LogicalOr)
def _every(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this")
    value, _ = _argument(context, node)
    name = "min" if isinstance(node, exp.LogicalAnd) else "max"
    return Value(f"{name}({boolean(value, node)}){call}", "BOOLEAN")


@renders(exp.Filter)
def _filtered(context: Context, node: exp.Expr) -> Value:
    return called(context, node, "")


def called(context: Context, node: exp.Expr, over: str) -> Value:
    """An aggregate with what its FILTER says, over the window whose SQL is `over` (none: over groups). Raises Refused."""
    condition, plain = "", node
    if isinstance(node, exp.Filter):
        only(node, "this", "expression")
        condition, plain = context.condition(node.expression.this), node.this
    aggregate = AGGREGATES.get(type(plain))
    if aggregate is None:
        raise Refused(node, reason(plain))
    return aggregate(context, plain, Call(condition, over))


def _left(context: Context, node: exp.Expr) -> Value:
    raise Refused(node, reason(node))


renders(*NODES)(_left)
