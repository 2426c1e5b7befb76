"""The trace of a job goes on from its request's, and that from whoever asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import httpx
import orjson
import pyarrow.flight as flight
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from proxy.jobs import asked
from proxy.request import Caller, Request
from proxy.telemetry import configure_tracing, traceparent_of
from tests.end_to_end.asking import bearer
from tests.end_to_end.slow import until
from tests.end_to_end.world import ROOT, World, serving
from tests.proxy.flight.serving import calling, command

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"
SQL = "SELECT id FROM shop.dozes"


class Spans:
    def __init__(self, provider: TracerProvider, exporter: InMemorySpanExporter) -> None:
        self._provider, self._exporter = provider, exporter

    def named(self, request_id: str, name: str) -> list[ReadableSpan]:
        self._provider.force_flush()
        found = self._exporter.get_finished_spans()
        return [one for one in found if one.name == name and (one.attributes or {}).get("foz.request_id") == request_id]

    def only(self, request_id: str, name: str) -> ReadableSpan:
        until(lambda: self.named(request_id, name))
        (one,) = self.named(request_id, name)
        return one


@pytest.fixture(scope="module")
def world(filled: tuple[str, str, Any]) -> Iterator[World]:
    with postgres.connect(filled[0], autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE VIEW dozes AS SELECT 7 AS id FROM pg_sleep(0.8)")
    with serving(*filled, query_timeout_ms=300) as world:
        yield world


@pytest.fixture
def spans(world: World) -> Iterator[Spans]:
    exporter = InMemorySpanExporter()
    provider = configure_tracing(exporter)
    assert provider is not None
    yield Spans(provider, exporter)
    configure_tracing(None)
    provider.shutdown()


def linked(child: ReadableSpan, parent: ReadableSpan) -> bool:
    return (
        child.parent is not None
        and parent.context is not None
        and (child.parent.trace_id, child.parent.span_id) == (parent.context.trace_id, parent.context.span_id)
    )


def post(world: World, request_id: str, mode: str, **headers: str) -> str:
    sent = {**bearer(ROOT), "x-request-id": request_id, **headers}
    answer = httpx.post(f"{world.http}/sql", json={"sql": SQL, "mode": mode}, headers=sent, timeout=30)
    assert answer.status_code == 202
    return str(answer.json()["queryId"])


@pytest.mark.parametrize("mode", ["async", "auto"])
def test_a_job_is_a_child_of_its_request(world: World, spans: Spans, mode: str) -> None:
    post(world, f"r_{mode}", mode)
    job, request = spans.only(f"r_{mode}", "job"), spans.only(f"r_{mode}", "request")
    assert linked(job, request)
    assert request.parent is None
    fragment = spans.only(f"r_{mode}", "fragment")
    assert linked(fragment, job if mode == "async" else request)
    assert job.end_time is not None
    assert request.end_time is not None
    assert (job.end_time > request.end_time) == (mode == "async")


@pytest.mark.parametrize("mode", ["async", "auto"])
def test_a_request_is_a_child_of_what_asked_it(world: World, spans: Spans, mode: str) -> None:
    post(world, f"r_http_{mode}", mode, traceparent=TRACEPARENT)
    with flight.connect(world.flight) as client:
        headers = calling(**bearer(ROOT), x_foz_mode=mode, x_request_id=f"r_flight_{mode}", traceparent=TRACEPARENT)
        info = client.get_flight_info(command("CommandStatementQuery", query=SQL), headers)
        assert client.do_get(info.endpoints[0].ticket, calling(**bearer(ROOT))).read_all().num_rows == 1
    for protocol in ("http", "flight"):
        request = spans.only(f"r_{protocol}_{mode}", "request")
        assert request.parent is not None
        assert (f"{request.parent.trace_id:032x}", f"{request.parent.span_id:016x}") == (TRACE, PARENT)
        assert linked(spans.only(f"r_{protocol}_{mode}", "job"), request)


def test_a_failed_job_says_so(world: World, spans: Spans) -> None:
    body = {"sql": "SELECT CAST(note AS INTEGER) AS n FROM shop.orders", "mode": "async"}
    httpx.post(f"{world.http}/sql", json=body, headers={**bearer(ROOT), "x-request-id": "r_fails"}, timeout=30)
    assert spans.only("r_fails", "job").status.description == "sql.type"


def test_the_trace_is_in_the_record_of_a_job() -> None:
    request = Request("SELECT 1", Caller(), "r_1", "http", mode="async", traceparent=TRACEPARENT, limit=3)
    assert asked.request(asked.record(request)) == request
    assert orjson.loads(asked.record(request))["traceparent"] == TRACEPARENT


@pytest.mark.parametrize("header", [None, "", "00-x", TRACEPARENT + "0", TRACEPARENT.upper(), "x" * 10_000])
def test_what_is_no_traceparent_is_left_out(header: str | None) -> None:
    assert traceparent_of(header) is None


def test_a_traceparent_is_taken() -> None:
    assert traceparent_of(TRACEPARENT) == TRACEPARENT
