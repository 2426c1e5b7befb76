"""The plan of a query: values only, holding sqlglot ASTs.

    Plan
    ├── columns      names and types of the answer, as DuckDB gives them for the caller's text
    ├── fragments    one-source queries, in the order in which they were cut (a DAG through `Fragment.needs`)
    └── residual     DuckDB SQL over the fragments' names; None where one fragment is the answer itself

`Fragment` is what the planner proposes to a store and `Taken` what the store's translator makes of it; `take` is pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from sqlglot import exp

from planner.catalog import Column, Source


@dataclass(frozen=True)
class Field:
    """A column of an answer or a fragment: its name, and its type as DuckDB writes it."""

    name: str
    type: str


@dataclass(frozen=True, eq=False)
class Fragment:
    """A query over the tables of one source, with DuckDB's meaning.

    `query` is a SELECT or a set operation in which every table is `source.schema.table AS alias` in the catalogue's
    spelling, every column is qualified by its alias, and every projection is named uniquely. `outputs` are those projections
    with the types that must be delivered. `origins` gives the catalogue's Column of each column node that reads a base table
    (by `id(node)`); `types` gives the DuckDB type of every column node, those over derived tables included (by `id(node)`).
    `needs` names the fragments whose rows this one consumes.
    """

    id: str
    source: str
    query: exp.Query
    outputs: tuple[Field, ...]
    origins: Mapping[int, Column] = field(default_factory=dict)
    types: Mapping[int, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The paths of the base tables that it reads, in order."""
        return tuple(sorted({f"{node.catalog}.{node.db}.{node.name}" for node in self.query.find_all(exp.Table) if node.catalog}))


class Native(Protocol):
    """A store's own request: opaque to everything but that store's folder, which makes and runs it.

    `text` is what EXPLAIN prints: SQL in the store's dialect, or a pipeline as JSON. It is a dataclass, and its identity are its
    fields but for those with `compare=False`, which say only how it is run: requests that may give different rows differ in one
    of them (`planner.catalog.spelled`), whether or not the class compares by them.
    """

    @property
    def text(self) -> str: ...


@dataclass(frozen=True, eq=False)
class Left:
    """A part of a fragment that the store does not do, and why (one clause, for the receipt)."""

    part: exp.Expr
    reason: str


@dataclass(frozen=True, eq=False)
class Taken:
    """A translator's answer to a fragment.

    `native` is the request for the fragment without the parts in `left`; None where nothing useful is left to send. Only whole
    conjuncts of the outermost WHERE may be left out of a request; anything else that the store cannot do makes `native` None,
    with the refused node in `left`, and the planner cuts again. `binds` are the types of what is sent beside the text.
    """

    native: Native | None
    left: tuple[Left, ...] = ()
    binds: tuple[str, ...] = ()


Take = Callable[[Fragment, Source], Taken]
"""`take(fragment, source) -> Taken`: pure, total (an unknown node is refused, never raised), and the same for the same input."""


@dataclass(frozen=True, eq=False)
class Step:
    """A fragment as it will run: what the store took of it, and what it left, for the receipt."""

    fragment: Fragment
    taken: Taken
    left: tuple[Left, ...] = ()

    @property
    def native(self) -> Native:
        assert self.taken.native is not None
        return self.taken.native


@dataclass(frozen=True, eq=False)
class Plan:
    """How a query will be answered.

    `tables` are the base tables that it reads, `volatile` says why its answer may differ though no table changed (None if it may
    not), and `refused` why larger parts of it than the steps' did not go down.
    """

    columns: tuple[Field, ...]
    steps: tuple[Step, ...]
    residual: str | None
    tables: tuple[str, ...] = ()
    volatile: str | None = None
    refused: tuple[Left, ...] = ()
