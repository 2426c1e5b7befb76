"""What leaves Foz: plain Arrow types, in batches that every client can take.

Clients stumble over HUGEINT's carrier, dictionaries, views, and DuckDB types without an Arrow counterpart. An integer sum is
delivered as BIGINT and raises where it does not fit; what Arrow cannot carry is delivered as its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import pyarrow as pa

from planner.errors import SizeLimit, SqlType
from planner.plan import Field
from translators.arrow import bytes_of, carrier, quoted

_HUGE = re.compile(r'"(?:[^"]|"")*"|\bU?HUGEINT\b')
"""HUGEINT in a type's text, or a quoted name, which may hold anything."""

MAX_BATCH_BYTES = 3 << 20
MAX_ROW_BYTES = 16 << 20
_TARGET_BYTES = 5 * MAX_BATCH_BYTES // 6


@lru_cache(maxsize=4096)
def delivered_schema(columns: tuple[Field, ...]) -> pa.Schema:
    """The Arrow schema of an answer with these columns (names and DuckDB types), every column nullable."""
    return pa.schema([pa.field(column.name, delivered_type(column.type)) for column in columns])


@lru_cache(maxsize=4096)
def delivered_type(type: str) -> pa.DataType:
    """The Arrow type in which values of a DuckDB type are delivered; text for those that Arrow has no type for."""
    try:
        return carrier(_HUGE.sub(_as_bigint, type))
    except KeyError:
        return pa.string()


def delivered_columns(columns: Sequence[Field]) -> tuple[Field, ...]:
    """The columns with the DuckDB types that are delivered: BIGINT for HUGEINT, VARCHAR for what Arrow cannot carry."""
    return tuple(
        Field(column.name, _HUGE.sub(_as_bigint, column.type) if is_carried(column.type) else "VARCHAR") for column in columns
    )


def _as_bigint(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith('"') else "BIGINT"


def with_deliverable_types(residual: str, columns: Sequence[Field]) -> str:
    """The residual query with the columns cast to text that Arrow cannot carry; as it is where there are none."""
    if all(is_carried(column.type) for column in columns):
        return residual
    names = [quoted(f"c{position}") for position in range(len(columns))]
    selected = (
        name if is_carried(column.type) else f"CAST({name} AS VARCHAR)" for name, column in zip(names, columns, strict=True)
    )
    return f"SELECT {', '.join(selected)} FROM ({residual}) AS answer({', '.join(names)})"


def delivered(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The batches in `schema`, none above 3 MiB but for a single row of up to 16 MiB. Raises SqlType, SizeLimit."""
    for batch in batches:
        yield from _sized(_cast(batch, schema))


def _cast(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    if batch.schema.equals(schema):
        return batch
    columns = []
    for array, field in zip(batch.columns, schema, strict=True):
        if array.type != field.type:
            try:
                array = array.cast(field.type)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                raise SqlType(
                    f"A value of the column {field.name} does not fit {field.type}. Cast the column, for instance to DOUBLE.",
                    column=field.name,
                ) from error
        columns.append(array)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _sized(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    size = bytes_of(batch)
    if size <= MAX_BATCH_BYTES:
        if batch.num_rows:
            yield batch
        return
    if batch.num_rows == 1:
        if size > MAX_ROW_BYTES:
            raise SizeLimit(f"A row of the answer has {size} bytes; at most {MAX_ROW_BYTES} can be sent.")
        yield batch
        return
    rows = max(1, min(batch.num_rows // 2 + batch.num_rows % 2, batch.num_rows * _TARGET_BYTES // size))
    for start in range(0, batch.num_rows, rows):
        yield from _sized(batch.slice(start, rows))


def is_carried(type: str) -> bool:
    """Whether Arrow has a type for values of the DuckDB type."""
    try:
        carrier(type)
    except KeyError:
        return False
    return True
