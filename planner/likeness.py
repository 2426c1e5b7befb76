"""What makes two fragments, or two queries, alike: the names under which history keeps them, and how much work they are.

    shop/public.orders/3f2a…#4.2    a fragment by its source, its tables, its shape, and the size that its constants choose
    query/9c01…                     a query by the shapes of its fragments and of its residual

A shape is a fragment's text without its constants; of LIMIT it keeps the power of ten, because time follows it. A size is how
many rows the store's statistics let one expect, read and given, each to half a power of ten.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.catalog import Source
from planner.cost import Estimate, Workload, workload
from planner.plan import Fragment, Plan

BASE_MS = 0.5
ROW_READ_MS = 0.0004
ROW_PASSED_MS = 0.00005
ROW_GIVEN_MS = 0.0008
BYTE_GIVEN_MS = 1 / 200_000
"""An ordinary store: half a millisecond for a request, two and a half million rows a second chosen, twenty million passed over, a
million given, 200 MB a second. How far a store is from it is measured; that these are about right matters to cold starts only."""
DIRECT_MS, RESIDUAL_MS = 0.2, 2.0
"""What a query takes beside its fragments: without a residual, and with one over few rows."""
UNKNOWN_MS = 5.0
"""For a fragment of which no statistics tell anything."""

_LITERALS = re.compile(
    r"""(?P<name>"(?:[^"]|"")*"|[A-Za-z_]\w*)|(?P<limit>\bLIMIT\s+)?(?P<constant>'(?:[^']|'')*'|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"""
)
_WORD_LIMIT = "LIMIT"
_LISTS = re.compile(r"\(\?(?:, \?)+\)")


@dataclass(frozen=True)
class Likeness:
    """A fragment's `keys` in history, from the one that says most about it to its source's, and what is expected of it by
    statistics alone: the time at an ordinary store, rows and bytes, which are at least one, and as they are in `given`. `text`
    says it for people."""

    source: str
    keys: tuple[str, str, str, str]
    text: str
    work_ms: float
    rows: float | None
    bytes: float | None
    given: Estimate


@dataclass(frozen=True)
class Whole:
    """A query: the keys of what it takes beside its fragments (its own, that of its kind, that of its set of sources), and how
    much that would be at an ordinary speed."""

    fragments: tuple[Likeness, ...]
    keys: tuple[str, str, str]
    text: str
    work_ms: float

    def without(self, kept: Sequence[str]) -> Whole:
        """The same query when the cache answers the fragments with these ids: another, to history."""
        if not kept:
            return self
        own, kind, sources = self.keys
        return Whole(self.fragments, (f"{own}-{'-'.join(kept)}", kind, f"{sources}-"), self.text, self.work_ms)


def whole(plan: Plan, sources: Mapping[str, Source]) -> Whole:
    """The likeness of a plan and its fragments, by the statistics that `sources` have now."""
    found = tuple(likeness(step.fragment, sources[step.fragment.source]) for step in plan.steps)
    return over(found, shape_text(plan.residual) if plan.residual is not None else None)


def over(fragments: tuple[Likeness, ...], residual: str | None) -> Whole:
    """The likeness of a query over these fragments with a residual of this shape; None where the only fragment is the answer."""
    own = _digest(residual or "", *(each.keys[0] for each in fragments))
    together = "+".join(sorted({each.source for each in fragments})) or "none"
    kind = "direct" if residual is None else "residual"
    work_ms = DIRECT_MS if residual is None else RESIDUAL_MS + ROW_READ_MS * sum(each.rows or 1000.0 for each in fragments)
    return Whole(fragments, (f"query/{own}", f"query/{kind}", f"query/over {together}"), residual or "", work_ms)


def likeness(fragment: Fragment, source: Source) -> Likeness:
    return sized(fragment, shape_text(fragment.query.sql(dialect="duckdb", comments=False)), workload(fragment, source))


def sized(fragment: Fragment, text: str, work: Workload) -> Likeness:
    """The likeness of a fragment with this shape's text and this work before it."""
    tables = "+".join(path.partition(".")[2] for path in fragment.tables) or "none"
    table = f"{fragment.source}/{tables}"
    shape = f"{table}/{_digest(text)}"
    size = f"{shape}#{_half_powers(work.read)}.{_half_powers(work.given.rows)}"
    given = work.given
    keys = (size, shape, table, fragment.source)
    return Likeness(fragment.source, keys, text, _work_ms(work), _least_one(given.rows), _least_one(given.bytes), given)


def shape_text(sql: str) -> str:
    """The text with `?` in the place of constants; lists of them by the power of ten of their length, LIMIT by that of its count.

    >>> shape_text('SELECT "a1" FROM t WHERE b = 17 AND c IN (1, 2) LIMIT 250')
    'SELECT "a1" FROM t WHERE b = ? AND c IN (?×1) LIMIT 10^2'
    """
    limited = False

    def kept(found: re.Match[str]) -> str:
        nonlocal limited
        word = found["name"]
        if word is not None:
            limited = word.upper() == _WORD_LIMIT
            return word
        constant, was_limit = found["constant"], limited
        limited = False
        return f"10^{len(constant) - 1}" if was_limit and constant.isdigit() else "?"

    return _LISTS.sub(lambda found: f"(?×{10 ** (len(str(found[0].count('?'))) - 1)})", _LITERALS.sub(kept, sql))


def _work_ms(work: Workload) -> float:
    if work.read is None and work.given.rows is None:
        return UNKNOWN_MS
    found = BASE_MS + (work.read or 0.0) * ROW_READ_MS + (work.passed or 0.0) * ROW_PASSED_MS
    return found + (work.given.rows or 0.0) * ROW_GIVEN_MS + (work.given.bytes or 0.0) * BYTE_GIVEN_MS


def _half_powers(rows: float | None) -> str:
    return "-" if rows is None else str(round(2 * math.log10(max(1.0, rows))))


def _least_one(value: float | None) -> float | None:
    return None if value is None else max(1.0, value)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
