"""Constants of a query as BSON values that compare with a field as DuckDB compares them.

`constant` reads a literal, negated or cast; `comparable` gives what to compare a field of one shape with, or says why the two
cannot be compared in MongoDB with the same result.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from bson import Binary, Int64, ObjectId
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128
from sqlglot import exp

from translators.mongo.types import Shape, spelled

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIMESTAMP = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?")
_HEX = re.compile(r"[0-9a-f]{24}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INTEGERS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64}

Kind = Literal["null", "bool", "int", "decimal", "double", "string", "text", "timestamp", "date", "uuid"]


@dataclass(frozen=True)
class Constant:
    """A value of the query: `text` is a string of type VARCHAR, `string` a bare literal, which DuckDB casts to the type that it
    meets. Timestamps and dates are microseconds since 1970."""

    kind: Kind
    value: Any = None


class Incomparable(Exception):
    """A field and a constant that MongoDB does not compare as DuckDB does; the message is the reason, one clause."""


@dataclass(frozen=True)
class Never:
    """The constant equals no value of the field's type."""


def constant(node: exp.Expr) -> Constant | None:
    """The constant that `node` is; None where it is none that is understood here."""
    match node:
        case exp.Paren():
            return constant(node.this)
        case exp.Null():
            return Constant("null")
        case exp.Boolean():
            return Constant("bool", bool(node.this))
        case exp.Literal():
            return Constant("string", node.name) if node.is_string else _number(node.name)
        case exp.Neg():
            inner = constant(node.this)
            return Constant(inner.kind, -inner.value) if inner and inner.kind in ("int", "decimal", "double") else None
        case exp.Cast() if not isinstance(node, exp.TryCast):
            inner = constant(node.this)
            return cast_constant(inner, spelled(node.to)) if inner else None
    return None


def _number(text: str) -> Constant | None:
    if re.fullmatch(r"\d+", text):
        value = int(text)
        return Constant("int", value) if value < 2**63 else None
    if re.fullmatch(r"\d*\.\d*", text) and len(text) <= 19:
        return Constant("decimal", Decimal(text))
    if re.fullmatch(r"(\d+\.?\d*|\.\d+)[eE][+-]?\d+", text):
        return Constant("double", float(text))
    return None


def cast_constant(inner: Constant, type: str) -> Constant | None:
    """The constant as a value of `type`; None where that is not certain, or has none."""
    if inner.kind == "null":
        return inner
    if type == "VARCHAR" and inner.kind in ("string", "text"):
        return Constant("text", inner.value)
    if type in _INTEGERS and inner.kind == "int":
        return inner if -(2 ** (_INTEGERS[type] - 1)) <= inner.value < 2 ** (_INTEGERS[type] - 1) else None
    if type in _INTEGERS and inner.kind == "string":
        return _integer(inner.value, type)
    if type == "DOUBLE":
        return _double(inner)
    if type.startswith("DECIMAL("):
        return _decimal(inner, type)
    if type == "BOOLEAN" and inner.kind == "bool":
        return inner
    if type == "DATE" and inner.kind in ("string", "text", "date"):
        return inner if inner.kind == "date" else _instant(inner.value, _DATE, "date")
    if type == "TIMESTAMP" and inner.kind in ("string", "text", "date", "timestamp"):
        if inner.kind in ("date", "timestamp"):
            return Constant("timestamp", inner.value)
        return _instant(inner.value, _TIMESTAMP, "timestamp")
    if type == "UUID" and inner.kind == "string":
        try:
            return Constant("uuid", UUID(inner.value))
        except ValueError:
            return None
    return None


def _integer(text: str, type: str) -> Constant | None:
    if not re.fullmatch(r"[+-]?\d{1,18}", text):
        return None
    return cast_constant(Constant("int", int(text)), type)


def _double(inner: Constant) -> Constant | None:
    if inner.kind == "double":
        return inner
    if inner.kind == "int" and abs(inner.value) <= 2**53:
        return Constant("double", float(inner.value))
    if inner.kind == "decimal" and len(inner.value.as_tuple().digits) <= 15:
        return Constant("double", float(inner.value))
    if inner.kind == "string" and re.fullmatch(r"[+-]?(\d+(\.\d*)?([eE][+-]?\d{1,3})?|nan|inf|infinity)", inner.value.lower()):
        return Constant("double", float(inner.value))
    return None


def _decimal(inner: Constant, type: str) -> Constant | None:
    precision, scale = (int(part) for part in type.removeprefix("DECIMAL(").removesuffix(")").split(","))
    if inner.kind == "string" and re.fullmatch(r"[+-]?\d{1,18}(\.\d{0,18})?", inner.value):
        inner = Constant("decimal", Decimal(inner.value))
    if inner.kind not in ("int", "decimal"):
        return None
    value = Decimal(inner.value)
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > scale or abs(value) >= Decimal(10) ** (precision - scale):
        return None
    return Constant("decimal", value)


def _instant(text: str, pattern: re.Pattern[str], kind: Literal["date", "timestamp"]) -> Constant | None:
    found = pattern.fullmatch(text)
    if found is None:
        return None
    parts = [*found.groups(), *(None,) * 4][:7]
    year, month, day, hour, minute, second = (int(part or 0) for part in parts[:6])
    try:
        whole = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    fraction = int((parts[6] or "").ljust(6, "0"))
    return Constant(kind, (whole - _EPOCH) // timedelta(microseconds=1) + fraction)


def comparable(shape: Shape, given: Constant) -> Any:
    """The value to compare a field of `shape` with: a BSON value, an `int` of microseconds for dates, or `Never`.

    Raises Incomparable with the reason.
    """
    compare = _COMPARABLE.get(shape.kind)
    if compare is None or shape.type == "FLOAT":
        raise Incomparable(f"values of {shape.type} are not compared in MongoDB")
    return compare(shape, given)


def _mixed(shape: Shape, given: Constant) -> Incomparable:
    return Incomparable(f"a {given.kind} constant is not compared with {shape.type} in MongoDB as in SQL")


def _with_integers(shape: Shape, given: Constant) -> Any:
    if given.kind == "string" and shape.type in _INTEGERS:
        given = _integer(given.value, shape.type) or given
    if given.kind == "int":
        return _whole(given.value)
    if given.kind == "decimal" and shape.type in _INTEGERS:
        return Decimal128(given.value)
    if given.kind == "double" and shape.type in ("TINYINT", "SMALLINT", "INTEGER"):
        return given.value
    raise _mixed(shape, given)


def _with_doubles(shape: Shape, given: Constant) -> Any:
    found = _double(given)
    if found is None:
        raise _mixed(shape, given)
    return found.value


def _with_decimals(shape: Shape, given: Constant) -> Any:
    if given.kind == "string":
        given = _decimal(given, shape.type) or given
    if given.kind in ("int", "decimal"):
        return Decimal128(Decimal(given.value))
    raise _mixed(shape, given)


def _with_strings(shape: Shape, given: Constant) -> Any:
    if given.kind in ("string", "text"):
        return given.value
    raise _mixed(shape, given)


def _with_object_ids(shape: Shape, given: Constant) -> Any:
    if given.kind in ("string", "text"):
        return ObjectId(given.value) if _HEX.fullmatch(given.value) else Never()
    raise _mixed(shape, given)


def _with_booleans(shape: Shape, given: Constant) -> Any:
    if given.kind == "bool":
        return given.value
    raise _mixed(shape, given)


def _with_uuids(shape: Shape, given: Constant) -> Any:
    found = cast_constant(given, "UUID")
    if given.kind == "uuid" or (found and found.kind == "uuid"):
        return Binary.from_uuid((found or given).value)
    raise _mixed(shape, given)


def _with_dates(shape: Shape, given: Constant) -> Any:
    if given.kind == "string":
        given = cast_constant(given, shape.type if shape.type == "DATE" else "TIMESTAMP") or given
    if given.kind in ("date", "timestamp") and shape.type in ("DATE", "TIMESTAMP"):
        return int(given.value)
    raise _mixed(shape, given)


def instant(ms: int) -> datetime | DatetimeMS:
    """Milliseconds since 1970 as a value that is sent as a BSON date."""
    try:
        return _EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        return DatetimeMS(ms)


def _whole(value: int) -> int:
    return value if -(2**31) <= value < 2**31 else Int64(value)


_COMPARABLE = {
    "int": _with_integers,
    "long": _with_integers,
    "double": _with_doubles,
    "decimal": _with_decimals,
    "string": _with_strings,
    "objectId": _with_object_ids,
    "bool": _with_booleans,
    "date": _with_dates,
    "uuid": _with_uuids,
}
