"""The account of one request: what is counted, traced and logged of it, from its text to its last row."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import structlog

from planner.errors import FozError, Internal, SourceUnavailable, Unsupported
from proxy.expectation import Expectation
from proxy.reading import Observation
from proxy.request import Request
from proxy.telemetry import Begun, Metrics, Unbegun, begin

log = structlog.get_logger("foz.query")
_logger = logging.getLogger("foz.query")

SLOW_SECONDS = 1.0
"""Queries that took longer are logged at level info; the others, unless they failed, at level debug."""


def nobody(source_id: str) -> None:
    """Nobody wants to know."""


class Account:
    """Opened when a request arrives, ended once. `unavailable` is told of each source that a read found out of reach."""

    def __init__(
        self,
        request: Request,
        metrics: Metrics,
        unavailable: Callable[[str], None] = nobody,
        route: Literal["now", "job"] = "now",
    ) -> None:
        self.route: Literal["now", "job"] = route
        self._request = request
        self._metrics = metrics
        self._unavailable = unavailable
        name = "job" if route == "job" else "request"
        self._span = begin(name, request.traceparent, request_id=request.request_id, protocol=request.protocol)
        self._job: Begun | Unbegun | None = None
        self._residual = False
        self._expectation: Expectation | None = None

    def recorded(self) -> Request:
        """The request as a job keeps it: the trace of what becomes of it goes on from here."""
        return replace(self._request, traceparent=self._span.traceparent or self._request.traceparent)

    def became_job(self) -> None:
        """From now on it runs as a job."""
        self.route = "job"
        self._job = self._span.child("job")

    @contextmanager
    def planning(self) -> Iterator[None]:
        """Around parsing, binding and planning: an error there is the end of the request."""
        began = time.perf_counter()
        try:
            with self._span.current():
                yield
        except FozError as error:
            self.ended(time.perf_counter() - began, error)
            raise
        except RecursionError:
            refused = Unsupported("The query is nested too deep.")
            self.ended(time.perf_counter() - began, refused)
            raise refused from None
        except Exception:
            self.ended(time.perf_counter() - began, Internal("Planning failed."))
            raise

    def expects(self, expectation: Expectation, residual: bool = False) -> None:
        """What the query is expected to take; `residual` says whether it has one that will run."""
        self._residual = residual
        self._expectation = expectation

    def read(self, observation: Observation) -> None:
        """One fragment's read has ended."""
        source, code, seconds = observation.source, observation.code, observation.elapsed_ms / 1000
        self._metrics.fragment_seconds.labels(source, code or "ok").observe(seconds)
        self._metrics.fragment_rows.labels(source).inc(observation.rows)
        self._metrics.fragment_bytes.labels(source).inc(observation.bytes)
        self._span.record("fragment", seconds, code, fragment=observation.fragment, source=source, rows=observation.rows)
        if code is not None and code.startswith("source."):
            self._metrics.source_errors.labels(source, code).inc()
        if code == SourceUnavailable.code:
            self._unavailable(source)
        if self._expectation is not None:
            self._expectation.read(observation)

    def ended(self, seconds: float, error: FozError | None, rows: int = 0, bytes: int = 0, waited_seconds: float = 0.0) -> None:
        """The last row is out, or an error has ended the request after `seconds`; for `waited_seconds` of them its client
        took no rows."""
        if self._expectation is not None:
            self._expectation.ended(1000 * max(0.0, seconds - waited_seconds), rows, bytes, error)
        request, code = self._request, error.code if error is not None else None
        self._metrics.query_seconds.labels(request.protocol, self.route, code or "ok").observe(seconds)
        if self._residual:
            self._span.record("residual", seconds, code)
        if self._job is not None:
            self._job.end(code)
        self._span.end(code)
        if code is None and seconds < SLOW_SECONDS and not _logger.isEnabledFor(logging.DEBUG):
            return
        tell = log.info if code is not None or seconds >= SLOW_SECONDS else log.debug
        tell(
            "query.done",
            request_id=request.request_id,
            protocol=request.protocol,
            caller=request.caller.name,
            outcome=code or "ok",
            rows=rows,
            elapsed_ms=round(seconds * 1000, 3),
        )
