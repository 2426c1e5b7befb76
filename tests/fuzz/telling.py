"""From a difference to a file in the corpus: the query made small, then its tables, then the query again."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Sequence
from pathlib import Path

from tests.answers.world import World
from tests.fuzz import corpus
from tests.fuzz.asking import Found
from tests.fuzz.compare import Difference, difference
from tests.fuzz.reduce import reduced
from tests.fuzz.schema import Table
from tests.fuzz.shrink import shrunk
from tests.fuzz.worlds import world


def signature(found: Found) -> str:
    """What differences have in common that are probably one defect: the words of what differs, without its values."""
    words = f"{found.difference.kind} {found.difference.detail}"
    return re.sub(r"\d+|'[^']*'|\b(pg|docs|lite|lake)\b|\b[a-z]\b", "?", words)[:120]


def smallest(
    running: World,
    found: Found,
    tables: Sequence[Table],
    servers: tuple[str, str],
    tries: tuple[int, int] = (400, 60),
    seconds: float = 90,
) -> tuple[str, str]:
    """The smallest case of a difference in `running`, as the text of a file, and its query.

    `servers` are the URIs of PostgreSQL and MongoDB, `tries` how many queries and how many sets of tables are tried, `seconds`
    for how long. A query that differs only with parameters, or only after another of its shape, stays as it is.
    """
    first = found.difference
    if found.parameters:
        return corpus.text(
            f"{first.kind}: {first.detail}\nasked as {found.asked} with {found.parameters}", tables, [found.sql]
        ), found.sql
    until = time.monotonic() + seconds

    def again(where: World, smaller: str) -> bool:
        return time.monotonic() < until and _again(where, smaller, first)

    sql = reduced(found.sql, lambda smaller: again(running, smaller), tries[0])

    def differs(candidate: Sequence[Table]) -> bool:
        if time.monotonic() >= until:
            return False
        with world(*servers, candidate) as other:
            return again(other, sql)

    small = shrunk(sql, tables, differs, tries[1])
    with world(*servers, small) as other:
        sql = reduced(sql, lambda smaller: again(other, smaller), tries[0])
        last = difference(other, sql)
    if last is None:
        return corpus.text(f"{first.kind}: {first.detail}\nafter {found.before}", small, [found.before, found.sql]), found.sql
    return corpus.text(f"{last.kind}: {last.detail}", small, [sql]), sql


def keep(text: str, folder: Path) -> Path:
    """Writes the case under a name that follows from its text."""
    file = folder / f"case_{hashlib.sha256(text.encode()).hexdigest()[:10]}.sql"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def _again(running: World, sql: str, first: Difference) -> bool:
    again = difference(running, sql)
    return again is not None and again.kind == first.kind
