"""How should PostgreSQL be asked for a few rows? By a prepared statement, by a text with constants, with and without COPY.

Each way reads through the store as a query does: sessions from its pool, batches in the types that were asked for. One row by
its key, and one row of seven tables joined by their keys, whose planning costs PostgreSQL more than finding it; at 1 and at 8
clients.
"""

from __future__ import annotations

import random
import statistics
import threading
import time
from contextlib import ExitStack

from rich.console import Console
from rich.table import Table

from benchmarks.measure import interval, percentile
from benchmarks.serving import administer, arguments, postgres_database
from demo.servers import find_postgres
from planner.plan import Field
from translators.base import Store, StoreConfig
from translators.control import Control
from translators.postgres import STORE
from translators.postgres.binds import Bind
from translators.postgres.reading import PostgresQuery

ROWS = 100_000
CLIENTS = (1, 8)
SLICE_SECONDS = 1.0
OUTPUTS = (Field("id", "INTEGER"), Field("name", "VARCHAR"), Field("price", "DECIMAL(12,2)"))
COLUMNS = 'SELECT t.id AS "id", t.name AS "name", t.price::text AS "price" FROM public.items AS t'
JOINS = " ".join(f"JOIN public.items AS j{n} ON j{n}.id = {'t' if n == 1 else f'j{n - 1}'}.next" for n in range(1, 7))
QUERIES = {"one row by its key": f"{COLUMNS} WHERE t.id = ", "seven tables by their keys": f"{COLUMNS} {JOINS} WHERE t.id = "}
WAYS = {"prepared": (True, True), "constants in the text": (True, False), "the same by COPY": (False, False)}
"""Whether each reads without COPY, and whether it is prepared."""


def request(text: str, key: int, way: str) -> PostgresQuery:
    point, prepared = WAYS[way]
    return PostgresQuery((text, ""), (Bind(str(key), False, "INTEGER", str(key)),), point=point, prepared=prepared)


def ask(store: Store, query: PostgresQuery) -> None:
    control = Control()
    with store.reading(1, control) as reader:
        rows = sum(batch.num_rows for batch in reader.read(query, OUTPUTS, control))
    assert rows == 1


def slice_of(store: Store, text: str, way: str, clients: int, seconds: float, seed: int) -> list[float]:
    """The seconds of every read that the clients made side by side within `seconds`."""
    took: list[list[float]] = [[] for _ in range(clients)]
    end = time.perf_counter() + seconds

    def client(number: int) -> None:
        chance = random.Random(seed * 100 + number)
        while (started := time.perf_counter()) < end:
            ask(store, request(text, chance.randrange(ROWS), way))
            took[number].append(time.perf_counter() - started)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [each for one in took for each in one]


def main() -> None:
    options = arguments(__doc__, scale=0.3, rounds=7)
    seconds = SLICE_SECONDS * options.scale
    with ExitStack() as stack:
        uri = stack.enter_context(postgres_database(stack.enter_context(find_postgres()).uri))
        administer(
            uri,
            "CREATE TABLE items (id int PRIMARY KEY, next int NOT NULL, name text NOT NULL, price numeric(12,2))",
            f"INSERT INTO items SELECT i, (i + 1) % {ROWS}, 'item ' || i, i / 7.0 FROM generate_series(0, {ROWS - 1}) AS i",
            "ANALYZE items",
        )
        store = STORE.open(StoreConfig("pg", "postgres", {"uri": uri}))
        stack.callback(store.close)
        heads = ("", "clients", "way", "p50 ms", "p99 ms", "of prepared", "95 % interval")
        table = Table(*heads, title="A few rows", title_justify="left")
        for name, text in QUERIES.items():
            for clients in CLIENTS:
                took: dict[str, list[list[float]]] = {way: [] for way in WAYS}
                for number in range(-1, options.rounds):
                    for way in WAYS if number % 2 else reversed(list(WAYS)):
                        calls = slice_of(store, text, way, clients, seconds, number + 1)
                        if number >= 0:
                            took[way].append(calls)
                for way in WAYS:
                    calls = [each for one in took[way] for each in one]
                    ratios = [percentile(a, 0.5) / percentile(b, 0.5) for a, b in zip(took[way], took["prepared"], strict=True)]
                    low, high = interval(ratios)
                    p50, p99 = (f"{1000 * percentile(calls, share):.2f}" for share in (0.5, 0.99))
                    table.add_row(
                        name, str(clients), way, p50, p99, f"{statistics.median(ratios):.2f}", f"{low:.2f} – {high:.2f}"
                    )
        Console(width=130).print(table)


if __name__ == "__main__":
    main()
