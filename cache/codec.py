"""Answers as bytes: an Arrow IPC stream behind a header that tells whether the bytes are whole.

    offset 0   4 bytes   FOZC
           4   1 byte    version of this format
           5   1 byte    compression of the body: 0 none, 1 zstd
           6   4 bytes   CRC-32 of what follows, big-endian
          10             the IPC stream

What does not decode is no error but a miss: `decode` raises Undecodable, and whoever looks counts it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.ipc as ipc

_HEADER = struct.Struct(">4sBBI")
_MAGIC, _VERSION = b"FOZC", 1
_PLAIN, _ZSTD = 0, 1
_COMPRESSED_FROM_BYTES = 4096
"""Smaller bodies gain nothing: their IPC framing is most of them."""


class Undecodable(Exception):
    """The bytes are not an answer that was encoded here, or not all of it."""


def encode(schema: pa.Schema, batches: Sequence[pa.RecordBatch], compress: bool = False) -> bytes:
    """The batches as bytes, without what their slices share with larger ones. `compress`: zstd where it pays."""
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    body: bytes = sink.getvalue().to_pybytes()
    kind = _PLAIN
    if compress and len(body) >= _COMPRESSED_FROM_BYTES:
        packed: bytes = pa.Codec("zstd").compress(body, asbytes=True)
        sized = struct.pack(">Q", len(body)) + packed
        if len(sized) < len(body):
            body, kind = sized, _ZSTD
    return _HEADER.pack(_MAGIC, _VERSION, kind, zlib.crc32(body)) + body


def decode(data: bytes) -> tuple[pa.Schema, tuple[pa.RecordBatch, ...]]:
    """The schema and the batches; plain ones share the memory of `data`. Raises Undecodable."""
    if len(data) < _HEADER.size:
        raise Undecodable("too short")
    magic, version, kind, checksum = _HEADER.unpack_from(data)
    body = memoryview(data)[_HEADER.size :]
    if (magic, version) != (_MAGIC, _VERSION) or kind not in (_PLAIN, _ZSTD) or zlib.crc32(body) != checksum:
        raise Undecodable("not whole, or of another format")
    try:
        if kind == _ZSTD:
            (size,) = struct.unpack_from(">Q", body)
            body = pa.Codec("zstd").decompress(pa.py_buffer(body[8:]), decompressed_size=size)
        with ipc.open_stream(pa.py_buffer(body)) as reader:
            return reader.schema, tuple(reader)
    except (pa.ArrowException, OSError, struct.error, ValueError) as error:
        raise Undecodable("not an Arrow stream") from error
