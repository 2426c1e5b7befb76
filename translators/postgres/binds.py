"""Constants that a request is compared with: marked in its text while it is written, and taken out of it at its end.

    ("t"."id" = ‹5›)  ─ taken_out ─  pieces ('("t"."id" = ', ')') and binds (5 as int4)

A statement that PostgreSQL has prepared runs again with other constants of the same types: `respelled` says whether a constant is
one, by the very rules that wrote the first. Marks stand only where nothing must be written alike twice: in WHERE and ON.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from translators.postgres import constants
from translators.postgres.types import home

_OPEN, _PART, _CLOSE = "\x02", "\x1f", "\x03"
_MARKED = re.compile(f"{_OPEN}([^{_OPEN}{_PART}{_CLOSE}]*){_PART}(.){_PART}([^{_CLOSE}]*){_PART}([^{_CLOSE}]*){_CLOSE}")

PADDED = "bpchar"
"""The type of a constant that is compared with a char(n): one without blanks at its end."""


@dataclass(frozen=True)
class Bind:
    """A constant: as the query has it, whether as a text there, the type it is read as, and how PostgreSQL is told it."""

    value: str
    is_text: bool
    type: str
    text: str

    @property
    def home(self) -> str:
        """Its type in PostgreSQL."""
        return PADDED if self.type == PADDED else home(self.type) or "text"

    def respelled(self, value: str, is_text: bool) -> Bind | None:
        """Another constant in this one's place; None where it is not certain to be read as the same type."""
        if is_text != self.is_text or not _markable(value):
            return None
        text = spelled(value, is_text, self.type)
        return replace(self, value=value, text=text) if text is not None else None


def spelled(value: str, is_text: bool, type: str) -> str | None:
    """A constant of the query as one of PostgreSQL; None where the two may read it differently."""
    if type == PADDED:
        text = constants.text(value)
        return None if text is None or value.endswith(" ") else text.removesuffix("::text") + "::bpchar"
    return constants.read_as(value, type) if is_text else constants.number(value, type)


def marked(value: str, is_text: bool, type: str, text: str) -> str:
    """The constant `text` with a mark around it, where `spelled` gives the same of it."""
    if not _markable(value) or (home(type) is None and type != PADDED) or spelled(value, is_text, type) != text:
        return text
    return f"{_OPEN}{type}{_PART}{'s' if is_text else 'n'}{_PART}{value}{_PART}{text}{_CLOSE}"


def _markable(value: str) -> bool:
    return not any(mark in value for mark in (_OPEN, _PART, _CLOSE, "\0"))


def unmarked(sql: str) -> str:
    """The text with its constants in their places and no marks."""
    return _MARKED.sub(lambda found: found[4], sql) if _OPEN in sql else sql


def taken_out(sql: str) -> tuple[tuple[str, ...], tuple[Bind, ...]]:
    """What stands between the marked constants of a text, and these."""
    parts = _MARKED.split(sql)
    found = zip(parts[1::5], parts[2::5], parts[3::5], parts[4::5], strict=True)
    return tuple(parts[::5]), tuple(Bind(value, kind == "s", type, text) for type, kind, value, text in found)
