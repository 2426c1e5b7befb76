"""What share of a relation's rows a condition keeps, from the statistics of its columns.

What no statistics tell is guessed, and counted as guessed. Conditions on different columns are taken to be independent of each
other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from planner.spread import PATTERN, Share, Spread, below, equal, least, matching
from planner.statistics import Value, parsed

EQUAL = 0.005
RANGE = 1 / 3
OTHER = 1 / 3
"""Shares of conditions of which nothing is known; PostgreSQL's, where it has one."""

Find = Callable[[exp.Column], Spread | None]
"""What is known of a column; None for a column that is not of the relation or of which nothing is known."""

Other = Callable[[exp.Expr], Share | None]
"""The share of a condition over another query (EXISTS, IN); None for any other condition."""


def share(condition: exp.Expr, find: Find, other: Other = lambda node: None) -> Share:
    """The share of the rows for which `condition` holds. Total: what it does not know is guessed."""
    known = other(condition)
    if known is not None:
        return known
    if isinstance(condition, exp.Paren):
        return share(condition.this, find, other)
    if isinstance(condition, exp.Not):
        inner = share(condition.this, find, other)
        return Share(inner.false, inner.unknown, inner.guessed)
    if isinstance(condition, exp.And):
        return together(list(condition.flatten()), find, other)
    if isinstance(condition, exp.Or):
        return _either([share(part, find, other) for part in condition.flatten()])
    return _simple(condition, find)


def together(conditions: Sequence[exp.Expr], find: Find, other: Other = lambda node: None) -> Share:
    """The share of the rows for which all of `conditions` hold; ranges of one column are taken together."""
    ranges: dict[str, list[tuple[Spread, Share]]] = {}
    shares: list[Share] = []
    for condition in conditions:
        column = _ranged(condition)
        spread = find(column) if column is not None else None
        found = share(condition, find, other)
        if column is not None and spread is not None and not found.guessed:
            ranges.setdefault(f"{column.table}.{column.name}".lower(), []).append((spread, found))
        else:
            shares.append(found)
    for parts in ranges.values():
        filled = 1 - parts[0][0].nulls
        true = sum(part.true for _, part in parts) - (len(parts) - 1) * filled
        floor = min(min(part.true for _, part in parts), least(parts[0][0]))
        shares.append(Share(max(floor, true), parts[0][1].unknown))
    true, not_false, guessed = 1.0, 1.0, 0
    for each in shares:
        true, not_false, guessed = true * each.true, not_false * (1 - each.false), guessed + each.guessed
    return Share(true, max(0.0, not_false - true), guessed)


def _either(shares: Sequence[Share]) -> Share:
    not_true, false, guessed = 1.0, 1.0, 0
    for each in shares:
        not_true, false, guessed = not_true * (1 - each.true), false * each.false, guessed + each.guessed
    return Share(1 - not_true, max(0.0, not_true - false), guessed)


_RANGES = (exp.LT, exp.LTE, exp.GT, exp.GTE)
_FLIPPED = {exp.LT: exp.GT, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.GTE: exp.LTE}


def _ranged(condition: exp.Expr) -> exp.Column | None:
    """The column of a comparison by order with a constant."""
    condition = condition.unnest()
    if isinstance(condition, exp.Between) and isinstance(condition.this, exp.Column):
        return condition.this
    if isinstance(condition, _RANGES):
        sides = [side for side in (condition.this, condition.expression) if isinstance(side, exp.Column)]
        return sides[0] if len(sides) == 1 else None
    return None


def _simple(condition: exp.Expr, find: Find) -> Share:
    if isinstance(condition, exp.Boolean):
        return Share(1.0 if condition.this else 0.0)
    if isinstance(condition, exp.Null):
        return Share(0.0, 1.0)
    column, expression = _sides(condition)
    spread = find(column) if column is not None else None
    if column is None or spread is None:
        return Share(_GUESSES.get(type(condition), OTHER), guessed=1)
    handler = _CONDITIONS.get(type(condition))
    found = handler(condition, spread, expression) if handler is not None else None
    if found is None:
        filled = 1 - spread.nulls
        if isinstance(condition, exp.EQ | exp.In) and spread.distinct is not None:
            count = len(condition.expressions) if isinstance(condition, exp.In) else 1
            return Share(filled * min(1.0, max(1, count) / spread.distinct), spread.nulls)
        return Share(filled * _GUESSES.get(type(condition), OTHER), spread.nulls, 1)
    return found


def _sides(condition: exp.Expr) -> tuple[exp.Column | None, exp.Expr | None]:
    """The column that a condition is about, and what it is compared with; a comparison is turned round by its handler."""
    if isinstance(condition, exp.Column):
        return condition, None
    left, right = condition.this, condition.args.get("expression")
    if isinstance(left, exp.Expr) and isinstance(left.unnest(), exp.Column):
        other = right if isinstance(right, exp.Expr) else None
        return left.unnest(), other  # type: ignore[return-value]
    if isinstance(right, exp.Expr) and isinstance(right.unnest(), exp.Column) and isinstance(condition, exp.Binary):
        return right.unnest(), left  # type: ignore[return-value]
    return None, None


def constant(node: exp.Expr | None, type: str) -> Value | None:
    """The value that a literal stands for beside a column of the DuckDB type `type`; None for what is no literal of it."""
    if isinstance(node, exp.Paren):
        return constant(node.this, type)
    if isinstance(node, exp.Cast | exp.TryCast):
        return constant(node.this, type)
    if isinstance(node, exp.Neg):
        found = constant(node.this, type)
        return -found if isinstance(found, int | float) else None
    if isinstance(node, exp.Boolean):
        return int(node.this)
    return parsed(node.name, type) if isinstance(node, exp.Literal) else None


def _equality(condition: exp.Expr, spread: Spread, other: exp.Expr | None) -> Share | None:
    return equal(spread, constant(other, spread.type))


def _inequality(condition: exp.Expr, spread: Spread, other: exp.Expr | None) -> Share | None:
    same = _equality(condition, spread, other)
    return Share(same.false, same.unknown, same.guessed) if same is not None else Share(1 - spread.nulls, spread.nulls, 1)


def _range(condition: exp.Expr, spread: Spread, other: exp.Expr | None) -> Share | None:
    value = constant(other, spread.type)
    if value is None:
        return None
    kind = type(condition) if isinstance(condition.this.unnest(), exp.Column) else _FLIPPED[type(condition)]  # type: ignore[index]
    less = kind in (exp.LT, exp.LTE)
    found = below(spread, value, inclusive=kind in (exp.LTE, exp.GT))
    return found if found is None or less else replace(found, true=max(found.false, least(spread)))


def _between(condition: exp.Expr, spread: Spread, other: exp.Expr | None) -> Share | None:
    low, high = constant(condition.args["low"], spread.type), constant(condition.args["high"], spread.type)
    if low is None or high is None:
        return None
    under, upto = below(spread, low, inclusive=False), below(spread, high, inclusive=True)
    if under is None or upto is None:
        return None
    return Share(max(least(spread), upto.true - under.true), spread.nulls)


def _listed(condition: exp.Expr, spread: Spread, other: exp.Expr | None) -> Share | None:
    found = [equal(spread, constant(each, spread.type)) for each in condition.expressions]
    if not found or any(each is None for each in found):
        return None
    return Share(min(1 - spread.nulls, sum(each.true for each in found if each is not None)), spread.nulls)


def _is(condition: exp.Expr, spread: Spread, other: exp.Expr | None) -> Share | None:
    if isinstance(other, exp.Null):
        known = spread.statistics.null_fraction is not None or not spread.nullable
        return Share(spread.nulls) if known else Share(EQUAL, guessed=1)
    if isinstance(other, exp.Boolean):
        same = equal(spread, int(other.this))
        return Share(same.true) if same is not None else None
    return None


def _like(condition: exp.Expr, spread: Spread, other: exp.Expr | None) -> Share | None:
    if not isinstance(other, exp.Literal) or not other.is_string:
        return None
    pattern = other.name
    plain = re.match(r"[^%_\\]*", pattern)
    prefix = plain[0] if plain is not None else ""
    folded = isinstance(condition, exp.ILike)
    if prefix == pattern and not folded:
        return equal(spread, pattern)
    letters = (".*" if letter == "%" else "." if letter == "_" else re.escape(letter) for letter in pattern)
    found = re.compile("".join(letters), re.S | (re.I if folded else 0))
    return matching(spread, lambda text: found.fullmatch(text) is not None, "" if folded else prefix, pattern == f"{prefix}%")


def _starts(condition: exp.Expr, spread: Spread, other: exp.Expr | None) -> Share | None:
    prefix = constant(other, "VARCHAR")
    return matching(spread, lambda text: text.startswith(str(prefix)), str(prefix), True) if prefix is not None else None


def _holds(condition: exp.Expr, spread: Spread, other: exp.Expr | None) -> Share | None:
    return equal(spread, 1) if spread.type == "BOOLEAN" else None


_GUESSES: dict[type, float] = {
    exp.EQ: EQUAL,
    exp.NullSafeEQ: EQUAL,
    exp.NEQ: 1 - EQUAL,
    exp.NullSafeNEQ: 1 - EQUAL,
    exp.In: 5 * EQUAL,
    exp.Like: PATTERN,
    exp.ILike: PATTERN,
    exp.StartsWith: PATTERN,
    exp.RegexpLike: PATTERN,
    exp.Is: EQUAL,
    exp.Between: RANGE * RANGE,
    **dict.fromkeys(_RANGES, RANGE),
}

_CONDITIONS: dict[type, Callable[[exp.Expr, Spread, exp.Expr | None], Share | None]] = {
    exp.EQ: _equality,
    exp.NullSafeEQ: _equality,
    exp.NEQ: _inequality,
    exp.NullSafeNEQ: _inequality,
    exp.Between: _between,
    exp.In: _listed,
    exp.Is: _is,
    exp.Like: _like,
    exp.StartsWith: _starts,
    exp.ILike: _like,
    exp.Column: _holds,
    **dict.fromkeys(_RANGES, _range),
}


def conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    """The conditions that AND joins in `condition`."""
    node = condition.unnest() if condition is not None else None
    if isinstance(node, exp.And):
        for part in node.flatten():
            yield from conjuncts(part)
    elif node is not None:
        yield node
