from __future__ import annotations

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from planner.errors import MemoryLimit, QueryCancelled, SourceUnavailable
from proxy.budget import Buffers
from proxy.channel import Channel, ScannedAgain
from proxy.spool import Spool
from tests.proxy.lists import KEYED, Rows, batch
from translators.control import Control

BATCHES = [batch(Rows(rows=10_000), number) for number in range(20)]


@pytest.mark.parametrize("room", [0, 1 << 20, 1 << 30])
def test_every_scan_sees_every_batch_while_they_are_written(tmp_path: Path, room: int) -> None:
    buffers = Buffers(room)
    spool = Spool(KEYED, buffers, Control(), str(tmp_path))
    with ThreadPoolExecutor(4) as pool:
        scans = [pool.submit(lambda: list(spool.batches())) for _ in range(4)]
        for one in BATCHES:
            assert spool.put(one)
        spool.finish(None)
        assert all(scan.result() == BATCHES for scan in scans)
    assert list(spool.batches()) == BATCHES
    assert buffers.used_bytes <= room
    assert list(tmp_path.iterdir()) == []
    spool.close()
    assert buffers.used_bytes == 0
    assert list(spool.batches()) == []
    assert not spool.put(BATCHES[0])


def test_a_sliced_batch_is_written_as_the_slice_that_it_is(tmp_path: Path) -> None:
    spool = Spool(KEYED, Buffers(0), Control(), str(tmp_path))
    part = BATCHES[0].slice(17, 5)
    spool.put(part)
    spool.finish(None)
    assert list(spool.batches()) == [part]
    spool.close()


def test_a_writers_error_comes_after_what_it_wrote(tmp_path: Path) -> None:
    spool = Spool(KEYED, Buffers(1 << 30), Control(), str(tmp_path))
    spool.put(BATCHES[0])
    spool.finish(SourceUnavailable("Gone.", source="a"))
    for _ in range(2):
        scan = spool.batches()
        assert next(scan) == BATCHES[0]
        with pytest.raises(SourceUnavailable):
            next(scan)
    spool.close()


def test_a_full_disk_is_a_memory_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes, offset: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    spool = Spool(KEYED, Buffers(0), Control(), str(tmp_path))
    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(MemoryLimit, match="temp directory is full"):
        spool.put(BATCHES[0])
    spool.close()


def test_a_close_lets_go_whoever_waits(tmp_path: Path) -> None:
    for held in (Spool(KEYED, Buffers(0), Control(), str(tmp_path)), Channel(KEYED, Buffers(0), Control())):
        scan = held.batches()
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(next, scan, None)
            held.close()
            assert waiting.result() is None


def test_the_end_of_the_query_lets_go_whoever_waits(tmp_path: Path) -> None:
    for kind in ("spool", "channel"):
        control = Control()
        held = Spool(KEYED, Buffers(0), control, str(tmp_path)) if kind == "spool" else Channel(KEYED, Buffers(0), control)
        scan = held.batches()
        with control.stopping(held.wake), ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(next, scan)
            control.cancel()
            with pytest.raises(QueryCancelled):
                waiting.result()
        held.close()


@pytest.mark.parametrize(("room", "most"), [(1 << 30, 4), (0, 1)])
def test_a_channel_holds_four_batches_and_at_least_one(room: int, most: int) -> None:
    buffers = Buffers(room)
    channel = Channel(KEYED, buffers, Control())
    put = 0
    progress = threading.Condition()

    def write() -> None:
        nonlocal put
        for one in BATCHES:
            channel.put(one)
            with progress:
                put += 1
                progress.notify_all()
        channel.finish(None)

    writer = threading.Thread(target=write)
    writer.start()
    with progress:
        progress.wait_for(lambda: put == most)
    found = []
    for one in channel.batches():
        assert len(channel._waiting) <= most
        found.append(one)
    writer.join()
    assert found == BATCHES
    assert buffers.used_bytes == 0


def test_a_channel_is_scanned_once_and_ends_with_its_scan() -> None:
    channel = Channel(KEYED, Buffers(1 << 30), Control())
    assert channel.put(BATCHES[0])
    scan = channel.batches()
    next(scan)
    with pytest.raises(ScannedAgain):
        channel.batches()
    scan.close()  # type: ignore[attr-defined]
    assert not channel.put(BATCHES[1])
