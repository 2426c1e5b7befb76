"""DuckDB's own casts from text, for the values that no quick path knows: what a date in text means is what DuckDB says."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from translators.arrow import carrier

_KEPT = 10_000


class Casts:
    """A DuckDB without access to anything, and the latest answers of single casts; used by many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: duckdb.DuckDBPyConnection | None = None
        self._known: dict[tuple[str, str], int | None] = {}
        self._letters: dict[str, Mapping[int, str]] = {}

    def day(self, value: str) -> int:
        """Days since 1970. Raises ValueError where DuckDB takes `value` for no date, or for infinity."""
        return self._single(value, "DATE", "date_diff('day', DATE '1970-01-01', v)")

    def microsecond(self, value: str) -> int:
        """Microseconds since 1970. Raises ValueError."""
        return self._single(value, "TIMESTAMP", "epoch_us(v)")

    def of_day(self, words: str, day: int) -> Any:
        """What DuckDB's `words` say of the date `d`, a number of days since `e`, 1970."""
        return self._said(f"SELECT {words} FROM (SELECT DATE '1970-01-01' + $1::INTEGER AS d, DATE '1970-01-01' AS e)", day)

    def of_moment(self, microseconds: int) -> Any:
        """The text of a timestamp."""
        return self._said("SELECT make_timestamp($1::BIGINT)::VARCHAR", microseconds)

    def letters(self, function: str) -> Mapping[int, str]:
        """The letters that DuckDB's `lower` or `upper` changes: it goes code point by code point, whatever the locale."""
        with self._lock:
            if function not in self._letters:
                rows = self._cursor().execute(
                    f"SELECT i, {function}(chr(i::INTEGER)) FROM range(128, 1114112) AS points(i)"
                    f" WHERE i NOT BETWEEN 55296 AND 57343 AND {function}(chr(i::INTEGER)) <> chr(i::INTEGER)"
                )
                ascii = {point: getattr(chr(point), function)() for point in range(128)}
                self._letters[function] = ascii | dict(rows.fetchall())
            return self._letters[function]

    def column(self, values: pa.Array, type: str) -> pa.Array:
        """Each text cast to `type`, NULL where it does not fit."""
        finite = "isfinite(c)" if type.startswith("TIMESTAMP") else "true"
        with self._lock:
            self._cursor().register("given", pa.table({"v": values}))
            try:
                relation = self._cursor().sql(
                    f"SELECT CASE WHEN {finite} THEN c END AS c FROM (SELECT TRY_CAST(v AS {type}) AS c FROM given)"
                )
                cast = relation.to_arrow_table().column(0).combine_chunks()
            finally:
                self._cursor().unregister("given")
        wanted = carrier(type)
        return cast if cast.type.equals(wanted) else cast.cast(wanted)

    def close(self) -> None:
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _single(self, value: str, type: str, number: str) -> int:
        with self._lock:
            if (value, type) not in self._known:
                if len(self._known) >= _KEPT:
                    self._known.clear()
                row = (
                    self._cursor()
                    .execute(f"SELECT CASE WHEN isfinite(v) THEN {number} END FROM (SELECT TRY_CAST($1 AS {type}) AS v)", [value])
                    .fetchall()
                )
                self._known[value, type] = row[0][0]
            found = self._known[value, type]
        if found is None:
            raise ValueError
        return found

    def _said(self, query: str, value: int) -> Any:
        with self._lock:
            return self._cursor().execute(query, [value]).fetchall()[0][0]

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if self._engine is None:
            self._engine = duckdb.connect(":memory:")
            for setting in (
                "TimeZone = 'UTC'",
                "threads = 1",
                "enable_external_access = false",
                "python_enable_replacements = false",
            ):
                self._engine.execute(f"SET {setting}")
        return self._engine
