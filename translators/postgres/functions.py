"""Functions of texts, dates and times that give the same in PostgreSQL, within what each row of the table allows."""

from __future__ import annotations

from sqlglot import exp

from planner.types import Typed
from translators.postgres.compare import coerce, usable
from translators.postgres.expressions import RENDER, Context, one_collation, only, renders, truth
from translators.postgres.value import Refused, Value

_PARTS = ("YEAR", "QUARTER", "MONTH", "DAY", "DOY", "DAYOFYEAR", "DOW", "DAYOFWEEK", "ISODOW", "HOUR", "MINUTE")
_SAME_PART = {"DAYOFYEAR": "DOY", "DAYOFWEEK": "DOW"}
_CLOCK_PARTS = ("HOUR", "MINUTE")
_TRUNCATIONS = ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND")
_FIRST_DAY = "'0001-01-01'::timestamp"


def _text(context: Context, node: exp.Expr | None, owner: exp.Expr) -> Value:
    """A text argument. Raises Refused for any other."""
    value = usable(context.value(node), owner)
    if value.type != "VARCHAR":
        raise Refused(owner, f"{owner.key.upper()} of {value.type} is not pushed")
    return coerce(value, "VARCHAR", owner)


def _plain(value: Value) -> str:
    """The text under a collation that every function takes."""
    return value.text if value.collation is not None else f'{value.text} COLLATE "C"'


def _count(node: exp.Expr | None, owner: exp.Expr, least: int) -> int:
    """A literal number of characters. Raises Refused."""
    if isinstance(node, exp.Literal) and not node.is_string and str(node.this).isdigit() and least <= int(node.this) < 2**31:
        return int(node.this)
    raise Refused(owner, f"{owner.key.upper()} is pushed only with constant positions that count from the start")


@renders(exp.Like)
def _like(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression", "negate")
    value, pattern = _text(context, node.this, node), _text(context, node.expression, node)
    word = "NOT LIKE" if node.args.get("negate") else "LIKE"
    return truth(f"{_plain(value)} {word} {pattern.text} ESCAPE ''")


@renders(exp.Escape)
def _escaped_like(context: Context, node: exp.Expr) -> Value:
    like, escape = node.this, node.expression
    if not (isinstance(like, exp.Like) and isinstance(escape, exp.Literal) and isinstance(like.expression, exp.Literal)):
        raise Refused(node, "LIKE with an escape is pushed only with constants")
    character, pattern = str(escape.this), str(like.expression.this)
    rest = pattern
    for pair in (character * 2, f"{character}%", f"{character}_"):
        rest = rest.replace(pair, "") if character else rest
    if len(character) > 1 or (character and character in rest):
        raise Refused(node, "the pattern escapes a character that needs none")
    value = _text(context, like.this, node)
    word = "NOT LIKE" if like.args.get("negate") else "LIKE"
    escaped = coerce(context.value(escape), "VARCHAR", node).text
    return truth(f"{_plain(value)} {word} {_text(context, like.expression, node).text} ESCAPE {escaped}")


@renders(exp.StartsWith)
def _starts_with(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    return truth(f"starts_with({_plain(_text(context, node.this, node))}, {_text(context, node.expression, node).text})")


@renders(exp.Contains)
def _contains(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    return truth(f"strpos({_plain(_text(context, node.this, node))}, {_text(context, node.expression, node).text}) > 0")


@renders(exp.StrPosition)
def _position(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "substr")
    text, part = _text(context, node.this, node), _text(context, node.args.get("substr"), node)
    return Value(f"strpos({_plain(text)}, {part.text})::int8", Typed("BIGINT"))


@renders(exp.Length)
def _length(context: Context, node: exp.Expr) -> Value:
    only(node, "this")
    return Value(f"length({_text(context, node.this, node).text})::int8", Typed("BIGINT"))


@renders(exp.Substring)
def _substring(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "start", "length")
    text, start = _text(context, node.this, node), _count(node.args.get("start"), node, least=1)
    length = node.args.get("length")
    positions = f"{start}" if length is None else f"{start}, {_count(length, node, least=0)}"
    return Value(f"substr({text.text}, {positions})", Typed("VARCHAR"), text.collation, orderable=text.orderable)


@renders(exp.Left, exp.Right)
def _side(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    text, length = _text(context, node.this, node), _count(node.expression, node, least=0)
    return Value(f'"{node.key}"({text.text}, {length})', Typed("VARCHAR"), text.collation, orderable=text.orderable)


@renders(exp.Replace)
def _replace(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression", "replacement")
    text, old, new = (_text(context, node.args.get(name), node) for name in ("this", "expression", "replacement"))
    return Value(f"replace({_plain(text)}, {old.text}, {new.text})", Typed("VARCHAR"), one_collation([text, old, new]))


@renders(exp.DPipe)
def _joined(context: Context, node: exp.Expr) -> Value:
    parts = [_text(context, part, node) for part in (node.this, node.expression)]
    return Value(
        f"({parts[0].text} || {parts[1].text})",
        Typed("VARCHAR"),
        one_collation(parts),
        orderable=all(part.orderable for part in parts),
    )


@renders(exp.Concat)
def _concatenated(context: Context, node: exp.Expr) -> Value:
    if not node.args.get("coalesce"):
        raise Refused(node, "this form of concat is not pushed")
    parts = [_text(context, part, node) for part in node.expressions]
    return Value(
        f"concat({', '.join(part.text for part in parts)})", Typed("VARCHAR"), orderable=all(part.orderable for part in parts)
    )


@renders(exp.Extract)
def _extract(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "expression")
    return _part(context, node.this.name.upper(), node.expression, node)


@renders(exp.Year, exp.Quarter, exp.Month, exp.Day, exp.DayOfMonth, exp.DayOfYear)
def _named_part(context: Context, node: exp.Expr) -> Value:
    only(node, "this")
    return _part(context, {"DAYOFMONTH": "DAY"}.get(type(node).__name__.upper(), type(node).__name__.upper()), node.this, node)


def _part(context: Context, part: str, of: exp.Expr, node: exp.Expr) -> Value:
    moment = usable(context.value(of), node)
    known = moment.type in ("DATE", "TIMESTAMP") or (moment.type == "TIME" and part in _CLOCK_PARTS)
    if part not in _PARTS or not known or (moment.type == "DATE" and part in _CLOCK_PARTS):
        raise Refused(node, f"the {part.lower()} of {moment.type} is not pushed")
    number = f"extract({_SAME_PART.get(part, part).lower()} FROM {moment.text})::int8"
    if part == "YEAR":  # DuckDB counts 1 BC as 0, PostgreSQL as -1
        number = f"({number} + ({moment.text} < {_FIRST_DAY})::int4)"
    return Value(number, Typed("BIGINT"))


@renders(exp.TimestampTrunc, exp.DateTrunc)
def _truncated(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "unit")
    unit = node.args.get("unit")
    word = unit.name.upper() if isinstance(unit, (exp.Var, exp.Literal)) else ""
    moment = usable(context.value(node.this), node)
    if word not in _TRUNCATIONS or moment.type not in ("DATE", "TIMESTAMP"):
        raise Refused(node, f"date_trunc of {moment.type} by {word.lower() or 'this unit'} is not pushed")
    text = moment.text if moment.type == "TIMESTAMP" else f"{moment.text}::timestamp"
    return Value(f"date_trunc('{word.lower()}', {text})", Typed("TIMESTAMP"))


FUNCTIONS = frozenset(RENDER)
