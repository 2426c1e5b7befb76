"""A PostgreSQL, a Redis with its append-only file, a small disk, Foz processes over them; and how each is disturbed."""

from __future__ import annotations

import asyncio
import mmap
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import asyncpg
import pyarrow as pa
import redis
import yaml

from demo.binaries import Unavailable
from demo.server import Server, free_port, guarded
from demo.servers import start_postgres, start_redis
from tests.chaos.process import CLOCK_KEY
from tests.end_to_end.world import digest

ROOT = Path(__file__).resolve().parents[2]
DISK_BYTES = 768 << 20
TOKENS = {"ana": "token-of-ana", "ben": "token-of-ben"}
TABLES = {
    "few": "SELECT g AS id, md5(g::text) AS note FROM generate_series(1, 5000) g",
    "slow": "SELECT g AS id, md5(g::text) || pg_sleep(0.002)::text AS note FROM generate_series(1, 5000) g",
    "many": "SELECT g AS id, md5(g::text) || md5(g::text) AS note FROM generate_series(1, 250000) g",
}
"""Views of rows numbered from one on; what they hold is in `tests.chaos.callers`."""
_ACTIVE = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'foz' AND state <> 'idle'"


@dataclass
class Process:
    """A Foz, which is started again in its place whenever it has been killed."""

    number: int
    directory: Path
    flight: str
    http: str
    server: Server | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.chaos.process", str(self.directory), "serve"]
        command += ["--config", str(self.directory / "foz.yaml"), "--flight", self.flight, "--http", self.http]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FOZ_")}
        environment["PYTHONPATH"] = str(ROOT)
        for attempt in range(5):
            own = Path(tempfile.mkdtemp(prefix="foz-chaos-"))
            try:
                self.server = guarded("Foz", self.http, "foz serve", command, own, "SIGTERM", "", _ready, environment=environment)
                return
            except Unavailable:
                # Somebody's connection may have taken the port meanwhile.
                if attempt == 4:
                    raise
                time.sleep(0.5)

    def kill(self) -> None:
        assert self.server is not None
        self.server.kill()


def _ready(http: str) -> str:
    with urllib.request.urlopen(f"http://{http}/readyz", timeout=5) as response:
        return str(response.status)


class World:
    """Made whole, closed once. The first of `takers + workers` processes take queries in and run no jobs of others."""

    def __init__(self, takers: int = 1, workers: int = 2) -> None:
        self._all = ExitStack()
        self.directory = Path(tempfile.mkdtemp(prefix="foz-chaos-world-"))
        self._all.callback(shutil.rmtree, self.directory, ignore_errors=True)
        self.postgres = self._all.enter_context(start_postgres())
        with postgres.connect(self.postgres.uri, autocommit=True) as connection, connection.cursor() as cursor:
            for name, query in TABLES.items():
                cursor.execute(f"CREATE VIEW {name} AS {query}")
        self._redis_options = ("--appendonly", "yes", "--appendfsync", "everysec", "--dir", str(self.directory))
        self._redis = start_redis(options=self._redis_options)
        self._all.callback(lambda: self._redis.stop())
        self._redis_port = int(self._redis.uri.rpartition(":")[2])
        self.spool = self._disk()
        self._ballast = self.spool / "ballast"
        self._clock = self.directory / "clock"
        self._clock.write_bytes(struct.pack("<d", 0.0))
        self._offset = self._latest = 0.0
        self.processes = [self._process(number, 0 if number < takers else 3) for number in range(takers + workers)]
        self.takers, self.workers = self.processes[:takers], self.processes[takers:]
        for process in self.processes:
            process.start()

    @property
    def redis_uri(self) -> str:
        return self._redis.uri

    def close(self) -> None:
        for process in self.processes:
            if process.server is not None:
                process.server.stop()
        self._all.close()

    # What goes wrong.

    def kill(self, process: Process) -> None:
        """At whatever moment it is."""
        with process.lock:
            process.kill()
            process.start()

    def kill_at(self, process: Process, point: str, seconds: float) -> bool:
        """Kills the process when it comes to the point; whether it has come there in time."""
        with process.lock:
            order, done = process.directory / "kill", process.directory / "killed"
            done.unlink(missing_ok=True)
            order.write_text(point)
            until = time.monotonic() + seconds
            while not done.exists() and time.monotonic() < until:
                time.sleep(0.01)
            order.unlink(missing_ok=True)
            if not done.exists():
                return False
            process.kill()
            process.start()
            return True

    def freeze(self, process: Process, seconds: float) -> None:
        """Longer than its leases last: when it goes on, its jobs are somebody else's."""
        with process.lock:
            assert process.server is not None
            process.server.freeze()
            time.sleep(seconds)
            process.server.thaw()

    def kill_redis(self, away_seconds: float) -> None:
        self._redis.kill()
        time.sleep(away_seconds)
        self._redis = start_redis(self._redis_port, self._redis_options)

    def kill_source(self) -> None:
        """One of its processes: PostgreSQL then ends all others, and starts again by itself."""
        assert self.postgres.pid is not None
        reading = self._ask("SELECT pid FROM pg_stat_activity WHERE application_name = 'foz' ORDER BY state = 'active' DESC")
        if reading:
            with suppress(ProcessLookupError):
                os.kill(reading[0][0], signal.SIGKILL)

    def fill_disk(self, seconds: float) -> float:
        with suppress(OSError), open(self._ballast, "wb") as file:
            while True:
                file.write(b"x" * 65536)
                file.flush()
        time.sleep(seconds)
        self._ballast.unlink(missing_ok=True)
        return seconds

    def step_clock(self, seconds: float) -> None:
        """The wall clock of all processes and of Redis."""
        self._offset += seconds
        self._latest = max(self._latest, self._offset)
        with open(self._clock, "r+b") as file, mmap.mmap(file.fileno(), 8) as shared:
            shared[:8] = struct.pack("<d", self._offset)
        with redis.Redis.from_url(self.redis_uri) as client:
            client.set(CLOCK_KEY, round(self._offset))

    def settle_clock(self) -> None:
        """Ends the steps back: what waits for a time that is old enough need not wait for as long as the clock went back."""
        self.step_clock(max(0.0, self._latest - self._offset))

    # What it is like.

    def statements(self) -> int:
        """How many of Foz's statements PostgreSQL runs."""
        found = self._ask(_ACTIVE)
        return int(found[0][0]) if found else 1

    def truth(self) -> dict[str, pa.Table]:
        """The rows of each view, in order."""
        found = {}
        with postgres.connect(self.postgres.uri) as connection, connection.cursor() as cursor:
            for name, query in TABLES.items():
                cursor.execute(query.replace("pg_sleep(0.002)::text", "''"))
                table = cursor.fetch_arrow_table()
                found[name] = table
        return found

    def _ask(self, sql: str) -> list[Any]:
        """Empty where PostgreSQL is just starting again. On any thread, which the ADBC driver's interrupts do not suffer."""

        async def ask() -> list[Any]:
            connection = await asyncpg.connect(self.postgres.uri, timeout=5)
            try:
                return list(await connection.fetch(sql))
            finally:
                await connection.close()

        try:
            return asyncio.run(ask())
        except (asyncpg.PostgresError, OSError, TimeoutError):
            return []

    def _disk(self) -> Path:
        """A small disk where that may be mounted, else a directory that is never full."""
        place = self.directory / "spool"
        place.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)], capture_output=True)
        self.small_disk = mounted.returncode == 0
        if self.small_disk:
            self._all.callback(subprocess.run, ["umount", "-l", str(place)], check=False)
        return place

    def _process(self, number: int, workers: int) -> Process:
        directory = self.directory / f"process-{number}"
        directory.mkdir()
        settings = {
            "jobs": f"redis://127.0.0.1:{self._redis_port}/0",
            "spool": f"file://{self.spool}",
            "cache": f"redis://127.0.0.1:{self._redis_port}/1",
            "cacheLimits": {"ttlSeconds": 30, "maxEntryBytes": 1000},
            "history": "memory://",
            "sources": [{"id": "shop", "type": "postgres", "connection": {"uri": self.postgres.uri}}],
            "tokens": [{"name": name, "sha256": digest(token), "admin": True} for name, token in TOKENS.items()],
            "queryTimeoutMs": 700,
            "jobLimits": {"workers": workers},
            "log": {"level": "error"},
        }
        (directory / "foz.yaml").write_text(yaml.safe_dump(settings))
        return Process(number, directory, *(f"127.0.0.1:{free_port()}" for _ in range(2)))
