"""Answers on their way to clients, and the watch over clients that are gone.

pyarrow closes a generator when its client is gone, but only between two batches. While one waits for a batch, nobody would
notice; so a single thread asks every running call whether it was cancelled, and closes the answers of those that were. It costs
a point query nothing: the thread goes by itself while there are calls, and is woken only after a second without any.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.flight as flight
import pyarrow.ipc as ipc

from planner.errors import RequestInvalid
from proxy.flight.calls import Call
from proxy.flight.errors import to_flight
from proxy.request import Answer

WATCH_SECONDS = 0.025
_QUIET_ROUNDS = 40
_SHARE = 10
"""Asking a call takes up to 0.1 ms (measured): with many of them, the watch pauses ten times as long as a round took."""
_SWEEP_SECONDS = 30.0
_COMPRESSIONS = ("none", "lz4", "zstd")
_PLAIN = ipc.IpcWriteOptions()
"""Made once: without options, pyarrow asks the environment for them at every stream."""


@dataclass(eq=False)
class _Reading:
    """One answer that a client reads. `context` is pyarrow's, and may be touched only while the call lasts."""

    answer: Answer
    context: Any
    request_id: str


class Streams:
    """Every answer that is being read. `sweep` is called about every half minute while nothing else happens."""

    def __init__(self, sweep: Callable[[], None]) -> None:
        self._sweep = sweep
        self._lock = threading.Lock()
        self._readings: frozenset[_Reading] = frozenset()
        self._closers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="foz-flight-close")
        self._wake = threading.Event()
        self._idle = False
        self._stopping = False
        self._thread = threading.Thread(target=self._watch, name="foz-flight-watch", daemon=True)
        self._thread.start()

    def send(self, call: Call, context: Any, answer: Answer, options: ipc.IpcWriteOptions) -> flight.FlightDataStream:
        """The stream of `answer`, which is closed when the call ends, however it ends."""
        held = answer.at_hand()
        if held is not None:
            call.when_done.append(answer.close)
            return flight.RecordBatchStream(pa.RecordBatchReader.from_batches(answer.schema, held), options)
        reading = _Reading(answer, context, call.request_id)
        # A generator that was never started runs no `finally`: the call's end is what is sure to come.
        call.when_done.append(lambda: self._finish(reading))
        with self._lock:
            self._readings = self._readings | {reading}
        if self._idle:
            self._wake.set()
        return flight.GeneratorStream(answer.schema, _batches(reading), options=options)

    def close(self) -> None:
        """Stops every answer and the watch."""
        with self._lock:
            answers = [reading.answer for reading in self._readings]
            self._stopping = True
        self._wake.set()
        for answer in answers:
            answer.close()
        self._thread.join()
        self._closers.shutdown(wait=True)

    def __len__(self) -> int:
        return len(self._readings)

    def _finish(self, reading: _Reading) -> None:
        with self._lock:
            self._readings = self._readings - {reading}
        reading.answer.close()

    def _watch(self) -> None:
        quiet, pause = 0, WATCH_SECONDS
        told: set[_Reading] = set()
        while not self._stopping:
            self._idle = quiet >= _QUIET_ROUNDS
            if self._idle:
                if not self._readings and not self._wake.wait(_SWEEP_SECONDS):
                    self._sweep()
                    continue
                self._wake.clear()
                quiet = 0
                self._idle = False
            self._wake.wait(pause)
            self._wake.clear()
            began = time.monotonic()
            told &= self._readings
            for reading in self._readings - told:
                if self._is_gone(reading):
                    told.add(reading)
                    self._closers.submit(reading.answer.close)
            pause = max(WATCH_SECONDS, _SHARE * (time.monotonic() - began))
            quiet = 0 if self._readings else quiet + 1

    def _is_gone(self, reading: _Reading) -> bool:
        # The lock keeps the call from ending, and its context with it, while it is being asked.
        with self._lock:
            return reading in self._readings and bool(reading.context.is_cancelled())


def _batches(reading: _Reading) -> Iterator[pa.RecordBatch]:
    try:
        schema = reading.answer.schema
        for batch in reading.answer.batches():
            # pyarrow would refuse it too, and show the client where in the server it did.
            if batch.schema != schema:
                raise ValueError("a batch has another schema than was promised")
            yield batch
    except Exception as error:
        raise to_flight(error, reading.request_id) from None
    finally:
        reading.answer.close()


def write_options(call: Call) -> ipc.IpcWriteOptions:
    """How batches are written: plain unless `x-foz-compression` asks for lz4 or zstd (never worth it on one machine, and not
    every client reads them). Raises RequestInvalid."""
    wanted = call.headers.get("x-foz-compression", "none")
    if wanted not in _COMPRESSIONS:
        raise RequestInvalid(f"x-foz-compression must be one of {', '.join(_COMPRESSIONS)}.", field="x-foz-compression")
    return _PLAIN if wanted == "none" else ipc.IpcWriteOptions(compression=wanted)
