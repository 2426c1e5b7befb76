"""A line on the terminal while a query takes its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import pyarrow as pa
from rich.console import Console
from rich.live import Live
from rich.text import Text

PATIENCE_SECONDS = 1.0


class Progress:
    """Shows, from the first second on and only on a terminal, how long the block runs and how many rows have come."""

    def __init__(self, console: Console | None = None, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._console = console or Console(stderr=True)
        self._rows = 0
        self._started = time.monotonic()
        self._live = Live(get_renderable=self._line, console=self._console, transient=True, refresh_per_second=4)
        self._timer = threading.Timer(patience_seconds, self._live.start)
        self._timer.daemon = True

    def counted(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The same batches; their rows are counted as they pass."""
        for batch in batches:
            self._rows += batch.num_rows
            yield batch

    def done(self) -> None:
        """Takes the line away; nothing may be printed on the same terminal before."""
        self._timer.cancel()
        if self._timer.ident is not None:
            self._timer.join()
        self._live.stop()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.done()

    def _line(self) -> Text:
        return Text(f"{time.monotonic() - self._started:.0f} s, {self._rows:,} rows", style="dim")
