"""What a table of functions is: a row is DuckDB's form, what it takes, PostgreSQL's text for it, and what that gives.

    row("lpad(a, b, c)", "text count text", "lpad({a}, {b}, {c})", "VARCHAR")

The form is DuckDB SQL, so that a query matches it by shape: `a`, `b`, … stand for arguments in the order of `takes`, everything
else has to be there as written; forms divided by `;` are spellings of one function. The rows of one shape are tried in order.
`takes` says what each argument must be; `KINDS` says what each word means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from planner.types import FLOATS, NULL, Typed, decimal_parts, is_exact
from translators import forms
from translators.forms import bound, shape
from translators.postgres.compare import coerce, usable
from translators.postgres.expressions import RENDER, Context
from translators.postgres.refused import named, reason
from translators.postgres.types import element_type
from translators.postgres.value import MAX_REACH, Refused, Value

MAX_CHARACTERS = 20_000
"""A rendered expression's longest text: templates repeat their arguments, and nested ones would double it again and again."""

Gives = str | Callable[[Mapping[str, Value]], "str | None"]


@dataclass(frozen=True)
class Row:
    """One function. `gives` is a DuckDB type, or finds it from the arguments (None refuses); `reach` is that of `Value`.

    `utf8` says that PostgreSQL's answer depends on the encoding of the database, which has to be UTF8 then; `finite` that the
    result must be known not to overflow.
    """

    forms: tuple[str, ...]
    takes: tuple[str, ...]
    sql: str
    gives: Gives
    utf8: bool = False
    finite: bool = False
    reach: Callable[[Mapping[str, Value]], int | None] | None = None


def row(form: str, takes: str, sql: str, gives: Gives, **more: Any) -> Row:
    return Row(tuple(part.strip() for part in form.split(";")), tuple(takes.split()), sql, gives, **more)


Kind = Callable[[Value, exp.Expr], "Value | None"]


def _text(value: Value, node: exp.Expr) -> Value | None:
    return coerce(value, "VARCHAR", node) if value.type == "VARCHAR" else None


def _word(value: Value, node: exp.Expr) -> Value | None:
    if value.type == "VARCHAR" and not value.constant:
        raise Refused(node, f"{named(node)} is pushed only with a constant text that is not empty")
    return _text(value, node)


def _exactly(*types: str) -> Kind:
    return lambda value, node: coerce(value, value.type, node) if value.type in types and not value.typed.text else None


def _count(value: Value, node: exp.Expr) -> Value | None:
    """An integer as int4: what is beyond that raises, as DuckDB does a little later."""
    if value.typed.integer is not None:
        return coerce(value, "INTEGER", node) if value.type == "INTEGER" else None
    if value.type in ("SMALLINT", "BIGINT"):
        return Value(f"{value.text}::int4", Typed("INTEGER"))
    return value if value.type == "INTEGER" else None


_MOST = 100_000_000
"""Constants from here on are refused where the text or the type depends on their value: no list or text is so long."""


def _at_least(least: int) -> Kind:
    def take(value: Value, node: exp.Expr) -> Value | None:
        number = value.typed.integer
        return Value(str(number), Typed("INTEGER")) if number is not None and least <= number < _MOST else None

    return take


def _as(type: str, *sources: str) -> Kind:
    """A value of one of `sources`, converted to `type` where it is not that already."""
    return lambda value, node: coerce(value, type, node) if value.type in sources and not value.typed.text else None


def _decimal(value: Value, node: exp.Expr) -> Value | None:
    if decimal_parts(value.type) and value.loose:
        raise Refused(node, "numerics without a declared size are not computed with here")
    return coerce(value, value.type, node) if decimal_parts(value.type) else None


def _double(value: Value, node: exp.Expr) -> Value | None:
    number = value.type in FLOATS or (is_exact(value.type) and value.type != "TINYINT")
    return coerce(value, "DOUBLE", node) if number else None


KINDS: dict[str, Kind] = {
    "text": _text,
    "count": _count,
    "integer": _exactly("SMALLINT", "INTEGER", "BIGINT"),
    "int": _as("INTEGER", "SMALLINT", "INTEGER"),
    "bigint": _as("BIGINT", "SMALLINT", "INTEGER", "BIGINT"),
    "decimal": _decimal,
    "double": _double,
    "word": _word,
    "position": _at_least(1),
    "size": _at_least(0),
    "boolean": _exactly("BOOLEAN"),
    **{type: _exactly(type) for type in ("SMALLINT", "INTEGER", "BIGINT", "DOUBLE", "FLOAT")},
    "float": _exactly("DOUBLE", "FLOAT"),
    "blob": _exactly("BLOB"),
    "uuid": _exactly("UUID"),
    "date": _exactly("DATE"),
    "time": _exactly("TIME"),
    "timestamp": _exactly("TIMESTAMP"),
    "zoned": _exactly("TIMESTAMP WITH TIME ZONE"),
    "moment": _exactly("DATE", "TIMESTAMP"),
    "day_or_later": _as("TIMESTAMP", "DATE", "TIMESTAMP"),
    "interval": _exactly("INTERVAL"),
}
"""What an argument may be: the value in the type that the template wants, None where it is something else, or Refused.

| word | takes | as |
|---|---|---|
| text, boolean, blob, uuid, date, time, timestamp, zoned, interval | that type | itself |
| SMALLINT, INTEGER, BIGINT, DOUBLE, FLOAT | that type alone | itself |
| integer | SMALLINT, INTEGER, BIGINT | itself |
| float | DOUBLE, FLOAT | itself |
| decimal | DECIMAL with a declared size | numeric |
| count | SMALLINT, INTEGER, BIGINT | int4 |
| int | SMALLINT, INTEGER | int4 |
| bigint | SMALLINT, INTEGER, BIGINT | int8 |
| double | every number | float8 |
| position, size | an integer literal from 1, from 0 | its digits |
| list, integers | a list, a list of whole numbers | an array that counts from 1 |
| array | a list | itself, so that an index of its column serves |
| word | a constant text that is not empty | text |
| moment | DATE, TIMESTAMP | itself |
| day_or_later | DATE, TIMESTAMP | timestamp |
"""


def register(rows: Iterable[Row]) -> None:
    """Makes the rows known to `expressions.RENDER`. A renderer that is there already is asked where no row's shape fits."""
    by_type: dict[type[exp.Expr], list[tuple[exp.Expr, Row]]] = {}
    for each in rows:
        shapes = {repr(tree): tree for tree in map(shape, each.forms)}
        for tree in shapes.values():
            by_type.setdefault(type(tree), []).append((tree, each))
    for kind, entries in by_type.items():
        _TABLE.setdefault(kind, []).extend(entries)
        if RENDER.get(kind) is not _from_table:
            _BEFORE[kind] = RENDER.get(kind)
            RENDER[kind] = _from_table


_TABLE: dict[type[exp.Expr], list[tuple[exp.Expr, Row]]] = {}
_BEFORE: dict[type[exp.Expr], Callable[[Context, exp.Expr], Value] | None] = {}


def _from_table(context: Context, node: exp.Expr) -> Value:
    shaped = False
    types: list[str] = []
    known: dict[int, Value] = {}  # an argument is rendered once, however many rows ask for it
    for pattern, each in _TABLE[type(node)]:
        found: dict[str, exp.Expr] = {}
        if not bound(pattern, node, found):
            continue
        values = {name: known.get(id(part)) or context.value(part) for name, part in found.items()}
        known.update({id(part): values[name] for name, part in found.items()})
        shaped, types = True, [value.type for value in values.values()]
        rendered = _rendered(each, values, node)
        if rendered is not None:
            return rendered
    before = _BEFORE.get(type(node))
    if before is not None:
        return before(context, node)
    raise Refused(node, f"{named(node)} of {', '.join(types)} is not pushed" if shaped else reason(node))


def _rendered(each: Row, given: Mapping[str, Value], node: exp.Expr) -> Value | None:
    values: dict[str, Value] = {}
    for kind, name in zip(each.takes, sorted(given), strict=True):
        if given[name].opaque and element_type(given[name].type) is None:
            usable(given[name], node)
        if given[name].type == NULL:
            raise Refused(node, "a function of NULL is not pushed")
        taken = KINDS[kind](given[name], node)
        if taken is None:
            return None
        values[name] = taken
    type = each.gives if isinstance(each.gives, str) else each.gives(given)
    if type is None:
        return None
    words = [value for value in values.values() if value.type == "VARCHAR"]
    if each.utf8 and not all(value.orderable for value in words):
        raise Refused(node, "the encoding of the database is not UTF8")
    reach = each.reach(values) if each.reach else None
    if each.finite and (reach is None or reach > MAX_REACH):
        raise Refused(node, "floating-point arithmetic that may overflow is not pushed: PostgreSQL raises, DuckDB gives infinity")
    collation, texts = under_one_collation(values)
    sql = each.sql.format(**texts)
    if len(sql) > MAX_CHARACTERS:
        raise Refused(node, "the expression would be very long in PostgreSQL")
    if type != "VARCHAR":
        return Value(sql, Typed(type), reach=reach)
    return Value(sql, Typed(type), collation, collation == "C", all(value.orderable for value in words))


def under_one_collation(values: Mapping[str, Value]) -> tuple[str, dict[str, str]]:
    """The collation of the texts together, and the SQL of all values: under "C" where the texts have different ones, or one that
    takes different texts for equal (many functions refuse either)."""
    texts = {name: value.text for name, value in values.items()}
    names = {value.collation for value in values.values() if value.type == "VARCHAR"} - {""}
    if not names:
        return "", texts
    only = next(iter(names))
    if len(names) == 1 and only is not None:
        return only, texts
    first = next(name for name, value in values.items() if value.type == "VARCHAR" and value.collation != "")
    return "C", {**texts, first: f'{texts[first]} COLLATE "C"'}


def functions(rows: Iterable[Row]) -> frozenset[str]:
    """The names and operators of DuckDB that the forms of the rows use."""
    return forms.functions(form for each in rows for form in each.forms)


def same(name: str) -> Callable[[Mapping[str, Value]], str]:
    """Gives the type of the argument `name`."""
    return lambda values: values[name].type
