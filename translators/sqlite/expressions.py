"""Expressions in SQLite's words, for the operators whose answer there is DuckDB's.

`_RENDER` is the whole list; a node that is not in it is refused, with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from sqlglot import exp

from translators.sqlite.guards import quoted, text
from translators.sqlite.types import kind
from translators.sqlite.values import COMPARED, Refused, Scope, Value, compared, fitted, only, ordered

_MAX_DEPTH = 80
"""SQLite refuses trees deeper than 1,000; a node here may be several levels there, and guards count as well."""

_REASONS: Mapping[type[exp.Expr], str] = {
    exp.Div: "SQLite divides integers without a fraction and gives NULL for a division by zero.",
    exp.IntDiv: "SQLite gives NULL for a division by zero.",
    exp.Mod: "SQLite's remainder of floating-point numbers is another.",
    exp.Lower: "SQLite knows the case of ASCII letters only.",
    exp.Upper: "SQLite knows the case of ASCII letters only.",
    exp.ILike: "SQLite knows the case of ASCII letters only.",
    exp.Length: "SQLite counts a text's characters only to its first zero byte.",
    exp.Avg: "SQLite and DuckDB round an average differently.",
    exp.Window: "Window functions are left to the residual.",
    exp.Subquery: "Nested queries are left to the residual.",
    exp.Exists: "Nested queries are left to the residual.",
    exp.Placeholder: "A parameter without a value cannot be sent.",
}


def render(node: exp.Expr, scope: Scope, depth: int = 0) -> Value:
    """The node in SQLite's SQL. Raises Refused."""
    if depth > _MAX_DEPTH:
        raise Refused(node, "The expression is too deep for SQLite.")
    rule = _RENDER.get(type(node))
    if rule is None:
        raise Refused(node, _REASONS.get(type(node), f"{type(node).__name__} is not known to mean the same in SQLite."))
    only(node, *_ARGUMENTS.get(type(node), ("this", "expression")))
    return rule(node, scope, depth + 1)


def boolean(node: exp.Expr, scope: Scope, depth: int = 0) -> Value:
    """The node as a condition. Raises Refused."""
    value = render(node, scope, depth)
    if value.kind not in ("boolean", "null"):
        raise Refused(node, "Only a BOOLEAN is a condition in SQLite as in DuckDB.")
    return value


# Names and constants


def _column(node: exp.Expr, scope: Scope, depth: int) -> Value:
    type = scope.types.get(id(node))
    assert isinstance(node, exp.Column)
    if type is None or not node.table:
        raise Refused(node, "The column's type is not known.")
    return Value(f"{quoted(node.table)}.{quoted(node.name)}", kind(type), type, column=(node.table, node.name))


def _literal(node: exp.Expr, scope: Scope, depth: int) -> Value:
    assert isinstance(node, exp.Literal)
    if node.is_string:
        if "\0" in node.name:
            raise Refused(node, "SQLite ends a text constant at a zero byte.")
        return Value(text(node.name), "text", "VARCHAR", constant=node.name)
    if re.fullmatch(r"\d+", node.name) and int(node.name) < 2**63:
        number = int(node.name)
        return Value(str(number), "integer", "INTEGER" if number < 2**31 else "BIGINT", constant=number)
    if re.fullmatch(r"\d*\.\d*", node.name) and len(node.name) > 1:
        return Value(node.name, "null", "DECIMAL", constant=Decimal(node.name))
    raise Refused(node, "SQLite may read this number as another.")


def _negative(node: exp.Expr, scope: Scope, depth: int) -> Value:
    inner = render(node.this, scope, depth)
    if not isinstance(inner.constant, (int, Decimal)):
        raise Refused(node, "SQLite negates the smallest integer without an error.")
    type = "INTEGER" if inner.constant == 2**31 else inner.type
    return replace(inner, sql=f"-{inner.sql}", constant=-inner.constant, type=type)


def _boolean(node: exp.Expr, scope: Scope, depth: int) -> Value:
    return Value("1" if node.this else "0", "boolean", "BOOLEAN", constant=int(node.this))


def _null(node: exp.Expr, scope: Scope, depth: int) -> Value:
    return Value("NULL", "null", '"NULL"')


def _paren(node: exp.Expr, scope: Scope, depth: int) -> Value:
    inner = render(node.this, scope, depth)
    return inner if inner.constant is not None or inner.column is not None else replace(inner, sql=f"({inner.sql})")


def _cast(node: exp.Expr, scope: Scope, depth: int) -> Value:
    """Constants of a type, and the casts of integers that lose nothing."""
    assert isinstance(node, exp.Cast)
    inner = render(node.this, scope, depth)
    to = node.to.this
    moments = {
        exp.DType.DATE: ("date", "DATE"),
        exp.DType.TIMESTAMP: ("timestamp", "TIMESTAMP"),
        exp.DType.TIMESTAMPNTZ: ("timestamp", "TIMESTAMP"),
    }
    if isinstance(inner.constant, str) and to in moments and not node.to.expressions:
        kind, type = moments[to]
        return fitted(node, inner, Value("", "date" if kind == "date" else "timestamp", type))
    if inner.kind == "integer" and inner.type in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT") and to == exp.DType.BIGINT:
        return replace(inner, type="BIGINT")
    if inner.column is not None and inner.type == "BIGINT" and to == exp.DType.DOUBLE:
        return Value(f"CAST({inner.sql} AS REAL)", "double", "DOUBLE")
    if (
        inner.column is not None
        and inner.kind == "text"
        and inner.type == "VARCHAR"
        and to in (exp.DType.VARCHAR, exp.DType.TEXT)
        and not node.to.expressions
    ):
        return replace(inner, column=None)
    raise Refused(node, "The cast is left to the residual.")


# Comparing


def _comparison(operator: str) -> Callable[[exp.Expr, Scope, int], Value]:
    def rule(node: exp.Expr, scope: Scope, depth: int) -> Value:
        left, right = render(node.this, scope, depth), render(node.args["expression"], scope, depth)
        return Value(f"({compared(operator, node, left, right, scope)})", "boolean", "BOOLEAN")

    return rule


def _between(node: exp.Expr, scope: Scope, depth: int) -> Value:
    value, low, high = (render(node.args[name], scope, depth) for name in ("this", "low", "high"))
    above, below = compared(">=", node, value, low, scope), compared("<=", node, value, high, scope)
    return Value(f"({above} AND {below})", "boolean", "BOOLEAN")


def _in(node: exp.Expr, scope: Scope, depth: int) -> Value:
    value = render(node.this, scope, depth)
    if value.constant is not None or value.kind not in COMPARED:
        raise Refused(node, f"SQLite does not compare values of {value.type} as DuckDB does.")
    listed = [fitted(node, render(item, scope, depth), value).sql for item in node.expressions]
    return Value(f"({value.sql} IN ({', '.join(listed)}))", "boolean", "BOOLEAN")


def _is(node: exp.Expr, scope: Scope, depth: int) -> Value:
    value, other = render(node.this, scope, depth), node.args["expression"]
    if isinstance(other, exp.Null) and value.kind in (*COMPARED, "blob", "null"):
        return Value(f"({value.sql} IS NULL)", "boolean", "BOOLEAN")
    if isinstance(other, exp.Boolean) and value.kind == "boolean":
        return Value(f"({value.sql} IS {int(other.this)})", "boolean", "BOOLEAN")
    raise Refused(node, "This IS is left to the residual.")


# Logic


def _chain(operator: str) -> Callable[[exp.Expr, Scope, int], Value]:
    def rule(node: exp.Expr, scope: Scope, depth: int) -> Value:
        parts = [boolean(part, scope, depth).sql for part in _flat(node, type(node))]
        return Value(_balanced(parts, operator), "boolean", "BOOLEAN")

    return rule


def _flat(node: exp.Expr, of: type[exp.Expr]) -> list[exp.Expr]:
    waiting, found = [node], []
    while waiting:
        part = waiting.pop()
        if isinstance(part, of):
            waiting += [part.args["expression"], part.this]
        else:
            found.append(part)
    return found


def _balanced(parts: list[str], operator: str) -> str:
    if len(parts) <= 4:
        return f"({f' {operator} '.join(parts)})"
    middle = len(parts) // 2
    return f"({_balanced(parts[:middle], operator)} {operator} {_balanced(parts[middle:], operator)})"


def _not(node: exp.Expr, scope: Scope, depth: int) -> Value:
    return Value(f"(NOT {boolean(node.this, scope, depth).sql})", "boolean", "BOOLEAN")


# Text


def _text_pair(node: exp.Expr, scope: Scope, depth: int) -> tuple[Value, str]:
    value, pattern = render(node.this, scope, depth), render(node.args["expression"], scope, depth)
    if value.kind != "text" or value.constant is not None or not isinstance(pattern.constant, str):
        raise Refused(node, "Only a column of text beside a constant is searched by SQLite.")
    return value, pattern.constant


def _starts_with(node: exp.Expr, scope: Scope, depth: int) -> Value:
    value, prefix = _text_pair(node, scope, depth)
    return _prefixed(node, value, prefix, scope)


def _prefixed(node: exp.Expr, value: Value, prefix: str, scope: Scope) -> Value:
    """A prefix is a range of texts: that means the same in every engine whose order is that of the bytes."""
    ordered(node, value, scope)
    after = prefix.rstrip("\U0010ffff")
    if not after or ord(after[-1]) + 1 == 0xD800 or "\0" in prefix:
        raise Refused(node, "The prefix has no simple successor.")
    above = after[:-1] + chr(ord(after[-1]) + 1)
    return Value(f"({value.sql} >= {text(prefix)} AND {value.sql} < {text(above)})", "boolean", "BOOLEAN")


def _contains(node: exp.Expr, scope: Scope, depth: int) -> Value:
    value, part = _text_pair(node, scope, depth)
    return Value(f"(instr({value.sql}, {text(part)}) > 0)", "boolean", "BOOLEAN")


def _like(node: exp.Expr, scope: Scope, depth: int) -> Value:
    value, pattern = _text_pair(node, scope, depth)
    found = _matching(node, value, pattern, scope)
    return replace(found, sql=f"(NOT {found.sql})") if node.args.get("negate") else found


def _matching(node: exp.Expr, value: Value, pattern: str, scope: Scope) -> Value:
    """The patterns that are an equality, a prefix or a part. Raises Refused."""
    plain = pattern.strip("%")
    if "%" not in plain and "_" not in plain and "\0" not in plain:
        if plain == pattern:
            return Value(f"({value.sql} = {text(plain)})", "boolean", "BOOLEAN")
        if plain and not pattern.startswith("%"):
            return _prefixed(node, value, plain, scope)
        if plain and pattern.endswith("%"):
            return Value(f"(instr({value.sql}, {text(plain)}) > 0)", "boolean", "BOOLEAN")
    raise Refused(node, "SQLite's LIKE takes upper and lower case for the same, and stops at a zero byte.")


# Numbers and choices


def _arithmetic(operator: str) -> Callable[[exp.Expr, Scope, int], Value]:
    def rule(node: exp.Expr, scope: Scope, depth: int) -> Value:
        left, right = render(node.this, scope, depth), render(node.args["expression"], scope, depth)
        integers = left.kind == right.kind == "integer"
        if not integers or "BIGINT" not in (left.type, right.type) or {left.type, right.type} - {"BIGINT", "INTEGER"}:
            raise Refused(node, "Only sums, differences and products of BIGINT are known to be the same in SQLite.")
        return Value(f"foz_integer({left.sql} {operator} {right.sql})", "integer", "BIGINT")

    return rule


def _coalesce(node: exp.Expr, scope: Scope, depth: int) -> Value:
    return _alike(
        node,
        [render(part, scope, depth) for part in (node.this, *node.expressions)],
        lambda parts: f"coalesce({', '.join(parts)})",
    )


def _case(node: exp.Expr, scope: Scope, depth: int) -> Value:
    branches = node.args["ifs"]
    conditions = [boolean(branch.this, scope, depth).sql for branch in branches]
    default = node.args.get("default")
    results = [render(branch.args["true"], scope, depth) for branch in branches]
    results += [render(default, scope, depth)] if default is not None else []

    def written(parts: list[str]) -> str:
        chosen = " ".join(f"WHEN {condition} THEN {part}" for condition, part in zip(conditions, parts, strict=False))
        return f"CASE {chosen} {f'ELSE {parts[-1]} ' if default is not None else ''}END"

    return _alike(node, results, written)


def _alike(node: exp.Expr, values: list[Value], written: Callable[[list[str]], str]) -> Value:
    """One value made of several of the same kind. Raises Refused."""
    like = next((value for value in values if value.constant is None and value.type != '"NULL"'), None)
    if (
        like is None
        or like.kind not in COMPARED
        or any(value.type not in (like.type, '"NULL"') and value.constant is None for value in values)
    ):
        raise Refused(node, "Values of several types are left to the residual.")
    alike = [fitted(node, value, like) for value in values]
    if (
        like.kind == "integer"
        and any(value.constant is not None and value.type == "BIGINT" for value in values)
        and like.type != "BIGINT"
    ):
        raise Refused(node, "Values of several types are left to the residual.")
    return Value(written([value.sql for value in alike]), like.kind, like.type)


# Aggregates


def _aggregate(node: exp.Expr, scope: Scope) -> None:
    if not scope.aggregates:
        raise Refused(node, "An aggregate stands where SQLite takes none.")


def _count(node: exp.Expr, scope: Scope, depth: int) -> Value:
    _aggregate(node, scope)
    inside = replace(scope, aggregates=False)
    if isinstance(node.this, exp.Star) or node.this is None:
        return Value("count(*)", "integer", "BIGINT")
    if isinstance(node.this, exp.Distinct):
        only(node.this, "expressions")
        if len(node.this.expressions) != 1:
            raise Refused(node, "SQLite counts distinct values of one expression only.")
        value = render(node.this.expressions[0], inside, depth)
        if value.kind not in COMPARED:
            raise Refused(node, f"SQLite does not compare values of {value.type} as DuckDB does.")
        return Value(f"count(DISTINCT {value.sql})", "integer", "BIGINT")
    value = render(node.this, inside, depth)
    if value.kind not in (*COMPARED, "blob"):
        raise Refused(node, f"Whether a value of {value.type} fits is known only after reading.")
    return Value(f"count({value.sql})", "integer", "BIGINT")


def _extreme(function: str) -> Callable[[exp.Expr, Scope, int], Value]:
    def rule(node: exp.Expr, scope: Scope, depth: int) -> Value:
        _aggregate(node, scope)
        value = ordered(node, render(node.this, replace(scope, aggregates=False), depth), scope)
        if value.constant is not None or value.type == '"NULL"':
            raise Refused(node, "An aggregate over a constant is left to the residual.")
        return Value(f"{function}({value.sql})", value.kind, value.type)

    return rule


def _filter(node: exp.Expr, scope: Scope, depth: int) -> Value:
    value = render(node.this, scope, depth)
    condition = boolean(node.args["expression"].this, replace(scope, aggregates=False), depth)
    return replace(value, sql=f"{value.sql} FILTER (WHERE {condition.sql})")


_ARGUMENTS: Mapping[type[exp.Expr], tuple[str, ...]] = {
    exp.Column: ("this", "table"),
    exp.Literal: ("this", "is_string"),
    exp.Cast: ("this", "to"),
    exp.Between: ("this", "low", "high"),
    exp.In: ("this", "expressions"),
    exp.Like: ("this", "expression", "negate"),
    exp.Coalesce: ("this", "expressions"),
    exp.Case: ("ifs", "default"),
    exp.Count: ("this", "big_int"),
}
"""What a node may consist of, beside `this` and `expression`: sqlglot writes some variants, NOT LIKE for one, as an argument."""

_RENDER: Mapping[type[exp.Expr], Callable[[exp.Expr, Scope, int], Value]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Neg: _negative,
    exp.Boolean: _boolean,
    exp.Null: _null,
    exp.Paren: _paren,
    exp.Cast: _cast,
    exp.EQ: _comparison("="),
    exp.NEQ: _comparison("<>"),
    exp.LT: _comparison("<"),
    exp.LTE: _comparison("<="),
    exp.GT: _comparison(">"),
    exp.GTE: _comparison(">="),
    exp.NullSafeEQ: _comparison("IS"),
    exp.NullSafeNEQ: _comparison("IS NOT"),
    exp.Between: _between,
    exp.In: _in,
    exp.Is: _is,
    exp.And: _chain("AND"),
    exp.Or: _chain("OR"),
    exp.Not: _not,
    exp.StartsWith: _starts_with,
    exp.Contains: _contains,
    exp.Like: _like,
    exp.Add: _arithmetic("+"),
    exp.Sub: _arithmetic("-"),
    exp.Mul: _arithmetic("*"),
    exp.Coalesce: _coalesce,
    exp.Case: _case,
    exp.Count: _count,
    exp.Min: _extreme("min"),
    exp.Max: _extreme("max"),
    exp.Filter: _filter,
}
