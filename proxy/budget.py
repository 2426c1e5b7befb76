"""How `memoryLimit` is shared out, and the part of it that holds batches on their way.

Three fifths are DuckDB's (`residual.Engine`), a fifth holds batches between sources and scans (`Buffers`), and the last fifth is
for what nobody counts: drivers, decoding, answers that are being sent.
"""

from __future__ import annotations

import threading


def engine_bytes(memory_limit_bytes: int) -> int:
    """DuckDB's own limit; under 64 MiB it cannot even spill."""
    return max(64 << 20, memory_limit_bytes * 3 // 5)


def buffer_bytes(memory_limit_bytes: int) -> int:
    return memory_limit_bytes // 5


class Buffers:
    """The bytes of all batches that wait in queues and spools, over all queries."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.used_bytes = 0
        self._lock = threading.Lock()

    def take(self, bytes: int) -> bool:
        """Takes `bytes` if that stays within the limit."""
        with self._lock:
            if self.used_bytes + bytes > self.limit_bytes:
                return False
            self.used_bytes += bytes
            return True

    def owe(self, bytes: int) -> None:
        """Takes `bytes` whatever the limit: for the one batch that every queue may hold, so that each can go on."""
        with self._lock:
            self.used_bytes += bytes

    def give(self, bytes: int) -> None:
        with self._lock:
            self.used_bytes -= bytes
