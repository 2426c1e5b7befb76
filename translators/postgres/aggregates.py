"""Aggregates over groups and windows that are the same in PostgreSQL, bit for bit.

`AGGREGATES` is the table by sqlglot's node; `aggregate_names` says of every aggregate of DuckDB whether it goes down, and why
not. Those that read a group in an order are in `gathered`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from planner import types as inference
from planner.types import INTEGERS, Typed, exact_parts, is_exact
from translators.averages import becomes_a_quotient
from translators.forms import STATISTICS
from translators.postgres.aggregate_names import LEFT, PUSHED, reason_left
from translators.postgres.averages import average, quotient
from translators.postgres.compare import boolean, by_bytes, certain, coerce, kept_apart, usable
from translators.postgres.expressions import NAMED, Context, only, renders
from translators.postgres.value import Refused, Value


@dataclass(frozen=True)
class Call:
    """What follows an aggregate's arguments: the SQL of its FILTER's condition, and that of the window which it runs over."""

    condition: str = ""
    over: str = ""

    def __str__(self) -> str:
        return (f" FILTER (WHERE {self.condition})" if self.condition else "") + self.over

    def where(self, condition: str) -> Call:
        """The same call over the rows of which `condition` holds too."""
        return Call(f"{condition} AND {self.condition}" if self.condition else condition, self.over)


Aggregate = Callable[[Context, exp.Expr, Call], Value]
AGGREGATES: dict[type[exp.Expr], Aggregate] = {}


def aggregates(*nodes: type[exp.Expr]) -> Callable[[Aggregate], Aggregate]:
    """Registers how the aggregates are written; called without a FILTER or window they are expressions as well."""

    def register(aggregate: Aggregate) -> Aggregate:
        AGGREGATES.update(dict.fromkeys(nodes, aggregate))
        renders(*nodes)(lambda context, node: aggregate(context, node, Call()))
        return aggregate

    return register


@dataclass(frozen=True)
class Argument:
    """What is aggregated: its node and value, whether DISTINCT stands before it, and the order that is asked for."""

    node: exp.Expr
    value: Value
    distinct: bool
    order: tuple[exp.Ordered, ...] = ()

    @property
    def word(self) -> str:
        return "DISTINCT " if self.distinct else ""


def argument(context: Context, node: exp.Expr) -> Argument:
    """The argument of an aggregate. Raises Refused."""
    inner = node.this
    order: tuple[exp.Ordered, ...] = ()
    if isinstance(inner, exp.Order):
        only(inner, "this", "expressions")
        inner, order = inner.this, tuple(inner.expressions)
    if inner is None:
        raise Refused(node, "an aggregate of nothing is not pushed")
    columns = list(inner.find_all(exp.Column))
    if columns and not any(column.table.lower() in context.scope.relations for column in columns):
        raise Refused(node, "in PostgreSQL an aggregate of outer columns alone belongs to the outer query")
    if isinstance(inner, exp.Distinct):
        if len(inner.expressions) != 1 or inner.args.get("on"):
            raise Refused(node, "DISTINCT over several values is not pushed")
        return Argument(inner.expressions[0], context.value(inner.expressions[0]), True, order)
    return Argument(inner, context.value(inner), False, order)


def undistinct(found: Argument, call: Call, node: exp.Expr) -> None:
    """Refuses DISTINCT in a window: PostgreSQL has none there."""
    if found.distinct and call.over:
        raise Refused(node, "PostgreSQL has no DISTINCT in an aggregate over a window")


@aggregates(exp.Count)
def _count(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this", "big_int")
    if node.this is None or isinstance(node.this, exp.Star):
        return Value(f"count(*){call}", Typed("BIGINT"))
    if isinstance(node.this, exp.Tuple) or (isinstance(node.this, exp.Distinct) and _is_row(node.this)):
        return _count_of_rows(context, node, call)
    found = argument(context, node)
    undistinct(found, call, node)
    if not found.distinct:
        return Value(f"count({certain(found.value, node).text}){call}", Typed("BIGINT"))
    floating = found.value.type in inference.FLOATS and not found.value.opaque
    text = found.value.text if floating else kept_apart(found.value, node)
    return Value(f"count(DISTINCT {text}){call}", Typed("BIGINT"))


def _is_row(distinct: exp.Distinct) -> bool:
    return len(distinct.expressions) == 1 and isinstance(distinct.expressions[0], exp.Tuple)


def _count_of_rows(context: Context, node: exp.Expr, call: Call) -> Value:
    """A row of values is never NULL, not even one of NULLs alone: count((a, b)) counts rows, with DISTINCT different ones."""
    distinct = isinstance(node.this, exp.Distinct)
    parts = (node.this.expressions[0] if distinct else node.this).expressions
    if distinct and call.over:
        raise Refused(node, "PostgreSQL has no DISTINCT in an aggregate over a window")
    values = [context.value(part) for part in parts]
    texts = ", ".join(kept_apart(value, node) for value in values)
    return Value(f"count({'DISTINCT ' if distinct else ''}ROW({texts})){call}", Typed("BIGINT"))


@aggregates(exp.CountIf)
def _count_if(context: Context, node: exp.Expr, call: Call) -> Value:
    """Over nothing but NULLs it is NULL in DuckDB 2.0.0: the sum of ones and zeros, not a count."""
    only(node, "this")
    found = argument(context, node)
    undistinct(found, call, node)
    return Value(f"sum({found.word}{boolean(found.value, node)}::int4){call}::numeric", Typed("HUGEINT"))


@aggregates(exp.Sum)
def _sum(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this")
    found = argument(context, node)
    undistinct(found, call, node)
    value = usable(found.value, node)
    type = inference.sum_of(value.type)
    if type is None or not is_exact(value.type):
        raise Refused(node, "a sum of floating-point numbers depends on their order")
    text = f"sum({found.word}{coerce(value, value.type, node).text}){call}"
    if value.loose:
        return Value(text, Typed(type), loose=True)
    scale = (exact_parts(type) or (38, 0))[1]
    return Value(f"{text}::numeric" if type == "HUGEINT" else f"{text}::numeric(38,{scale})", Typed(type))


@aggregates(exp.Avg)
def _average(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this")
    found = argument(context, node)
    undistinct(found, call, node)
    plain = not found.distinct and not call.condition and not call.over
    if plain and context.select is not None and _is_quotient(context, node, context.select):
        return quotient(usable(found.value, node), node)
    if not any(found.node.find_all(exp.Column)):
        raise Refused(node, "an average of a constant is not pushed")
    return average(usable(found.value, node), found.word, str(call), bool(call.over), node)


def _is_quotient(context: Context, node: exp.Expr, select: exp.Select) -> bool:
    grouped = select.args.get("group") is not None or _correlated(select, context)
    return becomes_a_quotient(node, own_aggregates(select), grouped, lambda argument: context.value(argument).filled)


def own_aggregates(select: exp.Select) -> list[exp.Expr]:
    """The aggregates over the groups of a SELECT itself, not of the subqueries in it, and not those over windows."""
    places = [*select.selects, *(select.args[name] for name in ("having", "qualify", "order") if select.args.get(name))]
    return [
        found
        for place in places
        for found in place.find_all(exp.AggFunc, exp.Anonymous)
        if found.find_ancestor(exp.Query) is select and not over_window(found) and isinstance(plainly(found), exp.AggFunc)
    ]


def over_window(node: exp.Expr) -> bool:
    """Whether a function stands directly before an OVER."""
    below: exp.Expr = node
    while isinstance(below.parent, (exp.Filter, exp.IgnoreNulls, exp.RespectNulls)) and below.parent.this is below:
        below = below.parent
    return isinstance(below.parent, exp.Window) and below.parent.this is below


def _correlated(select: exp.Select, context: Context) -> bool:
    return any(
        column.table and column.table.lower() not in context.scope.relations
        for column in select.find_all(exp.Column)
        if column.find_ancestor(exp.Query) is select
    )


@aggregates(exp.Min, exp.Max)
def _extreme(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this")
    value = argument(context, node).value
    if value.type == "BOOLEAN":
        name = "bool_and" if isinstance(node, exp.Min) else "bool_or"
        return Value(f"{name}({boolean(value, node)}){call}", Typed("BOOLEAN"))
    text = by_bytes(coerce(value, value.type, node) if value.constant is not None else value, node)
    if value.type in ("UUID", "BLOB"):  # PostgreSQL orders them and has no min or max of them
        if call.over:
            raise Refused(node, f"PostgreSQL has no {node.key} of {value.type}")
        direction = "ASC" if isinstance(node, exp.Min) else "DESC"
        gathered = f"(array_agg({value.text} ORDER BY {text} {direction} NULLS LAST){call})[1]"
        return Value(gathered, Typed(value.type), base=value.base)
    known = value.type == "VARCHAR"
    return Value(
        f"{node.key}({text}){call}", Typed(value.type), "C" if known else None, known, value.orderable, value.loose, value.reach
    )


@aggregates(exp.LogicalAnd, exp.LogicalOr)
def _every(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this")
    name = "bool_and" if isinstance(node, exp.LogicalAnd) else "bool_or"
    return Value(f"{name}({boolean(argument(context, node).value, node)}){call}", Typed("BOOLEAN"))


_BITS: dict[type[exp.Expr], str] = {exp.BitwiseAndAgg: "bit_and", exp.BitwiseOrAgg: "bit_or", exp.BitwiseXorAgg: "bit_xor"}


@aggregates(*_BITS)
def _bits(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this")
    found = argument(context, node)
    undistinct(found, call, node)
    if found.value.type not in INTEGERS or found.value.type in ("TINYINT", "HUGEINT"):
        raise Refused(node, f"bits of {found.value.type} are not combined in PostgreSQL")
    text = coerce(found.value, found.value.type, node).text
    return Value(f"{_BITS[type(node)]}({found.word}{text}){call}", Typed(found.value.type))


@renders(exp.Filter)
def _filtered(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    return called(context, node, "")


def called(context: Context, node: exp.Expr, over: str) -> Value:
    """An aggregate with what its FILTER says, over the window whose SQL is `over` (none: over groups). Raises Refused."""
    condition = ""
    if isinstance(node, exp.Filter):
        condition = context.condition(node.expression.this)
    called = plainly(node.this if isinstance(node, exp.Filter) else node)
    aggregate = AGGREGATES.get(type(called))
    if aggregate is None:
        raise Refused(node, reason_left(called) or f"{called.key.upper()} is not known to be an aggregate of PostgreSQL")
    return aggregate(context, called, Call(condition, over))


_SPELLED: Mapping[str, type[exp.Expr]] = {"arbitrary": exp.First, "mean": exp.Avg, "count_star": exp.Count}


def plainly(node: exp.Expr) -> exp.Expr:
    """An aggregate that sqlglot knows by its name alone as the node of its other name; any other node as it is."""
    known = _SPELLED.get(node.name.lower()) if isinstance(node, exp.Anonymous) else None
    if known is None or len(node.expressions) > 1:
        return node
    return known(this=node.expressions[0].copy()) if node.expressions else known()


def _by_name(context: Context, node: exp.Expr) -> Value:
    return called(context, node, "")


NAMED.update(dict.fromkeys((*PUSHED, *LEFT), _by_name))
renders(*STATISTICS)(_by_name)
