"""Random queries over random tables: an answer of Foz that is not DuckDB's is reduced to its smallest case and printed.

    python -m tests.fuzz --seconds 60 --seed 7

`tables` makes rows, `expressions`, `queries` and `parameters` make SQL, `compare` asks Foz and the oracle, `reduce` finds the
smallest case.
"""
