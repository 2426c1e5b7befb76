"""JSON values as Python values of a DuckDB type: `"2024-02-29"` as a date where a DATE is wanted, `"12.50"` as a Decimal.

Nothing is rounded, truncated or guessed: a value that its type does not hold exactly is refused (FLOAT and DOUBLE take the
nearest number, as everywhere).
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlglot import exp

from proxy.http.problems import invalid
from proxy.http.types import digits, fields

_T = exp.DType
_BITS: Mapping[exp.DType, tuple[int, bool]] = {
    _T.TINYINT: (8, True),
    _T.SMALLINT: (16, True),
    _T.INT: (32, True),
    _T.BIGINT: (64, True),
    _T.INT128: (128, True),
    _T.UTINYINT: (8, False),
    _T.USMALLINT: (16, False),
    _T.UINT: (32, False),
    _T.UBIGINT: (64, False),
    _T.UINT128: (128, False),
}
_SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,9})?)?", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d(?::?\d\d)?)?)?", re.ASCII)
_DURATION = re.compile(
    r"(-)?P(?:(\d{1,7})W)?(?:(\d{1,8})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12})(?:\.(\d{1,6}))?S)?)?", re.ASCII
)
_WIDE = Context(prec=400)


def converted(value: Any, type: exp.DataType, path: str) -> Any:
    """`value` as the Python value of `type` that `proxy.request.Parameter` wants. Raises RequestInvalid naming `path`."""
    if value is None:
        return None
    if type.this in (_T.LIST, _T.ARRAY):
        if not isinstance(value, list):
            raise invalid(path, "Input should be an array.")
        return [converted(element, type.expressions[0], f"{path}[{index}]") for index, element in enumerate(value)]
    if type.this == _T.STRUCT:
        return _struct(value, type, path)
    if type.this == _T.MAP:
        if not isinstance(value, dict):
            raise invalid(path, "Input should be an object.")
        keys, values = type.expressions
        return [(converted(key, keys, path), converted(element, values, f"{path}.{key}")) for key, element in value.items()]
    if type.this in _BITS:
        return _integer(value, *_BITS[type.this], path)
    if type.this == _T.DECIMAL:
        return _decimal(value, type, path)
    convert = _SCALARS.get(type.this)
    if convert is None:
        raise invalid(path, "A parameter of this type cannot be sent as JSON.")
    try:
        return convert(value)
    except (ValueError, OverflowError) as error:
        message = str(error) if isinstance(error, _Wrong) else "This is not a value of its type."
        raise invalid(path, message) from None


def number(value: Any) -> int | Decimal | None:
    """A JSON number, or the text of one, exactly; None for anything else."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) <= 400 and _DECIMAL.fullmatch(value):
        return Decimal(value)
    return None


class _Wrong(ValueError):
    """A ValueError whose text is ours to show."""


def _struct(value: Any, type: exp.DataType, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid(path, "Input should be an object.")
    kinds = fields(type)
    for name in value:
        if name not in kinds:
            raise invalid(f"{path}.{name}", "The type has no such field.")
    return {name: converted(value.get(name), kind, f"{path}.{name}") for name, kind in kinds.items()}


def _integer(value: Any, bits: int, signed: bool, path: str) -> int:
    found = number(value)
    if found is None:
        raise invalid(path, "Input should be an integer.")
    if isinstance(found, Decimal):
        if found.adjusted() > 50 or found != found.to_integral_value(context=_WIDE):
            raise invalid(path, "Input should be an integer.")
        found = int(found)
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1)) if signed else (0, 2**bits)
    if not low <= found < high:
        raise invalid(path, f"Input should be from {low} to {high - 1}.")
    return found


def _decimal(value: Any, type: exp.DataType, path: str) -> Decimal:
    precision, scale = digits(type)
    found = number(value)
    if found is None:
        raise invalid(path, "Input should be a number, or a number as text.")
    try:
        exact = Context(prec=max(precision, 1), Emax=999_999, Emin=-999_999)
        scaled = Decimal(found).quantize(Decimal(1).scaleb(-scale), context=exact)
    except InvalidOperation:
        scaled = None
    if scaled is None or scaled != found:
        raise invalid(path, f"The number does not fit DECIMAL({precision},{scale}) exactly.")
    return scaled


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("Input should be true or false.")
    return value


def _double(value: Any) -> float:
    if isinstance(value, str) and value in _SPECIAL:
        return _SPECIAL[value]
    found = number(value)
    if found is None:
        raise _Wrong('Input should be a number, "NaN", "Infinity" or "-Infinity".')
    made = float(found)
    if made in (float("inf"), float("-inf")):
        raise _Wrong("The number is too large for a DOUBLE.")
    return made


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("Input should be a string.")
    return value


def _bytes(value: Any) -> bytes:
    try:
        return b64decode(_text(value).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise _Wrong("Input should be bytes as base64.") from None


def _uuid(value: Any) -> UUID:
    try:
        return UUID(_text(value))
    except ValueError:
        raise _Wrong("Input should be a UUID.") from None


def _date(value: Any) -> date:
    if not _DATE.fullmatch(_text(value)):
        raise _Wrong("Input should be a date such as 2024-02-29.")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _Wrong("There is no such day.") from None


def _time(value: Any) -> time:
    if not _TIME.fullmatch(_text(value)):
        raise _Wrong("Input should be a time such as 12:30:00.")
    _check_fraction(value)
    return time.fromisoformat(value)


def _moment(value: Any) -> datetime:
    """A date and time in UTC, aware; text without an offset is in UTC already."""
    match = _MOMENT.fullmatch(_text(value))
    if not match:
        raise _Wrong("Input should be a timestamp such as 2024-02-29T12:30:00Z.")
    _check_fraction(match[2] or "")
    try:
        found = datetime.fromisoformat(f"{match[1]}T{match[2] or '00:00'}{match[3] or '+00:00'}")
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Wrong("There is no such moment.") from None


def _timestamp(value: Any) -> datetime:
    """As DuckDB casts text: an offset moves the time to UTC and is then forgotten."""
    return _moment(value).replace(tzinfo=None)


def _duration(value: Any) -> timedelta:
    match = _DURATION.fullmatch(_text(value))
    if not match or value.endswith("P"):
        raise _Wrong("Input should be an ISO 8601 duration of weeks, days and time, such as P1DT2H.")
    sign, weeks, days, hours, minutes, seconds, fraction = match.groups()
    made = timedelta(
        weeks=int(weeks or 0),
        days=int(days or 0),
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        seconds=int(seconds or 0),
        microseconds=int((fraction or "").ljust(6, "0")),
    )
    return -made if sign else made


def _check_fraction(value: str) -> None:
    if len(value.partition(".")[2].rstrip("0")) > 6:
        raise _Wrong("A time can be sent to the microsecond.")


_SCALARS: Mapping[exp.DType, Callable[[Any], Any]] = {
    _T.BOOLEAN: _boolean,
    _T.FLOAT: _double,
    _T.DOUBLE: _double,
    _T.TEXT: _text,
    _T.JSON: _text,
    _T.VARBINARY: _bytes,
    _T.UUID: _uuid,
    _T.DATE: _date,
    _T.TIME: _time,
    _T.TIMESTAMPNTZ: _timestamp,
    _T.TIMESTAMP_S: _timestamp,
    _T.TIMESTAMP_MS: _timestamp,
    _T.TIMESTAMP_NS: _timestamp,
    _T.TIMESTAMPTZ: _moment,
    _T.INTERVAL: _duration,
}
