"""Answers as bytes: they come back as they were, and what is not whole does not come back at all."""

from __future__ import annotations

import pyarrow as pa
import pytest

from cache.codec import Undecodable, decode, encode

LISTS = pa.struct([("a", pa.list_(pa.int32()))])
SCHEMA = pa.schema([("n", pa.int64()), ("t", pa.string()), ("d", pa.decimal128(12, 2)), ("s", LISTS)])
BATCH = pa.record_batch([[1, None, 3], ["a", "é", None], [None, None, None], [{"a": [1, 2]}, None, {"a": None}]], schema=SCHEMA)
TEXTS = pa.record_batch([["x" * 1000] * 100], names=["t"])


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("batches", [(), (BATCH,), (BATCH, BATCH.slice(1, 1)), (TEXTS,)])
def test_what_was_encoded_comes_back(batches: tuple[pa.RecordBatch, ...], compress: bool) -> None:
    schema = batches[0].schema if batches else SCHEMA
    found, back = decode(encode(schema, batches, compress))
    assert found == schema
    assert [batch.to_pylist() for batch in back] == [batch.to_pylist() for batch in batches]


def test_a_slice_takes_only_its_own_bytes() -> None:
    wide = pa.record_batch([pa.array(["x" * 100] * 100_000)], names=["t"])
    assert len(encode(wide.schema, [wide.slice(0, 1)])) < 1000


@pytest.mark.parametrize("compress", [False, True])
def test_every_spoilt_byte_is_noticed(compress: bool) -> None:
    data = encode(SCHEMA, [BATCH] * 40, compress)
    for position in range(len(data)):
        spoilt = data[:position] + bytes([data[position] ^ 0x41]) + data[position + 1 :]
        with pytest.raises(Undecodable):
            decode(spoilt)


@pytest.mark.parametrize("length", [0, 1, 9, 10, 11, 100])
def test_what_was_cut_off_is_noticed(length: int) -> None:
    data = encode(SCHEMA, [BATCH])
    with pytest.raises(Undecodable):
        decode(data[:length])
    with pytest.raises(Undecodable):
        decode(b"x" * length)
