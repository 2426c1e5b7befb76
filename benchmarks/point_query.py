"""What does Foz add to a point query? One row of PostgreSQL by its key, at 1, 8 and 32 clients.

Through Foz: GetFlightInfo and DoGet with pyarrow, and the ADBC driver. Peers in the same run: a Flight server with a canned row,
and ADBC straight to PostgreSQL. The aim is p50(Foz) <= p50(canned) + p50(direct) + 1 ms at one client.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import pyarrow.flight as flight
from rich.console import Console
from rich.table import Table

from benchmarks.measure import interval, percentile
from benchmarks.serving import administer, arguments, connected, postgres_database, serving
from demo.server import Server, free_port, guarded
from demo.servers import find_postgres

ITEMS = 10_000
CLIENTS = (1, 8, 32)
SLICE_SECONDS = 1.0
AIM_MS = 1.0

Ask = Callable[[int], object]


def statement_query(sql: str) -> bytes:
    """A CommandStatementQuery in its Any, written by hand: both messages are one length-delimited field or two."""
    text = sql.encode()
    command = b"\x0a" + _varint(len(text)) + text
    name = b"type.googleapis.com/arrow.flight.protocol.sql.CommandStatementQuery"
    return b"\x0a" + _varint(len(name)) + name + b"\x12" + _varint(len(command)) + command


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def rows(client: flight.FlightClient, sql: str) -> list[dict[str, Any]]:
    """The rows of a query, by GetFlightInfo and DoGet."""
    info = client.get_flight_info(flight.FlightDescriptor.for_command(statement_query(sql)))
    read: list[dict[str, Any]] = client.do_get(info.endpoints[0].ticket).read_all().to_pylist()
    return read


def by_flight(address: str, source: str) -> Ask:
    client = flight.FlightClient(f"grpc://{address}")

    def ask(key: int) -> object:
        command = statement_query(f"SELECT id, name FROM {source}items WHERE id = {key}")
        info = client.get_flight_info(flight.FlightDescriptor.for_command(command))
        table = client.do_get(info.endpoints[0].ticket).read_all()
        assert table.num_rows == 1
        return table

    return ask


def by_cursor(connection: Any, source: str, **options: Any) -> Ask:
    cursor = connection.cursor(**options)

    def ask(key: int) -> object:
        cursor.execute(f"SELECT id, name FROM {source}items WHERE id = {key}")
        row = cursor.fetchone()
        assert row is not None
        assert row[0] == key
        return row

    return ask


@contextmanager
def canned() -> Iterator[str]:
    """The address of a running `benchmarks.canned`."""
    address = f"127.0.0.1:{free_port()}"

    def ready(uri: str) -> str:
        by_flight(uri, "")(1)
        return ""

    directory = Path(tempfile.mkdtemp(prefix="foz-canned-"))
    program = str(Path(__file__).with_name("canned.py"))
    server: Server = guarded("Canned", address, "canned", [sys.executable, program, address], directory, "SIGTERM", "", ready)
    with server:
        yield address


def slice_of(asks: list[Ask], seconds: float, seed: int) -> list[float]:
    """The seconds of every call that the clients made side by side within `seconds`."""
    took: list[list[float]] = [[] for _ in asks]
    end = time.perf_counter() + seconds

    def client(number: int) -> None:
        chance = random.Random(seed * 100 + number)
        while (started := time.perf_counter()) < end:
            asks[number](chance.randrange(ITEMS))
            took[number].append(time.perf_counter() - started)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(len(asks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [each for one in took for each in one]


def main() -> None:
    options = arguments(__doc__, scale=0.3, rounds=5)
    seconds = SLICE_SECONDS * options.scale
    with ExitStack() as stack:
        uri = stack.enter_context(postgres_database(stack.enter_context(find_postgres()).uri))
        administer(
            uri,
            "CREATE TABLE items (id bigint PRIMARY KEY, name text NOT NULL)",
            f"INSERT INTO items SELECT i, 'item ' || i FROM generate_series(0, {ITEMS - 1}) AS i",
            "ANALYZE items",
        )
        source = {"id": "pg", "type": "postgres", "connection": {"uri": uri}, "limits": {"maxConnections": 16}}
        foz = stack.enter_context(serving([source], maxQueries=64))
        address = stack.enter_context(canned())
        ways: dict[str, Callable[[], Ask]] = {
            "Foz, raw Flight": lambda: by_flight(foz.flight, "pg."),
            "Foz, ADBC": lambda: by_cursor(stack.enter_context(connected(foz.flight)), "pg."),
            "canned row, raw Flight": lambda: by_flight(address, ""),
            "direct ADBC": lambda: by_cursor(
                stack.enter_context(postgres.connect(uri)), "", adbc_stmt_kwargs={"adbc.postgresql.use_copy": "false"}
            ),
        }
        table = Table("clients", "", "p50 ms", "p99 ms", "calls/s", title="A point query", title_justify="left")
        for clients in CLIENTS:
            asks = {name: [make() for _ in range(clients)] for name, make in ways.items()}
            took: dict[str, list[list[float]]] = {name: [] for name in ways}
            for number in range(-1, options.rounds):
                for name in ways if number % 2 else reversed(ways):
                    calls = slice_of(asks[name], seconds, number + 1)
                    if number >= 0:
                        took[name].append(calls)
            for name in ways:
                calls = [each for one in took[name] for each in one]
                p50, p99 = (1000 * percentile(calls, share) for share in (0.5, 0.99))
                table.add_row(str(clients), name, f"{p50:.2f}", f"{p99:.2f}", f"{len(calls) / (seconds * options.rounds):,.0f}")
            if clients == 1:
                by_round = [{name: 1000 * percentile(took[name][n], 0.5) for name in ways} for n in range(options.rounds)]
                added = [each["Foz, raw Flight"] - each["canned row, raw Flight"] - each["direct ADBC"] for each in by_round]
        Console(width=130).print(table)
    low, high = interval(added)
    print(f"Foz adds {percentile(added, 0.5):.2f} ms to canned + direct at one client,", end=" ")
    print(f"95 % interval {low:.2f} – {high:.2f} (aim: at most {AIM_MS:g})")


if __name__ == "__main__":
    main()
