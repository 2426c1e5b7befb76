"""What does pushing down gain? Three questions, each against the same Foz or server doing without.

a. Aggregations, DISTINCT and TopN over 300,000 documents: MongoDB computes them, against reading the documents (whole, or
   only the fields that are needed) and computing here.
b. TPC-H held whole in PostgreSQL: through Foz, against psql on the same server.
c. TPC-H over three splits: rows and bytes that leave the stores, and time, against a plan that only scans columns.
"""

from __future__ import annotations

import json
import math
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import pymongo
from rich.console import Console
from rich.table import Table

from benchmarks.measure import Comparison, in_turns, interval, print_comparisons
from benchmarks.read_mongodb import fill
from benchmarks.serving import arguments, connected, mongodb_database, postgres_database, rows, serving
from demo import tpch
from demo.servers import find_mongodb, find_postgres

DOCUMENTS = 300_000
SCANS_ONLY = {"joins": False, "filters": False, "aggregates": False, "sorts": False}
"""A source's capabilities under which it only reads columns."""

QUESTIONS = {
    "COUNT": "SELECT count(*) FROM {}.orders",
    "COUNT where": "SELECT count(*) FROM {}.orders WHERE status = 'open' AND quantity >= 50",
    "SUM, MIN, MAX": "SELECT sum(quantity), min(customer), max(placed) FROM {}.orders",
    "GROUP BY": "SELECT status, city, count(*), sum(quantity), max(price) FROM {}.orders GROUP BY ALL",
    "GROUP BY, HAVING": "SELECT customer, count(*) AS n FROM {}.orders GROUP BY customer HAVING count(*) > 45",
    "COUNT DISTINCT": "SELECT count(DISTINCT customer) FROM {}.orders",
    "DISTINCT": "SELECT DISTINCT status, city FROM {}.orders",
    "TopN": "SELECT _id, note, price FROM {}.orders ORDER BY price DESC, _id LIMIT 10",
}

SPLITS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "customers in MongoDB": {"docs": ("customer", "nation", "region", "supplier")},
    "orders in MongoDB": {"docs": ("orders", "part")},
    "lines in Parquet": {"lake": ("lineitem", "orders")},
}
REPEATED = (17, 20)
"""PostgreSQL runs the correlated subquery of these once a row, and psql would not end (docs/decisions/0010)."""


def over_documents(scale: float, rounds: int) -> None:
    count = int(DOCUMENTS * scale)
    client: pymongo.MongoClient[dict[str, Any]]
    with ExitStack() as stack:
        uri = stack.enter_context(mongodb_database(stack.enter_context(find_mongodb()).uri))
        with pymongo.MongoClient(uri) as client:
            fill(client.get_default_database()["orders"], count)
        sources = [
            {"id": "docs", "type": "mongodb", "connection": {"uri": uri}},
            {"id": "fields", "type": "mongodb", "connection": {"uri": uri}, "capabilities": SCANS_ONLY},
            {"id": "whole", "type": "mongodb", "connection": {"uri": uri}, "capabilities": {**SCANS_ONLY, "projections": False}},
        ]
        foz = stack.enter_context(serving(sources, queryTimeoutMs=600_000))
        cursor = stack.enter_context(stack.enter_context(connected(foz.flight)).cursor())
        for source, what, aim in (("whole", "documents", " (aim: at least 5)"), ("fields", "the needed fields", "")):
            results = [
                in_turns(name, _asking(cursor, sql.format("docs")), _asking(cursor, sql.format(source)), rounds)
                for name, sql in QUESTIONS.items()
            ]
            print_comparisons(f"{count:,} documents: computed by MongoDB", "computed here", results)
            _print_geometric_mean(results, f"times as fast as reading {what}{aim}")


def held_whole(scale: float, rounds: int) -> None:
    directory = tpch.generated(scale)
    with ExitStack() as stack:
        uri = stack.enter_context(postgres_database(stack.enter_context(find_postgres()).uri))
        tpch.load_postgres(uri, directory)
        name, peer = stack.enter_context(_direct(uri))
        foz = stack.enter_context(serving([_postgres(uri)], queryTimeoutMs=600_000))
        cursor = stack.enter_context(stack.enter_context(connected(foz.flight)).cursor())
        results = []
        for number in (number for number in tpch.QUERIES if number not in REPEATED):
            ours = tpch.qualified(tpch.query(number), dict.fromkeys(tpch.TABLES, "pg"))
            theirs = tpch.query(number).rstrip(";")
            results.append(in_turns(f"Q{number}", _asking(cursor, ours), lambda: peer(theirs), rounds))  # noqa: B023
    print_comparisons(f"TPC-H in PostgreSQL, scale {scale:g}", name, results)
    _print_geometric_mean(results, f"times as fast as {name} (aim: at least {1 / 1.05:.2f})")


def over_splits(scale: float, rounds: int) -> None:
    directory = tpch.generated(scale)
    for split, elsewhere in SPLITS.items():
        with ExitStack() as stack:
            placed = dict.fromkeys(tpch.TABLES, "pg") | {table: source for source, own in elsewhere.items() for table in own}
            sources = _split_sources(stack, directory, placed)
            plain = [dict(source, id=f"{source['id']}_plain", capabilities=SCANS_ONLY) for source in sources]
            foz = stack.enter_context(serving([*sources, *plain], queryTimeoutMs=600_000))
            cursor = stack.enter_context(stack.enter_context(connected(foz.flight)).cursor())
            results, shipped = [], []
            for number in tpch.QUERIES:
                ours = tpch.qualified(tpch.query(number), placed)
                theirs = tpch.qualified(tpch.query(number), {table: f"{source}_plain" for table, source in placed.items()})
                results.append(in_turns(f"Q{number}", _asking(cursor, ours), _asking(cursor, theirs), rounds, warm=0))
                shipped.append((*_shipped(cursor, ours), *_shipped(cursor, theirs)))
        _print_split(f"TPC-H, {split}, scale {scale:g}", results, shipped)


def _postgres(uri: str) -> dict[str, Any]:
    return {"id": "pg", "type": "postgres", "connection": {"uri": uri}}


def _split_sources(stack: ExitStack, directory: Path, placed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The source documents of a split, its tables loaded."""
    held = {source: [table for table in tpch.TABLES if placed[table] == source] for source in set(placed.values())}
    uri = stack.enter_context(postgres_database(stack.enter_context(find_postgres()).uri))
    tpch.load_postgres(uri, directory, held["pg"])
    sources = [_postgres(uri)]
    if "docs" in held:
        uri = stack.enter_context(mongodb_database(stack.enter_context(find_mongodb()).uri))
        tpch.load_mongodb(uri, directory, held["docs"])
        declared = {table: {"columns": tpch.declared(table, directory)} for table in held["docs"]}
        sources.append({"id": "docs", "type": "mongodb", "connection": {"uri": uri}, "tables": declared})
    if "lake" in held:
        lake = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="foz-lake-")))
        for table in held["lake"]:
            shutil.copy(directory / f"{table}.parquet", lake)
        sources.append({"id": "lake", "type": "files", "connection": {"path": str(lake)}})
    return sources


def _asking(cursor: Any, sql: str) -> Callable[[], int]:
    return lambda: rows(cursor, sql)


@contextmanager
def _direct(uri: str) -> Iterator[tuple[str, Callable[[str], int]]]:
    """The peer at PostgreSQL's own door: psql where the machine has one, ADBC otherwise. Each counts an answer's rows."""
    if shutil.which("psql") is None:
        with postgres.connect(uri) as connection, connection.cursor() as cursor:
            yield "ADBC", lambda sql: rows(cursor, sql)
        return
    command = ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", uri]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as psql:
        assert psql.stdin is not None
        assert psql.stdout is not None
        asked, told = psql.stdin, psql.stdout

        def count(sql: str) -> int:
            asked.write(f"{sql};\n\\echo end of answer\n")
            asked.flush()
            return sum(1 for _ in iter(told.readline, "end of answer\n"))

        yield "psql", count
        asked.close()


def _shipped(cursor: Any, sql: str) -> tuple[int, int]:
    """Rows and bytes that the stores gave for a query."""
    cursor.execute(f"EXPLAIN ANALYZE (FORMAT JSON) {sql}")
    receipt = json.loads("\n".join(str(line[0]) for line in cursor.fetchall()))
    actual = [each["actual"] for each in receipt["fragments"]]
    return sum(each["rows"] for each in actual), sum(each["bytes"] for each in actual)


def _print_split(title: str, results: Sequence[Comparison], shipped: Sequence[tuple[int, int, int, int]]) -> None:
    columns = ("", "Foz s", "scans s", "times as fast", "rows", "of scanned", "MB", "of scanned")
    table = Table(*columns, title=title, title_justify="left")
    for each, (own_rows, own_bytes, all_rows, all_bytes) in zip(results, shipped, strict=True):
        ours, theirs = statistics.median(each.ours), statistics.median(each.peer)
        table.add_row(
            each.name,
            f"{ours:.3f}",
            f"{theirs:.3f}",
            f"{each.ratio:.2f}",
            f"{own_rows:,}",
            f"{own_rows / max(all_rows, 1):.3f}",
            f"{own_bytes / 1e6:.2f}",
            f"{own_bytes / max(all_bytes, 1):.3f}",
        )
    Console(width=130).print(table)
    own_rows, own_bytes, all_rows, all_bytes = (sum(column) for column in zip(*shipped, strict=True))
    print(f"All 22: {own_rows:,} rows of {all_rows:,}, {own_bytes / 1e6:,.1f} MB of {all_bytes / 1e6:,.1f}")
    _print_geometric_mean(results, "times as fast as scanning")


def _print_geometric_mean(results: Sequence[Comparison], what: str) -> None:
    """The geometric mean over the questions of each round, their median, and its interval."""
    by_round = [
        math.exp(statistics.mean(math.log(ratio) for ratio in ratios))
        for ratios in zip(*(each.ratios for each in results), strict=True)
    ]
    low, high = interval(by_round)
    print(f"Geometric mean {statistics.median(by_round):.2f} {what}, 95 % interval {low:.2f} – {high:.2f}")


def main() -> None:
    options = arguments(__doc__, scale=0.1, rounds=5)
    over_documents(options.scale, options.rounds)
    held_whole(options.scale, options.rounds)
    over_splits(options.scale / 10, max(1, options.rounds // 2))


if __name__ == "__main__":
    main()
