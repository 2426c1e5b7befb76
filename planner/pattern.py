"""Plans that differ in nothing but constants: the plan of one text gives that of every text of its shape.

A plan is made once more with marks, constants that nobody writes, in the place of its own. Where its request has the marks as
constants and is otherwise that of the known plan, the store's request depends on the constants as it says itself, and that of
another text of the same shape is the known one with other constants. Whatever is not so simple is planned anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, Self, runtime_checkable

from sqlglot import exp

from planner.plan import Plan, Step, Taken

_MARK = 918_273_000
_MAX_DIGITS = 9
_RUN = re.compile(r"([0-9]+)")


Constant = tuple[str, bool]
"""A constant as the query has it, and whether it is a text there."""


@runtime_checkable
class Fillable(Protocol):
    """A native request that can be had with other constants.

    `constants` are those that can be exchanged, as the query has them, each with whether it is a text there. `with_constants`
    gives the request that planning would give for others, None where it is not certain to.
    """

    @property
    def text(self) -> str: ...

    @property
    def constants(self) -> tuple[Constant, ...]: ...

    def with_constants(self, constants: Sequence[Constant]) -> Self | None: ...


@dataclass(frozen=True, eq=False)
class Pattern:
    """A plan of one fragment and its request; `order` says for each constant of the request which of the text's it is, None for
    one that every text of the shape has."""

    plan: Plan
    native: Fillable
    order: tuple[int | None, ...]

    def filled(self, constants: Sequence[Constant]) -> Plan | None:
        """The plan with the constants of another text of the same shape; None where that text must be planned."""
        (step,) = self.plan.steps
        own = zip(self.order, self.native.constants, strict=True)
        native = self.native.with_constants([known if at is None else constants[at] for at, known in own])
        if native is None:
            return None
        plan, taken = self.plan, Taken(native, step.taken.left, step.taken.binds)
        return Plan(plan.columns, (Step(step.fragment, taken, step.left),), None, plan.tables, plan.volatile, plan.refused)


@dataclass(frozen=True, eq=False)
class Skeleton:
    """Where a text's integers stand among its runs of digits, and what the other runs are: those stay as they are.

    A text with the same characters between its runs, and the same other runs, has the same tokens but for the integers.
    """

    runs: tuple[str, ...]
    places: tuple[int, ...]

    def integers(self, runs: Sequence[str]) -> list[str] | None:
        """Those of another text with these runs; None where it differs in more than integers of up to nine digits."""
        if len(runs) != len(self.runs):
            return None
        found = [runs[place] for place in self.places]
        others = list(runs)
        for place in self.places:
            others[place] = self.runs[place]
        return found if tuple(others) == self.runs and all(len(each) <= _MAX_DIGITS for each in found) else None


def runs(text: str) -> tuple[str, tuple[str, ...]]:
    """What stands between a text's runs of digits (joined by a character that no SQL holds), and the runs.

    >>> runs("a1 = 22")
    ('a\\x00 = \\x00', ('1', '22'))
    """
    parts = _RUN.split(text)
    return "\0".join(parts[::2]), tuple(parts[1::2])


def skeleton(text: str, starts: Sequence[int]) -> Skeleton:
    """The skeleton of a text whose integers begin at `starts`."""
    places = {found.start(): place for place, found in enumerate(_RUN.finditer(text))}
    return Skeleton(runs(text)[1], tuple(places[start] for start in starts))


def all_integers(constants: Sequence[exp.Literal]) -> bool:
    """Whether a text with such constants can be told from its like by its digits."""
    return bool(constants) and all(each.is_int for each in constants)


def fillable(constants: Sequence[exp.Literal]) -> bool:
    """Whether a text with such constants can follow a pattern: plain integers and texts."""
    return bool(constants) and all(each.is_int or each.is_string for each in constants)


def marks(constants: Sequence[exp.Literal]) -> list[exp.Literal]:
    """Constants like the given ones, each of which tells its place: a number for a number, a day for a day."""
    return [_mark(constant, place) for place, constant in enumerate(constants)]


def pattern(marked: Plan, marks: Sequence[exp.Literal], known: Plan, constants: Sequence[exp.Literal]) -> Pattern | None:
    """The pattern of `known`, the plan with `constants`; None where `marked`, the plan with `marks`, does not follow from it."""
    if known.residual is not None or marked.residual is not None or len(known.steps) != 1 or len(marked.steps) != 1:
        return None
    native, other = known.steps[0].native, marked.steps[0].native
    if not isinstance(native, Fillable) or not isinstance(other, Fillable):
        return None
    places = {constant: place for place, constant in enumerate(given_constants(marks))}
    order = tuple(places.get(constant) for constant in other.constants)
    if {place for place in order if place is not None} != set(places.values()) or len(native.constants) != len(order):
        return None
    found = Pattern(known, native, order)
    again = found.filled(given_constants(marks))
    same = again is not None and again.steps[0].native == other and found.filled(given_constants(constants)) is not None
    return found if same else None


def given_constants(literals: Sequence[exp.Literal]) -> list[Constant]:
    return [(literal.name, bool(literal.is_string)) for literal in literals]


def _mark(constant: exp.Literal, place: int) -> exp.Literal:
    if not constant.is_string:
        return exp.Literal(this=str(_MARK + place), is_string=False)
    day = (date(9182, 7, 30) + timedelta(days=place)).isoformat()
    text, written = f"{_MARK + place} is a mark", constant.name
    for form, like in (
        (r"\d{4}-\d\d-\d\d", day),
        (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d.*", f"{day} 09:18:27"),
        (r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", f"91827300-0000-4000-8000-{place:012d}"),
    ):
        text = like if re.fullmatch(form, written) else text
    return exp.Literal(this=text, is_string=True)
