"""From a column's declaration in SQLite to the DuckDB type of its values, and how values of a type travel out of SQLite.

| declared | type |
|---|---|
| …INT… | BIGINT |
| BOOL, BOOLEAN | BOOLEAN |
| REAL, FLOA…, DOUB…; NUMERIC and DECIMAL without a precision | DOUBLE |
| NUMERIC(p,s), DECIMAL(p,s) | DECIMAL(p,s) |
| …CHAR…, …CLOB…, …TEXT…, JSON | VARCHAR |
| DATE / TIME / DATETIME, TIMESTAMP / TIMESTAMPTZ | DATE / TIME / TIMESTAMP / TIMESTAMP WITH TIME ZONE |
| UUID, GUID | UUID |
| …BLOB…, BYTEA, BINARY | BLOB |
| nothing, ANY, or another word | VARCHAR: numbers as SQLite writes them |
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Affinity = Literal["INTEGER", "TEXT", "BLOB", "REAL", "NUMERIC"]

Kind = Literal["integer", "double", "text", "boolean", "blob", "date", "timestamp", "decimal", "number", "written", "null"]
"""How a value looks in SQLite once it is guarded.

integer, double, text, blob: as they are; boolean: 0 or 1; date: days, timestamp: microseconds since 1970; decimal: the number
times 10 to the power of its scale; number, written: as stored, made into its type after reading, of no use inside SQLite."""

RANGES = {
    "TINYINT": (-(2**7), 2**7 - 1),
    "SMALLINT": (-(2**15), 2**15 - 1),
    "INTEGER": (-(2**31), 2**31 - 1),
    "UTINYINT": (0, 2**8 - 1),
    "USMALLINT": (0, 2**16 - 1),
    "UINTEGER": (0, 2**32 - 1),
    "UBIGINT": (0, None),
    "UHUGEINT": (0, None),
    "BIGINT": (None, None),
    "HUGEINT": (None, None),
}

_EXACT = {
    "BOOL": "BOOLEAN",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "TIME": "TIME",
    "DATETIME": "TIMESTAMP",
    "TIMESTAMP": "TIMESTAMP",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP WITH TIME ZONE",
    "JSON": "VARCHAR",
    "UUID": "UUID",
    "GUID": "UUID",
    "NUMERIC": "DOUBLE",
    "DECIMAL": "DOUBLE",
    "BYTEA": "BLOB",
    "BINARY": "BLOB",
    "VARBINARY": "BLOB",
    "ANY": "VARCHAR",
}


def affinity(declared: str) -> Affinity:
    """SQLite's own rule (its documentation, "Determination Of Column Affinity")."""
    name = declared.upper()
    if "INT" in name:
        return "INTEGER"
    if any(part in name for part in ("CHAR", "CLOB", "TEXT")):
        return "TEXT"
    if not name or "BLOB" in name:
        return "BLOB"
    return "REAL" if any(part in name for part in ("REAL", "FLOA", "DOUB")) else "NUMERIC"


def column_type(declared: str) -> str:
    """The DuckDB type that a declaration means."""
    name, _, arguments = " ".join(declared.upper().split()).partition("(")
    name = name.strip()
    if name in ("NUMERIC", "DECIMAL") and arguments:
        numbers = [int(part) for part in re.findall(r"\d+", arguments)]
        precision, scale = (numbers[0], numbers[1] if len(numbers) > 1 else 0) if numbers else (0, 0)
        return f"DECIMAL({precision},{scale})" if 0 < precision <= 38 and scale <= precision else "DOUBLE"
    if name in _EXACT:
        return _EXACT[name]
    of = affinity(declared)
    return {"INTEGER": "BIGINT", "TEXT": "VARCHAR", "REAL": "DOUBLE", "BLOB": "BLOB" if name else "VARCHAR"}.get(of, "VARCHAR")


@dataclass(frozen=True)
class Decimal:
    precision: int
    scale: int


def decimal(type: str) -> Decimal | None:
    found = re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", type)
    return Decimal(int(found[1]), int(found[2])) if found else None


def kind(type: str) -> Kind:
    """How values of a DuckDB type travel."""
    if type in RANGES:
        return "integer"
    parts = decimal(type)
    if parts is not None:
        return "decimal" if parts.precision <= 18 else "number"
    plain: dict[str, Kind] = {
        "DOUBLE": "double",
        "VARCHAR": "text",
        "BOOLEAN": "boolean",
        "BLOB": "blob",
        "DATE": "date",
        "TIMESTAMP": "timestamp",
        "FLOAT": "number",
    }
    return plain.get(type, "written")
