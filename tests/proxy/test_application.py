"""One Foz in process over real servers: sources that go down and come back, what callers are told, and what is logged of it."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import pymongo
import pytest
import structlog
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest

from demo.server import free_port
from demo.servers import start_postgres
from planner.catalog import Grants
from planner.errors import FozError, SourceUnavailable, UnknownTable
from proxy.application import Application, build
from proxy.catalog.entries import Patience
from proxy.configuration import ConfigurationError
from proxy.request import Caller, Request
from proxy.scratch import Scratch
from proxy.settings import load
from proxy.telemetry import Scrubber, configure_logging, configure_tracing

QUICK = Patience(first_pause_seconds=0.05, longest_pause_seconds=0.2)

SOURCES = """
sources:
  - id: shop
    type: postgres
    connection: {uri: "postgresql://foz:hunter22@127.0.0.1:%d/postgres"}
  - id: crm
    type: mongodb
    connection: {uri: "%s"}
  - id: away
    type: postgres
    connection: {host: 127.0.0.1, port: %d, user: foz, password: hunter22, db: none}
"""


def until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(12_000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it did not happen")


def fill(uri: str) -> None:
    with postgres.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE orders (id int PRIMARY KEY, customer text)")
        cursor.execute("INSERT INTO orders VALUES (1, 'a'), (2, 'b'), (3, 'a')")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("debug", "json", Scrubber(), stream)
    yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    structlog.reset_defaults()


def rows(foz: Application, sql: str, caller: Caller | None = None, request_id: str = "r_test") -> list[dict[str, Any]]:
    with foz.asking.start(Request(sql, caller or Caller(), request_id, "test")) as answer:
        return [row for batch in answer.batches() for row in batch.to_pylist()]


def test_a_server_that_dies_and_comes_back(tmp_path: Path, mongodb_uri: str, lines: io.StringIO) -> None:
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        client.get_default_database()["customers"].insert_many([{"_id": "a", "city": "Porto"}, {"_id": "b", "city": "Faro"}])
    port = free_port()
    path = tmp_path / "foz.yaml"
    path.write_text(SOURCES % (port, mongodb_uri, free_port()))
    both = "SELECT o.id, c.city FROM shop.orders o JOIN crm.customers c ON o.customer = c._id ORDER BY o.id"
    ana = Caller("ana", Grants(("shop.*", "away.*")), admin=False)
    told: list[FozError] = []

    def fails(foz: Application, sql: str, kind: type[FozError], caller: Caller | None = None) -> FozError:
        with pytest.raises(kind) as caught:
            rows(foz, sql, caller)
        told.append(caught.value)
        return caught.value

    with build(load(path, {}), patience=QUICK) as foz:
        with start_postgres(port) as server:
            fill(server.uri)
            foz.start()
            expected = [{"id": 1, "city": "Porto"}, {"id": 2, "city": "Faro"}, {"id": 3, "city": "Porto"}]
            assert rows(foz, both) == expected
            assert [source for source, _ in foz.down()] == ["away"]
            assert fails(foz, "SELECT * FROM away.orders", SourceUnavailable).details["source"] == "away"
            assert fails(foz, "SELECT * FROM away.orders", SourceUnavailable, ana).details["source"] == "away"
            fails(foz, "SELECT * FROM crm.customers", UnknownTable, ana)
            server.kill()
        assert fails(foz, both, SourceUnavailable).details["source"] == "shop"
        until(lambda: "shop" in dict(foz.down()))
        assert fails(foz, "SELECT id FROM shop.orders", SourceUnavailable).details["source"] == "shop"
        fails(foz, "SELECT id FROM shop.ordrs", FozError)
        assert rows(foz, "SELECT city FROM crm.customers WHERE _id = 'b'") == [{"city": "Faro"}]
        assert foz.listing.source("shop", Caller())["status"] == "down"
        with start_postgres(port) as server:
            fill(server.uri)
            until(lambda: "shop" not in dict(foz.down()))
            foz.catalog.refresh("shop")
            assert rows(foz, both) == expected
            shown = [str(foz.listing.sources(Caller())), str(foz.down()), generate_latest(foz.metrics.registry).decode()]
    assert 'foz_source_errors_total{code="source.unavailable",source="shop"}' in shown[2]
    everything = [*shown, lines.getvalue(), *(f"{error} {error.details}" for error in told)]
    assert all("hunter22" not in text for text in everything)
    assert not list(tmp_path.glob("foz-*"))


def test_one_request_is_traced_counted_and_logged_under_its_id(tmp_path: Path, postgres_uri: str, lines: io.StringIO) -> None:
    fill(postgres_uri)
    path = tmp_path / "foz.yaml"
    path.write_text(f"sources: [{{id: shop, type: postgres, connection: {{uri: '{postgres_uri}'}}}}]")
    exporter = InMemorySpanExporter()
    with build(load(path, {}), patience=QUICK) as foz:
        provider = configure_tracing(exporter)
        assert provider is not None
        try:
            foz.start()
            sql = "SELECT a.id, random() < 2 AS b FROM shop.orders a WHERE a.customer = 'secret-literal' OR a.id = 2"
            assert rows(foz, sql, request_id="r_42") == [{"id": 2, "b": True}]
            with pytest.raises(UnknownTable):
                rows(foz, "SELECT 1 FROM shop.nothing", request_id="r_43")
            provider.force_flush()
        finally:
            configure_tracing(None)
            provider.shutdown()
        metrics = generate_latest(foz.metrics.registry).decode()
    spans = {span.name: span for span in exporter.get_finished_spans() if (span.attributes or {}).get("foz.request_id") == "r_42"}
    assert set(spans) == {"request", "parse", "plan", "cache.lookup", "fragment", "residual"}
    assert all(span.parent is not None for name, span in spans.items() if name != "request")
    assert 'foz_query_seconds_count{outcome="ok",protocol="test",route="now"} 1.0' in metrics
    assert 'foz_query_seconds_count{outcome="sql.unknown_table",protocol="test",route="now"} 1.0' in metrics
    assert 'foz_fragment_rows_total{source="shop"} 1.0' in metrics
    assert '"request_id":"r_42"' in lines.getvalue()
    assert "secret-literal" not in lines.getvalue()
    assert all("secret-literal" not in str(span.attributes) for span in exporter.get_finished_spans())


def test_temporary_files_go_where_the_spool_is_and_are_removed(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    path = tmp_path / "foz.yaml"
    path.write_text(f"spool: file://{spool}\nhistory: memory://\nsources: []")
    with build(load(path, {})) as foz:
        foz.start()
        assert rows(foz, "SELECT 1 AS a") == [{"a": 1}]
        assert len(list(spool.iterdir())) == 1
    assert list(spool.iterdir()) == []
    foz.close()


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_uses_is_not(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from proxy.scratch import Scratch;"
        "scratch = Scratch(Path(sys.argv[1])); print(scratch.path, flush=True); input()"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        theirs = Path(other.stdout.readline().strip())
        ours = Scratch(tmp_path)
        assert set(tmp_path.iterdir()) == {theirs, ours.path}
        other.kill()
        other.wait()
    later = Scratch(tmp_path)
    assert set(tmp_path.iterdir()) == {later.path, ours.path}
    ours.close()
    later.close()
    assert list(tmp_path.iterdir()) == []


def test_a_spool_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "foz.yaml"
    path.write_text(f"spool: file://{tmp_path}/file/x")
    with build(load(path, {})) as foz, pytest.raises(ConfigurationError, match=r"spool: .* cannot be written"):
        foz.asking  # noqa: B018
