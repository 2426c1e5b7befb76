"""Places for results: a directory, objects in memory, S3."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import fsspec
import pytest


@pytest.fixture
def spool_in(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """Gives the URI of an empty place of a kind."""
    name = secrets.token_hex(8)

    def spool_in(kind: str) -> str:
        if kind == "s3":
            return f"s3://{request.getfixturevalue('s3')}/{name}"
        return f"file://{tmp_path}/spool" if kind == "directory" else f"memory://{name}/spool"

    yield spool_in
    if fsspec.filesystem("memory").exists(f"/{name}"):
        fsspec.filesystem("memory").rm(f"/{name}", recursive=True)


@pytest.fixture(params=["directory", "objects", "s3"])
def uri(request: pytest.FixtureRequest, spool_in: Callable[[str], str]) -> str:
    return spool_in(request.param)
