"""A directory with a configuration over files, and `foz` run in it through click's runner or as a real process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from proxy.cli import foz

ROOT = Path(__file__).resolve().parents[3]

CONFIG = """flight: 127.0.0.1:0
http: 127.0.0.1:0
sources:
  - id: depot
    type: files
    connection: {path: "%s"}
"""


@dataclass(frozen=True)
class Place:
    """The directory in which commands run."""

    directory: Path

    @property
    def config(self) -> Path:
        return self.directory / "foz.yaml"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    directory = tmp_path_factory.mktemp("foz")
    data = directory / "data"
    data.mkdir()
    with duckdb.connect() as database:
        rows = "SELECT i, 'n' || i AS name, i / 4 AS share, NULL::DATE AS day FROM range(5) t(i)"
        database.execute(f"COPY ({rows}) TO '{data / 'parts.parquet'}'")
        database.execute(f"COPY (SELECT i FROM range(3000) t(i)) TO '{data / 'many.parquet'}'")
    (directory / "foz.yaml").write_text(CONFIG % data)
    return Place(directory)


@pytest.fixture
def run(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """`run("query", "SELECT 1")` in that directory; the result's output, stderr and exit code."""
    import logging

    root = logging.getLogger()
    before = root.handlers[:], root.level
    monkeypatch.chdir(place.directory)
    for name in [name for name in os.environ if name.startswith("FOZ_")]:
        monkeypatch.delenv(name)
    yield lambda *arguments, **options: CliRunner().invoke(foz, arguments, **options)
    root.handlers[:] = before[0]
    root.setLevel(before[1])


def process(place: Place, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """`foz` as a process of its own in that directory."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FOZ_")}
    return subprocess.Popen(
        [sys.executable, "-m", "proxy.main", *arguments],
        cwd=place.directory,
        env={**inherited, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def events(log: str) -> list[str]:
    """The events of JSON log lines."""
    return [json.loads(line)["event"] for line in log.splitlines() if line.startswith("{")]
