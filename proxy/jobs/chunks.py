"""The files of results: an Arrow IPC stream, and behind it what tells whether the stream is whole and in its place.

    the stream     batches compressed by LZ4; any reader of Arrow streams can read the file, and stops here
    4 bytes        FOZR
    4 bytes        CRC-32, big-endian, of the file's name (from the queryId on) and of the stream

LZ4 takes the rows of a shop to half their size at some 300 MB/s, and adds nothing to random ones. zstd makes them smaller still,
and is decoded at a third of the speed where there is little to gain.
"""

from __future__ import annotations

import struct
import zlib

import pyarrow as pa
import pyarrow.ipc as ipc

_TRAILER = struct.Struct(">4sI")
_MAGIC = b"FOZR"
OPTIONS = ipc.IpcWriteOptions(compression="lz4")


class Damaged(Exception):
    """A file is not what was written under its name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def sealed(name: str, stream: pa.Buffer) -> bytes:
    """What is stored under `name`."""
    body = memoryview(stream)
    return b"".join((body, _TRAILER.pack(_MAGIC, _checksum(name, body))))


def opened(name: str, data: bytes) -> tuple[pa.Schema, list[pa.RecordBatch]]:
    """The schema and the batches of what was read under `name`. Raises Damaged."""
    stream = memoryview(data)[: -_TRAILER.size]
    if len(data) < _TRAILER.size or _TRAILER.unpack_from(data, len(stream)) != (_MAGIC, _checksum(name, stream)):
        raise Damaged(name)
    try:
        with ipc.open_stream(pa.py_buffer(stream)) as reader:
            return reader.schema, list(reader)
    except pa.ArrowException as error:
        raise Damaged(name) from error


def _checksum(name: str, stream: memoryview) -> int:
    return zlib.crc32(stream, zlib.crc32(name.encode()))
