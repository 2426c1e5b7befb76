"""Constants: a literal of the query as a constant of PostgreSQL, in the type that DuckDB reads it as."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

from planner.types import INTEGERS, decimal_parts
from translators.postgres.types import home, literal_text

_NUMBER = re.compile(r"-?(?P<whole>0|[1-9]\d{0,17})(?:\.(?P<fraction>\d{1,18}))?")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_CLOCK = r"([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d(\.\d{1,6})?)?"
_TIME = re.compile(_CLOCK)
_TIMESTAMP = re.compile(rf"(\d{{4}}-\d\d-\d\d)(?:[ T]{_CLOCK})?")
_ZONED = re.compile(rf"(\d{{4}}-\d\d-\d\d)(?:[ T]{_CLOCK}(Z|[+-](?:0\d|1[0-4])(?::[0-5]\d)?)?)?")


def text(value: str) -> str | None:
    """A text constant; None for one with a NUL, which PostgreSQL cannot hold."""
    return None if "\0" in value else f"{literal_text(value)}::text"


def read_as(value: str, type: str) -> str | None:
    """The string `value` as a constant of the DuckDB type, where both systems read it alike beyond doubt; otherwise None."""
    match type:
        case "DATE":
            good = bool(_DATE.fullmatch(value)) and _is_day(value)
        case "TIME":
            good = bool(_TIME.fullmatch(value))
        case "TIMESTAMP":
            found = _TIMESTAMP.fullmatch(value)
            good = found is not None and _is_day(found[1])
        case "TIMESTAMP WITH TIME ZONE":
            found = _ZONED.fullmatch(value)
            good = found is not None and _is_day(found[1])
        case "UUID":
            good = _is_uuid(value)
        case "VARCHAR":
            return text(value)
        case _:
            return _number_in(value, type)
    return f"{literal_text(value)}::{home(type)}" if good else None


def _number_in(value: str, type: str) -> str | None:
    """The number that a text holds, as a constant of the type; None for one that the type would have to round or refuse."""
    found = _NUMBER.fullmatch(value)
    if found is None:
        return None
    parts = decimal_parts(type)
    if parts and (len(found["whole"]) > parts[0] - parts[1] or len(found["fraction"] or "") > parts[1]):
        return None
    return number(value, type) if parts or type == "DOUBLE" else None


def number(value: str, type: str) -> str | None:
    """The number literal `value` (with its sign) as a constant of the type; None where the two might round differently."""
    if type in INTEGERS:
        # PostgreSQL reads -2147483648 as minus a bigint: a negative constant always says its type.
        small = {"SMALLINT": "::int2", "BIGINT": "::int8", "HUGEINT": "::numeric"}.get(type, "")
        return f"({value}){small or '::int4'}" if value.startswith("-") else f"{value}{small}"
    if decimal_parts(type):
        return f"({value})" if value.startswith("-") else value
    if type == "DOUBLE":
        return f"{literal_text(value)}::float8" if _finite(value) else None
    if type == "FLOAT":
        digits = re.sub(r"\D", "", value)
        return (
            f"{literal_text(value)}::float4"
            if "e" not in value.lower() and len(digits.lstrip("0")) <= 7 and len(digits) <= 10
            else None
        )
    return None


def fits(value: int, type: str) -> bool:
    """Whether an integer is a value of an integer or decimal type."""
    limit = {"TINYINT": 2**7, "SMALLINT": 2**15, "INTEGER": 2**31, "BIGINT": 2**63}.get(type)
    if limit is not None:
        return -limit <= value < limit
    parts = decimal_parts(type)
    return parts is not None and len(str(abs(value))) <= parts[0] - parts[1]


def _finite(value: str) -> bool:
    return abs(float(value)) not in (float("inf"),) and (
        float(value) != 0.0 or not re.search(r"[1-9]", value.lower().split("e")[0])
    )


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_uuid(value: str) -> bool:
    try:
        return str(UUID(value)) == value.lower()
    except ValueError:
        return False
