"""Servers of one's own: they answer, they die when told, and none outlives whoever started it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgres
import pymongo
import pytest
from pymongo.errors import ServerSelectionTimeoutError

from demo import binaries
from demo.binaries import Unavailable
from demo.server import Server
from demo.servers import find_postgres, start_mongodb, start_postgres

ROOT = Path(__file__).resolve().parents[2]


def test_postgres_of_ones_own_answers_until_it_is_killed() -> None:
    with start_postgres(settings={"max_connections": "17"}) as server:
        with postgres.connect(server.uri) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('max_connections')")
            assert cursor.fetchone() == ("17",)
        assert server.version
        server.kill()
        assert not _alive(server.pid)
        with pytest.raises(postgres.OperationalError):
            postgres.connect(server.uri)


def test_mongodb_of_ones_own_is_a_replica_set_with_test_commands() -> None:
    with start_mongodb() as server:
        with pymongo.MongoClient(server.uri) as client, client.start_session() as session, session.start_transaction():
            client.shop.orders.insert_one({"_id": 1}, session=session)
        with pymongo.MongoClient(server.uri) as client:
            assert client.shop.orders.find_one() == {"_id": 1}
            client.admin.command("configureFailPoint", "failCommand", mode="off")
        server.kill()
        with pymongo.MongoClient(server.uri, serverSelectionTimeoutMS=200) as client, pytest.raises(ServerSelectionTimeoutError):
            client.admin.command("ping")


def test_a_server_ends_with_a_parent_that_is_killed() -> None:
    program = "import sys\nfrom demo.servers import start_mongodb\nprint(start_mongodb().pid, flush=True)\nsys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert _alive(pid)
        ended = os.pidfd_open(pid)
        try:
            parent.send_signal(signal.SIGKILL)
            # a pidfd becomes readable when its process ends
            assert select.select([ended], [], [], 30)[0]
        finally:
            os.close(ended)


def test_a_uri_that_does_not_answer_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOZ_TEST_POSTGRES", "postgresql://foz@127.0.0.1:1/postgres")
    with pytest.raises(Unavailable, match="FOZ_TEST_POSTGRES names a server that does not answer"):
        find_postgres()


def test_every_way_that_was_tried_is_in_the_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(binaries, "CACHE", tmp_path / "file" / "cache")
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as caught:
        start_mongodb()
    message = str(caught.value)
    assert "MongoDB cannot be had" in message
    assert "a binary on this machine: no mongod on PATH" in message
    assert "a package: " in message
    assert "docker: no docker on PATH" in message


def test_the_command_gets_both_uris_and_its_exit_code_comes_back(postgres_server: Server, mongodb_server: Server) -> None:
    program = "import os, sys; sys.exit(7 if {'FOZ_TEST_POSTGRES', 'FOZ_TEST_MONGODB'} <= set(os.environ) else 1)"
    environment = {**os.environ, "FOZ_TEST_POSTGRES": postgres_server.uri, "FOZ_TEST_MONGODB": mongodb_server.uri}
    command = [sys.executable, "-m", "demo.servers", "run", "--", sys.executable, "-c", program]
    assert subprocess.run(command, cwd=ROOT, env=environment, capture_output=True).returncode == 7


def _alive(pid: int | None) -> bool:
    assert pid is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
