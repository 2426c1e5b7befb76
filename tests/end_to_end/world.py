"""A whole Foz over four real stores, with callers who see different tables: `ana`, `ben`, and `root`, who administers."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import pymongo

from proxy.application import Application, build
from proxy.settings import load

ANA, BEN, ROOT = "token-of-ana-7c1f", "token-of-ben-93ab", "token-of-root-e5d0"
GRANTS = {"ana": ["shop.orders", "shop.order_view", "crm.customers"], "ben": ["depot.*", "lake.rates", "shop.payroll"]}

ORDERS = 1000
IN_THE_ENVIRONMENT = "in-the-environment-4be1"


@dataclass(frozen=True)
class World:
    """Where Foz answers, and where its stores are for whoever looks past it."""

    foz: Application
    postgres_uri: str
    mongodb_uri: str
    directory: Path

    @property
    def flight(self) -> str:
        return f"grpc://{self.foz.flight_address}"

    @property
    def http(self) -> str:
        return f"http://{self.foz.http_address}"


def settings(postgres_uri: str, mongodb_uri: str, directory: Path) -> dict[str, Any]:
    """The configuration of the world; a test changes what it needs."""
    return {
        "flight": "127.0.0.1:0",
        "http": "127.0.0.1:0",
        "spool": f"file://{directory}/spool",
        "tokens": [
            {"name": "ana", "sha256": digest(ANA), "grants": GRANTS["ana"]},
            {"name": "ben", "sha256": digest(BEN), "grants": GRANTS["ben"]},
            {"name": "root", "sha256": digest(ROOT), "admin": True},
        ],
        "sources": [
            {"id": "shop", "type": "postgres", "connection": {"uri": postgres_uri}},
            {"id": "crm", "type": "mongodb", "connection": {"uri": mongodb_uri}},
            {"id": "depot", "type": "sqlite", "connection": {"path": str(directory / "depot.db")}},
            {"id": "lake", "type": "files", "connection": {"path": str(directory / "lake")}},
        ],
    }


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@contextmanager
def serving(postgres_uri: str, mongodb_uri: str, directory: Path, **changed: Any) -> Iterator[World]:
    """Foz on both protocols over stores that `fill` has filled."""
    (directory / "spool").mkdir(exist_ok=True)
    os.environ["END_TO_END_SECRET"] = IN_THE_ENVIRONMENT
    with build(load(None, {}, **(settings(postgres_uri, mongodb_uri, directory) | changed)), {}) as foz:
        foz.start()
        foz.listen()
        yield World(foz, postgres_uri, mongodb_uri, directory)


def fill(postgres_uri: str, mongodb_uri: str, directory: Path) -> None:
    """Each store holds something that a caller sees and something called payroll, which not everybody may."""
    with postgres.connect(postgres_uri, autocommit=True) as connection, connection.cursor() as cursor:
        columns = "id bigint PRIMARY KEY, customer_id bigint, total numeric(12,2), placed date, note text"
        cursor.execute(f"CREATE TABLE orders ({columns})")
        cursor.execute(
            "INSERT INTO orders SELECT n, n % 10 + 1, n / 4.0, DATE '2024-01-01' + n::int, 'note ' || n "
            f"FROM generate_series(1, {ORDERS}) n"
        )
        cursor.execute("CREATE TABLE payroll (id bigint PRIMARY KEY, salary numeric(12,2), iban text)")
        cursor.execute("INSERT INTO payroll VALUES (1, 1234.50, 'PT50 hidden')")
        cursor.execute("CREATE VIEW order_view AS SELECT id, total FROM orders")
        cursor.execute("CREATE VIEW payroll_view AS SELECT id, iban FROM payroll")
    with pymongo.MongoClient(mongodb_uri) as client:
        database = client.get_default_database()
        database["customers"].insert_many(
            {"_id": n, "name": f"name {n}", "country": "PT" if n % 2 else "DE", "address": {"city": f"city {n}"}}
            for n in range(1, 11)
        )
        database["payroll"].insert_one({"_id": 1, "iban": "PT50 hidden"})
    with sqlite3.connect(directory / "depot.db") as lite:
        lite.execute("CREATE TABLE parts (id INTEGER PRIMARY KEY, name TEXT)")
        lite.executemany("INSERT INTO parts VALUES (?, ?)", [(n, f"part {n}") for n in range(1, 101)])
        lite.execute("CREATE TABLE payroll (id INTEGER PRIMARY KEY, iban TEXT)")
    lite.close()
    (directory / "lake").mkdir()
    (directory / "lake" / "rates.csv").write_text("country,rate\nPT,1.5\nDE,2.5\n")
    (directory / "lake" / "payroll.csv").write_text("id,iban\n1,hidden\n")
