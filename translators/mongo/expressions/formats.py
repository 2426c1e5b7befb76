"""Dates and times as texts by a format (`strftime`), put together from parts: `$dateToString` knows the years 1 to 9999 only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

from translators.forms import directives, formatted
from translators.mongo.expressions import build
from translators.mongo.expressions.dates import moment, month_name, weekday_name
from translators.mongo.expressions.dispatch import Computing, computes, only
from translators.mongo.expressions.strings import constant_text
from translators.mongo.expressions.value import Value
from translators.mongo.refusal import Refused


def _text(part: str) -> Callable[[Any], Any]:
    return lambda date: {"$toString": {part: date}}


def _padded(number: Callable[[Any], Any], digits: int) -> Callable[[Any], Any]:
    """A number below ten to the `digits` with that many digits."""
    return lambda date: {"$substrBytes": [{"$toString": {"$add": [number(date), 10**digits]}}, 1, digits]}


def _part(name: str) -> Callable[[Any], Any]:
    return lambda date: {name: date}


def _hour_of_twelve(date: Any) -> Any:
    return {"$add": [{"$mod": [{"$add": [{"$hour": date}, 11]}, 12]}, 1]}


def _year(part: str) -> Callable[[Any], Any]:
    def text(date: Any) -> Any:
        within = {"$and": [{"$gte": [{part: date}, 0]}, {"$lte": [{part: date}, 9999]}]}
        return build.cond(within, _padded(_whole(part), 4)(date), {"$toString": _whole(part)(date)})

    return text


def _whole(part: str) -> Callable[[Any], Any]:
    return lambda date: {"$toInt": {part: date}}


def _year_of_century(date: Any) -> Any:
    return {"$mod": [{"$abs": {"$year": date}}, 100]}


def _three_letters(name: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda date: {"$substrBytes": [name(date), 0, 3]}


_DIRECTIVES: Mapping[str, Callable[[Any], Any]] = {
    "Y": _year("$year"),
    "G": _year("$isoWeekYear"),
    "y": _padded(_year_of_century, 2),
    "m": _padded(_part("$month"), 2),
    "-m": _text("$month"),
    "d": _padded(_part("$dayOfMonth"), 2),
    "-d": _text("$dayOfMonth"),
    "j": _padded(_part("$dayOfYear"), 3),
    "-j": _text("$dayOfYear"),
    "H": _padded(_part("$hour"), 2),
    "-H": _text("$hour"),
    "I": _padded(_hour_of_twelve, 2),
    "M": _padded(_part("$minute"), 2),
    "-M": _text("$minute"),
    "S": _padded(_part("$second"), 2),
    "-S": _text("$second"),
    "g": _padded(_part("$millisecond"), 3),
    "f": lambda date: {"$concat": [_padded(_part("$millisecond"), 3)(date), "000"]},
    "n": lambda date: {"$concat": [_padded(_part("$millisecond"), 3)(date), "000000"]},
    "p": lambda date: build.cond({"$lt": [{"$hour": date}, 12]}, "AM", "PM"),
    "B": month_name,
    "b": _three_letters(month_name),
    "A": weekday_name,
    "a": _three_letters(weekday_name),
    "u": _text("$isoDayOfWeek"),
    "w": lambda date: {"$toString": {"$subtract": [{"$dayOfWeek": date}, 1]}},
    "U": _padded(_part("$week"), 2),
    "V": _padded(_part("$isoWeek"), 2),
}


@computes(exp.TimeToStr)
def _formatted(computing: Computing, node: exp.TimeToStr) -> Value:
    only(node, "this", "format")
    date, format = formatted(node)
    value, pieces = moment(computing, date, node), []
    for directive, text in directives(constant_text(format, node)):
        if directive and directive not in _DIRECTIVES:
            raise Refused(node, f"the format %{directive} is not translated to MongoDB")
        pieces.append(_DIRECTIVES[directive] if directive else build.constant(text))

    def written(of: Any) -> Any:
        parts = [piece if isinstance(piece, dict) else piece(of) for piece in pieces]
        return build.unless_null([of] if value.nullable else [], {"$concat": parts})

    return Value(build.let(value.expression, written), "VARCHAR", "string", value.nullable, value.reads)
