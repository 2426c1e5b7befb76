"""What a sample of documents tells of a collection's fields, as statistics of its columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bson import ObjectId

from planner.catalog import Column
from planner.statistics import ColumnStatistics, TableStatistics, Value, value

_FEWEST_ROWS = 20
"""Documents of a sample from which on it tells how values are spread."""

_MOST_COMMON = 20
_BOUNDS = 21
_LONGEST_TEXT = 200
_PIECE_BYTES = 12
"""About what a field of a sub-document or an item of an array adds to a value's width."""


def sampled(columns: Iterable[Column], documents: Sequence[Mapping[str, Any]], rows: int) -> TableStatistics:
    """The statistics of `columns` by `documents`, a random sample of `rows` documents or all of them."""
    found = (
        (column.name, _column(column, [document.get(column.stored_as) for document in documents], rows)) for column in columns
    )
    return TableStatistics(rows=rows, columns=tuple(found) if documents else (), origin="collection count")


def grown(statistics: TableStatistics, rows: int, bytes: int | None) -> TableStatistics:
    """The same for a collection that has `rows` documents by now: counts of values that grew with it grow on."""
    before = statistics.rows or 0
    columns = statistics.columns
    if before and rows != before:
        columns = tuple(
            (name, replace(column, distinct=column.distinct * rows / before))
            if column.distinct is not None and column.distinct > before / 10
            else (name, column)
            for name, column in columns
        )
    return replace(statistics, rows=rows, bytes=bytes, columns=columns)


def _column(column: Column, values: Sequence[Any], rows: int) -> ColumnStatistics:
    present = [each for each in values if each is not None]
    widths = [_width(each) for each in present]
    nulls = 1 - len(present) / len(values)
    width = sum(widths) / len(widths) if widths else None
    comparable = [known for each in present if (known := _value(each)) is not None]
    whole = len(values) >= rows
    if len(comparable) < len(present) or not comparable or (not whole and len(values) < _FEWEST_ROWS):
        return ColumnStatistics(null_fraction=nulls, width_bytes=width)
    counts = Counter(comparable)
    once = sum(1 for count in counts.values() if count == 1)
    # Haas and Stokes' estimator, as PostgreSQL's ANALYZE uses it.
    filled = rows * (1 - nulls)
    size = len(comparable)
    distinct = len(counts) if whole or not once else size * len(counts) / (size - once + once * size / max(filled, size))
    kept = _common(counts, len(values), whole or not once)
    others = sorted((each for each in comparable if each not in kept), key=lambda each: (isinstance(each, str), each))
    return ColumnStatistics(
        null_fraction=nulls,
        distinct=distinct,
        minimum=others[0] if whole and others and not kept else None,
        maximum=others[-1] if whole and others and not kept else None,
        common=tuple((each, count / len(values)) for each, count in kept.items()),
        bounds=_bounds(others),
        width_bytes=width,
    )


def _common(counts: Counter[Value], size: int, complete: bool) -> dict[Value, int]:
    """The values that are clearly more frequent than the others; all of them, where there are few and the sample has them all."""
    most = counts.most_common(_MOST_COMMON)
    if complete and len(counts) <= _MOST_COMMON:
        return dict(most)
    usual = size / len(counts)
    return {each: count for each, count in most if count > 1 and count > 1.25 * usual}


def _bounds(ordered: Sequence[Value]) -> tuple[Value, ...]:
    if len(ordered) < 2:
        return ()
    count = min(len(ordered), _BOUNDS)
    return tuple(ordered[round(index * (len(ordered) - 1) / (count - 1))] for index in range(count))


def _value(found: Any) -> Value | None:
    if isinstance(found, ObjectId):
        return str(found)
    if hasattr(found, "to_decimal"):
        return value(found.to_decimal())
    known = value(found)
    return known[:_LONGEST_TEXT] if isinstance(known, str) else known


def _width(found: Any) -> float:
    """The bytes of a value as it is delivered, about."""
    if isinstance(found, str):
        return len(found.encode())
    if isinstance(found, bytes):
        return len(found)
    if isinstance(found, Mapping):
        return sum(_PIECE_BYTES / 2 + _width(each) for each in found.values())
    if isinstance(found, list):
        return sum(_PIECE_BYTES / 2 + _width(each) for each in found)
    return 24 if isinstance(found, ObjectId) else 8
