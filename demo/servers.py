"""Real servers for the tests, the benchmarks and the demonstration.

    postgres = find_postgres()          # FOZ_TEST_POSTGRES if it is set, otherwise a server of one's own
    with start_mongodb() as mongodb:    # always a server of one's own: for tests that stop, freeze or kill it
        … mongodb.uri, mongodb.pid, mongodb.kill()

    python -m demo.servers run -- pytest    # the command with the servers' URIs in its environment

A server of one's own comes from a binary on the machine, a package fetched by name, or docker, in this order. It listens on
loopback, on a free port, keeps its data in a temporary directory, and ends with the process that started it (`demo/guard.py`).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from demo.binaries import (
    Unavailable,
    mongod_from_package,
    mongod_on_machine,
    ordinary_user,
    postgres_from_package,
    postgres_on_machine,
    runnable_by,
    running_as,
    valkey_from_package,
    valkey_on_machine,
)
from demo.server import Server, container, first, free_port, given, guarded, line

POSTGRES_IMAGE = "postgres:18"
MONGODB_IMAGE = "mongo:8.0"
VALKEY_IMAGE = "valkey/valkey:9"
POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "wal_level": "logical",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
_REPLICA_SET = ("--replSet", "rs0")
MONGODB_OPTIONS = (
    *("--wiredTigerCacheSizeGB", "0.5"),
    *("--setParameter", "enableTestCommands=1"),
    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    *("--setParameter", "ttlMonitorSleepSecs=1"),
)


def find_postgres(variable: str = "FOZ_TEST_POSTGRES") -> Server:
    """The server that the environment names, or a new one. Raises Unavailable with the reason of each way that was tried."""
    uri = os.environ.get(variable)
    if not uri:
        return start_postgres()
    return given("PostgreSQL", uri, variable, _postgres_version)


def find_mongodb(variable: str = "FOZ_TEST_MONGODB") -> Server:
    """Likewise for MongoDB; the URI names no database."""
    uri = os.environ.get(variable)
    if not uri:
        return start_mongodb()
    return given("MongoDB", uri, variable, _mongodb_version)


def find_redis(variable: str = "FOZ_TEST_REDIS") -> Server:
    """Likewise for Redis or Valkey; the URI names no database, and every test may use any."""
    uri = os.environ.get(variable)
    if not uri:
        return start_redis()
    return given("Redis", uri, variable, _redis_version)


def start_postgres(port: int | None = None, settings: Mapping[str, str] | None = None) -> Server:
    """A new PostgreSQL: user `foz`, no password, database `postgres`, UTF-8 and C.UTF-8 or C collation.

    `settings` are added to the server's configuration. Raises Unavailable."""

    def embedded(find: Callable[[], Path]) -> Server:
        return _embedded_postgres(find(), port or free_port(), settings or {})

    return first(
        "PostgreSQL",
        {
            "a binary on this machine": lambda: embedded(postgres_on_machine),
            "a package": lambda: embedded(postgres_from_package),
            "docker": lambda: _docker_postgres(port or free_port(), settings or {}),
        },
    )


def start_mongodb(port: int | None = None, options: Sequence[str] = ()) -> Server:
    """A new MongoDB: a replica set of one node, with test commands. `options` are added to mongod's. Raises Unavailable."""

    return _mongodb(port or free_port(), (*_REPLICA_SET, *options), _initiated)


def start_standalone_mongodb() -> Server:
    """A new MongoDB that is no replica set: it has no snapshots, no transactions and no change streams. Raises Unavailable."""
    return _mongodb(free_port(), (), _mongodb_version)


def _mongodb(port: int, options: Sequence[str], ready: Callable[[str], str]) -> Server:
    return first(
        "MongoDB",
        {
            "a binary on this machine": lambda: _embedded_mongodb(mongod_on_machine(), port, options, ready),
            "a package": lambda: _embedded_mongodb(mongod_from_package(), port, options, ready),
            "docker": lambda: _docker_mongodb(port, options, ready),
        },
    )


def start_redis(port: int | None = None, options: Sequence[str] = ()) -> Server:
    """A new Valkey (or Redis) that keeps nothing on disk. `options` are added to the server's. Raises Unavailable."""

    def embedded(find: Callable[[], Path]) -> Server:
        return _embedded_redis(find(), port or free_port(), options)

    return first(
        "Redis",
        {
            "a binary on this machine": lambda: embedded(valkey_on_machine),
            "a package": lambda: embedded(valkey_from_package),
            "docker": lambda: _docker_redis(port or free_port(), options),
        },
    )


def _embedded_postgres(binaries: Path, port: int, settings: Mapping[str, str]) -> Server:
    user = ordinary_user()
    directory = Path(tempfile.mkdtemp(prefix="foz-postgres-"))
    try:
        if user:
            shutil.chown(directory, user)
            os.chmod(directory, 0o755)
        binaries = runnable_by(user, binaries, directory)
        initdb = [str(binaries / "initdb"), "-D", str(directory / "data"), "-U", "foz", "-A", "trust", "-E", "UTF8", "--no-sync"]
        for locale in ("C.UTF-8", "C"):
            done = subprocess.run(
                [*initdb, f"--locale={locale}"],
                **running_as(user),
                cwd=directory,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            if done.returncode == 0:
                break
        else:
            raise Unavailable(f"{initdb[0]} failed: {(done.stderr.strip() or 'no message').splitlines()[-1]}")
    except (OSError, Unavailable) as error:
        shutil.rmtree(directory, ignore_errors=True)
        raise error if isinstance(error, Unavailable) else Unavailable(line(error)) from None
    options = [part for name, value in {**POSTGRES_SETTINGS, **settings}.items() for part in ("-c", f"{name}={value}")]
    command = [str(binaries / "postgres"), "-D", str(directory / "data"), "-p", str(port), *options]
    uri = f"postgresql://foz@127.0.0.1:{port}/postgres"
    return guarded("PostgreSQL", uri, str(binaries), command, directory, "SIGQUIT", user, _postgres_version)


def _embedded_mongodb(mongod: Path, port: int, options: Sequence[str], ready: Callable[[str], str]) -> Server:
    directory = Path(tempfile.mkdtemp(prefix="foz-mongodb-"))
    (directory / "data").mkdir()
    place = ("--dbpath", str(directory / "data"), "--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket")
    command = [str(mongod), *place, *MONGODB_OPTIONS, *options]
    # SIGKILL, because the data is thrown away and SIGTERM makes a primary wait for its clients for up to 15 seconds
    return guarded("MongoDB", _mongodb_uri(port), str(mongod), command, directory, "SIGKILL", "", ready)


def _embedded_redis(binary: Path, port: int, options: Sequence[str]) -> Server:
    directory = Path(tempfile.mkdtemp(prefix="foz-redis-"))
    command = [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(directory), "--save", "", *options]
    return guarded("Redis", f"redis://127.0.0.1:{port}", str(binary), command, directory, "SIGKILL", "", _redis_version)


def _docker_redis(port: int, options: Sequence[str]) -> Server:
    command = ("valkey-server", "--port", str(port), "--save", "", "--protected-mode", "no", *options)
    return container("Redis", f"redis://127.0.0.1:{port}", VALKEY_IMAGE, port, (), command, _redis_version)


def _docker_postgres(port: int, settings: Mapping[str, str]) -> Server:
    wanted = {**POSTGRES_SETTINGS, **settings, "listen_addresses": "*", "port": str(port), "unix_socket_directories": "/tmp"}
    options = [part for name, value in wanted.items() for part in ("-c", f"{name}={value}")]
    variables = (
        "-e",
        "POSTGRES_USER=foz",
        "-e",
        "POSTGRES_DB=postgres",
        "-e",
        "POSTGRES_HOST_AUTH_METHOD=trust",
        "-e",
        f"PGPORT={port}",
    )
    uri = f"postgresql://foz@127.0.0.1:{port}/postgres"
    return container("PostgreSQL", uri, POSTGRES_IMAGE, port, variables, options, _postgres_version)


def _docker_mongodb(port: int, options: Sequence[str], ready: Callable[[str], str]) -> Server:
    command = ("--port", str(port), "--bind_ip_all", *MONGODB_OPTIONS, *options)
    return container("MongoDB", _mongodb_uri(port), MONGODB_IMAGE, port, (), command, ready)


def _postgres_version(uri: str) -> str:
    import adbc_driver_postgresql.dbapi as postgres

    with postgres.connect(uri) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _mongodb_uri(port: int) -> str:
    return f"mongodb://127.0.0.1:{port}/?directConnection=true"


def _mongodb_version(uri: str) -> str:
    import pymongo

    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(uri, serverSelectionTimeoutMS=5000) as client:
        return str(client.server_info()["version"])


def _initiated(uri: str) -> str:
    """The version of the mongod at `uri`, once it is the primary of its own replica set."""
    import pymongo
    from pymongo.errors import OperationFailure

    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(uri, serverSelectionTimeoutMS=1000) as client:
        if not client.admin.command("hello")["isWritablePrimary"]:
            member = {"_id": 0, "host": f"127.0.0.1:{client.address[1]}"} if client.address else {}
            try:
                client.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})
            except OperationFailure as error:
                if error.code != 23:  # AlreadyInitialized
                    raise
            if not client.admin.command("hello")["isWritablePrimary"]:
                raise Unavailable("the node is not yet primary")
        return str(client.server_info()["version"])


def _redis_version(uri: str) -> str:
    import redis

    with redis.Redis.from_url(uri, socket_timeout=5) as client:
        told = client.info("server")
    return f"{told.get('server_name', 'redis')} {told.get('valkey_version', told['redis_version'])}"


def main(arguments: Sequence[str]) -> int:
    """`run -- COMMAND …`: runs the command with the servers' URIs in its environment, and answers its exit code."""
    if len(arguments) < 3 or arguments[:2] != ["run", "--"]:
        print("usage: python -m demo.servers run -- COMMAND …", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    servers: list[Server] = []
    try:
        with ThreadPoolExecutor(3) as pool:
            starting = [pool.submit(find) for find in (find_postgres, find_mongodb, find_redis)]
        failures = [error for error in (each.exception() for each in starting) if error is not None]
        servers = [each.result() for each in starting if each.exception() is None]
        for failure in failures:
            print(failure, file=sys.stderr)
        if failures:
            return 1
        for server in servers:
            print(f"{server.kind} {server.version} ({server.way})", file=sys.stderr, flush=True)
        variables = ("FOZ_TEST_POSTGRES", "FOZ_TEST_MONGODB", "FOZ_TEST_REDIS")
        environment = {**os.environ, **{name: server.uri for name, server in zip(variables, servers, strict=True)}}
        with subprocess.Popen(arguments[2:], env=environment) as command:
            try:
                return command.wait()
            except BaseException:
                command.terminate()
                raise
    except KeyboardInterrupt:
        return 130
    finally:
        for server in servers:
            server.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
