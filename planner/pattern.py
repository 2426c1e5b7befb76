"""Plans that differ in nothing but integers: the plan of one text gives that of every text of its shape.

A plan is made once more with marks, nine-digit integers that nobody writes, in the place of the constants. Where its request is
that of the known plan with the marks in place of the constants, the store's text depends on the integers by their digits alone,
and the request of another text of the same shape is that with other digits. Whatever is not so simple is planned anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self, runtime_checkable

from sqlglot import exp

from planner.plan import Plan, Step, Taken

_MARK = 918_273_000
_MAX_DIGITS = 9
_RUN = re.compile(r"([0-9]+)")


@runtime_checkable
class Digits(Protocol):
    """A native request whose text is all that there is to it but for what does not depend on the value of an integer."""

    @property
    def text(self) -> str: ...

    def with_text(self, text: str) -> Self: ...


@dataclass(frozen=True, eq=False)
class Pattern:
    """A plan of one fragment with marks, and its request; `pieces` are what stands between the marks there, `order` is their
    own."""

    plan: Plan
    native: Digits
    pieces: tuple[str, ...]
    order: tuple[int, ...]

    def filled(self, integers: Sequence[str]) -> Plan:
        """The plan with the integers of another text of the same shape, for which `all_integers` holds."""
        (step,) = self.plan.steps
        digits = [integers[index] for index in self.order]
        text = "".join(part for pair in zip(self.pieces, (*digits, ""), strict=True) for part in pair)
        taken = Taken(self.native.with_text(text), step.taken.left, step.taken.binds)
        return replace(self.plan, steps=(Step(step.fragment, taken, step.left),))


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
    """Whether a text with such constants can follow a pattern: all of them are plain integers."""
    return bool(constants) and all(each.is_int for each in constants)


def marks(count: int) -> list[exp.Literal]:
    return [exp.Literal(this=str(_MARK + index), is_string=False) for index in range(count)]


def pattern(marked: Plan, known: Plan, constants: Sequence[exp.Literal]) -> Pattern | None:
    """The pattern of `marked`, the plan with marks; None where `known`, the plan with `constants`, does not follow from it."""
    if marked.residual is not None or len(marked.steps) != 1:
        return None
    native = marked.steps[0].native
    if not isinstance(native, Digits):
        return None
    parts = re.split(rf"(?<![\w.])({_MARK // 1000}\d{{3}})(?![\w.])", native.text)
    order = tuple(int(mark) - _MARK for mark in parts[1::2])
    if sorted(order) != list(range(len(constants))):
        return None
    found = Pattern(marked, native, tuple(parts[::2]), order)
    same = (
        known.residual is None
        and found.filled([constant.name for constant in constants]).steps[0].native == known.steps[0].native
    )
    return found if same else None
