"""`foz sources`: what is configured, whether it answers, what it holds; and no secret in any of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pymongo
import pytest
from click.testing import Result

from .conftest import Place

Run = Callable[..., Result]


@pytest.fixture
def with_one_down(place: Place, tmp_path: Path) -> str:
    path = tmp_path / "two.yaml"
    text = place.config.read_text()
    text += (
        "  - id: shop\n    type: postgres\n    connection: {host: 127.0.0.1, port: 9, user: foz, password: hunter22, db: shop}\n"
    )
    path.write_text(text)
    return str(path)


def test_list(run: Run) -> None:
    result = run("sources", "list")
    assert result.exit_code == 0
    assert "depot" in result.stdout
    listed = json.loads(run("sources", "list", "--json").stdout)
    assert [(one["id"], one["type"], one["status"], one["tables"]) for one in listed] == [("depot", "files", "up", 2)]


def test_one_that_is_down(run: Run, with_one_down: str) -> None:
    listed = run("sources", "list", "--config", with_one_down)
    assert listed.exit_code == 0
    tested = run("sources", "test", "--config", with_one_down)
    assert tested.exit_code == 1
    lines = tested.stdout.splitlines()
    assert lines[0].startswith("depot ok: ")
    assert lines[1].startswith("shop failed: ")
    assert run("sources", "test", "depot", "--config", with_one_down).exit_code == 0
    statuses = json.loads(run("sources", "test", "--json", "--config", with_one_down).stdout)
    assert [one["status"] for one in statuses] == ["up", "down"]
    query = run("query", "SELECT * FROM shop.orders", "--config", with_one_down)
    assert (query.exit_code, query.stderr.startswith("[source.unavailable] ")) == (1, True), query.stderr
    assert run("query", "SELECT i FROM depot.parts", "--config", with_one_down).exit_code == 0
    inspected = run("sources", "inspect", "--config", with_one_down)
    everything = [listed, tested, query, inspected]
    assert all("hunter22" not in one.stdout + one.stderr for one in everything)


def test_inspect(run: Run) -> None:
    result = run("sources", "inspect", "depot", "parts")
    assert result.exit_code == 0
    assert "depot.main.parts" in result.stdout
    assert "depot.main.many" not in result.stdout
    assert "changes: proved at each request" in result.stdout
    inspected = json.loads(run("sources", "inspect", "--json").stdout)
    columns = {table["name"]: [column["name"] for column in table["columns"]] for table in inspected[0]["tables"]}
    assert [table["changes"] for table in inspected[0]["tables"]] == [{"freshness": "exact"}] * 2
    assert columns == {"parts": ["i", "name", "share", "day"], "many": ["i"]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sources", "inspect", "nothing"), "There is no source nothing."),
        (("sources", "inspect", "depot", "nothing"), "The source depot has no table nothing."),
        (("sources", "test", "nothing"), "There is no source nothing."),
    ],
)
def test_what_is_not_there(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (1, f"[request.invalid] {message}\n")


def test_a_connection_that_the_store_cannot_use(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("sources:\n  - id: depot\n    type: files\n    connection: {nothing: here}\n")
    result = run("sources", "list", "--config", str(path))
    assert result.exit_code == 2
    assert result.stderr.startswith("foz: sources.depot.connection: ")


def test_sources_from_mongodb(run: Run, place: Place, tmp_path: Path, mongodb_uri: str) -> None:
    connection = {"path": str(place.directory / "data")}
    with pymongo.MongoClient[dict[str, object]](mongodb_uri) as client:
        client.get_default_database()["sources"].insert_many(
            [{"_id": "depot", "type": "files", "connection": connection}, {"_id": "odd", "type": "files"}]
        )
    path = tmp_path / "stored.yaml"
    path.write_text(f"catalog: {mongodb_uri}\n")
    listed = json.loads(run("sources", "list", "--json", "--config", str(path)).stdout)
    assert [(one["id"], one["status"]) for one in listed] == [("depot", "up"), ("odd", "invalid")]
    assert listed[1]["problem"] == "connection is required."
    assert "n4" in run("query", "SELECT name FROM depot.parts", "--config", str(path)).stdout
