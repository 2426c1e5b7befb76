"""The specification cases in a store's `cases/`: one file a subject, plain SQL, a query a line.

    SELECT …                  pushed whole, and PostgreSQL's answer is DuckDB's
    -- sends SELECT …         … and this is the request, to the letter
    SELECT …
    SELECT …
    -- raises                 pushed whole, and both raise
    SELECT …
    -- refused REASON         not pushed whole; REASON is part of what the receipt says

Any other comment is a heading. `cases/rows/` makes the tables that the queries read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One query: `sends`, `refused` and `raises` are what the line below it says, `place` is where it stands."""

    place: str
    sql: str
    sends: str | None = None
    refused: str | None = None
    raises: bool = False


def cases(folder: Path) -> Iterator[Case]:
    for file in sorted(folder.glob("*.sql")):
        yield from _of_file(file)


def rows(folder: Path) -> list[str]:
    """The statements that make the tables."""
    texts = [file.read_text() for file in sorted((folder / "rows").glob("*.sql"))]
    return [statement for text in texts for statement in text.split(";\n") if statement.strip()]


def _of_file(file: Path) -> Iterator[Case]:
    lines = file.read_text().splitlines()
    for number, line in enumerate(lines):
        if not line or line.startswith("--"):
            continue
        below = lines[number + 1] if number + 1 < len(lines) else ""
        yield Case(
            f"{file.stem}:{number + 1}",
            line,
            sends=below.removeprefix("-- sends ") if below.startswith("-- sends ") else None,
            refused=below.removeprefix("-- refused ") if below.startswith("-- refused ") else None,
            raises=below == "-- raises",
        )
