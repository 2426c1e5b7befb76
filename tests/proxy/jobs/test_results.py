"""Results of jobs in a directory and in an object store: what is written is read, by anyone, and nothing else ever is."""

from __future__ import annotations

import datetime
import decimal
import itertools
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pytest
from structlog.testing import capture_logs

from planner.errors import Internal, QueryExpired
from proxy.configuration import ConfigurationError
from proxy.jobs.results import CHUNK_BYTES, ChunkInfo, Results
from tests.proxy.lists import Rows, batch

BATCHES = [batch(Rows(rows=1000), number) for number in range(20)]
SCHEMA = BATCHES[0].schema
KEPT = f"1000-{pa.ipc.get_record_batch_size(BATCHES[0])}"
"""What the name of each one's chunk ends with."""


def opened(uri: str, most: int = 1 << 30, in_all: int = 1 << 30, **clocks: Any) -> Results:
    return Results(uri, most, in_all, **clocks)


def read(results: Results, query_id: str, attempt: int, chunks: int) -> list[pa.RecordBatch]:
    return [one for number in range(chunks) for one in results.chunk(query_id, attempt, number)]


def stored(uri: str) -> dict[str, bytes]:
    """The files by name, looked at from outside."""
    filesystem, root = fsspec.url_to_fs(f"{uri}/results", use_listings_cache=False)
    return {name.removeprefix(f"{root}/"): filesystem.cat_file(name) for name in filesystem.find(root)}


def store(uri: str, name: str, data: bytes) -> None:
    filesystem, root = fsspec.url_to_fs(f"{uri}/results", use_listings_cache=False)
    filesystem.pipe_file(f"{root}/{name}", data)


STRUCT = pa.struct([("a", pa.int32()), ("b", pa.list_(pa.struct([("c", pa.string()), ("d", pa.decimal128(38, 10))])))])
COLUMNS = {
    "integers": pa.array([1, None, -(2**63)], pa.int64()),
    "unsigned": pa.array([0, None, 255], pa.uint8()),
    "booleans": pa.array([True, None, False]),
    "doubles": pa.array([float("nan"), None, float("-inf")]),
    "decimals": pa.array([decimal.Decimal("1.10"), None, decimal.Decimal(-(10**35))], pa.decimal128(38, 2)),
    "wide decimals": pa.array([decimal.Decimal(10**60), None, decimal.Decimal(0)], pa.decimal256(76, 3)),
    "texts": pa.array(["", None, "ä\x00𝄞" * 500]),
    "large texts": pa.array(["", None, "x"], pa.large_string()),
    "views": pa.array(["", None, "longer than twelve bytes"], pa.string_view()),
    "bytes": pa.array([b"", None, bytes(range(256))]),
    "dates": pa.array([datetime.date(1, 1, 1), None, datetime.date(9999, 12, 31)]),
    "times": pa.array([datetime.time(23, 59, 59, 999999), None, datetime.time(0)], pa.time64("us")),
    "instants": pa.array([datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), None, None], pa.timestamp("us", "UTC")),
    "intervals": pa.array([(1, 2, 3), None, (-1, 0, 0)], pa.month_day_nano_interval()),
    "nothing": pa.nulls(3),
    "lists": pa.array([[[1], []], None, [None, [None, 2]]], pa.list_(pa.list_(pa.int32()))),
    "fixed lists": pa.array([[1, 2], None, [3, None]], pa.list_(pa.int16(), 2)),
    "structs": pa.array([{"a": 1, "b": [{"c": "x", "d": decimal.Decimal(1)}]}, None, {"a": None, "b": []}], STRUCT),
    "maps": pa.array([[("a", 1)], None, []], pa.map_(pa.string(), pa.int64())),
    "dictionaries": pa.array(["a", None, "b"]).dictionary_encode(),
}


@pytest.mark.parametrize("kind", ["directory", "objects"])
@pytest.mark.parametrize("names", [*([name] for name in COLUMNS), list(COLUMNS)], ids=lambda names: "+".join(names)[:24])
def test_every_type_comes_back(spool_in: Callable[[str], str], kind: str, names: list[str]) -> None:
    uri = spool_in(kind)
    fields = [pa.field(name, COLUMNS[name].type, metadata={"of": name}) for name in names]
    schema = pa.schema(fields, metadata={"foz": "kept"})
    whole = pa.record_batch([COLUMNS[name] for name in names], schema=schema)
    given = [whole, whole.slice(1, 2), whole.slice(2, 0), whole.slice(2, 1)]
    with opened(uri).writer("q_1", 1, schema) as writer:
        for one in given:
            writer.put(one)
        writer.finish()
    results = opened(uri)
    assert results.schema("q_1", 1).equals(schema, check_metadata=True)
    table = pa.Table.from_batches(read(results, "q_1", 1, writer.chunks))
    # NaN equals itself as text.
    assert table.schema.equals(schema, check_metadata=True)
    assert str(table.to_pylist()) == str(pa.Table.from_batches(given).to_pylist())
    assert writer.rows == 6
    # Types that never leave Foz may be laid out anew.
    if not {"views", "dictionaries"} & set(names):
        sizes = [info.stream_bytes for info in results.sizes("q_1", 1, writer.chunks)]
        written = [sum(one.serialize().size for one in results.chunk("q_1", 1, number)) for number in range(writer.chunks)]
        assert sizes == written


def test_rows_without_columns_are_counted(uri: str) -> None:
    nameless = pa.RecordBatch.from_struct_array(pa.array([{}] * 7, pa.struct([])))
    with opened(uri).writer("q_1", 1, nameless.schema) as writer:
        writer.put(nameless)
        writer.finish()
    assert (writer.rows, writer.chunks) == (7, 1)
    assert [one.num_rows for one in opened(uri).chunk("q_1", 1, 0)] == [7]
    assert opened(uri).sizes("q_1", 1, 1)[0].rows == 7


def test_no_rows_leave_a_schema(uri: str) -> None:
    results = opened(uri)
    with results.writer("q_1", 1, SCHEMA) as writer:
        assert not writer.put(BATCHES[0].slice(0, 0))
        writer.finish()
    assert (writer.chunks, writer.rows) == (0, 0)
    assert writer.bytes == results.bytes() > 0
    assert results.schema("q_1", 1) == SCHEMA
    assert results.sizes("q_1", 1, 0) == ()
    with pytest.raises(QueryExpired):
        results.chunk("q_1", 1, 0)


def test_what_is_pending_becomes_readable_when_a_source_pauses(uri: str) -> None:
    now = [100.0]
    results = opened(uri, ticks=lambda: now[0])
    with results.writer("q_1", 1, SCHEMA) as writer:
        assert not writer.flush_when_due(), "there is nothing"
        assert writer.put(BATCHES[0])
        assert not writer.put(BATCHES[1])
        assert not writer.flush_when_due(), "it is too early"
        now[0] += 1
        assert writer.flush_when_due()
        assert (writer.chunks, read(results, "q_1", 1, 2)) == (2, BATCHES[:2])
        writer.finish()
        assert not writer.flush_when_due()


def test_a_late_flush_that_fails_fails_the_next_put(tmp_path: Path) -> None:
    now = [100.0]
    results = opened(f"file://{tmp_path}", ticks=lambda: now[0])
    with results.writer("q_1", 1, SCHEMA) as writer:
        writer.put(BATCHES[0])
        for _ in range(20):
            writer.put(BATCHES[1])
        now[0] += 1
        results.remove("q_1")
        assert not writer.flush_when_due()
        assert not writer.flush_when_due()
        with pytest.raises(QueryExpired):
            writer.put(BATCHES[2])
        with pytest.raises(ValueError, match="ended"):
            writer.finish()


def test_a_chunk_ends_at_its_size_and_with_time(uri: str) -> None:
    now = [100.0]
    results = opened(uri, ticks=lambda: now[0])
    large = pa.record_batch({"v": pa.array(["x" * 100] * 60_000)})
    with results.writer("q_1", 1, large.schema, roll_seconds=1.0) as writer:
        assert writer.put(large), "the first rows can be read at once"
        filled = [writer.put(large) for _ in range(6)]
        assert filled == [False, False, True] * 2
        now[0] += 0.9
        assert not writer.put(large)
        now[0] += 0.1
        assert writer.put(large)
        assert not writer.flush()
        assert not writer.put(large)
        assert writer.flush()
        assert not writer.put(large)
        writer.finish()
    sizes = results.sizes("q_1", 1, writer.chunks)
    assert [one.rows // 60_000 for one in sizes] == [1, 3, 3, 2, 1, 1]
    assert sum(one.rows for one in sizes) == writer.rows
    assert sum(len(data) for data in stored(uri).values()) == writer.bytes == results.bytes()
    assert [one.bytes for one in sizes] == [len(data) for name, data in sorted(stored(uri).items()) if "schema" not in name]
    # They repeat, and are compressed.
    assert writer.bytes < large.nbytes


def test_a_reader_follows_the_writer(uri: str) -> None:
    """The reader has its own view of the place, as another process has."""
    grown = threading.Condition()
    told = [0, False]

    def follow() -> list[pa.RecordBatch]:
        results = opened(uri)
        rows: list[pa.RecordBatch] = []
        for number in itertools.count():
            with grown:
                while number >= told[0] and not told[1]:
                    grown.wait()
                chunks = told[0]
            if number >= chunks:
                return rows
            rows += results.chunk("q_1", 1, number)
            assert sum(one.rows for one in results.sizes("q_1", 1, number + 1)) == sum(one.num_rows for one in rows)
        raise AssertionError

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(follow) for _ in range(3)]
        with opened(uri).writer("q_1", 1, SCHEMA, roll_seconds=0.002) as writer:
            for one in BATCHES * 10:
                writer.put(one)
                with grown:
                    told[0] = writer.chunks
                    grown.notify_all()
            writer.finish()
        with grown:
            told[:] = [writer.chunks, True]
            grown.notify_all()
        assert all(reader.result() == BATCHES * 10 for reader in readers)


def test_a_million_rows_are_not_held(uri: str) -> None:
    text = pa.array([f"{number:064x}" for number in range(10_000)])
    start = pa.total_allocated_bytes()
    most = 0
    results = opened(uri)
    with results.writer("q_1", 1, pa.schema([("k", pa.int64()), ("v", pa.string())]), roll_seconds=3600) as writer:
        for number in range(100):
            keys = pa.array(range(number * 10_000, (number + 1) * 10_000))
            writer.put(pa.record_batch([keys, text], names=["k", "v"]))
            most = max(most, pa.total_allocated_bytes() - start)
        writer.finish()
    assert writer.rows == 1_000_000
    assert most < 2 * CHUNK_BYTES < 1_000_000 * 72
    expected = 0
    for number in range(writer.chunks):
        for one in results.chunk("q_1", 1, number):
            assert one.column("k")[0].as_py() == expected
            expected += one.num_rows
        assert pa.total_allocated_bytes() - start < 2 * CHUNK_BYTES
        del one
    assert expected == 1_000_000


def test_what_is_not_finished_has_never_been(uri: str) -> None:
    results = opened(uri)

    def fails() -> None:
        with results.writer("q_1", 1, SCHEMA, roll_seconds=0) as writer:
            assert writer.put(BATCHES[0])
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    with results.writer("q_2", 1, SCHEMA, roll_seconds=0) as writer:
        assert writer.put(BATCHES[0])
    writer.abort()
    assert stored(uri) == {}
    assert results.bytes() == 0
    with pytest.raises(QueryExpired):
        results.chunk("q_1", 1, 0)
    for ended in (lambda: writer.put(BATCHES[0]), writer.flush, writer.finish):
        with pytest.raises(ValueError, match="ended"):
            ended()


def test_a_finished_result_can_still_be_taken_back(uri: str) -> None:
    results = opened(uri)
    with results.writer("q_1", 1, SCHEMA) as writer:
        writer.put(BATCHES[0])
        writer.finish()
        with pytest.raises(ValueError, match="ended"):
            writer.put(BATCHES[0])
    assert results.chunk("q_1", 1, 0) == BATCHES[:1]
    writer.abort()
    assert stored(uri) == {}
    assert results.bytes() == 0


def written(results: Results, query_id: str, attempt: int, batches: list[pa.RecordBatch]) -> int:
    """Each batch a chunk."""
    with results.writer(query_id, attempt, SCHEMA, roll_seconds=0) as writer:
        for one in batches:
            assert writer.put(one)
        writer.finish()
    return writer.chunks


def test_attempts_do_not_mix(uri: str) -> None:
    results, other = opened(uri), opened(uri)
    first = results.writer("q_1", 1, SCHEMA, roll_seconds=0)
    for one in BATCHES[:3]:
        first.put(one)
    assert read(other, "q_1", 1, 3) == BATCHES[:3]
    assert written(other, "q_1", 2, BATCHES[3:5]) == 2
    assert read(results, "q_1", 2, 2) == BATCHES[3:5]
    with pytest.raises(QueryExpired):
        results.sizes("q_1", 1, 1)
    with pytest.raises(QueryExpired):
        results.chunk("q_1", 2, 2)
    # The first comes too late; whatever becomes of it, the second is as it was.
    if uri.startswith("file:"):
        with pytest.raises(QueryExpired):
            first.put(BATCHES[9])
    else:
        first.put(BATCHES[9])
    first.abort()
    assert read(other, "q_1", 2, 2) == BATCHES[3:5]
    assert {name.split("/")[1] for name in stored(uri)} == {"2"}


def test_an_attempt_that_is_written_anew_has_nothing_of_the_old_one(uri: str) -> None:
    reader, results = opened(uri), opened(uri)
    results.writer("q_1", 1, SCHEMA, roll_seconds=0).put(BATCHES[0])
    assert reader.chunk("q_1", 1, 0) == BATCHES[:1]
    with results.writer("q_1", 1, SCHEMA, roll_seconds=0) as writer:
        with pytest.raises(QueryExpired):
            reader.chunk("q_1", 1, 0)
        writer.put(BATCHES[1].slice(1))
        writer.finish()
    assert reader.chunk("q_1", 1, 0) == [BATCHES[1].slice(1)]
    assert results.bytes() == sum(len(data) for data in stored(uri).values())


def test_a_missing_chunk_is_never_a_shorter_result(uri: str) -> None:
    results = opened(uri)
    assert written(results, "q_1", 1, BATCHES[:3]) == 3
    assert results.sizes("q_1", 1, 2) == results.sizes("q_1", 1, 3)[:2]
    assert isinstance(results.sizes("q_1", 1, 1)[0], ChunkInfo)
    with pytest.raises(QueryExpired, match="no longer kept"):
        results.sizes("q_1", 1, 4)
    filesystem, root = fsspec.url_to_fs(f"{uri}/results", use_listings_cache=False)
    filesystem.rm_file(f"{root}/q_1/1/00001-{KEPT}")
    for chunks in (2, 3):
        with pytest.raises(QueryExpired):
            results.sizes("q_1", 1, chunks)
    with pytest.raises(QueryExpired):
        results.chunk("q_1", 1, 1)
    assert results.chunk("q_1", 1, 2) == [BATCHES[2]]


def test_what_is_removed_is_gone_for_everybody(uri: str) -> None:
    results, other = opened(uri), opened(uri)
    chunks = written(results, "q_1", 1, BATCHES[:2]) and written(results, "q_2", 1, BATCHES[2:4])
    assert read(other, "q_1", 1, chunks) == BATCHES[:2]
    results.remove("q_1")
    results.remove("q_1")
    other.remove("q_1")
    for ask in (lambda: other.chunk("q_1", 1, 0), lambda: other.schema("q_1", 1), lambda: other.sizes("q_1", 1, 1)):
        with pytest.raises(QueryExpired) as caught:
            ask()
        assert caught.value.code == "query.expired"
    assert read(results, "q_2", 1, 2) == BATCHES[2:4]
    assert results.bytes() == sum(len(data) for data in stored(uri).values()) == opened(uri).bytes()


def test_one_result_may_be_removed_by_many_at_once(uri: str) -> None:
    everybody = [opened(uri) for _ in range(4)]
    written(everybody[0], "q_kept", 1, BATCHES[:1])
    kept = stored(uri)
    for round in range(5):
        written(everybody[0], f"q_{round}", 1, BATCHES)
        with ThreadPoolExecutor(8) as pool:
            for removed in [pool.submit(one.remove, f"q_{round}") for one in everybody * 2]:
                removed.result()
        assert stored(uri) == kept
    # What others remove is known when it is counted again; nothing is subtracted twice.
    assert everybody[0].bytes() >= sum(len(data) for data in kept.values()) == opened(uri).bytes()


SMALL = pa.record_batch({"k": pa.array([1, 2, None]), "v": pa.array(["a", "bc", "d" * 40])})


def test_every_changed_byte_is_found_out(uri: str) -> None:
    results = opened(uri)
    with results.writer("q_1", 1, SMALL.schema) as writer:
        writer.put(SMALL)
        writer.finish()
    small = f"q_1/1/00000-3-{pa.ipc.get_record_batch_size(SMALL)}"
    for name, ask in ((small, lambda: results.chunk("q_1", 1, 0)), ("q_1/1/schema", lambda: results.schema("q_1", 1))):
        good = stored(uri)[name]
        assert len(good) > 150
        changed = [bytes((*good[:at], good[at] ^ flip, *good[at + 1 :])) for at in range(len(good)) for flip in (1, 128, 255)]
        changed += [good[:length] for length in range(len(good))]
        changed += [good + b"\0", good + good, b"\0" + good, good[8:] + good[:8]]
        changed += [good[:at] + good[at + 1 :] for at in range(len(good))]
        # A directory takes a while for that many files.
        for data in dict.fromkeys(changed[:: 1 if uri.startswith("memory:") else 29]):
            if data == good:
                continue
            store(uri, name, data)
            with capture_logs() as told, pytest.raises(Internal, match="damaged"):
                ask()
            assert [one["event"] for one in told] == ["results.damaged"]
        store(uri, name, good)
        ask()


def test_a_whole_chunk_in_anothers_place_is_found_out(uri: str) -> None:
    results = opened(uri)
    written(results, "q_1", 1, BATCHES[:2])
    written(results, "q_2", 1, BATCHES[2:4])
    written(results, "q_2", 2, BATCHES[4:6])
    files = stored(uri)
    for other in (f"q_1/1/00001-{KEPT}", f"q_2/2/00000-{KEPT}", "q_2/2/schema"):
        store(uri, f"q_1/1/00000-{KEPT}", files[other])
        with pytest.raises(Internal):
            results.chunk("q_1", 1, 0)
    store(uri, f"q_1/1/00000-{KEPT}", files[f"q_1/1/00000-{KEPT}"])
    assert results.chunk("q_1", 1, 0) == [BATCHES[0]]
    # Two for one number: which is right cannot be known.
    store(uri, "q_1/1/00000-999-1", files[f"q_1/1/00000-{KEPT}"])
    with pytest.raises(Internal):
        opened(uri).chunk("q_1", 1, 0)
    with pytest.raises(Internal):
        opened(uri).sizes("q_1", 1, 2)


@pytest.mark.parametrize("name", ["", ".", "..", "../q_1", "q_1/1", "/etc", "q 1", "*", "q_1\n"])
def test_only_ids_become_names(uri: str, name: str) -> None:
    results = opened(uri)
    written(results, "q_1", 1, BATCHES[:1])
    before = stored(uri)
    for ask in (
        lambda: results.remove(name),
        lambda: results.chunk(name, 1, 0),
        lambda: results.schema(name, 1),
        lambda: results.sizes(name, 1, 1),
        lambda: results.writer(name, 1, SCHEMA),
    ):
        with pytest.raises(ValueError, match="not the id"):
            ask()
    assert stored(uri) == before


def test_rows_of_another_schema_are_refused(uri: str) -> None:
    results = opened(uri)
    for other in (SMALL.rename_columns(["k", "w"]), SMALL.cast(pa.schema([("k", pa.int32()), ("v", pa.string())]))):
        writer = results.writer("q_1", 1, SCHEMA)
        writer.put(BATCHES[0])
        with pytest.raises(pa.ArrowInvalid):
            writer.put(other)
        with pytest.raises(ValueError, match="ended"):
            writer.finish()
        writer.abort()
    assert stored(uri) == {}


def test_an_object_is_put_once_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = type(fsspec.filesystem("memory"))
    put: list[tuple[str, int]] = []
    original = kind.pipe_file

    def counted(self: Any, path: str, value: bytes, **named: Any) -> None:
        put.append((path.rpartition("results/")[2], len(value)))
        original(self, path, value, **named)

    monkeypatch.setattr(kind, "pipe_file", counted)
    uri = f"memory://{secrets.token_hex(8)}"
    written(opened(uri), "q_1", 1, BATCHES[:3])
    assert put == [(name, len(data)) for name, data in sorted(stored(uri).items(), key=lambda one: "schema" not in one[0])]
    assert len(put) == 4


def test_nobody_else_on_the_machine_reads_them(tmp_path: Path) -> None:
    written(opened(f"file://{tmp_path}/spool"), "q_1", 1, BATCHES[:1])
    root = tmp_path / "spool" / "results"
    modes = [os.stat(path).st_mode & 0o777 for path in root.rglob("*") if path.is_file()]
    assert (os.stat(root).st_mode & 0o777, modes) == (0o700, [0o600, 0o600])


@pytest.mark.parametrize("place", ["file:///dev/null/spool", "nowhere://bucket/spool"])
def test_a_place_that_cannot_be_is_told_at_start(place: str) -> None:
    with pytest.raises(ConfigurationError, match=f"spool: {place}/results cannot be used"):
        opened(place)
