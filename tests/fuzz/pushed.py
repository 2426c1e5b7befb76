"""Which forms go down whole to which store when they are asked for alone: `pushed/<source>.txt`, a form a line.

    python -m tests.fuzz.pushed         # writes them anew

The generator prefers these, since what never goes down is computed by DuckDB on both sides. A test fails when one of them goes
down no more, and when another does: what is pushed is to be fuzzed.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random

import structlog

from demo.servers import find_mongodb, find_postgres
from planner.errors import FozError
from tests.answers.world import World
from tests.fuzz.grammar import AGGREGATES, FORMS, KINDS, PREDICATES, Column, Form, Forms, Scope
from tests.fuzz.schema import SOURCES, TYPES, Table
from tests.fuzz.schema import Column as TableColumn
from tests.fuzz.values import fields, kind_of
from tests.fuzz.worlds import world

FOLDER = Path(__file__).parent / "pushed"
TRIES = 4


@lru_cache(maxsize=1)
def recorded() -> Mapping[str, frozenset[str]]:
    """By source, the templates that are in its file."""
    return {source: frozenset((FOLDER / f"{source}.txt").read_text().splitlines()) for source in SOURCES}


def everything() -> tuple[Table, ...]:
    """A table in each store with a column of each of its types, and a row."""
    return tuple(
        Table(source, "a", tuple(TableColumn(f"c{number}" if number else "id", type) for number, type in
                                 enumerate(("INTEGER", *dict.fromkeys(TYPES[source])))), ())
        for source in SOURCES
    )  # fmt: skip


def tried(running: World, tables: Sequence[Table]) -> dict[str, list[str]]:
    """The templates that go down whole to each of the tables' sources now, in the order of the grammar."""
    return {table.source: [form.template for form in FORMS if _goes_down(running, table, form)] for table in tables}


def _goes_down(running: World, table: Table, form: Form) -> bool:
    """Whether any of a few queries with nothing else in them than the form over columns is one fragment without a residual."""
    scope = Scope(identities=["t1.id"])
    for column in table.columns:
        if column.type.startswith("STRUCT"):
            scope.columns += [Column(f"t1.{column.name}.{name}", kind_of(inner)) for name, inner in fields(column.type)]
        else:
            scope.columns.append(Column(f"t1.{column.name}", column.kind))
    for attempt in range(TRIES):
        forms = Forms(Random(f"{form.template}/{attempt}"))
        kind = forms.random.choice(KINDS) if form.kind == "*" else form.kind
        text = forms.fill(form, kind, scope, depth=0, plain=1.0)
        sql = (
            f"SELECT t1.id AS o0 FROM {table.path} AS t1 WHERE {text}"
            if form in PREDICATES
            else f"SELECT {text} AS o0 FROM {table.path} AS t1"
        )
        if form not in AGGREGATES and form not in PREDICATES:
            sql = f"SELECT t1.id AS o0, {text} AS o1 FROM {table.path} AS t1"
        try:
            plan = running.plan(sql)
        except FozError:
            continue
        if plan.residual is None and len(plan.steps) == 1:
            return True
    return False


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    tables = everything()
    FOLDER.mkdir(exist_ok=True)
    with find_postgres() as postgresql, find_mongodb() as mongodb, world(postgresql.uri, mongodb.uri, tables) as running:
        for source, templates in tried(running, tables).items():
            (FOLDER / f"{source}.txt").write_text("\n".join(templates) + "\n")
            print(f"{source}: {len(templates)} of {len(FORMS)} forms go down")  # noqa: T201


if __name__ == "__main__":
    main()
