"""What a table of functions is: a row is DuckDB's form, what it takes, SQLite's text for it, and what that gives.

    row("replace(a, b, c)", "text word text", "replace({a}, {b}, {c})", "VARCHAR")

The form is DuckDB SQL, as `translators.forms` matches it; forms divided by `;` are spellings of one function. The rows of one
shape are tried in order. `takes` says what each argument must be; `KINDS` says what each word means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from planner.types import INTEGERS, NULL, decimal_parts
from translators import forms
from translators.forms import bound, shape
from translators.sqlite.compare import coerce, usable
from translators.sqlite.expressions import RENDER, Context
from translators.sqlite.refused import named, reason
from translators.sqlite.values import Refused, Value

MAX_CHARACTERS = 20_000
"""A rendered expression's longest text: templates repeat their arguments, and nested ones would double it again and again."""

_MOST = 100_000_000
"""Constants from here on are refused where a text depends on them: no text is so long."""

Written = str | Callable[[Mapping[str, Value]], "str | None"]


@dataclass(frozen=True)
class Row:
    """One function. `sql` and `gives` are texts, or find them from the arguments (None refuses).

    `signed` says that the result may be minus zero, `reach` is that of `Value`.
    """

    forms: tuple[str, ...]
    takes: tuple[str, ...]
    sql: Written
    gives: Written
    signed: bool = False
    reach: int | None = None


def row(form: str, takes: str, sql: Written, gives: Written, signed: bool = False, reach: int | None = None) -> Row:
    return Row(tuple(part.strip() for part in form.split(";")), tuple(takes.split()), sql, gives, signed, reach)


Kind = Callable[[Value, exp.Expr], "Value | None"]


def _text(value: Value, node: exp.Expr) -> Value | None:
    return coerce(value, "VARCHAR", node) if value.type == "VARCHAR" else None


def _word(value: Value, node: exp.Expr) -> Value | None:
    if value.type == "VARCHAR" and not value.constant:
        raise Refused(node, f"{named(node)} is sent only with a constant text that is not empty.")
    return _text(value, node)


def _exactly(*types: str) -> Kind:
    return lambda value, node: value if value.type in types and value.constant is None else None


def _from(least: int) -> Kind:
    def take(value: Value, node: exp.Expr) -> Value | None:
        number = value.typed.integer
        return Value(str(number), "BIGINT") if number is not None and least <= number < _MOST else None

    return take


def _decimal(value: Value, node: exp.Expr) -> Value | None:
    return value if value.kind == "decimal" and value.constant is None else None


def _number(value: Value, node: exp.Expr) -> Value | None:
    return coerce(value, value.type, node) if value.type in INTEGERS and value.type != "HUGEINT" else None


KINDS: dict[str, Kind] = {
    "text": _text,
    "word": _word,
    "size": _from(0),
    "position": _from(1),
    "integer": _exactly("TINYINT", "SMALLINT", "INTEGER", "BIGINT"),
    "bits": _number,
    "decimal": _decimal,
    **{name.lower(): _exactly(name) for name in ("BIGINT", "DOUBLE", "BLOB", "DATE", "TIMESTAMP", "BOOLEAN")},
}
"""What an argument may be: the value as the template wants it, None where it is something else, or Refused.

| word | takes |
|---|---|
| text | VARCHAR |
| word | a constant text that is not empty |
| size, position | an integer literal from 0, from 1 |
| integer | TINYINT to BIGINT, no literal |
| bits | TINYINT to BIGINT |
| decimal | DECIMAL of up to 18 digits, no literal |
| bigint, double, blob, date, timestamp, boolean | that type alone, no literal |
"""


def register(rows: Iterable[Row]) -> None:
    """Makes the rows known to `expressions.RENDER`. A renderer that is there already is asked where no row's shape fits."""
    for each in rows:
        for tree in {repr(tree): tree for tree in map(shape, each.forms)}.values():
            kind = type(tree)
            _TABLE.setdefault(kind, []).append((tree, each))
            if RENDER.get(kind) is not _from_table:
                _BEFORE[kind] = RENDER.get(kind)
                RENDER[kind] = _from_table


_TABLE: dict[type[exp.Expr], list[tuple[exp.Expr, Row]]] = {}
_BEFORE: dict[type[exp.Expr], Callable[[Context, exp.Expr], Value] | None] = {}


def _from_table(context: Context, node: exp.Expr) -> Value:
    types: list[str] | None = None
    known: dict[int, Value] = {}  # an argument is rendered once, however many rows ask for it
    for pattern, each in _TABLE[type(node)]:
        found: dict[str, exp.Expr] = {}
        if not bound(pattern, node, found):
            continue
        values = {name: known.get(id(part)) or context.value(part) for name, part in found.items()}
        known.update({id(part): values[name] for name, part in found.items()})
        types = [value.type for value in values.values()]
        rendered = _rendered(context, each, values, node)
        if rendered is not None:
            return rendered
    before = _BEFORE.get(type(node))
    if before is not None:
        return before(context, node)
    raise Refused(node, reason(node) if types is None else f"{named(node)} of {', '.join(types)} is left to the residual.")


def _rendered(context: Context, each: Row, given: Mapping[str, Value], node: exp.Expr) -> Value | None:
    values: dict[str, Value] = {}
    for kind, name in zip(each.takes, sorted(given), strict=True):
        if given[name].type == NULL:
            raise Refused(node, "A function of NULL is left to the residual.")
        taken = KINDS[kind](usable(given[name], node), node)
        if taken is None:
            return None
        values[name] = taken
    if all(value.constant is not None for value in given.values()):
        raise Refused(node, "A function of constants is left to the residual.")
    if any(value.type == "VARCHAR" for value in values.values()) and not context.utf8:
        raise Refused(node, "The database stores text as UTF-16, whose bytes are others.")
    sql = each.sql if isinstance(each.sql, str) else each.sql(values)
    type = each.gives if isinstance(each.gives, str) else each.gives(values)
    if sql is None or type is None:
        return None
    written = sql.format(**{name: value.sql for name, value in values.items()})
    if len(written) > MAX_CHARACTERS:
        raise Refused(node, "The expression would be very long in SQLite.")
    return Value(written, type, reach=each.reach, signed=each.signed)


def functions(rows: Iterable[Row]) -> frozenset[str]:
    """The names and operators of DuckDB that the forms of the rows use."""
    return forms.functions(form for each in rows for form in each.forms)


def same(name: str) -> Callable[[Mapping[str, Value]], str]:
    """Gives the type of the argument `name`."""
    return lambda values: values[name].type


def scale(values: Mapping[str, Value], name: str = "a") -> int:
    return (decimal_parts(values[name].type) or (0, 0))[1]
