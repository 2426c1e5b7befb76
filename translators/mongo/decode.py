"""BSON batches to Arrow: one array a column, with every value that does not fit its column reported.

`batch` finds the values (`layout`), checks their BSON types against the shapes, and decodes columns at a time with numpy. A
misfit is either an error or NULL: that is for the `Misfits` to say which it is handed to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from translators.arrow import carrier
from translators.mongo import layout, scalars
from translators.mongo.layout import Ints, Raw, Values
from translators.mongo.types import BSON_NAMES, STORED, Shape

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Reading:
    """One column of a batch: the field path from the document's top, and the shape of what lies there."""

    path: tuple[str, ...]
    shape: Shape


class Misfits(Protocol):
    """Told of values that do not fit: the field's path, the documents' numbers in the batch, the BSON types, the DuckDB type."""

    def __call__(self, path: str, rows: Ints, types: NDArray[np.uint8], type: str) -> None: ...


def batch(raw: Raw, documents: Ints, readings: Sequence[Reading], misfits: Misfits) -> list[pa.Array]:
    """An array for each of `readings`, in the carrier types of their shapes, a row for each of `documents`."""
    tops = tuple(dict.fromkeys(("_id", *(reading.path[0] for reading in readings))))
    found = dict(zip(tops, layout.fields(raw, documents, tops), strict=True))
    rows = np.arange(len(documents))
    return [_reach(raw, found[reading.path[0]], reading, misfits, rows) for reading in readings]


def _reach(raw: Raw, values: Values, reading: Reading, misfits: Misfits, rows: Ints) -> pa.Array:
    """Goes down `reading.path` through sub-documents; a missing one on the way makes the value NULL."""
    for depth, name in enumerate(reading.path[1:], 1):
        valid = _fitting(values, _OBJECT, ".".join(reading.path[:depth]), "STRUCT", misfits, rows)
        inside = np.flatnonzero(valid)
        below = layout.fields(raw, values.at[inside], (name,))[0]
        values = Values(np.zeros(len(rows), np.uint8), np.zeros(len(rows), np.int64))
        values.types[inside], values.at[inside] = below.types, below.at
    return _array(raw, values, reading.shape, ".".join(reading.path), misfits, rows)


def _table(kinds: frozenset[str]) -> Mask:
    return np.array([BSON_NAMES.get(type) in kinds for type in range(256)])


_FITS = {kind: _table(kinds) for kind, kinds in STORED.items()}
_OBJECT = _FITS["object"]
_NULL = _table(frozenset({"null", "undefined"}))
_NULL[0] = True


def _fitting(values: Values, fits: Mask, path: str, type: str, misfits: Misfits, rows: Ints) -> Mask:
    """Which rows hold a value of a fitting BSON type; the others are NULL or reported."""
    valid = fits[values.types]
    if not valid.all():
        bad = ~(valid | _NULL[values.types])
        if bad.any():
            misfits(path, rows[bad], values.types[bad], type)
    return valid


def _array(raw: Raw, values: Values, shape: Shape, path: str, misfits: Misfits, rows: Ints) -> pa.Array:
    if shape.kind == "json":
        return scalars.json_text(raw, values)
    valid = _fitting(values, _FITS[shape.kind], path, shape.type, misfits, rows)
    if shape.kind == "object":
        return _structs(raw, values, valid, shape, path, misfits, rows)
    if shape.kind == "array":
        return _lists(raw, values, valid, shape, path, misfits, rows)
    decode = _DECODERS[shape.kind]
    whole = bool(valid.all())
    if not whole:
        values = Values(np.where(valid, values.types, 0).astype(np.uint8), np.where(valid, values.at, 0))
    array, out_of_range = decode(raw, values, valid, carrier(shape.type))
    if out_of_range is not None:
        bad = out_of_range & valid
        if bad.any():
            misfits(path, rows[bad], values.types[bad], shape.type)
            rest = valid & ~bad
            kept = Values(np.where(rest, values.types, 0).astype(np.uint8), np.where(rest, values.at, 0))
            array, _ = decode(raw, kept, rest, carrier(shape.type))
    return array


_Decoder = Callable[[Raw, Values, Mask, pa.DataType], tuple[pa.Array, Mask | None]]
_DECODERS: dict[str, _Decoder] = {
    "bool": scalars.booleans,
    "int": scalars.integers,
    "long": scalars.integers,
    "double": scalars.floats,
    "decimal": scalars.decimals,
    "string": scalars.strings,
    "objectId": scalars.object_ids,
    "date": scalars.dates,
    "binData": scalars.blobs,
    "uuid": scalars.uuids,
}


def _structs(raw: Raw, values: Values, valid: Mask, shape: Shape, path: str, misfits: Misfits, rows: Ints) -> pa.Array:
    inside = np.flatnonzero(valid)
    names = tuple(part.origin for part in shape.parts)
    found = layout.fields(raw, values.at[inside], names)
    children = [
        _array(raw, child, part.shape, f"{path}.{part.origin}", misfits, rows[inside])
        for part, child in zip(shape.parts, found, strict=True)
    ]
    type = carrier(shape.type)
    if len(inside) == len(rows):
        return pa.StructArray.from_arrays(children, fields=list(type))
    spread = np.zeros(len(rows), np.int64)
    spread[inside] = np.arange(len(inside))
    indices = pa.array(spread, mask=~valid)
    return pa.StructArray.from_arrays([child.take(indices) for child in children], fields=list(type), mask=pa.array(~valid))


def _lists(raw: Raw, values: Values, valid: Mask, shape: Shape, path: str, misfits: Misfits, rows: Ints) -> pa.Array:
    assert shape.item is not None
    inside = np.flatnonzero(valid)
    found = layout.elements(raw, values.at[inside])
    items = _array(raw, found.values, shape.item, f"{path}[]", misfits, np.repeat(rows[inside], found.counts))
    offsets = np.zeros(len(rows) + 1, np.int32)
    offsets[inside + 1] = found.counts
    np.cumsum(offsets, out=offsets)
    return pa.Array.from_buffers(
        carrier(shape.type), len(rows), [scalars.validity(valid), pa.py_buffer(offsets)], children=[items]
    )


def document(raw: Raw, at: int) -> dict[str, Any]:
    """One document as Python values, for messages."""
    return scalars.decoded(raw.data[at : at + int(raw.int32[at])])
