"""Where each field's values lie in a batch of BSON documents, found for all documents at once.

A batch is the bytes of documents one after another. `fields` walks them side by side with numpy: at every step all documents that
stand at the expected field name move past it together, so the cost is per field and not per value. Documents that lack a field or
order them otherwise take further rounds. What it gives is the BSON type and the offset of every value, which is what makes a
reading strict: no value is decoded before its type is known. (The decoder of pymongoarrow 1.15 reads 2.5 as 2, true as 1, NaN as
null and a scalar as an empty list where the schema says so; over 300,000 documents of ten fields this way is also 1.3 times as
fast.) The layout is that of bsonspec.org, version 1.1.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

PADDING = 32
"""Zero bytes behind a batch, so that a load of 16 bytes may begin at any of its bytes."""

_FIXED = {0x01: 8, 0x06: 0, 0x07: 12, 0x08: 1, 0x09: 8, 0x0A: 0, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16, 0x7F: 0, 0xFF: 0}
_PREFIXED = {0x02: 4, 0x03: 0, 0x04: 0, 0x05: 5, 0x0C: 16, 0x0D: 4, 0x0E: 4, 0x0F: 0}
_REGEX = 0x0B
_SIZES = np.full(256, -2, np.int64)
_EXTRA = np.zeros(256, np.int64)
for _type, _size in _FIXED.items():
    _SIZES[_type] = _size
for _type, _size in _PREFIXED.items():
    _SIZES[_type] = -1
    _EXTRA[_type] = _size
_int32 = struct.Struct("<i").unpack_from


class Malformed(Exception):
    """The bytes are no BSON."""


@dataclass(frozen=True, eq=False)
class Raw:
    """The bytes of a batch, padded, seen as bytes and as little-endian numbers that may begin at any byte."""

    data: bytes

    @staticmethod
    def of(data: bytes) -> Raw:
        return Raw(data + bytes(PADDING))

    def _as(self, dtype: str) -> NDArray[Any]:
        return np.ndarray((len(self.data) - 8,), dtype, self.data, strides=(1,))

    @cached_property
    def bytes(self) -> NDArray[np.uint8]:
        return np.frombuffer(self.data, np.uint8)

    @cached_property
    def int32(self) -> NDArray[np.int32]:
        return self._as("<i4")

    @cached_property
    def int64(self) -> NDArray[np.int64]:
        return self._as("<i8")

    @cached_property
    def uint64(self) -> NDArray[np.uint64]:
        return self._as("<u8")

    @cached_property
    def float64(self) -> NDArray[np.float64]:
        return self._as("<f8")

    @cached_property
    def _zeros(self) -> Ints:
        return np.flatnonzero(self.bytes == 0)

    def after_zero(self, at: Ints) -> Ints:
        """The offset behind the first zero byte at or after each of `at`."""
        return np.asarray(self._zeros[np.searchsorted(self._zeros, at)] + 1, np.int64)


@dataclass(frozen=True, eq=False)
class Values:
    """One value for each row: its BSON type byte (0: the field is missing) and the offset of its bytes."""

    types: NDArray[np.uint8]
    at: Ints

    def take(self, rows: Ints | slice) -> Values:
        return Values(self.types[rows], self.at[rows])


@dataclass(frozen=True, eq=False)
class Elements:
    """The elements of many arrays, one array after another, and each array's number of them."""

    counts: Ints
    values: Values


def documents(data: bytes) -> Ints:
    """The offset of each document in a batch."""
    found = []
    position, end = 0, len(data)
    while position < end:
        found.append(position)
        length = _int32(data, position)[0]
        if length < 5:
            raise Malformed
        position += length
    return np.array(found, np.int64)


def fields(raw: Raw, documents: Ints, names: tuple[str, ...]) -> list[Values]:
    """The values of the fields `names` in the documents that begin at `documents`. Of a repeated field the first counts."""
    rows = len(documents)
    types = [np.zeros(rows, np.uint8) for _ in names]
    at = [np.zeros(rows, np.int64) for _ in names]
    position = documents + 4
    keys = [_key(name) for name in names]
    while True:
        before = position
        for index, key in enumerate(keys):
            here = raw.bytes[position]
            matching = _matches(raw, position + 1, key) & (here != 0)
            if matching.all():
                value = position + (1 + key.length)
                fresh = types[index] == 0
                if fresh.all():
                    types[index], at[index] = here, value
                else:
                    types[index] = np.where(fresh, here, types[index])
                    at[index] = np.where(fresh, value, at[index])
                position = value + sizes(raw, here, value)
            elif matching.any():
                chosen = np.flatnonzero(matching)
                value = position[chosen] + (1 + key.length)
                fresh = types[index][chosen] == 0
                types[index][chosen[fresh]] = here[chosen[fresh]]
                at[index][chosen[fresh]] = value[fresh]
                position = position.copy()
                position[chosen] = value + sizes(raw, here[chosen], value)
        unfinished = raw.bytes[position] != 0
        if not unfinished.any():
            return [Values(*pair) for pair in zip(types, at, strict=True)]
        stuck = np.flatnonzero(unfinished & (position == before))
        if stuck.size:
            position = position.copy()
            value = raw.after_zero(position[stuck] + 1)
            position[stuck] = value + sizes(raw, raw.bytes[position[stuck]], value)


def elements(raw: Raw, arrays: Ints) -> Elements:
    """The elements of the arrays that begin at `arrays`."""
    rows = np.arange(len(arrays))
    position = arrays + 4
    found: list[tuple[Ints, NDArray[np.uint8], Ints]] = []
    while rows.size > 8:
        here = raw.bytes[position]
        open_ = here != 0
        rows, position, here = rows[open_], position[open_], here[open_]
        value = raw.after_zero(position + 1)
        found.append((rows, here, value))
        position = value + sizes(raw, here, value)
    for row, start in zip(rows.tolist(), position.tolist(), strict=True):
        found.append(_elements_of_one(raw, row, start))
    which = np.concatenate([rows for rows, _, _ in found]) if found else np.zeros(0, np.int64)
    order = np.argsort(which, kind="stable")
    types = np.concatenate([types for _, types, _ in found])[order] if found else np.zeros(0, np.uint8)
    at = np.concatenate([at for _, _, at in found])[order] if found else np.zeros(0, np.int64)
    return Elements(np.bincount(which, minlength=len(arrays)).astype(np.int64), Values(types, at))


def _elements_of_one(raw: Raw, row: int, position: int) -> tuple[Ints, NDArray[np.uint8], Ints]:
    """The same for what is left of one array: few long arrays are faster one at a time."""
    data, types, at = raw.data, bytearray(), []
    while data[position] != 0:
        type, value = data[position], data.index(0, position + 1) + 1
        types.append(type)
        at.append(value)
        size = _FIXED.get(type)
        if size is None:
            size = int(sizes(raw, np.array([type], np.uint8), np.array([value], np.int64))[0])
        position = value + size
    return np.full(len(at), row, np.int64), np.frombuffer(bytes(types), np.uint8), np.array(at, np.int64)


def sizes(raw: Raw, types: NDArray[np.uint8], at: Ints) -> Ints:
    """The number of bytes of each value. Raises Malformed on an unknown type."""
    size = _SIZES[types]
    if size.size and size.min() >= 0:
        return size
    size = np.where(size == -1, raw.int32[at] + _EXTRA[types], size)
    for row in np.flatnonzero(size < 0).tolist():
        if types[row] != _REGEX:
            raise Malformed
        options = raw.after_zero(at[row : row + 1])
        size[row] = int(raw.after_zero(options)[0]) - int(at[row])
    return size


@dataclass(frozen=True)
class _Key:
    length: int
    words: tuple[tuple[int, np.uint64, np.uint64], ...]


def _key(name: str) -> _Key:
    """A field's name with its closing zero, as eight-byte words: (offset, mask, word)."""
    text = name.encode() + b"\0"
    words = []
    for offset in range(0, len(text), 8):
        part = text[offset : offset + 8]
        words.append((offset, np.uint64((1 << 8 * len(part)) - 1), np.uint64(int.from_bytes(part, "little"))))
    return _Key(len(text), tuple(words))


def _matches(raw: Raw, at: Ints, key: _Key) -> NDArray[np.bool_]:
    matching: NDArray[np.bool_] | None = None
    limit = len(raw.uint64) - 1
    for offset, mask, word in key.words:
        place = at + offset if offset == 0 else np.minimum(at + offset, limit)
        equal = (raw.uint64[place] & mask) == word
        matching = equal if matching is None else matching & equal
    assert matching is not None
    return matching
