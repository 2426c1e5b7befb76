"""How fast is a whole table out of PostgreSQL, and how much memory does the server need? TPC-H's lineitem, 6 M rows at scale 1.

The peer is the direct ADBC read with decimals as `::text`: once leaving them text, once casting them to decimal128 as Foz does.
"""

from __future__ import annotations

from typing import Any

import adbc_driver_postgresql.dbapi as postgres
import pyarrow as pa

from benchmarks.measure import in_turns, peak_resident_bytes, print_comparisons
from benchmarks.serving import arguments, connected, postgres_database, rows, serving
from demo import tpch
from demo.servers import find_postgres

SQL = "SELECT * FROM pg.lineitem"
MEMORY_BYTES = 350_000_000


def direct(cursor: Any, columns: dict[str, str], *, cast: bool) -> int:
    """Reads lineitem with ADBC alone, and casts its decimals where `cast`; answers the number of rows."""
    listed = ", ".join(f"{name}::text" if type.startswith("DECIMAL") else name for name, type in columns.items())
    decimals = {name for name, type in columns.items() if type.startswith("DECIMAL")}
    cursor.execute(f"SELECT {listed} FROM lineitem")
    count = 0
    for batch in cursor.fetch_record_batch():
        if cast:
            for name in decimals:
                batch.column(name).cast(pa.decimal128(15, 2))
        count += batch.num_rows
    return count


def main() -> None:
    options = arguments(__doc__, scale=0.1, rounds=5)
    directory = tpch.generated(options.scale)
    columns = tpch.declared("lineitem", directory)
    with find_postgres() as server, postgres_database(server.uri) as uri:
        tpch.load_postgres(uri, directory, ("lineitem",))
        source = {"id": "pg", "type": "postgres", "connection": {"uri": uri}}
        with (
            serving([source], queryTimeoutMs=600_000) as foz,
            connected(foz.flight) as ours,
            ours.cursor() as our_cursor,
            postgres.connect(uri) as peer,
            peer.cursor() as cursor,
        ):
            results = [
                in_turns(name, lambda: rows(our_cursor, SQL), lambda: direct(cursor, columns, cast=cast), options.rounds)  # noqa: B023
                for name, cast in (("decimals cast to decimal128 by both", True), ("the peer leaves decimals as text", False))
            ]
            peak = peak_resident_bytes(foz.pid)
    print_comparisons(f"{SQL}, scale {options.scale:g}", "ADBC", results)
    print(f"Largest resident size of the server: {peak / 1e6:.0f} MB (aim: under {MEMORY_BYTES / 1e6:.0f} MB)")


if __name__ == "__main__":
    main()
