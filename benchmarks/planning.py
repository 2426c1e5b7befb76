"""What does planning cost? A point query by what is known of it, TPC-H's 22 queries whole and split, each rule by itself.

Nothing is executed. DuckDB's description of the query is timed apart. The peer is what any planner over sqlglot has to do, in the
same rounds: `parse_one` and `qualify` of the same text against the same schema.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import sqlglot
from rich.console import Console
from rich.table import Table
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from benchmarks.measure import percentile
from benchmarks.serving import arguments, mongodb_database, postgres_database
from demo import tpch
from demo.servers import find_mongodb, find_postgres
from planner.bind import bind
from planner.catalog import Catalog
from planner.fragments import note_types
from planner.parse import parse
from planner.plan import Field
from planner.rules import RULES
from proxy.application import build
from proxy.described import Described
from proxy.planning import Describe, Planning
from proxy.request import Caller, Parameter, Request
from proxy.residual import Engine
from proxy.settings import Settings

SPLITS = {
    "whole": (),
    "customers in MongoDB": ("customer", "nation", "region", "supplier"),
    "orders in MongoDB": ("orders", "part"),
}
POINT = "SELECT o_orderkey, o_totalprice FROM pg.orders WHERE o_orderkey = {}"
NAMED = "SELECT o_orderkey FROM pg.orders WHERE o_clerk = 'Clerk#{}'"
BOUND = "SELECT o_orderkey, o_totalprice FROM pg.orders WHERE o_orderkey = ?"
TERMS = "SELECT o_orderkey FROM pg.orders WHERE " + " OR ".join(f"o_custkey = {key}" for key in range(1_000))


@dataclass
class Timed:
    """A `Describe` that counts how often it is asked and for how long."""

    describe: Describe
    seconds: float = 0.0
    calls: int = 0

    def __call__(self, sql: str, tables: Mapping[str, Sequence[Field]], names: Mapping[str, str]) -> Described:
        began = time.perf_counter()
        try:
            return self.describe(sql, tables, names)
        finally:
            self.seconds += time.perf_counter() - began
            self.calls += 1


@dataclass
class Row:
    """One line of the table: milliseconds of each round, DESCRIBE apart, and the peer's."""

    name: str
    ours: list[float] = field(default_factory=list)
    described: list[float] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)

    def cells(self, aim: str) -> list[str]:
        ratio = statistics.median(mine / theirs for mine, theirs in zip(self.ours, self.peer, strict=True))
        figures = (statistics.median(self.ours), percentile(self.ours, 0.95), statistics.median(self.peer), ratio)
        described = f"{statistics.median(self.described):.2f} in {max(self.calls)}" if any(self.calls) else ""
        return [self.name, *(f"{figure:.3f}" for figure in figures), described, aim]


class Bench:
    """One catalogue, and the ways to plan over it that are timed."""

    def __init__(self, catalog: Catalog, engine: Engine) -> None:
        self.catalog = catalog
        self.describe = Timed(engine.describe)
        self.compute = engine.compute
        self._schema = _schema(catalog)

    def planning(self) -> Planning:
        return Planning(lambda: self.catalog, self.describe, self.compute)

    def add(self, row: Row, planning: Planning, sql: str, parameters: tuple[Parameter, ...] = ()) -> None:
        """Plans `sql` once, and has the peer read the same text."""
        request = Request(sql, Caller(), "r_benchmark", "benchmark", parameters)
        before, calls = self.describe.seconds, self.describe.calls
        began = time.perf_counter()
        planning.plan(request)
        took = time.perf_counter() - began
        row.described.append(1000 * (self.describe.seconds - before))
        row.calls.append(self.describe.calls - calls)
        row.ours.append(1000 * took - row.described[-1])
        began = time.perf_counter()
        qualify(sqlglot.parse_one(sql, dialect="duckdb"), schema=self._schema, dialect="duckdb", validate_qualify_columns=False)
        row.peer.append(1000 * (time.perf_counter() - began))


def _schema(catalog: Catalog) -> MappingSchema:
    """sqlglot's schema of the tables as the texts name them, `source.table`."""
    schema: dict[str, Any] = {}
    for source in catalog.sources:
        for table in source.tables:
            schema.setdefault(source.id, {})[table.name] = {column.name: column.type for column in table.columns}
    return MappingSchema(schema, dialect="duckdb")


def point_queries(bench: Bench, rounds: int) -> list[tuple[Row, str]]:
    """A query for one row by what is known of it."""
    numbers = count(1)
    text, pattern, shape, bound, new, long = (
        Row(name)
        for name in (
            "the same text",
            "another integer (pattern)",
            "another text constant (shape)",
            "a bound parameter",
            "unknown",
            "1,000 terms, unknown",
        )
    )
    known = bench.planning()
    for _ in range(3):
        for sql in (POINT, NAMED):
            known.plan(Request(sql.format(next(numbers)), Caller(), "r", "benchmark"))
    for _ in range(rounds):
        bench.add(new, bench.planning(), POINT.format(next(numbers)))
        bench.add(pattern, known, POINT.format(next(numbers)))
        bench.add(text, known, POINT.format(1))
        bench.add(shape, known, NAMED.format(next(numbers)))
        bench.add(bound, known, BOUND, (Parameter(next(numbers), "BIGINT"),))
    for _ in range(max(3, rounds // 100)):
        bench.add(long, bench.planning(), TERMS)
    return [(text, "0.03"), (pattern, ""), (bound, ""), (shape, ""), (new, "0.5"), (long, "")]


def tpch_queries(bench: Bench, rounds: int) -> list[tuple[Row, str]]:
    """The medians of the 22 queries, each planned by a Planning that knows nothing."""
    found = []
    for split, documents in SPLITS.items():
        rows = []
        for number in tpch.QUERIES:
            row = Row(f"Q{number}")
            for _ in range(rounds):
                bench.add(row, bench.planning(), _text(number, documents))
            rows.append(row)
        middle = Row(f"TPC-H, {split}")
        for row in rows:
            middle.ours.append(statistics.median(row.ours))
            middle.peer.append(statistics.median(row.peer))
            middle.described.append(statistics.median(row.described))
            middle.calls.append(max(row.calls))
        found.append((middle, "15"))
    return found


def rules(bench: Bench, rounds: int) -> list[tuple[str, list[float]]]:
    """Each rule's milliseconds, a value for each of the 22 queries split over two sources."""

    def columns(sql: str, tables: Mapping[str, Sequence[Field]], names: Mapping[str, str]) -> tuple[Field, ...]:
        return bench.describe(sql, tables, names).columns

    took: list[list[float]] = [[] for _ in RULES]
    for number in tpch.QUERIES:
        bound = bind(parse(_text(number, SPLITS["customers in MongoDB"])), bench.catalog, columns)
        assert bound.qualified is not None
        each: list[list[float]] = [[] for _ in RULES]
        for _ in range(rounds):
            query = bound.qualified.copy()
            note_types(query, bench.catalog)
            for position, rule in enumerate(RULES):
                began = time.perf_counter()
                query = rule(query)
                each[position].append(1000 * (time.perf_counter() - began))
        for position, values in enumerate(each):
            took[position].append(statistics.median(values))
    return [(rule.__name__, values) for rule, values in zip(RULES, took, strict=True)]


def _text(number: int, documents: Sequence[str]) -> str:
    return tpch.qualified(tpch.query(number), {table: "docs" if table in documents else "pg" for table in tpch.TABLES})


def timed(measure: Callable[[Bench, int], Any], bench: Bench, rounds: int) -> Any:
    """`measure` after an unmeasured round: imports and first calls are nobody's planning."""
    measure(bench, 1)
    return measure(bench, rounds)


def main() -> None:
    options = arguments(__doc__, scale=0.2, rounds=5)
    repeated = max(20, int(1000 * options.scale))
    directory = tpch.generated(0.01)
    with ExitStack() as stack:
        postgres_uri = stack.enter_context(postgres_database(stack.enter_context(find_postgres()).uri))
        mongodb_uri = stack.enter_context(mongodb_database(stack.enter_context(find_mongodb()).uri))
        tpch.load_postgres(postgres_uri, directory)
        tpch.load_mongodb(mongodb_uri, directory)
        declared = {table: {"columns": tpch.declared(table, directory)} for table in tpch.TABLES}
        settings = Settings.model_validate(
            {
                "log": {"level": "warning"},
                "sources": [
                    {"id": "pg", "type": "postgres", "connection": {"uri": postgres_uri}},
                    {"id": "docs", "type": "mongodb", "connection": {"uri": mongodb_uri}, "tables": declared},
                ],
            }
        )
        foz = stack.enter_context(build(settings))
        foz.start()
        engine = Engine(256 << 20, stack.enter_context(tempfile.TemporaryDirectory(prefix="foz-planning-")))
        stack.callback(engine.close)
        bench = Bench(foz.catalog.snapshot(), engine)
        columns = ("planning", "p50 ms", "p95 ms", "sqlglot ms", "times sqlglot", "DESCRIBE ms, calls", "aim, p50 ms")
        table = Table(*columns, title="DESCRIBE apart", title_justify="left")
        for row, aim in timed(point_queries, bench, repeated) + timed(tpch_queries, bench, options.rounds):
            table.add_row(*row.cells(aim))
        by_rule = Table("rule, over TPC-H split", "median ms", "worst ms", title_justify="left")
        for name, values in timed(rules, bench, options.rounds):
            by_rule.add_row(name, f"{statistics.median(values):.3f}", f"{max(values):.3f}")
        Console(width=130).print(table)
        Console(width=130).print(by_rule)


if __name__ == "__main__":
    main()
