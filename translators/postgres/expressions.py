"""Scalar expressions: for each node of DuckDB's SQL, how PostgreSQL computes the same value, or why it is not asked to.

`RENDER` is the table; a node that is not in it is refused. A renderer refuses what it cannot prove equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlglot import exp

from planner import types as inference
from planner.catalog import Table
from planner.types import NULL, Typed, common_of, settled
from translators import failing
from translators.postgres import constants
from translators.postgres.compare import boolean, certain, coerce, compare, usable
from translators.postgres.refused import reason
from translators.postgres.value import Refused, Scope, Value


class Queries(Protocol):
    """What an expression needs for the queries inside of it: their SQL and columns, and the tables that they name."""

    def query(self, query: exp.Query, outer: Scope | None) -> tuple[str, list[Value]]: ...

    def table(self, node: exp.Table) -> Table: ...


@dataclass(frozen=True)
class Context:
    """Where an expression stands: its scope, and what renders the queries inside of it."""

    scope: Scope
    queries: Queries
    select: exp.Select | None = None

    def value(self, node: exp.Expr | None) -> Value:
        """Raises Refused."""
        if node is None:
            raise Refused(exp.Null(), "a part of the expression is missing")
        renderer = RENDER.get(type(node))
        if renderer is None:
            raise Refused(node, reason(node))
        value = renderer(self, node)
        if value.constant is None and failing.may_fail(node, value.type):
            raise Refused(node, failing.REASON)
        return value

    def condition(self, node: exp.Expr | None) -> str:
        value = self.value(node)
        return boolean(value, node or exp.Null())


Renderer = Callable[[Context, exp.Expr], Value]
RENDER: dict[type[exp.Expr], Renderer] = {}


def renders(*nodes: type[exp.Expr]) -> Callable[[Renderer], Renderer]:
    def register(renderer: Renderer) -> Renderer:
        RENDER.update(dict.fromkeys(nodes, renderer))
        return renderer

    return register


NAMED: dict[str, Renderer] = {}
"""Functions by name that sqlglot has no node for."""


@renders(exp.Anonymous)
def _function(context: Context, node: exp.Expr) -> Value:
    renderer = NAMED.get(node.name.lower())
    if renderer is None:
        raise Refused(node, reason(node))
    return renderer(context, node)


def only(node: exp.Expr, *names: str) -> None:
    """Refuses a node that says more than its renderer reads."""
    for name, value in node.args.items():
        if name not in names and value not in (None, False, []):
            raise Refused(node, f"{node.key.upper()} with {name} is not pushed")


def truth(text: str) -> Value:
    return Value(f"({text})", Typed("BOOLEAN"))


@renders(exp.Column)
def _column(context: Context, node: exp.Expr) -> Value:
    assert isinstance(node, exp.Column)
    only(node, "this", "table")
    found = context.scope.column(node.table, node.name)
    if found is None:
        raise Refused(node, f"the column {node.name} is not known here")
    return found


@renders(exp.Literal)
def _literal(context: Context, node: exp.Expr) -> Value:
    assert isinstance(node, exp.Literal)
    return _number_or_text(str(node.this), inference.literal(node), node)


@renders(exp.Neg)
def _negative(context: Context, node: exp.Expr) -> Value:
    inner = node.this.unnest()
    typed = inference.negated(inference.literal(inner)) if isinstance(inner, exp.Literal) and not inner.is_string else None
    if typed is not None:
        return _number_or_text(f"-{inner.this}", typed, node)
    value = usable(context.value(node.this), node)
    typed = inference.negated(value.typed)
    if typed is None:
        raise Refused(node, f"minus {value.type} is not pushed")
    return Value(f"(- {value.text})", Typed(typed.type), loose=value.loose, reach=value.reach)


def _number_or_text(text: str, typed: Typed | None, node: exp.Expr) -> Value:
    if typed is None:
        raise Refused(node, "a number of this form is not pushed")
    spelled = constants.text(text) if typed.text else constants.number(text, typed.type)
    if spelled is None:
        raise Refused(node, "a constant of this value is not pushed")
    reach = None
    if typed.type == "DOUBLE":
        mantissa, _, exponent = text.lower().partition("e")
        reach = len(mantissa) + abs(int(exponent or 0))
    return Value(spelled, typed, collation="", constant=text, reach=reach)


@renders(exp.Null)
def _null(context: Context, node: exp.Expr) -> Value:
    return Value("NULL", Typed(NULL), collation="")


@renders(exp.Boolean)
def _boolean(context: Context, node: exp.Expr) -> Value:
    return Value("TRUE" if node.this else "FALSE", Typed("BOOLEAN"))


@renders(exp.Paren)
def _parentheses(context: Context, node: exp.Expr) -> Value:
    return context.value(node.this)


COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM",
    exp.NullSafeNEQ: "IS DISTINCT FROM",
}


@renders(*COMPARISONS)
def _comparison(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    if isinstance(node.expression, (exp.Any, exp.All)):
        return RENDER[type(node.expression)](context, node)
    return truth(compare(context.value(node.this), COMPARISONS[type(node)], context.value(node.expression), node))


@renders(exp.And, exp.Or)
def _connected(context: Context, node: exp.Expr) -> Value:
    word = " AND " if isinstance(node, exp.And) else " OR "
    return truth(word.join(context.condition(part) for part in node.flatten(unnest=False)))


@renders(exp.Not)
def _negation(context: Context, node: exp.Expr) -> Value:
    return truth(f"NOT {context.condition(node.this)}")


@renders(exp.Is)
def _is(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    value = context.value(node.this)
    if isinstance(node.expression, exp.Null):
        return truth(f"{certain(value, node).text} IS NULL")
    if isinstance(node.expression, exp.Boolean):
        return truth(f"{boolean(value, node)} IS {'TRUE' if node.expression.this else 'FALSE'}")
    raise Refused(node, "IS with this operand is not pushed")


@renders(exp.Between)
def _between(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "low", "high")
    value, low, high = (context.value(node.args[name]) for name in ("this", "low", "high"))
    both = common_of((value.typed, low.typed, high.typed))
    if both is None:
        raise Refused(node, "BETWEEN over these types is not pushed")
    if both.type in inference.FLOATS:
        value, low, high = (coerce(each, both.type, node) for each in (value, low, high))
    return truth(f"{compare(value, '>=', low, node)} AND {compare(value, '<=', high, node)}")


@renders(exp.Case)
def _case(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "ifs", "default")
    operand = context.value(node.this) if node.this is not None else None
    arms: list[tuple[str, Value]] = []
    for arm in node.args["ifs"]:
        when = context.condition(arm.this) if operand is None else compare(operand, "=", context.value(arm.this), node)
        arms.append((when, context.value(arm.args["true"])))
    default = node.args.get("default")
    last = context.value(default) if default is not None else None
    return _branches(arms, last, node)


@renders(exp.If)
def _if(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "true", "false")
    other = node.args.get("false")
    arms = [(context.condition(node.this), context.value(node.args["true"]))]
    return _branches(arms, context.value(other) if other is not None else None, node)


def _branches(arms: list[tuple[str, Value]], last: Value | None, node: exp.Expr) -> Value:
    values = [value for _, value in arms] + ([last] if last is not None else [])
    united = unite(values, node)
    whens = " ".join(f"WHEN {when} THEN {value.text}" for (when, _), value in zip(arms, united, strict=False))
    tail = f" ELSE {united[-1].text}" if last is not None else ""
    return _one_of(f"(CASE {whens}{tail} END)", united)


@renders(exp.Coalesce)
def _coalesce(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expressions")
    united = unite([context.value(part) for part in (node.this, *node.expressions)], node)
    return _one_of(f"COALESCE({', '.join(value.text for value in united)})", united)


@renders(exp.Nullif)
def _nullif(context: Context, node: exp.Expr) -> Value:
    value, other = context.value(node.this), context.value(node.expression)
    typed = coerce(value, value.type, node)
    return _one_of(f"(CASE WHEN {compare(value, '=', other, node)} THEN NULL ELSE {typed.text} END)", [typed])


def unite(values: list[Value], node: exp.Expr) -> list[Value]:
    """The values, each in the type that a CASE or set operation over them has. Raises Refused."""
    for value in values:
        usable(value, node)
    both = settled(common_of(value.typed for value in values))
    if both is None or (both.type == NULL):
        raise Refused(node, "the type of the result is not certain")
    return [coerce(value, both.type, node) for value in values]


def _one_of(text: str, values: list[Value]) -> Value:
    reaches = [value.reach for value in values]
    known = [reach for reach in reaches if reach is not None]
    return Value(
        text,
        Typed(values[0].type),
        collation=one_collation(values),
        orderable=all(value.orderable for value in values),
        loose=any(value.loose for value in values),
        reach=max(known) if len(known) == len(reaches) else None,
    )


def one_collation(values: list[Value]) -> str | None:
    """The collation of a text made of several, None where they do not agree on one."""
    names = {value.collation for value in values} - {""}
    return next(iter(names)) if len(names) == 1 else None if names else ""
