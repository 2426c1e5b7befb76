"""A running Flight server over DuckDB, and a client for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow.flight as flight
import pytest

from proxy.flight import FlightServer
from proxy.request import Caller
from tests.proxy.flight.duckdb_asking import DuckAsking
from tests.proxy.flight.serving import CATALOG, Running, Serve
from tests.proxy.told import Told


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers, and stops them after the test."""
    started: list[Running] = []

    def start(**options: Any) -> Running:
        asking, told = DuckAsking(), Told()
        settings = {"authenticate": lambda token: Caller(), **options}
        server = FlightServer("127.0.0.1:0", asking, told, lambda: CATALOG, settings.pop("authenticate"), **settings)
        running = Running(server, asking, told)
        started.append(running)
        return running

    yield start
    for running in started:
        assert running.server.stop()
        running.asking.close()


@pytest.fixture
def running(serve: Serve) -> Running:
    return serve()


@pytest.fixture
def client(running: Running) -> Iterator[flight.FlightClient]:
    with running.client() as connected:
        yield connected
