"""Cases as files: tables, rows and queries in DuckDB's SQL, which the suite asks from then on.

    -- what it was
    -- key pg.a (id)
    -- index pg.a (c1)
    CREATE TABLE pg.a ("id" INTEGER, "c1" VARCHAR);
    INSERT INTO pg.a VALUES
        (1, 'x');
    SELECT t1.c1 AS o0 FROM pg.a AS t1;

The schema of a table says which store it is put into: `pg`, `docs`, `lite` or `lake`. Every second row of a MongoDB collection
lacks the fields that are NULL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.schema import Table

FOLDER = Path(__file__).parent / "corpus"

_NOTE = re.compile(r"-- (key|index) (\w+)\.(\w+) \((.*)\)")
_TABLE = re.compile(r"(?:CREATE TABLE|INSERT INTO) (\w+)\.(\w+) ")


@dataclass(frozen=True)
class Stated:
    """A table as a file states it."""

    source: str
    name: str
    statements: tuple[str, ...]
    key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Case:
    """What a file holds: its tables, and its queries."""

    tables: tuple[Stated, ...]
    queries: tuple[str, ...]


def text(about: str, tables: Sequence[Table], queries: Sequence[str]) -> str:
    lines = [f"-- {line}" for line in about.splitlines()]
    for table in tables:
        lines += [f"-- key {table.path} ({', '.join(table.key)})"] if table.key else []
        lines += [f"-- index {table.path} ({', '.join(index)})" for index in table.indexes]
        lines += table.statements
    return "\n".join([*lines, *(f"{query};" for query in queries)]) + "\n"


def read(written: str) -> Case:
    """>>> read("-- key pg.a (id)\\nCREATE TABLE pg.a (id INTEGER);\\nSELECT 1 AS o0;\\n").tables[0].key
    ('id',)
    """
    notes: dict[tuple[str, str, str], list[tuple[str, ...]]] = {}
    tables: dict[tuple[str, str], list[str]] = {}
    queries = []
    for statement in re.split(r";\n", written):
        lines = statement.strip().splitlines()
        for line in lines:
            found = _NOTE.fullmatch(line)
            if found:
                notes.setdefault((found[1], found[2], found[3]), []).append(tuple(found[4].split(", ")))
        sql = "\n".join(line for line in lines if not line.startswith("-- "))
        made = _TABLE.match(sql)
        if made:
            tables.setdefault((made[1], made[2]), []).append(sql)
        elif sql:
            queries.append(sql)
    stated = tuple(
        Stated(source, name, tuple(statements), *_keys(notes, source, name)) for (source, name), statements in tables.items()
    )
    return Case(stated, tuple(queries))


def _keys(
    notes: dict[tuple[str, str, str], list[tuple[str, ...]]], source: str, name: str
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    return next(iter(notes.get(("key", source, name), [])), ()), tuple(notes.get(("index", source, name), []))


def cases() -> Iterator[tuple[str, Case]]:
    for file in sorted(FOLDER.glob("*.sql")):
        yield file.stem, read(file.read_text())
