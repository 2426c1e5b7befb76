"""`foz sources watch`: what it prints can be run by somebody else, what it installs is there, and what it takes away is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgres
import pytest
from click.testing import Result

Run = Callable[..., Result]
TRIGGERS = "SELECT count(*) FROM pg_trigger WHERE tgname = 'foz_watch'"
ODD = 'a\n"b" -- c'


@pytest.fixture
def database(postgres_uri: str) -> Iterator[str]:
    quoted = '"' + ODD.replace('"', '""') + '"'
    ask(
        postgres_uri,
        "CREATE TABLE orders (id int)",
        f"CREATE TABLE {quoted} (id int)",
        "CREATE MATERIALIZED VIEW held AS SELECT 1 AS x",
    )
    yield postgres_uri
    ask(postgres_uri, "DROP SCHEMA IF EXISTS foz_watch CASCADE", f"DROP TABLE orders, {quoted}", "DROP MATERIALIZED VIEW held")


@pytest.fixture
def config(database: str, tmp_path: Path) -> str:
    path = tmp_path / "foz.yaml"
    path.write_text(
        f"sources:\n  - {{id: shop, type: postgres, connection: {{uri: '{database}'}}}}\n"
        f"  - {{id: depot, type: files, connection: {{path: '{tmp_path}'}}}}\n"
    )
    return str(path)


def ask(uri: str, *statements: str) -> int:
    """Runs each; the number that the last gives, where it gives one."""
    with postgres.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        found = cursor.fetchone() if statements[-1].startswith("SELECT") else None
        return int(found[0]) if found else 0


def test_what_is_printed_does_what_install_does(run: Run, config: str, database: str) -> None:
    shown = run("sources", "watch", "shop", "--config", config)
    assert shown.exit_code == 0
    assert shown.stdout.startswith("-- shop tells of every change of 0 of 3 tables.\n")
    assert "-- shop.public.held: it is a materialised view\n" in shown.stdout
    assert ask(database, TRIGGERS) == 0
    statements = json.loads(run("sources", "watch", "shop", "--json", "--config", config).stdout)["statements"]
    assert all(f"{statement};\n" in shown.stdout for statement in statements)
    ask(database, *statements)
    found = json.loads(run("sources", "watch", "shop", "--json", "--config", config).stdout)
    assert (sorted(found["watched"]), found["statements"]) == ([f"shop.public.{ODD}", "shop.public.orders"], [])


def test_what_is_printed_is_one_script(run: Run, config: str, database: str) -> None:
    script = run("sources", "watch", "shop", "--config", config).stdout
    ask(database, f"DO $outer$ BEGIN EXECUTE $script${script}$script$; END $outer$")
    assert ask(database, TRIGGERS) == 2


def test_install_and_uninstall(run: Run, config: str, database: str) -> None:
    for _ in range(2):
        installed = run("sources", "watch", "shop", "--install", "--config", config)
        assert (installed.exit_code, installed.stderr) == (0, "")
        assert installed.stdout.startswith("-- shop tells of every change of 2 of 3 tables.\n")
        assert "CREATE" not in installed.stdout
        assert ask(database, TRIGGERS) == 2
    inspected = json.loads(run("sources", "inspect", "shop", "--json", "--config", config).stdout)
    assert {table["name"]: table["changes"]["freshness"] for table in inspected[0]["tables"]} == {
        "orders": "notified",
        ODD: "notified",
        "held": "ttl",
    }
    removed = run("sources", "watch", "shop", "--uninstall", "--config", config)
    assert removed.exit_code == 0
    assert ask(database, TRIGGERS) == 0


def test_what_cannot_be_done_is_said(run: Run, config: str, database: str) -> None:
    with postgres.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE orders IN ROW EXCLUSIVE MODE")
        failed = run("sources", "watch", "shop", "--install", "--config", config)
    assert failed.exit_code == 1
    assert (
        failed.stderr == "shop.public.orders did not get its trigger: Something in PostgreSQL is locked or in use. Try again.\n"
    )
    assert failed.stdout.startswith("-- shop tells of every change of 1 of 3 tables.\n")
    both = run("sources", "watch", "shop", "--install", "--uninstall", "--config", config)
    assert both.exit_code == 2
    for source, words in (("depot", "by itself"), ("nowhere", "no source")):
        refused = run("sources", "watch", source, "--config", config)
        assert (refused.exit_code, words in refused.stderr) == (1, True), refused.stderr
