"""From SQLite's rows to Arrow batches of exactly the wanted schema."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from translators.sqlite.casts import Casts
from translators.sqlite.functions import scaled
from translators.sqlite.request import Delivery
from translators.sqlite.types import decimal as decimal_parts

_BATCH_BYTES = 3 << 20


class Unfit(Exception):
    """A value that was read but does not fit its column: which output, and the value as stored."""

    def __init__(self, output: int, value: Any) -> None:
        super().__init__(output)
        self.output = output
        self.value = value


def batches(
    rows: Sequence[tuple[Any, ...]], deliveries: Sequence[Delivery], wanted: pa.Schema, casts: Casts, lenient: bool
) -> Iterator[pa.RecordBatch]:
    """The rows as batches of at most 3 MiB, or of one row. Raises Unfit, or gives NULL where `lenient`."""
    columns = list(zip(*rows, strict=True))
    arrays, position = [], 0
    for output, (delivery, field) in enumerate(zip(deliveries, wanted, strict=True)):
        if delivery.width == 2:
            array = _sum(columns[position], columns[position + 1], delivery, field.type)
        else:
            array = _array(columns[position], delivery, field.type, casts, output, lenient)
        arrays.append(array)
        position += delivery.width
    yield from _parts(pa.RecordBatch.from_arrays(arrays, schema=wanted))


def _array(values: Sequence[Any], delivery: Delivery, wanted: pa.DataType, casts: Casts, output: int, lenient: bool) -> pa.Array:
    if delivery.kind in ("number", "written"):
        array = (
            _NUMBERS.get(delivery.type, _exact)(values, delivery)
            if delivery.kind == "number"
            else _written(values, delivery, casts)
        )
        if array.null_count and not lenient:
            for value, fits in zip(values, pc.is_valid(array).to_pylist(), strict=True):
                if value is not None and not fits:
                    raise Unfit(output, value)
        return array
    if delivery.kind == "date":
        return _whole(values, pa.int32()).cast(pa.date32())
    if delivery.kind == "timestamp":
        return _whole(values, pa.int64()).cast(pa.timestamp("us"))
    if delivery.kind == "boolean":
        return _whole(values, pa.int8()).cast(pa.bool_())
    if delivery.kind == "decimal":
        parts = decimal_parts(delivery.type)
        assert parts is not None
        return _scaled_back(values, parts.scale, wanted)
    if delivery.kind == "integer" and pa.types.is_decimal(wanted):
        return _whole(values, pa.int64()).cast(wanted)
    if delivery.kind == "null":
        return pa.nulls(len(values), wanted)
    return pa.array(values, wanted)


def _whole(values: Sequence[Any], type: pa.DataType) -> pa.Array:
    return pa.array(values, type)


def _sum(high: Sequence[Any], low: Sequence[Any], delivery: Delivery, wanted: pa.DataType) -> pa.Array:
    total = [None if upper is None else (upper << 32) + lower for upper, lower in zip(high, low, strict=True)]
    parts = decimal_parts(delivery.type)
    return _scaled_back(total, parts.scale if parts else 0, wanted)


def _scaled_back(values: Sequence[Any], scale: int, wanted: pa.DataType) -> pa.Array:
    """The values divided by 10 to the power of `scale`, as decimals."""
    if all(value is None or -(2**63) <= value < 2**63 for value in values):
        whole = pa.array(values, pa.int64()).cast(pa.decimal128(19, 0))
        # An unscaled integer is what a decimal's buffer holds: only the type's scale changes.
        return pa.Array.from_buffers(wanted, len(whole), whole.buffers(), whole.null_count)
    context = decimal.Context(prec=60)
    return pa.array([None if value is None else decimal.Decimal(value).scaleb(-scale, context) for value in values], wanted)


def _written(values: Sequence[Any], delivery: Delivery, casts: Casts) -> pa.Array:
    return casts.column(pa.array(values, pa.string()), delivery.type)


def _exact(values: Sequence[Any], delivery: Delivery) -> pa.Array:
    parts = decimal_parts(delivery.type)
    assert parts is not None
    whole: list[int | None] = []
    for value in values:
        try:
            whole.append(None if value is None else scaled(value, parts.precision, parts.scale))
        except ValueError:
            whole.append(None)
    return _scaled_back(whole, parts.scale, pa.decimal128(parts.precision, parts.scale))


def _single(values: Sequence[Any], delivery: Delivery) -> pa.Array:
    return pa.array([float(value) if isinstance(value, (int, float)) else None for value in values], pa.float64()).cast(
        pa.float32()
    )


_NUMBERS: dict[str, Callable[[Sequence[Any], Delivery], pa.Array]] = {"FLOAT": _single}


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    if batch.nbytes <= _BATCH_BYTES or batch.num_rows <= 1:
        yield batch
        return
    half = batch.num_rows // 2
    yield from _parts(batch.slice(0, half))
    yield from _parts(batch.slice(half))
