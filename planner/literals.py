"""Bound values written as DuckDB SQL, so that a query with its parameters is one text with one meaning."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from planner.errors import RequestInvalid


def render(value: Any, type: str) -> str:
    """`value` as a DuckDB expression of `type`. A text stays a plain literal, which DuckDB reads as what it is compared with.

    >>> render(5, "BIGINT"), render("O'Hara", "VARCHAR"), render(None, "DATE")
    ('CAST(5 AS BIGINT)', "'O''Hara'", 'CAST(NULL AS DATE)')

    Raises RequestInvalid for a value that SQL cannot hold.
    """
    if value is None:
        return "NULL" if type in ("", '"NULL"') else f"CAST(NULL AS {type})"
    if isinstance(value, str) and type == "VARCHAR":
        return _text(value)
    if isinstance(value, bool):
        literal = "TRUE" if value else "FALSE"
        return literal if type == "BOOLEAN" else f"CAST({literal} AS {type})"
    if isinstance(value, int) and type == "INTEGER" and value >= 0:
        return str(value)
    return f"CAST({_bare(value, type)} AS {type})"


def _bare(value: Any, type: str) -> str:
    if isinstance(value, int):
        return str(value) if abs(value) < 1 << 62 else f"'{value}'"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) and "e" in repr(value) else f"'{value!r}'"
    if isinstance(value, (str, Decimal, UUID)):
        return _text(str(value))
    if isinstance(value, bytes):
        return "'" + "".join(f"\\x{byte:02X}" for byte in value) + "'"
    if isinstance(value, datetime):
        return f"'{value.isoformat(sep=' ')}'"
    if isinstance(value, (date, time)):
        return f"'{value.isoformat()}'"
    if isinstance(value, timedelta):
        microseconds = value.seconds * 1_000_000 + value.microseconds
        return f"'{value.days} days {microseconds} microseconds'"
    if hasattr(value, "months") and hasattr(value, "nanoseconds"):
        return f"'{value.months} months {value.days} days {value.nanoseconds // 1000} microseconds'"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(str(name))}: {_element(part)}" for name, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        if type.startswith("MAP("):
            return "MAP {" + ", ".join(f"{_element(key)}: {_element(part)}" for key, part in value) + "}"
        return "[" + ", ".join(_element(part) for part in value) + "]"
    raise RequestInvalid(f"A parameter of the Python type {value.__class__.__name__} cannot be sent.", field="params")


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    return ("TRUE" if value else "FALSE") if isinstance(value, bool) else _bare(value, "")


def _text(value: str) -> str:
    if "\0" in value:
        raise RequestInvalid("A text parameter holds a NUL character.", field="params")
    return "'" + value.replace("'", "''") + "'"
