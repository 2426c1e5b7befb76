"""Real servers for the tests, the benchmarks and the demonstration.

    postgres = find_postgres()          # FOZ_TEST_POSTGRES if it is set, otherwise a server of one's own
    with start_mongodb() as mongodb:    # always a server of one's own: for tests that stop, freeze or kill it
        … mongodb.uri, mongodb.pid, mongodb.kill()

    python -m demo.servers run -- pytest    # the command with both servers' URIs in its environment

A server of one's own comes from a binary on the machine, a package fetched by name, or docker, in this order. It listens on
loopback, on a free port, keeps its data in a temporary directory, and ends with the process that started it (`demo/guard.py`).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from demo.binaries import (
    Unavailable,
    mongod_from_package,
    mongod_on_machine,
    ordinary_user,
    postgres_from_package,
    postgres_on_machine,
    runnable_by,
    running_as,
)

START_SECONDS = 60
POSTGRES_IMAGE = "postgres:18"
MONGODB_IMAGE = "mongo:8.0"
POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "wal_level": "logical",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
MONGODB_OPTIONS = (
    *("--replSet", "rs0", "--wiredTigerCacheSizeGB", "0.5"),
    *("--setParameter", "enableTestCommands=1"),
    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    *("--setParameter", "ttlMonitorSleepSecs=1"),
)


@dataclass
class Server:
    """A running server. `way` says where it comes from; `pid` is None where somebody else runs it, who also stops it."""

    kind: str
    uri: str
    way: str
    pid: int | None = None
    version: str = ""
    _guard: subprocess.Popen[str] | None = field(default=None, repr=False)

    def stop(self) -> None:
        """Ends the server and removes its data. Harmless when it has ended already or is somebody else's."""
        if self._guard is None:
            return
        self._guard.communicate()  # closes its standard input, which is the order to end
        self._guard = None

    def kill(self) -> None:
        """Ends every process of the server at once, as a power failure would. Raises Unavailable for somebody else's server."""
        if self.pid is None:
            raise Unavailable(f"{self.kind} at {self.way} was not started here: it is not ours to kill")
        for pid in (self.pid, *_children(self.pid)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.stop()

    def freeze(self) -> None:
        """Stops every process of the server without closing its connections; `thaw` lets them go on."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is None:
            raise Unavailable(f"{self.kind} at {self.way} was not started here: it is not ours to stop")
        for pid in (self.pid, *_children(self.pid)):
            os.kill(pid, number)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *args: object) -> None:
        self.stop()


def find_postgres(variable: str = "FOZ_TEST_POSTGRES") -> Server:
    """The server that the environment names, or a new one. Raises Unavailable with the reason of each way that was tried."""
    uri = os.environ.get(variable)
    if not uri:
        return start_postgres()
    return _given("PostgreSQL", uri, variable, _postgres_version)


def find_mongodb(variable: str = "FOZ_TEST_MONGODB") -> Server:
    """Likewise for MongoDB; the URI names no database."""
    uri = os.environ.get(variable)
    if not uri:
        return start_mongodb()
    return _given("MongoDB", uri, variable, _mongodb_version)


def start_postgres(port: int | None = None, settings: Mapping[str, str] | None = None) -> Server:
    """A new PostgreSQL: user `foz`, no password, database `postgres`, UTF-8 and C.UTF-8 or C collation.

    `settings` are added to the server's configuration. Raises Unavailable."""

    def embedded(find: Callable[[], Path]) -> Server:
        return _embedded_postgres(find(), port or free_port(), settings or {})

    return _first(
        "PostgreSQL",
        {
            "a binary on this machine": lambda: embedded(postgres_on_machine),
            "a package": lambda: embedded(postgres_from_package),
            "docker": lambda: _docker_postgres(port or free_port(), settings or {}),
        },
    )


def start_mongodb(port: int | None = None, options: Sequence[str] = ()) -> Server:
    """A new MongoDB: a replica set of one node, with test commands. `options` are added to mongod's. Raises Unavailable."""

    def embedded(find: Callable[[], Path]) -> Server:
        return _embedded_mongodb(find(), port or free_port(), options)

    return _first(
        "MongoDB",
        {
            "a binary on this machine": lambda: embedded(mongod_on_machine),
            "a package": lambda: embedded(mongod_from_package),
            "docker": lambda: _docker_mongodb(port or free_port(), options),
        },
    )


def free_port(wanted: int = 0) -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment: the wanted one if it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _first(kind: str, ways: Mapping[str, Callable[[], Server]]) -> Server:
    reasons = []
    for way, start in ways.items():
        try:
            return start()
        except Unavailable as error:
            reasons.append(f"  {way}: {error}")
    raise Unavailable(f"{kind} cannot be had:\n" + "\n".join(reasons))


def _given(kind: str, uri: str, variable: str, version: Callable[[str], str]) -> Server:
    try:
        return Server(kind, uri, variable, version=version(uri))
    except Exception as error:
        raise Unavailable(f"{kind} cannot be had: {variable} names a server that does not answer: {_line(error)}") from None


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
        raise error if isinstance(error, Unavailable) else Unavailable(_line(error)) from None
    options = [part for name, value in {**POSTGRES_SETTINGS, **settings}.items() for part in ("-c", f"{name}={value}")]
    command = [str(binaries / "postgres"), "-D", str(directory / "data"), "-p", str(port), *options]
    uri = f"postgresql://foz@127.0.0.1:{port}/postgres"
    return guarded("PostgreSQL", uri, str(binaries), command, directory, "SIGQUIT", user, _postgres_version)


def _embedded_mongodb(mongod: Path, port: int, options: Sequence[str]) -> Server:
    directory = Path(tempfile.mkdtemp(prefix="foz-mongodb-"))
    (directory / "data").mkdir()
    place = ("--dbpath", str(directory / "data"), "--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket")
    command = [str(mongod), *place, *MONGODB_OPTIONS, *options]
    # SIGKILL, because the data is thrown away and SIGTERM makes a primary wait for its clients for up to 15 seconds
    return guarded("MongoDB", _mongodb_uri(port), str(mongod), command, directory, "SIGKILL", "", _initiated)


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
    return _container("PostgreSQL", uri, POSTGRES_IMAGE, port, variables, options, _postgres_version)


def _docker_mongodb(port: int, options: Sequence[str]) -> Server:
    command = ("--port", str(port), "--bind_ip_all", *MONGODB_OPTIONS, *options)
    return _container("MongoDB", _mongodb_uri(port), MONGODB_IMAGE, port, (), command, _initiated)


def _container(
    kind: str, uri: str, image: str, port: int, variables: Sequence[str], command: Sequence[str], ready: Callable[[str], str]
) -> Server:
    docker = shutil.which("docker")
    if not docker:
        raise Unavailable("no docker on PATH")
    probe = subprocess.run([docker, "info"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if probe.returncode:
        raise Unavailable("docker's daemon does not answer")
    directory = Path(tempfile.mkdtemp(prefix="foz-docker-"))
    run = [docker, "run", "--rm", "--init", "-p", f"127.0.0.1:{port}:{port}", *variables, image, *command]
    server = guarded(kind, uri, f"docker {image}", run, directory, "SIGTERM", "", ready, seconds=START_SECONDS * 5)
    server.pid = None  # the process here is docker's client
    return server


def guarded(
    kind: str,
    uri: str,
    way: str,
    command: Sequence[str],
    directory: Path,
    how: str,
    user: str,
    ready: Callable[[str], str],
    seconds: float = START_SECONDS,
    environment: Mapping[str, str] | None = None,
) -> Server:
    """Starts `command` under a guard and waits until `ready(uri)`, which answers its version, raises no more."""
    guard = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("guard.py")), how, user, str(directory), *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,  # an interrupt from the terminal is for the parent, which then ends its servers in order
    )
    output: IO[str] = guard.stdout  # type: ignore[assignment]
    first = output.readline().strip()
    if not first.isdigit():
        guard.communicate()
        raise Unavailable(f"{way} could not be run")
    server = Server(kind, uri, way, int(first), _guard=guard)
    deadline = time.monotonic() + seconds
    while True:
        try:
            server.version = ready(uri)
            return server
        except Exception as error:
            if guard.poll() is not None:
                said = output.read().strip().splitlines()[-3:]
                guard.communicate()
                raise Unavailable(f"{way} ended at once: {' / '.join(said) or 'without a word'}") from None
            if time.monotonic() > deadline:
                server.stop()
                raise Unavailable(f"{way} did not answer within {seconds:.0f} s: {_line(error)}") from None
        time.sleep(0.05)


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


def _children(pid: int) -> list[int]:
    """The processes whose parent is `pid`; none where there is no /proc."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state = path.read_text()
        except OSError:
            continue
        if int(state.rpartition(")")[2].split()[1]) == pid:
            found.append(int(path.parent.name))
    return found


def _line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def main(arguments: Sequence[str]) -> int:
    """`run -- COMMAND …`: runs the command with the servers' URIs in its environment, and answers its exit code."""
    if len(arguments) < 3 or arguments[:2] != ["run", "--"]:
        print("usage: python -m demo.servers run -- COMMAND …", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    servers: list[Server] = []
    try:
        with ThreadPoolExecutor(2) as pool:
            starting = [pool.submit(find) for find in (find_postgres, find_mongodb)]
        failures = [error for error in (each.exception() for each in starting) if error is not None]
        servers = [each.result() for each in starting if each.exception() is None]
        for failure in failures:
            print(failure, file=sys.stderr)
        if failures:
            return 1
        for server in servers:
            print(f"{server.kind} {server.version} ({server.way})", file=sys.stderr, flush=True)
        environment = {**os.environ, "FOZ_TEST_POSTGRES": servers[0].uri, "FOZ_TEST_MONGODB": servers[1].uri}
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
