"""CommandGetXdbcTypeInfo: the SQL types of the dialect, described as ODBC and JDBC describe types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from planner.catalog import Catalog

SCHEMA = pa.schema(
    [
        pa.field("type_name", pa.string(), nullable=False),
        pa.field("data_type", pa.int32(), nullable=False),
        pa.field("column_size", pa.int32()),
        pa.field("literal_prefix", pa.string()),
        pa.field("literal_suffix", pa.string()),
        pa.field("create_params", pa.list_(pa.field("item", pa.string(), nullable=False))),
        pa.field("nullable", pa.int32(), nullable=False),
        pa.field("case_sensitive", pa.bool_(), nullable=False),
        pa.field("searchable", pa.int32(), nullable=False),
        pa.field("unsigned_attribute", pa.bool_()),
        pa.field("fixed_prec_scale", pa.bool_(), nullable=False),
        pa.field("auto_increment", pa.bool_()),
        pa.field("local_type_name", pa.string()),
        pa.field("minimum_scale", pa.int32()),
        pa.field("maximum_scale", pa.int32()),
        pa.field("sql_data_type", pa.int32(), nullable=False),
        pa.field("datetime_subcode", pa.int32()),
        pa.field("num_prec_radix", pa.int32()),
        pa.field("interval_precision", pa.int32()),
    ]
)

_NULLABLE = 1
_ANY_OPERATOR, _ALL_BUT_LIKE = 3, 2
_DATETIME = 9


@dataclass(frozen=True)
class _Type:
    """One row, in the order of the schema. `kind` is the XDBC type, `generic` the one that it counts among (None: itself)."""

    name: str
    kind: int
    size: int | None = None
    prefix: str | None = None
    suffix: str | None = None
    params: tuple[str, ...] | None = None
    text: bool = False
    unsigned: bool | None = None
    scale: tuple[int, int] | None = None
    generic: int | None = None
    subcode: int | None = None
    radix: int | None = None

    def row(self) -> tuple[Any, ...]:
        least, most = self.scale or (None, None)
        searchable = _ANY_OPERATOR if self.text else _ALL_BUT_LIKE
        increments = False if self.radix else None
        generic = self.kind if self.generic is None else self.generic
        return (
            *(self.name, self.kind, self.size, self.prefix, self.suffix, self.params, _NULLABLE, self.text, searchable),
            *(self.unsigned, False, increments, self.name, least, most, generic, self.subcode, self.radix, None),
        )


def _whole(name: str, kind: int, digits: int, unsigned: bool = False) -> _Type:
    return _Type(name, kind, digits, unsigned=unsigned, scale=(0, 0), radix=10)


def _moment(name: str, kind: int, size: int, subcode: int, prefix: str, fraction: int | None = None) -> _Type:
    scale = None if fraction is None else (fraction, fraction)
    return _Type(name, kind, size, f"{prefix} '", "'", generic=_DATETIME, subcode=subcode, scale=scale)


_TYPES = (
    _Type("BOOLEAN", -7, 1),
    _whole("TINYINT", -6, 3),
    _whole("UTINYINT", -6, 3, True),
    _whole("BIGINT", -5, 19),
    _whole("UBIGINT", -5, 20, True),
    _Type("BLOB", -3, None, "'", "'::BLOB"),
    _Type("LIST", 0),
    _Type("MAP", 0),
    _Type("STRUCT", 0),
    _Type("DECIMAL", 3, 38, params=("precision", "scale"), unsigned=False, scale=(0, 38), radix=10),
    _whole("INTEGER", 4, 10),
    _whole("UINTEGER", 4, 10, True),
    _whole("SMALLINT", 5, 5),
    _whole("USMALLINT", 5, 5, True),
    _Type("FLOAT", 7, 24, unsigned=False, radix=2),
    _Type("DOUBLE", 8, 53, unsigned=False, radix=2),
    _Type("INTERVAL", 10, None, "INTERVAL '", "'"),
    _Type("JSON", 12, None, "'", "'::JSON", text=True),
    _Type("UUID", 12, 36, "'", "'::UUID", text=True),
    _Type("VARCHAR", 12, None, "'", "'", text=True),
    _moment("DATE", 91, 10, 1, "DATE"),
    _moment("TIME", 92, 15, 2, "TIME", 6),
    _moment("TIMESTAMP", 93, 26, 3, "TIMESTAMP", 6),
    _moment("TIMESTAMP WITH TIME ZONE", 93, 32, 5, "TIMESTAMPTZ", 6),
    _moment("TIMESTAMP_MS", 93, 23, 3, "TIMESTAMP_MS", 3),
    _moment("TIMESTAMP_NS", 93, 29, 3, "TIMESTAMP_NS", 9),
    _moment("TIMESTAMP_S", 93, 19, 3, "TIMESTAMP_S", 0),
)


def rows(command: Any, catalog: Catalog) -> Iterator[tuple[Any, ...]]:
    """Every type, or those of one XDBC type, by that and then by name."""
    for type in sorted(_TYPES, key=lambda type: (type.kind, type.name)):
        if not command.HasField("data_type") or command.data_type == type.kind:
            yield type.row()
