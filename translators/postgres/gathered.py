"""Aggregates that read their group in an order: lists, joined texts, first and last values, quantiles.

They go down where an order is given. Between rows that are equal in it SQL leaves the order open, as ORDER BY with LIMIT does.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from sqlglot import exp

from planner.types import INTEGERS, Typed
from translators.postgres.aggregates import Argument, Call, aggregates, argument
from translators.postgres.compare import by_bytes, by_equality, coerce, usable
from translators.postgres.expressions import Context, only
from translators.postgres.ordering import direction
from translators.postgres.types import home
from translators.postgres.value import Refused, Value

_OPEN = "the order of its rows is not given"


def _unwindowed(call: Call, node: exp.Expr) -> None:
    if call.over:
        raise Refused(node, "PostgreSQL has no ORDER BY in an aggregate over a window")


def _ordering(context: Context, found: Argument, node: exp.Expr, backwards: bool = False) -> str:
    """` ORDER BY …` of an aggregate's argument. Raises Refused where no order is given."""
    parts = []
    for item in found.order:
        value = context.value(item.this)
        if value.constant is None:
            parts.append(f"{by_bytes(value, item)} {direction(item, backwards)}")
    if not parts:
        raise Refused(node, _OPEN)
    return f" ORDER BY {', '.join(parts)}"


def _distinct_ordering(context: Context, found: Argument, node: exp.Expr) -> tuple[str, str]:
    """The argument and the order of an aggregate over different values, which can be ordered by themselves alone."""
    if len(found.order) != 1 or found.order[0].this != found.node:
        raise Refused(node, "different values can be ordered by nothing but themselves" if found.order else _OPEN)
    by_equality(found.value, node)
    text = by_bytes(found.value, node)
    return f"DISTINCT {text}", f" ORDER BY {text} {direction(found.order[0])}"


def _gathered(context: Context, found: Argument, text: str, node: exp.Expr) -> tuple[str, str]:
    return _distinct_ordering(context, found, node) if found.distinct else (text, _ordering(context, found, node))


@aggregates(exp.ArrayAgg)
def _list(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this", "nulls_excluded")
    _unwindowed(call, node)
    found = argument(context, node)
    value = coerce(usable(found.value, node), found.value.type, node)
    element = home(value.type)
    if element is None or value.loose:
        raise Refused(node, f"a list of {value.type} is not gathered in PostgreSQL")
    text, order = _gathered(context, found, value.text, node)
    base = f"_{value.base or element}" if value.type == "VARCHAR" and value.base in ("varchar", "text") else f"_{element}"
    return Value(f"array_agg({text}{order}){call}", Typed(f"{value.type}[]"), value.collation, opaque=True, base=base)


@aggregates(exp.GroupConcat)
def _joined(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this", "separator")
    _unwindowed(call, node)
    found = argument(context, node)
    value = usable(found.value, node)
    separator = node.args.get("separator")
    if value.type != "VARCHAR" or value.constant is not None:
        raise Refused(node, f"values of type {value.type} are not joined to a text in PostgreSQL")
    if separator is not None and not (isinstance(separator, exp.Literal) and separator.is_string):
        raise Refused(node, "texts are joined in PostgreSQL only by a constant")
    between = context.value(separator).text if separator is not None else "','::text"
    text, order = _gathered(context, found, value.text, node)
    if value.collation is None and not found.distinct:
        text = f'{text} COLLATE "C"'
    return Value(f"string_agg({text}, {between}{order}){call}", Typed("VARCHAR"), None, orderable=value.orderable)


def _chosen(value: Value, text: str) -> Value:
    """One of the values of a group."""
    return Value(
        f"({text})[1]", Typed(value.type), value.collation, value.ordered_by_bytes, value.orderable, value.loose, value.reach,
        base=value.base if not value.padded else "",
    )  # fmt: skip


@aggregates(exp.First, exp.Last)
def _first(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this")
    _unwindowed(call, node)
    found = argument(context, node)
    value = _single(found, node)
    order = _ordering(context, found, node, backwards=isinstance(node, exp.Last))
    return _chosen(value, f"array_agg({value.text}{order}){call}")


@aggregates(exp.IgnoreNulls)
def _any(context: Context, node: exp.Expr, call: Call) -> Value:
    inner = node.this
    if not isinstance(inner, exp.AnyValue):
        raise Refused(node, "PostgreSQL has no IGNORE NULLS")
    only(inner, "this")
    _unwindowed(call, node)
    found = argument(context, inner)
    value = _single(found, node)
    return _chosen(value, f"array_agg({value.text}{_ordering(context, found, node)}){call.where(f'{value.text} IS NOT NULL')}")


@aggregates(exp.ArgMin, exp.ArgMax)
def _at_extreme(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this", "expression")
    _unwindowed(call, node)
    found = argument(context, node)
    value = _single(found, node)
    if not _tells_rows_apart(context, node.expression):
        raise Refused(node, "which of two rows that are equal in the extreme is open")
    by = by_bytes(context.value(node.expression), node)
    word = "ASC" if isinstance(node, exp.ArgMin) else "DESC"
    filtered = call.where(f"{value.text} IS NOT NULL AND {by} IS NOT NULL")
    return _chosen(value, f"array_agg({value.text} ORDER BY {by} {word}){filtered}")


def _tells_rows_apart(context: Context, node: exp.Expr) -> bool:
    """Whether no two rows of a group have the same value of `node`: a unique column of the only table that is read."""
    select = context.select
    from_ = select.args.get("from_") if select is not None else None
    if select is None or not isinstance(node, exp.Column) or from_ is None or select.args.get("joins"):
        return False
    if not isinstance(from_.this, exp.Table) or not from_.this.args.get("catalog") or node.table != from_.this.alias_or_name:
        return False
    table = context.queries.table(from_.this)
    return any([name.lower() for name in key] == [node.name.lower()] for key in (table.primary_key, *table.unique_keys))


def _single(found: Argument, node: exp.Expr) -> Value:
    value = coerce(usable(found.value, node), found.value.type, node)
    if found.distinct or home(value.type) is None:
        raise Refused(node, f"one {'of different values' if found.distinct else value.type} is not chosen in PostgreSQL")
    return value


@aggregates(exp.Median)
def _median(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this")
    return _between(context, node, Fraction(1, 2), call)


@aggregates(exp.PercentileCont)
def _continuous(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this", "expression")
    return _between(context, node, _part(node.args.get("expression"), node), call)


@aggregates(exp.WithinGroup)
def _within_group(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this", "expression")
    share, order = node.this, node.expression
    quantile = {exp.PercentileCont: _continuous, exp.PercentileDisc: _discrete}.get(type(share))
    if quantile is None or len(order.expressions) != 1 or order.expressions[0].args.get("desc"):
        raise Refused(node, "WITHIN GROUP is pushed for quantiles in ascending order only")
    only(share, "this")
    written = type(share)(this=order.expressions[0].this.copy(), expression=share.this.copy())
    return quantile(context, written, call)


@aggregates(exp.PercentileDisc, exp.Quantile)
def _discrete(context: Context, node: exp.Expr, call: Call) -> Value:
    only(node, "this", "expression", "quantile")
    _unwindowed(call, node)
    part = node.args.get("expression") or node.args.get("quantile")
    share = _part(part, node)
    found = argument(context, node)
    value = _unordered(found, node)
    text = by_bytes(value, node)
    if share.denominator in (1, 2, 4, 8):  # a product with these is exact in floating point, as PostgreSQL computes it
        chosen = f"percentile_disc({float(share)}) WITHIN GROUP (ORDER BY {text}){call}"
        return Value(
            chosen,
            Typed(value.type),
            "C" if value.type == "VARCHAR" else None,
            value.type == "VARCHAR",
            value.orderable,
            value.loose,
            value.reach,
        )
    rest = call.where(f"{value.text} IS NOT NULL")
    place = f"greatest(1, ceil({share.numerator}::numeric * count({value.text}){rest} / {share.denominator}))::int4"
    return _chosen_at(value, f"array_agg({value.text} ORDER BY {text}){rest}", place)


def _chosen_at(value: Value, text: str, place: str) -> Value:
    return replace(_chosen(value, text), text=f"({text})[{place}]")


def _between(context: Context, node: exp.Expr, share: Fraction, call: Call) -> Value:
    """A quantile that may lie between two values: in PostgreSQL by their difference, in DuckDB by their weights, which are the
    same for the middle of two integers of 32 bits and for the ends."""
    _unwindowed(call, node)
    found = argument(context, node)
    value = _unordered(found, node)
    if value.type not in INTEGERS[:3] or share.denominator > 2:
        raise Refused(node, f"a quantile between values of {value.type} may differ in its last digit")
    text = coerce(value, value.type, node).text
    return Value(f"percentile_cont({float(share)}) WITHIN GROUP (ORDER BY {text}){call}", Typed("DOUBLE"), reach=10)


def _unordered(found: Argument, node: exp.Expr) -> Value:
    if found.distinct or found.order:
        raise Refused(node, "a quantile of different values, or in an order of its own, is not pushed")
    return usable(found.value, node)


def _part(part: exp.Expr | None, node: exp.Expr) -> Fraction:
    """The share of a quantile: a constant from 0 to 1."""
    if isinstance(part, exp.Literal) and not part.is_string and part.name.replace(".", "", 1).isdigit() and len(part.name) <= 12:
        share = Fraction(part.name)
        if 0 <= share <= 1:
            return share
    raise Refused(node, "a quantile is pushed only at a constant between 0 and 1")
