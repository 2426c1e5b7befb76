"""The functions that guarded SQL calls, and how a value that does not fit gets out of SQLite.

SQLite tells only that a function has failed; the connection's `Misfits` keeps what failed for the one who reads.
"""

from __future__ import annotations

import datetime
import decimal
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from planner.errors import FozError, SourceData
from translators.sqlite import rare
from translators.sqlite.casts import Casts

_EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
_EPOCH = datetime.datetime(1970, 1, 1)
_MICROSECOND = datetime.timedelta(microseconds=1)
CLASSES = {int: "integer", float: "real", str: "text", bytes: "blob"}
_EXACT = decimal.Context(prec=400, traps=[decimal.InvalidOperation])


class Misfits:
    """The failure of the statement that runs on one connection."""

    def __init__(self, source: str, connection: sqlite3.Connection, casts: Casts) -> None:
        self._source = source
        self.found: FozError | None = None
        parsers: tuple[tuple[str, Callable[..., int], int], ...] = (
            ("foz_date", partial(days, casts), 0),
            ("foz_timestamp", partial(microseconds, casts), 0),
            ("foz_decimal", scaled, 2),
        )
        for name, parse, more in parsers:
            connection.create_function(name, 4 + more, partial(self._parsed, parse), deterministic=True)
            connection.create_function(f"{name}_or_null", 4 + more, partial(_parsed_or_null, parse), deterministic=True)
        connection.create_function("foz_misfit", 4, self._misfit, deterministic=True)
        rare.register(connection, casts, self._fail)

    def misfit(self, table: str, column: str, held: str, row: int | None) -> SourceData:
        """The error for a value of the storage class `held`."""
        where = f"row {row} of table {table}" if row is not None else f"a row of table {table}"
        return SourceData(
            f"Source {self._source}: in {where}, column {column} holds a value ({held}) that does not fit its type.",
            source=self._source,
            table=table,
            column=column,
            storageClass=held,
            rowid=row,
        )

    def _misfit(self, held: str, table: str, column: str, row: int | None) -> None:
        self.found = self.misfit(table, column, held, row)
        raise ValueError

    def _parsed(
        self, parse: Callable[..., int], value: Any, table: str, column: str, row: int | None, *bounds: int
    ) -> int | None:
        if value is None:
            return None
        try:
            return parse(value, *bounds)
        except (ValueError, OverflowError):
            self.found = self.misfit(table, column, CLASSES[type(value)], row)
            raise

    def _fail(self, error: FozError) -> None:
        self.found = error


def _parsed_or_null(parse: Callable[..., int], value: Any, table: str, column: str, row: int | None, *bounds: int) -> int | None:
    try:
        return None if value is None else parse(value, *bounds)
    except (ValueError, OverflowError):
        return None


def days(casts: Casts, value: Any) -> int:
    """Days since 1970 of a date in text, as DuckDB casts it. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError
    if len(value) == 10 and value[4] == value[7] == "-" and value.isascii():
        with suppress(ValueError):
            return datetime.date.fromisoformat(value).toordinal() - _EPOCH_DAY
    return casts.day(value)


def microseconds(casts: Casts, value: Any) -> int:
    """Microseconds since 1970 of a moment in text, as DuckDB casts it. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError
    if len(value) in (19, 26) and value[10] in " T" and value[4] == value[7] == "-" and value[13] == ":" and value.isascii():
        with suppress(ValueError):
            moment = datetime.datetime.fromisoformat(value)
            if moment.tzinfo is None:
                return (moment - _EPOCH) // _MICROSECOND
    return casts.microsecond(value)


def scaled(value: Any, precision: int, scale: int) -> int:
    """`value` times 10 to the power of `scale`, exactly. Raises ValueError where digits would be lost or there are too many.

    A floating-point number stands for the decimal of up to 15 digits that it was made from; beyond them, for itself.
    """
    if isinstance(value, bytes):
        raise ValueError
    if isinstance(value, float) and abs(value) < 1e15 and scale <= 15:
        # Both numbers of the division are exact, so its result is the double nearest to the decimal: the one that was stored.
        quick: int = round(value * 10**scale)
        if abs(quick) < min(10**15, 10**precision) and quick / 10**scale == value:
            return quick
    try:
        number = decimal.Decimal(repr(value) if isinstance(value, float) else value.strip() if isinstance(value, str) else value)
        whole = number.scaleb(scale, _EXACT)
        if isinstance(value, float) and number.is_finite() and abs(whole) >= 10**15:
            whole = decimal.Decimal(value).scaleb(scale, _EXACT)
        if not number.is_finite() or whole != whole.to_integral_value() or abs(whole) >= 10**precision:
            raise ValueError
        return int(whole)
    except decimal.DecimalException as error:
        raise ValueError from error
