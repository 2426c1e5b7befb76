"""`python -m benchmarks`: every benchmark, one after the other, each in a process of its own; the options go to each."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    *("read_postgres", "point_query", "point_reads", "read_mongodb", "tpch_split", "planning", "pushdown"),
    *("remembering", "calibration", "cache", "cache_delays", "cache_mixed", "cache_policy", "tickets", "deferral"),
)


def main() -> int:
    failed = []
    for name in BENCHMARKS:
        print(f"\n{name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *sys.argv[1:]]).returncode:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
