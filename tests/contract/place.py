"""Where a test puts rows for one store to find, and what it knows of that store's own types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

SOURCE = "s"
"""The id of the source under test."""


@dataclass(frozen=True)
class Kind:
    """A type of a store: how its column is declared, the DuckDB type that it becomes, and pairs of what is stored and what must
    arrive. The suite stores a null beside them. `needs` names a capability."""

    name: str
    declared: Any
    type: str
    values: tuple[tuple[Any, Any], ...]
    needs: str = ""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Misfit:
    """A stored value that no value of its column's type stands for: an error that holds `details`, or NULL where that is asked.

    `type` is the column's type, `declared_type` the configuration's word for it where the store's own would be another.
    """

    name: str
    declared: Any
    type: str
    good: tuple[Any, Any]
    bad: Any
    details: Mapping[str, Any] = field(default_factory=dict)
    declared_type: str | None = None

    def __str__(self) -> str:
        return self.name


class Place(Protocol):
    """A fresh database of one store, until it is closed."""

    type: str
    schema: str
    slow: str
    """A query that reads for hours, gives no row before, and is pushed down whole; after `make_slow`."""

    @property
    def connection(self) -> dict[str, Any]: ...

    def hold(self, table: str, declared: Any, values: Sequence[Any]) -> None:
        """Makes a table of `id` (0, 1, …) and `x`, one row a value, None for null."""

    def count_up(self, table: str, rows: int) -> None:
        """Makes a table of `n`, BIGINT from 0 on."""

    def drop(self, table: str) -> None: ...

    def add_column(self, table: str) -> None:
        """Adds `extra`, BIGINT, with 7 in every row."""

    def relate(self) -> None:
        """Makes `parent` (key `id`, unique `code`) and `child` (`id`, `parent_id` that refers to it), with a row each."""

    def view(self, name: str, table: str) -> None:
        """Makes a view of `n` over a table that counts up."""

    def make_slow(self) -> None: ...

    def running(self) -> Sequence[Any]:
        """What Foz has going on in the store at this moment, open cursors included. An engine inside Foz has nothing."""

    def writes(self) -> tuple[str, str]:
        """Two native statements: one adds a row `n` = 100 to `written`, the other fails."""

    def bound_write(self) -> str:
        """A native statement that adds a row of one bound value to `written`."""

    def account(self) -> Accounts:
        """Makes `account` of `id` 1 and 2 and `balance` 50 each."""

    def server(self) -> AbstractContextManager[Serving]:
        """A server of its own, with a table `many` of `n`, that may be killed. Raises AssertionError where there is none."""

    def close(self) -> None: ...


class Accounts(Protocol):
    """Two accounts that hold 100 together."""

    def transfer(self, amount: int) -> None:
        """Moves `amount` from the first account to the second, in one transaction."""

    def close(self) -> None: ...


class Serving(Protocol):
    """A place whose server may be killed, and started again where it was, with the same rows."""

    @property
    def connection(self) -> dict[str, Any]: ...

    def kill(self) -> None: ...

    def start(self) -> None: ...
