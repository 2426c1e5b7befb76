"""How many bytes a value of a type takes in an Arrow batch."""

from __future__ import annotations

from sqlglot import exp

from planner.statistics import ColumnStatistics

_FIXED = {
    **dict.fromkeys(("BOOLEAN",), 1 / 8),
    **dict.fromkeys(("TINYINT", "UTINYINT"), 1.0),
    **dict.fromkeys(("SMALLINT", "USMALLINT"), 2.0),
    **dict.fromkeys(("INTEGER", "UINTEGER", "FLOAT", "DATE"), 4.0),
    **dict.fromkeys(("BIGINT", "UBIGINT", "DOUBLE", "TIME"), 8.0),
    **dict.fromkeys(("HUGEINT", "UHUGEINT", "INTERVAL"), 16.0),
    "UUID": 40.0,
}
_OFFSET = 4.0
"""What a value of varying width takes beside its bytes."""


def width_bytes(type: str, statistics: ColumnStatistics | None = None) -> float | None:
    """The mean bytes of a value of the DuckDB type `type`; None for a type of varying width of which no value was measured."""
    fixed = _FIXED.get(type)
    if fixed is not None:
        return fixed
    if type.startswith("DECIMAL"):
        return 16.0
    if type.startswith("TIMESTAMP"):
        return 8.0
    if statistics is not None and statistics.width_bytes is not None:
        return _OFFSET + statistics.width_bytes * (1 - (statistics.null_fraction or 0.0))
    return _structure(type) if type.startswith("STRUCT") else None


def _structure(type: str) -> float | None:
    """The sum of the fields' widths; None where one is not known."""
    total = 0.0
    for part in exp.DataType.build(type, dialect="duckdb").expressions:
        width = width_bytes(part.args["kind"].sql(dialect="duckdb")) if part.args.get("kind") is not None else None
        if width is None:
            return None
        total += width
    return total
