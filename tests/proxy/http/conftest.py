"""A real server on a free loopback port, answered by DuckDB: the protocol's own behaviour, without planner and stores."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest
import uvicorn

from planner.errors import SourceUnavailable
from proxy.http import HttpSettings, Services, SourceCatalogue, create_app
from proxy.request import Caller
from tests.proxy.http.duckdb_server import COLUMNS, ROWS, DuckAsking, Running, authenticate, shop
from tests.proxy.told import Told

Serve = Callable[..., Running]


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Starts servers that live as long as the module: `serve(settings=…, authenticate=…)`."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(
        settings: HttpSettings | None = None,
        authenticate: Callable[[str | None], Caller] = authenticate,
        batch_rows: int = 10_000,
        wrap: Callable[[DuckAsking], Any] = lambda asking: asking,
    ) -> Running:
        database = duckdb.connect(":memory:")
        database.execute("SET TimeZone = 'UTC'; SET threads = 1; ATTACH ':memory:' AS shop")
        declared = ", ".join(f"{name} {type}" for name, type in COLUMNS.items())
        database.execute(f"CREATE TABLE shop.orders ({declared}); INSERT INTO shop.orders VALUES {ROWS}")
        database.execute('CREATE TABLE shop."a.b" AS SELECT {x: 1} AS t, 2 AS "x.y", 3 AS x')
        asking = DuckAsking(database, batch_rows)
        refreshed: list[str] = []
        told = Told()
        down: list[str] = []

        def refresh(source: str) -> None:
            if source in down:
                raise SourceUnavailable("It is down.", source=source)
            refreshed.append(source)

        catalogue = SourceCatalogue(
            sources=lambda caller: [{"id": each.id} for each in shop().visible_to(caller.grants).sources],
            tables=lambda source, caller: [
                {"schema": each.schema, "name": each.name, "columns": []}
                for each in shop().visible_to(caller.grants).by_id[source].tables
            ],
            refresh=refresh,
        )
        services = Services(wrap(asking), shop, authenticate, catalogue, told, not_ready=lambda: down)
        config = uvicorn.Config(create_app(services, settings), log_config=None, http="httptools", ws="none")
        server = uvicorn.Server(config)
        listening = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        running.append((server, thread))
        return Running(f"http://127.0.0.1:{listening.getsockname()[1]}", asking, database, refreshed, down, told)

    yield start
    for server, _ in running:
        server.should_exit = True
    for _, thread in running:
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def server(serve: Serve) -> Running:
    """The module's ordinary server."""
    return serve()
