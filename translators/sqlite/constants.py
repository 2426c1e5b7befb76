"""Constants as SQLite is told them: in digits that both systems read as the same value."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

from translators.sqlite.types import RANGES, decimal, kind

_EPOCH = datetime.datetime(1970, 1, 1)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WHOLE, _DIGITS = re.compile(r"-?\d{1,18}"), re.compile(r"-?\d{1,18}(\.\d{1,18})?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{6})?)?")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def number(value: int | Decimal, type: str) -> str | None:
    """A number as one of `type`; None where it is none as it stands, or SQLite may read it as another."""
    how = kind(type)
    if how == "double":
        return floating(Decimal(value))
    if how == "integer" and type in RANGES and value == int(value):
        low, high = RANGES[type]
        least, most = low if low is not None else -(2**63), high if high is not None else 2**63 - 1
        return str(int(value)) if least <= int(value) <= most else None
    parts = decimal(type)
    if how == "decimal" and parts is not None:
        whole = Decimal(value).scaleb(parts.scale)
        return str(int(whole)) if whole == whole.to_integral_value() and abs(whole) < 10**parts.precision else None
    return None


def floating(value: Decimal) -> str | None:
    """Digits of a floating-point number, few enough that both systems read the same one."""
    if value == value.to_integral_value() and abs(value) <= 2**53:
        return f"CAST({int(value)} AS REAL)" if abs(value) >= 10**15 else f"{int(value)}.0"
    digits = value.normalize().as_tuple()
    if not isinstance(digits.exponent, int) or len(digits.digits) > 15 or abs(digits.exponent) > 22:
        return None
    written = format(value, "f")
    return written if "." in written and not written.endswith(".") else written.rstrip(".") + ".0"


def read_as(value: str, type: str) -> str | None:
    """A text as a constant of `type`; None where it is not certain to be one."""
    if type == "VARCHAR":
        return None if "\0" in value else text(value)
    if type == "DATE" and _DAY.fullmatch(value):
        return _since(value, days=True)
    if type == "TIMESTAMP" and _MOMENT.fullmatch(value):
        return _since(value, days=False)
    whole, parts = kind(type) == "integer", decimal(type)
    if (whole or parts is not None) and (_WHOLE if whole else _DIGITS).fullmatch(value):
        return number(Decimal(value), type)
    return None


def _since(value: str, days: bool) -> str | None:
    try:
        passed = datetime.datetime.fromisoformat(value) - _EPOCH
    except ValueError:
        return None
    return str(passed.days if days else passed // datetime.timedelta(microseconds=1))
