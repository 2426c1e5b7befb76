"""TPC-H over two stores: customer, nation, region and supplier in MongoDB, the rest in PostgreSQL.

The peer is DuckDB 1.5.5 with its postgres extension, which joins the same PostgreSQL tables with the documents as NDJSON files.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import duckdb

from benchmarks.measure import Comparison, in_turns, interval, print_comparisons
from benchmarks.serving import arguments, connected, mongodb_database, postgres_database, rows, serving
from demo import tpch
from demo.binaries import installed
from demo.servers import find_mongodb, find_postgres

DOCUMENTS = ("customer", "nation", "region", "supplier")
RELATIONS = tuple(table for table in tpch.TABLES if table not in DOCUMENTS)
PEER_PACKAGES = ("duckdb==1.5.5", "duckdb-extension-postgres-scanner==1.5.5")


class PeerFailed(RuntimeError):
    """DuckDB's answer to a query was an error."""


class Peer:
    """The running process: one query in, its number of rows out."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in: IO[str] = process.stdin
        self._out: IO[str] = process.stdout
        self.version: str = self._answer()["version"]

    def rows(self, sql: str) -> int:
        self._in.write(json.dumps(sql) + "\n")
        self._in.flush()
        answer = self._answer()
        if "error" in answer:
            raise PeerFailed(answer["error"])
        return int(answer["rows"])

    def _answer(self) -> dict[str, Any]:
        line = self._out.readline()
        if not line:
            raise PeerFailed("the process has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def peer(postgres_uri: str, directory: Path, files: Path) -> Iterator[Peer]:
    """DuckDB 1.5.5 over the PostgreSQL tables as `pg.…` and NDJSON files of the documents' tables as views."""
    packages = Path(tempfile.mkdtemp(dir=files))
    for package in PEER_PACKAGES:
        for path in installed(package).iterdir():
            (packages / path.name).symlink_to(path)
    views = []
    for table in DOCUMENTS:
        target = files / f"{table}.ndjson"
        duckdb.sql(f"COPY (SELECT * FROM '{directory}/{table}.parquet') TO '{target}' (FORMAT json)")
        columns = ", ".join(f"{name}: '{type}'" for name, type in tpch.declared(table, directory).items())
        views.append(f"{table}=SELECT * FROM read_ndjson('{target}', columns = {{{columns}}})")
    parts = urlsplit(postgres_uri)
    dsn = f"host={parts.hostname} port={parts.port} user={parts.username} dbname={parts.path.strip('/')}"
    if parts.password:
        dsn += f" password={parts.password}"
    program = str(Path(__file__).with_name("duckdb_peer.py"))
    command = [sys.executable, program, str(packages), dsn, *views]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Peer(process)


def main() -> None:
    options = arguments(__doc__, scale=0.05, rounds=3)
    directory = tpch.generated(options.scale)
    declared = {table: {"columns": tpch.declared(table, directory)} for table in DOCUMENTS}
    results: list[Comparison] = []
    with ExitStack() as stack:
        files = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="foz-tpch-")))
        postgres_uri = stack.enter_context(postgres_database(stack.enter_context(find_postgres()).uri))
        mongodb_uri = stack.enter_context(mongodb_database(stack.enter_context(find_mongodb()).uri))
        tpch.load_postgres(postgres_uri, directory, RELATIONS)
        tpch.load_mongodb(mongodb_uri, directory, DOCUMENTS)
        sources = [
            {"id": "pg", "type": "postgres", "connection": {"uri": postgres_uri}},
            {"id": "docs", "type": "mongodb", "connection": {"uri": mongodb_uri}, "tables": declared},
        ]
        foz = stack.enter_context(serving(sources, queryTimeoutMs=600_000))
        cursor = stack.enter_context(stack.enter_context(connected(foz.flight)).cursor())
        duck = stack.enter_context(peer(postgres_uri, directory, files))
        for number in tpch.QUERIES:
            ours = tpch.qualified(tpch.query(number), dict.fromkeys(DOCUMENTS, "docs") | dict.fromkeys(RELATIONS, "pg"))
            theirs = tpch.qualified(tpch.query(number), dict.fromkeys(RELATIONS, "pg"))
            name = f"Q{number}"
            results.append(
                in_turns(name, lambda: rows(cursor, ours), lambda: duck.rows(theirs), options.rounds)  # noqa: B023
            )
    print_comparisons(f"TPC-H over PostgreSQL and MongoDB, scale {options.scale:g}", f"DuckDB {duck.version}", results)
    ratios = [each.ratio for each in results]
    low, high = interval(ratios)
    total = sum(statistics.median(each.ours) for each in results), sum(statistics.median(each.peer) for each in results)
    print(f"Median of the 22 ratios: {statistics.median(ratios):.2f}, 95 % interval {low:.2f} – {high:.2f}")
    print(f"All 22: Foz {total[0]:.2f} s, peer {total[1]:.2f} s")


if __name__ == "__main__":
    main()
