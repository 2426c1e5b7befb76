"""A line on the terminal while a query takes its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
from rich.console import Console
from rich.live import Live
from rich.text import Text

PATIENCE_SECONDS = 1.0
_ASK_SECONDS = 1.0


class Progress:
    """Shows, from the first second on and only on a terminal, how long the block runs, how far the query is, and when it may be
    done."""

    def __init__(self, console: Console | None = None, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._console = console or Console(stderr=True)
        self._patience_seconds = patience_seconds
        self._rows = 0
        self._started = time.monotonic()
        self._status: Callable[[], Mapping[str, Any]] | None = None
        self._told: Mapping[str, Any] = {}
        self._done = threading.Event()
        self._live = Live(get_renderable=self._line, console=self._console, transient=True, refresh_per_second=4)
        self._thread = threading.Thread(target=self._show, name="foz-progress", daemon=True)

    def follow(self, status: Callable[[], Mapping[str, Any]]) -> None:
        """From now on `status` says how far the query is; it is asked about once a second."""
        self._status = status

    def counted(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The same batches; their rows are counted as they pass."""
        for batch in batches:
            self._rows += batch.num_rows
            yield batch

    def done(self) -> None:
        """Takes the line away; nothing may be printed on the same terminal before."""
        self._done.set()
        if self._thread.ident is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.done()

    def _show(self) -> None:
        if self._done.wait(self._patience_seconds):
            return
        asking = threading.Thread(target=self._ask, name="foz-progress-asks", daemon=True)
        with self._live:
            asking.start()
            self._done.wait()

    def _ask(self) -> None:
        while True:
            if self._status is not None:
                try:
                    self._told = self._status()
                except Exception:  # a query that has just ended, or a server that is away: the rows say which
                    self._told = {}
            if self._done.wait(_ASK_SECONDS):
                return

    def _line(self) -> Text:
        parts = [f"{time.monotonic() - self._started:.0f} s", *said(self._told), f"{self._rows:,} rows"]
        return Text(", ".join(parts), style="dim")


def said(status: Mapping[str, Any], now: datetime | None = None) -> Iterator[str]:
    """What a query's status says of its progress."""
    progress = status.get("progress") or {}
    if status.get("status") == "pending":
        yield "waiting to begin"
    if (progress.get("fragments") or {}).get("total"):
        yield f"{progress['fragments']['done']} of {progress['fragments']['total']} fragments"
        yield f"{progress['read']['rows']:,} rows read"
    finishes = (status.get("predicted") or {}).get("finishesAt")
    if finishes is not None:
        left = (datetime.fromisoformat(finishes) - (now or datetime.now(UTC))).total_seconds()
        yield f"about {max(0, left):.0f} s left"
