"""Expressions in SQLite's words, for what gives DuckDB's answer there.

`RENDER` is the table; a node that is not in it is refused, with a reason. A renderer refuses what it cannot prove equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from sqlglot import exp

from planner import types as inference
from planner.types import NULL, common_of, settled
from translators.sqlite import constants
from translators.sqlite.compare import boolean, certain, coerce, compare, usable
from translators.sqlite.refused import reason
from translators.sqlite.values import Refused, Scope, Value, only

MAX_DEPTH = 80
"""SQLite refuses trees deeper than 1,000; a node here may be several levels there, and guards count as well."""


class Queries(Protocol):
    """What an expression needs for the queries inside of it: their SQL and columns."""

    def query(self, query: exp.Query, scope: Scope, names: list[str] | None = None) -> tuple[str, list[Value]]: ...


@dataclass(frozen=True)
class Context:
    """Where an expression stands: its scope, what renders the queries inside of it, and whether text is stored as UTF-8."""

    scope: Scope
    queries: Queries
    utf8: bool
    select: exp.Select | None = None
    depth: int = 0

    def value(self, node: exp.Expr | None) -> Value:
        """Raises Refused."""
        if node is None:
            raise Refused(exp.Null(), "A part of the expression is missing.")
        if self.depth > MAX_DEPTH:
            raise Refused(node, "The expression is too deep for SQLite.")
        renderer = RENDER.get(type(node))
        if renderer is None:
            raise Refused(node, reason(node))
        return renderer(replace(self, depth=self.depth + 1), node)

    def condition(self, node: exp.Expr) -> str:
        return boolean(self.value(node), node)


Renderer = Callable[[Context, exp.Expr], Value]
RENDER: dict[type[exp.Expr], Renderer] = {}


def renders(*nodes: type[exp.Expr]) -> Callable[[Renderer], Renderer]:
    def register(renderer: Renderer) -> Renderer:
        RENDER.update(dict.fromkeys(nodes, renderer))
        return renderer

    return register


def truth(sql: str) -> Value:
    return Value(f"({sql})", "BOOLEAN")


# Names and constants


@renders(exp.Column)
def _column(context: Context, node: exp.Expr) -> Value:
    assert isinstance(node, exp.Column)
    only(node, "this", "table")
    found = context.scope.column(node)
    if found is None:
        raise Refused(node, f"SQLite would run a query that reads {node.name} from around it again for every row.")
    return found


@renders(exp.Literal)
def _literal(context: Context, node: exp.Expr) -> Value:
    assert isinstance(node, exp.Literal)
    if node.is_string:
        if "\0" in node.name:
            raise Refused(node, "SQLite ends a text constant at a zero byte.")
        return Value(constants.text(node.name), "VARCHAR", constant=node.name)
    return _number(Decimal(node.name), inference.literal(node), node)


@renders(exp.Neg)
def _negative(context: Context, node: exp.Expr) -> Value:
    inner = node.this.unnest()
    if isinstance(inner, exp.Literal) and not inner.is_string:
        return _number(-Decimal(inner.name), inference.negated(inference.literal(inner)), node)
    value = usable(context.value(node.this), node)
    if value.kind == "integer" and value.type in inference.INTEGERS and value.constant is None:
        return Value(within(f"-{value.sql}", value.type, node), value.type)
    if value.kind == "decimal" and value.constant is None:
        return Value(f"(-{value.sql})", value.type)
    if value.kind == "double":
        return Value(f"(-{value.sql})", value.type, reach=value.reach, signed=True)
    raise Refused(node, f"Minus {value.type} is left to the residual.")


def within(sql: str, type: str, node: exp.Expr) -> str:
    """An integer computation that raises where its result is none of `type`, as DuckDB does."""
    if type == "BIGINT":
        return f"foz_integer({sql})"
    bits = {"TINYINT": 7, "SMALLINT": 15, "INTEGER": 31}.get(type)
    if bits is None:
        raise Refused(node, f"SQLite's integers are no {type}.")
    return f"foz_within({sql}, {-(2**bits)}, {2**bits - 1})"


def _number(value: Decimal, typed: inference.Typed | None, node: exp.Expr) -> Value:
    if typed is None:
        raise Refused(node, "A number of this form is left to the residual.")
    constant = int(value) if typed.integer is not None else value
    sql = constants.number(constant, typed.type)
    return Value(sql if sql is not None else "", typed.type, constant=constant)


@renders(exp.Boolean)
def _boolean(context: Context, node: exp.Expr) -> Value:
    return Value("1" if node.this else "0", "BOOLEAN", constant=int(node.this))


@renders(exp.Null)
def _null(context: Context, node: exp.Expr) -> Value:
    return Value("NULL", NULL)


@renders(exp.Paren)
def _paren(context: Context, node: exp.Expr) -> Value:
    inner = context.value(node.this)
    whole = inner.sql.startswith("(") or inner.constant is not None or inner.origin is not None or inner.low is not None
    return inner if whole else replace(inner, sql=f"({inner.sql})")


# Comparing

COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.NullSafeEQ: "IS",
    exp.NullSafeNEQ: "IS NOT",
}


@renders(*COMPARISONS)
def _comparison(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    return truth(compare(context, context.value(node.this), COMPARISONS[type(node)], context.value(node.expression), node))


@renders(exp.Between)
def _between(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "low", "high")
    value, low, high = (context.value(node.args[name]) for name in ("this", "low", "high"))
    both = common_of((value.typed, low.typed, high.typed))
    if both is None:
        raise Refused(node, "BETWEEN over these types is left to the residual.")
    if both.type == "DOUBLE":
        value, low, high = (coerce(each, both.type, node) for each in (value, low, high))
    return truth(f"{compare(context, value, '>=', low, node)} AND {compare(context, value, '<=', high, node)}")


@renders(exp.Is)
def _is(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    value = context.value(node.this)
    if isinstance(node.expression, exp.Null):
        return truth(f"{certain(value, node).sql} IS NULL")
    if isinstance(node.expression, exp.Boolean) and value.type == "BOOLEAN":
        return truth(f"{value.sql} IS {int(node.expression.this)}")
    raise Refused(node, "IS with this operand is left to the residual.")


# Logic


@renders(exp.And, exp.Or)
def _chain(context: Context, node: exp.Expr) -> Value:
    parts = [context.condition(part) for part in node.flatten(unnest=False)]
    return Value(_balanced(parts, "AND" if isinstance(node, exp.And) else "OR"), "BOOLEAN")


def _balanced(parts: list[str], operator: str) -> str:
    if len(parts) <= 4:
        return f"({f' {operator} '.join(parts)})"
    middle = len(parts) // 2
    return f"({_balanced(parts[:middle], operator)} {operator} {_balanced(parts[middle:], operator)})"


@renders(exp.Not)
def _not(context: Context, node: exp.Expr) -> Value:
    return truth(f"NOT {context.condition(node.this)}")


# Choices


@renders(exp.Case)
def _case(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "ifs", "default")
    operand = context.value(node.this) if node.this is not None else None
    arms: list[tuple[str, Value]] = []
    for arm in node.args["ifs"]:
        when = context.condition(arm.this) if operand is None else compare(context, operand, "=", context.value(arm.this), node)
        arms.append((when, context.value(arm.args["true"])))
    default = node.args.get("default")
    return _branches(arms, context.value(default) if default is not None else None, node)


@renders(exp.If)
def _if(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "true", "false")
    other = node.args.get("false")
    arms = [(context.condition(node.this), context.value(node.args["true"]))]
    return _branches(arms, context.value(other) if other is not None else None, node)


def _branches(arms: list[tuple[str, Value]], last: Value | None, node: exp.Expr) -> Value:
    united = unite([value for _, value in arms] + ([last] if last is not None else []), node)
    whens = " ".join(f"WHEN {when} THEN {value.sql}" for (when, _), value in zip(arms, united, strict=False))
    tail = f" ELSE {united[-1].sql}" if last is not None else ""
    return one_of(f"CASE {whens}{tail} END", united)


@renders(exp.Coalesce)
def _coalesce(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expressions")
    united = unite([context.value(part) for part in (node.this, *node.expressions)], node)
    return one_of(f"coalesce({', '.join(value.sql for value in united)})", united) if len(united) > 1 else united[0]


@renders(exp.Nullif)
def _nullif(context: Context, node: exp.Expr) -> Value:
    value, other = context.value(node.this), context.value(node.expression)
    if value.type == NULL:
        raise Refused(node, "NULL without a type is left to the residual.")
    typed = coerce(value, value.type, node)
    return one_of(f"CASE WHEN {compare(context, value, '=', other, node)} THEN NULL ELSE {typed.sql} END", [typed])


def unite(values: list[Value], node: exp.Expr) -> list[Value]:
    """The values, each in the type that a CASE or set operation over them has. Raises Refused."""
    for value in values:
        usable(value, node)
    both = settled(common_of(value.typed for value in values))
    if both is None or both.type == NULL:
        raise Refused(node, "Values of several types are left to the residual.")
    return [coerce(value, both.type, node) for value in values]


def one_of(sql: str, values: list[Value]) -> Value:
    """A value that is one of several of the same type."""
    reaches = [value.reach for value in values if value.reach is not None]
    reach = max(reaches) if len(reaches) == len(values) else None
    return Value(sql, values[0].type, reach=reach, signed=any(value.signed for value in values))
