"""One execution inside its admission: what a query holds while its batches flow."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pyarrow as pa

from proxy.execute import Execution
from proxy.progress import NOTHING, Progress
from proxy.result import delivered
from translators.control import Control


class Run:
    """`batches` waits for a place, executes, and delivers in `schema`; `first_batch_sent` is called once, when one was taken.

    `close` gives everything back, at any time and from any thread, also while nobody asks for the next batch; `step_aside` gives
    the place back alone.
    """

    def __init__(
        self,
        schema: pa.Schema,
        place: Callable[[Control], AbstractContextManager[None]],
        execute: Callable[[], Execution],
        control: Control,
        first_batch_sent: Callable[[], None] | None,
    ) -> None:
        self._schema = schema
        self._place = place
        self._execute = execute
        self._control = control
        self._first_batch_sent = first_batch_sent
        self._execution: Execution | None = None
        self._lock = threading.Lock()
        self._held = ExitStack()
        self._placed = ExitStack()
        self._aside = False

    def batches(self) -> Iterator[pa.RecordBatch]:
        try:
            execution = self._begun()
            for batch in delivered(execution.batches(), self._schema):
                yield batch
                if self._first_batch_sent is not None:
                    self._first_batch_sent()
                    self._first_batch_sent = None
        finally:
            self.close()

    def _begun(self) -> Execution:
        with ExitStack() as stack:
            stack.enter_context(self._place(self._control))
            with self._lock:
                if not self._aside:
                    self._placed = stack.pop_all()
            stack.close()
            self._execution = stack.enter_context(self._execute())
            with self._lock:
                self._held = stack.pop_all()
        return self._execution

    def stats(self) -> list[dict[str, Any]]:
        """What each fragment has given so far: `{fragment, source, rows, bytes, elapsedMs}`."""
        if self._execution is None:
            return []
        return [
            {"fragment": o.fragment, "source": o.source, "rows": o.rows, "bytes": o.bytes, "elapsedMs": round(o.elapsed_ms, 3)}
            for o in self._execution.observations()
        ]

    def progress(self) -> Progress:
        return self._execution.progress() if self._execution is not None else NOTHING

    def step_aside(self) -> None:
        """The query has become a job: its place is for another."""
        with self._lock:
            self._aside = True
            placed, self._placed = self._placed, ExitStack()
        placed.close()

    def close(self) -> None:
        with self._lock:
            held, self._held = self._held, ExitStack()
        try:
            held.close()
        finally:
            self.step_aside()
