"""What the driver gives, as the types that were asked for: whole columns at a time, and never a value changed in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from planner.errors import SourceData
from planner.plan import Field
from translators import arrow

MAX_BATCH_BYTES = 2_800_000

_DAYS = (-2_440_589, 2_145_042_906)
"""Days around 1970 that PostgreSQL's dates can be; its infinities arrive outside of them (adbc 1.13: wrapped around)."""

_MICROSECONDS = (-210_866_803_200_000_001, 2**63 - 1)
"""Microseconds around 1970 from PostgreSQL's first timestamp to DuckDB's last; later ones and infinity arrive wrapped around."""

_DAY_MICROSECONDS = (-1, 86_400_000_000)
"""Microseconds of a day: PostgreSQL has 24:00:00, which Arrow has not."""

_PLAIN = frozenset({"BOOLEAN", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "VARCHAR", "BLOB"})
"""Types whose values need no second look once they arrive in their carrier."""

OnMismatch = Literal["error", "nullify"]


class Converter:
    """Turns the batches of one read into batches of `translators.arrow.schema(outputs)`.

    `guards` names the list columns whose last, additional columns say which rows hold an array of more than one dimension.
    """

    def __init__(self, outputs: Sequence[Field], guards: Sequence[str], on_mismatch: OnMismatch, source: str) -> None:
        self.schema = arrow.schema(outputs)
        self._outputs = tuple(outputs)
        self._guards = tuple(guards)
        self._plain = not guards and all(output.type in _PLAIN for output in outputs)
        self._on_mismatch = on_mismatch
        self._source = source

    def batches(self, arrived: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """The same rows, in pieces that stay below the limit of a message."""
        rows = arrived.num_rows
        if not rows:
            return
        if self._plain and arrow.bytes_of(arrived) <= MAX_BATCH_BYTES and arrived.schema.equals(self.schema):
            # The driver's notes on its fields stay behind.
            yield pa.RecordBatch.from_arrays(arrived.columns, schema=self.schema)
            return
        columns = [arrived.column(index) for index in range(len(self._outputs))]
        for offset, name in enumerate(self._guards):
            position = self.schema.get_field_index(name)
            columns[position] = self._unless_many_dimensions(
                columns[position], arrived.column(len(self._outputs) + offset), self._outputs[position]
            )
        converted = [self._column(column, field) for column, field in zip(columns, self._outputs, strict=True)]
        batch = pa.RecordBatch.from_arrays(converted, schema=self.schema) if converted else _rows_only(rows)
        pieces = -(-arrow.bytes_of(batch) // MAX_BATCH_BYTES)
        if pieces <= 1:
            yield batch
            return
        size = max(1, -(-rows // pieces))
        for start in range(0, rows, size):
            yield batch.slice(start, size)

    def _column(self, column: pa.Array, field: Field) -> pa.Array:
        target = self.schema.field(field.name).type
        if isinstance(column.type, pa.BaseExtensionType):
            column = column.storage
        column = self._finite(column, field)
        if column.type == target:
            return column
        try:
            return column.cast(target)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return self._mismatched(column, target, field)

    def _finite(self, column: pa.Array, field: Field) -> pa.Array:
        """The column, with infinite and unreachable dates and times found."""
        type = column.type
        if pa.types.is_list(type):
            inner = self._finite(column.values, field)
            if inner is column.values:
                return column
            return pa.ListArray.from_arrays(column.offsets, inner, type=type, mask=column.is_null())
        if pa.types.is_date32(type):
            bounds, integers = _DAYS, column.view(pa.int32())
        elif pa.types.is_timestamp(type):
            bounds, integers = _MICROSECONDS, column.view(pa.int64())
        elif pa.types.is_time64(type):
            bounds, integers = _DAY_MICROSECONDS, column.view(pa.int64())
        else:
            return column
        extremes = pc.min_max(integers)
        low, high = extremes["min"].as_py(), extremes["max"].as_py()
        if low is None or (low > bounds[0] and high < bounds[1]):
            return column
        if self._on_mismatch == "error":
            raise self._error(field, "an infinite date or time, or one that cannot be carried")
        inside = pc.and_(pc.greater(integers, bounds[0]), pc.less(integers, bounds[1]))
        return pc.if_else(inside, column, pa.scalar(None, type))

    def _unless_many_dimensions(self, column: pa.Array, many: pa.Array, field: Field) -> pa.Array:
        if not pc.any(many).as_py():
            return column
        if self._on_mismatch == "error":
            raise self._error(field, "an array of more than one dimension")
        return pc.if_else(many, pa.scalar(None, column.type), column)

    def _mismatched(self, column: pa.Array, target: pa.DataType, field: Field) -> pa.Array:
        if self._on_mismatch == "error":
            advice = ""
            if pa.types.is_decimal(target):
                advice = " Declare the column's type (sources.tables.columns in the configuration), or set onMismatch: nullify."
            raise self._error(field, "a value that does not fit", advice)
        return pa.concat_arrays([_cast_or_null(column.slice(index, 1), target) for index in range(len(column))])

    def _error(self, field: Field, what: str, advice: str = "") -> SourceData:
        message = f"Column {field.name} holds {what} (it is read as {field.type}).{advice}"
        return SourceData(message, source=self._source, column=field.name)


def _cast_or_null(one: pa.Array, target: pa.DataType) -> pa.Array:
    try:
        return one.cast(target)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.nulls(1, target)


def _rows_only(rows: int) -> pa.RecordBatch:
    """Rows without columns."""
    counted: Callable[..., Any] = pa.RecordBatch.from_struct_array
    return counted(pa.StructArray.from_arrays([], fields=[], mask=pa.array([False] * rows)))
