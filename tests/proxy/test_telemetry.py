"""Telemetry: log lines, metrics and spans, and that no secret is in any of them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest

from planner.errors import SqlType
from proxy.telemetry import Metrics, Scrubber, begin, configure_logging, configure_tracing, span


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("info", "json", Scrubber(["hunter22"]), stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


def read(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_one_event_a_line_with_the_request_id(lines: io.StringIO) -> None:
    log = structlog.get_logger("foz.test")
    with structlog.contextvars.bound_contextvars(request_id="r_1"):
        log.info("query.done", rows=3)
        log.debug("query.detail")
        logging.getLogger("some.library").warning("odd %s", "thing")
    log.info("later")
    first, second, third = read(lines)
    assert (first["event"], first["rows"], first["request_id"], first["level"]) == ("query.done", 3, "r_1", "info")
    assert (second["event"], second["request_id"]) == ("odd thing", "r_1")
    assert "request_id" not in third


def test_secrets_are_struck_out(lines: io.StringIO) -> None:
    log = structlog.get_logger("foz.test")
    log.info(
        "a", text="it is hunter22!", token="abc", parameters=[1], inner={"uri": "mongodb://u:other@h/d", "list": ["hunter22"]}
    )
    logging.getLogger("library").error("password=letmein; Authorization: Bearer abcdef")
    try:
        raise ValueError("postgresql://foz:hunter22@db/shop")
    except ValueError:
        log.exception("failed")
    text = lines.getvalue()
    assert not any(secret in text for secret in ("hunter22", "abc", "other", "letmein", "abcdef"))
    assert len(read(lines)) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://foz:pw@h/d", "postgresql://foz:***@h/d"),
        ("mongodb://foz:p%40w@h,i/d?x=1", "mongodb://foz:***@h,i/d?x=1"),
        ("connect password='x y'", "connect password=*** y'"),
        ("token: abc", "token: ***"),
        ("https://example.org/path", "https://example.org/path"),
        ("12:30:15 all is well", "12:30:15 all is well"),
    ],
)
def test_what_stands_where_a_password_stands(text: str, expected: str) -> None:
    assert Scrubber()(text) == expected


def test_metrics_have_the_documented_names_and_labels() -> None:
    metrics = Metrics()
    metrics.query_seconds.labels("http", "now", "ok").observe(0.1)
    metrics.fragment_seconds.labels("shop", "ok").observe(0.1)
    metrics.fragment_rows.labels("shop").inc(3)
    metrics.fragment_bytes.labels("shop").inc(3)
    metrics.source_errors.labels("shop", "source.data").inc()
    metrics.admission_waiting.set(1)
    text = generate_latest(metrics.registry).decode()
    for line in (
        'foz_query_seconds_count{outcome="ok",protocol="http",route="now"} 1.0',
        'foz_fragment_seconds_count{outcome="ok",source="shop"} 1.0',
        'foz_fragment_rows_total{source="shop"} 3.0',
        'foz_fragment_bytes_total{source="shop"} 3.0',
        'foz_source_errors_total{code="source.data",source="shop"} 1.0',
        "foz_admission_waiting 1.0",
    ):
        assert line in text
    assert "_created" not in text


def test_spans_are_nested_and_hold_no_text_of_an_error() -> None:
    exporter = InMemorySpanExporter()
    provider = configure_tracing(exporter)
    assert provider is not None
    try:
        request = begin("request", None, request_id="r_9")
        with pytest.raises(SqlType), request.current(), span("plan", tables=2):
            raise SqlType("a value: 42")
        request.record("fragment", 0.5, None, source="shop")
        request.end("sql.type")
        provider.force_flush()
    finally:
        configure_tracing(None)
        provider.shutdown()
    plan, fragment, whole = exporter.get_finished_spans()
    assert (plan.name, fragment.name, whole.name) == ("plan", "fragment", "request")
    for child in (plan, fragment):
        assert child.parent is not None
        assert child.parent.span_id == whole.context.span_id
    assert fragment.attributes == {"foz.request_id": "r_9", "foz.source": "shop"}
    assert fragment.end_time - fragment.start_time == 500_000_000  # type: ignore[operator]
    assert whole.status.description == "sql.type"
    assert plan.attributes == {"foz.tables": 2, "foz.request_id": "r_9"}
    assert plan.status.description == "sql.type"
    assert plan.events == ()


def test_without_an_exporter_a_span_is_nothing() -> None:
    assert span("plan") is span("parse", anything=1)
    assert begin("request", None) is begin("request", None, anything=1)
