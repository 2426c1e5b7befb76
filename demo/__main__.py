"""`python -m demo`: servers, data, Foz, questions, and how to go on. `--serve` stays until it is interrupted.

`FOZ_DEMO_POSTGRES` and `FOZ_DEMO_MONGODB` name servers to use instead of starting some; a database of its own is made in each and
dropped at the end.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import adbc_driver_postgresql.dbapi as postgres
import pymongo
import yaml
from rich.console import Console

from demo import shop, tour
from demo.process import started
from demo.server import Server, free_port
from demo.servers import find_mongodb, find_postgres

ROOT = Path(__file__).resolve().parent.parent
PORTS = (8815, 8080)
ANY_PORTS = (0, 0)


class StepFailed(RuntimeError):
    """One step of the demonstration did not work; the message names it and says why."""


@contextmanager
def step(console: Console, title: str) -> Iterator[None]:
    console.rule(f"[bold]{title}", align="left")
    try:
        yield
    except Exception as error:
        raise StepFailed(f"{title}: {error or type(error).__name__}") from error


@contextmanager
def databases(postgres_server: Server, mongodb_server: Server) -> Iterator[tuple[str, str]]:
    """The URIs of one empty database in each server, which are dropped afterwards where the server stays."""
    mark = "" if postgres_server.pid and mongodb_server.pid else f"_demo_{uuid.uuid4().hex[:8]}"
    names = f"shop{mark}", f"crm{mark}"
    _administer(postgres_server.uri, f"CREATE DATABASE {names[0]}")
    try:
        yield (_with_database(postgres_server.uri, names[0]), _with_database(mongodb_server.uri, names[1]))
    finally:
        if mark:
            _administer(postgres_server.uri, f"DROP DATABASE {names[0]} WITH (FORCE)")
            with pymongo.MongoClient[shop.Row](mongodb_server.uri) as client:
                client.drop_database(names[1])


def configured(directory: Path, postgres_uri: str, mongodb_uri: str) -> Path:
    """Writes `foz.yaml` for the demonstration's four sources; only its owner may read it, because URIs may hold passwords."""
    relations = {"customer": {"to": "crm.customers", "keys": {"customer_id": "_id"}}}
    sources = [
        {
            "id": "shop",
            "name": "Orders and products",
            "type": "postgres",
            "connection": {"uri": postgres_uri},
            "tables": {"orders": {"relations": relations}},
        },
        {"id": "crm", "name": "Customers and reviews", "type": "mongodb", "connection": {"uri": mongodb_uri}},
        {"id": "warehouse", "name": "Shipments", "type": "files", "connection": {"path": str(directory / "files")}},
        {"id": "partners", "name": "Suppliers", "type": "sqlite", "connection": {"path": str(directory / "suppliers.sqlite")}},
    ]
    path = directory / "foz.yaml"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump({"sources": sources, "log": {"level": "warning"}}, sort_keys=False, allow_unicode=True))
    return path


def _administer(uri: str, statement: str) -> None:
    with postgres.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


def _with_database(uri: str, name: str) -> str:
    return urlunsplit(urlsplit(uri)._replace(path=f"/{name}"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description="Shows Foz over real servers with a small shop in them.")
    parser.add_argument("--serve", action="store_true", help="keep everything running until interrupted")
    stay: bool = parser.parse_args().serve
    ready, stopped = threading.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set() if stay and ready.is_set() else sys.exit(130))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    try:
        with ExitStack() as stack:
            flight, http, configuration = show(console, stack, PORTS if stay else ANY_PORTS)
            console.rule("[bold]Go on", align="left")
            if stay:
                console.print(tour.next_steps(flight, http, configuration, _environment()), markup=False, soft_wrap=True)
                console.print("\nServing until interrupted (Ctrl-C).")
                ready.set()
                stopped.wait()
            else:
                console.print("make serve leaves this running for you to ask; README.md says the rest.")
    except StepFailed as error:
        print(f"The demonstration failed at: {error}", file=sys.stderr)
        return 1
    return 0


def show(console: Console, stack: ExitStack, ports: tuple[int, int]) -> tuple[str, str, Path]:
    """Every step up to the last answer; answers the addresses of Flight SQL and HTTP, which serve until `stack` closes,
    and the configuration that they were started with.

    `ports` are those wanted for the two; another one is taken where one is in use."""
    with step(console, "Servers"), ThreadPoolExecutor(2) as pool:
        starting = pool.submit(find_postgres, "FOZ_DEMO_POSTGRES"), pool.submit(find_mongodb, "FOZ_DEMO_MONGODB")
        failures = [error for error in (each.exception() for each in starting) if error]
        servers = [stack.enter_context(each.result()) for each in starting if not each.exception()]
        if failures:
            raise failures[0]
        for server in servers:
            console.print(f"{server.kind} {server.version}, from {server.way}", markup=False)
    with step(console, "A small shop"):
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="foz-demo-")))
        postgres_uri, mongodb_uri = stack.enter_context(databases(*servers))
        data = shop.made()
        shop.load_postgres(data, postgres_uri)
        shop.load_mongodb(data, mongodb_uri)
        shop.write_files(data, directory)
        counts = data.counts()
        for place, names in {
            "shop (PostgreSQL)": ("products", "orders", "order_lines"),
            "crm (MongoDB)": ("customers", "reviews"),
            "warehouse (Parquet)": ("shipments",),
            "partners (SQLite)": ("suppliers",),
        }.items():
            console.print(f"{place}: {', '.join(f'{counts[name]} {name}' for name in names)}")
    with step(console, "Foz"):
        flight, http = (f"127.0.0.1:{free_port(port)}" for port in ports)
        configuration = configured(directory, postgres_uri, mongodb_uri)
        stack.enter_context(started(configuration, flight, http))
        console.print(f"Flight SQL on grpc://{flight}, HTTP on http://{http}")
    with step(console, "One query over PostgreSQL and documents, through the ADBC driver for Flight SQL"):
        tour.show_sql(console, tour.REVENUE)
        answer = tour.over_flight(flight, tour.REVENUE)
        tour.show_rows(console, answer.column_names, answer.to_pylist())
        tour.agree(
            "The answer, and the same reckoned from the rows that were loaded", answer.to_pylist(), tour.expected_revenue(data)
        )
    with step(console, "The same over HTTP"):
        body = tour.over_http(http, tour.REVENUE)
        console.print(f"POST /sql: {body['status']}, {body['rowCount']} rows, first {body['rows'][0]}", markup=False)
        tour.agree("The answers over HTTP and over Flight SQL", body["rows"], answer.to_pylist())
        console.print("The same rows, value for value.")
    with step(console, "Its receipt: what each store was asked, what was left, and why"):
        tour.show_receipt(console, tour.over_flight(flight, f"EXPLAIN {tour.REVENUE}"))
    with step(console, "Four stores in one query"):
        tour.show_sql(console, tour.FOUR_STORES)
        body = tour.over_http(http, tour.FOUR_STORES)
        tour.show_rows(console, [column["name"] for column in body["columns"]], body["rows"])
    with step(console, "An answer that is given again, because its files are proved to be as they were"):
        tour.show_sql(console, tour.SHIPPED)
        first, again = tour.over_http(http, tour.SHIPPED), tour.over_http(http, tour.SHIPPED)
        tour.kept(first, again)
        for body in (first, again):
            told = {name: body["cache"][name] for name in ("status", "freshness")}
            console.print(f"{body['rows'][0]} cache: {told}, {body['stats']['elapsedMs']} ms", markup=False)
    with step(console, "The first query as a job: a queryId at once, its rows when they are there"):
        ticket, body = tour.waited_for(http, tour.REVENUE)
        told = {name: ticket[name] for name in ("queryId", "status")}
        console.print(f"POST /sql with mode async: {told}", markup=False)
        console.print(f"GET /queries/{ticket['queryId']}/result: {body['rowCount']} rows, first {body['rows'][0]}", markup=False)
        tour.agree("The rows of the job", body["rows"], answer.to_pylist())
    return flight, http, configuration


def _environment() -> str:
    """The environment that this runs in, as a person at the repository's root would write it."""
    prefix = Path(sys.prefix)
    return str(prefix.relative_to(ROOT)) if prefix.is_relative_to(ROOT) else str(prefix)


if __name__ == "__main__":
    sys.exit(main())
