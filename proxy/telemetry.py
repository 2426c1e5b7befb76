"""What Foz tells about itself while it runs: log lines, metrics and spans, tied together by the request id.

Log lines are one JSON object each. Nothing here is given a parameter's value or a query's text by the rest of Foz; the
scrubber is the second line of defence and strikes out configured secrets, whatever message they turn up in.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, TextIO

import orjson
import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from planner.errors import FozError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Upper bounds of the time histograms: from a point query's half millisecond to a job's minutes."""

RATIOS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1, 1.2, 1.5, 2, 3, 5, 10, 30)
"""Upper bounds of actual ÷ predicted: one of them is 1, so that the share of kept promises can be read off."""

_STRUCK = "***"
_URI_PASSWORD = re.compile(r"(?P<before>[a-z][a-z0-9+.\-]*://[^\s/@:]*:)[^\s@]+(?=@)", re.I)
_NAMED_PASSWORD = re.compile(
    r"(?P<before>\b(?:password|passwd|pwd|secret|token|authorization)\b['\"]?\s*[=:]\s*(?:bearer\s+)?)[^\s,;}&]+", re.I
)
_SECRET_FIELDS = frozenset({"authorization", "password", "secret", "token", "uri", "parameters", "params", "sql"})


class Scrubber:
    """Strikes out secrets in texts: the ones it was told (from four characters on: shorter ones would tear ordinary words
    apart), and whatever stands where a password stands (`password=…`, `scheme://user:…@`)."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known = re.compile("(?!)")
        self._secrets: frozenset[str] = frozenset()
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """From now on strikes out `secrets` too."""
        self._secrets |= {secret for secret in secrets if len(secret) >= 4}
        if self._secrets:
            longest_first = sorted(self._secrets, key=len, reverse=True)
            self._known = re.compile("|".join(re.escape(secret) for secret in longest_first))

    def __call__(self, text: str) -> str:
        text = self._known.sub(_STRUCK, text)
        text = _URI_PASSWORD.sub(rf"\g<before>{_STRUCK}", text)
        return _NAMED_PASSWORD.sub(rf"\g<before>{_STRUCK}", text)


def configure_logging(level: str, format: str, scrub: Scrubber, stream: TextIO | None = None) -> None:
    """Sends Foz's own events and those of the libraries to `stream` (stderr), one a line."""

    def struck(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        for name, value in event.items():
            event[name] = _STRUCK if name in _SECRET_FIELDS and value is not None else _scrubbed(value, scrub)
        return event

    def rendered(_: Any, __: str, event: MutableMapping[str, Any]) -> str | bytes:
        return orjson.dumps(event, default=str).decode()

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = rendered if format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    ours: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, struck, renderer]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=ours, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("uvicorn", "pymongo", "httpx", "urllib3", "opentelemetry"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _scrubbed(value: Any, scrub: Scrubber) -> Any:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {name: _scrubbed(inner, scrub) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(inner, scrub) for inner in value]
    return value if isinstance(value, int | float | None) else scrub(str(value))


class Labelled:
    """A metric whose children are kept by their labels: prometheus_client takes a lock to find one, at every count."""

    def __init__(self, metric: Any) -> None:
        self.metric = metric
        self._children: dict[tuple[str, ...], Any] = {}

    def labels(self, *labels: str) -> Any:
        child = self._children.get(labels)
        if child is None:
            child = self._children[labels] = self.metric.labels(*labels)
        return child


class Metrics:
    """Foz's metrics on a registry of their own. A feature that is not built yet has none."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self.query_seconds = self._histogram(
            "foz_query_seconds", "Time from the request to the last row of its answer.", "protocol", "route", "outcome"
        )
        self.fragment_seconds = self._histogram(
            "foz_fragment_seconds", "Time from sending a fragment to its source to its last row.", "source", "outcome"
        )
        self.fragment_rows = self._counter("foz_fragment_rows", "Rows read from a source.", "source")
        self.fragment_bytes = self._counter("foz_fragment_bytes", "Arrow bytes read from a source.", "source")
        self.source_errors = self._counter("foz_source_errors", "Errors that a source was at fault for.", "source", "code")
        self.cache_requests = self._counter("foz_cache_requests", "Consultations of the cache.", "level", "outcome")
        self.cache_bytes = Gauge("foz_cache_bytes", "Bytes that the cache holds.", ["level"], registry=self.registry)
        self.cache_evictions = self._counter("foz_cache_evictions", "Entries that went, by the reason.", "reason")
        self.cache_moves = self._counter("foz_cache_moves", "Versions moved on, by the cause.", "cause")
        self.prediction_ratio = Labelled(
            Histogram("foz_prediction_ratio", "Actual time ÷ predicted p95.", ["source"], buckets=RATIOS, registry=self.registry)
        )
        self.prediction_coverage = Gauge(
            "foz_prediction_coverage", "Share of runs within the predicted p95, fading.", ["source"], registry=self.registry
        )
        self.jobs = Labelled(Gauge("foz_jobs", "Jobs that there are, by their state.", ["state"], registry=self.registry))
        self.job_seconds = self._histogram("foz_job_seconds", "Time from a job's start to its end.", "outcome")
        self.job_wait_seconds = Histogram(
            "foz_job_wait_seconds", "Time that a job waited for a worker.", buckets=SECONDS, registry=self.registry
        )
        self.routes = self._counter("foz_routes", "Where queries went that were not answered by the cache.", "route", "why")
        self.promotions = Counter("foz_promotions", "Queries that became jobs while they ran.", registry=self.registry)
        self.admission_waiting = Gauge("foz_admission_waiting", "Queries that wait to be let in.", registry=self.registry)

    def _histogram(self, name: str, help: str, *labels: str) -> Labelled:
        return Labelled(Histogram(name, help, labels, buckets=SECONDS, registry=self.registry))

    def _counter(self, name: str, help: str, *labels: str) -> Labelled:
        return Labelled(Counter(name, help, labels, registry=self.registry))


_CARRIED = TraceContextTextMapPropagator()
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_NOTHING: AbstractContextManager[None] = nullcontext()
_tracer: trace.Tracer | None = None


def configure_tracing(exporter: SpanExporter | None) -> TracerProvider | None:
    """From now on spans go to `exporter`; with None they cost one comparison. The provider is the caller's to shut down."""
    global _tracer
    if exporter is None:
        _tracer = None
        return None
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "foz"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = provider.get_tracer("foz")
    return provider


def otlp_exporter(endpoint: str) -> SpanExporter:
    """The exporter to an OTLP/HTTP collector; its library is imported only here."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=endpoint)


def span(name: str, **attributes: str | int | float | bool) -> AbstractContextManager[None]:
    """A span around the block, child of the one around it in this thread. An error leaves its code on it, never its text."""
    return _NOTHING if _tracer is None else _recorded(_tracer, name, attributes)


class Begun:
    """A span that lasts over calls and threads, such as a request's: begun here, current where it is made so, ended by `end`."""

    def __init__(self, tracer: trace.Tracer, name: str, parent: Context | None, attributes: Mapping[str, Any]) -> None:
        self._tracer = tracer
        self._attributes = attributes
        self._span = tracer.start_span(name, parent, attributes={f"foz.{key}": value for key, value in attributes.items()})
        self._request_id = attributes.get("request_id", "")

    @property
    def traceparent(self) -> str | None:
        """By which a span in another process, or later, is a child of this one (W3C Trace Context)."""
        carried: dict[str, str] = {}
        _CARRIED.inject(carried, trace.set_span_in_context(self._span))
        return carried.get("traceparent")

    def child(self, name: str) -> Begun:
        """A span within this one, from now on."""
        return Begun(self._tracer, name, trace.set_span_in_context(self._span), self._attributes)

    def current(self) -> AbstractContextManager[Any]:
        """Spans that begin within the block, in this thread, are its children."""
        return trace.use_span(self._span, end_on_exit=False, record_exception=False, set_status_on_exception=False)

    def record(self, name: str, seconds: float, code: str | None, **attributes: str | int | float | bool) -> None:
        """A child that has just ended after `seconds`, with an error's code if one ended it."""
        now = time.time_ns()
        child = self._tracer.start_span(
            name,
            context=trace.set_span_in_context(self._span),
            start_time=now - int(seconds * 1e9),
            attributes={"foz.request_id": self._request_id, **{f"foz.{key}": value for key, value in attributes.items()}},
        )
        if code is not None:
            child.set_status(Status(StatusCode.ERROR, code))
        child.end(now)

    def end(self, code: str | None) -> None:
        if code is not None:
            self._span.set_status(Status(StatusCode.ERROR, code))
        self._span.end()


class Unbegun:
    """The same where no exporter is configured: nothing."""

    traceparent: str | None = None

    def child(self, name: str) -> Unbegun:
        return self

    def current(self) -> AbstractContextManager[Any]:
        return _NOTHING

    def record(self, name: str, seconds: float, code: str | None, **attributes: str | int | float | bool) -> None:
        """Nothing."""

    def end(self, code: str | None) -> None:
        """Nothing."""


_UNBEGUN = Unbegun()


def begin(name: str, traceparent: str | None, **attributes: str | int | float | bool) -> Begun | Unbegun:
    """A span over more than one block, the child of what `traceparent` names; whoever begins it ends it."""
    if _tracer is None:
        return _UNBEGUN
    return Begun(_tracer, name, _CARRIED.extract({"traceparent": traceparent} if traceparent else {}), attributes)


def traceparent_of(header: str | None) -> str | None:
    """The header `traceparent` of a request; None where it is none."""
    return header if header is not None and _TRACEPARENT.fullmatch(header) else None


@contextmanager
def _recorded(tracer: trace.Tracer, name: str, attributes: Mapping[str, Any]) -> Iterator[None]:
    own = {f"foz.{key}": value for key, value in attributes.items()}
    parent = getattr(trace.get_current_span(), "attributes", None) or {}
    if "foz.request_id" in parent:
        own["foz.request_id"] = parent["foz.request_id"]
    with tracer.start_as_current_span(name, attributes=own, record_exception=False, set_status_on_exception=False) as current:
        try:
            yield
        except BaseException as error:
            code = error.code if isinstance(error, FozError) else type(error).__name__
            current.set_status(Status(StatusCode.ERROR, code))
            raise
