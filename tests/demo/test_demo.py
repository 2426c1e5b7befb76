"""`python -m demo` over the tests' servers, as a stranger runs it; and what it does when a server cannot be reached."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgres
import pymongo

from demo import shop, tour
from demo.server import Server

ROOT = Path(__file__).resolve().parents[2]


def run(**variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FOZ_")}
    command = [sys.executable, "-m", "demo"]
    return subprocess.run(
        command, cwd=ROOT, env=environment | variables, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def test_the_demonstration_ends_well_and_leaves_nothing(postgres_server: Server, mongodb_server: Server) -> None:
    done = run(FOZ_DEMO_POSTGRES=postgres_server.uri, FOZ_DEMO_MONGODB=mongodb_server.uri)
    assert done.stderr == ""
    assert done.returncode == 0
    assert all(
        text in done.stdout for text in ("71178.21", "The same rows, value for value.", "MongoDB", "Four stores in one query")
    )
    with postgres.connect(postgres_server.uri) as connection, connection.cursor() as cursor:
        cursor.execute(r"SELECT count(*) FROM pg_database WHERE datname LIKE 'shop\_demo\_%'")
        assert cursor.fetchone() == (0,)
    with pymongo.MongoClient(mongodb_server.uri) as client:
        assert not [name for name in client.list_database_names() if name.startswith("crm_demo_")]


def test_a_failure_names_its_step_and_its_reason(mongodb_server: Server) -> None:
    done = run(FOZ_DEMO_POSTGRES="postgresql://foz@127.0.0.1:1/postgres", FOZ_DEMO_MONGODB=mongodb_server.uri)
    assert done.returncode == 1
    assert "The demonstration failed at: Servers: PostgreSQL cannot be had: FOZ_DEMO_POSTGRES names a server" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_shop_is_the_same_in_every_run() -> None:
    assert shop.made() == shop.made()
    assert sum(row["orders"] for row in tour.expected_revenue(shop.made())) == 877
