"""DuckDB's type names, read and written: what a column or a parameter may be."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from sqlglot import exp

from translators.arrow import quoted

_T = exp.DType

SPELLED: Mapping[exp.DType, str] = {
    _T.BOOLEAN: "BOOLEAN",
    _T.TINYINT: "TINYINT",
    _T.SMALLINT: "SMALLINT",
    _T.INT: "INTEGER",
    _T.BIGINT: "BIGINT",
    _T.INT128: "HUGEINT",
    _T.UTINYINT: "UTINYINT",
    _T.USMALLINT: "USMALLINT",
    _T.UINT: "UINTEGER",
    _T.UBIGINT: "UBIGINT",
    _T.UINT128: "UHUGEINT",
    _T.FLOAT: "FLOAT",
    _T.DOUBLE: "DOUBLE",
    _T.TEXT: "VARCHAR",
    _T.JSON: "JSON",
    _T.VARBINARY: "BLOB",
    _T.UUID: "UUID",
    _T.DATE: "DATE",
    _T.TIME: "TIME",
    _T.TIMESTAMPNTZ: "TIMESTAMP",
    _T.TIMESTAMP_S: "TIMESTAMP_S",
    _T.TIMESTAMP_MS: "TIMESTAMP_MS",
    _T.TIMESTAMP_NS: "TIMESTAMP_NS",
    _T.TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE",
    _T.INTERVAL: "INTERVAL",
}

_INTEGERS = (("INTEGER", 31), ("BIGINT", 63), ("HUGEINT", 127))
_LONGEST_NAME = 100_000
_LARGEST_PRECISION = 38


@lru_cache(maxsize=1024)
def data_type(name: str) -> exp.DataType | None:
    """The type that DuckDB calls `name`; None where a value of it cannot be sent as JSON, or there is no such type."""
    if len(name) > _LONGEST_NAME:
        return None
    try:
        node = exp.DataType.build(name, dialect="duckdb")
        spelled(node)
    except Exception:  # sqlglot fails in many ways on text that is no type: TypeError, AttributeError, its own
        return None
    return node


def spelled(type: exp.DataType) -> str:
    """The type as DuckDB writes it (`VARCHAR`, not `TEXT`). Raises KeyError for a type that is not among ours."""
    if type.this in (_T.LIST, _T.ARRAY):
        if type.args.get("values"):
            raise KeyError("an array of a fixed size")
        return f"{spelled(type.expressions[0])}[]"
    if type.this == _T.STRUCT:
        return f"STRUCT({', '.join(f'{quoted(name)} {spelled(kind)}' for name, kind in fields(type).items())})"
    if type.this == _T.MAP:
        key, value = type.expressions
        return f"MAP({spelled(key)}, {spelled(value)})"
    if type.this == _T.DECIMAL:
        precision, scale = digits(type)
        if not 0 <= scale <= precision <= _LARGEST_PRECISION or not precision:
            raise KeyError("a DECIMAL of too many digits")
        return f"DECIMAL({precision},{scale})"
    return SPELLED[type.this]


def fields(struct: exp.DataType) -> Mapping[str, exp.DataType]:
    """A STRUCT's fields. Raises KeyError where one has no name."""
    if not all(isinstance(field, exp.ColumnDef) and field.args.get("kind") for field in struct.expressions):
        raise KeyError("a STRUCT field without a name or a type")
    return {field.this.name: field.args["kind"] for field in struct.expressions}


def digits(decimal: exp.DataType) -> tuple[int, int]:
    """A DECIMAL's precision and scale; DuckDB's own where they are not given."""
    precision, scale = ([int(part.name) for part in decimal.expressions] + [0])[:2] if decimal.expressions else (18, 3)
    return precision, scale


def narrowest(number: int | Decimal) -> str:
    """The type that a number has as a literal: the first integer type that holds it, otherwise a DECIMAL of its digits.
    Raises ValueError where none holds it exactly."""
    if isinstance(number, int):
        for name, bits in _INTEGERS:
            if -(2**bits) <= number < 2**bits:
                return name
        raise ValueError("No integer type is this large.")
    _, found, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    scale = max(0, -exponent)
    precision = max(len(found) + max(0, exponent), scale, 1)
    if precision > _LARGEST_PRECISION:
        raise ValueError("A number may have at most 38 digits.")
    return f"DECIMAL({precision},{scale})"
