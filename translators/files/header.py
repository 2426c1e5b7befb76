"""The first record of a CSV file: read by position, its columns must stay where they were when the table was described."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping
from typing import Any


def header(path: str, dialect: Mapping[str, Any]) -> list[str] | None:
    """The names in the file's header; None where the file is empty. Raises OSError, and ValueError for bytes that are no text."""
    opened = gzip.open(path, "rt", encoding="utf-8-sig", newline="") if path.lower().endswith(".gz") else None
    with opened or open(path, encoding="utf-8-sig", newline="") as file:
        for _ in range(int(dialect.get("skip") or 0)):
            file.readline()
        try:
            return next(csv.reader(file, delimiter=dialect.get("delim") or ",", quotechar=dialect.get("quote") or '"'), None)
        except csv.Error as error:
            raise ValueError("no CSV header") from error
