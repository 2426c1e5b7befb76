"""Arrow columns as text, a column at a time: the values of JSON and CSV.

Integers and booleans are bare, DECIMAL is text with all its digits, times are ISO 8601 (an offset-free UTC `Z` where the type has
a time zone, no fraction where it is zero), bytes base64, intervals ISO 8601 durations. DuckDB's infinite dates are `infinity`
and `-infinity`. Everything common is done by Arrow's kernels; the odd cell that they cannot spell goes through Python.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any, cast

import orjson
import pyarrow as pa
import pyarrow.compute as pc

_UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY_SECONDS = 86_400
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896
"""0001-01-01 and 9999-12-31 as days since 1970: what Arrow's own spelling is right for (it wraps at the year 32768)."""


def plain(column: pa.Array) -> pa.Array:
    """Each value's text without quotes, null where the value is null; nested values are JSON."""
    type = column.type
    if pa.types.is_dictionary(type):
        return plain(column.cast(type.value_type))
    if pa.types.is_string(type):
        return column
    if pa.types.is_large_string(type) or pa.types.is_string_view(type) or pa.types.is_null(type):
        return column.cast(pa.string())
    if pa.types.is_boolean(type) or pa.types.is_integer(type):
        return pc.cast(column, pa.string())
    if pa.types.is_floating(type):
        return _floats(column)
    if pa.types.is_decimal(type):
        return _decimals(column)
    if pa.types.is_date32(type):
        return _dates(column)
    if pa.types.is_date64(type):
        return _dates(column.cast(pa.date32()))
    if pa.types.is_timestamp(type):
        return _timestamps(column)
    if pa.types.is_time(type):
        return _times(column)
    if isinstance(type, pa.ExtensionType):
        return plain(column.storage)
    if pa.types.is_nested(type):
        return pc.if_else(column.is_valid(), json(column), pa.scalar(None, pa.string()))
    return _each(column, _ODD.get(str(type), _bytes))


def json(column: pa.Array) -> pa.Array:
    """Each value as JSON, `null` where it is null."""
    type = column.type
    if pa.types.is_null(type):
        return pa.repeat(pa.scalar("null"), len(column))
    if pa.types.is_map(type):
        pairs = pa.list_(pa.struct([pa.field("key", type.key_type), pa.field("value", type.item_type)]))
        return _lists(column.cast(pairs), "{", _pairs, "}")
    if pa.types.is_struct(type):
        return _structs(column)
    if pa.types.is_list(type) or pa.types.is_large_list(type):
        return _lists(column, "[", json, "]")
    if pa.types.is_nested(type):
        return json(column.cast(pa.list_(type.value_type)))
    text = plain(column)
    if pa.types.is_floating(type):
        finite = pc.is_finite(column)
        if pc.all(finite, min_count=0).as_py() is not True:
            text = pc.if_else(finite, text, _joined('"', text, '"'))
    elif _is_text(type):
        text = _joined('"', _escaped(text), '"')
    elif not (pa.types.is_boolean(type) or pa.types.is_integer(type)):
        text = _joined('"', text, '"')
    return text.fill_null("null") if text.null_count else text


def json_rows(batch: pa.RecordBatch, names: tuple[str, ...], before: str, after: str) -> bytes:
    """The rows of `batch` as JSON objects under `names`, each between `before` and `after`."""
    parts: list[Any] = []
    for name, column in zip(names, batch.columns, strict=True):
        parts += [f"{',' if parts else before + '{'}{orjson.dumps(name).decode()}:", json(column)]
    return _content(_joined(*parts, "}" + after))


def csv_rows(batch: pa.RecordBatch) -> bytes:
    """The rows of `batch` as RFC 4180 lines: NULL is nothing at all, an empty text is `""`."""
    parts: list[Any] = []
    for column in batch.columns:
        parts += [*([","] if parts else []), _csv_cells(plain(column))]
    # A row of one column whose value is NULL would be an empty line, which readers skip: DuckDB and others write "" there too.
    if len(batch.columns) == 1:
        parts[0] = pc.if_else(pc.equal(parts[0], ""), '""', parts[0])
    return _content(_joined(*parts, "\r\n"))


def csv_cell(value: str) -> str:
    return _csv_cells(pa.array([value]))[0].as_py()  # type: ignore[no-any-return]


def _csv_cells(text: pa.Array) -> pa.Array:
    special = pc.match_substring_regex(text, r'^$|[",\r\n]|^\s|\s$')
    if pc.any(special, min_count=0).as_py():
        text = pc.if_else(special, _joined('"', pc.replace_substring(text, '"', '""'), '"'), text)
    return text.fill_null("")


def _is_text(type: pa.DataType) -> bool:
    if pa.types.is_dictionary(type):
        return _is_text(type.value_type)
    if isinstance(type, pa.ExtensionType):
        return _is_text(type.storage_type)
    return bool(pa.types.is_string(type) or pa.types.is_large_string(type) or pa.types.is_string_view(type))


def _joined(*parts: Any) -> pa.Array:
    """The parts of each row, side by side; null where one is null."""
    return pc.binary_join_element_wise(*parts, "")


def _content(text: pa.Array) -> bytes:
    """All values of a text array without nulls, one after the other."""
    _, offsets, data = text.buffers()
    if not len(text) or data is None:
        return b""
    ends = pa.Array.from_buffers(pa.int32(), text.offset + len(text) + 1, [None, offsets])
    start, end = ends[text.offset].as_py(), ends[-1].as_py()
    return cast(bytes, data.slice(start, end - start).to_pybytes())


def _escaped(text: pa.Array) -> pa.Array:
    if not pc.any(pc.match_substring_regex(text, r'["\\\x00-\x1f]'), min_count=0).as_py():
        return text
    for found, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = pc.replace_substring(text, found, written)
    control = pc.match_substring_regex(text, r"[\x00-\x1f]")
    if pc.any(control, min_count=0).as_py():
        text = _mended(text, control, lambda value: "".join(c if c >= " " else f"\\u{ord(c):04x}" for c in value))
    return text


def _mended(text: pa.Array, wrong: pa.Array, mend: Callable[[Any], str], values: pa.Array | None = None) -> pa.Array:
    """`text` with each entry under `wrong` made by `mend`, from `values` where they are given."""
    mended = [
        mend(value) for value in pc.filter(text if values is None else values, wrong, null_selection_behavior="drop").to_pylist()
    ]
    return pc.replace_with_mask(text, wrong.fill_null(False), pa.array(mended, pa.string()))


def _each(column: pa.Array, spell: Callable[[Any], str]) -> pa.Array:
    return pa.array([None if value is None else spell(value) for value in column.to_pylist()], pa.string())


def _floats(column: pa.Array) -> pa.Array:
    """The shortest text that reads back as the same number, always with a fraction or an exponent."""
    if pa.types.is_float16(column.type):
        column = column.cast(pa.float32())
    text = pc.replace_substring_regex(pc.cast(column, pa.string()), r"^(-?[0-9]+)$", r"\1.0")
    finite = pc.is_finite(column)
    if pc.all(finite, min_count=0).as_py() is not True:
        names = {"nan": "NaN", "-nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
        text = _mended(text, pc.invert(finite), lambda value: names[value])
    return text


def _decimals(column: pa.Array) -> pa.Array:
    if not (pa.types.is_decimal128(column.type) or pa.types.is_decimal256(column.type)):
        column = column.cast(pa.decimal128(column.type.precision, column.type.scale))
    text = pc.cast(column, pa.string())
    if column.type.scale > 6 or column.type.scale < 0:  # Arrow then writes small values as 1E-7
        exponent = pc.match_substring(text, "E")
        if pc.any(exponent, min_count=0).as_py():
            text = _mended(text, exponent, lambda value: format(value, "f"), column)
    return text


def _dates(column: pa.Array) -> pa.Array:
    days = column.view(pa.int32())
    if _within(days, _FIRST_DAY, _LAST_DAY):
        return pc.cast(column, pa.string())
    return _each(days, _far_date)


def _timestamps(column: pa.Array) -> pa.Array:
    unit, zone = column.type.unit, column.type.tz
    ticks = column.view(pa.int64())
    suffix = "Z" if zone else ""
    per_day = _DAY_SECONDS * _UNITS[unit]
    if not _within(ticks, _FIRST_DAY * per_day, (_LAST_DAY + 1) * per_day - 1):
        return _each(ticks, lambda value: _far_timestamp(value, unit, suffix))
    text = pc.replace_substring(pc.cast(ticks.view(pa.timestamp(unit)), pa.string()), " ", "T", max_replacements=1)
    return pc.replace_substring_regex(text, r"(?:\.0+)?$", suffix) if unit != "s" else _joined(text, suffix)


def _times(column: pa.Array) -> pa.Array:
    ticks = column.view(pa.int64() if pa.types.is_time64(column.type) else pa.int32())
    per_second = _UNITS[column.type.unit]
    if not _within(ticks, 0, _DAY_SECONDS * per_second - 1):
        return _each(ticks, lambda value: _clock(value, per_second))
    return pc.replace_substring_regex(pc.cast(column, pa.string()), r"\.0+$", "")


def _within(values: pa.Array, low: int, high: int) -> bool:
    found = pc.min_max(values)
    smallest, largest = found["min"].as_py(), found["max"].as_py()
    return smallest is None or (low <= smallest and largest <= high)


def _far_date(days: int) -> str:
    """A day in any year: outside 0001 to 9999 the year is signed (ISO 8601, expanded)."""
    if abs(days) == 2**31 - 1:
        return "infinity" if days > 0 else "-infinity"
    # Days to a civil date in the proleptic Gregorian calendar, counting eras of 400 years from 0000-03-01.
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    day, month = day_of_year - (153 * shifted + 2) // 5 + 1, shifted + 3 if shifted < 10 else shifted - 9
    year = year_of_era + era * 400 + (month <= 2)
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= year <= 9999 else f"{year:+05d}-{month:02d}-{day:02d}"


def _far_timestamp(ticks: int, unit: str, suffix: str) -> str:
    if abs(ticks) == 2**63 - 1:
        return "infinity" if ticks > 0 else "-infinity"
    days, rest = divmod(ticks, _DAY_SECONDS * _UNITS[unit])
    return f"{_far_date(days)}T{_clock(rest, _UNITS[unit])}{suffix}"


def _clock(ticks: int, per_second: int) -> str:
    seconds, fraction = divmod(ticks, per_second)
    digits = f".{fraction:0{len(str(per_second)) - 1}d}" if fraction else ""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{digits}"


def _bytes(value: bytes) -> str:
    return b64encode(value).decode()


def _interval(value: Any) -> str:
    """Months, days and nanoseconds as an ISO 8601 duration; each part has its own sign, as DuckDB's intervals have."""
    years, months = _towards_zero(value.months, 12)
    seconds, nanoseconds = _towards_zero(value.nanoseconds, 10**9)
    minutes, seconds = _towards_zero(seconds, 60)
    hours, minutes = _towards_zero(minutes, 60)
    whole = "".join(f"{count}{letter}" for count, letter in ((years, "Y"), (months, "M"), (value.days, "D")) if count)
    time = "".join(f"{count}{letter}" for count, letter in ((hours, "H"), (minutes, "M")) if count)
    if nanoseconds:
        sign = "-" if nanoseconds < 0 else ""
        time += f"{sign}{abs(seconds)}.{abs(nanoseconds):09d}".rstrip("0") + "S"
    elif seconds:
        time += f"{seconds}S"
    return f"P{whole}T{time}" if time else f"P{whole}" if whole else "PT0S"


def _towards_zero(number: int, by: int) -> tuple[int, int]:
    whole, rest = divmod(abs(number), by)
    return (whole, rest) if number >= 0 else (-whole, -rest)


_ODD: dict[str, Callable[[Any], str]] = {"month_day_nano_interval": _interval}
"""Types that Arrow's kernels cannot spell; what is not here is bytes."""


def _structs(column: pa.StructArray) -> pa.Array:
    parts: list[Any] = []
    for index, values in enumerate(column.flatten()):
        name = orjson.dumps(column.type.field(index).name).decode()
        parts += [f"{',' if parts else '{'}{name}:", json(values)]
    return pc.if_else(column.is_valid(), _joined(*parts, "}"), "null")


def _lists(column: pa.Array, opening: str, spell: Callable[[pa.Array], pa.Array], closing: str) -> pa.Array:
    lengths = pc.list_value_length(column).fill_null(0).cast(pa.int32())
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths)])
    texts = pa.ListArray.from_arrays(offsets, spell(column.flatten()))
    return pc.if_else(column.is_valid(), _joined(opening, pc.binary_join(texts, ","), closing), "null")


def _pairs(entries: pa.StructArray) -> pa.Array:
    keys, values = entries.flatten()
    return _joined('"', _escaped(plain(keys)), '":', json(values))
