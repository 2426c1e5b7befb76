"""DuckDB 1.5.5 with its postgres extension as a process: reads `SQL` lines as JSON from standard input, answers times as JSON.

Runs with packages of its own (`--target` directory first on the path), because Foz itself needs a newer DuckDB. Needs nothing of
Foz's and is run as a file:

    python duckdb_peer.py PACKAGES POSTGRES_DSN NAME=FILE …
"""

import json
import sys
import time

sys.path.insert(0, sys.argv[1])

import duckdb


def main() -> None:
    packages, dsn, *files = sys.argv[1:]
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    extension = f"{packages}/duckdb_extension_postgres_scanner/extensions/v{duckdb.__version__}/postgres_scanner.duckdb_extension"
    connection.execute(f"LOAD '{extension}'")
    connection.execute(f"ATTACH '{dsn}' AS pg (TYPE postgres, READ_ONLY)")
    for each in files:
        name, _, reads = each.partition("=")
        connection.execute(f"CREATE VIEW {name} AS {reads}")
    connection.execute("SELECT 1").fetchall()
    print(json.dumps({"version": duckdb.__version__}), flush=True)
    for line in sys.stdin:
        started = time.perf_counter()
        answer: dict[str, object]
        try:
            rows = len(connection.execute(json.loads(line)).fetchall())
            answer = {"rows": rows, "seconds": time.perf_counter() - started}
        except duckdb.Error as error:
            answer = {"error": str(error).splitlines()[0]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
