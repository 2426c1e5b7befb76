"""Which files are which table, and what a file looked like when it was pinned.

path: /data                  every file and every sub-directory is a table named after its stem
path: /data/year=2024/…      a directory that holds `key=value` directories is one table, the keys are columns
path: /data/orders.parquet   one table
path: /data/2024-*.csv       a table for each file that matches
tables: {orders: "o/*.csv"}  only these tables; a pattern is relative to the path and may use `**`
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from planner.errors import RequestInvalid, SourceUnavailable

FORMATS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
}

_PACKED = ".gz"


@dataclass(frozen=True)
class Files:
    """One table: its name, the format of its files, the files in a stable order, and whether their directories hold values."""

    name: str
    format: str
    paths: tuple[str, ...]
    hive: bool = False


@dataclass(frozen=True)
class Stamp:
    """What changes with a file's content, as far as the file system tells."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int


@dataclass(frozen=True)
class Place:
    """Where a source's files are: `root` is a directory, a file or a pattern."""

    source: str
    root: str
    format: str | None = None
    tables: tuple[tuple[str, str], ...] = ()

    @property
    def directory(self) -> str:
        """The directory that holds every file of the source."""
        if glob.has_magic(self.root):
            parts = Path(self.root).parts
            plain = next(index for index, part in enumerate(parts) if glob.has_magic(part))
            return str(Path(*parts[:plain]))
        return self.root if not os.path.isfile(self.root) else str(Path(self.root).parent)


def place(source: str, connection: Mapping[str, Any]) -> Place:
    """The place that a `connection` object names by `path` or `uri`. Raises RequestInvalid."""
    path, uri = connection.get("path"), connection.get("uri")
    if path is None and isinstance(uri, str):
        parts = urlsplit(uri)
        if parts.scheme not in ("file", "") or parts.netloc not in ("", "localhost"):
            raise RequestInvalid(
                f"Source {source} names a file system {parts.scheme!r} that this version does not read; use file:///….",
                field="connection.uri",
            )
        path = unquote(parts.path)
    if not isinstance(path, (str, os.PathLike)) or not str(path):
        raise RequestInvalid(f"Source {source} needs connection.path or connection.uri.", field="connection.path")
    format = connection.get("format")
    if format is not None and format not in FORMATS.values():
        raise RequestInvalid(
            f"Source {source} has the format {format!r}; known formats are csv, ndjson and parquet.", field="connection.format"
        )
    tables = connection.get("tables") or {}
    if not isinstance(tables, Mapping) or not all(isinstance(pattern, str) for pattern in tables.values()):
        raise RequestInvalid(f"Source {source}: tables must map names to patterns.", field="connection.tables")
    return Place(source, os.path.abspath(os.path.expanduser(str(path))), format, tuple(tables.items()))


def find(place: Place) -> dict[str, Files]:
    """Every table of the source by its name, as the directory is now. Raises SourceUnavailable where the path does not exist."""
    if place.tables:
        return {name: _named(place, name, pattern) for name, pattern in place.tables}
    found: dict[str, Files] = {}
    taken: set[str] = set()
    for files in _discovered(place):
        name = files.name if files.name.lower() not in taken else f"{files.name}_{files.format}"
        if name.lower() in taken:
            continue
        taken.add(name.lower())
        found[name] = Files(name, files.format, files.paths, files.hive)
    return found


def stamps(paths: Iterable[str]) -> dict[str, Stamp]:
    """What each file looks like now. Raises OSError."""
    found = {}
    for path in paths:
        status = os.stat(path)
        found[path] = Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return found


def exact(path: str) -> str:
    """A pattern that matches only `path`: DuckDB takes every path for a pattern."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in path)


def _discovered(place: Place) -> Iterator[Files]:
    root = place.root
    if os.path.isdir(root):
        entries = sorted(entry for entry in os.listdir(root) if not entry.startswith((".", "_")))
        if any("=" in entry and os.path.isdir(os.path.join(root, entry)) for entry in entries):
            yield from _directory(place, root)
            return
        for entry in entries:
            path = os.path.join(root, entry)
            yield from _directory(place, path) if os.path.isdir(path) else _file(place, path)
    elif os.path.isfile(root):
        yield from _file(place, root)
    elif glob.has_magic(root) and os.path.isdir(place.directory):
        for path in sorted(glob.glob(root, recursive=True)):
            if os.path.isfile(path):
                yield from _file(place, path)
    else:
        raise SourceUnavailable(f"Source {place.source}: its path does not exist.", source=place.source)


def _file(place: Place, path: str) -> Iterator[Files]:
    format = format_of(path, place.format)
    if format is not None:
        yield Files(stem(path), format, (path,))


def _directory(place: Place, path: str) -> Iterator[Files]:
    """One table from all files under a directory; of several formats, the one with most files, then the first by name."""
    by_format: dict[str, list[str]] = {}
    for directory, children, names in os.walk(path):
        children[:] = sorted(child for child in children if not child.startswith((".", "_")))
        for name in sorted(names):
            if name.startswith((".", "_")):
                continue
            format = format_of(name, place.format)
            if format is not None:
                by_format.setdefault(format, []).append(os.path.join(directory, name))
    if by_format:
        format, paths = min(by_format.items(), key=lambda item: (-len(item[1]), item[0]))
        hive = any("=" in part for part in Path(os.path.relpath(paths[0], path)).parts[:-1])
        yield Files(os.path.basename(path), format, tuple(paths), hive)


def _named(place: Place, name: str, pattern: str) -> Files:
    base = os.path.realpath(place.directory)
    paths = sorted(path for path in glob.glob(os.path.join(base, pattern), recursive=True) if os.path.isfile(path))
    outside = [path for path in paths if os.path.commonpath([os.path.realpath(path), base]) != base]
    if outside:
        raise SourceUnavailable(
            f"Source {place.source}: the pattern of table {name} leaves the source's path.", source=place.source
        )
    formats = sorted({format for path in paths if (format := format_of(path, place.format)) is not None})
    if not formats:
        raise SourceUnavailable(f"Source {place.source}: no file matches the pattern of table {name}.", source=place.source)
    matching = tuple(path for path in paths if format_of(path, place.format) == formats[0])
    return Files(name, formats[0], matching, any("=" in part for part in Path(os.path.relpath(matching[0], base)).parts[:-1]))


def format_of(path: str, declared: str | None) -> str | None:
    """The format of a file by its ending, or the declared one; None for a file that is no table."""
    if declared is not None:
        return declared
    name = path.lower().removesuffix(_PACKED)
    format = FORMATS.get(os.path.splitext(name)[1])
    return None if format == "parquet" and path.lower().endswith(_PACKED) else format


def stem(path: str) -> str:
    """A file's name without its endings: `orders` for `orders.csv.gz`."""
    name = os.path.basename(path)
    name = name[: -len(_PACKED)] if name.lower().endswith(_PACKED) else name
    return os.path.splitext(name)[0]
