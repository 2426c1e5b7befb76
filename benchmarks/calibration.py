"""Do the predictions keep their promise? A mix of queries over PostgreSQL, MongoDB and both, while the load and the data change.

Before each query Foz says within which time it ends in 95 of 100 cases (`predictedP95Ms`). After three tenths of the queries a
noisy neighbour begins to scan both stores, half-way the tables become three times as large, after seven tenths the neighbour
leaves. Two peers predict the same queries in the same run: the 95th percentile of everything seen before (of the same shape, and
of all), and PostgreSQL's EXPLAIN cost (MongoDB tells none: there, the estimated rows): the 95th percentile of what cost as much
until then, to half a power of ten. The pinball loss is what a forecast of a percentile is measured by; less is better.
"""

from __future__ import annotations

import bisect
import math
import multiprocessing
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import httpx
import pymongo
from rich.console import Console
from rich.table import Table

from benchmarks.serving import administer, arguments, mongodb_database, postgres_database, serving
from demo.servers import find_mongodb, find_postgres

QUERIES = 20_000
ORDERS, CUSTOMERS = 20_000, 5_000
COVERAGE = 0.95
STEPS = {"a noisy neighbour comes": 0.3, "three times the data": 0.5, "the neighbour leaves": 0.7}
SETTLED_AFTER = 500
PAUSE_SECONDS = 0.02
"""Between two scans of a neighbour: without, two of them leave nothing of two cores, and the run takes hours."""

WIDTHS = (5, 20, 80, 300, 1_000)
SHAPES: dict[str, tuple[float, str]] = {
    "pg: one by its key": (6, "SELECT * FROM pg.orders WHERE id = {key}"),
    "pg: a range of keys": (5, "SELECT id, total, note FROM pg.orders WHERE id >= {key} AND id < {key} + {width}"),
    "pg: of a status": (
        2,
        "SELECT status, count(*) AS n, sum(total) AS total FROM pg.orders WHERE status = '{status}' GROUP BY ALL",
    ),
    "pg: the first": (3, "SELECT id, note FROM pg.orders ORDER BY id LIMIT {width}"),
    "pg: a sum by customer": (1, "SELECT customer, sum(total) AS total FROM pg.orders WHERE id < {width} * 6 GROUP BY customer"),
    "mongo: one by its key": (5, "SELECT * FROM mg.customers WHERE _id = {customer}"),
    "mongo: a range of keys": (4, "SELECT _id, name FROM mg.customers WHERE _id >= {customer} AND _id < {customer} + {width}"),
    "mongo: of a country": (2, "SELECT city, count(*) AS n FROM mg.customers WHERE country = '{country}' GROUP BY ALL"),
    "both: a join of a range": (
        3,
        "SELECT o.id, c.name FROM pg.orders o JOIN mg.customers c ON c._id = o.customer "
        "WHERE o.id >= {key} AND o.id < {key} + {width} AND c.country = '{country}'",
    ),
    "both: a join of one": (
        2,
        "SELECT o.id, c.name FROM pg.orders o JOIN mg.customers c ON c._id = o.customer WHERE o.id = {key}",
    ),
}


@dataclass
class Seen:
    """Values seen so far, in order: their plain 95th percentile."""

    values: list[float] = field(default_factory=list)

    def add(self, value: float) -> None:
        bisect.insort(self.values, value)

    def p95(self) -> float | None:
        return self.values[math.ceil(COVERAGE * len(self.values)) - 1] if self.values else None


@dataclass
class Told:
    """What one way to predict has said of the queries, and what they took."""

    predicted: list[float] = field(default_factory=list)
    actual: list[float] = field(default_factory=list)

    def add(self, predicted: float, actual: float) -> None:
        self.predicted.append(predicted)
        self.actual.append(actual)

    def covered(self, begin: int = 0, end: int | None = None) -> float:
        pairs = list(zip(self.predicted, self.actual, strict=True))[begin:end]
        return sum(actual <= predicted for predicted, actual in pairs) / len(pairs)

    def pinball(self) -> float:
        losses = (
            COVERAGE * (actual - predicted) if actual > predicted else (1 - COVERAGE) * (predicted - actual)
            for predicted, actual in zip(self.predicted, self.actual, strict=True)
        )
        return sum(losses) / len(self.actual)


def drawn(chance: random.Random) -> tuple[str, str, str]:
    """A query: its shape's name, its text, and what its cost hangs on."""
    (name,) = chance.choices(list(SHAPES), [weight for weight, _ in SHAPES.values()])
    width, status = chance.choice(WIDTHS), chance.choice(("open", "paid", "void"))
    country = chance.choice(("PT", "DE", "LI"))
    form = SHAPES[name][1]
    key, customer = chance.randrange(ORDERS), chance.randrange(CUSTOMERS)
    sql = form.format(key=key, customer=customer, width=width, status=status, country=country)
    depends = [
        value for word, value in (("width", str(width)), ("status", status), ("country", country)) if f"{{{word}}}" in form
    ]
    return name, sql, " ".join((name, *depends))


class Asked:
    """Foz over HTTP."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=f"http://{address}", timeout=600)
        self._costs: dict[str, float] = {}

    def ask(self, sql: str) -> tuple[float, float]:
        """What was predicted and what it took, in milliseconds."""
        answer = self._client.post("/sql", json={"sql": sql})
        answer.raise_for_status()
        stats = answer.json()["stats"]
        return stats["predictedP95Ms"], stats["elapsedMs"]

    def cost(self, sql: str, depends: str) -> float:
        """The sum of the costs that the stores' plans tell for the query; queries that differ in a key alone cost the same."""
        if depends not in self._costs:
            answer = self._client.post("/sql", json={"sql": f"EXPLAIN (STORE) {sql}"})
            answer.raise_for_status()
            lines = [row["plan"] for row in answer.json()["rows"]]
            self._costs[depends] = _cost("\n".join(lines))
        return self._costs[depends]

    def forget(self) -> None:
        self._costs.clear()

    def shares(self) -> dict[str, float]:
        """The share of reads within their prediction, by source, as the metric tells it."""
        text = self._client.get("/metrics").text
        within = dict(re.findall(r'^foz_prediction_ratio_bucket\{le="1.0",source="([^"]+)"\} (\S+)$', text, re.M))
        count = dict(re.findall(r'^foz_prediction_ratio_count\{source="([^"]+)"\} (\S+)$', text, re.M))
        return {source: float(within[source]) / float(count[source]) for source in sorted(count)}


def _cost(text: str) -> float:
    total = 0.0
    for part in re.split(r"^Fragment ", text, flags=re.M)[1:]:
        told = re.search(r"cost=[\d.]+\.\.([\d.]+)", part)
        rows = re.search(r"expects +about (\d+) row", part)
        total += float(told[1]) if told is not None else float(rows[1]) + 1 if rows is not None else 1.0
    return max(total, 0.01)


def fill(uri: str, documents: Any, begin: int, end: int) -> None:
    administer(
        uri,
        "INSERT INTO orders SELECT n, n % 5000, n % 9973 / 7.0, CASE WHEN n % 1000 = 0 THEN 'void' WHEN n % 10 = 0 THEN 'open' "
        f"ELSE 'paid' END, repeat('note ' || n, 4) FROM generate_series({begin}, {end - 1}) n",
        "ANALYZE orders",
    )
    share = CUSTOMERS / ORDERS
    documents.insert_many(
        {
            "_id": n,
            "name": f"customer {n}",
            "country": "LI" if n % 500 == 0 else "PT" if n % 3 == 0 else "DE",
            "city": f"city {n % 97}",
            "address": {"street": f"street {n}", "zip": f"{n % 9000}"},
        }
        for n in range(int(begin * share), int(end * share))
    )


def _neighbour(postgres_uri: str, mongodb_uri: str, number: int) -> None:
    """Scans one of the stores without end."""
    if number % 2:
        client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongodb_uri)
        documents = client.get_default_database()["customers"]
        while True:
            list(documents.aggregate([{"$group": {"_id": {"$substr": ["$name", 0, 10]}, "n": {"$sum": 1}}}]))
            time.sleep(PAUSE_SECONDS)
    with postgres.connect(postgres_uri, autocommit=True) as connection, connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT sum(length(md5(note))) FROM orders")
            cursor.fetchall()
            time.sleep(PAUSE_SECONDS)


@contextmanager
def neighbours(postgres_uri: str, mongodb_uri: str) -> Iterator[Callable[[], None]]:
    """Called, it starts them; called again, it stops them."""
    context = multiprocessing.get_context("spawn")
    running: list[Any] = []

    def turn() -> None:
        if running:
            for each in running:
                each.terminate()
                each.join()
            running.clear()
            return
        for number in range(2):
            running.append(context.Process(target=_neighbour, args=(postgres_uri, mongodb_uri, number), daemon=True))
            running[-1].start()

    try:
        yield turn
    finally:
        if running:
            turn()


def main() -> None:
    options = arguments(__doc__, scale=0.1, rounds=1)
    total = int(QUERIES * options.scale)
    steps = {int(share * total): name for name, share in STEPS.items()}
    client: pymongo.MongoClient[dict[str, Any]]
    with ExitStack() as stack:
        uri = stack.enter_context(postgres_database(stack.enter_context(find_postgres()).uri))
        mongodb_uri = stack.enter_context(mongodb_database(stack.enter_context(find_mongodb()).uri))
        client = stack.enter_context(pymongo.MongoClient(mongodb_uri))
        documents = client.get_default_database()["customers"]
        administer(
            uri, "CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint, total numeric(12,2), status text, note text)"
        )
        fill(uri, documents, 0, ORDERS)
        turn = stack.enter_context(neighbours(uri, mongodb_uri))
        sources = [
            {"id": "pg", "type": "postgres", "connection": {"uri": uri}},
            {"id": "mg", "type": "mongodb", "connection": {"uri": mongodb_uri}},
        ]
        foz = stack.enter_context(serving(sources, statisticsRefreshSeconds=10, history="memory://"))
        asked = Asked(foz.http)
        ways = {name: Told() for name in ("Foz", "p95 of its shape so far", "p95 of all so far", "EXPLAIN cost")}
        foz_alone = Told()
        by_kind: dict[str, Told] = {}
        shapes: dict[str, Seen] = {}
        everything = Seen()
        costs: dict[int, Seen] = {}
        chance = random.Random(1)
        for number in range(total):
            step = steps.get(number)
            if step == "three times the data":
                fill(uri, documents, ORDERS, 3 * ORDERS)
                asked.forget()
            elif step is not None:
                turn()
            name, sql, depends = drawn(chance)
            cost = asked.cost(sql, depends)
            predicted, actual = asked.ask(sql)
            shape = shapes.setdefault(name, Seen())
            alike = costs.setdefault(round(2 * math.log10(cost)), Seen())
            peers = [shape.p95(), everything.p95(), alike.p95()]
            foz_alone.add(predicted, actual)
            by_kind.setdefault(name.partition(":")[0], Told()).add(predicted, actual)
            told = [each for each in peers if each is not None]
            if len(told) == len(peers):
                for way, said in zip(ways.values(), (predicted, *told), strict=True):
                    way.add(said, actual)
            for seen in (shape, everything, alike):
                seen.add(actual)
        shares = asked.shares()
    _print(total, steps, foz_alone, by_kind, ways, shares)


def _print(
    total: int, steps: dict[int, str], foz: Told, by_kind: dict[str, Told], ways: dict[str, Told], shares: dict[str, float]
) -> None:
    console = Console(width=130)
    table = Table("", "actual ≤ predicted p95", "pinball loss, ms", title=f"{total:,} queries", title_justify="left")
    for name, way in ways.items():
        table.add_row(name, f"{way.covered():.1%}", f"{way.pinball():.3f}")
    console.print(table)
    table = Table("Foz", "actual ≤ predicted p95", "aim", title_justify="left")
    table.add_row("all", f"{foz.covered():.1%}", "93 – 97 %")
    for kind, told in by_kind.items():
        table.add_row(f"  {kind}", f"{told.covered():.1%}", "")
    for source, share in shares.items():
        table.add_row(f"  reads of {source}" if source != "*" else "  queries, by the metric", f"{share:.1%}", "")
    settle = min(SETTLED_AFTER, total // 20)
    for begin, name in sorted(steps.items()):
        table.add_row(f"{name}: the first {settle}", f"{foz.covered(begin, begin + settle):.1%}", "")
        table.add_row(f"  the next {settle}", f"{foz.covered(begin + settle, begin + 2 * settle):.1%}", "90 – 99 %")
    console.print(table)
    best: Sequence[tuple[str, Told]] = [each for each in ways.items() if each[0] != "Foz"]
    for name, way in best:
        print(f"Pinball loss of Foz ÷ that of {name}: {ways['Foz'].pinball() / way.pinball():.2f} (aim: below 1)")


if __name__ == "__main__":
    main()
