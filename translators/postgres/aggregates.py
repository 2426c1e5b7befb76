"""Aggregates over groups that are the same in PostgreSQL, bit for bit."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from planner import types as inference
from planner.types import Typed, exact_parts, is_exact
from translators.postgres.compare import by_bytes, by_equality, certain, coerce, usable
from translators.postgres.expressions import Context, only, renders
from translators.postgres.value import Refused, Value

AGGREGATES = (exp.AggFunc,)

_EXACT_DOUBLE = 2**53


def _argument(context: Context, node: exp.Expr) -> tuple[Value, str, exp.Expr]:
    """The value that is aggregated, the word DISTINCT where it is asked for, and the node."""
    argument = node.this
    columns = list(argument.find_all(exp.Column))
    if columns and not any(column.table.lower() in context.scope.relations for column in columns):
        raise Refused(node, "in PostgreSQL an aggregate of outer columns alone belongs to the outer query")
    if isinstance(argument, exp.Distinct):
        if len(argument.expressions) != 1 or argument.args.get("on"):
            raise Refused(node, "DISTINCT over several values is not pushed")
        return context.value(argument.expressions[0]), "DISTINCT ", argument.expressions[0]
    return context.value(argument), "", argument


@renders(exp.Count)
def _count(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "big_int")
    if node.this is None or isinstance(node.this, exp.Star):
        return Value("count(*)", Typed("BIGINT"))
    value, distinct, _ = _argument(context, node)
    if not distinct:
        return Value(f"count({certain(value, node).text})", Typed("BIGINT"))
    text = value.text if value.type in inference.FLOATS and not value.opaque else by_equality(value, node)
    return Value(f"count(DISTINCT {text})", Typed("BIGINT"))


@renders(exp.Sum)
def _total(context: Context, node: exp.Expr) -> Value:
    only(node, "this")
    return _sum_of(context, node, "")


def _sum_of(context: Context, node: exp.Expr, where: str) -> Value:
    value, distinct, _ = _argument(context, node)
    usable(value, node)
    type = inference.sum_of(value.type)
    if type is None or not is_exact(value.type):
        raise Refused(node, "a sum of floating-point numbers depends on their order")
    text = f"sum({distinct}{coerce(value, value.type, node).text}){where}"
    if value.loose:
        return Value(text, Typed(type), loose=True)
    scale = (exact_parts(type) or (38, 0))[1]
    return Value(f"{text}::numeric" if type == "HUGEINT" else f"{text}::numeric(38,{scale})", Typed(type))


@renders(exp.Avg)
def _average(context: Context, node: exp.Expr) -> Value:
    only(node, "this")
    value, distinct, argument = _argument(context, node)
    if not distinct and _becomes_a_quotient(context, node, value):
        usable(value, node)
        if not is_exact(value.type):
            raise Refused(node, "an average of floating-point numbers depends on their order")
        text = coerce(value, value.type, node).text
        total = Value(f"sum({text})", Typed("HUGEINT" if value.type == "BIGINT" else "DECIMAL(38,0)"))
        quotient = f"({coerce(total, 'DOUBLE', node).text} / nullif(count({text}), 0)::float8)"
        return Value(quotient, Typed("DOUBLE"), reach=_reach(value))
    return average(value, distinct, argument, node, "")


def _becomes_a_quotient(context: Context, node: exp.Expr, value: Value) -> bool:
    """Whether DuckDB's optimizer makes sum / count of this average (2.0.0, by its plans).

    It does where there is one group only, and where the same sum or the same count is asked for anyway. The two ways differ in
    the last bit of one average in six.
    """
    select = context.select
    if select is None:
        return False
    if select.args.get("group") is None and not _correlated(select, context):
        return True
    for other in own_aggregates(select):
        argument = other.this
        if other is node or isinstance(other.parent, exp.Filter) or isinstance(argument, exp.Distinct):
            continue
        if isinstance(other, (exp.Sum, exp.Count)) and argument == node.this:
            return True
        if isinstance(other, (exp.Count, exp.Avg)) and value.filled and argument != node.this and _counts_rows(context, argument):
            return True
    return False


def _counts_rows(context: Context, argument: exp.Expr | None) -> bool:
    if argument is None or isinstance(argument, exp.Star):
        return True
    return isinstance(argument, exp.Column) and context.value(argument).filled


def own_aggregates(select: exp.Select) -> list[exp.Expr]:
    """The aggregates of a SELECT itself, not of the subqueries in it."""
    places = [*select.selects, *(select.args[name] for name in ("having", "order") if select.args.get(name))]
    return [found for place in places for found in place.find_all(exp.AggFunc) if found.find_ancestor(exp.Query) is select]


def _correlated(select: exp.Select, context: Context) -> bool:
    return any(
        column.table and column.table.lower() not in context.scope.relations
        for column in select.find_all(exp.Column)
        if column.find_ancestor(exp.Query) is select
    )


def _reach(value: Value) -> int:
    precision, scale = exact_parts(value.type) or (38, 0)
    return max(precision - scale, scale + 19) + 1


def average(value: Value, distinct: str, argument: exp.Expr, node: exp.Expr, where: str) -> Value:
    """The mean of integers or decimals as DuckDB's own avg computes it: unscaled total / (count x 10^scale), divided in the x87
    format of 64 bits and then rounded to 53 (2.0.0, `HugeintAverageOperation`).

    Below 2^53, and with a divisor of at most ten significant bits, both roundings come to the one of a plain division. Otherwise
    the quotient is rounded to 64 bits in numeric arithmetic first. The aggregates stand in a subquery so that they are written
    once; they belong to the query around it, because their arguments do.
    """
    usable(value, node)
    if not is_exact(value.type) or value.loose:
        raise Refused(node, f"an average of {value.type} is not pushed: its last digits may differ")
    if not any(argument.find_all(exp.Column)):
        raise Refused(node, "an average of a constant is not pushed")
    scale = (exact_parts(value.type) or (38, 0))[1]
    text = coerce(value, value.type, node).text
    power = 10**scale
    total, count = f"sum({distinct}{text}){where}::numeric", f"count({distinct}{text}){where}::numeric"
    if scale:
        total, count = f"{total} * {power}", f"{count} * {power}"
    exponent = "greatest(0, 63 - floor(ln(abs(m.total)::float8 / m.divisor::float8) / ln(2::float8)))::int4"
    bits = f"CASE WHEN m.total = 0 OR m.total IS NULL THEN 0 ELSE {exponent} END"
    exact = f"m.divisor < {1024 * 2**scale} AND abs(m.total) < {_EXACT_DOUBLE}"
    rounded = "div(2 * abs(m.total) * power(2::numeric, e.bits) + m.divisor, 2 * m.divisor)"
    sql = (
        f"(SELECT CASE WHEN {exact} THEN m.total::float8 / m.divisor::float8"
        f" ELSE sign(m.total)::float8 * {rounded}::float8 / power(2::float8, e.bits) END"
        f" FROM (SELECT {total} AS total, nullif({count}, 0) AS divisor) AS m CROSS JOIN LATERAL (SELECT {bits} AS bits) AS e)"
    )
    return Value(sql, Typed("DOUBLE"), reach=_reach(value))


@renders(exp.Min, exp.Max)
def _extreme(context: Context, node: exp.Expr) -> Value:
    only(node, "this")
    value, _, _ = _argument(context, node)
    if value.type in ("BOOLEAN", "UUID", "BLOB"):
        raise Refused(node, f"PostgreSQL has no {node.key} of {value.type}")
    text = by_bytes(coerce(value, value.type, node) if value.constant is not None else value, node)
    known = value.type == "VARCHAR"
    return Value(
        f"{node.key}({text})", Typed(value.type), "C" if known else None, known, value.orderable, value.loose, value.reach
    )


@renders(exp.LogicalAnd, exp.LogicalOr)
def _every(context: Context, node: exp.Expr) -> Value:
    only(node, "this")
    name = "bool_and" if isinstance(node, exp.LogicalAnd) else "bool_or"
    return Value(f"{name}({context.condition(node.this)})", Typed("BOOLEAN"))


@renders(exp.Filter)
def _filtered(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    where = f" FILTER (WHERE {context.condition(node.expression.this)})"
    inner = node.this
    if isinstance(inner, exp.Avg):
        value, distinct, argument = _argument(context, inner)
        return average(value, distinct, argument, node, where)
    if isinstance(inner, exp.Sum):
        return _sum_of(context, inner, where)
    if not isinstance(inner, (exp.Count, exp.Min, exp.Max, exp.LogicalAnd, exp.LogicalOr)):
        raise Refused(node, "FILTER on this aggregate is not pushed")
    value = context.value(inner)
    return replace(value, text=f"{value.text}{where}")
