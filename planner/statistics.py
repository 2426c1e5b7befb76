"""What is known of the size of tables and the values of columns: a store measures it, `planner.cost` estimates from it.

Statistics change no answer and no plan's meaning: they are not part of what a table is (`Table.content`, `Catalog.version`), and
may be old, rough or missing.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import UUID

Value = int | float | str
"""A value as statistics compare it: see `value`."""


@dataclass(frozen=True)
class ColumnStatistics:
    """Of one column; whatever is not known is None or empty.

    `null_fraction` and the fractions of `common` are of all rows, 0 to 1. `distinct` counts the different values that are not
    NULL. `common` are the most common values with their fractions, the most common first. `bounds` cut the other values into
    parts of equally many rows, in ascending order, the least and the greatest value included. `width_bytes` is the mean width of
    the values that are not NULL, as the store holds them.
    """

    null_fraction: float | None = None
    distinct: float | None = None
    minimum: Value | None = None
    maximum: Value | None = None
    common: tuple[tuple[Value, float], ...] = ()
    bounds: tuple[Value, ...] = ()
    width_bytes: float | None = None


@dataclass(frozen=True)
class TableStatistics:
    """Of one table: `columns` by their names in the catalogue. `origin` says where they come from in the store's own words
    (`pg_stats`, `row groups`), `taken_at_ms` when they were read, in milliseconds since 1970."""

    rows: int | None = None
    bytes: int | None = None
    columns: tuple[tuple[str, ColumnStatistics], ...] = ()
    origin: str = "none"
    taken_at_ms: int = 0

    @cached_property
    def by_name(self) -> Mapping[str, ColumnStatistics]:
        """Columns by their name in lower case."""
        return {name.lower(): column for name, column in self.columns}

    @cached_property
    def figures(self) -> str:
        """32 hex digits that change with what was measured, not with when it was."""
        return hashlib.sha256(repr((self.rows, self.bytes, self.columns, self.origin)).encode()).hexdigest()[:32]


_DAY_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def value(found: object) -> Value | None:
    """`found` as statistics compare it; None for what they do not compare.

    Numbers and booleans become numbers, dates and times microseconds (since 1970 in UTC, or since midnight), text stays. NaN is
    the greatest number, as in DuckDB.

    >>> value(date(1970, 1, 2)), value(True), value(Decimal("2.50")), value(b"raw")
    (86400000000, 1, 2.5, None)
    """
    if isinstance(found, bool | int):
        return int(found)
    if isinstance(found, float):
        return math.inf if math.isnan(found) else found
    if isinstance(found, Decimal):
        if not found.is_finite():
            return -math.inf if found == -math.inf else math.inf
        return int(found) if found == found.to_integral_value() else float(found)
    if isinstance(found, str | UUID):
        return str(found)
    if isinstance(found, datetime):
        return ((found if found.tzinfo else found.replace(tzinfo=UTC)) - _DAY_ZERO) // _MICROSECOND
    if isinstance(found, date):
        return (datetime(found.year, found.month, found.day, tzinfo=UTC) - _DAY_ZERO) // _MICROSECOND
    if isinstance(found, time):
        return ((found.hour * 60 + found.minute) * 60 + found.second) * 1_000_000 + found.microsecond
    return found // _MICROSECOND if isinstance(found, timedelta) else None


_WORDS = {"true": 1, "t": 1, "false": 0, "f": 0}
_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}
)


def parsed(text: str, type: str) -> Value | None:
    """The value of the DuckDB type `type` that `text` spells, as `value` gives it; None for what it does not spell.

    >>> parsed("2024-01-01 00:00:00+00", "TIMESTAMP WITH TIME ZONE"), parsed("12.50", "DECIMAL(12,2)"), parsed("x", "INTEGER")
    (1704067200000000, 12.5, None)
    """
    try:
        if type in ("VARCHAR", "UUID"):
            return text
        if type == "BOOLEAN":
            return _WORDS.get(text.lower())
        if type in _INTEGERS or type in ("DOUBLE", "FLOAT") or type.startswith("DECIMAL"):
            return value(Decimal(text))
        if type == "DATE":
            return value(datetime.fromisoformat(text))
        if type.startswith("TIMESTAMP"):
            return value(datetime.fromisoformat(text))
        return value(time.fromisoformat(text)) if type == "TIME" else None
    except (ValueError, ArithmeticError):
        return None
