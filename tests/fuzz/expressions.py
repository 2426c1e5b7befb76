"""Random expressions of a given kind over the columns in scope.

A kind is what an expression may stand for: int, dec, float, text, day, ts, flag. Everything here is deterministic and raises
nothing on any row, so that a difference is one of meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.fuzz.tables import TEXTS

KINDS = ("int", "dec", "float", "text", "day", "ts", "flag")

OF_COLUMN: Mapping[str, str] = {
    "id": "int", "k": "text", "v": "int", "w": "int", "s": "text", "d": "dec", "f": "float", "day": "day", "ts": "ts",
    "flag": "flag",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column that may be read: how it is written, and its kind."""

    text: str
    kind: str


def literal(random: Random, kind: str) -> str:
    match kind:
        case "int":
            return str(random.choice((-1, 0, 1, 2, 3, 5)))
        case "dec":
            return random.choice(("1.1", "0.0", "2.25", "-1.10", "3", "0.055"))
        case "float":
            return random.choice(("0", "1.5", "2.5e0", "-1", "CAST('nan' AS DOUBLE)", "CAST('inf' AS DOUBLE)"))
        case "text":
            return "'" + random.choice((*TEXTS, "x", "y")).replace("'", "''") + "'"
        case "day":
            return "DATE '" + random.choice(("1969-12-31", "2000-02-29", "2020-01-01")) + "'"
        case "ts":
            return "TIMESTAMP '" + random.choice(("2020-01-01 00:00:00", "2020-01-01 05:00:00.5")) + "'"
        case _:
            return random.choice(("TRUE", "FALSE"))


def expression(random: Random, kind: str, columns: Sequence[Column], depth: int = 2) -> str:
    """An expression of `kind`."""
    own = [column.text for column in columns if column.kind == kind]
    roll = random.random()
    if depth <= 0 or roll < 0.45:
        return random.choice(own) if own and random.random() < 0.85 else literal(random, kind)
    if roll < 0.53:
        a, b = (expression(random, kind, columns, depth - 1) for _ in range(2))
        return f"CASE WHEN {predicate(random, columns, depth - 1)} THEN {a}" + (f" ELSE {b} END" if roll < 0.51 else " END")
    if roll < 0.58:
        return f"COALESCE({', '.join(expression(random, kind, columns, depth - 1) for _ in range(2))})"
    if roll < 0.61:
        return f"NULLIF({expression(random, kind, columns, depth - 1)}, {literal(random, kind)})"
    if roll < 0.64 and kind != "flag":
        each = ", ".join(expression(random, kind, columns, depth - 1) for _ in range(2))
        return f"{random.choice(('GREATEST', 'LEAST'))}({each})"
    return _of_kind(random, kind, columns, depth)


def _of_kind(random: Random, kind: str, columns: Sequence[Column], depth: int) -> str:
    def part(kind: str) -> str:
        return expression(random, kind, columns, depth - 1)

    forms: tuple[Callable[[], str], ...]
    match kind:
        case "int":
            forms = (
                lambda: f"({part('int')} {random.choice('+-')} {literal(random, 'int')})",
                lambda: f"({part('int')} % {random.choice((2, 3, -2))})",
                lambda: f"({part('int')} // {random.choice((2, 3, -2))})",
                lambda: f"-({part('int')})",
                lambda: f"ABS({part('int')})",
                lambda: f"LENGTH({part('text')})",
                lambda: f"{random.choice(('YEAR', 'MONTH', 'DAY'))}({part('day')})",
                lambda: f"EXTRACT({random.choice(('hour', 'year', 'dow'))} FROM {part('ts')})",
                lambda: f"TRY_CAST({part('text')} AS INTEGER)",
                lambda: f"CAST({part('flag')} AS INTEGER)",
                lambda: f"SIGN({part('int')})",
                lambda: f"STRPOS({part('text')}, {literal(random, 'text')})",
                lambda: f"CAST({part('int')} AS BIGINT)",
            )
        case "dec":
            forms = (
                lambda: f"({part('dec')} {random.choice('+-')} {literal(random, 'dec')})",
                lambda: f"ROUND({part('dec')}, {random.choice((0, 1))})",
                lambda: f"ABS({part('dec')})",
                lambda: f"CAST({part('dec')} AS DECIMAL(18,3))",
                lambda: f"({part('dec')} * 2)",
                lambda: f"-({part('dec')})",
            )
        case "float":
            forms = (
                lambda: f"({part('float')} {random.choice('+-*')} {literal(random, 'int')})",
                lambda: f"({part(random.choice(('int', 'dec', 'float')))} / {random.choice((2, 4, 0))})",
                lambda: f"CAST({part(random.choice(('int', 'dec')))} AS DOUBLE)",
                lambda: f"ABS({part('float')})",
                lambda: f"FLOOR({part('float')})",
                lambda: f"CEIL({part('float')})",
            )
        case "text":
            forms = (
                lambda: f"({part('text')} || {part('text')})",
                lambda: f"CONCAT({part('text')}, {part('text')})",
                lambda: f"{random.choice(('UPPER', 'LOWER', 'TRIM', 'LTRIM', 'RTRIM', 'REVERSE'))}({part('text')})",
                lambda: f"SUBSTRING({part('text')}, {random.choice((-1, 0, 1, 2))}, {random.choice((0, 1, 2))})",
                lambda: f"{random.choice(('LEFT', 'RIGHT'))}({part('text')}, {random.choice((-1, 0, 1, 2))})",
                lambda: f"REPLACE({part('text')}, {literal(random, 'text')}, {literal(random, 'text')})",
                lambda: f"CAST({part(random.choice(('int', 'dec', 'day', 'flag')))} AS VARCHAR)",
                lambda: f"LPAD({part('text')}, 3, '*')",
            )
        case "day":
            forms = (
                lambda: f"({part('day')} + 1)",
                lambda: f"CAST({part('ts')} AS DATE)",
            )
        case "ts":
            forms = (
                lambda: f"({part('ts')} + INTERVAL 1 HOUR)",
                lambda: f"CAST({part('day')} AS TIMESTAMP)",
                lambda: f"DATE_TRUNC('month', {part('ts')})",
            )
        case _:
            forms = (lambda: f"({predicate(random, columns, depth - 1)})",)
    return random.choice(forms)()


def predicate(random: Random, columns: Sequence[Column], depth: int = 2) -> str:
    """A condition without subqueries."""
    roll = random.random()
    if depth > 0 and roll < 0.3:
        joint = random.choice((" AND ", " OR "))
        return "(" + joint.join(predicate(random, columns, depth - 1) for _ in range(2)) + ")"
    if depth > 0 and roll < 0.38:
        return f"NOT ({predicate(random, columns, depth - 1)})"
    column = random.choice(columns) if columns else None
    kind = column.kind if column is not None and column.kind in KINDS else "int"
    left = (
        column.text if column is not None and column.kind == kind and roll < 0.8 else expression(random, kind, columns, depth - 1)
    )
    return _condition(random, kind, left, columns, depth)


def _condition(random: Random, kind: str, left: str, columns: Sequence[Column], depth: int) -> str:
    def other() -> str:
        mixed = {"int": ("int", "int", "dec", "float"), "dec": ("dec", "int", "float"), "float": ("float", "int", "dec"),
                 "day": ("day", "day", "ts"), "ts": ("ts", "day")}.get(kind, (kind,))  # fmt: skip
        chosen = random.choice(mixed)
        return expression(random, chosen, columns, depth - 1) if random.random() < 0.4 else literal(random, chosen)

    negated = random.choice(("", "", "NOT "))
    forms = [
        lambda: f"{left} {random.choice(('=', '<>', '<', '<=', '>', '>='))} {other()}",
        lambda: f"{left} {random.choice(('=', '<', '>='))} {other()}",
        lambda: (
            f"{left} {negated}IN ({', '.join([literal(random, kind), literal(random, kind), *random.choice(((), ('NULL',)))])})"
        ),
        lambda: f"{left} {negated}BETWEEN {literal(random, kind)} AND {other()}",
        lambda: f"{left} IS {negated}NULL",
        lambda: f"{left} IS {negated}DISTINCT FROM {other()}",
    ]
    if kind == "text":
        pattern = random.choice(("'a%'", "'%a%'", "'_'", "'%b'", "'A%'", "'%\\%%'", "'%'", "''", "'x'", "NULL"))
        forms += [
            lambda: f"{left} {negated}{random.choice(('LIKE', 'ILIKE'))} {pattern}",
            lambda: f"{random.choice(('STARTS_WITH', 'CONTAINS'))}({left}, {literal(random, 'text')})",
        ]
    if kind == "flag":
        forms += [lambda: left, lambda: f"{left} IS {negated}TRUE", lambda: f"NOT {left}"]
    return random.choice(forms)()
