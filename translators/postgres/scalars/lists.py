"""Lists: arrays of one dimension whose elements count from 1, whatever bounds PostgreSQL stores them with."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from planner.types import Typed
from translators.postgres.compare import coerce
from translators.postgres.expressions import NAMED, Context, only, renders
from translators.postgres.scalars.table import KINDS, Row, row
from translators.postgres.types import element_type
from translators.postgres.value import Refused, Value

FUNCTIONS = (
    *("list_contains", "list_has", "array_contains", "array_has"),
    *("list_position", "list_indexof", "array_position", "array_indexof"),
)

_ELEMENTS = {
    "_bool": "BOOLEAN",
    "_int2": "SMALLINT",
    "_int4": "INTEGER",
    "_int8": "BIGINT",
    "_float8": "DOUBLE",
    "_text": "VARCHAR",
    "_date": "DATE",
    "_timestamp": "TIMESTAMP",
}


def plain_list(value: Value, node: exp.Expr) -> Value | None:
    """The list counted from 1; an array of more dimensions raises, as it does where it is read."""
    if not _is_list(value):
        return None
    text = f"(CASE WHEN array_ndims({value.text}) > 1 THEN array_append({value.text}, NULL) ELSE {value.text}[:] END)"
    return Value(text, value.typed, opaque=True, base=value.base)


def _is_list(value: Value) -> bool:
    return not value.nullified and value.type == f"{_ELEMENTS.get(value.base)}[]"


def _whole_numbers(value: Value, node: exp.Expr) -> Value | None:
    return plain_list(value, node) if value.base in ("_int2", "_int4", "_int8") else None


def _array(value: Value, node: exp.Expr) -> Value | None:
    return value if _is_list(value) and value.base != "_float8" else None


def _alike(values: Mapping[str, Value]) -> str | None:
    return "BOOLEAN" if values["a"].type == values["b"].type else None


KINDS["list"] = plain_list
KINDS["array"] = _array
KINDS["integers"] = _whole_numbers


def _element(values: Mapping[str, Value]) -> str | None:
    return element_type(values["a"].type)


ROWS: tuple[Row, ...] = (
    row("length(a); len(a); array_length(a); char_length(a); character_length(a)", "list", "cardinality({a})::int8", "BIGINT"),
    row("list_extract(a, b); list_element(a, b); array_extract(a, b)", "list position", "{a}[{b}]", _element),
    row("list_has_any(a, b); array_has_any(a, b); a && b", "array array", "({a} && {b})", _alike),
    row("list_min(a); array_min(a)", "integers", "(SELECT min(x) FROM unnest({a}) AS e(x))", _element),
    row("list_max(a); array_max(a)", "integers", "(SELECT max(x) FROM unnest({a}) AS e(x))", _element),
    row("list_sum(a); array_sum(a)", "integers", "(SELECT sum(x)::numeric FROM unnest({a}) AS e(x))", "HUGEINT"),
)


def _list_and_element(context: Context, node: exp.Expr, first: exp.Expr, second: exp.Expr) -> tuple[Value, str]:
    found, item = context.value(first), context.value(second)
    type = element_type(found.type)
    if not _is_list(found) or type is None or type == "DOUBLE":
        raise Refused(node, f"{node.key.upper()} of {found.type} is not pushed")
    if item.type != type and not (item.typed.integer is not None and type in ("SMALLINT", "INTEGER", "BIGINT")):
        raise Refused(node, f"looking for {item.type} in {found.type} is not pushed")
    return found, coerce(item, type, node).text


@renders(exp.ArrayContains)
def _contains(context: Context, node: exp.Expr) -> Value:
    """As containment of arrays, which an index of PostgreSQL can serve."""
    only(node, "this", "expression")
    found, item = _list_and_element(context, node, node.this, node.expression)
    sql = f"({found.text} @> ARRAY[{item}])"
    if not isinstance(node.expression.unnest(), exp.Literal):
        sql = f"(CASE WHEN {item} IS NOT NULL THEN {sql} END)"
    return Value(sql, Typed("BOOLEAN"))


@renders(exp.ArrayPosition)
def _position(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    return _place(context, node, node.this, node.expression)


def _named_position(context: Context, node: exp.Expr) -> Value:
    if len(node.expressions) != 2:
        raise Refused(node, "a position in this form is not pushed")
    return _place(context, node, *node.expressions)


NAMED.update(dict.fromkeys(("list_position", "list_indexof", "array_indexof"), _named_position))


def _place(context: Context, node: exp.Expr, first: exp.Expr, second: exp.Expr) -> Value:
    found, item = _list_and_element(context, node, first, second)
    listed = plain_list(found, node)
    assert listed is not None
    return Value(f"array_position({listed.text}, {item})", Typed("INTEGER"))


@renders(exp.Bracket)
def _at(context: Context, node: exp.Expr) -> Value:
    """sqlglot counts a constant position from 0."""
    only(node, "this", "expressions")
    listed = plain_list(context.value(node.this), node)
    at = node.expressions[0] if len(node.expressions) == 1 else None
    if listed is None:
        raise Refused(node, "an element of this is not pushed")
    if isinstance(at, exp.Literal) and not at.is_string and str(at.this).isdigit():
        return Value(f"{listed.text}[{int(at.this) + 1}]", Typed(element_type(listed.type) or ""))
    if isinstance(at, exp.Slice) and not at.args.get("step"):
        ends = [at.args.get("this"), at.args.get("expression")]
        texts = [_end(end, node) for end in ends]
        # In parentheses: two slices side by side are one of two dimensions to PostgreSQL.
        return Value(f"({listed.text}[{texts[0]}:{texts[1]}])", listed.typed, opaque=True, base=listed.base)
    raise Refused(node, "elements are pushed only by constant positions from the start")


def _end(end: exp.Expr | None, node: exp.Expr) -> str:
    if end is None:
        return ""
    if isinstance(end, exp.Literal) and not end.is_string and str(end.this).isdigit() and int(end.this) >= 1:
        return str(end.this)
    raise Refused(node, "slices are pushed only with constant ends that count from the start")
