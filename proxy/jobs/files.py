"""Where the files of results are: a local directory, or a prefix in an object store by fsspec.

A file appears whole or not at all, and never changes afterwards. Names are relative, with `/` between levels; the first level is
a *folder*, the files of one query. What is not there raises FileNotFoundError, a full disk OSError, an object store anything.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol


class Files(Protocol):
    """Used by many threads and processes at once, each file written by one of them."""

    def prepare(self, under: str) -> None:
        """Makes room for files under a name. Raises OSError."""

    def write(self, name: str, data: bytes) -> None:
        """A new file. FileNotFoundError, where that can be told, if what was prepared has been removed since."""

    def read(self, name: str) -> bytes: ...

    def find(self, under: str = "") -> Mapping[str, int]:
        """The names of all files under a name, and their bytes; unfinished ones too. Empty where there is nothing."""

    def folders(self) -> list[str]: ...

    def changed(self, folder: str) -> float:
        """When anything in the folder last changed, in seconds since 1970; 0 where it is gone."""

    def remove(self, under: str) -> None:
        """Removes all files under a name, or that file; no error where there is none."""


class Local:
    """A directory. A file is written under a temporary name in its place and then renamed.

    Nothing is synced to the disk: a killed process loses nothing by that, and what a power cut spoils the checksums find.
    """

    def __init__(self, root: Path) -> None:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._root = root

    def prepare(self, under: str) -> None:
        (self._root / under).mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, name: str, data: bytes) -> None:
        path = self._root / name
        temporary = path.with_name(f".{path.name}")
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
            finally:
                os.close(descriptor)
            temporary.rename(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def read(self, name: str) -> bytes:
        return (self._root / name).read_bytes()

    def find(self, under: str = "") -> Mapping[str, int]:
        found = {}
        for path in _walk(self._root / under):
            with suppress(FileNotFoundError):
                found[path.relative_to(self._root).as_posix()] = path.stat().st_size
        return found

    def folders(self) -> list[str]:
        return [entry.name for entry in os.scandir(self._root) if entry.is_dir(follow_symlinks=False)]

    def changed(self, folder: str) -> float:
        newest = 0.0
        for directory, _, _ in os.walk(self._root / folder):
            # A file appears by a change of its directory.
            with suppress(FileNotFoundError):
                newest = max(newest, os.stat(directory).st_mtime)
        return newest

    def remove(self, under: str) -> None:
        """Renamed first: it is gone at once for readers, and a writer that is still at it finds its place gone.

        What a process killed in between leaves is one more folder that no query has.
        """
        leaving = self._root / f"removed-{secrets.token_hex(8)}"
        place = self._root / under
        try:
            place.rename(leaving)
        except FileNotFoundError:
            return
        if leaving.is_file():
            leaving.unlink(missing_ok=True)
        else:
            shutil.rmtree(leaving, onerror=_unless_gone)
        if place.parent != self._root:
            with suppress(OSError):
                # Of a query with other attempts it is not empty, and stays.
                place.parent.rmdir()


def _walk(directory: Path) -> Iterator[Path]:
    for place, _, names in os.walk(directory):
        yield from (Path(place, name) for name in names)


def _unless_gone(function: object, path: str, error: Any) -> None:
    """Two processes may remove the same folder."""
    if not isinstance(error[1], FileNotFoundError):
        raise error[1]


class Objects:
    """A prefix in anything that fsspec knows: each file is one PUT, after which it is there.

    Listings are never remembered, since other processes write too.
    """

    def __init__(self, url: str) -> None:
        options = {"use_listings_cache": False, "skip_instance_cache": True}
        import fsspec  # 60 ms that a local directory need not wait for

        self._files, self._root = fsspec.url_to_fs(url.rstrip("/"), **options)

    def prepare(self, under: str) -> None:
        """Object stores have no directories."""

    def write(self, name: str, data: bytes) -> None:
        self._files.pipe_file(f"{self._root}/{name}", data)

    def read(self, name: str) -> bytes:
        data: bytes = self._files.cat_file(f"{self._root}/{name}")
        return data

    def find(self, under: str = "") -> Mapping[str, int]:
        found = self._files.find(f"{self._root}/{under}".rstrip("/"), detail=True)
        return {name.removeprefix(f"{self._root}/"): info["size"] for name, info in found.items()}

    def folders(self) -> list[str]:
        try:
            entries = self._files.ls(self._root, detail=True)
        except FileNotFoundError:
            return []
        return [entry["name"].rstrip("/").rpartition("/")[2] for entry in entries if entry["type"] == "directory"]

    def changed(self, folder: str) -> float:
        newest = 0.0
        for name in self.find(folder):
            with suppress(FileNotFoundError):
                newest = max(newest, self._files.modified(f"{self._root}/{name}").timestamp())
        return newest

    def remove(self, under: str) -> None:
        names = [f"{self._root}/{name}" for name in self.find(under)]
        try:
            if names:
                self._files.rm(names)
        except FileNotFoundError:
            # Somebody else removes them too, and this store minds.
            for name in names:
                with suppress(FileNotFoundError):
                    self._files.rm_file(name)


def files(url: str) -> Files:
    """The files at a URL: `file:///DIRECTORY` or one of fsspec's, such as `s3://BUCKET/PREFIX`."""
    return Local(Path(url.removeprefix("file://"))) if url.startswith("file:///") else Objects(url)
