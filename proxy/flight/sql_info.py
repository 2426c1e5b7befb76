"""GetSqlInfo: what drivers ask of a server before anything else.

Every standard id has a value: the JDBC driver fails on those that are missing, and the ADBC driver crashes on another schema.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pyarrow as pa

_STRING, _BOOL, _BIGINT, _INT32, _STRINGS, _MAP = range(6)
_VALUES = (
    pa.field("string_value", pa.string()),
    pa.field("bool_value", pa.bool_()),
    pa.field("bigint_value", pa.int64()),
    pa.field("int32_bitmask", pa.int32()),
    pa.field("string_list", pa.list_(pa.field("string_data", pa.string()))),
    pa.field("int32_to_int32_list_map", pa.map_(pa.int32(), pa.list_(pa.field("$data$", pa.int32())))),
)
SCHEMA = pa.schema([pa.field("info_name", pa.uint32(), nullable=False), pa.field("value", pa.dense_union(_VALUES))])

STATEMENT_TIMEOUT_MS = 3_600_000
"""How long a prepared statement is kept after its last use."""

_CASE_INSENSITIVE = 1
_NULLS_AT_END = 3
_ALL_GRAMMAR = 0b111
_FULL_OUTER_JOINS = 2
_FORWARD_ONLY = 0b10
_READ_ONLY = 0b10

# XDBC conversions: bigint, bit, char, date, decimal, float, integer, numeric, real, smallint, time, timestamp, tinyint,
# varbinary, varchar
_NUMBERS = (0, 2, 5, 6, 7, 12, 13, 14, 16 + 1)
_TEXT = (3, 19)
_CONVERSIONS: dict[int, list[int]] = {
    **{number: [*_NUMBERS, *_TEXT] for number in _NUMBERS},
    **{text: [*_NUMBERS, *_TEXT, 4, 15, 16, 18] for text in _TEXT},
    4: [*_TEXT, 4, 16],
    15: [*_TEXT, 15],
    16: [*_TEXT, 4, 15, 16],
    18: [*_TEXT, 18],
}

_KEYWORDS = [
    *("ANTI", "ASOF", "COLUMNS", "DESCRIBE", "EXCLUDE", "ILIKE", "GLOB", "LIMIT", "MACRO", "MAP", "OFFSET", "PIVOT"),
    *("POSITIONAL", "QUALIFY", "REPLACE", "SAMPLE", "SEMI", "SHOW", "STRUCT", "SUMMARIZE", "TRY_CAST", "UNPIVOT", "USING"),
]
_NUMERIC = [
    *("ABS", "ACOS", "ASIN", "ATAN", "ATAN2", "CEILING", "COS", "COT", "DEGREES", "EXP", "FLOOR", "LN", "LOG", "LOG10"),
    *("MOD", "PI", "POW", "POWER", "RADIANS", "RANDOM", "ROUND", "SIGN", "SIN", "SQRT", "TAN", "TRUNC"),
]
_STRINGS_FUNCTIONS = [
    *("ASCII", "CHR", "CONCAT", "CONTAINS", "ENDS_WITH", "LEFT", "LENGTH", "LOWER", "LPAD", "LTRIM", "POSITION"),
    *("REGEXP_MATCHES", "REGEXP_REPLACE", "REPEAT", "REPLACE", "REVERSE", "RIGHT", "RPAD", "RTRIM", "SPLIT_PART"),
    *("STARTS_WITH", "STRPOS", "SUBSTRING", "TRIM", "UPPER"),
]
_SYSTEM = ["COALESCE", "IFNULL", "NULLIF", "TYPEOF"]
_DATETIME = [
    *("AGE", "CURRENT_DATE", "DATE_DIFF", "DATE_PART", "DATE_TRUNC", "DAYNAME", "EXTRACT", "HOUR", "MAKE_DATE", "MINUTE"),
    *("MONTH", "MONTHNAME", "NOW", "QUARTER", "SECOND", "STRFTIME", "STRPTIME", "TODAY", "WEEK", "YEAR"),
]


def _version() -> str:
    try:
        return version("foz")
    except PackageNotFoundError:
        return "0"


def _values() -> dict[int, tuple[int, Any]]:
    """Id → (member of the union, value), for every id of the standard."""
    values: dict[int, tuple[int, Any]] = {
        0: (_STRING, "Foz"),
        1: (_STRING, _version()),
        2: (_STRING, pa.__version__),
        3: (_BOOL, True),  # read only
        4: (_BOOL, True),  # SQL
        5: (_BOOL, False),  # Substrait
        6: (_STRING, None),
        7: (_STRING, None),
        8: (_INT32, 0),  # no transactions
        9: (_BOOL, True),  # cancel
        10: (_BOOL, False),  # no bulk ingestion
        11: (_BOOL, False),  # nor in a transaction
        100: (_INT32, STATEMENT_TIMEOUT_MS),
        101: (_INT32, 0),
        503: (_INT32, _CASE_INSENSITIVE),
        504: (_STRING, '"'),
        505: (_INT32, _CASE_INSENSITIVE),
        507: (_INT32, _NULLS_AT_END),
        508: (_STRINGS, _KEYWORDS),
        509: (_STRINGS, _NUMERIC),
        510: (_STRINGS, _STRINGS_FUNCTIONS),
        511: (_STRINGS, _SYSTEM),
        512: (_STRINGS, _DATETIME),
        513: (_STRING, "\\"),
        514: (_STRING, ""),
        517: (_MAP, list(_CONVERSIONS.items())),
        522: (_INT32, 0b11),  # GROUP BY: unrelated, beyond select
        525: (_INT32, _ALL_GRAMMAR),
        526: (_INT32, 0b1),  # ANSI 92 entry level
        528: (_INT32, _FULL_OUTER_JOINS),
        529: (_STRING, "schema"),
        530: (_STRING, "procedure"),
        531: (_STRING, "catalog"),
        533: (_INT32, 0),  # schemas in procedure calls, index and privilege definitions: none of these exists
        534: (_INT32, 0),
        535: (_INT32, 0),  # positioned commands
        538: (_INT32, 0b1111),  # subqueries in comparisons, EXISTS, IN, quantifieds
        540: (_INT32, 0b11),  # UNION, UNION ALL
        562: (_INT32, 0),  # isolation: none
        564: (_INT32, 0b1),
        567: (_INT32, _FORWARD_ONLY),
        568: (_INT32, 0),
        569: (_INT32, _READ_ONLY),
        570: (_INT32, 0),
        571: (_INT32, 0),
    }
    supported = {506, 515, 516, 518, 520, 521, 523, 524, 532, 539, 574}
    unsupported = {500, 501, 502, 519, 527, 536, 537, 556, 563, 565, 566, 572, 573, 575, 576}
    values |= {id: (_BOOL, id in supported) for id in supported | unsupported}
    # Maximum lengths and counts: 0 where there is none or none is known.
    values |= {id: (_BIGINT, 0) for id in range(541, 562) if id not in values}
    return dict(sorted(values.items()))


@cache
def _everything() -> tuple[pa.Table, dict[int, int]]:
    values = _values()
    members: list[list[Any]] = [[] for _ in _VALUES]
    codes, offsets = [], []
    for member, value in values.values():
        codes.append(member)
        offsets.append(len(members[member]))
        members[member].append(value)
    union = pa.UnionArray.from_dense(
        pa.array(codes, pa.int8()),
        pa.array(offsets, pa.int32()),
        [pa.array(held, field.type) for held, field in zip(members, _VALUES, strict=True)],
        [field.name for field in _VALUES],
    )
    table = pa.Table.from_arrays([pa.array(list(values), pa.uint32()), union], schema=SCHEMA)
    return table, {id: row for row, id in enumerate(values)}


def table(ids: Iterable[int]) -> pa.Table:
    """The values of `ids` in their order, every one for none; an id that Foz does not know is left out."""
    held, rows = _everything()
    wanted = list(dict.fromkeys(ids))
    return held.take(pa.array([rows[id] for id in wanted if id in rows], pa.int64())) if wanted else held
