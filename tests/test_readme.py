"""What the README tells a reader to type, typed: its Python, its requests and its commands, against a Foz over the shop."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo import shop
from demo.__main__ import configured
from demo.process import PROGRAM, started
from demo.server import free_port

README = (Path(__file__).resolve().parent.parent / "README.md").read_text()
FLIGHT, HTTP = "127.0.0.1:8815", "127.0.0.1:8080"


@dataclass(frozen=True)
class Running:
    """A Foz over the shop, and its configuration."""

    flight: str
    http: str
    directory: Path

    def here(self, text: str) -> str:
        """`text` with the README's addresses replaced by this one's."""
        return text.replace(FLIGHT, self.flight).replace(HTTP, self.http)


@pytest.fixture(scope="module")
def running(postgres_uri: str, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    directory = tmp_path_factory.mktemp("shop")
    data = shop.made()
    shop.load_postgres(data, postgres_uri)
    shop.load_mongodb(data, mongodb_uri)
    shop.write_files(data, directory)
    flight, http = (f"127.0.0.1:{free_port()}" for _ in range(2))
    with started(configured(directory, postgres_uri, mongodb_uri), flight, http):
        yield Running(flight, http, directory)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def lines(program: str) -> list[str]:
    """The README's calls of one program, continued lines joined."""
    joined = "\n".join(blocks("sh")).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.startswith(program + " ")]


@pytest.mark.parametrize("number", range(len(blocks("python"))))
def test_its_python_runs(number: int, running: Running) -> None:
    code = running.here(blocks("python")[number])
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 3


@pytest.mark.parametrize("line", lines("curl"))
def test_its_requests_are_answered(line: str, running: Running) -> None:
    words = shlex.split(running.here(line))
    url = next(word for word in words if word.startswith("http://"))
    header = words[words.index("-H") + 1].split(": ")
    body = words[words.index("-d") + 1].encode()
    with urllib.request.urlopen(urllib.request.Request(url, body, dict([header]))) as response:
        answer: dict[str, Any] = json.load(response)
    assert answer["status"] == "completed"
    assert answer["rowCount"] == len(answer["rows"]) > 0


@pytest.mark.parametrize("line", lines("foz"))
def test_its_commands_succeed(line: str, running: Running) -> None:
    words = shlex.split(running.here(line))[1:]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FOZ_")}
    command = [sys.executable, "-c", PROGRAM, *words]
    done = subprocess.run(command, cwd=running.directory, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    if "--output" in words:
        assert (running.directory / words[words.index("--output") + 1]).stat().st_size > 0
    else:
        assert done.stdout
