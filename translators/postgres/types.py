"""PostgreSQL's types: what each is delivered as, and the SQL that delivers it.

| PostgreSQL | DuckDB | leaves the server as |
|---|---|---|
| bool, int2, int4, int8, float4, float8 | BOOLEAN … DOUBLE | itself |
| numeric(p, s), p <= 38 and 0 <= s <= p | DECIMAL(p,s) | text (the driver's own decoding of numeric is half as fast) |
| any other numeric | DECIMAL(38,10), and a value that does not fit is an error | text |
| text, varchar | VARCHAR | itself |
| char(n), name, enums, citext, json, jsonb, and every type not named here | VARCHAR | text |
| uuid | UUID | text |
| bytea, date, time, timestamp, timestamptz, interval | BLOB, DATE … INTERVAL | itself |
| arrays of the above | a list of theirs | itself or text[]; a second column tells of more dimensions than one |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from planner.types import decimal_parts

UNBOUNDED = "unbounded"
"""Fact: a numeric column whose values may hold more digits than the type they are delivered as."""

DECLARED = "declared"
"""Fact: a column whose type the configuration declares; it is read as text and nothing is asked of it but IS NULL."""

NULLIFIED = "nullified"
"""Fact: a column that may hold what its type cannot, which then reads as NULL (onMismatch: nullify). PostgreSQL would see the
value, so nothing is asked of it there, not even IS NULL."""

NONDETERMINISTIC = "nondeterministic"
"""Fact: a text column whose collation calls different strings equal."""

UNORDERED = "unordered"
"""Fact: a text column of a database whose encoding is not UTF8, where bytes do not order as in DuckDB."""

C_COLLATION = "collation:C"
"""Fact: a text column that PostgreSQL already compares byte by byte."""

LABEL = "label:"
"""Prefix of the facts that name the values of an enum column."""

BASE = "type:"
"""Prefix of the fact that names the column's base type in pg_type (`type:int4`, `type:_text`), domains resolved."""

_SIMPLE = {
    "bool": "BOOLEAN",
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "text": "VARCHAR",
    "varchar": "VARCHAR",
    "uuid": "UUID",
    "bytea": "BLOB",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "interval": "INTERVAL",
}

_HOME = {
    "BOOLEAN": "bool",
    "TINYINT": "int2",
    "SMALLINT": "int2",
    "INTEGER": "int4",
    "BIGINT": "int8",
    "HUGEINT": "numeric",
    "FLOAT": "float4",
    "DOUBLE": "float8",
    "VARCHAR": "text",
    "UUID": "uuid",
    "BLOB": "bytea",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "INTERVAL": "interval",
}

_BOUNDED = frozenset({"DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"})


@dataclass(frozen=True)
class NativeType:
    """One row of pg_type, by what matters here: `base` is the base type's name, `element` that of an array's elements."""

    base: str
    modifier: int = -1
    element: str | None = None


def delivered(native: NativeType) -> tuple[str, frozenset[str]]:
    """The DuckDB type that values of `native` arrive as, and the facts that follow from the type alone."""
    if native.element is not None:
        inner, facts = delivered(NativeType(native.element, native.modifier))
        return f"{inner}[]", frozenset({BASE + native.base}) | (facts & {UNBOUNDED})
    if native.base == "numeric":
        precision, scale = _numeric_parts(native.modifier)
        if precision is not None and precision <= 38 and 0 <= scale <= precision:
            return f"DECIMAL({precision},{scale})", frozenset({BASE + "numeric"})
        return "DECIMAL(38,10)", frozenset({BASE + "numeric", UNBOUNDED})
    return _SIMPLE.get(native.base, "VARCHAR"), frozenset({BASE + native.base})


def declare(natural: str, facts: frozenset[str], declared: str) -> tuple[str, frozenset[str]]:
    """The type and facts of a column whose type the configuration declares."""
    if declared == natural:
        return natural, facts
    if decimal_parts(natural) and decimal_parts(declared):
        return declared, facts | {UNBOUNDED}
    return declared, facts | {DECLARED}


def may_misfit(type: str, facts: frozenset[str]) -> bool:
    """Whether a column of `type` may hold a value that does not fit it: infinite dates, NaN, 24:00, arrays of two dimensions."""
    element = element_type(type)
    return element is not None or DECLARED in facts or decimal_parts(type) is not None or type in _BOUNDED


def base_type(facts: frozenset[str]) -> str:
    """The name in pg_type that introspection found, `text` where there is none."""
    return next((fact[len(BASE) :] for fact in facts if fact.startswith(BASE)), "text")


def home(type: str) -> str | None:
    """The PostgreSQL type in which values of a DuckDB type are computed; None for the types that are only delivered."""
    return "numeric" if decimal_parts(type) else _HOME.get(type)


def read_as_text(type: str) -> bool:
    """Whether values of a (computed) DuckDB type leave the server as text."""
    return bool(decimal_parts(type)) or type in ("HUGEINT", "UUID")


def leaves_as_itself(base: str, type: str) -> bool:
    """Whether a column of the PostgreSQL type `base` is delivered as `type` by the driver."""
    return _SIMPLE.get(base) == type and not read_as_text(type)


def element_type(type: str) -> str | None:
    """The element's type of a list type, None for any other."""
    return type[:-2] if type.endswith("[]") else None


def literal_text(value: str) -> str:
    """`value` as a string constant. Backslashes are plain where standard_conforming_strings is on, as it is in every session."""
    return "'" + value.replace("'", "''") + "'"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def declared_columns(declared: Mapping[str, Mapping[str, str]], schema: str, table: str) -> Mapping[str, str]:
    """The declared types of one table's columns, by name in lower case; `schema.table` goes before `table`."""
    for name in (f"{schema}.{table}", table):
        for known, columns in declared.items():
            if known.lower() == name.lower():
                return {column.lower(): _spelled(type) for column, type in columns.items()}
    return {}


def _spelled(type: str) -> str:
    parts = re.fullmatch(r"(?i)\s*(?:decimal|numeric)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)\s*", type)
    return f"DECIMAL({parts[1]},{parts[2] or 0})" if parts else type.strip().upper() if type.replace(" ", "").isalpha() else type


def _numeric_parts(modifier: int) -> tuple[int | None, int]:
    if modifier < 4:
        return None, 0
    packed = modifier - 4
    scale = packed & 0x7FF
    return (packed >> 16) & 0xFFFF, scale - 2048 if scale >= 1024 else scale
