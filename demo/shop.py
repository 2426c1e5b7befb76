"""The shop's data: products, orders and their lines in PostgreSQL, customers and reviews in MongoDB, shipments in a Parquet file,
suppliers in SQLite. The same rows in every run.

    python -m demo.shop --postgres URI --mongodb URI --files DIRECTORY    # loads them, replacing what an earlier run loaded
"""

from __future__ import annotations

import argparse
import random
import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import pyarrow as pa
import pyarrow.parquet as pq
import pymongo
from pymongo.database import Database

Row = dict[str, Any]

CITIES = {
    "PT": ("Lisboa", "Porto", "Braga"),
    "ES": ("Madrid", "Sevilla"),
    "FR": ("Lyon", "Nantes"),
    "DE": ("Köln", "Leipzig"),
    "IT": ("Torino", "Bari"),
}
FIRST_NAMES = ("Ana", "Bruno", "Clara", "Dario", "Elsa", "Félix", "Greta", "Hugo", "Inês", "Jonas", "Katja", "Luís")
LAST_NAMES = ("Almeida", "Bauer", "Costa", "Dubois", "Esposito", "Ferreira", "García", "Hoffmann", "Moreau", "Ricci")
THINGS = {
    "kitchen": ("kettle", "chef's knife", "copper pan", "coffee mill", "oven glove", "salt box"),
    "garden": ("watering can", "secateurs", "seed tin", "trug", "twine", "kneeler"),
    "study": ("desk lamp", "fountain pen", "ink, blue", "notebook", "globe", "paper knife"),
    "hall": ("coat hook", "umbrella", "boot tray", "doormat", "bell", "mirror"),
}
STATUSES = ("paid", "paid", "paid", "shipped", "shipped", "open", "cancelled")
TAGS = ("early", "trade", "gift", "returning")
OPENED = datetime(2026, 1, 1, tzinfo=UTC)

SCHEMA = """
CREATE TABLE products (id integer PRIMARY KEY, name text NOT NULL, category text NOT NULL, price numeric(10,2) NOT NULL,
    supplier_id integer NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id text NOT NULL, status text NOT NULL, placed_at timestamptz NOT NULL,
    total numeric(12,2) NOT NULL);
CREATE TABLE order_lines (order_id bigint NOT NULL REFERENCES orders, line_no integer NOT NULL,
    product_id integer NOT NULL REFERENCES products, quantity integer NOT NULL, price numeric(10,2) NOT NULL,
    PRIMARY KEY (order_id, line_no));
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON orders (placed_at);
"""

ARROW = {
    "products": pa.schema(
        [
            ("id", pa.int32()),
            ("name", pa.string()),
            ("category", pa.string()),
            ("price", pa.decimal128(10, 2)),
            ("supplier_id", pa.int32()),
        ]
    ),
    "orders": pa.schema(
        [
            ("id", pa.int64()),
            ("customer_id", pa.string()),
            ("status", pa.string()),
            ("placed_at", pa.timestamp("us", tz="UTC")),
            ("total", pa.decimal128(12, 2)),
        ]
    ),
    "order_lines": pa.schema(
        [
            ("order_id", pa.int64()),
            ("line_no", pa.int32()),
            ("product_id", pa.int32()),
            ("quantity", pa.int32()),
            ("price", pa.decimal128(10, 2)),
        ]
    ),
    "shipments": pa.schema(
        [("order_id", pa.int64()), ("carrier", pa.string()), ("shipped_on", pa.date32()), ("weight_kg", pa.float64())]
    ),
}


@dataclass(frozen=True)
class Shop:
    """Every row, before it is loaded anywhere."""

    products: list[Row]
    orders: list[Row]
    order_lines: list[Row]
    customers: list[Row]
    reviews: list[Row]
    shipments: list[Row]
    suppliers: list[Row]

    def counts(self) -> dict[str, int]:
        return {name: len(rows) for name, rows in vars(self).items()}


def made(orders: int = 2000, customers: int = 200) -> Shop:
    """The shop, from a fixed seed."""
    chance = random.Random(2026)
    goods: list[Row] = [
        {"name": name, "category": category, "price": Decimal(chance.randrange(300, 9000)) / 100}
        for category, names in THINGS.items()
        for name in names
    ]
    products = [{"id": number, **row, "supplier_id": number % 6 + 1} for number, row in enumerate(goods, 1)]
    people = [_customer(number, chance) for number in range(1, customers + 1)]
    placed, lines, shipments = [], [], []
    for number in range(1, orders + 1):
        chosen = chance.sample(products, chance.randint(1, 4))
        own = [
            {"order_id": number, "line_no": at, "product_id": p["id"], "quantity": chance.randint(1, 5), "price": p["price"]}
            for at, p in enumerate(chosen, 1)
        ]
        at = OPENED + timedelta(minutes=131 * number + chance.randrange(130))
        order = {
            "id": number,
            "customer_id": chance.choice(people)["_id"],
            "status": chance.choice(STATUSES),
            "placed_at": at,
            "total": sum((line["quantity"] * line["price"] for line in own), Decimal(0)),
        }
        placed.append(order)
        lines.extend(own)
        if order["status"] == "shipped":
            shipments.append(
                {
                    "order_id": number,
                    "carrier": chance.choice(("Correio", "Nordpost", "Vélo")),
                    "shipped_on": (at + timedelta(days=chance.randint(1, 6))).date(),
                    "weight_kg": chance.randrange(200, 20000) / 1000,
                }
            )
    reviews = [_review(number, products, people, chance) for number in range(1, 601)]
    suppliers = [
        {"id": number, "name": name, "country": country, "since": date(2010 + number, 3, number).isoformat()}
        for number, (name, country) in enumerate(
            [
                ("Ferro & Filhos", "PT"),
                ("Nordlicht", "DE"),
                ("Atelier Rhône", "FR"),
                ("Casa Luz", "ES"),
                ("Officina", "IT"),
                ("Maré", "PT"),
            ],
            1,
        )
    ]
    return Shop(products, placed, lines, people, reviews, shipments, suppliers)


def _customer(number: int, chance: random.Random) -> Row:
    country = chance.choice(list(CITIES))
    name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"
    person = {
        "_id": f"c{number:03}",
        "name": name,
        "address": {"city": chance.choice(CITIES[country]), "country": country},
        "tags": sorted(chance.sample(TAGS, chance.randint(0, 2))),
        "joined": OPENED - timedelta(days=chance.randrange(1000), hours=chance.randrange(24)),
    }
    if chance.random() < 0.6:  # documents differ: a missing field is a NULL in SQL
        person["newsletter"] = chance.random() < 0.5
    return person


def _review(number: int, products: list[Row], people: list[Row], chance: random.Random) -> Row:
    stars = chance.choice((2, 3, 4, 4, 5, 5))
    return {
        "_id": number,
        "product_id": chance.choice(products)["id"],
        "customer_id": chance.choice(people)["_id"],
        "stars": stars,
        "text": {2: "Not for me.", 3: "It does.", 4: "Good.", 5: "A joy to use."}[stars],
        "at": OPENED + timedelta(hours=7 * number),
    }


def load_postgres(shop: Shop, uri: str) -> None:
    """Fills the database that `uri` names; its tables `products`, `orders` and `order_lines` are replaced."""
    with postgres.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS order_lines, orders, products")
        for statement in filter(str.strip, SCHEMA.split(";")):
            cursor.execute(statement)
        for name in ("products", "orders", "order_lines"):
            cursor.adbc_ingest(name, pa.Table.from_pylist(getattr(shop, name), ARROW[name]), mode="append")
        cursor.execute("ANALYZE")


def load_mongodb(shop: Shop, uri: str) -> None:
    """Fills the database in the path of `uri`; its collections `customers` and `reviews` are replaced."""
    client: pymongo.MongoClient[Row]
    with pymongo.MongoClient(uri) as client:
        database: Database[Row] = client.get_default_database()
        for name in ("customers", "reviews"):
            database[name].drop()
            database[name].insert_many(getattr(shop, name))
        database.reviews.create_index("product_id")


def write_files(shop: Shop, directory: Path) -> None:
    """Writes `files/shipments.parquet` and `suppliers.sqlite` below `directory`."""
    (directory / "files").mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(shop.shipments, ARROW["shipments"]), directory / "files" / "shipments.parquet")
    path = directory / "suppliers.sqlite"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE suppliers (id INTEGER PRIMARY KEY, name TEXT, country TEXT, since DATE)")
        database.executemany("INSERT INTO suppliers VALUES (:id, :name, :country, :since)", shop.suppliers)
    database.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.shop", description="Loads the demonstration's shop.")
    parser.add_argument("--postgres", metavar="URI", required=True, help="the database to fill")
    parser.add_argument("--mongodb", metavar="URI", required=True, help="the database, named in the path, to fill")
    parser.add_argument("--files", metavar="DIRECTORY", type=Path, required=True, help="where the files are written")
    arguments = parser.parse_args()
    shop = made()
    load_postgres(shop, arguments.postgres)
    load_mongodb(shop, arguments.mongodb)
    write_files(shop, arguments.files)
    print(", ".join(f"{count} {name}" for name, count in shop.counts().items()))


if __name__ == "__main__":
    main()
