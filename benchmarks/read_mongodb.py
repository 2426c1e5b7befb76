"""How fast are documents out of MongoDB? 300,000 of ten fields at scale 1, against pymongoarrow with a schema."""

from __future__ import annotations

import random
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pymongo
from bson import Int64
from pymongo.collection import Collection

from benchmarks.measure import in_turns, peak_resident_bytes, print_comparisons
from benchmarks.serving import arguments, connected, mongodb_database, rows, serving
from demo.servers import find_mongodb

with warnings.catch_warnings():
    # pymongoarrow 1.15 over pyarrow 25: "size changed, may indicate binary incompatibility"; its results are right.
    warnings.simplefilter("ignore", RuntimeWarning)
    import pymongoarrow.api as pymongoarrow

SCHEMA = pa.schema(
    {
        "_id": pa.int64(),
        "customer": pa.int64(),
        "status": pa.string(),
        "city": pa.string(),
        "note": pa.string(),
        "paid": pa.bool_(),
        "quantity": pa.int32(),
        "price": pa.float64(),
        "weight": pa.float64(),
        "placed": pa.timestamp("ms"),
    }
)


def fill(collection: Collection[dict[str, Any]], count: int) -> None:
    chance = random.Random(5)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for first in range(0, count, 10_000):
        collection.insert_many(
            [
                {
                    "_id": Int64(number),
                    "customer": Int64(chance.randrange(10_000)),
                    "status": chance.choice(("open", "paid", "shipped")),
                    "city": chance.choice(("Porto", "Lyon", "Köln", "Bari")),
                    "note": "n" * chance.randrange(40),
                    "paid": chance.random() < 0.5,
                    "quantity": chance.randrange(100),
                    "price": chance.random() * 1000,
                    "weight": chance.random() * 50,
                    "placed": start + timedelta(seconds=number),
                }
                for number in range(first, min(first + 10_000, count))
            ],
            ordered=False,
        )


def main() -> None:
    options = arguments(__doc__, scale=0.2, rounds=7)
    count = int(300_000 * options.scale)
    client: pymongo.MongoClient[dict[str, Any]]
    with find_mongodb() as server, mongodb_database(server.uri) as uri, pymongo.MongoClient(uri) as client:
        collection: Collection[dict[str, Any]] = client.get_default_database()["orders"]
        fill(collection, count)
        source = {"id": "docs", "type": "mongodb", "connection": {"uri": uri}}
        with serving([source]) as foz, connected(foz.flight) as ours, ours.cursor() as cursor:
            result = in_turns(
                f"{count:,} documents, 10 fields",
                lambda: rows(cursor, "SELECT * FROM docs.orders"),
                lambda: pymongoarrow.find_arrow_all(collection, {}, schema=pymongoarrow.Schema.from_arrow(SCHEMA)).num_rows,
                options.rounds,
            )
            peak = peak_resident_bytes(foz.pid)
    print_comparisons("SELECT * over a collection", "pymongoarrow", [result])
    print(f"Largest resident size of the server: {peak / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
