"""Lower and upper case: the same letters as DuckDB's, whatever locale and library the server has.

A text of ASCII alone goes by the C locale. Others are translated letter by letter. Beside a constant of ASCII letters the few
letters that become ASCII are enough, since all others stay beyond ASCII.
"""

from __future__ import annotations

from sqlglot import exp

from planner.types import Typed
from translators.postgres.compare import coerce, usable
from translators.postgres.expressions import Context, only, renders
from translators.postgres.scalars.letters import LOWER, UPPER, Run, letters
from translators.postgres.types import literal_text
from translators.postgres.value import Partial, Refused, Value

FUNCTIONS = ("lower", "lcase", "upper", "ucase")

_RUNS: dict[str, tuple[Run, ...]] = {"lower": LOWER, "upper": UPPER}


def _translation(runs: tuple[Run, ...], becoming_ascii: bool) -> str:
    pairs = [pair for pair in zip(*letters(runs), strict=True) if not becoming_ascii or (pair[0] > "\x7f" and pair[1] < "\x7f")]
    return ", ".join(literal_text("".join(side)) for side in zip(*pairs, strict=True))


_WHOLE = {name: _translation(runs, becoming_ascii=False) for name, runs in _RUNS.items()}
_TO_ASCII = {name: _translation(runs, becoming_ascii=True) for name, runs in _RUNS.items()}


@renders(exp.Lower, exp.Upper)
def _cased(context: Context, node: exp.Expr) -> Value:
    only(node, "this")
    value = usable(context.value(node.this), node)
    if value.type != "VARCHAR":
        raise Refused(node, f"{node.key.upper()} of {value.type} is not pushed")
    return cased(coerce(value, "VARCHAR", node), node.key, node)


def cased(value: Value, name: str, node: exp.Expr) -> Value:
    """The text in lower or upper case."""
    if not value.orderable:
        raise Refused(node, "the encoding of the database is not UTF8")
    ascii = f'{name}({value.text} COLLATE "C")'
    whole = f'translate({value.text} COLLATE "C", {_WHOLE[name]})'
    text = f"(CASE WHEN octet_length({value.text}) = length({value.text}) THEN {ascii} ELSE {whole} END)"
    partial = Partial(f"translate({ascii}, {_TO_ASCII[name]})", str.isascii, "")
    return Value(text, Typed("VARCHAR"), "C", ordered_by_bytes=True, partial=partial)
