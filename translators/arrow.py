"""DuckDB types as Arrow carries them between a store, the residual engine and the client.

A *carrier* is the Arrow type in which values of a DuckDB type travel. Most are the obvious ones. UUID, HUGEINT and the like have
no plain Arrow type: they travel as text or decimal128 and are cast back where they enter the residual.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import pyarrow as pa
from sqlglot import exp
from sqlglot.errors import SqlglotError

from planner.plan import Field

_PLAIN: dict[str, pa.DataType] = {
    "BOOLEAN": pa.bool_(),
    "TINYINT": pa.int8(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "UTINYINT": pa.uint8(),
    "USMALLINT": pa.uint16(),
    "UINTEGER": pa.uint32(),
    "UBIGINT": pa.uint64(),
    "HUGEINT": pa.decimal128(38, 0),
    "UHUGEINT": pa.decimal128(38, 0),
    "FLOAT": pa.float32(),
    "DOUBLE": pa.float64(),
    "VARCHAR": pa.string(),
    "JSON": pa.string(),
    "UUID": pa.string(),
    "BLOB": pa.binary(),
    "DATE": pa.date32(),
    "TIME": pa.time64("us"),
    "TIMESTAMP": pa.timestamp("us"),
    "TIMESTAMP_S": pa.timestamp("s"),
    "TIMESTAMP_MS": pa.timestamp("ms"),
    "TIMESTAMP_NS": pa.timestamp("ns"),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC"),
    "INTERVAL": pa.month_day_nano_interval(),
    '"NULL"': pa.int32(),
}

_NESTED_NULL = re.compile(r'"NULL"(?=(?:\[\d*\])*(?:,|\)|$))')
"""The type of elements that are all NULL (`"NULL"[]`): sqlglot cannot read it. A field of that name is followed by its type."""

_CAST_BACK = ("UUID", "HUGEINT", "UHUGEINT", "JSON")
"""Types whose carrier DuckDB would read as another type."""


@lru_cache(maxsize=4096)
def carrier(type: str) -> pa.DataType:
    """The Arrow type that carries the DuckDB type `type`. Raises KeyError where none does (UNION, VARIANT, BIT)."""
    plain = _PLAIN.get(type)
    if plain is not None:
        return plain
    try:
        node = exp.DataType.build(_NESTED_NULL.sub("INTEGER", type), dialect="duckdb")
    except SqlglotError:
        raise KeyError(type) from None
    if node.this in (exp.DType.LIST, exp.DType.ARRAY):
        return pa.list_(carrier(_text(node.expressions[0])))
    if node.this == exp.DType.STRUCT:
        return pa.struct([(part.this.name, carrier(_text(part.args["kind"]))) for part in node.expressions])
    if node.this == exp.DType.MAP:
        key, value = node.expressions
        return pa.map_(carrier(_text(key)), carrier(_text(value)))
    if node.this == exp.DType.DECIMAL:
        precision, scale = (int(part.name) for part in node.expressions) if node.expressions else (18, 3)
        return pa.decimal128(precision, scale)
    spelled = _text(node)
    if spelled in _PLAIN and spelled != type:
        return _PLAIN[spelled]
    raise KeyError(type)


def cast_back(type: str) -> bool:
    """Whether a column of this type must be cast to it after DuckDB has read its carrier."""
    return any(name in type for name in _CAST_BACK)


def schema(fields: Iterable[Field]) -> pa.Schema:
    """The Arrow schema in which rows of `fields` travel, every column nullable."""
    return _schema(tuple(fields))


@lru_cache(maxsize=4096)
def _schema(fields: tuple[Field, ...]) -> pa.Schema:
    return pa.schema([pa.field(field.name, carrier(field.type)) for field in fields])


@lru_cache(maxsize=4096)
def duckdb_type(type: pa.DataType) -> str:
    """The DuckDB type that values of an Arrow type are read as. Raises KeyError where there is none."""
    for name, plain in _PLAIN.items():
        if plain.equals(type):
            return name
    if pa.types.is_large_string(type) or pa.types.is_string_view(type):
        return "VARCHAR"
    if pa.types.is_large_binary(type) or pa.types.is_binary_view(type) or pa.types.is_fixed_size_binary(type):
        return "BLOB"
    if pa.types.is_null(type):
        return '"NULL"'
    if pa.types.is_date64(type):
        return "TIMESTAMP_MS"
    if pa.types.is_time(type):
        return "TIME"
    if pa.types.is_float16(type):
        return "FLOAT"
    if pa.types.is_timestamp(type):
        if type.tz is not None:
            return "TIMESTAMP WITH TIME ZONE"
        return {"s": "TIMESTAMP_S", "ms": "TIMESTAMP_MS", "us": "TIMESTAMP", "ns": "TIMESTAMP_NS"}[type.unit]
    if pa.types.is_decimal(type) and type.precision <= 38:
        return f"DECIMAL({type.precision},{type.scale})"
    if pa.types.is_dictionary(type):
        return duckdb_type(type.value_type)
    if pa.types.is_map(type):
        return f"MAP({duckdb_type(type.key_type)}, {duckdb_type(type.item_type)})"
    if pa.types.is_struct(type):
        fields = (type.field(index) for index in range(type.num_fields))
        return f"STRUCT({', '.join(f'{quoted(field.name)} {duckdb_type(field.type)}' for field in fields)})"
    if pa.types.is_list(type) or pa.types.is_large_list(type) or pa.types.is_list_view(type) or pa.types.is_fixed_size_list(type):
        return f"{duckdb_type(type.value_type)}[]"
    raise KeyError(str(type))


def quoted(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _text(node: exp.Expression) -> str:
    spelled = node.sql(dialect="duckdb")
    return {
        "TEXT": "VARCHAR",
        "INT": "INTEGER",
        "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
        "REAL": "FLOAT",
        "INT128": "HUGEINT",
        "UINT128": "UHUGEINT",
    }.get(spelled, spelled)


_SMALL_BYTES = 64 << 10


def bytes_of(batch: pa.RecordBatch) -> int:
    """The bytes of the rows of `batch`. Where its buffers are small as a whole, theirs: `nbytes` takes 15 µs to look closer."""
    whole: int = batch.get_total_buffer_size()
    return whole if whole < _SMALL_BYTES else int(batch.nbytes)
