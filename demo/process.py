"""Foz as a process of its own, run by its own command, that ends with the one that started it."""

from __future__ import annotations

import os
import sys
import tempfile
import urllib.request
from pathlib import Path

from demo.server import Server, guarded

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from proxy.main import main; main()"


def started(configuration: Path, flight: str, http: str) -> Server:
    """`foz serve` with this configuration file, listening on these addresses, once it says that it is ready. Raises Unavailable.

    Settings that happen to be in this process's environment do not reach it.
    """
    command = [sys.executable, "-c", PROGRAM, "serve", "--config", str(configuration), "--flight", flight, "--http", http]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FOZ_")}
    directory = Path(tempfile.mkdtemp(prefix="foz-serve-"))
    return guarded("Foz", http, "foz serve", command, directory, "SIGTERM", "", _ready, environment=environment)


def _ready(http: str) -> str:
    with urllib.request.urlopen(f"http://{http}/readyz", timeout=5) as response:
        return str(response.status)
