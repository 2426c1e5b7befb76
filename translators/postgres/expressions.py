"""Scalar expressions: for each node of DuckDB's SQL, how PostgreSQL computes the same value, or why it is not asked to.

`RENDER` is the table; a node that is not in it is refused. A renderer refuses what it cannot prove equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from planner import types as inference
from planner.types import INTEGERS, NULL, Typed, common_of, decimal_parts, exact_parts, is_exact, settled
from translators.postgres import constants
from translators.postgres.compare import boolean, coerce, comparable, compare, usable
from translators.postgres.value import Refused, Scope, Value

MAX_REACH = 290


@dataclass(frozen=True)
class Context:
    """Where an expression stands: its scope, and how to render the queries inside of it."""

    scope: Scope
    query: Callable[[exp.Query, Scope], tuple[str, list[Value]]]

    def value(self, node: exp.Expr | None) -> Value:
        """Raises Refused."""
        if node is None:
            raise Refused(exp.Null(), "a part of the expression is missing")
        renderer = RENDER.get(type(node))
        if renderer is None:
            raise Refused(node, f"{node.key.upper()} is not known to mean the same in PostgreSQL")
        return renderer(self, node)

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
    if typed is None or typed.type == "INTERVAL":
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


_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM",
    exp.NullSafeNEQ: "IS DISTINCT FROM",
}


@renders(*_COMPARISONS)
def _comparison(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    return truth(compare(context.value(node.this), _COMPARISONS[type(node)], context.value(node.expression), node))


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
        return truth(f"{value.text} IS NULL")
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


@renders(exp.In)
def _in(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expressions", "query")
    value = context.value(node.this)
    query = node.args.get("query")
    if query is not None:
        return _in_query(context, value, query, node)
    items = [context.value(item) for item in node.expressions]
    both = common_of((value.typed, *(item.typed for item in items)))
    if both is None or not items:
        raise Refused(node, "IN over these types is not pushed")
    if both.type in inference.FLOATS:
        value, items = coerce(value, both.type, node), [coerce(item, both.type, node) for item in items]
    pairs = [comparable(value, item, True, node) for item in items]
    if len({left for left, _ in pairs}) == 1:
        return truth(f"{pairs[0][0]} IN ({', '.join(right for _, right in pairs)})")
    return truth(" OR ".join(f"{left} = {right}" for left, right in pairs))


def _in_query(context: Context, value: Value, query: exp.Expr, node: exp.Expr) -> Value:
    inner = query.this if isinstance(query, exp.Subquery) else query
    if not isinstance(inner, exp.Query):
        raise Refused(node, "IN over this is not pushed")
    text, columns = context.query(inner, context.scope)
    if len(columns) != 1:
        raise Refused(node, "IN over several columns is not pushed")
    probe = replace(columns[0], text="probe", typed=Typed(columns[0].type), constant=None, padded=None)
    left, right = comparable(replace(value, padded=None), probe, True, node)
    if right != "probe":
        raise Refused(node, f"IN over values of type {columns[0].type} is not pushed")
    return truth(f"{left} IN ({text})")


@renders(exp.Exists)
def _exists(context: Context, node: exp.Expr) -> Value:
    inner = node.this.this if isinstance(node.this, exp.Subquery) else node.this
    if not isinstance(inner, exp.Query):
        raise Refused(node, "EXISTS over this is not pushed")
    return truth(f"EXISTS ({context.query(inner, context.scope)[0]})")


@renders(exp.Subquery)
def _scalar(context: Context, node: exp.Expr) -> Value:
    only(node, "this")
    if not isinstance(node.this, exp.Query):
        raise Refused(node, "this subquery is not pushed")
    text, columns = context.query(node.this, context.scope)
    if len(columns) != 1:
        raise Refused(node, "a subquery of several columns is not a value")
    column = columns[0]
    return Value(
        f"({text})", Typed(column.type), column.collation, column.ordered_by_bytes, column.orderable, column.loose, column.reach,
        column.opaque,
    )  # fmt: skip


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
        orderable=all(value.orderable for value in values),
        loose=any(value.loose for value in values),
        reach=max(known) if len(known) == len(reaches) else None,
    )


@renders(exp.Add, exp.Sub)
def _sum(context: Context, node: exp.Expr) -> Value:
    left, right = context.value(node.this), _operand(context, node.expression)
    minus = isinstance(node, exp.Sub)
    typed = inference.add(left.typed, right.typed, subtract=minus)
    return _arithmetic(left, "-" if minus else "+", right, typed, node)


@renders(exp.Mul)
def _product(context: Context, node: exp.Expr) -> Value:
    left, right = context.value(node.this), context.value(node.expression)
    return _arithmetic(left, "*", right, inference.multiply(left.typed, right.typed), node)


def _operand(context: Context, node: exp.Expr) -> Value:
    return _interval(node) if isinstance(node, exp.Interval) else context.value(node)


_UNITS = ("YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND")


def _interval(node: exp.Interval) -> Value:
    only(node, "this", "unit")
    amount, unit = node.this.unnest() if isinstance(node.this, exp.Expr) else None, node.args.get("unit")
    sign = ""
    if isinstance(amount, exp.Neg):
        sign, amount = "-", amount.this
    word = unit.name.upper().removesuffix("S") if isinstance(unit, exp.Var) else ""
    text = str(amount.this).strip() if isinstance(amount, exp.Literal) else ""
    if word not in _UNITS or not text.lstrip("-").isdigit() or len(text) > 6:
        raise Refused(node, "an interval of this form is not pushed")
    return Value(f"'{sign}{text} {word.lower()}'::interval".replace("--", ""), Typed("INTERVAL"))


def _arithmetic(left: Value, sign: str, right: Value, typed: Typed | None, node: exp.Expr) -> Value:
    usable(left, node), usable(right, node)
    if typed is None:
        raise Refused(node, f"{left.type} {sign} {right.type} is not pushed")
    type = typed.type
    if type in INTEGERS and type != "TINYINT" and left.type in INTEGERS and right.type in INTEGERS:
        sides = [coerce(value, type, node).text if value.constant is not None else value.text for value in (left, right)]
        return Value(f"({sides[0]} {sign} {sides[1]})", Typed(type))
    if decimal_parts(type):
        return _decimal(left, sign, right, type, node)
    if type == "DOUBLE":
        a, b = coerce(left, type, node), coerce(right, type, node)
        reach = _reach(a, sign, b)
        if reach is None or reach > MAX_REACH:
            raise Refused(
                node, "floating-point arithmetic that may overflow is not pushed: PostgreSQL raises, DuckDB gives infinity"
            )
        return Value(f"({a.text} {sign} {b.text})", Typed(type), reach=reach)
    if right.type == "INTERVAL" and left.type in ("DATE", "TIMESTAMP") and type == "TIMESTAMP":
        return Value(f"({coerce(left, left.type, node).text} {sign} {right.text})", Typed(type))
    if left.type == "DATE" and right.type in ("SMALLINT", "INTEGER") and type == "DATE":
        return Value(f"({left.text} {sign} {coerce(right, 'INTEGER', node).text})", Typed(type))
    if left.type == right.type == "DATE" and sign == "-":
        return Value(f"({left.text} - {right.text})::int8", Typed("BIGINT"))
    raise Refused(node, f"{left.type} {sign} {right.type} is not pushed")


def _decimal(left: Value, sign: str, right: Value, type: str, node: exp.Expr) -> Value:
    a, b = (coerce(value, value.type, node) for value in (left, right))
    loose = left.loose or right.loose
    text = f"({a.text} {sign} {b.text})"
    p, q = (exact_parts(value.type) or (0, 0) for value in (left, right))
    width, scale = decimal_parts(type) or (38, 0)
    if sign == "*" and width < p[0] + q[0]:
        if loose:
            raise Refused(node, "a product of numerics without a declared size is not pushed")
        text = f"{text}::numeric({width},{scale})"  # raises where DuckDB does; rounds nothing, the scale is the product's
    return Value(text, Typed(type), loose=loose)


def _reach(a: Value, sign: str, b: Value) -> int | None:
    if a.reach is None or b.reach is None:
        return None
    return a.reach + b.reach if sign == "*" else max(a.reach, b.reach) + 17


@renders(exp.Div)
def _quotient(context: Context, node: exp.Expr) -> Value:
    left, right = context.value(node.this), context.value(node.expression)
    typed = inference.divide(left.typed, right.typed)
    if typed is None or typed.type != "DOUBLE" or node.args.get("typed") or node.args.get("safe"):
        raise Refused(node, f"{left.type} / {right.type} is not pushed")
    a, b = coerce(left, "DOUBLE", node), coerce(right, "DOUBLE", node)
    if a.reach is None or b.reach is None or a.reach + b.reach > MAX_REACH:
        raise Refused(node, "floating-point division that may overflow is not pushed: PostgreSQL raises, DuckDB gives infinity")
    quotient = f"{a.text} / {b.text}"
    reach = a.reach + b.reach
    if right.constant is not None and float(right.constant) != 0.0:
        return Value(f"({quotient})", Typed("DOUBLE"), reach=reach)
    if not is_exact(right.type):
        raise Refused(node, "a floating-point divisor may be zero or minus zero, where PostgreSQL raises")
    zero = (
        f"CASE WHEN {a.text} = 0 OR {a.text} = 'NaN' THEN 'NaN'::float8 WHEN {a.text} > 0 THEN 'Infinity'::float8"
        f" WHEN {a.text} < 0 THEN '-Infinity'::float8 END"
    )
    return Value(f"(CASE WHEN {right.text} = 0 THEN {zero} ELSE {quotient} END)", Typed("DOUBLE"), reach=reach)


@renders(exp.IntDiv, exp.Mod)
def _whole(context: Context, node: exp.Expr) -> Value:
    left, right = context.value(node.this), context.value(node.expression)
    usable(left, node)
    if left.type not in ("SMALLINT", "INTEGER", "BIGINT") or right.typed.integer in (None, 0):
        raise Refused(node, "whole division is pushed only for integers by a constant that is not zero")
    typed = inference.divide_whole(left.typed, right.typed)
    if typed is None or typed.type not in ("SMALLINT", "INTEGER", "BIGINT"):
        raise Refused(node, "whole division over these types is not pushed")
    a = left.text if left.constant is None else coerce(left, typed.type, node).text
    sign = "/" if isinstance(node, exp.IntDiv) else "%"
    return Value(f"({a} {sign} {coerce(right, typed.type, node).text})", Typed(typed.type))


@renders(exp.Abs)
def _absolute(context: Context, node: exp.Expr) -> Value:
    value = usable(context.value(node.this), node)
    if not inference.is_number(value.type) or value.type == "TINYINT":
        raise Refused(node, f"abs of {value.type} is not pushed")
    return Value(f"abs({coerce(value, value.type, node).text})", Typed(value.type), loose=value.loose, reach=value.reach)


@renders(exp.Cast)
def _cast(context: Context, node: exp.Expr) -> Value:
    assert isinstance(node, exp.Cast)
    only(node, "this", "to")
    target = inference.cast_target(node.to)
    value = context.value(node.this)
    if target is None:
        raise Refused(node, f"a cast to {node.to.sql('duckdb')} is not pushed")
    if value.constant is not None and value.typed.text:
        return coerce(value, target, node)
    usable(value, node)
    if value.type == target:
        return coerce(value, target, node)
    if value.type == NULL or _widens(value.type, target):
        return coerce(value, target, node)
    if value.type == "TIMESTAMP" and target == "DATE":
        return Value(f"{value.text}::date", Typed(target))
    if value.type in INTEGERS and target == "VARCHAR":
        return Value(f"{coerce(value, value.type, node).text}::text", Typed(target))
    raise Refused(node, f"a cast from {value.type} to {target} is not pushed")


def _widens(source: str, target: str) -> bool:
    """Whether every value of `source` is one of `target`, so that no cast can round or fail."""
    a, b = exact_parts(source), exact_parts(target)
    if a and b:
        if source in INTEGERS and target in INTEGERS:
            return INTEGERS.index(source) <= INTEGERS.index(target)
        return target not in INTEGERS and b[1] >= a[1] and b[0] - b[1] >= a[0] - a[1]
    moments = inference.MOMENTS
    if source in moments and target in moments:
        return moments.index(source) < moments.index(target)
    return target == "DOUBLE" and (a is not None or source == "FLOAT")


def register(renderers: Mapping[type[exp.Expr], Renderer]) -> None:
    """Adds another file's rows to the table."""
    RENDER.update(renderers)
