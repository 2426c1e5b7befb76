"""A CSV file's records as Python reads them: its header, which must stay as it was, and lines that may not fit."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _csv import Reader


def header(path: str, dialect: Mapping[str, Any]) -> list[str] | None:
    """The names in the file's header; None where the file is empty. Raises OSError, and ValueError for bytes that are no text."""
    with records(path, dialect) as reader:
        try:
            return next(reader, None)
        except csv.Error as error:
            raise ValueError("no CSV header") from error


@contextmanager
def records(path: str, dialect: Mapping[str, Any]) -> Iterator[Reader]:
    """The file's records, those that the dialect skips left out."""
    with gzip.open(path) if path.lower().endswith(".gz") else open(path, "rb") as file:
        lines = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        for _ in range(int(dialect.get("skip") or 0)):
            lines.readline()
        yield csv.reader(lines, delimiter=dialect.get("delim") or ",", quotechar=dialect.get("quote") or '"')
