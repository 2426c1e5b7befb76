"""Where histories are kept, so that they outlive a process and several processes know of each other's.

Nobody waits for anybody: a process writes its own records only, and reads those of the others. What a process has left behind,
another one takes over (`left_behind`); it is removed once it stands among that one's own.

    DIRECTORY/<process>.history   one line a record, key, tab, the record; a later line of a key is what counts, an empty one
                                  that it is gone
    foz:history:records:<process> the same as a hash in Redis; foz:history:order:<process> has its keys by the number of the write
    foz:history:processes         when each process wrote last
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import structlog

log = structlog.get_logger("foz.history")

LEFT_AFTER_SECONDS = 300.0
"""A process that has not written for so long is gone: a living one shows itself every ten seconds."""
_COMPACT_BYTES = 1 << 20
_MAX_ORDERED = 10_000
_PREFIX = "foz:history"


class Shelf(Protocol):
    """Used by one thread. No method raises because the place is away or what it holds is broken."""

    @property
    def where(self) -> str: ...

    def put(self, records: Mapping[str, bytes], gone: Collection[str]) -> bool:
        """Keeps the records of this process that have changed; answers whether it could."""

    def others(self) -> Iterator[tuple[str, str | None, bytes | None]]:
        """(process, key, record) of what others have written since the last call; None for a record that is gone, and for a key
        where all of that process's are."""

    def left_behind(self) -> Iterator[tuple[str, str, bytes]]:
        """(process, key, record) of processes that are gone, for this one to take over."""

    def close(self) -> None: ...


class FileShelf:
    """Files in a directory."""

    where = "file"

    def __init__(self, directory: Path, clock: Callable[[], float], left_after_seconds: float = LEFT_AFTER_SECONDS) -> None:
        self._directory = directory
        self._clock = clock
        self._left_after = left_after_seconds
        self._process = secrets.token_hex(8)
        self._path = directory / f"{self._process}.history"
        self._read: dict[str, tuple[int, int]] = {}
        self._taken: list[Path] = []
        self._compacted_bytes = 0

    def put(self, records: Mapping[str, bytes], gone: Collection[str]) -> bool:
        lines = b"".join([*(_line(key, data) for key, data in records.items()), *(_line(key, b"") for key in gone)])
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            with open(self._path, "ab") as file:
                file.write(lines)
                size = file.tell()
            now = self._clock()
            os.utime(self._path, (now, now))
            if size > max(_COMPACT_BYTES, 4 * self._compacted_bytes):
                self._compact()
            for path in self._taken:
                path.unlink(missing_ok=True)
            self._taken.clear()
        except OSError as error:
            log.warning("history.not_kept", why=error.strerror)
            return False
        return True

    def others(self) -> Iterator[tuple[str, str | None, bytes | None]]:
        present = {path.stem: path for path in self._paths()}
        for process in [process for process in self._read if process not in present]:
            del self._read[process]
            yield process, None, None
        for process, path in present.items():
            try:
                with open(path, "rb") as file:
                    inode = os.fstat(file.fileno()).st_ino
                    known, offset = self._read.get(process, (inode, 0))
                    file.seek(offset if known == inode else 0)
                    data = file.read()
                    whole = data.rfind(b"\n") + 1
                    self._read[process] = (inode, file.tell() - len(data) + whole)
            except OSError:
                continue
            for key, record in _lines(data[:whole]).items():
                yield process, key, record or None

    def left_behind(self) -> Iterator[tuple[str, str, bytes]]:
        for path in self._paths():
            try:
                if self._clock() - path.stat().st_mtime < self._left_after:
                    continue
                # Of several that want it one gets it; until it has been taken over, it is read by all as that one's.
                os.utime(path, (self._clock(), self._clock()))
                taken = self._directory / f"{self._process}-{len(self._taken)}.history"
                path.rename(taken)
                self._taken.append(taken)
                found = _lines(taken.read_bytes())
            except OSError:
                continue
            yield from ((path.stem, key, record) for key, record in found.items() if record)

    def close(self) -> None:
        """Nothing is held open."""

    def _paths(self) -> list[Path]:
        """The others' files."""
        found = self._directory.glob("*.history")
        return sorted(path for path in found if not path.name.startswith(self._process))

    def _compact(self) -> None:
        records = {key: data for key, data in _lines(self._path.read_bytes()).items() if data}
        new = self._path.with_suffix(".new")
        new.write_bytes(b"".join(_line(key, data) for key, data in records.items()))
        self._compacted_bytes = new.stat().st_size
        new.replace(self._path)


def _line(key: str, data: bytes) -> bytes:
    return key.replace("\t", " ").replace("\n", " ").encode() + b"\t" + data + b"\n"


def _lines(data: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for line in data.split(b"\n"):
        key, tab, record = line.partition(b"\t")
        if tab:
            found[key.decode(errors="replace")] = record
    return found


class RedisShelf:
    """Hashes in Redis or Valkey."""

    where = "redis"

    def __init__(self, uri: str, clock: Callable[[], float], left_after_seconds: float = LEFT_AFTER_SECONDS) -> None:
        from redis import Redis

        self._redis: Any = Redis.from_url(uri, socket_timeout=2, socket_connect_timeout=2)
        self._clock = clock
        self._left_after = left_after_seconds
        self._process = secrets.token_hex(8)
        self._writes = 0
        self._seen: dict[str, int] = {}
        self._taken: list[str] = []

    def put(self, records: Mapping[str, bytes], gone: Collection[str]) -> bool:
        from redis.exceptions import RedisError

        self._writes += 1
        own, order = self._names(self._process)
        try:
            with self._redis.pipeline(transaction=True) as pipe:
                if records:
                    pipe.hset(own, mapping=dict(records))
                if gone:
                    pipe.hdel(own, *gone)
                if records or gone:
                    pipe.zadd(order, dict.fromkeys((*records, *gone), self._writes))
                    pipe.zremrangebyrank(order, 0, -_MAX_ORDERED - 1)
                pipe.zadd(f"{_PREFIX}:processes", {self._process: self._clock()})
                for process in self._taken:
                    pipe.delete(*self._names(process), f"{_PREFIX}:taken:{process}")
                    pipe.zrem(f"{_PREFIX}:processes", process)
                pipe.execute()
        except RedisError as error:
            log.warning("history.not_kept", why=type(error).__name__)
            return False
        self._taken.clear()
        return True

    def others(self) -> Iterator[tuple[str, str | None, bytes | None]]:
        from redis.exceptions import RedisError

        try:
            present = {name.decode() for name in self._redis.zrange(f"{_PREFIX}:processes", 0, -1)}
            for process in self._seen.keys() - present:
                del self._seen[process]
                yield process, None, None
            for process in sorted(present - {self._process, *self._taken}):
                records, order = self._names(process)
                since = self._seen.get(process, 0)
                changed = self._redis.zrangebyscore(order, f"({since}", "+inf", withscores=True)
                if not changed:
                    continue
                values = self._redis.hmget(records, [key for key, _ in changed])
                self._seen[process] = int(changed[-1][1])
                for (key, _), value in zip(changed, values, strict=True):
                    yield process, key.decode(), value
        except RedisError as error:
            log.warning("history.not_read", why=type(error).__name__)

    def left_behind(self) -> Iterator[tuple[str, str, bytes]]:
        from redis.exceptions import RedisError

        try:
            until = self._clock() - self._left_after
            for name in self._redis.zrangebyscore(f"{_PREFIX}:processes", "-inf", until):
                process = name.decode()
                if process == self._process or process in self._taken:
                    continue
                if not self._redis.set(f"{_PREFIX}:taken:{process}", self._process, nx=True, ex=int(self._left_after) + 1):
                    continue
                found = self._redis.hgetall(self._names(process)[0])
                self._taken.append(process)
                self._seen.pop(process, None)
                yield from ((process, key.decode(), value) for key, value in found.items())
        except RedisError as error:
            log.warning("history.not_read", why=type(error).__name__)

    def close(self) -> None:
        self._redis.close()

    @staticmethod
    def _names(process: str) -> tuple[str, str]:
        return f"{_PREFIX}:records:{process}", f"{_PREFIX}:order:{process}"
