"""Decoders of plain BSON values: for each row that is valid one Arrow value, and which valid rows' values do not fit the type.

Every decoder takes the batch, the values (type 0 and offset 0 where a row is not valid), the valid rows and the Arrow type, and
gives the array together with the rows out of range (None: no value can be). The caller reports those and asks again without them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import bson
import numpy as np
import pyarrow as pa
from bson import json_util
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.decimal128 import Decimal128
from numpy.typing import NDArray

from translators.mongo.layout import Raw, Values, sizes

Mask = NDArray[np.bool_]
Decoded = tuple[pa.Array, Mask | None]

_INT32, _INT64, _DOUBLE = 0x10, 0x12, 0x01
_US_FIRST, _US_LAST = -9223372022400000000, 9223372036854775806
"""The first and last microsecond of DuckDB's TIMESTAMP."""

CODEC = CodecOptions[dict[str, Any]](
    tz_aware=True, datetime_conversion=DatetimeConversion.DATETIME_AUTO, unicode_decode_error_handler="replace"
)


def decoded(document: bytes) -> dict[str, Any]:
    return bson.decode(document, CODEC)


def validity(valid: Mask) -> pa.Buffer | None:
    return None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))


def _made(type: pa.DataType, valid: Mask, data: NDArray[Any]) -> pa.Array:
    return pa.Array.from_buffers(type, len(valid), [validity(valid), pa.py_buffer(np.ascontiguousarray(data))])


def booleans(raw: Raw, values: Values, valid: Mask, type: pa.DataType) -> Decoded:
    return _made(type, valid, np.packbits(raw.bytes[values.at] != 0, bitorder="little")), None


def _whole_numbers(raw: Raw, values: Values) -> NDArray[np.int64]:
    narrow = values.types == _INT32
    if narrow.all():
        return raw.int32[values.at].astype(np.int64)
    wide = raw.int64[values.at]
    return np.where(narrow, raw.int32[values.at], wide) if narrow.any() else wide


def integers(raw: Raw, values: Values, valid: Mask, type: pa.DataType) -> Decoded:
    if type == pa.int32() and (values.types == _INT32).all():
        return _made(type, valid, raw.int32[values.at]), None
    number = _whole_numbers(raw, values)
    if pa.types.is_decimal(type):
        return _made(type, valid, np.stack([number, number >> 63], axis=1)), None
    if type == pa.int64():
        return _made(type, valid, number), None
    target: Any = np.dtype(type.to_pandas_dtype())
    limits = np.iinfo(target)
    outside = number < int(limits.min)
    if target != np.dtype(np.uint64):
        outside |= number > int(limits.max)
    return _made(type, valid, number.astype(target)), outside


def floats(raw: Raw, values: Values, valid: Mask, type: pa.DataType) -> Decoded:
    double = values.types == _DOUBLE
    outside: Mask | None = None
    if double.all():
        number = raw.float64[values.at]
    else:
        whole = _whole_numbers(raw, values)
        rounded = whole.astype(np.float64)
        with np.errstate(invalid="ignore"):
            back = np.where(np.abs(rounded) < 2.0**63, rounded, 0).astype(np.int64)
        outside = ~double & (back != whole)
        number = np.where(double, raw.float64[values.at], rounded)
    if type == pa.float32():
        with np.errstate(over="ignore"):
            number = number.astype(np.float32)
    return _made(type, valid, number), outside


def dates(raw: Raw, values: Values, valid: Mask, type: pa.DataType) -> Decoded:
    ms = raw.int64[values.at]
    if pa.types.is_date32(type):
        days, rest = np.divmod(ms, 86_400_000)
        return _made(type, valid, days.astype(np.int32)), (rest != 0) | (np.abs(days) > 2_000_000_000)
    if type.unit == "s":
        return _made(type, valid, ms // 1000), (ms % 1000 != 0) | _beyond(ms, 1000)
    if type.unit == "ms":
        return _made(type, valid, ms), _beyond(ms, 1000)
    factor = 1000 if type.unit == "us" else 1_000_000
    with np.errstate(over="ignore"):
        return _made(type, valid, ms * factor), _beyond(ms, factor)


def _beyond(ms: NDArray[np.int64], factor: int) -> Mask:
    first = _US_FIRST if factor == 1000 else -_US_LAST
    return np.asarray((ms < -(-first // factor)) | (ms > _US_LAST // factor))


def _slices(raw: Raw, start: NDArray[np.int64], length: NDArray[np.int64], valid: Mask, view: pa.DataType) -> pa.Array:
    """An array of byte strings that still lie in the batch (Arrow's view layout: short ones inline, others by offset)."""
    views = np.zeros((len(start), 2), np.uint64)
    size = np.where(valid, length, 0).astype(np.uint64)
    head = np.minimum(size, 4) * 8
    first = raw.uint64[start] & ((np.uint64(1) << head) - np.uint64(1))
    views[:, 0] = size | (first << np.uint64(32))
    tail = np.clip(size.astype(np.int64) - 4, 0, 8).astype(np.uint64) * 8
    mask = np.where(tail == 64, np.uint64(2**64 - 1), (np.uint64(1) << np.minimum(tail, 63)) - np.uint64(1))
    views[:, 1] = np.where(size > 12, start.astype(np.uint64) << np.uint64(32), raw.uint64[start + 4] & mask)
    buffers = [validity(valid), pa.py_buffer(views), pa.py_buffer(raw.data)]
    return pa.Array.from_buffers(view, len(start), buffers)


def strings(raw: Raw, values: Values, valid: Mask, type: pa.DataType) -> Decoded:
    found = _slices(raw, values.at + 4, raw.int32[values.at].astype(np.int64) - 1, valid, pa.string_view()).cast(pa.string())
    try:
        found.validate(full=True)
    except pa.ArrowInvalid:
        return found, np.array([row is not None and not _is_utf8(row) for row in found.cast(pa.binary()).to_pylist()])
    return found, None


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def blobs(raw: Raw, values: Values, valid: Mask, type: pa.DataType) -> Decoded:
    old = raw.bytes[values.at + 4] == 2
    start = values.at + np.where(old, 9, 5)
    length = raw.int32[values.at].astype(np.int64) - np.where(old, 4, 0)
    return _slices(raw, start, length, valid, pa.binary_view()).cast(pa.binary()), None


_HEX = np.array([f"{byte:02x}".encode() for byte in range(256)], "S2").view("<u2")


def object_ids(raw: Raw, values: Values, valid: Mask, type: pa.DataType) -> Decoded:
    digits = _HEX[raw.bytes[values.at[valid, None] + np.arange(12)]]
    return _fixed_text(digits.view(np.uint8), 24, valid), None


def uuids(raw: Raw, values: Values, valid: Mask, type: pa.DataType) -> Decoded:
    outside = (raw.bytes[values.at + 4] != 4) | (raw.int32[values.at] != 16)
    at = values.at[valid, None]
    digits = _HEX[raw.bytes[np.minimum(at + 5 + np.arange(16), len(raw.bytes) - 1)]].view(np.uint8).reshape(-1, 32)
    text = np.full((len(digits), 36), ord("-"), np.uint8)
    for first, last, to in ((0, 8, 0), (8, 12, 9), (12, 16, 14), (16, 20, 19), (20, 32, 24)):
        text[:, to : to + last - first] = digits[:, first:last]
    return _fixed_text(text, 36, valid), outside


def _fixed_text(data: NDArray[np.uint8], width: int, valid: Mask) -> pa.Array:
    offsets = np.zeros(len(valid) + 1, np.int32)
    np.cumsum(valid, out=offsets[1:])
    buffers = [validity(valid), pa.py_buffer(offsets * np.int32(width)), pa.py_buffer(np.ascontiguousarray(data))]
    return pa.Array.from_buffers(pa.string(), len(valid), buffers)


_POWERS = np.array([10**power for power in range(19)], np.uint64)
_ROOM = np.array([(2**63 - 1) // 10**power for power in range(19)], np.uint64)


def decimals(raw: Raw, values: Values, valid: Mask, type: pa.DataType) -> Decoded:
    """Exact values only: a digit beyond the scale or the precision, NaN and the infinities are out of range.

    Decimal128 is sign, 14 bits of exponent and 113 of coefficient (IEEE 754-2008, binary integer decimal). Coefficients below
    2^63 that stay there at the column's scale are done together, the others one at a time.
    """
    decimal = values.types == 0x13
    low, high = raw.uint64[values.at], raw.uint64[values.at + 8]
    whole = _whole_numbers(raw, values)
    negative = np.where(decimal, (high >> np.uint64(63)).astype(bool), whole < 0)
    coefficient = np.where(decimal, low, np.abs(whole).view(np.uint64))
    exponent = np.where(decimal, ((high >> np.uint64(49)) & np.uint64(0x3FFF)).astype(np.int64) - 6176, 0)
    simple = ~decimal | (((high >> np.uint64(61)) & np.uint64(3)) != 3) & ((high & np.uint64(2**49 - 1)) == 0)
    shift = exponent + type.scale
    up, down = np.clip(shift, 0, 18), np.clip(-shift, 0, 18)
    simple &= (shift == up - down) & (coefficient <= _ROOM[up]) & (coefficient % _POWERS[down] == 0)
    size = np.where(simple, coefficient * _POWERS[up] // _POWERS[down], 0).astype(np.int64)
    limit = 10**type.precision
    outside = np.asarray(size >= limit) if limit < 2**63 else np.zeros(len(valid), bool)
    number = np.where(negative, -size, size)
    data = np.stack([number, number >> 63], axis=1)
    for row in np.flatnonzero(~simple & valid).tolist():
        exact = _scaled(raw, values, row, type.scale)
        if exact is None or abs(exact) >= limit:
            outside[row] = True
        else:
            data[row] = np.frombuffer(exact.to_bytes(16, "little", signed=True), np.int64)
    return _made(type, valid, data), outside


def _scaled(raw: Raw, values: Values, row: int, scale: int) -> int | None:
    """The value times 10^scale; None where that is no whole number or beyond every precision."""
    at = int(values.at[row])
    if values.types[row] == 0x13:
        value = Decimal128.from_bid(raw.data[at : at + 16]).to_decimal()
    else:
        value = Decimal(int(_whole_numbers(raw, values.take(slice(row, row + 1)))[0]))
    if not value.is_finite():
        return None
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    number = int("".join(map(str, digits)) or "0")
    if number == 0:
        return 0
    shift = exponent + scale
    if shift > 38:
        return None
    if shift < 0:
        number, rest = divmod(number, 10 ** min(-shift, 40))
        if rest:
            return None
        shift = 0
    return int((-1 if sign else 1) * number * 10**shift)


def json_text(raw: Raw, values: Values) -> pa.Array:
    """Relaxed extended JSON of values of any type; null and missing are NULL."""
    length = sizes(raw, np.where(values.types == 0, 0x0A, values.types).astype(np.uint8), values.at)
    return pa.array(
        [
            None if type in (0, 0x06, 0x0A) else _json(type, raw.data[at : at + size])
            for type, at, size in zip(values.types.tolist(), values.at.tolist(), length.tolist(), strict=True)
        ],
        pa.string(),
    )


def _json(type: int, value: bytes) -> str:
    document = (len(value) + 8).to_bytes(4, "little") + bytes((type,)) + b"v\0" + value + b"\0"
    return json_util.dumps(decoded(document)["v"], json_options=json_util.RELAXED_JSON_OPTIONS, ensure_ascii=False)
