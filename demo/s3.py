"""An S3 for the tests: the one that the environment names, or moto's server (a package), which keeps its buckets in memory.

moto answers S3's protocol as the real clients speak it. It is no storage: nothing is said by it of speed, nor of what AWS does
under load.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
import urllib.request
from importlib.metadata import version
from pathlib import Path

from demo.binaries import Unavailable
from demo.server import Server, free_port, given, guarded

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}


def find_s3(variable: str = "FOZ_TEST_S3") -> Server:
    """The server whose endpoint the environment names (its credentials stand there too), or a new one. Raises Unavailable."""
    uri = os.environ.get(variable)
    return given("S3", uri, variable, lambda _: "") if uri else start_s3()


def start_s3() -> Server:
    """A new server; any credentials do. Raises Unavailable."""
    if importlib.util.find_spec("moto") is None:
        raise Unavailable("S3 cannot be had: FOZ_TEST_S3 is not set and the package moto is not installed (pip install '.[dev]')")
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    directory = Path(tempfile.mkdtemp(prefix="foz-s3-"))
    return guarded("S3", f"http://127.0.0.1:{port}", "the package moto", command, directory, "SIGKILL", "", _ready)


def environment(server: Server) -> dict[str, str]:
    """What s3fs, and so a spool in S3, is told of the server by."""
    own = {} if os.environ.get("AWS_ACCESS_KEY_ID") and server.pid is None else CREDENTIALS
    return {**own, "AWS_ENDPOINT_URL": server.uri}


def _ready(uri: str) -> str:
    with urllib.request.urlopen(f"{uri}/moto-api/data.json", timeout=5):
        return f"moto {version('moto')}"
