"""What is sent to SQLite: one SELECT, and how its columns become the fragment's outputs."""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog import Column, Table
from translators.sqlite.types import Kind


@dataclass(frozen=True)
class Delivery:
    """How one output is made of the statement's columns.

    `kind` and `type` say what SQLite's values stand for; `width` is the number of columns (2: the high and low halves of a sum);
    `origin` is the stored column behind the output, where there is one, for the message about a value that does not fit.
    """

    kind: Kind
    type: str
    width: int = 1
    origin: tuple[Table, Column] | None = None


@dataclass(frozen=True, eq=False)
class SqliteRequest:
    """One SELECT, and how its columns become the fragment's outputs."""

    text: str
    deliveries: tuple[Delivery, ...]
