"""A server of one's own: started from the first way that works, guarded, stopped with the process that started it."""

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
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from demo.binaries import Unavailable

START_SECONDS = 60


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


def free_port(wanted: int = 0) -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment: the wanted one if it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first(kind: str, ways: Mapping[str, Callable[[], Server]]) -> Server:
    reasons = []
    for way, start in ways.items():
        try:
            return start()
        except Unavailable as error:
            reasons.append(f"  {way}: {error}")
    raise Unavailable(f"{kind} cannot be had:\n" + "\n".join(reasons))


def given(kind: str, uri: str, variable: str, version: Callable[[str], str]) -> Server:
    try:
        return Server(kind, uri, variable, version=version(uri))
    except Exception as error:
        raise Unavailable(f"{kind} cannot be had: {variable} names a server that does not answer: {line(error)}") from None


def container(
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
                raise Unavailable(f"{way} did not answer within {seconds:.0f} s: {line(error)}") from None
        time.sleep(0.05)


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


def line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
