"""Dates and times as texts by a format (`strftime`): a `to_char` for each part, and DuckDB's way with years and infinity."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from planner.types import Typed
from translators.forms import directives, formatted
from translators.postgres.compare import coerce
from translators.postgres.constants import text as constant_text
from translators.postgres.expressions import Context, only, renders
from translators.postgres.scalars.moments import YEAR
from translators.postgres.value import Refused, Value

FUNCTIONS = ("strftime",)

_COMMON_ERA = "{a} >= '0001-01-01'::timestamp"
_PATTERNS = {
    "m": "MM", "-m": "FMMM", "d": "DD", "-d": "FMDD", "j": "DDD", "-j": "FMDDD", "H": "HH24", "-H": "FMHH24", "I": "HH12",
    "-I": "FMHH12", "M": "MI", "-M": "FMMI", "S": "SS", "-S": "FMSS", "g": "MS", "f": "US", "p": "AM", "B": "FMMonth", "b": "Mon",
    "A": "FMDay", "a": "Dy", "u": "ID", "V": "IW",
}  # fmt: skip
_PARTS: Mapping[str, str] = {
    **{name: f"to_char({{a}}, '{pattern}')" for name, pattern in _PATTERNS.items()},
    # Years before 1 count on from 0, which is the last with four digits.
    "Y": f"CASE WHEN {_COMMON_ERA} THEN to_char({{a}}, 'YYYY') WHEN {YEAR} = 0 THEN '0000' ELSE {YEAR}::text END",
    "y": f"CASE WHEN {_COMMON_ERA} THEN to_char({{a}}, 'YY') ELSE lpad((abs({YEAR}) % 100)::text, 2, '0') END",
    "n": "(to_char({a}, 'US') || '000')",
    "w": "extract(dow FROM {a})::int4::text",
}


@renders(exp.TimeToStr)
def _formatted(context: Context, node: exp.Expr) -> Value:
    only(node, "this", "format")
    date, format = formatted(node)
    value = context.value(date)
    if value.type not in ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE") or value.typed.text:
        raise Refused(node, f"STRFTIME of {value.type} is not pushed")
    if not isinstance(format, exp.Literal) or not format.is_string:
        raise Refused(node, "STRFTIME is pushed only with a constant format")
    moment = value if value.type != "DATE" else coerce(value, "TIMESTAMP", node)
    pieces = []
    for directive, text in directives(format.name):
        if directive and directive not in _PARTS:
            raise Refused(node, f"PostgreSQL has no equal for the format %{directive}")
        piece = f"({_PARTS[directive].format(a=moment.text)})" if directive else constant_text(text)
        if piece is None:
            raise Refused(node, "PostgreSQL does not hold this text")
        pieces.append(piece)
    written = f"CASE WHEN isfinite({moment.text}) THEN {' || '.join(pieces)} ELSE {moment.text}::text END"
    return Value(f"({written})", Typed("VARCHAR"), "", orderable=True)
